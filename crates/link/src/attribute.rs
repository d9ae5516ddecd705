//! From an address that others saw to the machines it may have been.
//!
//! The walk goes inwards one tie after another and weighs at each step which line is meant, and
//! whether the right line is missing at all. Every part of the answer keeps its share of the
//! probability: what leads nowhere stands as *somebody behind* the place where the trail ends.

mod machine;
mod network;
mod walk;
mod weigh;

use std::net::IpAddr;

use minehound_model::{HardwareAddress, LineRef, LogKind, Place, Span, Tied};

pub use network::{Network, Translator};
pub use walk::attribute;

use crate::clocks::Clock;

/// What is asked: whose was this address then?
#[derive(Clone, Debug, PartialEq)]
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
    pub clock: Clock,
}

/// Who it may have been.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The likeliest first; their probabilities sum to one.
    pub candidates: Vec<Candidate>,
    /// What would decide, by how much probability hangs on it, most first.
    pub missing: Vec<Missing>,
}

/// A machine it may have been.
#[derive(Clone, Debug, PartialEq)]
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

/// How far the trail leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// To a hardware address.
    Machine(HardwareAddress),
    /// To an address of which nobody says who held it.
    Holder(IpAddr),
    /// To a translator whose lines do not tell whom it stood for.
    Behind(IpAddr),
}

/// One step of the trail.
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
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

#[cfg(test)]
mod tests;
