//! What is left of a connection that spoke a mining dialect.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::{End, Stamp};

/// Most accounts kept per connection; a proxy may carry hundreds. Further ones are counted.
pub const MAX_ACCOUNTS: usize = 64;
/// Most bytes kept of any one text taken from the wire.
pub const MAX_TEXT: usize = 256;
/// Most changes of difficulty kept per connection, evenly thinned beyond.
pub const MAX_TARGETS: usize = 128;
/// Most share times kept per connection; further shares are counted, not timed.
pub const MAX_SHARE_TIMES: usize = 1024;

/// Most times of new blocks kept per connection, the first ones.
pub const MAX_BLOCK_TIMES: usize = 2048;

/// The language that miner and pool spoke.
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
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Dialect {
    /// Bitcoin-like Stratum version 1: `mining.subscribe`, `mining.notify` with nine parameters.
    #[serde(rename = "stratum-v1")]
    #[strum(serialize = "stratum-v1")]
    StratumV1,
    /// Zcash-like Stratum: `mining.set_target`, solutions of over a hundred bytes.
    Equihash,
    /// Monero-like `login`, `job`, `submit`, `keepalived`.
    Cryptonote,
    /// `eth_submitLogin`, `eth_getWork`, `eth_submitWork` over a byte stream.
    Ethproxy,
    /// `EthereumStratum/1.0.0`, spoken by NiceHash.
    #[serde(rename = "ethereum-stratum-1")]
    #[strum(serialize = "ethereum-stratum-1")]
    EthereumStratum1,
    /// `EthereumStratum/2.0.0`, EIP-1571.
    #[serde(rename = "ethereum-stratum-2")]
    #[strum(serialize = "ethereum-stratum-2")]
    EthereumStratum2,
    /// `eth_getWork` asked again and again over HTTP.
    EthGetwork,
    /// Bitcoin's `getwork` over HTTP.
    Getwork,
    /// Bitcoin's `getblocktemplate` polled over HTTP.
    Getblocktemplate,
    /// Ravencoin-like KawPoW and ProgPoW.
    Kawpow,
    /// kHeavyHash.
    Kaspa,
    /// `AlephiumStratum/1.0.0`.
    Alephium,
    /// Autolykos 2.
    Ergo,
    /// Cuckatoo.
    Grin,
    /// BeamHash.
    Beam,
    /// Octopus.
    Conflux,
    /// Stratum version 2 in plain framing.
    #[serde(rename = "stratum-v2")]
    #[strum(serialize = "stratum-v2")]
    StratumV2,
    /// Mining in a web page: `auth`, `authed`, `job`, `submit`, `hash_accepted`.
    Coinhive,
    /// Nimiq's `register` and block shares over WebSocket.
    Nimiq,
    /// A chain whose messages are mining by their shape, though the family could not be told.
    #[serde(rename = "stratum-other")]
    #[strum(serialize = "stratum-other")]
    StratumOther,
}

/// What carried a dialect, besides TCP itself.
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
pub enum Carrier {
    /// Bodies of HTTP requests and responses.
    Http,
    /// WebSocket messages.
    Websocket,
    /// A SOCKS version 4 or 4a tunnel.
    Socks4,
    /// A SOCKS version 5 tunnel.
    Socks5,
    /// A tunnel opened with HTTP CONNECT.
    HttpConnect,
    /// Compressed on request, as Alephium's `connection.set_gzip`.
    Gzip,
    /// TLS; nothing inside was read.
    Tls,
}

impl Carrier {
    /// Whether it is a proxy that leads on to whom it is asked for.
    #[must_use]
    pub fn is_proxy(self) -> bool {
        matches!(self, Self::Socks4 | Self::Socks5 | Self::HttpConnect)
    }
}

/// How a login ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    /// Asked; no answer was seen.
    Unanswered,
    /// The pool accepted it.
    Accepted,
    /// The pool refused it.
    Refused,
}

/// One login name seen on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The text given at login, at most [`MAX_TEXT`] bytes: `wallet.worker`, `account.worker`, …
    pub login: String,
    /// The worker named apart from the login (`rigid`, `"worker"`, `/wallet/worker`, `?miner=`).
    pub worker: Option<String>,
    /// How its login ended.
    pub state: Login,
    /// Where it was first named.
    pub seen: Stamp,
}

/// A difficulty in force from a moment on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Since when.
    pub since: Stamp,
    /// The difficulty in the session's [`DifficultyUnit`].
    pub difficulty: f64,
}

/// What a difficulty counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DifficultyUnit {
    /// Hashes a share is expected to cost: 2^256 / target, or 2^32 / (32-bit target).
    Hashes,
    /// Multiples of the pool's difficulty 1, which differs between algorithms: 2^32 hashes for
    /// SHA-256d, 2^16 for scrypt.
    PoolDifficulty,
}

