//! What the rhythm of a flow says where its words cannot be read.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use strum::Display;

use crate::ServerName;

/// The pattern of mining that a rhythm shows.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RhythmPattern {
    /// Questions of one length by chance, short answers at once, longer pushes unasked.
    SharesAndJobs,
    /// Pushes of one length, by a timer that something irregular cuts short.
    JobsAlone,
    /// Hardly anything but pushes of one length, by chance.
    BlocksAlone,
    /// The same as shares and jobs, each message padded at random.
    Padded,
    /// The opening of encrypted Stratum V2: 64 bytes, 234 bytes, then its frames.
    StratumV2,
}

/// A range of lengths, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lengths {
    /// The least.
    pub low: u32,
    /// The greatest.
    pub high: u32,
    /// How many messages have one of them.
    pub count: u64,
}

/// What was measured of the most telling stretch of a flow: at most 512 messages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stretch {
    /// From its first message to its last, in seconds.
    pub seconds: f64,
    /// Messages in it, without the opening of the session.
    pub messages: u64,
    /// The lengths of questions that may be shares.
    pub share: Lengths,
    /// The lengths of their answers.
    pub answer: Lengths,
    /// The part of those questions that was answered within the time answers take here.
    pub answered: f64,
    /// The mean time between them, in seconds.
    pub share_gap_s: f64,
    /// The variation of that time: 0 for a clock, 1 for chance.
    pub share_variation: f64,
    /// The usual lengths of what was pushed, the most frequent.
    pub job: Lengths,
    /// How many messages were pushed.
    pub pushed: u64,
    /// The part of them that has one of at most three usual lengths.
    pub pushed_alike: f64,
    /// The median time between them, in seconds.
    pub job_gap_s: f64,
    /// The timer behind them, in seconds; 0 for none.
    pub timer_s: f64,
    /// The part of the gaps that is as long as the timer.
    pub timer_kept: f64,
    /// How many gaps something cut short.
    pub timer_cut: u64,
    /// The part of all messages that are no shares, answers or jobs.
    pub unexplained: f64,
    /// By how many bytes at most messages seem to be padded at random; 0 for no such padding.
    pub padding: u32,
}

impl QuietFlow {
    /// A flow must be looked at for so many seconds before its rhythm counts.
    pub const LEAST_S: f64 = 540.0;
    /// A capture must be so many seconds long before the silence of its rhythms means something: a
    /// slow miner is pushed a job a minute, and a dozen are needed.
    pub const ENOUGH_S: f64 = 1_800.0;

    /// What carries it, as far as that shows: what it is wrapped in, else its transport.
    #[must_use]
    pub fn carrier(&self) -> &str {
        self.wrap.as_deref().unwrap_or(&self.transport)
    }
}

/// What a TLS client said of itself in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsClient {
    /// Whether it named the server.
    pub named: bool,
    /// The protocols it offered, as far as kept.
    pub alpn: Vec<String>,
    /// Its JA3, in hexadecimal, where the whole hello was captured.
    pub ja3: Option<String>,
    /// Its JA4, likewise.
    pub ja4: Option<String>,
}

/// What a TLS server showed in the clear, up to TLS 1.2: its word, which nobody verified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsCertificate {
    /// The common name of its subject, else the organisation.
    pub subject: Option<String>,
    /// The same of its issuer.
    pub issuer: Option<String>,
    /// Whether subject and issuer are the same: it vouches for itself.
    pub self_issued: bool,
    /// The first day it is valid, in UTC.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The DNS names it is for, as far as kept.
    pub names: Vec<String>,
}

/// A flow that stayed quiet for long, judged by when which end sent how much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietFlow {
    /// The end that may be mining.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// `tcp` or `udp`.
    pub transport: String,
    /// What it is wrapped in, where that shows: `tls`, `ssh`, `wireguard`, …
    #[serde(default)]
    pub wrap: Option<String>,
    /// The names of the other end, the surest first.
    #[serde(default)]
    pub server_names: Vec<ServerName>,
    /// What its TLS client said of itself.
    #[serde(default)]
    pub tls: Option<TlsClient>,
    /// What its TLS server showed.
    #[serde(default)]
    pub certificate: Option<TlsCertificate>,
    /// Whether the beginning was captured.
    #[serde(default)]
    pub from_start: bool,
    /// The pattern that its stretches show.
    #[serde(default)]
    pub pattern: Option<RhythmPattern>,
    /// Stretches looked at.
    #[serde(default)]
    pub stretches: u64,
    /// Of those, the ones that show the pattern.
    #[serde(default)]
    pub patterned: u64,
    /// The stretches that show it, or in which everything said has at least its place in mining.
    #[serde(default)]
    pub alike: u64,
    /// The most telling stretch.
    #[serde(default)]
    pub stretch: Stretch,
    /// Seconds that were looked at.
    #[serde(default)]
    pub quiet_s: f64,
    /// Seconds left out because the flow was busy.
    #[serde(default)]
    pub busy_s: f64,
    /// Shares counted in the stretches with the pattern.
    #[serde(default)]
    pub shares: u64,
    /// Seconds in which these shares were counted, pauses between stretches included and the
    /// opening of the session left out.
    #[serde(default)]
    pub share_s: f64,
    /// Jobs counted in all stretches.
    #[serde(default)]
    pub jobs: u64,
    /// In the stretches with the pattern, the gaps between jobs that are not their timer's, nor that
    /// of a clock: pools break off at each block.
    #[serde(default)]
    pub irregular: u64,
    /// Questions that were answered as shares and signs of life are: shortly, in a form of their own.
    #[serde(default)]
    pub heard: u64,
    /// When the other end sent something unasked that is not far shorter than what it usually sends so, in
    /// milliseconds since 1970; as far as kept.
    #[serde(default)]
    pub pushes_ms: Vec<i64>,
    /// Payload bytes from the client.
    #[serde(default)]
    pub bytes_up: u64,
    /// Payload bytes from the server.
    #[serde(default)]
    pub bytes_down: u64,
    /// Frames of the flow.
    #[serde(default)]
    pub frames: u64,
    /// Those that the client sent.
    #[serde(default)]
    pub frames_up: u64,
    /// What models that learned from examples are given: means over all stretches, in the order of
    /// `series::features::SESSION`; empty where nothing was described.
    #[serde(default)]
    pub features: Vec<f32>,
}
