//! A run: ties in one file that is written once. An import makes runs of up to half a million; runs
//! of a size are merged, so that a question is put to few of them.
//!
//! ```text
//! "MHRUN\0\0\2"
//! blocks        each zstd (with its checksum) of postcard of up to 128 ties, by their beginning
//! index         (key u64, row u32, log u32) little-endian, sorted: one for each end that a tie has
//! foot          postcard of `Foot`
//! length u64, and the first 8 bytes of the SHA-256 of the foot
//! ```

mod key;
mod merge;
mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{LogId, Span};
use serde::{Deserialize, Serialize};

pub(crate) use merge::merge;
pub(crate) use read::Run;
pub(crate) use write::write;

const MAGIC: &[u8; 8] = b"MHRUN\0\0\x02";
/// Ties in one block: a look-up unpacks a block for each tie that it finds.
pub(crate) const BLOCK: usize = 128;
/// Bytes of one entry of the index.
const ENTRY: usize = 16;
/// One key in so many stands in the foot.
const SPARSE: usize = 256;
/// Ties in one run, as an import writes it.
pub(crate) const MAX_TIES: usize = 1 << 19;
/// A run of so many ties is merged no more.
const FULL_TIES: u32 = 1 << 22;
/// So many runs of a size make one; sizes are steps of as much.
pub(crate) const FAN_IN: usize = 8;
const FAN_IN_TIES: u32 = 8;
/// Rows of one log that are named in the foot: between half as many and so many, evenly spread.
const SAMPLED_ROWS: usize = 256;

/// What is known of a run without reading it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Foot {
    ties: u32,
    blocks: Vec<Block>,
    index_at: u64,
    entries: u64,
    /// The first key, and every [`SPARSE`]th after it.
    sparse: Vec<u64>,
    logs: BTreeMap<LogId, OfLog>,
}

/// What a run holds of a log.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct OfLog {
    /// The outer addresses that it translates to.
    pub(crate) outers: BTreeSet<IpAddr>,
    /// Every so many of its ties...
    apart: u32,
    /// ...by their rows.
    sampled: Vec<u32>,
    ties: u32,
}

impl OfLog {
    fn note(&mut self, row: u32) {
        let apart = self.apart.max(1);
        if self.ties.is_multiple_of(apart) {
            if self.sampled.len() >= SAMPLED_ROWS {
                let mut place = 0_u32;
                self.sampled.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.apart = apart * 2;
            }
            if self.ties.is_multiple_of(self.apart.max(1)) {
                self.sampled.push(row);
            }
        }
        self.ties += 1;
    }
}

/// An entry of the index. Private addresses are held behind thousands of routers: the log of a tie is told
/// here, so that those of others need not be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    key: u64,
    pub(crate) row: u32,
    log: LogId,
}

impl Entry {
    fn to_bytes(self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        let (key, rest) = bytes.split_at_mut(8);
        let (row, log) = rest.split_at_mut(4);
        key.copy_from_slice(&self.key.to_le_bytes());
        row.copy_from_slice(&self.row.to_le_bytes());
        log.copy_from_slice(&self.log.0.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; ENTRY]) -> Self {
        // One number of 16 bytes, of which the key is the lowest eight.
        let whole = u128::from_le_bytes(bytes);
        #[expect(clippy::cast_possible_truncation, reason = "each part is cut out")]
        Self { key: whole as u64, row: (whole >> 64) as u32, log: LogId((whole >> 96) as u32) }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Block {
    at: u64,
    len: u32,
    /// Its bytes once unpacked.
    plain: u32,
    /// From the first beginning to the last end of its ties.
    hull: Span,
}

#[cfg(test)]
mod tests;
