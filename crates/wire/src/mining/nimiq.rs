//! Nimiq's pool protocol over WebSocket: `register`, `settings`, `new-block`, `share`.
//!
//! Checked against the developer reference of Nimiq, chapter on the pool protocol. A pool says nothing of
//! a share that it accepts, so shares count as good until an `error` follows.

use serde_json::{Map, Value};

use crate::jsonrpc::Id;
use crate::session::{Dialect, DifficultyUnit};

use super::difficulty::{from_compact, from_number};
use super::ledger::Outcome;
use super::{Said, Surety, Talk};

/// Takes an object; whether it was one of these.
pub(super) fn object(talk: &mut Talk, said: Said, object: &Map<String, Value>) -> bool {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    match text("message") {
        Some("register") => register(talk, said, object),
        Some("registered") => {
            talk.login_answered(said, true);
            talk.ledger.proven()
        }
        Some("settings") => settings(talk, said, object),
        Some("new-block") => {
            if text("bodyHash").is_none() || text("accountsHash").is_none() {
                return false;
            }
            talk.prove(Dialect::Nimiq, Surety::Shape, said.from.other());
            talk.ledger.job(said.at);
            true
        }
        Some("share") => share(talk, said, object),
        Some("error" | "invalid-share") => {
            if let Some(share) = talk.share_answered(said) {
                talk.ledger.share_answer(share, Outcome::Rejected, said.at);
            }
            talk.ledger.proven()
        }
        Some("balance") => talk.ledger.proven(),
        _ => false,
    }
}

fn register(talk: &mut Talk, said: Said, object: &Map<String, Value>) -> bool {
    let address = object.get("address").and_then(Value::as_str);
    let Some(address) = address.filter(|address| address.starts_with("NQ")) else { return false };
    if !object.contains_key("deviceId") && !object.contains_key("genesisHash") {
        return false;
    }
    talk.prove(Dialect::Nimiq, Surety::Shape, said.from);
    talk.ledger.subscribes(said.at);
    if let Some(agent) = object.get("userAgent").and_then(Value::as_str) {
        talk.ledger.calls_itself(agent);
    }
    let device = object.get("deviceName").and_then(Value::as_str);
    talk.logs_in(said, Id::None, address, device);
    true
}

fn settings(talk: &mut Talk, said: Said, object: &Map<String, Value>) -> bool {
    let known = object.contains_key("extraData") && object.contains_key("nonce");
    let compact = object.get("targetCompact").and_then(Value::as_u64);
    let compact = compact.and_then(|bits| u32::try_from(bits).ok()).and_then(from_compact);
    let target = object.get("target").and_then(Value::as_f64).and_then(from_number);
    let Some(hashes) = target.or(compact).filter(|_| known) else { return false };
    talk.prove(Dialect::Nimiq, Surety::Shape, said.from.other());
    talk.ledger.difficulty_now(0, hashes, DifficultyUnit::Hashes, said.at);
    true
}

fn share(talk: &mut Talk, said: Said, object: &Map<String, Value>) -> bool {
    let block = ["block", "blockHeader"].iter().find_map(|name| object.get(*name)?.as_str());
    let numbers = object.contains_key("nonce") && object.contains_key("extraNonce");
    let whole = block.is_some_and(|block| block.len() >= 100) || numbers;
    if !whole || !(talk.ledger.proven() || object.contains_key("minerAddrProof")) {
        return false;
    }
    talk.prove(Dialect::Nimiq, Surety::Shape, said.from);
    talk.hands_in(said, Id::None);
    true
}
