//! How the clock of somebody who sent a list stands to those of the logs.
//!
//! What they saw went through the translators that they name. Under the right offset most of what they
//! list falls onto a line of the same outer end; under a wrong one only what chance puts there.

use minehound_model::{Ask, LogClock, Question, Tied, Ties};

use super::held::weighed;
use super::{Clocks, FARTHEST_MS};

/// So many questions are held against the logs.
const QUESTIONS: usize = 2_000;
/// Fewer of them tell nothing. A question with its port and its far end falls onto the wrong line so seldom
/// that a handful settles the clock, and where it does not, what comes out is as unsure as that.
const MIN_QUESTIONS: usize = 8;
/// Lines of one outer end that are looked at.
const LINES: usize = 256;
/// The probability of a question without its line where the clock is right: lists have wrong rows, and
/// logs have holes.
const ALONE: f64 = 0.2;

/// The clock of who asked, unless there are too few questions with a port.
pub(super) fn estimate(
    questions: &[Question],
    ties: &dyn Ties,
    clocks: &Clocks,
) -> Option<LogClock> {
    let exact: Vec<_> = questions.iter().filter(|it| it.port.is_some()).collect();
    let step = exact.len().div_ceil(QUESTIONS).max(1);
    let covering: Vec<_> = exact
        .into_iter()
        .step_by(step)
        .map(|it| covered(it, ties, clocks))
        .filter(|it| !it.is_empty())
        .collect();
    if covering.len() >= MIN_QUESTIONS { weighed(&covering, ALONE) } else { None }
}

/// The offsets of the asker under which a line of the logs covers what was asked.
fn covered(question: &Question, ties: &dyn Ties, clocks: &Clocks) -> Vec<(i64, i64)> {
    let asked = question.moment;
    let window = |log| {
        let mut shown = clocks.of(log).shown(asked);
        shown.from_ms = shown.from_ms.saturating_sub(FARTHEST_MS);
        shown.to_ms = shown.to_ms.saturating_add(FARTHEST_MS);
        Some(shown)
    };
    let ask = Ask::Outer { ip: question.address, port: question.port };
    let lines = ties.find(ask, &window, LINES);
    // With more lines than are looked at, the first ones would vote for their side.
    if lines.len() >= LINES {
        return Vec::new();
    }
    let meant = |tied: &Tied| match (tied, question.far) {
        (Tied::Translation { far: Some(far), .. }, Some((ip, port))) => {
            far.ip() == ip && port.is_none_or(|it| far.port() == it)
        }
        (Tied::Translation { .. }, _) => true,
        _ => false,
    };
    let told = lines.iter().filter(|it| meant(&it.what)).map(|it| {
        let line = clocks.of(it.line.log).true_span(it.span);
        (asked.from_ms.saturating_sub(line.to_ms), asked.to_ms.saturating_sub(line.from_ms))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use minehound_model::{LineRef, Log, LogId, LogKind, Question, Remembered, Span, Tie};

    use super::*;

    fn asked(port: u16, at_ms: i64) -> Question {
        Question {
            address: "203.0.113.5".parse().unwrap(),
            port: Some(port),
            proto: Some(6),
            far: None,
            moment: Span { from_ms: at_ms, to_ms: at_ms + 999 },
            clock: LogClock::assumed(5_000.0),
        }
    }

    /// As uneven as people are.
    fn began(number: u16) -> i64 {
        let number = i64::from(number);
        number * 37_000 + number * number * 7_919 % 400_009
    }

    #[test]
    fn who_asks_two_minutes_late_is_found_out() {
        let log = Log {
            id: LogId(0),
            device: "fw".to_owned(),
            kind: LogKind::Translation,
            sha256: String::new(),
            path: String::new(),
            span: Span { from_ms: 0, to_ms: 40_000_000 },
            silent: Vec::new(),
            only_ends: false,
            ties: 0,
        };
        let line = |number: u16| Tie {
            span: Span::at(began(number)),
            line: LineRef { log: LogId(0), line: u64::from(number) },
            what: Tied::Translation {
                outer: format!("203.0.113.5:{}", 20_000 + number % 97).parse().unwrap(),
                inner: format!("10.0.0.{}:40000", number % 200).parse().unwrap(),
                far: None,
                proto: 6,
            },
            sighted: false,
        };
        let ties = Remembered::new(vec![log], (0..1_000).map(line).collect());
        let mut clocks = Clocks::default();
        clocks.set(LogId(0), LogClock::assumed(0.0));
        // Two minutes ahead of the log, and one in six is of a line that nobody has.
        let question = |it: u16| {
            let at = began(it) + 120_000 + if it.is_multiple_of(18) { 11_000_500 } else { 0 };
            asked(20_000 + it % 97, at)
        };
        let questions: Vec<_> = (0..300).map(|it| question(it * 3)).collect();
        let clock = clocks.of_asker(&questions, &ties).unwrap();
        assert!((clock.offset_ms - 120_000).abs() <= 5_000, "{clock:?}");
        assert!(clock.sd_ms < 10_000.0, "{clock:?}");
        assert_eq!(clocks.of_asker(&questions[..7], &ties), None);
        let few = clocks.of_asker(&questions[..12], &ties).unwrap();
        let off = f64::from(i32::try_from(few.offset_ms - 120_000).unwrap()).abs();
        assert!(off < 3.0 * few.sd_ms && few.sd_ms < 60_000.0, "{few:?}");
    }
}
