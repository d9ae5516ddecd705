//! Wallet addresses that are well-formed and belong to nobody: their payload is a hash of a label
//! and chance, so that no key to them is known to anyone.
//!
//! Formats: `Base58Check` (Bitcoin wiki), bech32 (BIP-173), `CashAddr` (the Bitcoin Cash
//! specification, and Kaspa's `crypto/addresses` of rusty-kaspa), EIP-55, Monero's block-wise Base58 with a Keccak-256 checksum
//! (monero `src/common/base58.cpp`).

use sha2::{Digest as _, Sha256};
use sha3::Keccak256;

use crate::rng::Rng;

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Twenty bytes that are the hash of a label and of chance.
#[must_use]
pub fn payload(rng: &mut Rng, label: &str) -> [u8; 20] {
    let digest = tagged(rng, label);
    let mut out = [0; 20];
    for (to, from) in out.iter_mut().zip(digest) {
        *to = from;
    }
    out
}

/// 32 bytes in the place of a public key: the hash of a label and of chance.
#[must_use]
pub fn point(rng: &mut Rng) -> [u8; 32] {
    tagged(rng, "point")
}

fn tagged(rng: &mut Rng, label: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"minehound range: nobody's address\0");
    hash.update(label.as_bytes());
    hash.update(rng.next_u64().to_le_bytes());
    hash.finalize().into()
}

/// Version bytes and payload with the double SHA-256 checksum.
#[must_use]
pub fn base58check(version: &[u8], payload: &[u8]) -> String {
    let mut bytes = [version, payload].concat();
    let sum = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(sum.iter().take(4));
    base58(&bytes)
}

fn base58(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = u8::try_from(carry % 58).unwrap_or(0);
            carry /= 58;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 58).unwrap_or(0));
            carry /= 58;
        }
    }
    let letters = digits.iter().rev().map(|digit| letter(BASE58, *digit));
    std::iter::repeat_n('1', zeros).chain(letters).collect()
}

fn letter(set: &[u8], digit: u8) -> char {
    set.get(usize::from(digit)).copied().map_or('?', char::from)
}

/// Letters of the Base58 alphabet, for formats whose checksum is not made here.
#[must_use]
pub fn base58_text(rng: &mut Rng, length: usize) -> String {
    (0..length).map(|_| char::from(rng.pick(BASE58))).collect()
}

/// A witness program of version 0 (BIP-173, bech32) or later (BIP-350, bech32m).
#[must_use]
pub fn segwit(prefix: &str, version: u8, program: &[u8]) -> String {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mut digits = vec![version];
    digits.extend(five_bits(program));
    let mut spoken: Vec<u8> = prefix.bytes().map(|byte| byte >> 5).collect();
    spoken.push(0);
    spoken.extend(prefix.bytes().map(|byte| byte & 31));
    spoken.extend(&digits);
    spoken.extend([0; 6]);
    let sum = spoken.iter().fold(1_u32, |sum, digit| {
        let top = sum >> 25;
        let sum = ((sum & 0x01ff_ffff) << 5) ^ u32::from(*digit);
        GENERATOR.iter().enumerate().fold(sum, |sum, (bit, generator)| {
            if (top >> bit) & 1 == 1 { sum ^ generator } else { sum }
        })
    }) ^ if version == 0 { 1 } else { 0x2bc8_30a3 };
    digits.extend((0..6).map(|place| u8::try_from((sum >> (5 * (5 - place))) & 31).unwrap_or(0)));
    let text: String = digits.iter().map(|digit| letter(BECH32, *digit)).collect();
    format!("{prefix}1{text}")
}

fn five_bits(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut held, mut count) = (0_u32, 0);
    for byte in bytes {
        held = ((held << 8) | u32::from(*byte)) & 0xffff;
        count += 8;
        while count >= 5 {
            count -= 5;
            out.push(u8::try_from((held >> count) & 31).unwrap_or(0));
        }
    }
    if count > 0 {
        out.push(u8::try_from((held << (5 - count)) & 31).unwrap_or(0));
    }
    out
}

/// A Kaspa address of a Schnorr public key: version 0 and 32 bytes.
#[must_use]
pub fn kaspa(rng: &mut Rng) -> String {
    cash("kaspa", &tagged(rng, "kas"))
}

/// A Bitcoin Cash address of a key's hash.
#[must_use]
pub fn bitcoin_cash(rng: &mut Rng) -> String {
    cash("bitcoincash", &payload(rng, "bch"))
}

