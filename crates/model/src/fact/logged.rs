//! What devices and sensors wrote down.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::Behaviour;

/// Connections of one client to one server by a name of interest, as a firewall, translator or proxy
/// logged them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedContact {
    /// Who opened them.
    pub client: IpAddr,
    /// Whom they went to, where that was written.
    #[serde(default)]
    pub server: Option<SocketAddr>,
    /// The name, in lower case.
    pub name: String,
    /// Whether the name follows from an answer in a log of names, and not from the line itself.
    #[serde(default)]
    pub by_answer: bool,
    /// The device that wrote the lines.
    pub device: String,
    /// How many.
    pub connections: u64,
    /// How many of those the device refused.
    #[serde(default)]
    pub refused: u64,
    /// Bytes from the client, where they were counted.
    #[serde(default)]
    pub bytes_up: u64,
    /// Bytes to the client.
    #[serde(default)]
    pub bytes_down: u64,
}

/// Alerts of another sensor by one rule about one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensorAlert {
    /// Who raised the alarm: the device, or the format of the log.
    pub sensor: String,
    /// The number or id of the rule.
    #[serde(default)]
    pub rule: Option<String>,
    /// Its words.
    pub words: String,
    /// Its class.
    #[serde(default)]
    pub class: Option<String>,
    /// The client: who opened the connection, or asked.
    pub client: IpAddr,
    /// Whom it went to.
    #[serde(default)]
    pub server: Option<SocketAddr>,
    /// The name that was asked for, requested or greeted.
    #[serde(default)]
    pub name: Option<String>,
    /// How many.
    pub count: u64,
}

/// What lines of a list that somebody sent say of one machine, which logs named alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportedClue {
    /// Who sent the list.
    pub sender: String,
    /// The name that its file had.
    pub list: String,
    /// How many of its lines are about the machine.
    pub lines: u64,
    /// How many of those something speaks against: an old pool, a shared address, a resolver.
    #[serde(default)]
    pub objected: u64,
    /// How far logs bear them out, at most; none where nothing does.
    #[serde(default)]
    pub found: Option<Behaviour>,
    /// A pool that they name.
    #[serde(default)]
    pub pool: Option<String>,
}
