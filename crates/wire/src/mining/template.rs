//! Bitcoin's `getwork` and `getblocktemplate` over HTTP, with `submitblock`, and Monero's
//! `get_block_template`.
//!
//! Checked against BIP 22, BIP 23, cgminer (ckolivas/cgminer@master:cgminer.c, util.c) and
//! monero-project/monero's documentation of the daemon's JSON-RPC. A wallet and its owner use the same
//! methods once in a while, and monitors again and again: what tells a miner is its software, its
//! headers, the capabilities it claims, that it waits for the next template, or that it hands in a block.

use serde_json::Value;

use crate::jsonrpc::Message;
use crate::session::{Dialect, DifficultyUnit};

use super::difficulty::{from_compact, from_reversed, hex_digits, is_hex};
use super::pending::Ask;
use super::{Said, Surety, Talk};

/// Templates fetched in a row that are no curiosity any more.
const POLLED: u64 = 3;

/// Takes a request; whether it was one of these.
pub(super) fn request(
    talk: &mut Talk,
    said: Said,
    message: &Message<'_>,
    method: &str,
    params: &Value,
) -> bool {
    match method {
        "getwork" | "getworkex" => getwork(talk, said, message, params),
        "getblocktemplate" | "get_block_template" => template(talk, said, message, params),
        "submitblock" | "submit_block" => submit_block(talk, said, message, params),
        _ => false,
    }
}

fn getwork(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    // With a parameter, the work done: a header of 128 bytes, or of 80.
    let share = params.get(0).and_then(hex_digits).is_some_and(|digits| digits.len() >= 160);
    talk.ledger.mines(said.from);
    talk.ledger.hint(Dialect::Getwork, Surety::Hint);
    if share {
        talk.prove(Dialect::Getwork, Surety::Shape, said.from);
        talk.introduce_asker(said);
        talk.hands_in(said, message.id.clone());
        return true;
    }
    talk.asks_work(said, message.id.clone());
    // Whether it is work that is given out then shows in the answers.
    if talk.asker_mines() || talk.ledger.work_requests() >= POLLED {
        talk.prove(Dialect::Getwork, Surety::Likely, said.from);
    }
    talk.introduce_asker(said);
    true
}

fn template(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    let first = params.get(0);
    // A full block as proposal is no request for work.
    if first.and_then(|first| first.get("mode")).is_some_and(|mode| mode == "proposal") {
        return false;
    }
    talk.ledger.mines(said.from);
    talk.ledger.hint(Dialect::Getblocktemplate, Surety::Hint);
    talk.asks_work(said, message.id.clone());
    let claims = first.and_then(|first| first.get("capabilities")).and_then(Value::as_array);
    // What a program says that builds blocks from the template; BIP 22 and 23 name these.
    let builds = claims.into_iter().flatten().filter_map(Value::as_str).any(|claim| {
        matches!(
            claim,
            "coinbasetxn" | "workid" | "longpoll" | "coinbase/append" | "submit/coinbase"
        )
    });
    let wallet = params.get("wallet_address").and_then(Value::as_str);
    // BIP 22: who waits for the next template says which one it works on.
    let waits = first.and_then(|first| first.get("longpollid")).is_some_and(Value::is_string);
    let polls = talk.ledger.polls() >= POLLED && talk.ledger.work_answers() + 1 >= POLLED;
    if talk.asker_mines() || builds || waits || polls && wallet.is_some() {
        talk.prove(Dialect::Getblocktemplate, Surety::Likely, said.from);
    } else if polls && first.is_some() {
        // A monitor of fees and of blocks asks the same.
        talk.ledger.prove_by_words(Dialect::Getblocktemplate, Surety::Likely, said.from);
    }
    if let Some(wallet) = wallet {
        talk.ledger.login(wallet, None, said.at);
    }
    talk.introduce_asker(said);
    true
}

fn submit_block(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    // A header, the count of transactions and a coinbase at the least.
    let block = params.get(0).and_then(hex_digits).is_some_and(|digits| digits.len() >= 200);
    if !block {
        return false;
    }
    talk.prove(Dialect::Getblocktemplate, Surety::Shape, said.from);
    talk.introduce_asker(said);
    talk.hands_in(said, message.id.clone());
    true
}

/// Work in an answer: `data` and `target` of `getwork`, a template, or Monero's template.
pub(super) fn result(talk: &mut Talk, said: Said, result: &Value, asked: Option<Ask>) -> bool {
    let data = result.get("data").and_then(hex_digits);
    if let Some(data) = data.filter(|data| data.len() >= 160)
        && let Some(target) = result.get("target").filter(|target| is_hex(target, 64))
    {
        talk.proves_work(Dialect::Getwork, Surety::Shape, said, asked);
        talk.introduce_asker(said);
        got(talk, said, data, asked);
        // The target of `getwork` is written least significant byte first.
        if let Some(hashes) = from_reversed(target) {
            talk.ledger.difficulty_now(0, hashes, DifficultyUnit::Hashes, said.at);
        }
        return true;
    }
    bitcoin_template(talk, said, result, asked) || monero_template(talk, said, result, asked)
}

fn got(talk: &mut Talk, said: Said, work: &str, asked: Option<Ask>) {
    if asked == Some(Ask::Work) {
        talk.ledger.gets_work();
    }
    talk.takes_work(said, work);
}

/// A template does not say who asked for it: it only counts, and proves nothing.
fn bitcoin_template(talk: &mut Talk, said: Said, result: &Value, asked: Option<Ask>) -> bool {
    let Some(previous) = result.get("previousblockhash").filter(|hash| is_hex(hash, 64)) else {
        return false;
    };
    if result.get("transactions").is_none() && result.get("coinbasetxn").is_none() {
        return false;
    }
    talk.ledger.hint(Dialect::Getblocktemplate, Surety::Hint);
    got(talk, said, previous.as_str().unwrap_or_default(), asked);
    let bits = result.get("bits").and_then(Value::as_str);
    let target = result.get("target").filter(|target| is_hex(target, 64));
    let hashes = match (target, bits) {
        (Some(target), _) => super::difficulty::from_target(target),
        (None, Some(bits)) => u32::from_str_radix(bits, 16).ok().and_then(from_compact),
        (None, None) => None,
    };
    if let Some(hashes) = hashes {
        talk.ledger.difficulty_now(0, hashes, DifficultyUnit::Hashes, said.at);
    }
    true
}

fn monero_template(talk: &mut Talk, said: Said, result: &Value, asked: Option<Ask>) -> bool {
    let blob = result.get("blockhashing_blob").and_then(hex_digits);
    let (Some(blob), Some(difficulty)) = (blob, result.get("difficulty").and_then(Value::as_f64))
    else {
        return false;
    };
    talk.ledger.hint(Dialect::Getblocktemplate, Surety::Hint);
    // The key of RandomX; the algorithms before it had none.
    let keyed = result.get("seed_hash").is_some_and(|it| is_hex(it, 64));
    talk.ledger.runs(if keyed { "randomx" } else { "cryptonight" });
    got(talk, said, blob, asked);
    talk.ledger.difficulty_now(0, difficulty, DifficultyUnit::Hashes, said.at);
    true
}
