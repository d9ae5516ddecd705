//! Who asks, who answers, who speaks unasked.

use crate::Message;

/// Longest wait for an answer, in milliseconds.
const MAX_ANSWER_MS: i64 = 3_000;

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
    let patience_ms = patience(messages);
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
        let Some((asked_by, asked_ms)) = waiting.pop_front() else {
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
