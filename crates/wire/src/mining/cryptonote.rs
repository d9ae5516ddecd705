//! Monero-like Stratum: `login`, `job`, `submit`, `getjob`, `keepalived`.
//!
//! Checked against xmrig/xmrig@master:src/base/net/stratum/Client.cpp. These words are everyone's, so
//! they count together with a job that has a blob and a target, or shares that have a nonce and a
//! 256-bit result which is as small as only a share's is, or a login that has the shape of a wallet and names the miner's software.

use serde_json::Value;

use crate::jsonrpc::Message;
use crate::session::{Dialect, DifficultyUnit};

use super::difficulty::{from_upper, hex_digits, nibble};
use super::pending::Ask;
use super::{Said, Surety, Talk};

/// Fewest hexadecimal digits of a hashing blob: version, times, previous block, nonce, tree root.
const MIN_BLOB: usize = 76;

/// Takes a request or a notification; whether it was one of this dialect.
pub(super) fn request(
    talk: &mut Talk,
    said: Said,
    message: &Message<'_>,
    method: &str,
    params: &Value,
) -> bool {
    match method {
        "login" => login(talk, said, message, params),
        "job" => job(talk, said, params),
        "submit" => submit(talk, said, message, params),
        "getjob" | "keepalived" => {
            let known = params.get("id").is_some() && talk.ledger.has_accounts()
                || talk.ledger.proven() && talk.ledger.dialect() == Dialect::Cryptonote;
            if known {
                talk.asks(said, message.id.clone(), Ask::Other);
            }
            known
        }
        _ => false,
    }
}

fn field<'a>(params: &'a Value, name: &str) -> Option<&'a str> {
    params.get(name)?.as_str()
}

/// A login that no answer has confirmed yet is kept; it proves mining by itself only when it names a
/// wallet or the algorithms that the miner can run.
fn login(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    let Some(login) = field(params, "login") else { return false };
    let agent = field(params, "agent");
    let algorithms = params.get("algo").and_then(Value::as_array);
    if agent.is_none() && params.get("pass").is_none() && algorithms.is_none() {
        return false;
    }
    let named = algorithms.is_some_and(|list| list.iter().any(is_algorithm));
    if agent.is_some() && (named || is_wallet(login)) {
        talk.prove(Dialect::Cryptonote, Surety::Likely, said.from);
    }
    talk.ledger.hint(Dialect::Cryptonote, Surety::Family);
    if let Some(agent) = agent {
        talk.ledger.calls_itself(agent);
        talk.ledger.subscribes(said.at);
    }
    let worker = field(params, "rigid").or_else(|| field(params, "worker"));
    talk.logs_in(said, message.id.clone(), login, worker);
    true
}

/// Whether this names an algorithm as xmrig does (`src/base/crypto/Algorithm.h`).
fn is_algorithm(name: &Value) -> bool {
    const FAMILIES: [&str; 8] =
        ["rx/", "cn", "argon2", "astrobwt", "kawpow", "ghostrider", "panthera", "flex"];
    name.as_str().is_some_and(|name| FAMILIES.iter().any(|family| name.starts_with(family)))
}

/// Whether a login begins with an address of the `CryptoNote` kind: 90 and more base58 characters.
fn is_wallet(login: &str) -> bool {
    let base58 =
        |byte: &u8| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l');
    login.bytes().take_while(|byte| base58(byte)).count() >= 90
}

/// `{blob, job_id, target, ..}`: whether this is a job, and the work of a share of it.
pub(super) fn job_shape(job: &Value) -> Option<f64> {
    let blob = job.get("blob").and_then(hex_digits)?;
    job.get("job_id").filter(|id| id.is_string() || id.is_number())?;
    if blob.len() < MIN_BLOB {
        return None;
    }
    job.get("target").and_then(from_upper)
}

/// A job of which only the beginning was kept: its blob, and nothing after it.
fn is_cut_job(talk: &Talk, job: &Value) -> bool {
    let blob = job.get("blob").and_then(hex_digits).map_or(0, str::len);
    talk.cut_short && blob >= MIN_BLOB && job.get("job_id").is_none()
}

/// Takes a job whose difficulty is not known.
fn takes_cut_job(talk: &mut Talk, said: Said, job: &Value) -> bool {
    talk.prove(Dialect::Cryptonote, Surety::Likely, said.from.other());
    talk.ledger.job(said.at);
    builds_on(talk, said, job);
    true
}

