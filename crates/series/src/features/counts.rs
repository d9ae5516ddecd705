//! How events are spread over time: counts in windows, silence, memory.

/// Most windows looked at; a stretch of more is looked at in longer ones.
const MAX_WINDOWS: i64 = 100_000;

/// Variance over mean of the counts in windows of so many milliseconds: 1 for events by chance, 0
/// for a clock, more for bursts. 0 for fewer than two windows or no events.
pub(super) fn fano(times_ms: &[i64], (from_ms, to_ms): (i64, i64), window_ms: i64) -> f64 {
    let counts = windows(times_ms, (from_ms, to_ms), window_ms);
    let count = float(counts.len());
    let mean = counts.iter().copied().map(float).sum::<f64>() / count.max(1.0);
    if counts.len() < 2 || mean <= 0.0 {
        return 0.0;
    }
    let variance = counts.iter().map(|it| (float(*it) - mean).powi(2)).sum::<f64>() / count;
    variance / mean
}

/// The part of the windows that hold nothing; 1 where there is no window.
pub(super) fn silent(times_ms: &[i64], span_ms: (i64, i64), window_ms: i64) -> f64 {
    let counts = windows(times_ms, span_ms, window_ms);
    let empty = counts.iter().filter(|it| **it == 0).count();
    if counts.is_empty() { 1.0 } else { float(empty) / float(counts.len()) }
}

/// Counts in the whole windows of a span.
fn windows(times_ms: &[i64], (from_ms, to_ms): (i64, i64), window_ms: i64) -> Vec<usize> {
    let span_ms = to_ms.saturating_sub(from_ms).max(0);
    let window_ms = window_ms.max(span_ms / MAX_WINDOWS + 1);
    let whole = usize::try_from(span_ms / window_ms).unwrap_or(0);
    let mut counts = vec![0_usize; whole];
    for time in times_ms {
        let place = usize::try_from(time.saturating_sub(from_ms) / window_ms);
        if let Some(count) = place.ok().and_then(|it| counts.get_mut(it)) {
            *count += 1;
        }
    }
    counts
}

/// How far the gaps between moments are from memoryless ones of the same mean: the distance of
/// Kolmogorov and Smirnov. 0 for fewer than three gaps.
pub(super) fn memory(times_ms: &[i64]) -> f64 {
    let pairs = times_ms.iter().zip(times_ms.iter().skip(1));
    let mut gaps: Vec<i64> = pairs.map(|(one, two)| two.saturating_sub(*one)).collect();
    let count = float(gaps.len());
    let mean = gaps.iter().copied().map(real).sum::<f64>() / count.max(1.0);
    if gaps.len() < 3 || mean <= 0.0 {
        return 0.0;
    }
    gaps.sort_unstable();
    let mut most = 0.0_f64;
    for (place, gap) in gaps.iter().enumerate() {
        let expected = 1.0 - (-real(*gap) / mean).exp();
        let below = float(place) / count;
        most = most.max(expected - below).max(below + 1.0 / count - expected);
    }
    most
}

/// The value that a part of the sorted ones lie below; 0 of none.
pub(super) fn quantile(sorted: &[u32], part: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list, from 0 to its last"
    )]
    let place = (float(last) * part).round() as usize;
    sorted.get(place.min(last)).copied().map_or(0.0, f64::from)
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a flow, far below 2^52")]
pub(super) fn real(ms: i64) -> f64 {
    ms as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_bursts_and_silence_are_told_apart() {
        let clock: Vec<i64> = (0..100).map(|it| it * 10_000 + 5_000).collect();
        let bursts: Vec<i64> =
            (0..100).map(|it| it / 10 * 100_000 + it % 10 * 100 + 5_000).collect();
        let span = (0, 1_000_000);
        assert!(fano(&clock, span, 10_000) < 0.01);
        assert!(fano(&bursts, span, 10_000) > 5.0);
        assert!((silent(&bursts, span, 10_000) - 0.9).abs() < 0.01);
        assert!(memory(&clock) > 0.5 && memory(&clock[..3]).abs() < 1e-9);
    }

    #[test]
    fn hostile_spans_cost_no_more_than_their_bound() {
        let far = [i64::MIN, 0, i64::MAX];
        assert!(fano(&far, (i64::MIN, i64::MAX), 1).is_finite());
        assert!((silent(&far, (5, 3), 1_000) - 1.0).abs() < 1e-9);
    }
}
