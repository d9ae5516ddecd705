//! Life that is not mining, with a liking for what looks like it.
//!
//! Each kind is one or a few flows of one host. Names are from the reserved example domains,
//! except where a look-up of a known name is the point.

mod dns;
mod quiet;
mod rpc;
mod socket;
mod web;

pub use dns::lookup;

use std::net::{IpAddr, SocketAddr};

use crate::dialogue::{Dialogue, nanos};
use crate::packets::Shape;
use crate::rng::Rng;
use crate::scenario::Generated;

/// A kind of innocent life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Innocent {
    /// An editor and its language server over TCP.
    Lsp,
    /// A wallet that reads an Ethereum node over HTTP.
    EthereumWallet,
    /// The same over a WebSocket, subscribed to new heads.
    EthereumSocket,
    /// An Electrum wallet: `server.version`, `blockchain.*`.
    Electrum,
    /// A wallet that asks Bitcoin Core, `getmininginfo` included.
    BitcoinWallet,
    /// A Monero wallet that refreshes from a node.
    MoneroWallet,
    /// A Model Context Protocol client and its tools over HTTP.
    Mcp,
    /// A remote control for Kodi.
    Kodi,
    /// A front end for aria2 over a WebSocket.
    Aria2,
    /// A batch system whose JSON lines say `login`, `job` and `submit`.
    JobService,
    /// A build dashboard whose WebSocket messages have the types `auth`, `job` and `submit`.
    BuildDashboard,
    /// Prices of coins pushed over a WebSocket.
    PriceTicker,
    /// A library that answers `{"result":true,"error":null,"id":n}` as pools do.
    PlainRpc,
    /// Ordinary look-ups.
    Dns,
    /// Web pages about mining, with pool addresses in the text.
    PoolArticle,
    /// A pool's own web site with its statistics, read by a person.
    PoolWebSite,
    /// A monitor that asks a node for a template once a minute, to see whether it is in step.
    TemplateMonitor,
    /// A recording of a session at a pool, sent by one end.
    Transcript,
    /// A sensor with MQTT keepalives.
    Mqtt,
    /// A chat about pools over IRC.
    Irc,
    /// The time.
    Ntp,
    /// A database dump with stratum URLs in it.
    DatabaseDump,
    /// A file fetched in one go.
    Download,
}

