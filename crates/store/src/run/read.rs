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

use super::{BLOCK, Block, ENTRY, Foot, MAGIC, SPARSE, key};
use crate::StoreError;

/// A block never unpacks to more: 512 ties with their longest texts.
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

    /// The logs that it has ties of, with the outer addresses of each.
    pub(crate) fn logs(
        &self,
    ) -> impl Iterator<Item = (LogId, &std::collections::BTreeSet<std::net::IpAddr>)> {
        self.foot.logs.iter().map(|(log, outers)| (*log, outers))
    }

    /// The blocks that hold ties of a window, by number.
    pub(crate) fn blocks(&self) -> usize {
        self.foot.blocks.len()
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
        let Some(Block { at, len, .. }) = self.foot.blocks.get(number).copied() else {
            return Ok(Rc::from([]));
        };
        let mut packed = vec![0; usize::try_from(len).map_err(io::Error::other)?];
        self.file.read_exact_at(&mut packed, at)?;
        let mut plain = Vec::new();
        zstd::Decoder::with_buffer(&packed[..])?.take(MAX_BLOCK_BYTES).read_to_end(&mut plain)?;
        let ties: Vec<Tie> = postcard::from_bytes(&plain).map_err(io::Error::other)?;
        Ok(ties.into())
    }

    /// Keeps at most so many stretches of the index in memory, 12 KiB each.
    pub(crate) fn keep(&self, stretches: usize) {
        self.keep.set(stretches);
    }

    /// A stretch of the index.
    fn stretch(&self, number: usize) -> io::Result<Rc<[[u8; ENTRY]]>> {
        if let Some(kept) = self.stretches.borrow().get(&number) {
            return Ok(Rc::clone(kept));
        }
        let first = number as u64 * SPARSE as u64;
        let count = self.foot.entries.saturating_sub(first).min(SPARSE as u64);
        let mut bytes = vec![0; usize::try_from(count).map_err(io::Error::other)? * ENTRY];
        self.file.read_exact_at(&mut bytes, self.foot.index_at + first * ENTRY as u64)?;
        let (entries, _) = bytes.as_chunks::<ENTRY>();
        let entries: Rc<[[u8; ENTRY]]> = entries.into();
        let mut kept = self.stretches.borrow_mut();
        if kept.len() >= self.keep.get() {
            kept.clear();
        }
        kept.insert(number, Rc::clone(&entries));
        Ok(entries)
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
                let [.., a, b, c, d] = *entry;
                put(u32::from_le_bytes([a, b, c, d]) as usize);
            }
            stretch += 1;
        }
        Ok(())
    }
}

fn key_of(entry: &[u8; ENTRY]) -> u64 {
    let (key, _) = entry.split_at(8);
    u64::from_le_bytes(key.try_into().unwrap_or_default())
}
