//! Pools, ports, nodes, coins and algorithms.

use serde::{Deserialize, Serialize};

use super::{Day, Entry};

/// What a pool-like service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PoolKind {
    /// A mining pool.
    Pool,
    /// A proxy or relay in front of pools, public or a malware operator's.
    Proxy,
    /// A service or server for mining inside web pages.
    Browser,
    /// Where a mining program takes its developer's fee.
    Donation,
    /// A marketplace where hashrate is sold and rented.
    Marketplace,
    /// A platform that runs fleets of mining machines.
    FarmManager,
    /// Names of a coin's nodes, such as DNS seeds.
    NodeService,
    /// A mining company's or a shop's web site without known pool servers.
    WebOnly,
}

/// A mining pool or a service like it, and the names it answers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Its own name.
    pub name: String,
    /// What it is.
    #[serde(default = "pool")]
    pub kind: PoolKind,
    /// Suffixes that belong to it whole; its web pages live there too.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Names of its mining servers; each stands for itself and everything below it.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Ports its mining servers listen on, as far as known.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Symbols of the coins it mines or mined.
    #[serde(default)]
    pub coins: Vec<String>,
    /// Whether its addresses are shared with other sites (a CDN, shared hosting): the address alone then says nothing.
    #[serde(default)]
    pub shared: bool,
    /// Whether the same names serve web pages and miners, so that no name below `domains` speaks for mining.
    #[serde(default)]
    pub mixed_use: bool,
    /// What a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

fn pool() -> PoolKind {
    PoolKind::Pool
}

impl Entry for Pool {
    fn key(&self) -> String {
        self.name.to_lowercase()
    }

    fn host_names(&self) -> Vec<&str> {
        self.domains.iter().chain(&self.hosts).map(String::as_str).collect()
    }

    fn lint(&self) -> Result<(), String> {
        if self.domains.is_empty() && self.hosts.is_empty() {
            return Err(format!("`{}` has neither `domains` nor `hosts`", self.name));
        }
        Ok(())
    }
}

/// What a port is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortUse {
    /// Plain pool protocol.
    Stratum,
    /// Pool protocol inside TLS.
    StratumTls,
    /// Control interface of a mining program or machine; the miner is the server here.
    MinerApi,
    /// Discovery broadcasts of mining machines.
    MinerDiscovery,
}

/// A port that pools or miners like. Always weak: half of all pools sit on ports of the web or of mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// The port number.
    #[serde(rename = "port")]
    pub number: u16,
    /// What for.
    #[serde(rename = "use")]
    pub usage: PortUse,
    /// Whether it is UDP rather than TCP.
    #[serde(default)]
    pub udp: bool,
    /// Whether ordinary programs use it so often that it is not even a hint.
    #[serde(default)]
    pub common: bool,
    /// Pools, coins or mining programs known on it.
    #[serde(default)]
    pub seen_for: Vec<String>,
    /// Ordinary uses.
    #[serde(default)]
    pub also: Vec<String>,
}

impl Entry for Port {
    fn key(&self) -> String {
        format!("{}/{:?}", self.number, self.usage)
    }

    fn lint(&self) -> Result<(), String> {
        if self.number == 0 {
            return Err("`port` = 0 is not a port".to_owned());
        }
        Ok(())
    }
}

/// A port of a coin's node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePort {
    /// The port number.
    pub port: u16,
    /// What for: `p2p`, `rpc`, `p2p-test`, `farmer`, `harvester`, ...
    pub role: String,
    /// Whether it is UDP rather than TCP.
    #[serde(default)]
    pub udp: bool,
}

/// A coin's peer-to-peer network: running a node is not pool mining.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// The network's name.
    pub network: String,
    /// Its ports.
    pub ports: Vec<NodePort>,
    /// Programs that run such a node.
    #[serde(default)]
    pub programs: Vec<String>,
    /// What a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

impl Entry for Node {
    fn key(&self) -> String {
        self.network.to_lowercase()
    }
}

/// How coins of a kind come into being.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoinKind {
    /// Proof of work.
    Work,
    /// Proof of work until `ended`.
    WorkEnded,
    /// Proof of storage or of space.
    Storage,
    /// Useful-work or other schemes that load devices like mining does.
    Other,
}

/// A coin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coin {
    /// Ticker symbol in capitals.
    pub symbol: String,
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// Other symbols and names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How it is produced.
    #[serde(default = "work")]
    pub kind: CoinKind,
    /// Name in the table of algorithms; none for storage.
    #[serde(default)]
    pub algorithm: Option<String>,
    /// Target time between blocks, seconds.
    #[serde(default)]
    pub block_seconds: Option<f64>,
    /// The last day of proof of work.
    #[serde(default)]
    pub ended: Option<Day>,
    /// How its addresses look: names of the forms in the wallet decoder.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// What a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

fn work() -> CoinKind {
    CoinKind::Work
}

impl Entry for Coin {
    fn key(&self) -> String {
        self.symbol.clone()
    }

    fn lint(&self) -> Result<(), String> {
        if self.symbol.chars().any(char::is_lowercase) {
            return Err(format!("`symbol` = \"{}\" is written in capitals", self.symbol));
        }
        if (self.kind == CoinKind::WorkEnded) != self.ended.is_some() {
            return Err(format!("`{}`: `ended` belongs to kind \"work-ended\"", self.symbol));
        }
        Ok(())
    }
}

/// A proof-of-work algorithm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Algorithm {
    /// Its common name in lower case.
    pub name: String,
    /// What miners and pools call it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Unit of its hashrate: `H/s`, `Sol/s` or `G/s` (graphs).
    pub unit: String,
    /// Hashes expected per share at pool difficulty 1; none where the share's target says it.
    #[serde(default)]
    pub hashes_per_difficulty: Option<f64>,
    /// Devices it is mined on: `cpu`, `gpu`, `asic`.
    #[serde(default)]
    pub devices: Vec<String>,
    /// Working memory per thread or card in MiB, where it is characteristic.
    #[serde(default)]
    pub memory_mib: Option<u32>,
    /// What a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

impl Entry for Algorithm {
    fn key(&self) -> String {
        self.name.clone()
    }

    fn lint(&self) -> Result<(), String> {
        if !["H/s", "Sol/s", "G/s"].contains(&self.unit.as_str()) {
            return Err(format!("`unit` = \"{}\" is none of H/s, Sol/s, G/s", self.unit));
        }
        if self.hashes_per_difficulty.is_some_and(|it| !it.is_finite() || it <= 0.0) {
            return Err(format!("`hashes_per_difficulty` of \"{}\" is not positive", self.name));
        }
        Ok(())
    }
}