impl Innocent {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Lsp,
        Self::EthereumWallet,
        Self::EthereumSocket,
        Self::Electrum,
        Self::BitcoinWallet,
        Self::MoneroWallet,
        Self::Mcp,
        Self::Kodi,
        Self::Aria2,
        Self::JobService,
        Self::BuildDashboard,
        Self::PriceTicker,
        Self::PlainRpc,
        Self::Dns,
        Self::PoolArticle,
        Self::PoolWebSite,
        Self::TemplateMonitor,
        Self::Transcript,
        Self::Mqtt,
        Self::Irc,
        Self::Ntp,
        Self::DatabaseDump,
        Self::Download,
    ];

    /// The name in the truth.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lsp => "lsp",
            Self::EthereumWallet => "ethereum-wallet",
            Self::EthereumSocket => "ethereum-socket",
            Self::Electrum => "electrum",
            Self::BitcoinWallet => "bitcoin-wallet",
            Self::MoneroWallet => "monero-wallet",
            Self::Mcp => "mcp",
            Self::Kodi => "kodi",
            Self::Aria2 => "aria2",
            Self::JobService => "job-service",
            Self::BuildDashboard => "build-dashboard",
            Self::PriceTicker => "price-ticker",
            Self::PlainRpc => "plain-rpc",
            Self::Dns => "dns",
            Self::PoolArticle => "pool-article",
            Self::PoolWebSite => "pool-web-site",
            Self::TemplateMonitor => "template-monitor",
            Self::Transcript => "transcript",
            Self::Mqtt => "mqtt",
            Self::Irc => "irc",
            Self::Ntp => "ntp",
            Self::DatabaseDump => "database-dump",
            Self::Download => "download",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What one host does of this kind, from `start_ns` for about `seconds`.
    #[must_use]
    pub fn dialogues(self, host: IpAddr, start_ns: u64, seconds: f64, seed: u64) -> Vec<Dialogue> {
        let mut rng = Rng::new(seed).fork(self.name());
        let stage = Stage { kind: self, host, start_ns, end_ns: start_ns + nanos(seconds) };
        match self {
            Self::Lsp => rpc::lsp(&stage, &mut rng),
            Self::EthereumWallet => rpc::ethereum_wallet(&stage, &mut rng),
            Self::Electrum => rpc::electrum(&stage, &mut rng),
            Self::BitcoinWallet => rpc::bitcoin_wallet(&stage, &mut rng),
            Self::MoneroWallet => rpc::monero_wallet(&stage, &mut rng),
            Self::Mcp => rpc::mcp(&stage, &mut rng),
            Self::Kodi => rpc::kodi(&stage, &mut rng),
            Self::JobService => rpc::job_service(&stage, &mut rng),
            Self::PlainRpc => rpc::plain_rpc(&stage, &mut rng),
            Self::EthereumSocket => socket::ethereum(&stage, &mut rng),
            Self::Aria2 => socket::aria2(&stage, &mut rng),
            Self::BuildDashboard => socket::build_dashboard(&stage, &mut rng),
            Self::PriceTicker => socket::price_ticker(&stage, &mut rng),
            Self::Dns => dns::ordinary(&stage, &mut rng),
            Self::PoolArticle => web::pool_article(&stage, &mut rng),
            Self::PoolWebSite => web::pool_web_site(&stage, &mut rng),
            Self::Download => web::download(&stage, &mut rng),
            Self::TemplateMonitor => rpc::template_monitor(&stage, &mut rng),
            Self::Transcript => quiet::transcript(&stage, &mut rng),
            Self::Mqtt => quiet::mqtt(&stage, &mut rng),
            Self::Irc => quiet::irc(&stage, &mut rng),
            Self::Ntp => quiet::ntp(&stage, &mut rng),
            Self::DatabaseDump => quiet::database_dump(&stage, &mut rng),
        }
    }

    /// The same as frames with their truth, on plain Ethernet.
    #[must_use]
    pub fn generate(self, host: IpAddr, start_ns: u64, seconds: f64, seed: u64) -> Generated {
        let dialogues = self.dialogues(host, start_ns, seconds, seed);
        Generated::from_dialogues(&dialogues, &Shape::default(), seed)
    }
}

/// Who does it and when.
struct Stage {
    kind: Innocent,
    host: IpAddr,
    start_ns: u64,
    end_ns: u64,
}

impl Stage {
    /// A TCP flow of this host to a server outside.
    fn tcp(&self, rng: &mut Rng, server: [u8; 4], port: u16) -> Dialogue {
        let client = SocketAddr::new(self.host, high_port(rng));
        let server = SocketAddr::from((server, port));
        let mut dialogue = Dialogue::tcp(client, server, self.start_ns, self.kind.name());
        dialogue.rtt_ns = nanos(rng.between(0.005, 0.06));
        dialogue
    }

    /// A UDP flow of this host.
    fn udp(&self, rng: &mut Rng, server: [u8; 4], port: u16, start_ns: u64) -> Dialogue {
        let client = SocketAddr::new(self.host, high_port(rng));
        let server = SocketAddr::from((server, port));
        let mut dialogue = Dialogue::udp(client, server, start_ns, self.kind.name());
        dialogue.rtt_ns = nanos(rng.between(0.002, 0.03));
        dialogue
    }

    /// Times from `from_ns` to the end, about `gap` seconds apart.
    fn times(&self, rng: &mut Rng, from_ns: u64, gap: f64) -> Vec<u64> {
        let mut out = Vec::new();
        let mut now = from_ns + nanos(rng.between(0.2, gap.min(3.0)));
        while now < self.end_ns {
            out.push(now);
            // never closer than a slow answer
            now += nanos(rng.exponential(gap).max(0.25));
        }
        out
    }
}

fn high_port(rng: &mut Rng) -> u16 {
    32_768 + u16::try_from(rng.below(28_000)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_something_and_none_is_mining() {
        for kind in Innocent::ALL {
            let host = IpAddr::from([192, 168, 1, 40]);
            let made = kind.generate(host, 1_000_000_000, 120.0, 5);
            assert!(made.frames.len() > 1, "{}", kind.name());
            assert_eq!(made.truth.mining().count(), 0);
            assert_eq!(Innocent::from_name(kind.name()), Some(kind));
        }
    }
}
