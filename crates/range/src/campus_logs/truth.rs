//! What is true of the world, for those who check answers.

use serde::{Deserialize, Serialize};

/// The truth of a campus of logs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LogsTruth {
    /// `minehound.range.logs/1`.
    pub schema: String,
    /// The scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// The devices with their clocks and holes.
    pub devices: Vec<DeviceTruth>,
    /// How far the sender's clock is ahead, in milliseconds.
    pub sender_offset_ms: i64,
    /// The rows of the list.
    pub rows: Vec<RowTruth>,
}

/// A device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceTruth {
    /// What it calls itself.
    pub name: String,
    /// How far its clock is ahead, in milliseconds.
    pub offset_ms: i64,
    /// From when to when its lines are missing.
    pub silent_ms: Option<(i64, i64)>,
    /// The part of its other lines that is missing.
    pub lost: f64,
    /// Lines that it wrote.
    pub lines: u64,
}

/// A row of the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowTruth {
    /// The row, counted from one.
    pub row: u32,
    /// `mining`, or the flaw that it shows: `looked-up`, `shared-address`, `expired-pool`.
    pub kind: String,
    /// The outer address that the row names.
    pub address: String,
    /// Its port, as it was; the row may not have it.
    pub port: u16,
    /// When it was, in milliseconds since 1970.
    pub at_ms: i64,
    /// The hardware address of the machine.
    pub mac: String,
    /// The hardware address of the router of its room, where it is behind one.
    #[serde(default)]
    pub router: String,
    /// Its address.
    pub inner: String,
    /// Its account.
    pub account: String,
    /// How many translators there are between.
    pub levels: usize,
    /// The outer address at each of them, from the innermost on.
    #[serde(default)]
    pub trail: Vec<String>,
    /// Whether every line of the trail is there.
    pub complete: bool,
    /// Whether the row says port and second.
    pub exact: bool,
}
