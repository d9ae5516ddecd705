//! Stratum version 1 and the members of its family that kept its `mining.*` methods.
//!
//! Checked against cgminer (ckolivas/cgminer@master:util.c), BIP 310, ZIP 301, the specification of
//! `EthereumStratum/1.0.0` by `NiceHash`, EIP-1571, iron-fish/ironfish (src/mining/stratum/messages.ts)
//! and the sessions of real miners. Which member is spoken shows in the shape of [`super::notify`] and of the shares.

mod share;

use serde_json::Value;

use crate::End;
use crate::jsonrpc::Message;
use crate::session::{Dialect, DifficultyUnit};

use super::difficulty::{from_target, hex_digits, is_hex, number};
use super::pending::Ask;
use super::{Said, Surety, Talk};
use super::{ironfish, notify};
use crate::wallet;
use share::{has_nonce, share_shape};

/// Most parameters that any of these methods has.
const MAX_PARAMS: usize = 24;

/// The extensions that BIP 310 names.
const EXTENSIONS: [&str; 4] =
    ["version-rolling", "minimum-difficulty", "subscribe-extranonce", "info"];

/// Takes a request or a notification; whether it was one of this family.
pub(super) fn request(
    talk: &mut Talk,
    said: Said,
    message: &Message<'_>,
    method: &str,
    params: &Value,
) -> bool {
    // Iron Fish writes `body`; KIP-0011 leaves the `mining.` out.
    let params =
        if params.is_null() { message.object.get("body").unwrap_or(params) } else { params };
    if params.as_array().is_some_and(|list| list.len() > MAX_PARAMS * 4) {
        return false;
    }
    match method {
        "mining.subscribe" => subscribe(talk, said, message, params),
        "mining.hello" => hello(talk, said, message, params),
        "mining.authorize" | "mining.login" => authorize(talk, said, message, params),
        "mining.submit" => submit(talk, said, message, params),
        "mining.subscribed" => ironfish::subscribed(talk, said, params),
        "mining.submitted" => ironfish::submitted(talk, said, params),
        "mining.notify" => notify::job(talk, said, params, true),
        "notify" => notify::job(talk, said, params, false),
        "mining.set_difficulty" => set_difficulty(talk, said, params),
        "mining.set_target" => set_target(talk, said, params),
        "mining.set" => set(talk, said, params),
        "mining.hashrate" => hashrate(talk, said, message, params),
        "mining.configure" => configure(talk, said, message, params),
        "connection.set_gzip" => params.is_array() && talk.ledger.proven(),
        _ => aside(talk, said, message, method),
    }
}

/// Requests and notifications that belong to the family and say nothing that is kept.
fn aside(talk: &mut Talk, said: Said, message: &Message<'_>, method: &str) -> bool {
    let miner = match method {
        "mining.extranonce.subscribe"
        | "mining.suggest_difficulty"
        | "mining.suggest_target"
        | "mining.multi_version"
        | "mining.get_transactions"
        | "mining.capabilities" => said.from,
        "mining.set_extranonce" | "mining.set_version_mask" | "mining.set_generator" => {
            said.from.other()
        }
        "mining.noop"
        | "mining.bye"
        | "mining.wait_for_work"
        | "mining.get_status"
        | "mining.status"
        | "mining.disconnect"
        | "mining.ping"
        | "mining.pong"
        | "client.reconnect"
        | "client.get_version"
        | "client.show_message" => return talk.ledger.proven(),
        _ => return false,
    };
    talk.prove(Dialect::StratumV1, Surety::Family, miner);
    if miner == said.from {
        talk.asks(said, message.id.clone(), Ask::Other);
    }
    true
}

fn texts(params: &Value) -> impl Iterator<Item = &str> {
    params.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn text(params: &Value, index: usize) -> Option<&str> {
    params.get(index)?.as_str()
}

fn subscribe(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    let body = params.get("publicAddress").or_else(|| params.get("version")).is_some();
    let list = params.as_array();
    let plausible = list.is_some_and(|list| {
        list.len() <= 8 && list.iter().all(|item| !item.is_object() && !item.is_array())
    });
    if !(plausible || body || params.is_null() || params.is_string()) {
        return false;
    }
    talk.ledger.prove_by_words(Dialect::StratumV1, Surety::Family, said.from);
    talk.ledger.subscribes(said.at);
    let first = text(params, 0).or_else(|| params.get("agent").and_then(Value::as_str));
    match first {
        // Conflux' nodes take the login here.
        Some(login) if !wallet::find_in_login(login).is_empty() => {
            talk.logs_in(said, message.id.clone(), login, None);
            return true;
        }
        Some(agent) => talk.ledger.calls_itself(agent),
        None => {}
    }
    if let Some(protocol) = texts(params).find(|text| text.contains("Stratum/")) {
        talk.ledger.runs(protocol);
        talk.ledger.hint(protocol_dialect(protocol), Surety::Hint);
    }
    // ZIP 301: agent, session, host, port.
    if let (4, Some(host)) = (list.map_or(0, Vec::len), text(params, 2)) {
        talk.ledger.hint(Dialect::Equihash, Surety::Hint);
        let port = params.get(3);
        let port = port
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| port.and_then(Value::as_u64).map(|port| port.to_string()));
        talk.ledger.names_host(&port.map_or(host.to_owned(), |port| format!("{host}:{port}")));
    }
    if body {
        talk.ledger.hint(Dialect::StratumOther, Surety::Likely);
        if let Some(address) = params.get("publicAddress").and_then(Value::as_str) {
            let worker = params.get("name").and_then(Value::as_str);
            talk.logs_in(said, message.id.clone(), address, worker);
            return true;
        }
    }
    talk.asks(said, message.id.clone(), Ask::Subscribe);
    true
}

