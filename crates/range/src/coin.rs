//! Coins, as far as traffic shows them: block times, wallets, usual rates.
//!
//! Block intervals are each coin's protocol target.

use crate::rng::Rng;
use crate::wallet;

/// A coin that the range can pretend to mine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "tickers name themselves")]
pub enum Coin {
    Btc,
    Bch,
    Ltc,
    Doge,
    Dash,
    Xmr,
    Etc,
    Zec,
    Rvn,
    Kas,
    Alph,
    Erg,
    Grin,
    Beam,
    Cfx,
}

impl Coin {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Btc,
        Self::Bch,
        Self::Ltc,
        Self::Doge,
        Self::Dash,
        Self::Xmr,
        Self::Etc,
        Self::Zec,
        Self::Rvn,
        Self::Kas,
        Self::Alph,
        Self::Erg,
        Self::Grin,
        Self::Beam,
        Self::Cfx,
    ];

    /// The ticker in upper case.
    #[must_use]
    pub fn ticker(self) -> &'static str {
        match self {
            Self::Btc => "BTC",
            Self::Bch => "BCH",
            Self::Ltc => "LTC",
            Self::Doge => "DOGE",
            Self::Dash => "DASH",
            Self::Xmr => "XMR",
            Self::Etc => "ETC",
            Self::Zec => "ZEC",
            Self::Rvn => "RVN",
            Self::Kas => "KAS",
            Self::Alph => "ALPH",
            Self::Erg => "ERG",
            Self::Grin => "GRIN",
            Self::Beam => "BEAM",
            Self::Cfx => "CFX",
        }
    }

    /// The coin with this ticker, in any case.
    #[must_use]
    pub fn from_ticker(ticker: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|coin| coin.ticker().eq_ignore_ascii_case(ticker))
    }

    /// The algorithm's family.
    #[must_use]
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::Btc | Self::Bch => "sha256d",
            Self::Ltc | Self::Doge => "scrypt",
            Self::Dash => "x11",
            Self::Xmr => "randomx",
            Self::Etc => "etchash",
            Self::Zec => "equihash",
            Self::Rvn => "kawpow",
            Self::Kas => "kheavyhash",
            Self::Alph => "blake3",
            Self::Erg => "autolykos2",
            Self::Grin => "cuckatoo32",
            Self::Beam => "beamhash3",
            Self::Cfx => "octopus",
        }
    }

    /// Mean seconds between blocks. Kaspa's is 0.1 s since May 2025; pools push at most about one
    /// job a second, which is what is generated.
    #[must_use]
    pub fn block_seconds(self) -> f64 {
        match self {
            Self::Btc | Self::Bch => 600.0,
            Self::Ltc | Self::Dash => 150.0,
            Self::Doge | Self::Rvn | Self::Grin | Self::Beam => 60.0,
            Self::Xmr | Self::Erg => 120.0,
            Self::Etc => 13.0,
            Self::Zec => 75.0,
            Self::Kas => 1.0,
            Self::Alph => 4.0,
            Self::Cfx => 0.5,
        }
    }

    /// A height of about the year 2026, which only decides how many digits heights have.
    #[must_use]
    pub fn usual_height(self) -> u64 {
        match self {
            Self::Btc | Self::Bch => 930_000,
            Self::Ltc => 3_000_000,
            Self::Doge => 6_000_000,
            Self::Dash => 2_400_000,
            Self::Xmr | Self::Grin => 3_580_000,
            Self::Etc => 23_500_000,
            Self::Zec => 3_200_000,
            Self::Rvn => 4_100_000,
            Self::Kas | Self::Cfx => 140_000_000,
            Self::Alph => 2_900_000,
            Self::Erg => 1_690_000,
            Self::Beam => 3_500_000,
        }
    }

    /// The rate of one usual device, in units per second.
    #[must_use]
    pub fn usual_rate(self) -> f64 {
        match self {
            Self::Btc | Self::Bch => 1e14,
            Self::Ltc | Self::Doge => 9.5e9,
            Self::Dash => 1.3e12,
            Self::Xmr => 9_000.0,
            Self::Etc => 6e7,
            Self::Zec => 1.4e5,
            Self::Rvn => 2.5e7,
            Self::Kas => 8e12,
            Self::Alph => 2e9,
            Self::Erg => 1.2e8,
            Self::Grin => 36.0,
            Self::Beam => 30.0,
            Self::Cfx => 5e7,
        }
    }

    /// What a rate counts: hashes, solutions or graphs.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Zec | Self::Beam => "Sol",
            Self::Grin => "graph",
            _ => "H",
        }
    }

    /// A wallet address that belongs to nobody, in one of the coin's formats, and whether it
    /// carries a checksum that is made here.
    #[must_use]
    pub fn wallet(self, rng: &mut Rng) -> (String, bool) {
        let form = rng.below(4);
        let hash = wallet::payload(rng, self.ticker());
        let base58 = |version: &[u8]| (wallet::base58check(version, &hash), true);
        match (self, form) {
            (Self::Btc | Self::Bch, 0) => base58(&[0x00]),
            (Self::Btc, 1) => base58(&[0x05]),
            (Self::Btc, 2) => (wallet::segwit("bc", 1, &wallet::point(rng)), true),
            (Self::Btc, _) => (wallet::segwit("bc", 0, &hash), true),
            (Self::Bch, _) => (wallet::bitcoin_cash(rng), true),
            (Self::Ltc, 0) => (wallet::segwit("ltc", 0, &hash), true),
            (Self::Ltc, _) => base58(&[0x30]),
            (Self::Doge, _) => base58(&[0x1e]),
            (Self::Dash, _) => base58(&[0x4c]),
            (Self::Zec, _) => base58(&[0x1c, 0xb8]),
            (Self::Rvn, _) => base58(&[0x3c]),
            (Self::Xmr, form) => (wallet::monero(rng, form == 0), true),
            (Self::Kas, _) => (wallet::kaspa(rng), true),
            (Self::Etc, 0 | 1) => (wallet::ethereum(rng), true),
            (Self::Etc | Self::Cfx, _) => (format!("0x{}", rng.hex(20)), false),
            (Self::Alph, _) => (format!("1{}", wallet::base58_text(rng, 44)), false),
            (Self::Erg, _) => (format!("9{}", wallet::base58_text(rng, 50)), false),
            (Self::Grin | Self::Beam, _) => (rng.hex(33), false),
        }
    }
}
