//! A miner's settings, told by their structure: a configuration file or a command line.
//!
//! Names say nothing, for programs are renamed and people open files called `xmrig.json` in their
//! editors. What stays is what the miner must be told: a pool, whom to pay, and how to compute.
//! Passwords are never kept.

mod command;
mod json;
mod shapes;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

pub use command::command_line;
pub use json::json;

/// Most bytes of a configuration file that are read; a longer one is refused.
pub const MAX_CONFIG: usize = 256 * 1024;
/// Most pools kept of one configuration.
pub const MAX_POOLS: usize = 32;
/// Most arguments of a command line that are looked at.
pub const MAX_ARGUMENTS: usize = 512;
/// Most bytes kept of any one text.
pub const MAX_TEXT: usize = 256;

/// Why the settings are taken for a miner's.
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
    EnumString,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Strength {
    /// Settings that belong together only in a miner: a pool's address with a verified wallet, with
    /// an algorithm that is computed for coins alone, or with switches that only miners have.
    OptionSet,
    /// A pool named by a scheme that only miners use, such as `stratum+tcp://`.
    StratumUrl,
}

/// Whose way of writing a configuration it is. Other programs copy these, so that it says less
/// about the program than about the format.
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
    EnumString,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Family {
    /// XMRig and its many copies.
    Xmrig,
    /// XMRig's proxy: it collects the work of other machines.
    XmrigProxy,
    /// xmr-stak: `pool_list` of `pool_address` and `wallet_address`.
    XmrStak,
    /// lolMiner: `POOLS` in profiles, keys in capitals.
    LolMiner,
    /// `BzMiner`: `pool_configs`.
    BzMiner,
    /// A list of pools beside other settings, as cgminer and T-Rex write it.
    PoolList,
    /// One pool at the top, as ccminer, cpuminer and `NBMiner` write it.
    Flat,
}

/// A pool that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its address as written, without a login in it.
    pub url: String,
    /// Whom it pays: a wallet or an account, with the worker's name as written.
    pub user: Option<String>,
    /// The algorithm or coin named for it.
    pub algorithm: Option<String>,
}

/// A miner's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinerConfig {
    /// Whose format it is.
    pub family: Family,
    /// The pools named, at most [`MAX_POOLS`]; none in a file whose pool is given elsewhere.
    pub pools: Vec<Pool>,
    /// The settings that only miners have, by their names, in alphabetical order.
    pub settings: Vec<&'static str>,
    /// Why it is taken for a miner's.
    pub strength: Strength,
}

/// A miner's command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinerCommand {
    /// The pool's address as written, without a login in it.
    pub pool_url: Option<String>,
    /// Whom it pays, with the worker's name as written.
    pub user: Option<String>,
    /// The algorithm or coin named.
    pub algorithm: Option<String>,
    /// The switches that only miners have, in alphabetical order.
    pub options: Vec<&'static str>,
    /// Why it is taken for a miner's.
    pub strength: Strength,
}

/// What speaks for a miner in either kind of settings.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    server: Server,
    payee: Payee,
    /// Whether an algorithm is named that is computed for coins alone.
    algorithm: bool,
    /// How many settings only miners have.
    exclusive: usize,
}

/// The most telling way in which settings name a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Server {
    #[default]
    Unnamed,
    /// Host and port, where any program's server may stand.
    Any,
    /// Host and port, where nothing but a pool stands.
    Pool,
    /// A scheme that only miners use.
    Stratum,
}

/// The most telling way in which settings name whom to pay: an address that verification does not
/// refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Payee {
    #[default]
    Unnamed,
    /// Where whatever has a wallet names it.
    Wallet,
    /// Where a login stands.
    Login,
}

impl Signs {
    /// The combinations that no other program's settings have. A server with a wallet is not one
    /// of them: whatever speaks to a coin's node has both.
    fn weigh(self) -> Option<Strength> {
        let pays = match self.payee {
            Payee::Unnamed => false,
            Payee::Wallet => self.server >= Server::Pool || self.exclusive > 0,
            Payee::Login => self.server >= Server::Any || self.exclusive > 0,
        };
        let computes = self.server >= Server::Any && (self.algorithm || self.exclusive > 0)
            || self.exclusive + usize::from(self.algorithm) > 2;
        if self.server == Server::Stratum {
            Some(Strength::StratumUrl)
        } else {
            (pays || computes).then_some(Strength::OptionSet)
        }
    }
}

/// At most [`MAX_TEXT`] bytes of a text.
fn shorten(text: &str) -> String {
    let end = (0..=MAX_TEXT.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}