fn job(talk: &mut Talk, said: Said, params: &Value) -> bool {
    if is_cut_job(talk, params) {
        return takes_cut_job(talk, said, params);
    }
    let Some(hashes) = job_shape(params) else { return false };
    talk.prove(Dialect::Cryptonote, Surety::Shape, said.from.other());
    takes_job(talk, said, params, hashes);
    true
}

fn takes_job(talk: &mut Talk, said: Said, job: &Value, hashes: f64) {
    if let Some(algorithm) = field(job, "algo") {
        talk.ledger.runs(algorithm);
    }
    talk.ledger.job(said.at);
    builds_on(talk, said, job);
    talk.ledger.difficulty_now(0, hashes, DifficultyUnit::Hashes, said.at);
}

/// Notes the block that a job builds on: by its height, else by the hash in its blob.
pub(super) fn builds_on(talk: &mut Talk, said: Said, job: &Value) {
    if let Some(height) = job.get("height").and_then(Value::as_u64) {
        talk.ledger.builds_on(&height.to_le_bytes(), said.at);
    } else if let Some(previous) = field(job, "blob").and_then(previous) {
        talk.ledger.builds_on(previous.as_bytes(), said.at);
    }
}

/// The hash of the previous block in a blob, in hexadecimal: it follows two versions and a time,
/// each a number of seven bits a byte (`monero-project/monero:src/cryptonote_basic/cryptonote_basic.h`,
/// `block_header`).
fn previous(blob: &str) -> Option<&str> {
    const MAX_VERSION: u8 = 32;
    let (pairs, _) = blob.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| nibble(*high) << 4 | nibble(*low);
    pairs.first().map(byte).filter(|it| (1..=MAX_VERSION).contains(it))?;
    let mut ends = pairs.iter().enumerate().filter(|(_, pair)| byte(pair) < 0x80);
    let (last, _) = ends.nth(2)?;
    blob.get(2 * last + 2..2 * last + 66)
}

/// Whether this is a share: a job, a nonce and the hash it gave.
pub(super) fn is_share(params: &Value) -> bool {
    let digits = |name| params.get(name).and_then(hex_digits).map_or(0, str::len);
    let job = params.get("job_id").is_some_and(|job| job.is_string() || job.is_number());
    job && (8..=16).contains(&digits("nonce")) && digits("result") == 64
}

/// Whether this is the beginning of a share: all but the end of its hash.
fn is_cut_share(params: &Value) -> bool {
    let digits = |name| params.get(name).and_then(hex_digits).map_or(0, str::len);
    let job = params.get("job_id").is_some_and(|job| job.is_string() || job.is_number());
    // The hash is kept from half its length on.
    job && (8..=16).contains(&digits("nonce")) && (32..64).contains(&digits("result"))
}

fn submit(talk: &mut Talk, said: Said, message: &Message<'_>, params: &Value) -> bool {
    if !(is_share(params) || talk.cut_short && is_cut_share(params)) {
        return false;
    }
    talk.ledger.prove_by_share(Dialect::Cryptonote, Surety::Shape, said.from);
    let hash = params.get("result").and_then(hex_digits).unwrap_or_default();
    if hash.len() == 64 {
        talk.ledger.hands_in_hash(zero_bits(hash), hash);
    }
    talk.hands_in(said, message.id.clone());
    true
}

/// The upper bits of a hash that are zero; its last byte is the uppermost (xmrig's `Job.cpp`,
/// `setTarget`, compares it so).
fn zero_bits(digits: &str) -> u32 {
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().rev().map(|[high, low]| nibble(*high) << 4 | nibble(*low));
    let mut bits = 0;
    for byte in bytes {
        bits += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    bits
}

/// The answer to a login or to `getjob`: a job.
pub(super) fn result(talk: &mut Talk, said: Said, result: &Value) -> bool {
    let job = result.get("job").unwrap_or(result);
    if is_cut_job(talk, job) {
        return takes_cut_job(talk, said, job);
    }
    let Some(hashes) = job_shape(job) else { return false };
    talk.prove(Dialect::Cryptonote, Surety::Shape, said.from.other());
    takes_job(talk, said, job, hashes);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_before_stands_behind_two_versions_and_a_time() {
        let (hash, rest) = ("ab".repeat(32), "00".repeat(43));
        assert_eq!(previous(&format!("1010f0d1ceca06{hash}{rest}")), Some(hash.as_str()));
        for blob in ["", "1010f0d1ceca06ab", "ffff", &format!("7f10f0d1ceca06{hash}")] {
            assert_eq!(previous(blob), None, "{blob}");
        }
    }
}
