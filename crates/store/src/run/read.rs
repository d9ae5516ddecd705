//! Looking up in a run.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::rc::Rc;

use minehound_model::{Ask, LogId, Span, Tie};
use sha2::{Digest, Sha256};

use super::{BLOCK, Block, ENTRY, FAN_IN_TIES, FULL_TIES, Foot, MAGIC, OfLog, SPARSE, key};
use crate::StoreError;

/// A block never unpacks to more: [`BLOCK`] ties with their longest texts.
const MAX_BLOCK_BYTES: u64 = 64 << 20;
/// With more rows than this in question it is asked which of them are of the time.
const FEW_ROWS: usize = 4;

/// A run that can be asked.
#[derive(Debug)]
pub(crate) struct Run {
    file: File,
    foot: Foot,
    /// Stretches of the index that were asked for last.
    stretches: RefCell<HashMap<usize, Rc<[[u8; ENTRY]]>>>,
    /// So many of them are kept.
    keep: Cell<usize>,
}

impl Run {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(StoreError::io(path))?;
        let damaged = |what| StoreError::Damaged { path: path.to_owned(), what };
        let len = file.metadata().map_err(StoreError::io(path))?.len();
        let mut ends = [0; 16];
        let mut magic = [0; 8];
        let read = file
            .read_exact_at(&mut magic, 0)
            .and_then(|()| file.read_exact_at(&mut ends, len.saturating_sub(16)));
        read.map_err(|_| damaged("it is too short"))?;
        if magic != *MAGIC {
            return Err(damaged("it does not begin as a run"));
        }
        let (foot_len, seal) = ends.split_at(8);
        let foot_len = u64::from_le_bytes(foot_len.try_into().unwrap_or_default());
        let at = len.checked_sub(16).and_then(|it| it.checked_sub(foot_len));
        let at = at.filter(|it| *it >= 8).ok_or_else(|| damaged("it was cut off"))?;
        let mut packed = vec![0; usize::try_from(foot_len).map_err(|_| damaged("its foot"))?];
        file.read_exact_at(&mut packed, at).map_err(StoreError::io(path))?;
        if Sha256::digest(&packed).get(..8) != Some(seal) {
            return Err(damaged("the digest of its foot"));
        }
        let foot = postcard::from_bytes(&packed).map_err(|_| damaged("its foot"))?;
        Ok(Self { file, foot, stretches: RefCell::default(), keep: Cell::new(0) })
    }

    /// The logs that it has ties of.
    pub(crate) fn logs(&self) -> impl Iterator<Item = (LogId, &OfLog)> {
        self.foot.logs.iter().map(|(log, of)| (*log, of))
    }

    /// Rows of a log's ties, evenly spread, and how many ties each stands for.
    pub(crate) fn sampled(&self, log: LogId) -> (&[u32], u32) {
        self.foot.logs.get(&log).map_or((&[], 1), |it| (&it.sampled, it.apart.max(1)))
    }

    /// How large it is, in steps of [`FAN_IN`]; `None` where it is merged no more.
    pub(crate) fn size(&self) -> Option<u32> {
        let ties = self.foot.ties;
        (ties < FULL_TIES).then(|| ties.max(1).ilog(FAN_IN_TIES))
    }

    /// Its ties, in order.
    pub(crate) fn ties(&self) -> impl Iterator<Item = io::Result<Tie>> {
        (0..self.foot.blocks.len()).flat_map(|number| {
            let (ties, trouble) = match self.unpacked(number) {
                Ok(ties) => (ties, None),
                Err(cause) => (Vec::new(), Some(Err(cause))),
            };
            ties.into_iter().map(Ok).chain(trouble)
        })
    }

    /// Its entries, in order: keys and rows.
    pub(crate) fn entries(&self) -> impl Iterator<Item = io::Result<(u64, u32)>> {
        (0..self.foot.sparse.len()).flat_map(|number| {
            let (entries, trouble) = match self.read_stretch(number) {
                Ok(entries) => (entries, None),
                Err(cause) => (Vec::new(), Some(Err(cause))),
            };
            entries.into_iter().map(|it| Ok((key_of(&it), row_of(&it)))).chain(trouble)
        })
    }

    /// The rows that may be an answer, in order.
    pub(crate) fn may_answer(
        &self,
        ask: Ask,
        window: &dyn Fn(LogId) -> Option<Span>,
    ) -> io::Result<Vec<usize>> {
        let mut rows = Vec::new();
        for keys in key::asked(ask) {
            self.rows(&keys, |row| rows.push(row))?;
        }
        rows.sort_unstable();
        rows.dedup();
        // Windows of thousands of logs cost more than a row or two.
        if rows.len() > FEW_ROWS {
            let windows = self.foot.logs.keys().filter_map(|log| window(*log));
            let Some(hull) = windows.reduce(Span::hull) else { return Ok(Vec::new()) };
            let stands = |it: &Block| it.hull.overlaps(hull);
            rows.retain(|it| self.foot.blocks.get(it / BLOCK).is_some_and(stands));
        }
        Ok(rows)
    }

    /// The ties of a block.
    pub(crate) fn block(&self, number: usize) -> io::Result<Rc<[Tie]>> {
        Ok(self.unpacked(number)?.into())
    }

    fn unpacked(&self, number: usize) -> io::Result<Vec<Tie>> {
        let Some(Block { at, len, .. }) = self.foot.blocks.get(number).copied() else {
            return Ok(Vec::new());
        };
        let mut packed = vec![0; usize::try_from(len).map_err(io::Error::other)?];
        self.file.read_exact_at(&mut packed, at)?;
        let mut plain = Vec::new();
        zstd::Decoder::with_buffer(&packed[..])?.take(MAX_BLOCK_BYTES).read_to_end(&mut plain)?;
        postcard::from_bytes(&plain).map_err(io::Error::other)
    }

    /// Keeps at most so many stretches of the index in memory, 3 KiB each.
    pub(crate) fn keep(&self, stretches: usize) {
        self.keep.set(stretches);
    }

    /// A stretch of the index.
    fn stretch(&self, number: usize) -> io::Result<Rc<[[u8; ENTRY]]>> {
        if let Some(kept) = self.stretches.borrow().get(&number) {
            return Ok(Rc::clone(kept));
        }
        let entries: Rc<[[u8; ENTRY]]> = self.read_stretch(number)?.into();
        let mut kept = self.stretches.borrow_mut();
        if kept.len() >= self.keep.get() {
            kept.clear();
        }
        kept.insert(number, Rc::clone(&entries));
        Ok(entries)
    }

    fn read_stretch(&self, number: usize) -> io::Result<Vec<[u8; ENTRY]>> {
        let first = number as u64 * SPARSE as u64;
        let count = self.foot.entries.saturating_sub(first).min(SPARSE as u64);
        let mut bytes = vec![0; usize::try_from(count).map_err(io::Error::other)? * ENTRY];
        self.file.read_exact_at(&mut bytes, self.foot.index_at + first * ENTRY as u64)?;
        let (entries, _) = bytes.as_chunks::<ENTRY>();
        Ok(entries.to_vec())
    }

    fn rows(&self, keys: &RangeInclusive<u64>, mut put: impl FnMut(usize)) -> io::Result<()> {
        // The last stretch that begins below the first key may hold it.
        let mut stretch =
            self.foot.sparse.partition_point(|it| it < keys.start()).saturating_sub(1);
        while self.foot.sparse.get(stretch).is_some_and(|first| first <= keys.end()) {
            let entries = self.stretch(stretch)?;
            let begin = entries.partition_point(|it| key_of(it) < *keys.start());
            for entry in entries.iter().skip(begin) {
                if key_of(entry) > *keys.end() {
                    return Ok(());
                }
                put(row_of(entry) as usize);
            }
            stretch += 1;
        }
        Ok(())
    }
}

fn row_of(entry: &[u8; ENTRY]) -> u32 {
    let [.., a, b, c, d] = *entry;
    u32::from_le_bytes([a, b, c, d])
}

fn key_of(entry: &[u8; ENTRY]) -> u64 {
    let (key, _) = entry.split_at(8);
    u64::from_le_bytes(key.try_into().unwrap_or_default())
}
