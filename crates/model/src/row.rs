//! Rows: lines for the lists of a report. Listed, never scored.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Serialize;
use strum::Display;

use crate::{Because, EntityId, Evidence, Grade, LoginState, Shares, Target, WalletSeen};

/// A line for a list in the report.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "list", rename_all = "snake_case")]
pub enum Row {
    /// A flow that is evidence of mining.
    Session(Box<SessionRow>),
    /// A node of a cryptocurrency network.
    Node(NodeRow),
    /// A device worth listing.
    Device(DeviceRow),
    /// A program worth listing.
    Program(ProgramRow),
}

/// An estimate with the interval that holds the truth nine times in ten.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The best estimate.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The unit, for example `H/s`, `Sol/s`.
    pub unit: &'static str,
}

/// A range that depends on the class of device that does the work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerRange {
    /// The least, in watts.
    pub low: f64,
    /// The most, in watts.
    pub high: f64,
    /// Per class of device: its id, the least and the most, in watts.
    pub by_class: Vec<(String, f64, f64)>,
}

/// Where the server stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Region {
    /// No table of addresses was given.
    NotAssessed,
    /// The address belongs to no country: private, reserved or unlisted.
    Unknown,
    /// Inside the home country.
    Domestic,
    /// Outside it; the country's code.
    #[strum(to_string = "overseas")]
    Overseas(String),
}

/// A login on a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Login {
    /// The text given.
    pub login: String,
    /// The account or wallet part.
    pub account: String,
    /// The worker.
    pub worker: Option<String>,
    /// How it ended.
    pub state: LoginState,
}

/// A flow that is evidence of mining.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionRow {
    /// Whom it is about.
    pub about: EntityId,
    /// The mining end.
    pub client: SocketAddr,
    /// The pool end.
    pub server: SocketAddr,
    /// The surest name of the pool end.
    pub server_name: Option<String>,
    /// The pool known under that name.
    pub pool: Option<String>,
    /// The dialect; empty where nothing inside could be read.
    pub dialect: String,
    /// What carried it.
    pub carrier: String,
    /// The coin or family of coins, likeliest.
    pub coin: Option<String>,
    /// The algorithm.
    pub algorithm: Option<String>,
    /// How far it went.
    pub grade: Grade,
    /// Why it was graded so.
    pub because: Vec<Because>,
    /// How probable mining is by a model that learned from examples, where nothing could be read.
    pub probability: Option<f64>,
    /// What else is to be known of it, for example `pool-probe`.
    pub labels: Vec<String>,
    /// What the miner calls itself.
    pub agent: Option<String>,
    /// Its logins.
    pub logins: Vec<Login>,
    /// Logins beyond those kept.
    pub logins_beyond: u64,
    /// The wallets named.
    pub wallets: Vec<WalletSeen>,
    /// Jobs.
    pub jobs: u64,
    /// Shares.
    pub shares: Shares,
    /// Share times, as far as kept.
    pub share_times_ms: Vec<i64>,
    /// Difficulties.
    pub targets: Vec<Target>,
    /// Shares per minute, where they were counted without being read.
    pub share_rate: Option<Estimate>,
    /// The hashrate from shares.
    pub hashrate: Option<Estimate>,
    /// The hashrate the miner reported of itself, in the unit of `hashrate`.
    pub reported_hashrate: Option<f64>,
    /// The power that hashrate takes.
    pub power_w: Option<PowerRange>,
    /// Where the pool end stands.
    pub region: Region,
    /// The first moment, in milliseconds since 1970.
    pub first_ms: i64,
    /// The last moment.
    pub last_ms: i64,
    /// By when a capture would have shown it, where a test over time tells; milliseconds since 1970.
    pub known_ms: Option<i64>,
    /// Frames of the flow.
    pub frames: u64,
    /// Frame numbers worth finding again.
    pub marks: BTreeMap<Cow<'static, str>, u64>,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A node of a cryptocurrency network: not pool mining.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeRow {
    /// Whom it is about.
    pub about: EntityId,
    /// The end that opened it.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// The network.
    pub network: String,
    /// Frames of the flow.
    pub frames: u64,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A device worth listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceRow {
    /// Whose it is.
    pub about: EntityId,
    /// Its place on its bus.
    pub address: String,
    /// What it is.
    pub name: String,
    /// What it is known for, as a message id: `mining-card`, `gpu`, `usb-miner`.
    pub known_as: String,
    /// Where it was read.
    pub evidence: Evidence,
}

/// A program worth listing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProgramRow {
    /// On which machine.
    pub about: EntityId,
    /// The process.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// Its file.
    pub exe: Option<String>,
    /// The processors it used over the sample, in percent of one.
    pub cpu_percent: Option<f64>,
    /// Why it is listed, as message ids.
    pub why: Vec<String>,
    /// Where it was read.
    pub evidence: Evidence,
}
