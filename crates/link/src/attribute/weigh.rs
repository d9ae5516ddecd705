//! How well a line fits a moment, given how sure the clocks are.

use minehound_model::Span;

/// The share of differences between clocks that no estimate foresees: a clock was set in between.
const SURPRISE: f64 = 0.05;
/// How much wider those scatter.
const WIDER: f64 = 6.0;

/// The probability that a line's span touches `asked`, when the difference of their clocks has a
/// standard deviation of `sd_ms`; both spans in the reference's time.
pub(super) fn touches(line: Span, asked: Span, sd_ms: f64) -> f64 {
    let one = |sd: f64| {
        if sd <= 0.0 {
            return f64::from(u8::from(line.overlaps(asked)));
        }
        // They touch where the difference is at least `low` and at most `high`.
        let low = ms(asked.from_ms.saturating_sub(line.to_ms)) / sd;
        let high = ms(asked.to_ms.saturating_sub(line.from_ms)) / sd;
        (below(high) - below(low)).max(0.0)
    };
    (1.0 - SURPRISE) * one(sd_ms) + SURPRISE * one(sd_ms.max(1_000.0) * WIDER)
}

/// The weight of "the right line is missing" beside lines that touch with these probabilities.
///
/// Where an outer port is asked for at a moment, it stands for one inner end only: lines that
/// certainly touch leave no room for a lost one. Where any of many connections may be meant, some are lost
/// in the proportion of all.
pub(super) fn of_missing(touching: &[f64], loss: f64, exclusive: bool) -> f64 {
    let total: f64 = touching.iter().sum();
    let room = (1.0 - total).max(0.0);
    if touching.is_empty() {
        1.0
    } else if exclusive {
        loss * room.max(0.002)
    } else {
        loss / (1.0 - loss).max(1e-9) * total.max(room)
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of years fit")]
pub(super) fn ms(it: i64) -> f64 {
    it as f64
}

/// The part of a standard normal distribution below `x`. Abramowitz and Stegun 26.2.17, error
/// below 7.5e-8.
fn below(x: f64) -> f64 {
    if x < 0.0 {
        return 1.0 - below(-x);
    }
    let t = 1.0 / (1.0 + 0.231_641_9 * x);
    let series = [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_530];
    let sum = series.iter().fold(0.0, |sum, it| (sum + it) * t);
    let density =
        (-x * x / 2.0).exp() * std::f64::consts::FRAC_1_SQRT_2 / std::f64::consts::PI.sqrt();
    1.0 - density * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from_ms: i64, to_ms: i64) -> Span {
        Span { from_ms, to_ms }
    }

    #[test]
    fn the_normal_distribution_is_that_of_the_tables() {
        for (x, expected) in [(0.0, 0.5), (1.0, 0.841_345), (-1.959_964, 0.025), (5.0, 1.0)] {
            assert!((below(x) - expected).abs() < 1e-5, "{x}: {}", below(x));
        }
    }

    #[test]
    fn a_line_fits_as_well_as_the_clocks_allow() {
        let asked = span(10_000, 11_000);
        assert!(touches(span(0, 60_000), asked, 500.0) > 0.99);
        let beside = touches(span(40_000, 60_000), asked, 500.0);
        assert!(beside < 0.01, "{beside}");
        let unsure = touches(span(40_000, 60_000), asked, 60_000.0);
        assert!(unsure > 0.1 && unsure < 0.5, "{unsure}");
        assert!(touches(span(0, 9_000), asked, 0.0) < 0.03);
    }

    #[test]
    fn a_line_that_surely_fits_leaves_little_room_for_a_lost_one() {
        assert!(of_missing(&[1.0], 0.02, true) < 1e-3);
        assert!((of_missing(&[0.5], 0.02, true) - 0.01).abs() < 1e-9);
        assert!((of_missing(&[1.0, 1.0], 0.5, false) - 2.0).abs() < 1e-9);
        assert!((of_missing(&[], 0.01, true) - 1.0).abs() < 1e-9);
    }
}
