//! What Iron Fish's pools say apart from the rest of the family: answers are requests with the
//! identifier of the question in their `body`.
//!
//! Checked against iron-fish/ironfish (src/mining/stratum/messages.ts, stratumServer.ts).

use serde_json::{Map, Value};

use crate::jsonrpc::Message;
use crate::session::Dialect;

use super::answer::is_stale;
use super::ledger::Outcome;
use super::pending::Ask;
use super::{Said, Surety, Talk};

/// `{clientId, graffiti}`, later `{clientId, xn}`: the miner was let in.
pub(super) fn subscribed(talk: &mut Talk, said: Said, body: &Value) -> bool {
    let known = body.get("clientId").is_some_and(Value::is_number)
        && ["graffiti", "xn"].iter().any(|name| body.get(*name).is_some_and(Value::is_string));
    if known {
        talk.prove(Dialect::StratumOther, Surety::Likely, said.from.other());
        talk.login_answered(said, true);
    }
    known
}

/// `{id, result, message?}`: whether a share was taken.
pub(super) fn submitted(talk: &mut Talk, said: Said, body: &Value) -> bool {
    let Some(accepted) = body.get("result").and_then(Value::as_bool) else { return false };
    let Some(object) = body.as_object() else { return false };
    let Some(Ask::Share(share)) = talk.answered(said, &Message::of(object).id) else {
        return talk.ledger.proven();
    };
    let outcome = match accepted {
        true => Outcome::Accepted,
        false if is_stale(&reason(object)) => Outcome::Stale,
        false => Outcome::Rejected,
    };
    talk.ledger.share_answer(share, outcome, said.at);
    true
}

fn reason(body: &Map<String, Value>) -> Value {
    body.get("message").cloned().unwrap_or_default()
}
