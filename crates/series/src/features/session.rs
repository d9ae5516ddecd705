//! What the messages of a stretch tell.

use std::collections::BTreeSet;

use super::counts::{fano, float, memory, quantile, real, silent};
use super::{SESSION, log_ratio, log2};
use crate::Message;
use crate::cadence::Cadence;
use crate::gaps::{Gaps, ratio};
use crate::roles::{Role, roles};
use crate::sizes::clusters;

/// How far lengths of one form lie apart, in bytes.
const FORM_WIDTH: u32 = 8;
/// From this length on a message is long.
const LONG: u32 = 1_300;

/// Messages of one role.
#[derive(Default)]
struct Part {
    times_ms: Vec<i64>,
    /// Sorted.
    lengths: Vec<u32>,
}

impl Part {
    fn add(&mut self, it: &Message) {
        self.times_ms.push(it.at_ms);
        self.lengths.push(it.bytes);
    }

    fn count(&self) -> usize {
        self.lengths.len()
    }

    fn size(&self, part: f64) -> f64 {
        quantile(&self.lengths, part)
    }

    fn bytes(&self) -> f64 {
        self.lengths.iter().copied().map(f64::from).sum()
    }

    /// The part of the lengths in so many forms.
    fn in_forms(&self, most: usize) -> f64 {
        let forms = clusters(self.lengths.iter().copied(), FORM_WIDTH, most);
        ratio(forms.iter().map(|it| it.count).sum(), self.count())
    }

    fn different(&self) -> f64 {
        ratio(self.lengths.iter().collect::<BTreeSet<_>>().len(), self.count())
    }

    /// From one tenth to nine tenths of the lengths, over the median.
    fn spread(&self) -> f64 {
        (self.size(0.9) - self.size(0.1)) / self.size(0.5).max(1.0)
    }
}

/// The features of messages in order of time, in the order of [`SESSION`]; `opening` of them are
/// left out but for how the session opened, and `cadence` is theirs.
#[must_use]
pub fn of_session(messages: &[Message], cadence: &Cadence) -> [f64; SESSION.len()] {
    let opening = messages.len().saturating_sub(cadence.messages);
    let steady = messages.get(opening..).unwrap_or_default();
    let stretch = Stretch::of(steady);
    let mut told = [0.0; SESSION.len()];
    let all = stretch.amounts().into_iter().chain(stretch.sizes()).chain(stretch.forms());
    let all = all.chain(stretch.times(cadence)).chain(timer(cadence)).chain(stretch.counts());
    let end = [cadence.unexplained, f64::from(u8::from(cadence.opens_stratum_v2))];
    for (place, value) in told.iter_mut().zip(all.chain(end)) {
        // A model compares; what is no number compares with nothing.
        *place = if value.is_finite() { value } else { 0.0 };
    }
    told
}

/// A stretch by roles.
struct Stretch {
    span_ms: (i64, i64),
    asks: Part,
    answers: Part,
    pushes: Part,
    answered: usize,
    /// Sorted, in milliseconds.
    waits: Vec<u32>,
    pushed_at_once: usize,
    followed_at_once: usize,
    longest_silence_ms: i64,
    times_ms: Vec<i64>,
}

impl Stretch {
    fn of(steady: &[Message]) -> Self {
        let first = steady.first().map_or(0, |it| it.at_ms);
        let mut it = Self {
            span_ms: (first, steady.last().map_or(first, |it| it.at_ms)),
            asks: Part::default(),
            answers: Part::default(),
            pushes: Part::default(),
            answered: 0,
            waits: Vec::new(),
            pushed_at_once: 0,
            followed_at_once: 0,
            longest_silence_ms: 0,
            times_ms: steady.iter().map(|it| it.at_ms).collect(),
        };
        let (mut asked_ms, mut before): (Option<i64>, Option<&Message>) = (None, None);
        for (message, role) in steady.iter().zip(roles(steady)) {
            match role {
                Role::Asks { answer } => {
                    it.asks.add(message);
                    asked_ms = Some(message.at_ms);
                    it.answered += usize::from(answer.is_some());
                    it.waits.extend(answer.and_then(|(wait, _)| u32::try_from(wait).ok()));
                }
                Role::Answers => it.answers.add(message),
                Role::Pushes => {
                    it.pushes.add(message);
                    let soon = asked_ms.is_some_and(|ms| message.at_ms - ms <= 1_000);
                    it.pushed_at_once += usize::from(soon);
                }
            }
            if let Some(before) = before {
                let gap = message.at_ms - before.at_ms;
                it.followed_at_once += usize::from(gap <= 50 && before.up == message.up);
                it.longest_silence_ms = it.longest_silence_ms.max(gap);
            }
            before = Some(message);
        }
        for part in [&mut it.asks, &mut it.answers, &mut it.pushes] {
            part.lengths.sort_unstable();
        }
        it.waits.sort_unstable();
        it
    }

    fn amounts(&self) -> [f64; 10] {
        let count = self.times_ms.len();
        let minutes = (real(self.span_ms.1 - self.span_ms.0) / 60_000.0).max(1.0 / 60.0);
        let wait = quantile(&self.waits, 0.5);
        [
            float(count) / minutes,
            float(self.asks.count()) / minutes,
            float(self.pushes.count()) / minutes,
            ratio(self.asks.count(), count),
            ratio(self.pushes.count(), count),
            ratio(self.answered, self.asks.count()),
            log2(wait),
            quantile(&self.waits, 0.9) / wait.max(1.0),
            ratio(self.pushed_at_once, self.pushes.count()),
            ratio(self.followed_at_once, count),
        ]
    }

