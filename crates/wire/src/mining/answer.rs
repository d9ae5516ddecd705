//! What an answer says of the share it answers.

use serde_json::Value;

use super::clip;
use super::ledger::Outcome;
use crate::session::Dialect;

/// Whether an `error` says that there is none.
pub(super) fn is_nothing(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

pub(super) fn error_code(error: &Value) -> Option<i64> {
    error.get(0).or_else(|| error.get("code"))?.as_i64()
}

fn error_text(error: &Value) -> String {
    let text = error.get(1).or_else(|| error.get("message")).unwrap_or(error);
    clip(text.as_str().unwrap_or_default()).to_ascii_lowercase()
}

/// Whether a refusal only says that the share came too late. The texts are those of cgminer's,
/// nodejs-pool's, open-ethereum-pool's and grin's answers.
pub(super) fn is_stale(error: &Value) -> bool {
    let text = error_text(error);
    let late = ["stale", "expired", "too late", "job not found", "invalid job id", "unknown job"];
    error_code(error) == Some(21) || late.iter().any(|word| text.contains(word))
}

/// What a share's answer means.
pub(super) fn outcome(dialect: Dialect, result: &Value, error: &Value) -> Outcome {
    if !is_nothing(error) {
        return if is_stale(error) { Outcome::Stale } else { Outcome::Rejected };
    }
    let accepted = match result {
        Value::Bool(accepted) => *accepted,
        Value::Null => matches!(
            dialect,
            Dialect::Cryptonote | Dialect::Getblocktemplate | Dialect::EthereumStratum2
        ),
        // BIP 22: a text says why a block was refused.
        Value::String(_) if dialect == Dialect::Getblocktemplate => false,
        Value::String(text) => {
            let text = text.to_ascii_lowercase();
            !text.contains("reject") && text != "false"
        }
        Value::Object(map) => map.get("status").is_none_or(|status| {
            status.as_str().is_some_and(|status| status.eq_ignore_ascii_case("ok"))
        }),
        Value::Array(_) | Value::Number(_) => true,
    };
    if accepted { Outcome::Accepted } else { Outcome::Rejected }
}
