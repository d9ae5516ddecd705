//! Looking up in a run.

use std::collections::BTreeSet;
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
/// Entries of the index that are read at a time.
const READ_ENTRIES: usize = 4_096;

/// A run that can be asked.
#[derive(Debug)]
pub(crate) struct Run {
    file: File,
    foot: Foot,
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
        Ok(Self { file, foot })
    }

    /// The logs that it has ties of, with the outer addresses of each.
    pub(crate) fn logs(&self) -> impl Iterator<Item = (LogId, &BTreeSet<std::net::IpAddr>)> {
        self.foot.logs.iter().map(|(log, outers)| (*log, outers))
    }

    /// The blocks that hold ties of a window, by number.
    pub(crate) fn blocks(&self) -> usize {
        self.foot.blocks.len()
    }

    /// The numbers of the blocks that may hold an answer, in order.
    pub(crate) fn may_answer(
        &self,
        ask: Ask,
        window: &dyn Fn(LogId) -> Option<Span>,
    ) -> io::Result<Vec<usize>> {
        let windows = self.foot.logs.keys().filter_map(|log| window(*log));
        let Some(hull) = windows.reduce(Span::hull) else { return Ok(Vec::new()) };
        if !self.foot.blocks.iter().any(|it| it.hull.overlaps(hull)) {
            return Ok(Vec::new());
        }
        let mut blocks = BTreeSet::new();
        for keys in key::asked(ask) {
            self.rows(&keys, |row| {
                let block = row / BLOCK;
                let stands = self.foot.blocks.get(block).is_some_and(|it| it.hull.overlaps(hull));
                if stands {
                    blocks.insert(block);
                }
            })?;
        }
        Ok(blocks.into_iter().collect())
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

    fn rows(&self, keys: &RangeInclusive<u64>, mut put: impl FnMut(usize)) -> io::Result<()> {
        // The last stretch that begins below the first key may hold it.
        let stretch = self.foot.sparse.partition_point(|it| it < keys.start()).saturating_sub(1);
        let mut next = stretch as u64 * SPARSE as u64;
        let mut bytes = vec![0; READ_ENTRIES * ENTRY];
        while next < self.foot.entries {
            let count = (self.foot.entries - next).min(READ_ENTRIES as u64);
            let len = usize::try_from(count).map_err(io::Error::other)? * ENTRY;
            let some = bytes.get_mut(..len).unwrap_or_default();
            self.file.read_exact_at(some, self.foot.index_at + next * ENTRY as u64)?;
            for entry in some.chunks_exact(ENTRY) {
                let (key, row) = entry.split_at(8);
                let key = u64::from_le_bytes(key.try_into().unwrap_or_default());
                if key > *keys.end() {
                    return Ok(());
                }
                if key >= *keys.start() {
                    let row = u32::from_le_bytes(row.try_into().unwrap_or_default());
                    put(row as usize);
                }
            }
            next += count;
        }
        Ok(())
    }
}
