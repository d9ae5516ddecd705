//! Base58 with a checksum after it: Bitcoin and its descendants, and Ergo; without: Alephium.
//!
//! Versions: cryptocoinjs/coininfo:lib/coins, `src/chainparams.cpp` of each coin.

use sha2::{Digest, Sha256};

use super::{Chain, Checksum, Coin, Kind, Reading, blake2b};

/// The longest text decoded here; decoding takes time with the square of the length.
const LONGEST: usize = 64;
const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The value of a digit.
pub(super) fn digit(letter: u8) -> Option<u8> {
    DIGITS.iter().position(|digit| *digit == letter).and_then(|at| u8::try_from(at).ok())
}

/// Decodes at most [`LONGEST`] digits to bytes; leading ones are zero bytes.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut little_endian: Vec<u8> = Vec::new();
    for letter in text.bytes() {
        let mut carry = u32::from(digit(letter)?);
        for byte in &mut little_endian {
            let [low, rest @ ..] = (u32::from(*byte) * 58 + carry).to_le_bytes();
            *byte = low;
            let [a, b, c] = rest;
            carry = u32::from_le_bytes([a, b, c, 0]);
        }
        if carry > 0 {
            little_endian.push(u8::try_from(carry).ok()?);
        }
    }
    let zeros = text.bytes().take_while(|letter| *letter == b'1').count();
    little_endian.extend(std::iter::repeat_n(0, zeros));
    little_endian.reverse();
    Some(little_endian)
}

pub(super) fn read(text: &str) -> Option<Reading> {
    let bytes = decode(text)?;
    let reading = match bytes.len() {
        25 | 26 => checked(&bytes),
        38 => ergo(&bytes),
        // Alephium's P2PKH: a zero byte and a hash of 32; docs.alephium.org, "Addresses".
        33 if bytes.starts_with(&[0]) => Some(Reading {
            kind: Kind::Alephium,
            coins: &[Coin::Alph],
            chain: Chain::Unknown,
            checksum: Checksum::Absent,
        }),
        _ => None,
    };
    // Names that people make up are long enough at times, yet seldom have all kinds of letters.
    let mixed = text.bytes().any(|letter| letter.is_ascii_digit())
        && text.bytes().any(|letter| letter.is_ascii_lowercase())
        && text.bytes().any(|letter| letter.is_ascii_uppercase());
    reading.filter(|reading| reading.checksum == Checksum::Valid || mixed)
}

fn checked(bytes: &[u8]) -> Option<Reading> {
    let (content, sum) = bytes.split_last_chunk::<4>()?;
    let valid = Sha256::digest(Sha256::digest(content)).starts_with(sum);
    let checksum = if valid { Checksum::Valid } else { Checksum::Invalid };
    let known = match content {
        [version, hash @ ..] if hash.len() == 20 => one_byte_version(*version),
        [high, low, hash @ ..] if hash.len() == 20 => two_byte_version([*high, *low]),
        _ => None,
    };
    match known {
        Some((kind, chain, coins)) => Some(Reading { kind, coins, chain, checksum }),
        None if valid => {
            Some(Reading { kind: Kind::Base58check, coins: &[], chain: Chain::Unknown, checksum })
        }
        None => None,
    }
}

type Version = (Kind, Chain, &'static [Coin]);

fn one_byte_version(version: u8) -> Option<Version> {
    use Chain::{Mainnet, Testnet};
    use Coin::{Bch, Btc, Btg, Dash, Dgb, Doge, Kmd, Ltc, Rvn, Vrsc, Vtc};
    use Kind::{PubkeyHash, ScriptHash};
    Some(match version {
        0x00 => (PubkeyHash, Mainnet, &[Btc, Bch]),
        0x05 => (ScriptHash, Mainnet, &[Btc, Ltc, Bch, Dgb, Vtc]),
        0x30 => (PubkeyHash, Mainnet, &[Ltc]),
        0x32 => (ScriptHash, Mainnet, &[Ltc]),
        0x1e => (PubkeyHash, Mainnet, &[Doge, Dgb]),
        0x16 => (ScriptHash, Mainnet, &[Doge]),
        0x3f => (ScriptHash, Mainnet, &[Dgb]),
        0x4c => (PubkeyHash, Mainnet, &[Dash]),
        0x10 => (ScriptHash, Mainnet, &[Dash]),
        0x3c => (PubkeyHash, Mainnet, &[Rvn, Vrsc, Kmd]),
        0x7a => (ScriptHash, Mainnet, &[Rvn]),
        0x26 => (PubkeyHash, Mainnet, &[Btg]),
        0x17 => (ScriptHash, Mainnet, &[Btg]),
        0x47 => (PubkeyHash, Mainnet, &[Vtc]),
        0x6f => (PubkeyHash, Testnet, &[Btc, Ltc, Bch, Rvn]),
        0xc4 => (ScriptHash, Testnet, &[Btc, Ltc, Bch, Doge]),
        0x71 => (PubkeyHash, Testnet, &[Doge]),
        0x8c => (PubkeyHash, Testnet, &[Dash]),
        0x13 => (ScriptHash, Testnet, &[Dash]),
        _ => return None,
    })
}

fn two_byte_version(version: [u8; 2]) -> Option<Version> {
    use Coin::{Flux, Zec};
    Some(match u16::from_be_bytes(version) {
        0x1cb8 => (Kind::PubkeyHash, Chain::Mainnet, &[Zec, Flux]),
        0x1cbd => (Kind::ScriptHash, Chain::Mainnet, &[Zec, Flux]),
        0x1d25 => (Kind::PubkeyHash, Chain::Testnet, &[Zec]),
        0x1cba => (Kind::ScriptHash, Chain::Testnet, &[Zec]),
        _ => return None,
    })
}

/// A key's address: network and type in one byte, the compressed key, and four bytes of
/// BLAKE2b-256 over both. ergoplatform/sigma-rust:ergotree-ir, module `address`.
fn ergo(bytes: &[u8]) -> Option<Reading> {
    let (content, sum) = bytes.split_last_chunk::<4>()?;
    let [prefix, 2 | 3, ..] = content else { return None };
    let chain = match prefix {
        0x01 => Chain::Mainnet,
        0x11 => Chain::Testnet,
        _ => return None,
    };
    let valid = blake2b::hash_256(content)?.starts_with(sum);
    let checksum = if valid { Checksum::Valid } else { Checksum::Invalid };
    Some(Reading { kind: Kind::Ergo, coins: &[Coin::Erg], chain, checksum })
}
