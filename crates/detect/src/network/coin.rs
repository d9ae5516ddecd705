//! Which coin a session mines, and with which algorithm: by its wallets, by the name of the pool,
//! by the algorithm named, by the dialect, in this order, and never against the dialect. A wallet
//! that proves itself and belongs to one coin alone outranks what tables say of algorithms.

use minehound_model::{Checksum, PoolSession, WalletSeen};

use crate::Knowledge;
use crate::knowledge::schema::{Algorithm, Coin, Day};

/// What a session was found to mine.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Mined<'k> {
    /// The coin's symbol, or the family the dialect stands for, such as `BTC-like`.
    pub(super) coin: Option<String>,
    /// The algorithm.
    pub(super) algorithm: Option<&'k Algorithm>,
    /// Whether the algorithm is only the one that the dialect is mostly spoken for.
    pub(super) assumed: bool,
    /// Whether the wallets prove themselves to be of other coins than all else speaks for. Then the
    /// work may be another's that is paid in this coin, or the algorithm may be misread.
    pub(super) contradicted: bool,
}

/// What is known of a dialect.
struct Spoken {
    dialect: &'static str,
    /// The family, where several coins share the dialect; else the coin itself.
    coin: &'static str,
    /// The algorithm it is mostly spoken for.
    algorithm: &'static str,
    /// What the algorithms it can stand for begin with, as the knowledge names them; empty: any
    /// that is not some other dialect's own.
    algorithms: &'static [&'static str],
}

const ETHEREUM: &[&str] = &["ethash", "etchash", "ubqhash", "progpow", "cortex", "firopow"];
const KAWPOW: &[&str] = &["kawpow", "progpow", "evrprogpow", "firopow", "meowpow"];
const CRYPTONOTE: &[&str] = &[
    "randomx",
    "cryptonight",
    "argon2",
    "ghostrider",
    "astrobwt",
    "kawpow",
    "cuckaroo",
    "dynexsolve",
    "spectrex",
    "xelishash",
    "power2b",
];
/// Algorithms that plain Bitcoin-like Stratum is not spoken for.
const OTHERS: &[&str] = &[
    "randomx",
    "cryptonight",
    "ethash",
    "etchash",
    "kawpow",
    "progpow",
    "firopow",
    "equihash",
    "kheavyhash",
    "autolykos",
    "octopus",
    "cuckatoo",
    "cuckaroo",
    "beamhash",
    "blake3-alephium",
];

/// Bitcoin's nodes give templates, and Monero's, and those of all that descend from them.
const ANY: &[&str] = &[""];
/// The coin in which pools pay for work on any other.
const PAID_IN: &str = "BTC";
/// What coins were mined with before the algorithm that the knowledge names, and to which day:
/// Monero came to RandomX with version 12 (monero-project/monero:src/hardforks/hardforks.cpp).
const FORMERLY: &[(&str, &str, Day)] =
    &[("XMR", "cryptonight", Day { year: 2019, month: 11, day: 30 })];

const DIALECTS: &[Spoken] = &[
    known("stratum-v1", "BTC-like", "sha256d", &[]),
    known("stratum-v2", "BTC-like", "sha256d", &["sha256d"]),
    known("getwork", "BTC-like", "sha256d", &[]),
    known("getblocktemplate", "BTC-like", "sha256d", ANY),
    known("equihash", "ZEC-like", "equihash-200-9", &["equihash", "verushash"]),
    known("cryptonote", "XMR-like", "randomx", CRYPTONOTE),
    known("coinhive", "XMR-like", "cryptonight", CRYPTONOTE),
    known("ethproxy", "ETH-like", "ethash", ETHEREUM),
    known("eth-getwork", "ETH-like", "ethash", ETHEREUM),
    known("ethereum-stratum-1", "ETH-like", "ethash", ETHEREUM),
    known("ethereum-stratum-2", "ETH-like", "ethash", ETHEREUM),
    known("kawpow", "RVN-like", "kawpow", KAWPOW),
    known("kaspa", "KAS", "kheavyhash", &["kheavyhash"]),
    known("alephium", "ALPH", "blake3-alephium", &["blake3-alephium"]),
    known("ergo", "ERG", "autolykos2", &["autolykos"]),
    known("grin", "GRIN", "cuckatoo32", &["cuckatoo", "cuckaroo"]),
    known("beam", "BEAM", "beamhash3", &["beamhash"]),
    known("conflux", "CFX", "octopus", &["octopus"]),
    known("nimiq", "NIM", "argon2id-nim", &["argon2"]),
];

const fn known(
    dialect: &'static str,
    coin: &'static str,
    algorithm: &'static str,
    algorithms: &'static [&'static str],
) -> Spoken {
    Spoken { dialect, coin, algorithm, algorithms }
}

