//! Base 32 with a cyclic checksum: Bech32 (BIP 173), Bech32m (BIP 350), and the longer code that
//! Bitcoin Cash introduced (spec/cashaddr.md) and Kaspa (kaspanet/rusty-kaspa:crypto/addresses),
//! Nexa and Conflux (CIP-37) took over.

use super::{Chain, Checksum, Coin, Kind, Reading};

const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const CONFLUX_DIGITS: &[u8; 32] = b"abcdefghjkmnprstuvwxyz0123456789";
const BECH32_GENERATORS: [u32; 5] =
    [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
const CASHADDR_GENERATORS: [u64; 5] =
    [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
/// BIP 173 and BIP 350: what the sum must come to.
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc8_30a3;
/// Human-readable parts that no coin is known for are believed from this payload on.
const LEAST_UNKNOWN: usize = 32;

/// The digits' values, if the whole text is of them in one case.
fn values(text: &str, digits: &[u8; 32]) -> Option<Vec<u8>> {
    let mixed = text.bytes().any(|letter| letter.is_ascii_lowercase())
        && text.bytes().any(|letter| letter.is_ascii_uppercase());
    if mixed {
        return None;
    }
    let value = |letter: u8| {
        let lower = letter.to_ascii_lowercase();
        digits.iter().position(|digit| *digit == lower).and_then(|at| u8::try_from(at).ok())
    };
    text.bytes().map(value).collect()
}

fn bech32_sum(prefix: &str, payload: &[u8]) -> u32 {
    let high = prefix.bytes().map(|letter| letter.to_ascii_lowercase() >> 5);
    let low = prefix.bytes().map(|letter| letter & 31);
    let all = high.chain([0]).chain(low).chain(payload.iter().copied());
    all.fold(1, |sum: u32, value| {
        let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..).zip(BECH32_GENERATORS).fold(shifted, |sum_so_far, (bit, generator)| {
            if sum >> (25 + bit) & 1 == 1 { sum_so_far ^ generator } else { sum_so_far }
        })
    })
}

fn cashaddr_sum(prefix: &str, payload: &[u8]) -> u64 {
    let low = prefix.bytes().map(|letter| letter & 31);
    let all = low.chain([0]).chain(payload.iter().copied());
    let sum = all.fold(1, |sum: u64, value| {
        let shifted = (sum & 0x07_ffff_ffff) << 5 ^ u64::from(value);
        (0..).zip(CASHADDR_GENERATORS).fold(shifted, |sum_so_far, (bit, generator)| {
            if sum >> (35 + bit) & 1 == 1 { sum_so_far ^ generator } else { sum_so_far }
        })
    });
    sum ^ 1
}

/// How many bytes so many digits hold, if what is left over is less than a digit and zero.
fn bytes_held(payload: &[u8]) -> Option<usize> {
    let left_over = payload.len() * 5 % 8;
    let last = payload.last().copied().unwrap_or_default();
    (left_over < 5 && u32::from(last).trailing_zeros() >= u32::try_from(left_over).ok()?)
        .then_some(payload.len() * 5 / 8)
}

pub(super) fn read_bech32(text: &str) -> Option<Reading> {
    let (prefix, rest) = text.rsplit_once('1')?;
    let one_case = prefix.bytes().all(|letter| letter.is_ascii_lowercase())
        && !rest.bytes().any(|letter| letter.is_ascii_uppercase())
        || prefix.bytes().all(|letter| letter.is_ascii_uppercase())
            && !rest.bytes().any(|letter| letter.is_ascii_lowercase());
    if !(1..=12).contains(&prefix.len()) || !one_case {
        return None;
    }
    let digits = values(rest, DIGITS)?;
    let (payload, _sum) = digits.split_last_chunk::<6>()?;
    let sum = bech32_sum(prefix, &digits);
    let lower = prefix.to_ascii_lowercase();
    if let Some((chain, coins)) = segwit(&lower) {
        return witness(payload, sum, chain, coins);
    }
    let valid = |expected| if sum == expected { Checksum::Valid } else { Checksum::Invalid };
    let held = bytes_held(payload);
    // Zcash: sapling, ZIP 173, and unified, ZIP 316. Chia: the hash of a puzzle. Nervos: RFC 21.
    let (coins, chain, checksum): (&'static [Coin], _, _) = match (lower.as_str(), held) {
        ("zs", Some(43)) => (&[Coin::Zec], Chain::Mainnet, valid(BECH32)),
        ("ztestsapling", Some(43)) => (&[Coin::Zec], Chain::Testnet, valid(BECH32)),
        ("u", Some(48..)) => (&[Coin::Zec], Chain::Mainnet, valid(BECH32M)),
        ("utest", Some(48..)) => (&[Coin::Zec], Chain::Testnet, valid(BECH32M)),
        ("xch", Some(32)) => (&[Coin::Xch], Chain::Mainnet, valid(BECH32M)),
        ("txch", Some(32)) => (&[Coin::Xch], Chain::Testnet, valid(BECH32M)),
        ("ckb", Some(22..)) => (&[Coin::Ckb], Chain::Mainnet, valid_either(sum)),
        ("ckt", Some(22..)) => (&[Coin::Ckb], Chain::Testnet, valid_either(sum)),
        _ if valid_either(sum) == Checksum::Valid && payload.len() >= LEAST_UNKNOWN => {
            (&[], Chain::Unknown, Checksum::Valid)
        }
        _ => return None,
    };
    Some(Reading { kind: Kind::Bech32, coins, chain, checksum })
}

fn valid_either(sum: u32) -> Checksum {
    if sum == BECH32 || sum == BECH32M { Checksum::Valid } else { Checksum::Invalid }
}

/// Human-readable parts of witness programs: SLIP-0173.
fn segwit(prefix: &str) -> Option<(Chain, &'static [Coin])> {
    Some(match prefix {
        "bc" => (Chain::Mainnet, &[Coin::Btc]),
        "tb" | "bcrt" => (Chain::Testnet, &[Coin::Btc]),
        "ltc" => (Chain::Mainnet, &[Coin::Ltc]),
        "tltc" | "rltc" => (Chain::Testnet, &[Coin::Ltc]),
        "dgb" => (Chain::Mainnet, &[Coin::Dgb]),
        "vtc" => (Chain::Mainnet, &[Coin::Vtc]),
        "btg" => (Chain::Mainnet, &[Coin::Btg]),
        _ => return None,
    })
}

/// BIP 141: version 0 has 20 or 32 bytes and Bech32, later ones 2 to 40 bytes and Bech32m.
fn witness(payload: &[u8], sum: u32, chain: Chain, coins: &'static [Coin]) -> Option<Reading> {
    let (version, program) = payload.split_first()?;
    let held = bytes_held(program)?;
    let (kind, expected) = match (version, held) {
        (0, 20 | 32) => (Kind::SegwitV0, BECH32),
        (1..=16, 2..=40) => (Kind::SegwitLater, BECH32M),
        _ => return None,
    };
    let checksum = if sum == expected { Checksum::Valid } else { Checksum::Invalid };
    Some(Reading { kind, coins, chain, checksum })
}

/// With its prefix any checksum that is right is believed; without one only Kaspa's and Bitcoin
/// Cash's are tried, and only a right one makes an address.
pub(super) fn read_cashaddr(text: &str) -> Option<Reading> {
    let Some((prefix, payload)) = text.split_once(':') else {
        let tried = ["kaspa", "bitcoincash"].into_iter().filter_map(|prefix| {
            cashaddr(prefix, text).filter(|reading| reading.checksum == Checksum::Valid)
        });
        return tried.take(1).next();
    };
    let lower = prefix.to_ascii_lowercase();
    let letters = prefix.bytes().all(|letter| letter.is_ascii_alphabetic());
    if !(2..=16).contains(&prefix.len()) || !letters {
        return None;
    }
    cashaddr(&lower, payload)
}

fn cashaddr(prefix: &str, payload: &str) -> Option<Reading> {
    let conflux = matches!(prefix, "cfx" | "cfxtest");
    let digits = values(payload, if conflux { CONFLUX_DIGITS } else { DIGITS })?;
    let (content, _sum) = digits.split_last_chunk::<8>()?;
    // A version byte, and what the version says: 20 to 64 bytes, a script of Nexa's a few more.
    let held = bytes_held(content)?;
    let (coins, chain): (&'static [Coin], _) = match (prefix, held) {
        ("bitcoincash", 21..=65) => (&[Coin::Bch], Chain::Mainnet),
        ("bchtest" | "bchreg", 21..=65) => (&[Coin::Bch], Chain::Testnet),
        ("ecash", 21..=65) => (&[Coin::Xec], Chain::Mainnet),
        ("kaspa", 33 | 34) => (&[Coin::Kas], Chain::Mainnet),
        ("kaspatest" | "kaspadev" | "kaspasim", 33 | 34) => (&[Coin::Kas], Chain::Testnet),
        ("nexa", 21..=80) => (&[Coin::Nexa], Chain::Mainnet),
        ("cfx", 21) => (&[Coin::Cfx], Chain::Mainnet),
        ("cfxtest", 21) => (&[Coin::Cfx], Chain::Testnet),
        (_, 21..=80) => (&[], Chain::Unknown),
        _ => return None,
    };
    let valid = cashaddr_sum(prefix, &digits) == 0;
    if coins.is_empty() && !valid {
        return None;
    }
    let checksum = if valid { Checksum::Valid } else { Checksum::Invalid };
    Some(Reading { kind: Kind::Cashaddr, coins, chain, checksum })
}
