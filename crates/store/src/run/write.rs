//! Writing a run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use minehound_model::{Span, Tie, Tied};
use sha2::{Digest, Sha256};

use super::{BLOCK, Block, ENTRY, Foot, MAGIC, SPARSE, key};

/// Sorts the ties and writes them; the file is on disk when this returns. Gives its SHA-256.
pub(crate) fn write(path: &Path, ties: &mut [Tie]) -> io::Result<String> {
    ties.sort_unstable();
    let file = File::options().write(true).create_new(true).open(path)?;
    let mut out = Counted { inner: BufWriter::new(file), at: 0, digest: Sha256::new() };
    let mut foot = Foot { ties: number(ties.len())?, ..Foot::default() };
    out.write_all(MAGIC)?;
    let mut entries = Vec::with_capacity(ties.len() * 3);
    for (place, block) in ties.chunks(BLOCK).enumerate() {
        let plain = postcard::to_stdvec(block).map_err(io::Error::other)?;
        let packed = pack(&plain)?;
        let at = out.at;
        out.write_all(&packed)?;
        let hull = block.iter().map(|it| it.span).reduce(Span::hull).unwrap_or(Span::at(0));
        foot.blocks.push(Block { at, len: number(packed.len())?, hull });
        for (offset, tie) in block.iter().enumerate() {
            let row = number(place * BLOCK + offset)?;
            key::of(&tie.what, |key| entries.push((key, row)));
            note(&mut foot, tie);
        }
    }
    entries.sort_unstable();
    foot.index_at = out.at;
    foot.entries = entries.len() as u64;
    foot.sparse = entries.iter().step_by(SPARSE).map(|it| it.0).collect();
    let mut bytes = Vec::with_capacity(SPARSE * ENTRY);
    for some in entries.chunks(SPARSE) {
        bytes.clear();
        for (key, row) in some {
            bytes.extend(key.to_le_bytes());
            bytes.extend(row.to_le_bytes());
        }
        out.write_all(&bytes)?;
    }
    let packed = postcard::to_stdvec(&foot).map_err(io::Error::other)?;
    out.write_all(&packed)?;
    out.write_all(&(packed.len() as u64).to_le_bytes())?;
    let seal = Sha256::digest(&packed);
    out.write_all(seal.get(..8).unwrap_or_default())?;
    let Counted { inner, digest, .. } = out;
    inner.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(hex(&digest.finalize()))
}

fn note(foot: &mut Foot, tie: &Tie) {
    let outers = foot.logs.entry(tie.line.log).or_default();
    match &tie.what {
        Tied::Translation { outer, .. } => outers.insert(outer.ip()),
        Tied::PortBlock { outer, .. } => outers.insert(*outer),
        _ => false,
    };
}

fn pack(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::with_capacity(plain.len() / 2), 1)?;
    encoder.include_checksum(true)?;
    encoder.write_all(plain)?;
    encoder.finish()
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
