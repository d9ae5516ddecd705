//! Looking up in a run.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::rc::Rc;

use minehound_model::{Ask, LogId, Span, Tie};
use sha2::{Digest, Sha256};
use zstd::bulk::Decompressor;

use super::{
    Block, ENTRY, Entry, FAN_IN_TIES, FULL_TIES, Foot, MAGIC, OfLog, SPARSE, Seconds, key,
};
use crate::StoreError;

/// A block never unpacks to more: [`BLOCK`] ties with their longest texts.
const MAX_BLOCK_BYTES: u32 = 64 << 20;

/// A run that can be asked.
#[derive(Debug)]
pub(crate) struct Run {
    file: File,
    foot: Foot,
    unpacker: RefCell<Unpacker>,
    /// Stretches of the index that were asked for last.
    stretches: RefCell<HashMap<usize, Rc<[Entry]>>>,
    /// So many of them are kept.
    keep: Cell<usize>,
}

struct Unpacker(Decompressor<'static>);

impl fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unpacker")
    }
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
        let unpacker = Decompressor::new().map_err(StoreError::io(path))?;
        let unpacker = RefCell::new(Unpacker(unpacker));
        Ok(Self { file, foot, unpacker, stretches: RefCell::default(), keep: Cell::new(0) })
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

    /// Its entries, in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = io::Result<Entry>> {
        (0..self.foot.sparse.len()).flat_map(|number| {
            let (entries, trouble) = match self.read_stretch(number) {
                Ok(entries) => (entries, None),
                Err(cause) => (Vec::new(), Some(Err(cause))),
            };
            entries.into_iter().map(Ok).chain(trouble)
        })
    }

    /// The rows that may be an answer, in order: of the logs that `window` lets in and of that time. From
    /// `enough` of them on none are looked for.
    pub(crate) fn may_answer(
        &self,
        ask: Ask,
        window: &dyn Fn(LogId) -> Option<Span>,
        enough: usize,
    ) -> io::Result<Vec<usize>> {
        let mut rows = Vec::new();
        let mut of_last = None;
        let mut take = |entry: &Entry| {
            let window: Option<Seconds> = match of_last {
                Some((log, window)) if log == entry.log => window,
                _ => window(entry.log).map(Seconds::from),
            };
            of_last = Some((entry.log, window));
            if window.is_some_and(|it| it.overlaps(entry.when)) {
                rows.push(entry.row as usize);
            }
            rows.len() < enough
        };
        for keys in key::asked(ask) {
            self.entries_of(&keys, &mut take)?;
        }
        rows.sort_unstable();
        rows.dedup();
        Ok(rows)
    }

    /// The ties of a block.
    pub(crate) fn block(&self, number: usize) -> io::Result<Rc<[Tie]>> {
        Ok(self.unpacked(number)?.into())
    }

    fn unpacked(&self, number: usize) -> io::Result<Vec<Tie>> {
        let Some(Block { at, len, plain, .. }) = self.foot.blocks.get(number).copied() else {
            return Ok(Vec::new());
        };
        let mut packed = vec![0; usize::try_from(len).map_err(io::Error::other)?];
        self.file.read_exact_at(&mut packed, at)?;
        let most = plain.min(MAX_BLOCK_BYTES) as usize;
        let plain = self.unpacker.borrow_mut().0.decompress(&packed, most)?;
        postcard::from_bytes(&plain).map_err(io::Error::other)
    }

    /// Keeps at most so many stretches of the index in memory, 6 KiB each.
    pub(crate) fn keep(&self, stretches: usize) {
        self.keep.set(stretches);
    }

    /// A stretch of the index.
    fn stretch(&self, number: usize) -> io::Result<Rc<[Entry]>> {
        if let Some(kept) = self.stretches.borrow().get(&number) {
            return Ok(Rc::clone(kept));
        }
        let entries: Rc<[Entry]> = self.read_stretch(number)?.into();
        let mut kept = self.stretches.borrow_mut();
        if kept.len() >= self.keep.get() {
            kept.clear();
        }
        kept.insert(number, Rc::clone(&entries));
        Ok(entries)
    }

    fn read_stretch(&self, number: usize) -> io::Result<Vec<Entry>> {
        let first = number as u64 * SPARSE as u64;
        let count = self.foot.entries.saturating_sub(first).min(SPARSE as u64);
        let mut bytes = vec![0; usize::try_from(count).map_err(io::Error::other)? * ENTRY];
        self.file.read_exact_at(&mut bytes, self.foot.index_at + first * ENTRY as u64)?;
        let (entries, _) = bytes.as_chunks::<ENTRY>();
        Ok(entries.iter().map(Entry::from_bytes).collect())
    }

    fn entries_of(
        &self,
        keys: &RangeInclusive<u64>,
        go_on: &mut dyn FnMut(&Entry) -> bool,
    ) -> io::Result<()> {
        // The last stretch that begins below the first key may hold it.
        let mut stretch =
            self.foot.sparse.partition_point(|it| it < keys.start()).saturating_sub(1);
        while self.foot.sparse.get(stretch).is_some_and(|first| first <= keys.end()) {
            let entries = self.stretch(stretch)?;
            let begin = entries.partition_point(|it| it.key < *keys.start());
            for entry in entries.iter().skip(begin) {
                if entry.key > *keys.end() || !go_on(entry) {
                    return Ok(());
                }
            }
            stretch += 1;
        }
        Ok(())
    }
}
