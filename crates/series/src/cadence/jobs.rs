//! What the other end pushes.

use super::exchange::Exchange;
use super::{FORM_WIDTH, Told};
use crate::gaps::{Gaps, Timer, ratio};
use crate::roles::Role;
use crate::sizes::{Cluster, clusters};

/// A push at least this part as long as the longest usual one may be a job: the first job after a block,
/// which has no transactions yet, is far shorter than those that follow.
const AS_LONG: f64 = 0.3;
/// From this part of gaps near the median on, pushes come about every so often.
const CLOCKLIKE: f64 = 0.6;

/// What the other end pushes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jobs {
    /// Everything pushed.
    pub count: usize,
    /// When it was pushed, in milliseconds.
    pub times_ms: Vec<i64>,
    /// When something was pushed that is not far shorter than the longest usual push: without the signs
    /// of life and acknowledgements of a tunnel, which are shorter than any job.
    pub telling_ms: Vec<i64>,
    /// The usual lengths, at most three forms, fullest first.
    pub forms: Vec<Cluster>,
    /// The part of everything pushed that has one of them.
    pub alike: f64,
    /// When pushes of the usual lengths came.
    pub gaps: Gaps,
    /// The timer behind them.
    pub timer: Timer,
}

impl Jobs {
    pub(super) fn of(told: &[Told], exchanges: [&Exchange; 2]) -> Self {
        // A push that slips between a question and its answer makes the answer look unasked. What
        // is seldom answered asks nothing: acknowledgements of packets in a tunnel meet a push
        // now and then.
        let late = |it: &Told| {
            exchanges.iter().any(|exchange| exchange.is_answered() && exchange.explains(it))
        };
        let pushed = told.iter().filter(|it| it.1 == Role::Pushes && !late(it));
        let (times_ms, lengths): (Vec<i64>, Vec<u32>) =
            pushed.map(|it| (it.0.at_ms, it.0.bytes)).unzip();
        let mut forms = clusters(lengths.iter().copied(), FORM_WIDTH, 3);
        // What came once or twice in a long stretch is no form.
        forms.retain(|it| it.count >= 3 || ratio(it.count, lengths.len()) >= 0.1);
        let usual = |bytes: u32| forms.iter().any(|form| form.holds(bytes));
        // A job that seems to answer a question was pushed all the same.
        let jobs = told.iter().filter(|it| !it.0.up && usual(it.0.bytes) && !late(it));
        let usual_ms: Vec<i64> = jobs.map(|it| it.0.at_ms).collect();
        let longest = forms.iter().map(|it| it.low).max().unwrap_or_default();
        let may_be_job = |bytes: u32| f64::from(bytes) >= AS_LONG * f64::from(longest);
        let pushed = times_ms.iter().zip(&lengths).filter(|it| may_be_job(*it.1));
        let telling_ms = pushed.map(|it| *it.0).collect();
        let alike = lengths.iter().filter(|it| usual(**it)).count();
        Self {
            count: lengths.len(),
            alike: ratio(alike, lengths.len()),
            gaps: Gaps::between(&usual_ms),
            timer: Timer::in_times(&usual_ms),
            times_ms,
            telling_ms,
            forms,
        }
    }

    /// The number of gaps that no timer explains. Where the densest gaps are no timer, as among pushes
    /// by chance, whose shortest gaps lie closest, that is all gaps but those near the median.
    #[must_use]
    pub fn irregular(&self) -> usize {
        if self.timer.is_kept() || self.gaps.near_median > CLOCKLIKE {
            return self.timer.cut_short + self.timer.overrun;
        }
        let near = self.gaps.near_median * count(self.gaps.count);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a count"
        )]
        let near = near.round() as usize;
        self.gaps.count.saturating_sub(near)
    }

    /// The least and the greatest of the usual lengths.
    pub(super) fn lengths(&self) -> (u32, u32) {
        let low = self.forms.iter().map(|it| it.low).min().unwrap_or_default();
        let high = self.forms.iter().map(|it| it.high).max().unwrap_or_default();
        (low, high)
    }

    /// Whether a message has one of the usual lengths.
    pub(super) fn explains(&self, it: &Told) -> bool {
        !it.0.up && self.forms.iter().any(|form| form.holds(it.0.bytes))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
fn count(of: usize) -> f64 {
    of as f64
}