fn protocol_dialect(protocol: &str) -> Dialect {
    match protocol {
        _ if protocol.starts_with("EthereumStratum/2") => Dialect::EthereumStratum2,
        _ if protocol.starts_with("EthereumStratum/") => Dialect::EthereumStratum1,
        _ if protocol.starts_with("AlephiumStratum/") => Dialect::Alephium,
        _ => Dialect::StratumOther,
    }
}

/// EIP-1571's and Alephium's introduction.
fn hello(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    let field =
        |name, index| params.get(name).or_else(|| params.get(index)).and_then(Value::as_str);
    let Some(protocol) =
        field("proto", 1).or_else(|| texts(params).find(|t| t.contains("Stratum/")))
    else {
        return false;
    };
    let dialect = protocol_dialect(protocol);
    talk.prove(dialect, Surety::Shape, said.from);
    talk.ledger.subscribes(said.at);
    talk.ledger.runs(protocol);
    if let Some(agent) = field("agent", 0) {
        talk.ledger.calls_itself(agent);
    }
    if let Some(host) = params.get("host").and_then(Value::as_str) {
        talk.ledger.names_host(host);
    }
    talk.asks(said, message.id.clone(), Ask::Subscribe);
    true
}

fn authorize(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    let login = match params {
        Value::Array(list) if list.len() <= 8 => text(params, 0),
        Value::Object(_) => ["user", "login", "address", "wallet"]
            .iter()
            .find_map(|name| params.get(name).and_then(Value::as_str)),
        _ => None,
    };
    let Some(login) = login else {
        if talk.cut_short {
            talk.ledger.prove_by_words(Dialect::StratumV1, Surety::Family, said.from);
            talk.asks(said, message.id.clone(), Ask::Login(None));
        }
        return talk.cut_short;
    };
    talk.ledger.prove_by_words(Dialect::StratumV1, Surety::Family, said.from);
    if login.starts_with("kaspa:") {
        talk.ledger.hint(Dialect::Kaspa, Surety::Likely);
    }
    let worker = ["worker", "name"].iter().find_map(|name| params.get(name)?.as_str());
    let worker = worker.or_else(|| message.object.get("worker").and_then(Value::as_str));
    talk.logs_in(said, message.id.clone(), login, worker);
    true
}

fn configure(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    let extensions = params.get(0).and_then(Value::as_array);
    if !extensions.is_some_and(|list| list.iter().all(Value::is_string)) {
        return false;
    }
    let mut named = extensions.into_iter().flatten().filter_map(Value::as_str);
    if named.any(|it| EXTENSIONS.contains(&it)) {
        talk.prove(Dialect::StratumV1, Surety::Hint, said.from);
    } else {
        talk.ledger.prove_by_words(Dialect::StratumV1, Surety::Hint, said.from);
    }
    talk.asks(said, message.id.clone(), Ask::Other);
    true
}

fn submit(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    // Of a share cut short its method is left.
    let family = talk.cut_short.then_some((Dialect::StratumV1, Surety::Family));
    let Some((dialect, surety)) = share_shape(params).or(family) else { return false };
    if has_nonce(params) {
        talk.prove(dialect, surety, said.from);
    } else {
        talk.ledger.prove_by_words(dialect, surety, said.from);
    }
    if !talk.ledger.has_accounts() {
        // The login was not captured; the share names its worker.
        let named = match talk.ledger.dialect() {
            Dialect::EthereumStratum2 => None,
            _ => text(params, 0).or_else(|| params.get("worker").and_then(Value::as_str)),
        };
        if let Some(login) = named.filter(|login| !login.is_empty()) {
            talk.ledger.names_account(login, None, said.at);
        }
    }
    talk.hands_in(said, message.id.clone());
    true
}