/// What a session that was at work at `at_ms` mines.
pub(super) fn mined<'k>(session: &PoolSession, at_ms: i64, knowledge: &'k Knowledge) -> Mined<'k> {
    let spoken = DIALECTS.iter().find(|it| it.dialect == session.dialect);
    let search = Search { knowledge, spoken, at_ms, named: named(session, knowledge) };
    let coin = search.by_wallets(session).or_else(|| search.by_sole_wallet(session));
    let coin = coin.or_else(|| search.by_pool(session));
    let coin = coin.or_else(|| search.by_algorithm().filter(|it| !is_paid_otherwise(session, it)));
    let of_coin = coin.and_then(|it| knowledge.algorithm(it.algorithm.as_deref()?));
    let of_coin = of_coin.map(|it| it.entry);
    let usual = spoken.and_then(|it| knowledge.algorithm(it.algorithm)).map(|it| it.entry);
    let assumed = search.named.is_none() && of_coin.is_none();
    let several = spoken.is_some_and(|it| it.coin.ends_with("-like"));
    Mined {
        contradicted: search.is_contradicted(session, coin),
        coin: coin.map(|it| it.symbol.clone()).or_else(|| search.family()),
        algorithm: search.named.or(of_coin).or(usual),
        assumed: assumed && several,
    }
}

/// The algorithm that messages name, else the one that a dialect is mostly spoken for.
pub(super) fn algorithm_of<'k>(
    dialect: &str,
    named: Option<&str>,
    knowledge: &'k Knowledge,
) -> Option<&'k Algorithm> {
    let said = named.and_then(|it| knowledge.algorithm(it));
    let spoken = DIALECTS.iter().find(|it| it.dialect == dialect);
    said.or_else(|| knowledge.algorithm(spoken?.algorithm)).map(|it| it.entry)
}

/// The wallets of a session that prove themselves and are of coins that are known.
fn proven(session: &PoolSession) -> impl Iterator<Item = &WalletSeen> {
    let wallets = session.accounts.iter().flat_map(|it| &it.wallets);
    wallets.filter(|it| it.checksum == Checksum::Valid && !it.coins.is_empty())
}

/// Whether there are wallets that prove themselves, and none can be one of this coin.
fn is_paid_otherwise(session: &PoolSession, coin: &Coin) -> bool {
    let of_coin = |it: &WalletSeen| it.coins.contains(&coin.symbol);
    proven(session).next().is_some() && !proven(session).any(of_coin)
}

/// Whether pools pay this session for work on whatever coin.
pub(super) fn is_paid_in_bitcoin(session: &PoolSession) -> bool {
    proven(session).all(|it| it.coins.iter().any(|coin| coin == PAID_IN))
}

/// The algorithm that messages or a label of the server's name give.
fn named<'k>(session: &PoolSession, knowledge: &'k Knowledge) -> Option<&'k Algorithm> {
    let said = session.algorithm.as_deref().and_then(|it| knowledge.algorithm(it));
    let labels = || {
        words(session).find_map(|it| {
            let known = knowledge.algorithm(it)?;
            // A coin's name among the aliases speaks for the coin, which may pay for another's work.
            (knowledge.coin(it).is_none() && it.len() > 2).then_some(known)
        })
    };
    said.or_else(labels).map(|it| it.entry)
}

/// The words of the server's names below the registered domain.
fn words(session: &PoolSession) -> impl Iterator<Item = &str> {
    session.server_names.iter().flat_map(|named| {
        let labels: Vec<&str> = named.name.split('.').collect();
        let below = labels.len().saturating_sub(2);
        labels.into_iter().take(below).flat_map(|it| it.split(['-', '_']))
    })
}

struct Search<'k> {
    knowledge: &'k Knowledge,
    spoken: Option<&'static Spoken>,
    at_ms: i64,
    named: Option<&'k Algorithm>,
}

