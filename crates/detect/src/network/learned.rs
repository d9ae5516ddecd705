//! What models that learned from examples think of a quiet flow: how probable mining is, and which
//! numbers drove that. A model's word is a circumstance and never more.
//!
//! The models are written by `cargo xtask train`; `docs/model.md` says of what they were made and
//! how often they err.

use std::sync::LazyLock;

use minehound_model::{Arg, Because, Finding, Observation, QuietFlow};
use minehound_series::features::{Described, RECORD, Record, SESSION, of_record};
use minehound_series::trees::Model;

/// The numbers that drove a score most, at most so many.
const DRIVERS: usize = 3;
/// From this probability on the model is not against a flow, though that alone lets no test accuse
/// anybody: of 16,267 innocent long flows one passed a test with such a probability
/// (`docs/evaluation.md`).
const UNDECIDED: f64 = 0.3;
/// What adds less to a score, in natural logarithms of odds, did not drive it.
const LEAST_SHARE: f64 = 0.05;

static ON_MESSAGES: LazyLock<Option<Model>> =
    LazyLock::new(|| fitting(include_str!("../../models/session.txt"), &SESSION));
static ON_RECORD: LazyLock<Option<Model>> =
    LazyLock::new(|| fitting(include_str!("../../models/record.txt"), &RECORD));

/// A model that was made for these inputs; none if they are others.
fn fitting(text: &str, inputs: &[Described]) -> Option<Model> {
    let model = Model::parse(text).ok()?;
    model.inputs.iter().map(String::as_str).eq(inputs.iter().map(|it| it.name)).then_some(model)
}

/// What the models think of a flow.
#[derive(Clone, Debug)]
pub(super) struct Opinion {
    /// How probable mining is, from the messages.
    pub(super) probability: f64,
    /// Whether that is more than all but very few innocent flows get.
    pub(super) stands_out: bool,
    /// The numbers that speak for that, or against it, the weightiest first: name and value in the
    /// unit of its term.
    drivers: Vec<(&'static str, f64)>,
    /// How probable mining is, from the flow's record alone.
    record: Option<f64>,
}

/// The models' opinion; none of a flow whose messages were not described.
pub(super) fn opinion(seen: &Observation, flow: &QuietFlow) -> Option<Opinion> {
    let model = ON_MESSAGES.as_ref()?;
    if flow.features.len() != SESSION.len() {
        return None;
    }
    let row: Vec<f64> = flow.features.iter().copied().map(f64::from).collect();
    let score = model.score(&row);
    let stands_out = score >= model.alarm;
    let mut shares: Vec<_> = SESSION.iter().zip(&row).zip(model.shares(&row)).collect();
    let sign = if stands_out { 1.0 } else { -1.0 };
    shares.sort_by(|one, two| (sign * two.1).total_cmp(&(sign * one.1)));
    let drove = shares.into_iter().filter(|it| sign * it.1 >= LEAST_SHARE).take(DRIVERS);
    Some(Opinion {
        probability: model.probability(score),
        stands_out,
        drivers: drove.map(|((it, value), _)| (it.name, shown(it, *value))).collect(),
        record: ON_RECORD.as_ref().map(|it| it.probability(it.score(&record(seen, flow)))),
    })
}

/// What a record of the flow would tell.
fn record(seen: &Observation, flow: &QuietFlow) -> [f64; RECORD.len()] {
    #[expect(clippy::cast_precision_loss, reason = "counts of packets and bytes")]
    let count = |it: u64| it as f64;
    of_record(&Record {
        seconds: seen.span.seconds(),
        packets_up: count(flow.frames_up),
        packets_down: count(flow.frames.saturating_sub(flow.frames_up)),
        bytes_up: count(flow.bytes_up),
        bytes_down: count(flow.bytes_down),
    })
}

/// A number as people read it: no logarithm, and no more digits than it is worth.
fn shown(it: &Described, value: f64) -> f64 {
    let plain = if it.unit.starts_with("log2") { value.exp2() } else { value };
    let digits = if plain >= 100.0 { 1.0 } else { 100.0 };
    (plain * digits).round() / digits
}

impl Opinion {
    /// How it bears on a flow whose rhythm passed the tests.
    pub(super) fn beside_tests(&self) -> Because {
        match () {
            () if self.stands_out => Because::ModelAgrees,
            () if self.probability < UNDECIDED => Because::ModelDisagrees,
            () => Because::ModelUndecided,
        }
    }

    /// Adds it to a finding of the tests: whether the model agrees, what drove it, and where it does
    /// not, what would settle it.
    pub(super) fn beside(&self, finding: Finding) -> Finding {
        let term = match self.beside_tests() {
            Because::ModelAgrees => "model-agrees",
            Because::ModelUndecided => "model-undecided",
            _ => "model-disagrees",
        };
        self.told(finding.with("opinion", Arg::Term(term.to_owned())))
    }

    /// Adds the probability and what drove it.
    pub(super) fn told(&self, finding: Finding) -> Finding {
        let percent = |it: f64| Arg::Number((it * 1_000.0).round() / 10.0);
        let mut finding = finding.with("probability", percent(self.probability));
        if let Some(record) = self.record {
            finding = finding.with("record", percent(record));
        }
        let names = [("driver1", "value1"), ("driver2", "value2"), ("driver3", "value3")];
        for ((driver, value), (name, number)) in names.into_iter().zip(&self.drivers) {
            finding = finding
                .with(driver, Arg::Term(format!("feature-{name}")))
                .with(value, Arg::Number(*number));
        }
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_models_were_made_for_what_they_are_given() {
        assert!(ON_MESSAGES.is_some() && ON_RECORD.is_some());
    }

    #[test]
    fn no_model_is_ever_certain_and_odds_rise_with_scores() {
        for model in [&*ON_MESSAGES, &*ON_RECORD].into_iter().flatten() {
            let said: Vec<f64> = (-20..20).map(|it| model.probability(f64::from(it))).collect();
            assert!(said.is_sorted() && said.iter().all(|it| (0.0..1.0).contains(it)));
        }
    }
}
