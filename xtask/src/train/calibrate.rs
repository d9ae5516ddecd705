//! From scores to probabilities, and the score from which a flow stands out.

/// The least probability that is said.
const LEAST: f64 = 1e-4;
/// A step of the curve rests on at least so many examples.
const STEP: f64 = 25.0;

/// Knots of a rising curve from scores to probabilities: adjacent violators pooled (Ayer and
/// others, 1955), each step with one success and one failure added, so that none is certain.
pub(crate) fn knots(scored: &[(f64, bool)]) -> Vec<(f64, f64)> {
    let mut sorted: Vec<_> = scored.iter().filter(|it| it.0 > f64::MIN).copied().collect();
    sorted.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
    // Sum of scores, examples, those that mine.
    let mut steps: Vec<(f64, f64, f64)> = Vec::new();
    let rate = |it: &(f64, f64, f64)| it.2 / it.1;
    for (score, mines) in sorted {
        let mut step = (score, 1.0, f64::from(u8::from(mines)));
        while let Some(last) = steps.last() {
            if rate(last) < rate(&step) && last.1 >= STEP {
                break;
            }
            step = (step.0 + last.0, step.1 + last.1, step.2 + last.2);
            steps.pop();
        }
        steps.push(step);
    }
    if steps.len() > 1
        && let Some(last) = steps.pop_if(|it| it.1 < STEP)
        && let Some(before) = steps.last_mut()
    {
        *before = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
    }
    let mut most = 0.0_f64;
    let knot = |it: (f64, f64, f64)| {
        most = most.max((it.2 + 1.0) / (it.1 + 2.0));
        // Four digits of a small part may come to nothing, and none is certain.
        (rounded(it.0 / it.1), rounded(most).clamp(LEAST, 1.0 - LEAST))
    };
    steps.into_iter().map(knot).collect()
}

/// The least score above which at most this part of the innocent lies.
pub(crate) fn alarm(scored: &[(f64, bool)], part: f64) -> f64 {
    let mut innocent: Vec<f64> = scored.iter().filter(|it| !it.1).map(|it| it.0).collect();
    innocent.sort_by(|one, two| two.total_cmp(one));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a small part of a count"
    )]
    let allowed = (innocent.len() as f64 * part).floor() as usize;
    let first_refused = innocent.get(allowed).copied().filter(|it| *it > f64::MIN);
    // A model file has four digits: the next above.
    first_refused.map_or(0.0, |it| rounded(it + 1e-4))
}

/// As a model file has it.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored() -> Vec<(f64, bool)> {
        (0..1_000_u32).map(|it| (f64::from(it) / 100.0, it * 7 % 1_000 < it)).collect()
    }

    #[test]
    fn knots_rise_and_are_never_certain() {
        let knots = knots(&scored());
        assert!(knots.len() > 3);
        assert!(knots.is_sorted_by(|one, two| one.0 <= two.0 && one.1 <= two.1));
        assert!(knots.iter().all(|it| it.1 > 0.0 && it.1 < 1.0));
    }

    #[test]
    fn however_many_innocents_none_is_certain() {
        let scored: Vec<(f64, bool)> = (0..50_000).map(|it| (f64::from(it), it > 49_900)).collect();
        assert!(knots(&scored).iter().all(|it| it.1 >= LEAST && it.1 <= 1.0 - LEAST));
    }

    #[test]
    fn above_the_alarm_lie_no_more_innocents_than_allowed() {
        let scored = scored();
        let innocent = scored.iter().filter(|it| !it.1).count();
        for allowed in [0, 3, 20] {
            #[expect(clippy::cast_precision_loss, reason = "a small count")]
            let alarm = alarm(&scored, f64::from(allowed) / innocent as f64 + 1e-9);
            let above = scored.iter().filter(|it| !it.1 && it.0 >= alarm).count();
            assert!(above <= usize::try_from(allowed).unwrap(), "{above} of {allowed}");
        }
    }
}