/// A moment of a session worth finding again.
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
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Mark {
    /// The first frame of the flow.
    First,
    /// The tunnel, upgrade or request that carried the rest.
    Carrier,
    /// The miner introduced itself.
    Subscribe,
    /// The first login.
    Login,
    /// The first answer to a login.
    LoginAnswer,
    /// The first job.
    Job,
    /// The first difficulty.
    Difficulty,
    /// The first share.
    Share,
    /// The first accepted share.
    Accepted,
    /// The first rejected share.
    Rejected,
    /// The last share.
    LastShare,
    /// The last frame of a flow that either end closed or broke off.
    Closed,
    /// The last frame of the flow.
    Last,
}

/// What is left of a connection that spoke a mining dialect.
///
/// `miner` is the end that mines, by what was said, whichever end opened the connection.
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The language spoken.
    pub dialect: Dialect,
    /// What carried it, outermost first; empty is TCP alone.
    pub carriers: Vec<Carrier>,
    /// The end that mines.
    pub miner: End,
    /// The host the miner asked a proxy for, or named in a `Host` header, with its port if given.
    pub named_host: Option<String>,
    /// Whether the miner introduced its software (`mining.subscribe`, `mining.hello`, …).
    pub subscribed: bool,
    /// What the miner calls itself, for example `cgminer/4.10.0`.
    pub agent: Option<String>,
    /// The algorithm or protocol the messages name, for example `rx/0`, `EthereumStratum/1.0.0`.
    pub algorithm: Option<String>,
    /// The login names, in the order seen.
    pub accounts: Vec<Account>,
    /// How many further login names were not kept.
    pub accounts_beyond: u64,
    /// Jobs pushed by the pool or fetched by the miner.
    pub jobs: u64,
    /// Requests for work (`getwork`, `getblocktemplate`, `eth_getWork`) and how many of them
    /// were answered with work.
    pub work_requests: u64,
    /// See `work_requests`.
    pub work_answers: u64,
    /// Shares handed in.
    pub submitted: u64,
    /// Shares the pool accepted.
    pub accepted: u64,
    /// Shares the pool rejected, for any reason.
    pub rejected: u64,
    /// Of the rejected: those that came too late, though the work was done.
    pub stale: u64,
    /// The difficulties, in the order seen.
    pub targets: Vec<Target>,
    /// What `targets` and `exposure` count in.
    pub difficulty_unit: DifficultyUnit,
    /// The integral of `dt / difficulty` over the time a difficulty was in force, in seconds per
    /// [`DifficultyUnit`]. Shares found are Poisson with mean hashrate times this, whatever the
    /// pool did to the difficulty meanwhile.
    pub exposure: f64,
    /// Shares that met their target within that time: accepted, stale or unanswered.
    pub exposed_shares: u64,
    /// Seconds during which a difficulty was known.
    pub exposed_s: f64,
    /// The hashrate the miner reported of itself last, in hashes per second.
    pub reported_hashrate: Option<f64>,
    /// When shares were handed in, at most [`MAX_SHARE_TIMES`].
    pub share_times_ns: Vec<i64>,
    /// When a job first built on another block than the job before, at most [`MAX_BLOCK_TIMES`]: so
    /// soon the pool had heard of it and told.
    pub block_times_ns: Vec<i64>,
    /// Moments worth finding again.
    pub marks: BTreeMap<Mark, Stamp>,
    /// Frames of the flow.
    pub frames: u64,
    /// Messages that belong to the dialect.
    pub messages: u64,
    /// Messages that did not decode.
    pub malformed: u64,
    /// Whether bytes were lost or the beginning was not captured.
    pub gaps: bool,
    /// Whether the flow was seen to begin.
    pub from_start: bool,
    /// Whether shares in words that are everyone's are all there is: no job, no login that says
    /// more.
    pub shares_alone: bool,
    /// Whether all that was said is the methods' names, or questions that a monitor puts too: no job
    /// or share of a real shape, no difficulty, nothing that only a program that mines asks.
    pub words_alone: bool,
    /// Whether most messages came at once, as a file comes and not a session.
    pub at_once: bool,
    /// Whether the end that was not heard sent nothing either, as far as the other acknowledged:
    /// then it was no half of a session that was captured.
    pub unanswered: bool,
    /// Whether only the miner was heard; what the pool sent was not captured, or it sent nothing.
    pub pool_unheard: bool,
    /// Whether only the pool was heard: then shares are counted by what sounds like answers to
    /// them, which other questions may have had too.
    pub overheard: bool,
}
