//! Who asks, who answers, who speaks unasked.

use crate::Message;

use crate::gaps::ratio;
use crate::sizes::clusters;

/// Longest wait for an answer, in milliseconds.
const MAX_ANSWER_MS: i64 = 3_000;
/// Longest wait for an answer that is known by its form, in milliseconds.
const MAX_HELD_MS: i64 = 15_000;
/// How far lengths of one form lie apart, in bytes.
const FORM_WIDTH: u32 = 8;

/// What part a message plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// From the end that may be mining.
    Asks {
        /// The milliseconds until its answer, and the answer's bytes, if one came.
        answer: Option<(i64, u32)>,
    },
    /// The other end's answer, within the time that answers take here.
    Answers,
    /// The other end unasked.
    Pushes,
}

/// Gives every message its role, in order.
///
/// An answer is the first message from the other end after one or more questions, if it comes about
/// as quickly as answers do on this connection; several questions in a row are answered in turn.
#[must_use]
pub fn roles(messages: &[Message]) -> Vec<Role> {
    assign(messages, patience(messages), &|_| true)
}

/// Gives roles: what `answers` says answers the question that waited longest, of those asked at most
/// `patience_ms` ago.
fn assign(messages: &[Message], patience_ms: i64, answers: &dyn Fn(&Message) -> bool) -> Vec<Role> {
    let mut roles = Vec::with_capacity(messages.len());
    let mut waiting = std::collections::VecDeque::new();
    for (place, it) in messages.iter().enumerate() {
        if it.up {
            waiting.push_back((place, it.at_ms));
            roles.push(Role::Asks { answer: None });
            continue;
        }
        while waiting.front().is_some_and(|(_, asked)| it.at_ms - asked > patience_ms) {
            waiting.pop_front();
        }
        let asked = if answers(it) { waiting.pop_front() } else { None };
        let Some((asked_by, asked_ms)) = asked else {
            roles.push(Role::Pushes);
            continue;
        };
        if let Some(role) = roles.get_mut(asked_by) {
            *role = Role::Asks { answer: Some((it.at_ms - asked_ms, it.bytes)) };
        }
        roles.push(Role::Answers);
    }
    roles
}

/// Gives every message its role by its form: the shortest of the other end's usual forms answers,
/// in turn and after however long a wait, and the others are pushed. `None` unless there are such
/// forms and nearly all that end says has one of them.
#[must_use]
pub fn roles_by_form(messages: &[Message]) -> Option<Vec<Role>> {
    let lengths: Vec<u32> = messages.iter().filter(|it| !it.up).map(|it| it.bytes).collect();
    let mut forms = clusters(lengths.iter().copied(), FORM_WIDTH, 3);
    forms.retain(|it| ratio(it.count, lengths.len()) >= 0.05);
    let told: usize = forms.iter().map(|it| it.count).sum();
    let answer = forms.iter().min_by_key(|it| it.low).copied()?;
    if forms.len() < 2 || ratio(told, lengths.len()) < 0.95 {
        return None;
    }
    Some(assign(messages, MAX_HELD_MS, &|it| answer.holds(it.bytes)))
}

/// How long an answer may take: twice as long as they usually do, and a little.
fn patience(messages: &[Message]) -> i64 {
    let pairs = messages.iter().zip(messages.iter().skip(1));
    let quick = pairs.filter(|(ask, answer)| ask.up && !answer.up);
    let mut waits: Vec<i64> = quick
        .map(|(ask, answer)| answer.at_ms - ask.at_ms)
        .filter(|it| (0..=MAX_ANSWER_MS).contains(it))
        .collect();
    waits.sort_unstable();
    let usual = waits.get(waits.len() / 2).copied().unwrap_or(MAX_ANSWER_MS / 2);
    (2 * usual + 150).min(MAX_ANSWER_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_quick_and_the_rest_is_pushed() {
        let message = |at_ms, up, bytes| Message { at_ms, up, bytes };
        let told = roles(&[
            message(0, true, 257),
            message(250, false, 85),
            message(300, false, 406),
            message(22_300, false, 406),
            message(30_000, true, 257),
            message(30_001, true, 257),
            message(30_240, false, 85),
            message(30_250, false, 85),
            message(60_000, true, 257),
            message(62_000, false, 406),
        ]);
        let ask = |answer| Role::Asks { answer };
        let expected = [
            ask(Some((250, 85))),
            Role::Answers,
            Role::Pushes,
            Role::Pushes,
            ask(Some((240, 85))),
            ask(Some((249, 85))),
            Role::Answers,
            Role::Answers,
            ask(None),
            Role::Pushes,
        ];
        assert_eq!(told, expected);
    }
}
