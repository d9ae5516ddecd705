//! Grin's and Beam's Stratum, which search for cycles in graphs and for `BeamHash` solutions.
//!
//! Grin: `login`, `getjobtemplate`, `submit`, `keepalive`, `status`, checked against
//! `grin_servers` 2.0.0 (src/mining/stratumserver.rs) and miners' logs. Beam: `login {api_key}`, `job`,
//! `solution`, `result`, checked against Beam's paper on its Stratum and `core/difficulty.h`, which packs
//! a difficulty as 8 bits of exponent and 24 of mantissa.

use serde_json::{Map, Value};

use crate::jsonrpc::Message;
use crate::session::{Dialect, DifficultyUnit};

use super::difficulty::hex_digits;
use super::ledger::Outcome;
use super::pending::Ask;
use super::{Said, Surety, Talk};

/// Fewest and most edges of a proof.
const PROOF: std::ops::RangeInclusive<usize> = 32..=48;
/// Fewest hexadecimal digits of what stands before the proof.
const MIN_PRE_POW: usize = 100;

/// Takes a request or a notification; whether it was one of these.
pub(super) fn request(
    talk: &mut Talk,
    said: Said,
    message: &Message<'_>,
    method: &str,
    params: &Value,
) -> bool {
    let object = message.object;
    match method {
        "login" if object.contains_key("api_key") => beam_login(talk, said, message),
        "job" if params.is_null() => beam_job(talk, said, object),
        "solution" => beam_solution(talk, said, message),
        "result" => beam_result(talk, said, object),
        "job" => grin_job(talk, said, params),
        "submit" => grin_submit(talk, said, message, params),
        "getjobtemplate" => {
            talk.ledger.mines(said.from);
            talk.ledger.hint(Dialect::Grin, Surety::Likely);
            if talk.ledger.has_accounts() && talk.ledger.subscribed() {
                // A login with the software's name, and then a request that nothing else has.
                talk.prove(Dialect::Grin, Surety::Shape, said.from);
            }
            talk.asks_work(said, message.id.clone());
            true
        }
        "keepalive" | "status" => {
            let known = talk.ledger.proven() && talk.ledger.dialect() == Dialect::Grin;
            if known {
                talk.asks(said, message.id.clone(), Ask::Other);
            }
            known
        }
        _ => false,
    }
}

fn digits(object: &Map<String, Value>, name: &str) -> usize {
    object.get(name).and_then(hex_digits).map_or(0, str::len)
}

/// `{difficulty, height, job_id, pre_pow}`: the difficulty, where this is a job.
fn grin_shape(job: &Value) -> Option<f64> {
    let job = job.as_object()?;
    let whole = job.get("job_id")?.is_number() && job.get("height")?.is_number();
    let difficulty = job.get("difficulty")?.as_f64()?;
    (whole && digits(job, "pre_pow") >= MIN_PRE_POW).then_some(difficulty)
}

fn grin_job(talk: &mut Talk, said: Said, params: &Value) -> bool {
    let Some(difficulty) = grin_shape(params) else { return false };
    talk.prove(Dialect::Grin, Surety::Shape, said.from.other());
    talk.ledger.job(said.at);
    talk.ledger.difficulty_now(0, difficulty, DifficultyUnit::PoolDifficulty, said.at);
    true
}

fn grin_submit(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    let proof = params.get("pow").and_then(Value::as_array);
    let whole = params.get("job_id").is_some() && params.get("nonce").is_some();
    if !whole || !proof.is_some_and(|proof| PROOF.contains(&proof.len())) {
        return false;
    }
    talk.prove(Dialect::Grin, Surety::Shape, said.from);
    talk.hands_in(said, message.id.clone());
    true
}

/// The answer to `getjobtemplate`.
pub(super) fn result(talk: &mut Talk, said: Said, result: &Value, asked: Option<Ask>) -> bool {
    if grin_shape(result).is_none() {
        return false;
    }
    if asked == Some(Ask::Work) {
        talk.ledger.gets_work();
    }
    grin_job(talk, said, result)
}

fn beam_login(talk: &mut Talk, said: Said, message: &Message<'_>) -> bool {
    let Some(key) = message.object.get("api_key").and_then(Value::as_str) else { return false };
    talk.ledger.mines(said.from);
    talk.ledger.hint(Dialect::Beam, Surety::Likely);
    talk.logs_in(said, message.id.clone(), key, None);
    true
}

fn beam_job(talk: &mut Talk, said: Said, job: &Map<String, Value>) -> bool {
    let packed = job.get("difficulty").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let (64, Some(packed)) = (digits(job, "input"), packed) else { return false };
    talk.prove(Dialect::Beam, Surety::Shape, said.from.other());
    talk.ledger.job(said.at);
    let [exponent, ..] = packed.to_be_bytes();
    let mantissa = 1.0 + f64::from(packed & 0xff_ffff) / f64::from(1 << 24);
    let hashes = mantissa * 2f64.powi(i32::from(exponent));
    talk.ledger.difficulty_now(0, hashes, DifficultyUnit::Hashes, said.at);
    true
}

fn beam_solution(talk: &mut Talk, said: Said, message: &Message<'_>) -> bool {
    let output = digits(message.object, "output");
    if digits(message.object, "nonce") != 16 || !(128..=512).contains(&output) {
        return false;
    }
    talk.prove(Dialect::Beam, Surety::Shape, said.from);
    talk.hands_in(said, message.id.clone());
    true
}

/// Answers to a login and to solutions: code 0 and above is well, below is an error.
fn beam_result(talk: &mut Talk, said: Said, object: &Map<String, Value>) -> bool {
    let Some(code) = object.get("code").and_then(Value::as_i64) else { return false };
    if !talk.ledger.proven() && talk.ledger.dialect() != Dialect::Beam {
        return false;
    }
    if object.get("id").is_some_and(|id| id == "login") || object.contains_key("nonceprefix") {
        talk.login_answered(said, code >= 0);
        return true;
    }
    let Some(share) = talk.share_answered(said) else { return true };
    let text = object.get("description").and_then(Value::as_str).unwrap_or_default();
    let outcome = match code {
        0.. => Outcome::Accepted,
        _ if text.to_ascii_lowercase().contains("expired") => Outcome::Stale,
        _ => Outcome::Rejected,
    };
    talk.ledger.share_answer(share, outcome, said.at);
    true
}
