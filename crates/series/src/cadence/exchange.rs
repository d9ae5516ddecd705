//! Questions of one form and their answers.

use super::{FORM_WIDTH, MIN_SHARES, Told};
use crate::gaps::{Gaps, ratio};
use crate::roles::Role;
use crate::sizes::{Cluster, clusters};

/// From this part of gaps near the median on, questions come by the clock.
const BY_THE_CLOCK: f64 = 0.6;

/// Questions of one form, and what came back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exchange {
    /// The lengths of the questions.
    pub form: Cluster,
    /// The usual lengths of their answers.
    pub answer: Cluster,
    /// The part of them that was answered.
    pub answered: f64,
    /// The part of the answers that has the lengths of `answer`.
    pub alike: f64,
    /// When they came.
    pub gaps: Gaps,
}

/// The exchange that comes most by chance, and the one that comes most by the clock; of at most
/// three forms.
pub(super) fn exchanges(told: &[Told]) -> (Exchange, Exchange) {
    let asked = |it: &&Told| matches!(it.1, Role::Asks { .. });
    let lengths = told.iter().filter(asked).map(|it| it.0.bytes);
    let forms = clusters(lengths, FORM_WIDTH, 3).into_iter().map(|it| Exchange::of(it, told));
    let (clocks, others): (Vec<_>, Vec<_>) = forms.partition(Exchange::is_by_the_clock);
    // The fullest come first: of those with enough, the most irregular; else the fullest.
    let (enough, few): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|it| it.form.count >= MIN_SHARES);
    let by_chance = |a: &Exchange, b: &Exchange| a.gaps.near_median.total_cmp(&b.gaps.near_median);
    let shares = enough.into_iter().min_by(by_chance).or_else(|| few.into_iter().next());
    (shares.unwrap_or_default(), clocks.into_iter().next().unwrap_or_default())
}

impl Exchange {
    fn of(form: Cluster, told: &[Told]) -> Self {
        let these =
            told.iter().filter(|it| matches!(it.1, Role::Asks { .. }) && form.holds(it.0.bytes));
        let (mut times, mut answers) = (Vec::new(), Vec::new());
        for Told(message, role) in these {
            times.push(message.at_ms);
            if let Role::Asks { answer: Some((_, bytes)) } = role {
                answers.push(*bytes);
            }
        }
        let count = answers.len();
        let answer = clusters(answers, FORM_WIDTH, 1).first().copied().unwrap_or_default();
        Self {
            form,
            answer,
            answered: ratio(count, times.len()),
            alike: ratio(answer.count, count),
            gaps: Gaps::between(&times),
        }
    }

    fn is_by_the_clock(&self) -> bool {
        self.gaps.count >= 3 && self.gaps.near_median >= BY_THE_CLOCK
    }

    /// Whether it is usual that an answer comes.
    pub(super) fn is_answered(&self) -> bool {
        self.answered >= 0.5
    }

    /// Whether each question has a shorter answer of one form.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.answered >= 0.9 && self.alike >= 0.8 && self.answer.high < self.form.low
    }

    /// Whether a message is one of its questions or answers. An answer that a push overtook looks
    /// unasked.
    pub(super) fn explains(&self, it: &Told) -> bool {
        match it.1 {
            Role::Asks { .. } => self.form.holds(it.0.bytes),
            Role::Answers | Role::Pushes => self.answer.holds(it.0.bytes),
        }
    }
}
