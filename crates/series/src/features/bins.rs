//! What the bins of ten minutes tell: bytes each way in every half second, of a host or a tunnel.

use super::counts::{fano, float, memory, quantile, silent};
use super::{BINS, log_ratio, log2};
use crate::gaps::{Gaps, ratio};

/// The length of a bin, in milliseconds.
pub const BIN_MS: i64 = 500;

/// Bytes of one half second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// Sent by the host.
    pub up: u32,
    /// Sent to it.
    pub down: u32,
}

/// The features of bins in order of time, in the order of [`BINS`].
#[must_use]
pub fn of_bins(bins: &[Bin]) -> [f64; BINS.len()] {
    let times = (0..).step_by(500).zip(bins).filter(|(_, it)| it.up > 0 || it.down > 0);
    let times_ms: Vec<i64> = times.map(|it| it.0).collect();
    let span = (0, i64::try_from(bins.len()).unwrap_or(i64::MAX).saturating_mul(BIN_MS));
    // A run is activity without a silent bin in between.
    let mut runs_ms: Vec<i64> = Vec::new();
    let mut before = None;
    for time in &times_ms {
        if before.is_none_or(|it| time - it > BIN_MS) {
            runs_ms.push(*time);
        }
        before = Some(*time);
    }
    let gaps = Gaps::between(&runs_ms);
    let (up, down) = (lengths(bins.iter().map(|it| it.up)), lengths(bins.iter().map(|it| it.down)));
    let sum = |all: &[u32]| all.iter().copied().map(f64::from).sum::<f64>();
    [
        ratio(times_ms.len(), bins.len()),
        float(runs_ms.len()) * 120.0 / float(bins.len().max(1)),
        ratio(times_ms.len(), runs_ms.len()),
        log2(gaps.mean_s),
        gaps.variation,
        gaps.near_median,
        memory(&runs_ms),
        log2(gaps.longest_s),
        fano(&runs_ms, span, 10_000),
        fano(&runs_ms, span, 60_000),
        silent(&times_ms, span, 10_000),
        log2(quantile(&up, 0.5)),
        log2(quantile(&up, 0.9)),
        log2(quantile(&down, 0.5)),
        log2(quantile(&down, 0.9)),
        log_ratio(sum(&up), sum(&down)),
    ]
}

/// Lengths that are any, sorted.
fn lengths(all: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut some: Vec<u32> = all.filter(|it| *it > 0).collect();
    some.sort_unstable();
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_beats_and_busy_hosts_are_told_apart_and_nothing_gives_numbers() {
        let beat: Vec<Bin> = (0..1_200)
            .map(|it| if it % 40 == 0 { Bin { up: 200, down: 90 } } else { Bin::default() })
            .collect();
        let busy = vec![Bin { up: 900, down: 90_000 }; 1_200];
        let (beat, busy) = (of_bins(&beat), of_bins(&busy));
        assert!((beat[0] - 0.025).abs() < 1e-9 && (beat[3] - 20_f64.log2()).abs() < 1e-9);
        assert!((busy[0] - 1.0).abs() < 1e-9 && busy[2] > 1_000.0);
        assert!(of_bins(&[]).iter().all(|it| it.is_finite()));
    }
}