impl<'k> Search<'k> {
    fn by_wallets(&self, session: &PoolSession) -> Option<&'k Coin> {
        let wallets = || session.accounts.iter().flat_map(|it| &it.wallets);
        let proven = |it: &&WalletSeen| it.checksum == Checksum::Valid;
        let shaped = |it: &&WalletSeen| it.checksum == Checksum::None;
        let wallet = wallets().find(proven).or_else(|| wallets().find(shaped))?;
        let fitting: Vec<&Coin> = wallet.coins.iter().filter_map(|it| self.fitting(it)).collect();
        let hinted = || {
            let pool = self.by_pool(session)?;
            fitting.iter().copied().find(|it| it.symbol == pool.symbol)
        };
        // A list of today puts a coin that has ended last; while it was mined it came first.
        let then = || fitting.iter().copied().find(|it| it.ended.is_some());
        hinted().or_else(then).or_else(|| fitting.first().copied())
    }

    /// The only coin of the first wallet that proves itself, though the algorithm named is none that
    /// the knowledge has for it: coins change theirs.
    fn by_sole_wallet(&self, session: &PoolSession) -> Option<&'k Coin> {
        let [coin] = proven(session).next()?.coins.as_slice() else { return None };
        let coin = self.knowledge.coin(coin)?.entry;
        (coin.symbol != PAID_IN && self.is_spoken_for(coin)).then_some(coin)
    }

    /// Whether the wallets speak against the coin that was found, or the algorithm against it.
    fn is_contradicted(&self, session: &PoolSession, coin: Option<&Coin>) -> bool {
        let Some(coin) = coin else {
            // The form of an address speaks too: Ethereum's has no checksum where it is all lower case.
            let wallets = session.accounts.iter().flat_map(|it| &it.wallets);
            let foreign = |it: &WalletSeen| {
                !it.coins.is_empty() && it.coins.iter().all(|coin| self.fitting(coin).is_none())
            };
            return proven(session).next().is_some() || wallets.into_iter().any(foreign);
        };
        is_paid_otherwise(session, coin) || !(self.fits(coin) || self.fitted(coin))
    }

    /// Whether the coin was mined then with the algorithm named, and no longer is.
    fn fitted(&self, coin: &Coin) -> bool {
        let named = self.named.map(|it| it.name.as_str());
        FORMERLY.iter().any(|(symbol, algorithm, last)| {
            *symbol == coin.symbol && named == Some(algorithm) && self.at_ms < day_after_ms(*last)
        })
    }

    /// The family that the dialect stands for; a template may be of Monero's kind too.
    fn family(&self) -> Option<String> {
        let spoken = self.spoken?;
        let monero = |it: &Algorithm| CRYPTONOTE.iter().any(|begins| it.name.starts_with(begins));
        let of_monero = spoken.algorithms == ANY && self.named.is_some_and(monero);
        Some(if of_monero { "XMR-like" } else { spoken.coin }.to_owned())
    }

    /// A coin named in a label of the server's name, or the only coin of the pool that fits.
    fn by_pool(&self, session: &PoolSession) -> Option<&'k Coin> {
        if let Some(coin) = words(session).find_map(|it| self.fitting(it)) {
            return Some(coin);
        }
        let named = &session.server_names;
        let pool = named.iter().find_map(|it| self.knowledge.pool_for_host(&it.name))?.pool;
        let mut coins = pool.coins.iter().filter_map(|it| self.fitting(it));
        coins.next().filter(|_| coins.next().is_none())
    }

    fn by_algorithm(&self) -> Option<&'k Coin> {
        let name = self.named?.name.as_str();
        let all = self.knowledge.tables().coins.iter().flat_map(|it| &it.entries);
        let mut coins = all.filter(|it| it.algorithm.as_deref() == Some(name) && self.fits(it));
        coins.next().filter(|_| coins.next().is_none())
    }

    fn fitting(&self, name: &str) -> Option<&'k Coin> {
        self.knowledge.coin(name).map(|it| it.entry).filter(|it| self.fits(it))
    }

    /// Whether a coin was mined then, by what the dialect and the messages name.
    fn fits(&self, coin: &Coin) -> bool {
        let kin_to = |it: &Algorithm| self.algorithm_of(coin).is_some_and(|of| kin(&it.name, of));
        self.is_spoken_for(coin) && self.named.is_none_or(kin_to)
    }

    fn algorithm_of<'c>(&self, coin: &'c Coin) -> Option<&'c str>
    where
        'k: 'c,
    {
        let written = coin.algorithm.as_deref()?;
        Some(self.knowledge.algorithm(written).map_or(written, |it| &it.entry.name))
    }

    /// Whether a coin was mined then, and the dialect can be spoken for it.
    fn is_spoken_for(&self, coin: &Coin) -> bool {
        let Some(algorithm) = self.algorithm_of(coin) else { return false };
        let alive = coin.ended.is_none_or(|it| self.at_ms < day_after_ms(it));
        let begins = |list: &[&str]| list.iter().any(|it| algorithm.starts_with(it));
        let spoken = match self.spoken.map(|it| it.algorithms) {
            None => true,
            Some([]) => !begins(OTHERS),
            Some(list) => begins(list),
        };
        alive && spoken
    }
}

/// Whether two algorithms go by one name in messages: `rx/0` is said for every coin of RandomX, and
/// `ethash` for Ethereum Classic.
fn kin(a: &str, b: &str) -> bool {
    let stem = |name: &str| match name.split_once('-').map_or(name, |it| it.0) {
        "etchash" => "ethash".to_owned(),
        stem => stem.to_owned(),
    };
    stem(a) == stem(b)
}

/// When the day after `day` begins, in milliseconds since 1970: the count of days of the
/// Gregorian calendar, with years that begin in March.
fn day_after_ms(day: Day) -> i64 {
    let (year, month) = (i64::from(day.year), i64::from(day.month));
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let of_year = (153 * month + 2) / 5 + i64::from(day.day) - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468;
    (days + 1) * 86_400_000
}

#[cfg(test)]
mod tests;
