//! Dialogues in every dialect, heard whole, in pieces, from the middle and from one side.

mod carriers;
mod family;
mod hostile;
mod lookalikes;
mod nodes;
mod others;
mod words;

use super::*;
use crate::session::{Dialect, DifficultyUnit, Login};

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// Bytes that one end says at a time, in seconds from the start.
#[derive(Clone)]
struct Line {
    from: End,
    at_s: i64,
    bytes: Vec<u8>,
}

/// A script: `> text` is said by the miner, `< text` by the pool, `+ n` lets n seconds pass. Lines get a
/// newline. `H` is a hash of 64 digits, `W` a wallet of 95 characters.
fn script(text: &str) -> Vec<Line> {
    let mut at_s = 0;
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (mark, rest) = line.split_at(1);
        let rest = rest
            .trim()
            .replace("HASH", &"0f".repeat(32))
            .replace("WALLET", &format!("4{}", "A".repeat(94)));
        let from = match mark {
            ">" => End::Opener,
            "<" => End::Answerer,
            "+" => {
                at_s += rest.parse::<i64>().unwrap();
                continue;
            }
            _ => panic!("no mark: {line}"),
        };
        lines.push(Line { from, at_s, bytes: format!("{rest}\n").into_bytes() });
    }
    lines
}

fn stamp(at_s: i64) -> Stamp {
    Stamp { time_ns: at_s * SECOND, frame: u64::try_from(at_s).unwrap() + 1 }
}

/// What is left of a conversation after these lines, ending with the last of them.
fn hear(lines: &[Line], from_start: bool, size: usize) -> Option<Session> {
    let first = lines.first().map_or(0, |line| line.at_s);
    let mut conversation = Conversation::new(stamp(first), from_start);
    let mut end = first;
    for line in lines {
        for part in line.bytes.chunks(size) {
            conversation.frame(stamp(line.at_s));
            conversation.push(line.from, stamp(line.at_s), part);
        }
        end = line.at_s;
    }
    conversation.finish(stamp(end))
}

fn side(lines: &[Line], from: End) -> Vec<Line> {
    lines.iter().filter(|line| line.from == from).cloned().collect()
}

/// Hears a whole script, at once and byte by byte, which must not differ but in frames.
fn check(text: &str) -> Session {
    check_lines(&script(text))
}

fn check_lines(lines: &[Line]) -> Session {
    let whole = hear(lines, true, usize::MAX).expect("mining");
    let mut pieces = hear(lines, true, 1).expect("mining in pieces");
    pieces.frames = whole.frames;
    assert_eq!(whole, pieces);
    // From any line on, and from either side, whatever is found is not another dialect's.
    for skip in 1..lines.len() {
        if let Some(session) = hear(&lines[skip..], false, usize::MAX) {
            assert!(
                session.dialect == whole.dialect || near(session.dialect, whole.dialect),
                "{} became {} from line {skip}",
                whole.dialect,
                session.dialect
            );
            assert!(session.accepted <= whole.accepted);
        }
    }
    for from in [End::Opener, End::Answerer] {
        hear(&side(lines, from), true, usize::MAX);
        if let Some(session) = hear(&side(lines, from), false, usize::MAX) {
            assert!(session.submitted <= whole.submitted, "{session:?}");
            assert_eq!(session.miner, whole.miner);
        }
    }
    whole
}

/// Whether a dialect is what another looks like as long as little of it was seen.
fn near(seen: Dialect, whole: Dialect) -> bool {
    let plain = matches!(seen, Dialect::StratumV1 | Dialect::StratumOther | Dialect::Equihash);
    let family = !matches!(
        whole,
        Dialect::Cryptonote
            | Dialect::Grin
            | Dialect::Beam
            | Dialect::Coinhive
            | Dialect::Nimiq
            | Dialect::StratumV2
    );
    plain && family
}

/// Shares of the session: submitted, accepted, rejected, stale.
fn shares(session: &Session) -> [u64; 4] {
    [session.submitted, session.accepted, session.rejected, session.stale]
}

fn logins(session: &Session) -> Vec<(&str, Option<&str>, Login)> {
    let account = |account: &'_ crate::session::Account| -> (String, Option<String>, Login) {
        (account.login.clone(), account.worker.clone(), account.state)
    };
    let _ = account;
    session
        .accounts
        .iter()
        .map(|account| (account.login.as_str(), account.worker.as_deref(), account.state))
        .collect()
}

fn close(found: f64, expect: f64) {
    assert!((found / expect - 1.0).abs() < 1e-3, "{found} is not {expect}");
}
