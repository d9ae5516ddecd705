//! Wallet addresses in the text that miners log in with, verified by their checksums.
//!
//! A login is `address.worker`, `address/worker`, `address+difficulty`, `COIN:address`, … or the
//! name of an account at the pool, which is no address. Only a checksum tells an address from a
//! text that happens to look like one; where a format has none, that is said.

mod base32;
mod base58;
mod blake2b;
mod cryptonote;
mod ethereum;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// Most addresses taken from one login; two are usual where coins are mined together.
pub const MAX_WALLETS: usize = 8;
/// Most bytes of a login that are looked at.
pub const MAX_LOGIN: usize = 2048;
/// The shortest address of any kind.
const SHORTEST: usize = 26;

/// A coin, by its ticker.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
#[allow(missing_docs, reason = "a ticker is its own description")]
pub enum Coin {
    Alph,
    Bch,
    Btc,
    Btg,
    Cfx,
    Ckb,
    Dash,
    Dgb,
    Doge,
    Erg,
    Etc,
    Eth,
    Flux,
    Kas,
    Kmd,
    Ltc,
    Nexa,
    Rvn,
    Vrsc,
    Vtc,
    Xch,
    Xec,
    Xmr,
    Zec,
}

/// Whether an address is worth anything.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Display, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Chain {
    /// The network whose coins have a price.
    Mainnet,
    /// A network for trying things out.
    Testnet,
    /// The format is known, the coin is not.
    Unknown,
}

/// What verification said.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Display, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Checksum {
    /// The checksum is right. By chance one text of the shape in about 4,000 is, written as `0x…`
    /// in mixed case (EIP-55), and of any other kind one in 2^30.
    Valid,
    /// The shape is that of an address, the checksum is wrong: mistyped, or no address.
    Invalid,
    /// This way of writing has none; only the format was checked.
    Absent,
}

/// How an address is written.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Display, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Kind {
    /// `Base58Check` of a version and the hash of a key.
    PubkeyHash,
    /// `Base58Check` of a version and the hash of a script.
    ScriptHash,
    /// `Base58Check` of a version that is not known here.
    Base58check,
    /// A witness program of version 0: BIP 173.
    SegwitV0,
    /// A witness program of a later version, Taproot among them: BIP 350.
    SegwitLater,
    /// Another Bech32 or Bech32m text.
    Bech32,
    /// Base 32 with a 40-bit checksum after `prefix:`, as Bitcoin Cash and Kaspa write it.
    Cashaddr,
    /// A `CryptoNote` address.
    Cryptonote,
    /// A `CryptoNote` subaddress.
    CryptonoteSubaddress,
    /// A `CryptoNote` address with a payment number in it.
    CryptonoteIntegrated,
    /// `0x` and forty hexadecimal digits.
    Account,
    /// Base58 with a `BLAKE2b` checksum, as Ergo writes it.
    Ergo,
    /// Base58 of 33 bytes without a checksum, as Alephium writes it.
    Alephium,
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wallet {
    /// The address as it was written, with its prefix where it had one.
    pub address: String,
    /// How it is written.
    pub kind: Kind,
    /// Coins that write addresses so, best known first; empty if none is known to.
    pub coins: &'static [Coin],
    /// Whether it is an address of a test network.
    pub chain: Chain,
    /// What verification said.
    pub checksum: Checksum,
}

/// What a format's own reader found: all of a [`Wallet`] but its text.
#[derive(Clone, Copy, Debug)]
struct Reading {
    kind: Kind,
    coins: &'static [Coin],
    chain: Chain,
    checksum: Checksum,
}

/// Reads a text that is an address and nothing else.
#[must_use]
pub fn parse(text: &str) -> Option<Wallet> {
    if !(SHORTEST..=MAX_LOGIN).contains(&text.len()) || !text.is_ascii() {
        return None;
    }
    let readers: [fn(&str) -> Option<Reading>; 5] = [
        ethereum::read,
        base32::read_cashaddr,
        base32::read_bech32,
        base58::read,
        cryptonote::read,
    ];
    let readings: Vec<Reading> = readers.iter().filter_map(|read| read(text)).collect();
    let best = readings
        .iter()
        .find(|reading| reading.checksum == Checksum::Valid)
        .or_else(|| readings.first())?;
    Some(Wallet {
        address: text.to_owned(),
        kind: best.kind,
        coins: best.coins,
        chain: best.chain,
        checksum: best.checksum,
    })
}

/// Finds the addresses in a login, in their order: wherever they stand between characters that no
/// address has, and after a coin's or a scheme's prefix.
#[must_use]
pub fn find_in_login(login: &str) -> Vec<Wallet> {
    let end = (0..=MAX_LOGIN.min(login.len())).rev().find(|at| login.is_char_boundary(*at));
    let login = login.get(..end.unwrap_or(0)).unwrap_or_default();
    let mut wallets: Vec<Wallet> = Vec::new();
    for word in login.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != ':') {
        // `kaspa:q…` is an address with its prefix, `solo:4…` a prefix and an address.
        let found: Vec<Wallet> = match parse(word) {
            Some(whole) => vec![whole],
            None => pairs(word).filter_map(parse).collect(),
        };
        for wallet in found {
            if wallets.len() < MAX_WALLETS && !wallets.contains(&wallet) {
                wallets.push(wallet);
            }
        }
    }
    wallets
}

/// The parts of a word between colons; a part that begins an address goes with what it begins.
fn pairs(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(word);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut colons = text.match_indices(':').map(|(at, _)| at);
        let first = colons.next();
        let second = colons.next().unwrap_or(text.len());
        let pair = text.get(..second)?;
        let whole = first.is_some() && base32::read_cashaddr(pair).is_some();
        let end = if whole { second } else { first.unwrap_or(text.len()) };
        rest = text.get(end + 1..);
        text.get(..end)
    })
}
