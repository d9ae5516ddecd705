//! Addresses of `CryptoNote` coins: Base58 in blocks of eight bytes, with a Keccak-256 checksum.
//!
//! monero-project/monero:src/common/base58.cpp (blocks), `src/cryptonote_config.h` (prefixes); the
//! same in words: <https://docs.getmonero.org/public-address/standard-address/>.

use sha3::{Digest, Keccak256};

use super::{Chain, Checksum, Coin, Kind, Reading, base58};

const BLOCK_DIGITS: usize = 11;
/// How many bytes so many digits of a last, shorter block hold.
const LAST_BLOCK: [(usize, usize); 8] =
    [(0, 0), (2, 1), (3, 2), (5, 3), (6, 4), (7, 5), (9, 6), (10, 7)];
/// Two public keys, and in an integrated address a payment number.
const KEYS: usize = 64;
const KEYS_AND_PAYMENT: usize = 72;

pub(super) fn read(text: &str) -> Option<Reading> {
    if !(90..=120).contains(&text.len()) {
        return None;
    }
    let bytes = decode(text)?;
    let (content, sum) = bytes.split_last_chunk::<4>()?;
    let (prefix, keys) = prefix(content)?;
    let valid = Keccak256::digest(content).starts_with(sum);
    let checksum = if valid { Checksum::Valid } else { Checksum::Invalid };
    let monero = monero(prefix, keys.len());
    let (kind, chain, coins): (_, _, &'static [Coin]) = match (monero, keys.len()) {
        (Some((kind, chain)), _) => (kind, chain, &[Coin::Xmr]),
        (None, KEYS) if valid => (Kind::Cryptonote, Chain::Unknown, &[]),
        (None, KEYS_AND_PAYMENT) if valid => (Kind::CryptonoteIntegrated, Chain::Unknown, &[]),
        _ => return None,
    };
    Some(Reading { kind, coins, chain, checksum })
}

fn monero(prefix: u64, keys: usize) -> Option<(Kind, Chain)> {
    Some(match (prefix, keys) {
        (18, KEYS) => (Kind::Cryptonote, Chain::Mainnet),
        (19, KEYS_AND_PAYMENT) => (Kind::CryptonoteIntegrated, Chain::Mainnet),
        (42, KEYS) => (Kind::CryptonoteSubaddress, Chain::Mainnet),
        (53 | 24, KEYS) => (Kind::Cryptonote, Chain::Testnet),
        (54 | 25, KEYS_AND_PAYMENT) => (Kind::CryptonoteIntegrated, Chain::Testnet),
        (63 | 36, KEYS) => (Kind::CryptonoteSubaddress, Chain::Testnet),
        _ => return None,
    })
}

/// The network's prefix, a number of seven bits a byte, lowest first, and what follows it.
fn prefix(content: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (place, byte) in content.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return content.get(place + 1..).map(|rest| (value, rest));
        }
    }
    None
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for block in text.as_bytes().chunks(BLOCK_DIGITS) {
        let held = match block.len() {
            BLOCK_DIGITS => 8,
            digits => LAST_BLOCK.iter().find(|(known, _)| *known == digits)?.1,
        };
        let mut value: u128 = 0;
        for letter in block {
            value = value * 58 + u128::from(base58::digit(*letter)?);
        }
        let value = u64::try_from(value).ok()?.to_be_bytes();
        let (zeros, kept) = value.split_at_checked(8 - held)?;
        if zeros.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend(kept);
    }
    Some(bytes)
}
