//! The shapes of `mining.notify`, by which the members of the Stratum family are told apart.
//!
//! Checked against: Bitcoin, ckolivas/cgminer@master:util.c; Equihash, ZIP 301; `KawPoW`,
//! RavenCommunity/kawpowminer@master:libpoolprotocols/stratum/EthStratumClient.cpp; `NiceHash`, its
//! specification of `EthereumStratum/1.0.0`; Kaspa, `IceRiver`'s protocol paper (job and header, or job,
//! four words and time); EIP-1571; Alephium, its documentation (job, chain, header) and miners (a list
//! of jobs); Aion, its wiki. Unverified: Ergo, Conflux, and whatever else ends as
//! [`Dialect::StratumOther`].

use serde_json::Value;

use crate::session::{Dialect, DifficultyUnit};

use super::difficulty::{from_decimal, from_target, hex_digits, is_hex};
use super::{Said, Surety, Talk};

/// What a job says.
struct Job {
    dialect: Dialect,
    surety: Surety,
    /// Hashes per share, where the job itself says so.
    hashes: Option<f64>,
    count: u64,
}

/// Takes a job; whether it was one. Under the bare name `notify` only an unmistakable shape counts.
pub(super) fn job(talk: &mut Talk, said: Said, params: &Value, prefixed: bool) -> bool {
    // Of a job cut short its method is left.
    let family = (talk.cut_short && prefixed).then_some(Job {
        dialect: Dialect::StratumV1,
        surety: Surety::Family,
        hashes: None,
        count: 1,
    });
    let whole = shape(params).filter(|job| !talk.cut_short || job.surety == Surety::Shape);
    let Some(job) = whole.or(family) else { return false };
    if !prefixed && job.surety < Surety::Shape {
        return false;
    }
    let sure = job.surety == Surety::Shape || talk.cut_short || talk.ledger.is_message_proven();
    if !sure && is_bare(params) {
        talk.ledger.prove_by_words(job.dialect, job.surety, said.from.other());
        return true;
    }
    talk.prove(job.dialect, job.surety, said.from.other());
    for _ in 0..job.count {
        talk.ledger.job(said.at);
    }
    if let Some(block) = builds_on(job.dialect, params) {
        talk.ledger.builds_on(block.to_string().as_bytes(), said.at);
    }
    if let Some(hashes) = job.hashes {
        talk.ledger.difficulty_now(0, hashes, DifficultyUnit::Hashes, said.at);
    }
    true
}

/// The hash of the block that a job builds on, or the height it aims at.
fn builds_on(dialect: Dialect, params: &Value) -> Option<&Value> {
    let place = match dialect {
        Dialect::StratumV1 | Dialect::Ergo | Dialect::EthereumStratum2 => 1,
        Dialect::Equihash => 2,
        Dialect::Kawpow => 5,
        _ => return None,
    };
    params.get(place).filter(|it| it.is_string() || it.is_number())
}

fn shape(params: &Value) -> Option<Job> {
    let told = |dialect| Some(Job { dialect, surety: Surety::Shape, hashes: None, count: 1 });
    let list = match params {
        Value::Array(list) => list.as_slice(),
        Value::Object(map) => {
            let any = ["job_id", "jobId", "miningRequestId", "header"];
            let known = any.iter().any(|name| map.contains_key(*name));
            return known.then(other);
        }
        _ => return None,
    };
    if let Some(job) = alephium(list) {
        return Some(job);
    }
    match list {
        _ if is_bitcoin(list) => told(Dialect::StratumV1),
        _ if is_equihash(list) => told(Dialect::Equihash),
        [_, header, seed, target, Value::Bool(_), ..]
            if hex64(header) && hex64(seed) && hex64(target) =>
        {
            // ethminer's plain Stratum sends the same without the height, for Ethash.
            let height = list.get(5).is_some_and(is_height);
            let dialect = if height { Dialect::Kawpow } else { Dialect::EthereumStratum1 };
            let hashes = from_target(target);
            Some(Job { dialect, surety: Surety::Shape, hashes, count: 1 })
        }
        [_, seed, header, Value::Bool(_), ..] if hex64(seed) && hex64(header) => {
            told(Dialect::EthereumStratum1)
        }
        [_, height, header, boundary] if hex64(header) && hex64(boundary) && is_height(height) => {
            let hashes = from_target(boundary);
            Some(Job { dialect: Dialect::Conflux, surety: Surety::Shape, hashes, count: 1 })
        }
        // A Conflux node names its job by the hash of the header.
        [job, header, boundary] if job == header && hex64(header) && hex64(boundary) => {
            let hashes = from_target(boundary);
            Some(Job { dialect: Dialect::Conflux, surety: Surety::Shape, hashes, count: 1 })
        }
        [_, Value::Array(words), ..] if is_four_words(words) => told(Dialect::Kaspa),
        [_, job] | [_, job, Value::Number(_)] if is_hex(job, 160) => told(Dialect::Kaspa),
        [_, height, message, rest @ ..] if height.is_number() && hex64(message) => {
            Some(ergo(rest).unwrap_or_else(other))
        }
        // EIP-1571: job, height, header, and whether to drop the jobs before.
        [id, height, header, ..]
            if id.is_string() && is_height(height) && hex64(header) && list.len() <= 4 =>
        {
            let dialect = Dialect::EthereumStratum2;
            Some(Job { dialect, surety: Surety::Hint, hashes: None, count: 1 })
        }
        [id, _, ..] if id.is_string() || id.is_number() => Some(other()),
        _ => None,
    }
}

