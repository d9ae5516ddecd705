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
    /// "tcp", "http", "http-connect", "socks5" or "websocket".
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
    /// The sum of the work of accepted shares, in `unit`.
    pub accepted_work: f64,
    /// Messages with work: jobs pushed or fetched.
    pub jobs: u64,
    /// When the login was answered, nanoseconds since 1970.
    pub logged_in_ns: u64,
    /// When the session ended, nanoseconds since 1970.
    pub ended_ns: u64,
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
