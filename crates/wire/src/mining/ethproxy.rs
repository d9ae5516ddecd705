//! Work asked for by the methods of Ethereum's nodes: `eth_submitLogin`, `eth_getWork`,
//! `eth_submitWork`, `eth_submitHashrate`, over a byte stream (ETHPROXY, Dwarfpool's dialect) or over
//! HTTP, and the same with Nervos' `ckb_`, Aion's and Cortex' prefixes.
//!
//! Checked against sammy007/open-ethereum-pool@master:docs/STRATUM.md,
//! ethereum-mining/ethminer@master:libpoolprotocols/stratum/EthStratumClient.cpp and
//! `nervosnetwork/ckb:docs/stratum_v1.md`. A wallet calls `eth_getWork` out of curiosity: one such call
//! alone proves nothing.

use serde_json::Value;

use crate::jsonrpc::Message;
use crate::session::{Dialect, DifficultyUnit};

use super::difficulty::{from_target, hex_digits, is_hex, number};
use super::pending::Ask;
use super::{Said, Surety, Talk};

/// Unanswered requests for work that are no curiosity any more.
const POLLED: u64 = 3;

fn dialect(talk: &Talk) -> Dialect {
    if talk.over_http { Dialect::EthGetwork } else { Dialect::Ethproxy }
}

/// Takes a request; whether it was one of this dialect.
pub(super) fn request(
    talk: &mut Talk,
    said: Said,
    message: &Message<'_>,
    method: &str,
    params: &Value,
) -> bool {
    let Some((chain, call)) = method.split_once('_') else { return false };
    let dialect = match chain {
        "eth" => dialect(talk),
        "ckb" | "aion" | "ctxc" | "alph" => Dialect::StratumOther,
        _ => return false,
    };
    match call {
        "submitLogin" | "login" => login(talk, said, message, params, dialect),
        "getWork" => get_work(talk, said, message, dialect),
        "submitWork" => submit_work(talk, said, message, params, dialect),
        "submitHashrate" => submit_hashrate(talk, said, message, params, dialect),
        _ => false,
    }
}

/// What ethminer and its kin call the worker whatever its name is.
const NOBODY: &str = "eth1.0";

fn worker_of<'a>(message: &'a Message<'_>, params: &'a Value) -> Option<&'a str> {
    let worker = message.object.get("worker").or_else(|| params.get("worker"))?.as_str()?;
    (worker != NOBODY).then_some(worker)
}

fn login(
    talk: &mut Talk,
    said: Said,
    message: &Message<'_>,
    params: &Value,
    dialect: Dialect,
) -> bool {
    let login = params.get(0).or_else(|| params.get("login")).and_then(Value::as_str);
    let Some(login) = login else { return false };
    talk.prove(dialect, Surety::Shape, said.from);
    if let Some(agent) = params.get("agent").and_then(Value::as_str) {
        talk.ledger.calls_itself(agent);
    }
    talk.introduce_agent();
    talk.logs_in(said, message.id.clone(), login, worker_of(message, params));
    true
}

fn get_work(talk: &mut Talk, said: Said, message: &Message<'_>, dialect: Dialect) -> bool {
    talk.asks_work(said, message.id.clone());
    talk.ledger.mines(said.from);
    if talk.over_http {
        talk.ledger.hint(dialect, Surety::Hint);
    }
    let polls = talk.ledger.polls() >= POLLED;
    if polls || talk.asker_mines() || talk.asker_names_wallet() {
        talk.prove(dialect, Surety::Shape, said.from);
    }
    talk.introduce_asker(said);
    true
}

fn submit_work(
    talk: &mut Talk,
    said: Said,
    message: &Message<'_>,
    params: &Value,
    dialect: Dialect,
) -> bool {
    let ethash = params.get(1).is_some_and(|header| is_hex(header, 64))
        && params.get(0).is_some_and(|nonce| hex_digits(nonce).is_some());
    let named = params.get("pow_hash").is_some() && params.get("nonce").is_some();
    if !ethash && !named {
        return false;
    }
    talk.prove(dialect, Surety::Shape, said.from);
    talk.introduce_asker(said);
    if !talk.ledger.has_accounts()
        && let Some(worker) = worker_of(message, params)
    {
        talk.ledger.login(worker, None, said.at);
    }
    talk.hands_in(said, message.id.clone());
    true
}

fn submit_hashrate(
    talk: &mut Talk,
    said: Said,
    message: &Message<'_>,
    params: &Value,
    dialect: Dialect,
) -> bool {
    let Some(hashes_per_s) = number(params.get(0).unwrap_or(params)) else { return false };
    talk.prove(dialect, Surety::Shape, said.from);
    talk.introduce_asker(said);
    talk.ledger.reports(hashes_per_s);
    talk.asks(said, message.id.clone(), Ask::Other);
    true
}

/// Whether three hashes that nobody asked for can be work. A node's filters answer with lists of hashes
/// too: those do not begin with zeros as a target does, and over HTTP they were asked for.
fn is_push(talk: &mut Talk, said: Said, target: &Value) -> bool {
    if !hex_digits(target).is_some_and(|digits| digits.starts_with("0000")) {
        return false;
    }
    if !talk.over_http {
        return true;
    }
    // Where only the node can be heard, it takes several to be sure.
    talk.overheard_work = talk.overheard_work.saturating_add(1);
    !talk.ledger.heard(said.from.other()) && talk.overheard_work >= POLLED
}

/// Work: header, seed and target, with few pools followed by the height; Nervos names the fields.
pub(super) fn result(talk: &mut Talk, said: Said, result: &Value, asked: Option<Ask>) -> bool {
    let (header, target, dialect) = match result {
        Value::Array(list) if (3..=8).contains(&list.len()) => {
            let [header, seed, target, rest @ ..] = list.as_slice() else { return false };
            let hashes = is_hex(header, 64) && is_hex(seed, 64) && is_hex(target, 64);
            if !hashes || rest.iter().any(|item| is_hex(item, 64)) {
                return false;
            }
            if asked != Some(Ask::Work) && !is_push(talk, said, target) {
                return false;
            }
            (header, target, dialect(talk))
        }
        Value::Object(map) => {
            let (Some(header), Some(target)) = (map.get("pow_hash"), map.get("target")) else {
                return false;
            };
            if !is_hex(header, 64) {
                return false;
            }
            (header, target, Dialect::StratumOther)
        }
        _ => return false,
    };
    // A pool may push such work to one who spoke another dialect, which remains the one spoken.
    let surety = if asked == Some(Ask::Work) { Surety::Shape } else { Surety::Family };
    talk.proves_work(dialect, surety, said, asked);
    talk.introduce_asker(said);
    if asked == Some(Ask::Work) {
        talk.ledger.gets_work();
    }
    talk.takes_work(said, header.as_str().unwrap_or_default());
    if let Some(hashes) = from_target(target) {
        talk.ledger.difficulty_now(0, hashes, DifficultyUnit::Hashes, said.at);
    }
    true
}
