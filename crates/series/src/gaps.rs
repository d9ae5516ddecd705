//! When things come: the gaps between them.

/// How the gaps between events are distributed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gaps {
    /// How many gaps.
    pub count: usize,
    /// Their mean, in seconds.
    pub mean_s: f64,
    /// Their median, in seconds.
    pub median_s: f64,
    /// The longest, in seconds.
    pub longest_s: f64,
    /// Their standard deviation over their mean: 0 for a clock, 1 for events without memory.
    pub variation: f64,
    /// The share of gaps within a tenth of the median: 1 for a clock, about 0.07 for events without
    /// memory.
    pub near_median: f64,
}

impl Gaps {
    /// Describes the gaps between moments in milliseconds, in order of time.
    #[must_use]
    pub fn between(times_ms: &[i64]) -> Self {
        let gaps = gaps_s(times_ms);
        let count = gaps.len();
        if count == 0 {
            return Self::default();
        }
        let mean_s = mean(&gaps);
        let spread = mean_of(gaps.iter().map(|it| (it - mean_s).powi(2)), count).sqrt();
        let mut sorted = gaps.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let median_s = sorted.get(count / 2).copied().unwrap_or_default();
        let near = gaps.iter().filter(|it| (**it - median_s).abs() <= 0.1 * median_s).count();
        // The median itself is near by definition.
        let near = ratio(near.saturating_sub(1), count.saturating_sub(1));
        Self {
            count,
            mean_s,
            median_s,
            longest_s: sorted.last().copied().unwrap_or_default(),
            variation: if mean_s > 0.0 { spread / mean_s } else { 0.0 },
            near_median: near,
        }
    }
}

/// A timer that pushes when nothing else did: each push, of whatever cause, winds it up again.
///
/// Pools push a fresh job so many seconds after the last one, and at once when a block is found. So
/// no gap is longer than the timer, many gaps are just as long, and the rest are shorter by chance.
/// A plain clock has no shorter gaps; events by chance have longer ones.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timer {
    /// The gap it keeps, in seconds; 0 for none found.
    pub period_s: f64,
    /// The share of gaps that are as long as the timer.
    pub at_period: f64,
    /// Of the gaps that are about as long, the share that are as long to the tenth of a second: a
    /// timer is exact, and what happens about every so often is not.
    pub sharp: f64,
    /// The share of gaps that are longer.
    pub beyond: f64,
    /// The number of gaps that are shorter.
    pub cut_short: usize,
    /// The number of gaps that are longer, whole multiples left out: a message may be lost.
    pub overrun: usize,
    /// How evenly the shorter gaps are spread over the period: the largest share of them within a
    /// tenth of it. About 0.1 for chance, 1 for a second clock.
    pub crowding: f64,
}

impl Timer {
    /// Looks for a timer in the gaps between moments in milliseconds, in order of time.
    #[must_use]
    pub fn in_times(times_ms: &[i64]) -> Self {
        let gaps = gaps_s(times_ms);
        let mut sorted = gaps.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let Some((low, high)) = densest(&sorted) else { return Self::default() };
        let period_s = f64::midpoint(low, high);
        let count = gaps.len();
        let at = gaps.iter().filter(|it| (low..=high).contains(*it)).count();
        let reach = 5.0 * tolerance(period_s);
        let about = gaps.iter().filter(|it| (**it - period_s).abs() <= reach).count();
        let beyond = gaps.iter().filter(|it| **it > high + tolerance(high)).count();
        let multiple = |it: f64| {
            let times = (it / period_s).round();
            (it - times * period_s).abs() <= times * tolerance(period_s)
        };
        let longer = gaps.iter().filter(|it| **it > high + tolerance(high));
        let overrun = longer.filter(|it| !multiple(**it)).count();
        let short: Vec<f64> =
            sorted.iter().copied().filter(|it| *it < low - tolerance(low)).collect();
        Self {
            period_s,
            at_period: ratio(at, count),
            sharp: ratio(at, about),
            beyond: ratio(beyond, count),
            cut_short: short.len(),
            overrun,
            crowding: crowding(&short, period_s / 10.0),
        }
    }

    /// Whether gaps keep to it: of some seconds, since nobody serves work more often, exact, and more
    /// than the densest gaps among those by chance would be.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.period_s >= 5.0 && self.sharp >= 0.8 && self.at_period >= 0.1
    }
}

/// How far gaps of one timer may lie from its middle: the way to the sensor takes its time, and no
/// more; what waits by hand or by chance is not so exact.
fn tolerance(gap_s: f64) -> f64 {
    (0.006 * gap_s).max(0.15)
}

/// The window of one tolerance that holds most of the sorted gaps; of equals the later.
fn densest(sorted: &[f64]) -> Option<(f64, f64)> {
    let mut best: Option<(usize, f64, f64)> = None;
    let mut begin = 0;
    for (end, high) in sorted.iter().enumerate() {
        while sorted.get(begin).is_some_and(|low| high - low > 2.0 * tolerance(*high)) {
            begin += 1;
        }
        let count = end + 1 - begin;
        if best.is_none_or(|it| count >= it.0) {
            best = Some((count, sorted.get(begin).copied().unwrap_or(*high), *high));
        }
    }
    best.map(|(_, low, high)| (low, high))
}

/// The largest share of sorted values within one window of this width.
fn crowding(sorted: &[f64], width: f64) -> f64 {
    let (mut most, mut begin) = (0, 0);
    for (end, high) in sorted.iter().enumerate() {
        while sorted.get(begin).is_some_and(|low| high - low > width) {
            begin += 1;
        }
        most = most.max(end + 1 - begin);
    }
    if sorted.is_empty() { 0.0 } else { ratio(most, sorted.len()) }
}

fn gaps_s(times_ms: &[i64]) -> Vec<f64> {
    let pairs = times_ms.iter().zip(times_ms.iter().skip(1));
    pairs.map(|(before, after)| seconds(after.saturating_sub(*before))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of gaps, far below 2^52")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1e3
}

fn mean(values: &[f64]) -> f64 {
    mean_of(values.iter().copied(), values.len())
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
fn mean_of(values: impl Iterator<Item = f64>, count: usize) -> f64 {
    if count == 0 { 0.0 } else { values.sum::<f64>() / count as f64 }
}

/// A share of a whole; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(gaps: &[i64]) -> Vec<i64> {
        let mut now = 0;
        std::iter::once(0)
            .chain(gaps.iter().map(|it| {
                now += it;
                now
            }))
            .collect()
    }

    #[test]
    fn a_clock_and_chance_are_told_apart() {
        let clock = Gaps::between(&times(&[10_000, 10_010, 9_990, 10_000]));
        assert!(clock.variation < 0.01 && clock.near_median > 0.99);
        let chance = Gaps::between(&times(&[1_000, 12_000, 300, 5_000, 30_000, 2_000]));
        assert!(chance.variation > 0.8 && chance.near_median < 0.4);
        assert_eq!(Gaps::between(&[5]), Gaps::default());
    }

    #[test]
    fn a_timer_that_blocks_cut_short_is_found() {
        let timer = Timer::in_times(&times(&[
            22_000, 4_800, 22_000, 22_100, 21_900, 19_100, 22_000, 300, 22_000, 12_300, 22_050,
        ]));
        assert!((timer.period_s - 22.0).abs() < 0.2, "{timer:?}");
        assert_eq!((timer.cut_short, timer.beyond), (4, 0.0));
        assert!(timer.crowding <= 0.25, "{timer:?}");
    }
}