/// ckpool and others write the difficulty as a number, few as text.
fn set_difficulty(talk: &mut Talk, said: Said, params: &Value) -> bool {
    let first = params.get(0).unwrap_or(params);
    let number = first.as_f64().or_else(|| first.as_str()?.parse().ok());
    let Some(difficulty) = number else { return false };
    talk.prove(Dialect::StratumV1, Surety::Family, said.from.other());
    talk.ledger.difficulty_next(difficulty, DifficultyUnit::PoolDifficulty, said.at);
    true
}

fn set_target(talk: &mut Talk, said: Said, params: &Value) -> bool {
    // Alephium leaves the brackets out, Iron Fish names it.
    let target = params.get(0).or_else(|| params.get("target")).unwrap_or(params);
    if !is_hex(target, 64) {
        return false;
    }
    let dialect = match params {
        Value::String(_) => Dialect::Alephium,
        Value::Object(_) => Dialect::StratumOther,
        _ => Dialect::Equihash,
    };
    talk.prove(dialect, Surety::Likely, said.from.other());
    if let Some(hashes) = from_target(target) {
        talk.ledger.difficulty_next(hashes, DifficultyUnit::Hashes, said.at);
    }
    true
}

/// EIP-1571 `mining.set {epoch, target, algo, extranonce}`; the target counts from the next job.
fn set(talk: &mut Talk, said: Said, params: &Value) -> bool {
    let params = if params.is_array() { params.get(0).unwrap_or(params) } else { params };
    let known = ["epoch", "target", "algo", "extranonce"];
    if !params.as_object().is_some_and(|map| known.iter().any(|name| map.contains_key(*name))) {
        return false;
    }
    talk.prove(Dialect::EthereumStratum2, Surety::Shape, said.from.other());
    if let Some(algorithm) = params.get("algo").and_then(Value::as_str) {
        talk.ledger.runs(algorithm);
    }
    if let Some(hashes) = params.get("target").and_then(from_target) {
        talk.ledger.difficulty_next(hashes, DifficultyUnit::Hashes, said.at);
    }
    true
}

fn hashrate(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    let Some(reported) = params.get(0) else { return false };
    let Some(hashes_per_s) = reported.as_f64().or_else(|| number(reported)) else { return false };
    talk.prove(Dialect::EthereumStratum2, Surety::Hint, said.from);
    talk.ledger.reports(hashes_per_s);
    talk.asks(said, message.id.clone(), Ask::Other);
    true
}

/// The answer to a subscription: `[[["mining.notify", id], ..], extranonce1, size]` and the forms of the
/// family's other members.
pub(super) fn result(talk: &mut Talk, said: Said, result: &Value, ask: Option<Ask>) -> bool {
    if ask == Some(Ask::Subscribe) && gives_nonce_space(result) {
        talk.prove(Dialect::StratumV1, Surety::Family, said.from.other());
    }
    let miner = said.from.other();
    let notifies = |value: &Value| value.as_str().is_some_and(|text| text.starts_with("mining."));
    let first = result.get(0);
    let subscriptions = first.is_some_and(|first| {
        first.get(0).is_some_and(|inner| notifies(inner) || inner.get(0).is_some_and(notifies))
    });
    if !subscriptions {
        return es2_result(talk, miner, result);
    }
    talk.prove(Dialect::StratumV1, Surety::Family, miner);
    talk.ledger.subscribes(said.at);
    if let Some(protocol) = first.into_iter().flat_map(texts).find(|text| text.contains("Stratum/"))
    {
        talk.ledger.runs(protocol);
        talk.ledger.hint(protocol_dialect(protocol), Surety::Hint);
    }
    true
}

/// Whether an answer hands out a part of the nonce as pools do: whatever names the subscription, then
/// digits and how many more to add (cgminer), digits alone (ZIP 301), or the protocol (Kaspa).
fn gives_nonce_space(result: &Value) -> bool {
    let Some([first, second, rest @ ..]) = result.as_array().map(Vec::as_slice) else {
        return false;
    };
    let digits = second.as_str().is_some_and(|it| it.is_empty() || hex_digits(second).is_some());
    let sized = rest.first().is_some_and(|it| it.as_u64().is_some_and(|size| size <= 32));
    let named = first.is_null() || first.is_array() || hex_digits(first).is_some();
    let protocol = second.as_str().is_some_and(|it| it.contains("Stratum/"));
    protocol || digits && (sized || named && rest.is_empty())
}

fn es2_result(talk: &mut Talk, miner: End, result: &Value) -> bool {
    let protocol = result.get("proto").and_then(Value::as_str);
    let Some(protocol) = protocol.filter(|protocol| protocol.contains("EthereumStratum/")) else {
        return false;
    };
    talk.prove(Dialect::EthereumStratum2, Surety::Shape, miner);
    talk.ledger.runs(protocol);
    if let Some(algorithm) = result.get("algo").and_then(Value::as_str) {
        talk.ledger.runs(algorithm);
    }
    true
}
