//! Messages by their role, and how far two samples of them are apart.

use std::collections::BTreeMap;

use super::heard::{Message, Talk};

/// The login is over after so many seconds, where nothing can be read.
const LOGIN_S: f64 = 3.0;
/// What comes down so soon after something went up answers it.
const ANSWER_S: f64 = 1.0;
/// Payloads of one message follow each other within so many seconds.
const ONE_MESSAGE_S: f64 = 0.005;

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A share or, where nothing can be read, whatever the miner sends.
    Share,
    /// The pool's answer to that.
    Answer,
    /// A job.
    Job,
}

impl Role {
    pub(super) const ALL: [Self; 3] = [Self::Share, Self::Answer, Self::Job];
}

/// What was seen of one session or of many.
#[derive(Default)]
pub(super) struct Sample {
    /// Lengths in bytes.
    pub(super) sizes: BTreeMap<Role, Vec<f64>>,
    /// Seconds to the message before of the same role; for answers, to what they answer.
    pub(super) gaps: BTreeMap<Role, Vec<f64>>,
    /// All sessions together.
    pub(super) seconds: f64,
}

impl Sample {
    /// By the words of the messages.
    pub(super) fn readable(talk: &Talk) -> Self {
        let mut told = Teller::default();
        for line in &talk.lines {
            let text = line.text.as_deref().unwrap_or_default();
            if let Some(role) = told.role(line.up, text) {
                told.add(role, line);
            }
        }
        told.end(talk)
    }

    /// By sizes and times alone.
    pub(super) fn blind(talk: &Talk) -> Self {
        let mut told = Teller::default();
        let start = talk.payloads.first().map_or(0.0, |first| first.at_s);
        for it in messages(&talk.payloads) {
            let soon = told.asked_s.is_some_and(|asked| it.at_s - asked < ANSWER_S);
            let role = match (it.up, soon) {
                (true, _) => Role::Share,
                (false, true) => Role::Answer,
                (false, false) => Role::Job,
            };
            if it.at_s - start > LOGIN_S {
                told.add(role, &it);
            }
        }
        told.end(talk)
    }

    pub(super) fn count(&self, role: Role) -> usize {
        self.sizes.get(&role).map_or(0, Vec::len)
    }

    /// How many in ten minutes.
    #[expect(clippy::cast_precision_loss, reason = "counts of messages")]
    pub(super) fn in_ten_minutes(&self, role: Role) -> f64 {
        self.count(role) as f64 * 600.0 / self.seconds.max(1.0)
    }

    /// How long the pool takes to answer, the way included.
    pub(super) fn median_answer_s(&self) -> Option<f64> {
        let mut waits = self.gaps.get(&Role::Answer)?.clone();
        waits.sort_by(f64::total_cmp);
        waits.get(waits.len() / 2).copied()
    }

    pub(super) fn join(&mut self, other: Self) {
        self.seconds += other.seconds;
        for (role, sizes) in other.sizes {
            self.sizes.entry(role).or_default().extend(sizes);
        }
        for (role, gaps) in other.gaps {
            self.gaps.entry(role).or_default().extend(gaps);
        }
    }
}

/// Payloads of one write as one message.
fn messages(payloads: &[Message]) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    for it in payloads {
        match all.last_mut() {
            Some(last) if last.up == it.up && it.at_s - last.at_s < ONE_MESSAGE_S => {
                last.size += it.size;
            }
            _ => all.push(Message { text: None, ..*it }),
        }
    }
    all
}

#[derive(Default)]
struct Teller {
    sample: Sample,
    last_s: BTreeMap<Role, f64>,
    /// When something went up that has no answer yet.
    asked_s: Option<f64>,
}

impl Teller {
    /// The role of a line; none for logins, difficulties and signs of life.
    fn role(&self, up: bool, text: &str) -> Option<Role> {
        let has = |word: &str| text.contains(word);
        if up {
            let other = has("submitLogin") || has("submitHashrate");
            return (has("submit") && !other).then_some(Role::Share);
        }
        let pushed = has("\"method\"") && (has("\"job\"") || has("mining.notify"));
        // ethproxy: three or four hashes
        let fetched = has("\"result\":[\"0x") || has("\"result\": [\"0x");
        if pushed || fetched {
            return Some(Role::Job);
        }
        (self.asked_s.is_some() && !has("\"method\"") && !has("KEEPALIVED")).then_some(Role::Answer)
    }

    fn add(&mut self, role: Role, it: &Message) {
        self.sample.sizes.entry(role).or_default().push(f64::from(it.size));
        let since = match role {
            Role::Answer => self.asked_s.take(),
            Role::Share | Role::Job => self.last_s.get(&role).copied(),
        };
        if role == Role::Share {
            self.asked_s = Some(it.at_s);
        }
        if let Some(since) = since {
            self.sample.gaps.entry(role).or_default().push(it.at_s - since);
        }
        self.last_s.insert(role, it.at_s);
    }

    fn end(self, talk: &Talk) -> Sample {
        Sample { seconds: talk.seconds(), ..self.sample }
    }
}

/// The distance of Kolmogorov and Smirnov between two samples: the most that their distributions
/// differ anywhere, 0 to 1. `None` if either is empty.
#[expect(clippy::cast_precision_loss, reason = "counts of messages")]
pub(super) fn distance(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let below = |of: &[f64], limit: f64| {
        of.iter().filter(|it| **it <= limit).count() as f64 / of.len() as f64
    };
    let steps = one.iter().chain(other);
    Some(steps.map(|it| (below(one, *it) - below(other, *it)).abs()).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_none_for_equal_and_one_for_disjoint_samples() {
        assert_eq!(distance(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Some(0.0));
        assert_eq!(distance(&[1.0, 2.0], &[5.0]), Some(1.0));
        assert_eq!(distance(&[1.0, 2.0, 3.0, 4.0], &[3.0, 4.0, 5.0, 6.0]), Some(0.5));
        assert_eq!(distance(&[], &[5.0]), None);
    }

    #[test]
    fn without_words_an_answer_is_what_comes_down_soon_after_something_went_up() {
        let say = |at_s, up, size| Message { at_s, up, size, text: None };
        let payloads = vec![
            say(0.0, true, 600),
            say(0.1, false, 400),
            say(10.0, false, 400),
            say(10.001, false, 6),
            say(14.0, true, 257),
            say(14.1, false, 85),
            say(14.2, false, 406),
            say(32.0, false, 406),
        ];
        let sample = Sample::blind(&Talk { payloads, ..Talk::default() });
        assert_eq!(sample.sizes[&Role::Job], [406.0, 406.0, 406.0]);
        assert_eq!(sample.sizes[&Role::Answer], [85.0]);
        assert!((sample.gaps[&Role::Job][1] - 17.8).abs() < 1e-9);
    }
}
