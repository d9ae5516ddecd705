//! Writing a run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use minehound_model::{Tie, Tied};
use sha2::{Digest, Sha256};
use zstd::bulk::Compressor;

use super::{BLOCK, Block, Entry, Foot, MAGIC, SPARSE, key};

/// Sorts the ties and writes them; the file is on disk when this returns. Gives its SHA-256.
pub(crate) fn write(path: &Path, ties: &mut [Tie]) -> io::Result<String> {
    ties.sort_unstable();
    let mut writer = Writer::create(path)?;
    let mut entries = Vec::with_capacity(ties.len() * 3);
    for tie in ties.iter() {
        let row = writer.tie(tie)?;
        key::of(&tie.what, tie.line.log, |key| entries.push(Entry::of(key, row, tie)));
    }
    entries.sort_unstable();
    let mut writer = writer.end_ties()?;
    entries.into_iter().try_for_each(|it| writer.entry(it))?;
    writer.finish()
}

/// A run on its way to the disk: its ties in order, then its index in order, then its foot.
pub(super) struct Writer {
    out: Counted<BufWriter<File>>,
    foot: Foot,
    block: Vec<Tie>,
    packer: Compressor<'static>,
}

/// The index of a run on its way.
pub(super) struct IndexWriter(Writer);

impl Writer {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(path)?;
        let mut out = Counted { inner: BufWriter::new(file), at: 0, digest: Sha256::new() };
        out.write_all(MAGIC)?;
        let mut packer = Compressor::new(1)?;
        packer.include_checksum(true)?;
        Ok(Self { out, foot: Foot::default(), block: Vec::with_capacity(BLOCK), packer })
    }

    /// Takes a tie, which is not before the last one; gives its row.
    pub(super) fn tie(&mut self, tie: &Tie) -> io::Result<u32> {
        let row = self.foot.ties;
        self.foot.ties = row.checked_add(1).ok_or_else(|| io::Error::other("too many ties"))?;
        let log = self.foot.logs.entry(tie.line.log).or_default();
        log.note(row);
        match &tie.what {
            Tied::Translation { outer, .. } => log.outers.insert(outer.ip()),
            Tied::PortBlock { outer, .. } => log.outers.insert(*outer),
            _ => false,
        };
        self.block.push(tie.clone());
        if self.block.len() >= BLOCK {
            self.end_block()?;
        }
        Ok(row)
    }

    fn end_block(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let plain = postcard::to_stdvec(&self.block).map_err(io::Error::other)?;
        let packed = self.packer.compress(&plain)?;
        let at = self.out.at;
        self.out.write_all(&packed)?;
        let (len, plain) = (number(packed.len())?, number(plain.len())?);
        self.foot.blocks.push(Block { at, len, plain });
        self.block.clear();
        Ok(())
    }

    pub(super) fn end_ties(mut self) -> io::Result<IndexWriter> {
        self.end_block()?;
        self.foot.index_at = self.out.at;
        Ok(IndexWriter(self))
    }
}

impl IndexWriter {
    /// Takes an entry, which is not before the last one.
    pub(super) fn entry(&mut self, entry: Entry) -> io::Result<()> {
        let Writer { out, foot, .. } = &mut self.0;
        if foot.entries.is_multiple_of(SPARSE as u64) {
            foot.sparse.push(entry.key);
        }
        foot.entries += 1;
        out.write_all(&entry.to_bytes())
    }

    /// Writes the foot and brings everything to the disk. Gives the SHA-256 of the file.
    pub(super) fn finish(self) -> io::Result<String> {
        let Writer { mut out, foot, .. } = self.0;
        let packed = postcard::to_stdvec(&foot).map_err(io::Error::other)?;
        out.write_all(&packed)?;
        out.write_all(&(packed.len() as u64).to_le_bytes())?;
        let seal = Sha256::digest(&packed);
        out.write_all(seal.get(..8).unwrap_or_default())?;
        let Counted { inner, digest, .. } = out;
        inner.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(hex(&digest.finalize()))
    }
}

fn number(it: usize) -> io::Result<u32> {
    u32::try_from(it).map_err(io::Error::other)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

struct Counted<W> {
    inner: W,
    at: u64,
    digest: Sha256,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
