//! What captures say.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};
use strum::Display;

use crate::{Because, Provenance};

/// How far a contact with a pool was seen to go.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Grade {
    /// Its name was looked up.
    Queried,
    /// A connection stood.
    #[default]
    Connected,
    /// Recognised by timing and sizes alone.
    Behaviour,
    /// The pool accepted a login, or served work to this connection.
    LoggedIn,
    /// Work was handed in; whether it was accepted is counted apart.
    SharesSubmitted,
}

/// How a login ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginState {
    /// Asked; no answer was seen.
    #[default]
    Unanswered,
    /// The pool accepted it.
    Accepted,
    /// The pool refused it.
    Refused,
}

/// Whether an address proves itself.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Checksum {
    /// The checksum fits.
    Valid,
    /// The shape is right, the checksum does not fit.
    Invalid,
    /// The address carries no checksum: format only.
    #[default]
    None,
}

/// A wallet address named at login.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletSeen {
    /// The address, as written.
    pub address: String,
    /// The coins it may belong to, by symbol, likeliest first.
    pub coins: Vec<String>,
    /// `mainnet` or a test network.
    pub network: String,
    /// Whether it proves itself.
    pub checksum: Checksum,
}

/// A login name on a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The text given at login, for example `wallet.worker`.
    pub login: String,
    /// The account or wallet part of it.
    #[serde(default)]
    pub account: String,
    /// The worker or rig.
    #[serde(default)]
    pub worker: Option<String>,
    /// How the login ended.
    #[serde(default)]
    pub state: LoginState,
    /// The wallets in it.
    #[serde(default)]
    pub wallets: Vec<WalletSeen>,
}

/// How the name of a server was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum NameSource {
    /// The client said it to a proxy, in `Host` or in a mining message.
    Host,
    /// The client said it in a TLS hello.
    Sni,
    /// A DNS answer in the same capture gave this address.
    Dns,
}

/// A name of a server and how it was learnt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerName {
    /// The name, in lower case.
    pub name: String,
    /// How it was learnt.
    pub by: NameSource,
}

/// The address of the pool itself. Behind a proxy it is the one that the proxy was asked for, where
/// that was an address; `None` where it was a name. `carrier` is as in [`PoolSession`], `named` the
/// surest name of the server.
#[must_use]
pub fn pool_address(server: SocketAddr, carrier: &str, named: Option<&str>) -> Option<IpAddr> {
    let asked = named.and_then(|it| it.parse().ok());
    asked.or_else(|| (!is_tunnel(carrier)).then(|| server.ip()))
}

/// Whether a carrier leads through a proxy, which then is what the connection goes to.
#[must_use]
pub fn is_tunnel(carrier: &str) -> bool {
    carrier.split('+').any(|it| matches!(it, "socks4" | "socks5" | "http-connect"))
}

/// Shares of one connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shares {
    /// Handed in.
    pub submitted: u64,
    /// Accepted by the pool.
    pub accepted: u64,
    /// Rejected by the pool.
    pub rejected: u64,
    /// Of the rejected: too late, though the work was done.
    pub stale: u64,
}

/// What a difficulty counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifficultyUnit {
    /// Hashes a share is expected to cost.
    Hashes,
    /// Multiples of the pool's difficulty 1, which differs between algorithms.
    #[default]
    PoolDifficulty,
}

/// A difficulty in force from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Since when, in milliseconds since 1970.
    pub since_ms: i64,
    /// The difficulty.
    pub difficulty: f64,
}