/// `CashAddr`: version 0, the payload and a forty-bit checksum behind a prefix.
fn cash(prefix: &str, payload: &[u8]) -> String {
    const GENERATOR: [u64; 5] =
        [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
    let digits = five_bits(&[&[0], payload].concat());
    let mut spoken: Vec<u8> = prefix.bytes().map(|byte| byte & 31).collect();
    spoken.push(0);
    spoken.extend(&digits);
    spoken.extend([0; 8]);
    let sum = spoken.iter().fold(1_u64, |sum, digit| {
        let top = sum >> 35;
        let sum = ((sum & 0x07_ffff_ffff) << 5) ^ u64::from(*digit);
        GENERATOR.iter().enumerate().fold(sum, |sum, (bit, generator)| {
            if (top >> bit) & 1 == 1 { sum ^ generator } else { sum }
        })
    }) ^ 1;
    let check = (0..8).map(|place| u8::try_from((sum >> (5 * (7 - place))) & 31).unwrap_or(0));
    let text: String = digits.into_iter().chain(check).map(|digit| letter(BECH32, digit)).collect();
    format!("{prefix}:{text}")
}

/// An Ethereum-like address whose capitals are its checksum (EIP-55).
#[must_use]
pub fn ethereum(rng: &mut Rng) -> String {
    capitals(&crate::rng::hex(&payload(rng, "eth")))
}

fn capitals(address: &str) -> String {
    let sum = crate::rng::hex(&Keccak256::digest(address.as_bytes()));
    let letters = address.chars().zip(sum.chars());
    let cased =
        letters.map(|(letter, sum)| if sum >= '8' { letter.to_ascii_uppercase() } else { letter });
    format!("0x{}", cased.collect::<String>())
}

/// A Monero main-net address: 95 letters, from '4' or, for a subaddress, from '8'.
#[must_use]
pub fn monero(rng: &mut Rng, subaddress: bool) -> String {
    let mut bytes = vec![if subaddress { 42_u8 } else { 18 }];
    bytes.extend(tagged(rng, "xmr spend"));
    bytes.extend(tagged(rng, "xmr view"));
    let sum = Keccak256::digest(&bytes);
    bytes.extend(sum.iter().take(4));
    bytes.chunks(8).map(monero_block).collect()
}

fn monero_block(block: &[u8]) -> String {
    const WIDTHS: [usize; 9] = [0, 2, 3, 5, 6, 7, 9, 10, 11];
    let width = WIDTHS.get(block.len()).copied().unwrap_or(11);
    let mut value = block.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let mut letters = vec!['1'; width];
    for place in letters.iter_mut().rev() {
        *place = letter(BASE58, u8::try_from(value % 58).unwrap_or(0));
        value /= 58;
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_of_each_format_come_out() {
        // BIP-173, "Examples": the witness program of the generator point's hash
        let program: Vec<u8> = (0..40)
            .step_by(2)
            .map(|at| {
                u8::from_str_radix(&"751e76e8199196d454941c45d1b3a323f1433bd6"[at..at + 2], 16)
                    .unwrap()
            })
            .collect();
        assert_eq!(segwit("bc", 0, &program), "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
        // the same hash as a pay-to-public-key-hash address
        assert_eq!(base58check(&[0], &program), "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH");
    }

    #[test]
    fn capitals_follow_the_examples_of_their_specification() {
        // EIP-55, "Test Cases"
        for address in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        ] {
            assert_eq!(capitals(&address[2..].to_lowercase()), address);
        }
        // BIP-350, "Test vectors": the generator point's x coordinate
        let point = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
        let program: Vec<u8> = (0..64)
            .step_by(2)
            .map(|at| u8::from_str_radix(&point[at..at + 2], 16).unwrap())
            .collect();
        assert_eq!(
            segwit("bc", 1, &program),
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
        );
    }

    #[test]
    fn addresses_have_the_length_and_the_first_letters_of_their_kind() {
        let mut rng = Rng::new(3);
        for _ in 0..50 {
            for (subaddress, first) in [(false, '4'), (true, '8')] {
                let address = monero(&mut rng, subaddress);
                assert_eq!(address.len(), 95);
                assert!(address.starts_with(first));
            }
            assert!(bitcoin_cash(&mut rng).starts_with("bitcoincash:q"));
            assert!(segwit("bc", 1, &[7; 32]).starts_with("bc1p"));
            let address = kaspa(&mut rng);
            assert_eq!(address.len(), 6 + 61);
            assert!(address.starts_with("kaspa:q"));
            assert!(base58check(&[0x1c, 0xb8], &payload(&mut rng, "zec")).starts_with("t1"));
        }
    }
}
