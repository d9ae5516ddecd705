//! A run: ties in one file that is written once. An import makes runs of up to half a million; runs
//! of a size are merged, so that a question is put to few of them.
//!
//! ```text
//! "MHRUN\0\0\2"
//! blocks        each zstd (with its checksum) of postcard of up to 128 ties, by their beginning
//! index         (key u64; row, log, from, to u32) little-endian, sorted: one for each end that a tie has
//! foot          postcard of `Foot`
//! length u64, and the first 8 bytes of the SHA-256 of the foot
//! ```

mod key;
mod merge;
mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{LogId, Span, Tie};
use serde::{Deserialize, Serialize};

pub(crate) use merge::merge;
pub(crate) use read::Run;
pub(crate) use write::write;

const MAGIC: &[u8; 8] = b"MHRUN\0\0\x02";
/// Ties in one block: a look-up unpacks a block for each tie that it finds.
pub(crate) const BLOCK: usize = 128;
/// Bytes of one entry of the index.
const ENTRY: usize = 24;
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

/// An entry of the index. Private addresses are held behind thousands of routers, and a pool has thousands
/// of guests: the log and the time of a tie are told here, so that only those meant are unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    key: u64,
    row: u32,
    log: LogId,
    when: Seconds,
}

/// A span in whole seconds since 1970, as far as these have 32 bits: never shorter than what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seconds {
    from: u32,
    to: u32,
}

impl From<Span> for Seconds {
    fn from(it: Span) -> Self {
        let from = it.from_ms.div_euclid(1_000).clamp(0, u32::MAX.into());
        let to = it.to_ms.div_euclid(1_000).saturating_add(1).clamp(0, u32::MAX.into());
        Self { from: u32::try_from(from).unwrap_or(0), to: u32::try_from(to).unwrap_or(u32::MAX) }
    }
}

impl Seconds {
    fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

impl Entry {
    fn of(key: u64, row: u32, tie: &Tie) -> Self {
        Self { key, row, log: tie.line.log, when: tie.span.into() }
    }

    fn to_bytes(self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        let (key, rest) = bytes.split_at_mut(8);
        key.copy_from_slice(&self.key.to_le_bytes());
        let parts = [self.row, self.log.0, self.when.from, self.when.to];
        for (place, part) in rest.as_chunks_mut::<4>().0.iter_mut().zip(parts) {
            *place = part.to_le_bytes();
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; ENTRY]) -> Self {
        let (key, rest) = bytes.split_at(8);
        let mut parts = rest.as_chunks::<4>().0.iter().map(|it| u32::from_le_bytes(*it));
        let mut part = || parts.next().unwrap_or_default();
        let (row, log) = (part(), LogId(part()));
        let when = Seconds { from: part(), to: part() };
        Self { key: u64::from_le_bytes(key.try_into().unwrap_or_default()), row, log, when }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Block {
    at: u64,
    len: u32,
    /// Its bytes once unpacked.
    plain: u32,
}

#[cfg(test)]
mod tests;