/// One connection that spoke a mining dialect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolSession {
    /// The mining end.
    pub client: SocketAddr,
    /// The pool end.
    pub server: SocketAddr,
    /// The names of the pool end, the surest first.
    #[serde(default)]
    pub server_names: Vec<ServerName>,
    /// The dialect, for example `stratum-v1`.
    pub dialect: String,
    /// What carried it, for example `tcp`, `websocket`, `http-connect+websocket`.
    pub carrier: String,
    /// How far it went.
    pub grade: Grade,
    /// Why it was graded so.
    #[serde(default)]
    pub because: Vec<Because>,
    /// What the miner calls itself.
    #[serde(default)]
    pub agent: Option<String>,
    /// The algorithm the messages name.
    #[serde(default)]
    pub algorithm: Option<String>,
    /// The login names.
    #[serde(default)]
    pub accounts: Vec<Account>,
    /// Login names beyond those kept.
    #[serde(default)]
    pub accounts_beyond: u64,
    /// Jobs pushed or fetched.
    #[serde(default)]
    pub jobs: u64,
    /// When the first job came, in milliseconds since 1970.
    #[serde(default)]
    pub first_job_ms: Option<i64>,
    /// Shares.
    #[serde(default)]
    pub shares: Shares,
    /// When shares were handed in, in milliseconds since 1970, as far as kept.
    #[serde(default)]
    pub share_times_ms: Vec<i64>,
    /// When its jobs told of new blocks, in milliseconds since 1970; of few sessions only, those that
    /// tell most.
    #[serde(default)]
    pub block_times_ms: Vec<i64>,
    /// The difficulties.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// What `targets` and `exposure` count in.
    #[serde(default)]
    pub difficulty_unit: DifficultyUnit,
    /// The integral of `dt / difficulty` while a difficulty was in force: found shares are Poisson
    /// with mean hashrate times this.
    #[serde(default)]
    pub exposure: f64,
    /// Shares that met their target within that time.
    #[serde(default)]
    pub exposed_shares: u64,
    /// Seconds a difficulty was in force.
    #[serde(default)]
    pub exposed_s: f64,
    /// The hashrate that the miner reported of itself, in hashes per second.
    #[serde(default)]
    pub reported_hashrate: Option<f64>,
    /// Frames of the flow.
    #[serde(default)]
    pub frames: u64,
    /// Frame numbers worth finding again, by name: `login`, `share`, `accepted`, …; those in the
    /// artefact of the observation.
    #[serde(default)]
    pub marks: BTreeMap<Cow<'static, str>, u64>,
    /// Where the flow went on in later parts of a rotated capture.
    #[serde(default)]
    pub continued: Vec<Provenance>,
    /// Whether another capture tells of the same connection at least as fully; then this account
    /// is listed and counts for nothing.
    #[serde(default)]
    pub repeated: bool,
    /// Whether another capture tells of the same connection more fully, though not of all that
    /// this account has: it counts as evidence, and not as another session.
    #[serde(default)]
    pub shared: bool,
}

/// A connection to a name of interest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolContact {
    /// The end that opened it.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// The name and how it was learnt.
    pub name: ServerName,
    /// What carried it: `tls`, `tcp`, `udp`, `http-connect`, …
    pub carrier: String,
    /// Whether the server answered at all.
    pub answered: bool,
    /// Payload bytes from the client.
    #[serde(default)]
    pub bytes_up: u64,
    /// Payload bytes from the server.
    #[serde(default)]
    pub bytes_down: u64,
    /// Frames of the flow.
    #[serde(default)]
    pub frames: u64,
}

/// A TCP connection to a port of interest of which nothing else is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortContact {
    /// The end that opened it; where the beginning was not captured, the one at the other port.
    pub client: SocketAddr,
    /// The end at the port.
    pub server: SocketAddr,
    /// Payload bytes from the client.
    #[serde(default)]
    pub bytes_up: u64,
    /// Payload bytes from the server.
    #[serde(default)]
    pub bytes_down: u64,
    /// Frames of the flow.
    #[serde(default)]
    pub frames: u64,
}

/// Look-ups of one name by one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameLookup {
    /// Who asked; a resolver asks for others.
    pub client: IpAddr,
    /// Who was asked.
    pub resolver: IpAddr,
    /// The name, in lower case.
    pub name: String,
    /// How often.
    pub count: u64,
    /// The addresses answered, as far as seen.
    #[serde(default)]
    pub answers: Vec<IpAddr>,
}

/// Traffic of a node of a cryptocurrency network: not pool mining.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeTraffic {
    /// The end that opened it.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// The network, for example `bitcoin`.
    pub network: String,
    /// Frames of the flow.
    pub frames: u64,
}
