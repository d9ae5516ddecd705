//! Accounts of Ethereum, Ethereum Classic and their relatives: EIP-55.

use sha3::{Digest, Keccak256};

use super::{Chain, Checksum, Coin, Kind, Reading};

const DIGITS: usize = 40;

pub(super) fn read(text: &str) -> Option<Reading> {
    let (digits, bare) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, false),
        None => (text, true),
    };
    if digits.len() != DIGITS || !digits.bytes().all(|letter| letter.is_ascii_hexdigit()) {
        return None;
    }
    let lower = digits.bytes().any(|letter| letter.is_ascii_lowercase());
    let upper = digits.bytes().any(|letter| letter.is_ascii_uppercase());
    let checksum = match lower && upper {
        false => Checksum::Absent,
        true if eip_55(digits) => Checksum::Valid,
        true => Checksum::Invalid,
    };
    // Without its prefix it could be any hash of 160 bits; only the checksum tells.
    if bare && checksum != Checksum::Valid {
        return None;
    }
    Some(Reading {
        kind: Kind::Account,
        coins: &[Coin::Etc, Coin::Eth],
        chain: Chain::Unknown,
        checksum,
    })
}

/// A letter is upper case where the digit at its place in the hash of the lower-case text is 8 or
/// more.
fn eip_55(digits: &str) -> bool {
    let hash = Keccak256::digest(digits.to_ascii_lowercase());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits
        .bytes()
        .zip(nibbles)
        .filter(|(letter, _)| letter.is_ascii_alphabetic())
        .all(|(letter, nibble)| letter.is_ascii_uppercase() == (nibble >= 8))
}
