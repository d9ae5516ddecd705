//! The answer sheet of a world: written flow by flow, since it may be longer than memory.
//!
//! The file is one JSON object whose `flows` are entries of [`crate::truth::Flow`] with a few
//! members more, so that what reads [`crate::truth::Truth`] reads it as well.

use std::io::{self, Write};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::truth::{Flow, Mining};

/// The truth about one flow of a world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowAnswer {
    /// Addresses, kind and times.
    #[serde(flatten)]
    pub flow: Flow,
    /// Packets that the sensor kept.
    pub packets: u64,
    /// Bytes of the IP packets that the sensor kept.
    pub bytes: u64,
    /// Whether others than mining share the flow (tunnels).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mixed: bool,
}

/// What is true about mining in one connection, beside its addresses.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MiningAnswer {
    pub(crate) mining: Mining,
    pub(crate) mixed: bool,
}

/// The truth about one host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostAnswer {
    /// Its address.
    pub address: IpAddr,
    /// The network it belongs to.
    pub network: String,
    /// What it was made for: "miner", "pool-proxy", "desktop" and the like.
    pub role: String,
    /// Whether anything on it mines while the scenario lasts.
    pub mining: bool,
}

/// What stands before the flows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heading {
    /// `minehound.truth/1`.
    pub schema: String,
    /// The scenario's name.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// First and last moment of the capture, nanoseconds since 1970, by a clock that is right.
    pub span_ns: (u64, u64),
    /// What the sensor did to the packets.
    pub impairments: Vec<String>,
    /// Per coin, when its blocks reached everybody, nanoseconds since 1970.
    pub blocks: std::collections::BTreeMap<String, Vec<u64>>,
    /// Every host.
    pub hosts: Vec<HostAnswer>,
}

/// Writes the answer sheet.
pub(crate) struct Sheet<W: Write> {
    out: W,
    first: bool,
}

impl<W: Write> Sheet<W> {
    /// Begins the file.
    pub(crate) fn new(mut out: W, heading: &Heading) -> io::Result<Self> {
        let text = serde_json::to_string(heading)?;
        // the flows follow as the last member of the same object
        out.write_all(text.strip_suffix('}').unwrap_or(&text).as_bytes())?;
        out.write_all(b",\"flows\":[")?;
        Ok(Self { out, first: true })
    }

    /// Adds a flow.
    pub(crate) fn add(&mut self, answer: &FlowAnswer) -> io::Result<()> {
        self.out.write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        serde_json::to_writer(&mut self.out, answer)?;
        Ok(())
    }

    /// Ends the file.
    pub(crate) fn end(mut self) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}