    fn sizes(&self) -> [f64; 15] {
        let (asks, answers, pushes) = (&self.asks, &self.answers, &self.pushes);
        let down = || answers.lengths.iter().chain(&pushes.lengths).copied();
        let long = down().chain(asks.lengths.iter().copied()).filter(|it| *it > LONG).count();
        [
            log2(asks.size(0.1)),
            log2(asks.size(0.5)),
            log2(asks.size(0.9)),
            log2(answers.size(0.5)),
            answers.spread(),
            log2(pushes.size(0.1)),
            log2(pushes.size(0.5)),
            log2(pushes.size(0.9)),
            log_ratio(asks.size(0.5), answers.size(0.5)),
            log_ratio(pushes.size(0.5), answers.size(0.5)),
            log_ratio(pushes.size(0.5), asks.size(0.5)),
            log2(asks.size(1.0)),
            log2(down().max().map_or(0.0, f64::from)),
            ratio(long, self.times_ms.len()),
            log_ratio(asks.bytes(), answers.bytes() + pushes.bytes()),
        ]
    }

    fn forms(&self) -> [f64; 7] {
        let (asks, answers, pushes) = (&self.asks, &self.answers, &self.pushes);
        [
            asks.in_forms(1),
            asks.in_forms(3),
            pushes.in_forms(1),
            pushes.in_forms(3),
            answers.in_forms(1),
            asks.different(),
            pushes.different(),
        ]
    }

    fn times(&self, cadence: &Cadence) -> [f64; 11] {
        let asks = Gaps::between(&self.asks.times_ms);
        let pushes = Gaps::between(&self.pushes.times_ms);
        [
            log2(asks.median_s),
            asks.variation,
            asks.near_median,
            memory(&self.asks.times_ms),
            cadence.shares.gaps.variation,
            cadence.shares.gaps.near_median,
            ratio(cadence.clock.form.count, self.times_ms.len()),
            log2(pushes.median_s),
            pushes.variation,
            pushes.near_median,
            memory(&self.pushes.times_ms),
        ]
    }

    fn counts(&self) -> [f64; 7] {
        let (asks, pushes) = (&self.asks.times_ms, &self.pushes.times_ms);
        [
            fano(asks, self.span_ms, 10_000),
            fano(asks, self.span_ms, 60_000),
            fano(pushes, self.span_ms, 10_000),
            fano(pushes, self.span_ms, 60_000),
            silent(&self.times_ms, self.span_ms, 1_000),
            silent(&self.times_ms, self.span_ms, 10_000),
            log2(real(self.longest_silence_ms) / 1e3),
        ]
    }
}

fn timer(cadence: &Cadence) -> [f64; 6] {
    let (timer, gaps) = (&cadence.jobs.timer, cadence.jobs.gaps.count);
    [
        log2(timer.period_s),
        timer.at_period,
        timer.sharp,
        timer.beyond,
        ratio(timer.cut_short, gaps),
        timer.crowding,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(messages: &[Message], name: &str) -> f64 {
        let all = of_session(messages, &Cadence::of(messages, false));
        all[SESSION.iter().position(|it| it.name == name).unwrap()]
    }

    /// Asks every 10 s, answers 40 ms later, and a push every 25 s.
    fn session(pad: u32) -> Vec<Message> {
        let mut all: Vec<Message> = (0..60)
            .flat_map(|it| {
                let at_ms = it * 10_000 + 7;
                let ask = Message { at_ms, up: true, bytes: 200 + pad };
                [ask, Message { at_ms: at_ms + 40, up: false, bytes: 80 + pad }]
            })
            .chain((1..24).map(|it| Message { at_ms: it * 25_000, up: false, bytes: 400 + pad }))
            .collect();
        all.sort_by_key(|it| it.at_ms);
        all
    }

    #[test]
    fn every_number_stands_at_its_name() {
        let messages = session(0);
        for (name, value) in [
            ("asks_per_minute", 6.08),
            ("answered_part", 1.0),
            ("answer_wait", 40_f64.log2()),
            ("ask_size", 200_f64.log2()),
            ("answer_size", 80_f64.log2()),
            ("push_size", 400_f64.log2()),
            ("push_over_ask", 1.0),
            ("push_one_form", 1.0),
            ("ask_gap", 10_f64.log2()),
            ("push_gap", 25_f64.log2()),
            ("ask_variation", 0.0),
            ("timer", 25_f64.log2()),
            ("timer_kept", 1.0),
            ("silent_tens", 0.0),
            ("unexplained", 0.0),
            ("opens_stratum_v2", 0.0),
        ] {
            let found = told(&messages, name);
            assert!((found - value).abs() < 0.05, "{name}: {found}, not {value}");
        }
    }

    #[test]
    fn what_an_encryption_adds_to_each_message_shifts_only_sizes() {
        let (plain, wrapped) = (session(0), session(22));
        for it in SESSION.iter().filter(|it| !it.unit.starts_with("log2") && it.unit != "-") {
            let (one, other) = (told(&plain, it.name), told(&wrapped, it.name));
            assert!((one - other).abs() < 1e-9, "{}", it.name);
        }
    }

    #[test]
    fn nothing_and_one_message_give_numbers() {
        let one = [Message { at_ms: 5, up: false, bytes: 9 }];
        for messages in [&[][..], &one] {
            let all = of_session(messages, &Cadence::of(messages, true));
            assert!(all.iter().all(|it| it.is_finite()));
        }
    }
}