/// Whether nothing in a job could be what is to be hashed: a hash or a header, in hexadecimal or in
/// another writing of bytes without spaces.
fn is_bare(params: &Value) -> bool {
    let hashable = |it: &Value| {
        let bytes = |it: &str| it.bytes().all(|byte| byte.is_ascii_alphanumeric());
        it.as_str().is_some_and(|it| it.len() >= 48 && bytes(it))
    };
    match params {
        Value::Array(list) => !list.iter().any(hashable),
        Value::Object(map) => !map.values().any(hashable),
        _ => true,
    }
}

fn other() -> Job {
    let dialect = Dialect::StratumOther;
    Job { dialect, surety: Surety::Hint, hashes: None, count: 1 }
}

fn hex64(value: &Value) -> bool {
    is_hex(value, 64)
}

fn is_height(value: &Value) -> bool {
    value.is_number() || hex_digits(value).is_some_and(|digits| digits.len() <= 16)
}

/// Job, previous block, two halves of the coinbase, merkle branches, version, bits, time, clean.
fn is_bitcoin(list: &[Value]) -> bool {
    let [_, previous, first, second, Value::Array(_), version, bits, time, ..] = list else {
        return false;
    };
    let half = |value: &Value| value.as_str() == Some("") || hex_digits(value).is_some();
    let word = |value: &Value| is_hex(value, 8);
    hex_digits(previous).is_some_and(|digits| digits.len() >= 64)
        && half(first)
        && half(second)
        && hex_digits(version).is_some()
        && (word(bits) || word(time))
}

/// Job, version, previous block, merkle root, reserved, time, bits, clean.
fn is_equihash(list: &[Value]) -> bool {
    let [_, version, previous, merkle, reserved, time, bits, Value::Bool(_), ..] = list else {
        return false;
    };
    is_hex(version, 8)
        && hex64(previous)
        && hex64(merkle)
        && hex64(reserved)
        && is_hex(time, 8)
        && is_hex(bits, 8)
}

fn is_four_words(words: &[Value]) -> bool {
    words.len() == 4 && words.iter().all(|word| word.as_f64().is_some())
}

/// After job, height and message: two empty texts, version, `b` in decimal, an empty text, clean.
fn ergo(rest: &[Value]) -> Option<Job> {
    let [first, second, _version, b, ..] = rest else { return None };
    if first.as_str() != Some("") || second.as_str() != Some("") {
        return None;
    }
    let hashes = Some(from_decimal(b)?);
    Some(Job { dialect: Dialect::Ergo, surety: Surety::Shape, hashes, count: 1 })
}

/// A job for each of the chains.
fn alephium(list: &[Value]) -> Option<Job> {
    let first = list.first()?;
    let known = first.get("fromGroup").is_some() && first.get("headerBlob").is_some();
    if !known {
        return None;
    }
    let hashes = first.get("targetBlob").and_then(from_target);
    let count = u64::try_from(list.len()).unwrap_or(1);
    Some(Job { dialect: Dialect::Alephium, surety: Surety::Shape, hashes, count })
}
