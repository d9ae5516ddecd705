//! Mining in a web page: `{"type": .., "params": ..}` over WebSocket, as Coinhive and its heirs spoke it
//! (`CoinIMP`, `deepMiner`, and others), and the like with `"identifier"` of webminerpool.
//!
//! Checked against deepwn/deepMiner's server and notgiven688/webminerpool's README. The words are
//! everyone's: what counts is a job with a blob and a target, a share with a 256-bit result, or a
//! `site_key`.

use serde_json::{Map, Value};

use crate::jsonrpc::Id;
use crate::session::{Dialect, DifficultyUnit};

use super::cryptonote::{builds_on, is_share, job_shape};
use super::ledger::Outcome;
use super::{Said, Surety, Talk};

/// Takes an object; whether it was one of these.
pub(super) fn object(talk: &mut Talk, said: Said, object: &Map<String, Value>) -> bool {
    if let Some(kind) = object.get("type").and_then(Value::as_str) {
        let params = object.get("params").unwrap_or(&Value::Null);
        return said_to(talk, said, kind, params);
    }
    match object.get("identifier").and_then(Value::as_str) {
        Some("handshake") => handshake(talk, said, object),
        Some("job") => job(talk, said, &Value::Object(object.clone())),
        Some("solved") => share(talk, said, &Value::Object(object.clone())),
        Some("hashsolved") => accepted(talk, said),
        _ => false,
    }
}

fn said_to(talk: &mut Talk, said: Said, kind: &str, params: &Value) -> bool {
    match kind {
        "auth" => auth(talk, said, params),
        "authed" => {
            let known = params.get("hashes").is_some() || params.get("token").is_some();
            if known && talk.ledger.has_accounts() {
                talk.login_answered(said, true);
            }
            known && talk.ledger.proven()
        }
        "job" => job(talk, said, params),
        "submit" => share(talk, said, params),
        "hash_accepted" => {
            params.get("hashes").is_some_and(Value::is_number) && accepted(talk, said)
        }
        "error" | "banned" => refused(talk, said),
        _ => false,
    }
}

fn auth(talk: &mut Talk, said: Said, params: &Value) -> bool {
    let Some(key) = params.get("site_key").and_then(Value::as_str) else { return false };
    // Captcha services have a site key as well, but no kind of user.
    if !params
        .get("type")
        .is_some_and(|kind| kind == "anonymous" || kind == "user" || kind == "token")
    {
        return false;
    }
    talk.prove(Dialect::Coinhive, Surety::Shape, said.from);
    talk.ledger.subscribes(said.at);
    let user = params.get("user").and_then(Value::as_str);
    talk.logs_in(said, Id::None, key, user);
    true
}

fn handshake(talk: &mut Talk, said: Said, object: &Map<String, Value>) -> bool {
    let (Some(pool), Some(login)) =
        (object.get("pool").and_then(Value::as_str), object.get("login").and_then(Value::as_str))
    else {
        return false;
    };
    talk.prove(Dialect::Coinhive, Surety::Shape, said.from);
    talk.ledger.subscribes(said.at);
    talk.ledger.names_host(pool);
    let user = object.get("userid").and_then(Value::as_str);
    talk.logs_in(said, Id::None, login, user);
    true
}

fn job(talk: &mut Talk, said: Said, params: &Value) -> bool {
    let Some(hashes) = job_shape(params) else { return false };
    talk.prove(Dialect::Coinhive, Surety::Shape, said.from.other());
    // webminerpool answers a handshake with a job alone.
    talk.login_answered(said, true);
    if let Some(algorithm) = params.get("algo").and_then(Value::as_str) {
        talk.ledger.runs(algorithm);
    }
    talk.ledger.job(said.at);
    builds_on(talk, said, params);
    talk.ledger.difficulty_now(0, hashes, DifficultyUnit::Hashes, said.at);
    true
}

fn share(talk: &mut Talk, said: Said, params: &Value) -> bool {
    if !is_share(params) {
        return false;
    }
    talk.ledger.prove_by_share(Dialect::Coinhive, Surety::Shape, said.from);
    talk.hands_in(said, Id::None);
    true
}

fn accepted(talk: &mut Talk, said: Said) -> bool {
    if !talk.ledger.proven() {
        return false;
    }
    let share = match talk.share_answered(said) {
        Some(share) => share,
        None => match talk.ledger.forgotten_share(said.at) {
            Some(share) => share,
            None => return true,
        },
    };
    talk.ledger.share_answer(share, Outcome::Accepted, said.at);
    true
}

fn refused(talk: &mut Talk, said: Said) -> bool {
    if !talk.ledger.proven() {
        return false;
    }
    if let Some(share) = talk.share_answered(said) {
        talk.ledger.share_answer(share, Outcome::Rejected, said.at);
    } else {
        talk.login_answered(said, false);
    }
    true
}
