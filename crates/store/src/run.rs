//! A run: up to half a million ties in one file that is written once.
//!
//! ```text
//! "MHRUN\0\0\1"
//! blocks        each zstd (with its checksum) of postcard of up to 512 ties, by their beginning
//! index         (key u64, row u32) little-endian, sorted: one for each end that a tie has
//! foot          postcard of `Foot`
//! length u64, and the first 8 bytes of the SHA-256 of the foot
//! ```

mod key;
mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{LogId, Span};
use serde::{Deserialize, Serialize};

pub(crate) use read::Run;
pub(crate) use write::write;

const MAGIC: &[u8; 8] = b"MHRUN\0\0\x01";
/// Ties in one block.
pub(crate) const BLOCK: usize = 512;
/// Bytes of one entry of the index.
const ENTRY: usize = 12;
/// One key in so many stands in the foot.
const SPARSE: usize = 1_024;
/// Ties in one run.
pub(crate) const MAX_TIES: usize = 1 << 19;

/// What is known of a run without reading it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Foot {
    ties: u32,
    blocks: Vec<Block>,
    index_at: u64,
    entries: u64,
    /// The first key, and every [`SPARSE`]th after it.
    sparse: Vec<u64>,
    /// The logs in it, with the outer addresses that each translates to.
    logs: BTreeMap<LogId, BTreeSet<IpAddr>>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Block {
    at: u64,
    len: u32,
    /// From the first beginning to the last end of its ties.
    hull: Span,
}

#[cfg(test)]
mod tests;
