//! From an address that others saw to the machines it may have been: the question and its answer.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{HardwareAddress, LineRef, LogKind, Place, Span, Tied};

/// What is known of a clock: it shows the reference's time plus an offset that may drift.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogClock {
    /// How much it is ahead of the reference at `anchor_ms`, in milliseconds.
    pub offset_ms: i64,
    /// How much faster than the reference it runs, in millionths.
    pub drift_ppm: f64,
    /// The moment that `offset_ms` is told for.
    pub anchor_ms: i64,
    /// The standard deviation of the offset, in milliseconds.
    pub sd_ms: f64,
    /// How many sessions that is read off; none where it is assumed.
    pub pairs: usize,
}

impl LogClock {
    /// A clock of which nothing is known but that somebody sets it now and then.
    #[must_use]
    pub fn assumed(sd_ms: f64) -> Self {
        Self { offset_ms: 0, drift_ppm: 0.0, anchor_ms: 0, sd_ms, pairs: 0 }
    }

    /// How much it is ahead at a moment, in milliseconds.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "milliseconds of years fit"
    )]
    pub fn ahead_ms(&self, at_ms: i64) -> i64 {
        let drifted = at_ms.saturating_sub(self.anchor_ms) as f64 * self.drift_ppm * 1e-6;
        self.offset_ms.saturating_add(drifted.round() as i64)
    }

    /// A span of the reference's time by this clock.
    #[must_use]
    pub fn shown(&self, span: Span) -> Span {
        let shown = |at_ms: i64| at_ms.saturating_add(self.ahead_ms(at_ms));
        Span { from_ms: shown(span.from_ms), to_ms: shown(span.to_ms) }
    }

    /// A span that this clock showed, in the reference's time.
    #[must_use]
    pub fn true_span(&self, shown: Span) -> Span {
        let told = |at_ms: i64| at_ms.saturating_sub(self.ahead_ms(at_ms));
        Span { from_ms: told(shown.from_ms), to_ms: told(shown.to_ms) }
    }
}

/// What is asked: whose was this address then?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The address that was seen.
    pub address: IpAddr,
    /// Its port.
    pub port: Option<u16>,
    /// The protocol: 6 TCP, 17 UDP.
    pub proto: Option<u8>,
    /// Whom it spoke to.
    pub far: Option<(IpAddr, Option<u16>)>,
    /// When it was seen, by the asker's clock; as wide as it was told.
    pub moment: Span,
    /// What is known of the asker's clock against the reference of the logs.
    pub clock: LogClock,
}

/// Who it may have been.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The likeliest first; their probabilities sum to one.
    pub candidates: Vec<Candidate>,
    /// What would decide, by how much probability hangs on it, most first.
    pub missing: Vec<Missing>,
}

/// How far an answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// One machine, or the holder of one address, fits so much better than all others that it may
    /// be named alone.
    One,
    /// Several fit.
    Several,
    /// A machine behind a translator whose lines do not tell which.
    Behind,
    /// The logs say nothing of the address at that moment.
    Unknown,
}

impl Answer {
    /// From this share on a candidate stands alone.
    pub const ALONE: f64 = 0.98;

    /// How far it goes.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.candidates.first() {
            None => Standing::Unknown,
            Some(it) if it.probability < Self::ALONE => Standing::Several,
            Some(Candidate { who: Who::Behind(_), .. }) => Standing::Behind,
            // Nobody said anything: the asked address itself is all there is.
            Some(Candidate { who: Who::Holder(_), steps, .. }) if steps.is_empty() => {
                Standing::Unknown
            }
            Some(_) => Standing::One,
        }
    }
}

/// A machine it may have been.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub who: Who,
    /// How likely.
    pub probability: f64,
    /// The likeliest way that led there.
    pub steps: Vec<Step>,
    /// What the machine calls itself.
    pub host_name: Option<String>,
    /// Where it was, likeliest first.
    pub places: Vec<(Place, f64)>,
    /// Which accounts were on line from it, likeliest first. An account is not a person.
    pub accounts: Vec<(String, f64)>,
}

impl Candidate {
    /// The inner address that its trail ends at, if it has one.
    #[must_use]
    pub fn inner_address(&self) -> Option<IpAddr> {
        let told = self.steps.iter().rev().find_map(|it| match &it.tied {
            Tied::Translation { inner, .. } | Tied::Session { inner, .. } => Some(inner.ip()),
            Tied::PortBlock { inner, .. } => Some(*inner),
            Tied::Lease { address, .. } => Some(*address),
            Tied::Account { address, .. } => *address,
            Tied::Attachment { .. } => None,
        });
        match self.who {
            Who::Holder(address) => Some(address),
            Who::Machine(_) => told,
            Who::Behind(_) => None,
        }
    }
}

/// How far the trail leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Who {
    /// To a hardware address.
    Machine(HardwareAddress),
    /// To an address of which nobody says who held it.
    Holder(IpAddr),
    /// To a translator whose lines do not tell whom it stood for.
    Behind(IpAddr),
}

/// One step of the trail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The line; none where a step bridges lines that are missing.
    pub line: Option<LineRef>,
    /// What it ties.
    pub tied: Tied,
    /// During which time, by the log's own clock.
    pub span: Span,
    /// The probability that it is the one meant, given the steps before.
    pub probability: f64,
}

/// A log that would decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    /// Of which kind.
    pub kind: LogKind,
    /// The address whose holder, translation or place it would tell.
    pub of: IpAddr,
    /// The device that should have it, where that is known.
    pub device: Option<String>,
    /// From when to when it is needed, in the time of the reference.
    pub span: Span,
    /// The probability that hangs on it.
    pub probability: f64,
}
