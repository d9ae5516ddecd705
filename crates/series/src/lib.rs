//! Features and tests of what happens over time: the rhythm of a connection that cannot be read.
//!
//! Invariant: numbers in, numbers out. Nothing here knows a packet, a pool, a detector or a clock;
//! everything is bounded by the length of its input and gives the same result for the same input.
//!
//! The path inside: [`roles`] tells asking, answering and pushing apart, [`sizes`] finds the few
//! lengths that messages of one kind have, [`gaps`] describes when they come, and [`cadence`] holds
//! all of that against what a mining session must look like. [`block_clock`] holds the moments of
//! messages against those of blocks, and [`together`] those of several machines against each other.
//! [`features`] puts a flow into numbers for models that learned from examples, and [`trees`] scores
//! them.

pub mod block_clock;
pub mod cadence;
pub mod false_discovery;
pub mod features;
pub mod gaps;
pub mod roles;
pub mod sizes;
pub mod stratum_v2;
pub mod together;
pub mod trees;

/// One message of a conversation between two ends, as far as an outsider can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// When it was seen, in milliseconds since any fixed moment; never less than the one before.
    pub at_ms: i64,
    /// Whether the end that may be mining sent it.
    pub up: bool,
    /// Its payload in bytes, carrier included.
    pub bytes: u32,
}
