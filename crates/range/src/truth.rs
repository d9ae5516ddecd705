//! What is true about generated traffic, flow by flow: the answer sheet.
//!
//! The truth describes what was said, before any impairment of the capture; the impairments that
//! were applied are named beside it.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The truth about one generated capture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// One entry per TCP connection or UDP exchange, in order of start.
    pub flows: Vec<Flow>,
    /// What was done to the packets afterwards ("loss 0.01", "snaplen 96"), in order.
    pub impairments: Vec<String>,
}

impl Truth {
    /// The flows that are mining.
    pub fn mining(&self) -> impl Iterator<Item = (&Flow, &Mining)> {
        self.flows.iter().filter_map(|flow| flow.mining.as_ref().map(|mining| (flow, mining)))
    }
}

/// The truth about one flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// "tcp" or "udp".
    pub transport: String,
    /// The end that opened.
    pub client: SocketAddr,
    /// The end that listened.
    pub server: SocketAddr,
    /// "mining" or the name of the innocent kind.
    pub kind: String,
    /// First packet, nanoseconds since 1970.
    pub start_ns: u64,
    /// Last packet, nanoseconds since 1970.
    pub end_ns: u64,
    /// Present when the flow is mining.
    pub mining: Option<Mining>,
}

/// The truth about one mining session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mining {
    /// The dialect's name, as `scenario::Dialect::name` gives it.
    pub dialect: String,
    /// The carrier from the outside in: "tcp", "http", "http-connect", "socks5", "websocket",
    /// "tls", "https", "wss", "noise", "http-connect+tls" and the like.
    pub carrier: String,
    /// The coin's ticker in upper case.
    pub coin: String,
    /// The algorithm's family name.
    pub algorithm: String,
    /// Mean true rate over the logged-in time, in `unit` per second.
    pub hashrate: f64,
    /// What is counted: "H", "Sol" (solutions) or "graph".
    pub unit: String,
    /// The mining program's name as it presents itself, when the dialect has a place for it.
    pub agent: Option<String>,
    /// The logins that were sent, in order.
    pub logins: Vec<LoginTruth>,
    /// The shares.
    pub shares: Shares,
    /// How many shares were to be expected: the integral of the rate over the work per share in
    /// force. Of those, chance makes the ones submitted.
    #[serde(default)]
    pub expected_shares: f64,
    /// The sum of the work of accepted shares, in `unit`.
    pub accepted_work: f64,
    /// Messages with work: jobs pushed or fetched.
    pub jobs: u64,
    /// When the login was answered, nanoseconds since 1970.
    pub logged_in_ns: u64,
    /// When the session ended, nanoseconds since 1970.
    pub ended_ns: u64,
    /// The true rate from these times on (nanoseconds since 1970), where it changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<(u64, f64)>,
    /// What the encryption shows, if the carrier has TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsTruth>,
    /// "ssh", "wireguard", "openvpn-udp", "openvpn-tcp" or "shadowsocks", if all this goes through
    /// a tunnel; the flow's addresses are then the tunnel's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tunnel: Option<String>,
    /// "behind-proxy" for a miner at a proxy inside the network, "proxy-upstream" for that proxy's
    /// connection to the pool, whose rate is the sum of theirs; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// What was done to escape notice: "no-sni", "fake-sni", "padding", "jitter", "throttled",
    /// "hours", "tunnel".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evasion: Vec<String>,
    /// "never", "between", "after-job" or "steady": how the pool refreshes jobs between blocks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refresh: String,
    /// The seconds of that timer, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_seconds: Option<f64>,
    /// When jobs came with a block, nanoseconds since 1970; empty where the coin has a block
    /// every ten seconds or faster, and for dialects that fetch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block_times: Vec<u64>,
}

/// What a TLS handshake shows to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsTruth {
    /// "1.2" or "1.3".
    pub version: String,
    /// The name in the hello.
    pub sni: Option<String>,
    /// The protocol agreed on with ALPN.
    pub alpn: Option<String>,
    /// How much longer a record is than its message, in bytes, before padding.
    pub record_overhead: usize,
}

/// One login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginTruth {
    /// The whole name as sent ("wallet.worker").
    pub account: String,
    /// The worker's part.
    pub worker: Option<String>,
    /// The wallet's part, if the account is a wallet.
    pub wallet: Option<String>,
    /// Whether the wallet carries a checksum that holds; a format without one says false.
    pub wallet_checksum: bool,
}

/// Counts of shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// Sent by the miner.
    pub submitted: u64,
    /// Answered as good.
    pub accepted: u64,
    /// Answered as stale or too easy.
    pub rejected: u64,
}
