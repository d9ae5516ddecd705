//! How lengths are spread over a stretch.

use crate::sizes::Cluster;

/// Left out at either end, one in so many: a push that slips in between a question and its answer
/// is taken for the answer.
const TRIMMED: usize = 20;
/// The statistic of Kolmogorov and Smirnov, times the root of the count, above which lengths are not
/// even; of even ones, one in twenty thousand is above it before trimming.
const MAX_UNEVEN: f64 = 1.3;

/// Lengths, and how evenly they are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Spread {
    /// The least and the greatest length, outliers left out.
    low: u32,
    high: u32,
    count: usize,
    /// How wide the stretch is that they seem to be drawn from, in bytes.
    pub(super) width: f64,
    /// The largest distance from an even spread, times the root of the count.
    uneven: f64,
}

impl Spread {
    #[expect(clippy::cast_precision_loss, reason = "counts of messages")]
    pub(super) fn of(mut lengths: Vec<u32>) -> Self {
        lengths.sort_unstable();
        let count = lengths.len();
        let cut = count / TRIMMED;
        let kept = lengths.get(cut..count - cut).unwrap_or_default();
        let (Some(&low), Some(&high)) = (kept.first(), kept.last()) else {
            return Self::default();
        };
        // The place of the k-th of n even draws is k / (n + 1) of the width.
        let places = (kept.len().saturating_sub(1)) as f64 / (count + 1) as f64;
        let width = if places > 0.0 { f64::from(high - low) / places } else { 0.0 };
        let begin = f64::from(low) - width * (cut + 1) as f64 / (count + 1) as f64;
        let distance = |(place, bytes): (usize, &u32)| {
            let expected = (cut + place) as f64 + 0.5;
            (expected / count as f64 - (f64::from(*bytes) - begin) / width.max(1.0)).abs()
        };
        let farthest = kept.iter().enumerate().map(distance).fold(0.0, f64::max);
        Self { low, high, count, width, uneven: farthest * (count as f64).sqrt() }
    }

    pub(super) fn is_even(&self) -> bool {
        self.uneven <= MAX_UNEVEN
    }

    pub(super) fn cluster(&self) -> Cluster {
        Cluster { low: self.low, high: self.high, count: self.count }
    }
}
