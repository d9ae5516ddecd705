//! Ties: who stood for whom for a while, as logs say it.
//!
//! A trail leads from an address that others see to a machine, one tie after another. Times are
//! those of the log's own clock; what is known of that clock stands in [`Log`].

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::Span;

/// Numbers the logs of a case: one device's lines in one imported artefact.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LogId(pub u32);

/// A line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineRef {
    /// The log.
    pub log: LogId,
    /// The number of the line, counted from one.
    pub line: u64,
}

/// A hardware address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HardwareAddress(pub [u8; 6]);

impl HardwareAddress {
    /// Whether the machine made it up: such an address may be another tomorrow.
    #[must_use]
    pub fn is_local(self) -> bool {
        self.0.first().is_some_and(|it| it & 2 != 0)
    }
}

impl fmt::Display for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for HardwareAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Who stood for whom, during a span of the log's clock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tie {
    /// During which time.
    pub span: Span,
    /// By which line.
    pub line: LineRef,
    /// What it ties.
    pub what: Tied,
    /// Whether somebody looked now and then, as tables are taken, and the span is from the first look to
    /// the last: it stood for a while before and after.
    pub sighted: bool,
}

/// What a tie ties.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tied {
    /// An outer end stood for an inner one towards a far end.
    Translation {
        /// What is seen outside.
        outer: SocketAddr,
        /// Whom it stands for.
        inner: SocketAddr,
        /// Whom it spoke to, where that was written.
        far: Option<SocketAddr>,
        /// The protocol: 6 TCP, 17 UDP.
        proto: u8,
    },
    /// A range of ports of an outer address stood for an inner address.
    PortBlock {
        /// The outer address.
        outer: IpAddr,
        /// The first and the last port.
        ports: (u16, u16),
        /// Whom they stand for.
        inner: IpAddr,
    },
    /// A connection as a device further in saw it, without translation.
    Session {
        /// Who opened it.
        inner: SocketAddr,
        /// Whom it spoke to.
        far: SocketAddr,
        /// The protocol: 6 TCP, 17 UDP.
        proto: u8,
    },
    /// An address was held by a hardware address.
    Lease {
        /// The address.
        address: IpAddr,
        /// Who held it.
        mac: HardwareAddress,
        /// What the machine calls itself.
        host_name: Option<String>,
    },
    /// An account was on line.
    Account {
        /// The account; not a person.
        account: String,
        /// At this address.
        address: Option<IpAddr>,
        /// From this hardware address.
        mac: Option<HardwareAddress>,
        /// Through this switch, access server or access point, and the port there.
        through: Option<Place>,
    },
    /// A hardware address was at a place of the network.
    Attachment {
        /// The hardware address.
        mac: HardwareAddress,
        /// Where it was.
        place: Place,
    },
}

impl Tied {
    /// The far end of a connection, where it shows one.
    #[must_use]
    pub fn far(&self) -> Option<SocketAddr> {
        match self {
            Self::Translation { far, .. } => *far,
            Self::Session { far, .. } => Some(*far),
            _ => None,
        }
    }
}

/// A place of a network: a switch and its port, or an access point.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The switch, access server or access point.
    pub device: String,
    /// The port or radio.
    pub port: Option<String>,
}

/// What kinds of ties a log tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogKind {
    /// Translations and port blocks.
    Translation,
    /// Connections without translation.
    Session,
    /// Leases and neighbours.
    Lease,
    /// Accounts.
    Account,
    /// Attachments.
    Attachment,
}

/// A log of a case: whose lines, from when to when, and what is known of its clock and its losses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// Its number.
    pub id: LogId,
    /// The device that wrote it, as the log or the file calls it.
    pub device: String,
    /// The kind of ties in it.
    pub kind: LogKind,
    /// The SHA-256 of the artefact that it was read from.
    pub sha256: String,
    /// The path that the artefact was handed in under.
    pub path: String,
    /// From its first to its last line, by its own clock.
    pub span: Span,
    /// Stretches of that without any line, longer than its pace explains.
    pub silent: Vec<Span>,
    /// Whether its lines are written when connections are over: what still goes on is not in it.
    #[serde(default)]
    pub only_ends: bool,
    /// How many ties.
    pub ties: u64,
}
