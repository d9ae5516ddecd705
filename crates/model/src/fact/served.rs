//! What a machine does for miners.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::DifficultyUnit;

/// Most miners named of one server.
pub const MAX_MINERS: usize = 64;

/// A machine inside, or one that mines itself, gave work to others: what their sessions come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinersServed {
    /// Where it was asked for work.
    pub server: SocketAddr,
    /// Who asked, in order, at most [`MAX_MINERS`].
    pub miners: Vec<IpAddr>,
    /// How many more did.
    #[serde(default)]
    pub miners_beyond: u64,
    /// Connections of theirs.
    pub sessions: u64,
    /// Of those, the ones that could not be read and have the rhythm of mining.
    #[serde(default)]
    pub unread: u64,
    /// Shares that they handed in.
    #[serde(default)]
    pub shares: u64,
    /// Work that their shares stand for, by what was spoken.
    #[serde(default)]
    pub work: Vec<WorkDone>,
}

/// Work that shares stand for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkDone {
    /// The dialect.
    pub dialect: String,
    /// The algorithm that the messages name.
    #[serde(default)]
    pub algorithm: Option<String>,
    /// What is counted.
    #[serde(default)]
    pub difficulty_unit: DifficultyUnit,
    /// The work, in that unit.
    pub amount: f64,
    /// The variance that chance gives it, in the square of that unit.
    pub variance: f64,
}
