//! What a share of the family looks like, dialect by dialect.

use serde_json::Value;

use super::super::Surety;
use super::super::difficulty::hex_digits;
use super::{MAX_PARAMS, text};
use crate::session::Dialect;

/// Whether a share has what every member of the family hands in: a nonce of 32 bits or more, in
/// hexadecimal.
pub(super) fn has_nonce(params: &Value) -> bool {
    let is_nonce = |it: &Value| hex_digits(it).is_some_and(|digits| digits.len() >= 8);
    match params {
        Value::Object(map) => {
            let nonce = map.get("nonce").or_else(|| map.get("randomness"));
            nonce.is_some_and(|it| is_nonce(it) || it.is_number())
        }
        // Worker and job stand before it.
        list => list.as_array().is_some_and(|list| list.iter().skip(2).any(is_nonce)),
    }
}

/// The member of the family that hands in shares of this shape.
pub(super) fn share_shape(params: &Value) -> Option<(Dialect, Surety)> {
    if let Value::Object(map) = params {
        let alephium = map.contains_key("fromGroup") && map.contains_key("nonce");
        return if alephium {
            Some((Dialect::Alephium, Surety::Shape))
        } else {
            let ironfish = map.contains_key("miningRequestId") && map.contains_key("randomness");
            let surety = if ironfish { Surety::Likely } else { Surety::Hint };
            let known = ironfish || map.contains_key("nonce");
            known.then_some((Dialect::StratumOther, surety))
        };
    }
    let list = params.as_array()?;
    let digits = |index: usize| list.get(index).and_then(hex_digits).map_or(0, str::len);
    let prefixed = |index: usize| text(params, index).is_some_and(|text| text.starts_with("0x"));
    let words = list.iter().filter(|item| item.is_string()).count();
    if list.len() < 3 || list.len() > MAX_PARAMS || words < 2 {
        return None;
    }
    if list.len() == 5 && digits(4) >= 100 && digits(2) == 8 {
        return Some((Dialect::Equihash, Surety::Shape));
    }
    if list.len() == 5 && digits(3) == 64 && digits(4) == 64 && prefixed(2) {
        // Ethash in the same words hands in the same; the jobs tell them apart.
        return Some((Dialect::Kawpow, Surety::Likely));
    }
    if list.len() == 4 && digits(2) == 64 && digits(3) == 64 {
        // Nonce and hash of 32 bytes: Conflux's documentation of its node's Stratum.
        return Some((Dialect::Conflux, Surety::Likely));
    }
    if list.len() == 5 && digits(3) == 8 && digits(4) == 16 && is_pieced_nonce(list) {
        return Some((Dialect::Ergo, Surety::Likely));
    }
    if matches!(list.len(), 5 | 6) && digits(3) == 8 && digits(4) == 8 && digits(2) > 0 {
        return Some((Dialect::StratumV1, Surety::Likely));
    }
    Some((Dialect::StratumV1, Surety::Family))
}

/// Whether the nonce ends with the second part of it, which stands before it: as miners of Autolykos
/// write it to `mhssamadani/ErgoStratumServer`. To other pools they write the part alone, which many
/// members of the family do.
fn is_pieced_nonce(list: &[Value]) -> bool {
    let part = |index: usize| list.get(index).and_then(hex_digits);
    let (Some(second), Some(nonce)) = (part(2), part(4)) else { return false };
    (8..16).contains(&second.len()) && nonce.ends_with(second)
}
