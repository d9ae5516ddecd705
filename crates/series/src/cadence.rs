//! The cadence of mining: shares up, answers at once, jobs down unasked.
//!
//! Whatever it is wrapped in, a mining session is three forms filled again and again. The miner
//! hands in **shares**: one length, at moments without memory, since hashing has none. The pool
//! **answers** each within a round trip, with a shorter form. And it pushes **jobs**: a length or
//! two, longer than an answer, when a block was found and when its timer runs out. A slow miner may
//! hand in nothing for long; then the timer that blocks cut short is all there is.
//!
//! Wrapping adds the same to each message, so the order of the lengths stays. What looks alike
//! fails in one of these: keepalives come like a clock, prices and chat have many lengths, queries
//! have answers longer than themselves, telemetry has nothing pushed to it.

use crate::gaps::{Gaps, Timer, ratio};
use crate::roles::{Role, roles};
use crate::sizes::{Cluster, clusters};
use crate::{Message, stratum_v2};

/// How far lengths of one form lie apart: the digits of a few counters, in bytes.
const FORM_WIDTH: u32 = 8;
/// The opening of a session, left out: introductions and logins are forms of their own.
const OPENING_MS: i64 = 5_000;
/// Fewer shares have no rhythm.
const MIN_SHARES: usize = 6;
/// Most messages taken for the opening.
const OPENING_MESSAGES: usize = 16;

/// What a stretch of a session looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cadence {
    /// Seconds from the first message to the last, opening included.
    pub seconds: f64,
    /// Messages looked at, without the opening.
    pub messages: usize,
    /// What may be shares.
    pub shares: Shares,
    /// What may be jobs.
    pub jobs: Jobs,
    /// The share of messages that are neither shares, nor their answers, nor jobs.
    pub unexplained: f64,
    /// Whether it opened as encrypted Stratum V2 does; see [`crate::stratum_v2`].
    pub opens_stratum_v2: bool,
}

/// Questions of one length that come by chance and have short answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    /// Their lengths.
    pub form: Cluster,
    /// The lengths of their answers.
    pub answer: Cluster,
    /// The part of them that was answered.
    pub answered: f64,
    /// The part of the answers that has the lengths of `answer`.
    pub alike: f64,
    /// When they came.
    pub gaps: Gaps,
}

/// What the other end pushes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jobs {
    /// Everything pushed.
    pub count: usize,
    /// When it was pushed, whatever its length, in milliseconds.
    pub times_ms: Vec<i64>,
    /// The usual lengths, at most three forms, fullest first.
    pub forms: Vec<Cluster>,
    /// The part of everything pushed that has one of them.
    pub alike: f64,
    /// When it came.
    pub gaps: Gaps,
    /// The timer behind it.
    pub timer: Timer,
}

/// Which pattern of mining a stretch shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// Shares, answers and jobs.
    SharesAndJobs,
    /// Jobs alone, by a timer that blocks cut short.
    JobsAlone,
    /// Hardly anything but pushes of one form by chance: jobs of new blocks to a slow miner.
    BlocksAlone,
    /// The opening of encrypted Stratum V2, and frames of its lengths.
    StratumV2,
}

impl Cadence {
    /// Looks at messages in order of time; `from_start` says that the first opened the session.
    #[must_use]
    pub fn of(messages: &[Message], from_start: bool) -> Self {
        let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
            return Self::default();
        };
        let opening = if from_start {
            let early = |it: &&Message| it.at_ms - first.at_ms < OPENING_MS;
            messages.iter().take(OPENING_MESSAGES).take_while(early).count()
        } else {
            0
        };
        let steady = messages.get(opening..).unwrap_or_default();
        let roles = roles(steady);
        let told: Vec<Told> =
            steady.iter().zip(&roles).map(|(it, role)| Told(*it, *role)).collect();
        let shares = Shares::of(&told);
        let jobs = Jobs::of(&told, &shares);
        let explained = told.iter().filter(|it| shares.explain(it) || jobs.explain(it)).count();
        Self {
            seconds: seconds(last.at_ms - first.at_ms),
            messages: told.len(),
            unexplained: 1.0 - ratio(explained, told.len()),
            opens_stratum_v2: from_start && stratum_v2::opens(messages),
            shares,
            jobs,
        }
    }

    /// The pattern shown, if any: every condition holds.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern> {
        if self.opens_stratum_v2 {
            return Some(Pattern::StratumV2);
        }
        if self.has_shares() && self.has_jobs() && self.unexplained <= 0.25 {
            return Some(Pattern::SharesAndJobs);
        }
        if self.has_jobs_alone() {
            return Some(Pattern::JobsAlone);
        }
        self.has_blocks_alone().then_some(Pattern::BlocksAlone)
    }

    fn has_blocks_alone(&self) -> bool {
        let Jobs { count, forms, alike, gaps, .. } = &self.jobs;
        let [form] = forms.as_slice() else { return false };
        let Shares { form: share, answer, answered, .. } = &self.shares;
        let few_shares = share.count == 0
            || *answered >= 0.99 && answer.high < share.low && answer.high < form.low;
        *count >= 8
            && ratio(*count, self.messages) >= 0.3
            && form.high - form.low <= 4
            && (180..=1_200).contains(&form.low)
            && *alike >= 0.97
            && few_shares
            && self.unexplained <= 0.03
            && gaps.near_median <= 0.3
            && (0.55..=1.6).contains(&gaps.variation)
            && (10.0..=240.0).contains(&gaps.median_s)
    }

    fn has_shares(&self) -> bool {
        let Shares { form, answer, answered, alike, gaps } = &self.shares;
        form.count >= MIN_SHARES
            && (60..=3_000).contains(&form.low)
            && (34..=160).contains(&answer.low)
            && answer.high < form.low
            && *answered >= 0.9
            && *alike >= 0.8
            && gaps.near_median <= 0.35
            && (0.45..=2.5).contains(&gaps.variation)
    }

    fn has_jobs(&self) -> bool {
        let Jobs { count, forms, alike, gaps, .. } = &self.jobs;
        let least = forms.iter().map(|it| it.low).min().unwrap_or_default();
        *count >= 4
            && *alike >= 0.8
            && least > self.shares.answer.high
            && (80..=4_000).contains(&least)
            && gaps.median_s <= 240.0
    }

    fn has_jobs_alone(&self) -> bool {
        let Jobs { count, forms, alike, timer, .. } = &self.jobs;
        let Some(form) = forms.first() else { return false };
        let pushed = ratio(*count, self.messages);
        *count >= 14
            && pushed >= 0.8
            && *alike >= 0.95
            && (150..=1_200).contains(&form.low)
            && (5.0..=90.0).contains(&timer.period_s)
            && (0.3..=0.95).contains(&timer.at_period)
            && timer.sharp >= 0.85
            && timer.beyond <= 0.05
            && timer.cut_short >= 3
            && timer.crowding <= 0.6
    }
}

