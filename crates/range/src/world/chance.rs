//! Waits and sizes drawn from distributions, so that no two hosts share a constant.

use std::sync::Arc;

use crate::dialogue::nanos;
use crate::rng::Rng;

/// A value around a median, spread by a factor of about `e^sigma` (log-normal, by Box and Muller).
pub(crate) fn around(rng: &mut Rng, median: f64, sigma: f64) -> f64 {
    let radius = (-2.0 * (1.0 - rng.unit()).ln()).sqrt();
    let normal = radius * (std::f64::consts::TAU * rng.unit()).cos();
    median * (sigma * normal).exp()
}

/// Evenly on a logarithmic scale: as many between 1 and 10 as between 10 and 100.
pub(crate) fn scale(rng: &mut Rng, low: f64, high: f64) -> f64 {
    rng.between(low.ln(), high.ln()).exp()
}

/// The wait to the next time that something happens.
#[derive(Clone, Debug)]
pub(crate) enum Gap {
    /// Every so many seconds, give or take a jitter of so many (one standard deviation or so).
    Every(f64, f64),
    /// A Poisson process with this mean.
    Poisson(f64),
    /// A Poisson process that follows people: slow at night, fast by day.
    People(f64),
    /// Long pauses around this median, very uneven.
    Uneven(f64, f64),
    /// At these times, nanoseconds since 1970, ascending.
    Clock(Arc<[u64]>),
    /// Once, after so many seconds.
    Once(f64),
}

impl Gap {
    /// The next time after `now_ns`; `u64::MAX` for never again.
    pub(crate) fn after(&self, now_ns: u64, rng: &mut Rng) -> u64 {
        let seconds = match self {
            Self::Every(period, jitter) => period + jitter * (rng.unit() + rng.unit() - 1.0),
            Self::Poisson(mean) => rng.exponential(*mean),
            Self::People(mean) => rng.exponential(*mean / activity(now_ns)),
            Self::Uneven(median, sigma) => around(rng, *median, *sigma),
            Self::Clock(times) => {
                let next = times.partition_point(|time| *time <= now_ns);
                return times.get(next).copied().unwrap_or(u64::MAX);
            }
            Self::Once(_) => return u64::MAX,
        };
        if seconds.is_finite() {
            now_ns.saturating_add(nanos(seconds.max(0.000_2)))
        } else {
            u64::MAX
        }
    }

    /// The first time: a clock that ticks evenly is met anywhere in its period.
    pub(crate) fn first(&self, now_ns: u64, rng: &mut Rng) -> u64 {
        match self {
            Self::Every(period, _) => now_ns.saturating_add(nanos(period * rng.unit())),
            Self::Once(wait) => now_ns.saturating_add(nanos(*wait)),
            other => other.after(now_ns, rng),
        }
    }
}

/// How busy people are at this time of day (UTC+8, as the networks here are): mean about 1.
fn activity(time_ns: u64) -> f64 {
    const HOURS: [f64; 24] = [
        0.25, 0.15, 0.1, 0.1, 0.1, 0.15, 0.4, 0.8, 1.6, 2.0, 2.0, 1.9, 1.3, 1.4, 1.9, 1.9, 1.8,
        1.5, 1.1, 1.2, 1.2, 1.1, 0.8, 0.5,
    ];
    let hour = (time_ns / 3_600_000_000_000 + 8) % 24;
    usize::try_from(hour).ok().and_then(|hour| HOURS.get(hour)).copied().unwrap_or(1.0)
}

/// How many bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    /// Always so many.
    Is(u32),
    /// Evenly between two.
    Between(u32, u32),
    /// Around a median with a spread, at most 64 MiB.
    About(f64, f64),
    /// One of a few.
    Of([u32; 3]),
}

impl Size {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "cut to 64 MiB and above zero before"
    )]
    pub(crate) fn draw(self, rng: &mut Rng) -> u32 {
        match self {
            Self::Is(size) => size,
            Self::Between(low, high) => {
                low + u32::try_from(rng.below(u64::from(high.saturating_sub(low)) + 1)).unwrap_or(0)
            }
            Self::About(median, sigma) => {
                around(rng, median, sigma).clamp(1.0, 67_108_864.0) as u32
            }
            Self::Of(sizes) => rng.pick(&sizes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_ticks_at_its_times_and_then_never_again() {
        let clock = Gap::Clock(Arc::from([5_u64, 9]));
        let mut rng = Rng::new(1);
        assert_eq!(clock.after(0, &mut rng), 5);
        assert_eq!(clock.after(5, &mut rng), 9);
        assert_eq!(clock.after(9, &mut rng), u64::MAX);
    }

    #[test]
    fn half_of_what_lies_around_a_median_lies_below_it() {
        let mut rng = Rng::new(2);
        let below = (0..4_000).filter(|_| around(&mut rng, 10.0, 1.0) < 10.0).count();
        assert!((1_850..2_150).contains(&below), "{below}");
    }
}