/// A message and its role.
#[derive(Clone, Copy)]
struct Told(Message, Role);

impl Shares {
    /// The questions that look most like shares: of the two usual lengths the one that comes more by
    /// chance.
    fn of(told: &[Told]) -> Self {
        let asked = |it: &&Told| matches!(it.1, Role::Asks { .. });
        let lengths = told.iter().filter(asked).map(|it| it.0.bytes);
        let candidates =
            clusters(lengths, FORM_WIDTH, 2).into_iter().map(|it| Self::with(it, told));
        candidates.fold(Self::default(), |best, it| {
            let enough = it.form.count >= MIN_SHARES || best.form.count < MIN_SHARES;
            let by_chance = it.gaps.near_median < best.gaps.near_median || best.form.count == 0;
            if enough
                && (by_chance || best.form.count < MIN_SHARES && it.form.count > best.form.count)
            {
                it
            } else {
                best
            }
        })
    }

    fn with(form: Cluster, told: &[Told]) -> Self {
        let these =
            told.iter().filter(|it| matches!(it.1, Role::Asks { .. }) && form.holds(it.0.bytes));
        let (mut times, mut answers) = (Vec::new(), Vec::new());
        for Told(message, role) in these {
            times.push(message.at_ms);
            if let Role::Asks { answer: Some((_, bytes)) } = role {
                answers.push(*bytes);
            }
        }
        let answered = ratio(answers.len(), times.len());
        let count = answers.len();
        let answer = clusters(answers, FORM_WIDTH, 1).first().copied().unwrap_or_default();
        Self {
            form,
            answer,
            answered,
            alike: ratio(answer.count, count),
            gaps: Gaps::between(&times),
        }
    }

    fn explain(&self, it: &Told) -> bool {
        match it.1 {
            Role::Asks { .. } => self.form.holds(it.0.bytes),
            Role::Answers | Role::Pushes => self.answer.holds(it.0.bytes),
        }
    }
}

impl Jobs {
    fn of(told: &[Told], shares: &Shares) -> Self {
        // A job that slips between a share and its answer makes the answer look unasked.
        let late = |it: &Told| shares.form.count >= MIN_SHARES && shares.answer.holds(it.0.bytes);
        let pushed: Vec<Message> =
            told.iter().filter(|it| it.1 == Role::Pushes && !late(it)).map(|it| it.0).collect();
        let mut forms = clusters(pushed.iter().map(|it| it.bytes), FORM_WIDTH, 3);
        // What came once or twice in a long stretch is no form.
        forms.retain(|it| it.count >= 3 || ratio(it.count, pushed.len()) >= 0.1);
        let usual = |it: &&Message| forms.iter().any(|form| form.holds(it.bytes));
        let times: Vec<i64> = pushed.iter().filter(usual).map(|it| it.at_ms).collect();
        Self {
            count: pushed.len(),
            times_ms: pushed.iter().map(|it| it.at_ms).collect(),
            alike: ratio(times.len(), pushed.len()),
            gaps: Gaps::between(&times),
            timer: Timer::in_times(&times),
            forms,
        }
    }

    fn explain(&self, it: &Told) -> bool {
        it.1 != Role::Asks { answer: None }
            && !it.0.up
            && self.forms.iter().any(|form| form.holds(it.0.bytes))
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a session, far below 2^52")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1e3
}
