//! The big capture: all small ones, one after the other in time, over and over with other addresses.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use minehound_wire::capture::{Cutter, Step};

use super::shift;

/// `LINKTYPE_ETHERNET`.
const ETHERNET: u32 = 1;
/// A longer frame is a mistake of whoever captured it.
const MAX_FRAME: usize = 65_535;
/// A silence within a capture is shortened to this, so that years do not go by.
const MAX_SILENCE_NS: i64 = 60_000_000_000;
/// The silence between two captures.
const BETWEEN_NS: i64 = 1_000_000_000;
/// When the big capture begins: 2020-01-01.
const BEGIN_NS: i64 = 1_577_836_800_000_000_000;
/// The file's header, and the header of each record.
const HEADER: u64 = 24;
const RECORD_HEADER: u64 = 16;

/// What a big capture holds.
pub(super) struct Big {
    /// Captures taken.
    pub(super) captures: u64,
    /// Copies of them all, the last perhaps not whole.
    pub(super) copies: u32,
    pub(super) packets: u64,
    /// Bytes of the packets as captured, without the file's own headers.
    pub(super) bytes: u64,
}

impl Big {
    /// The mean length of a packet.
    pub(super) fn mean(&self) -> u64 {
        self.bytes / self.packets.max(1)
    }
}

struct Frame {
    time_ns: i64,
    bytes: Vec<u8>,
    wire_len: usize,
}

impl Big {
    /// Writes a capture of so many bytes at least.
    pub(super) fn write(folders: &[PathBuf], bytes: u64, path: &Path) -> anyhow::Result<Self> {
        let mut frames = Vec::new();
        let mut captures = 0;
        for file in files(folders)? {
            captures += u64::from(append(&fs::read(file)?, &mut frames));
        }
        ensure!(!frames.is_empty(), "no Ethernet frames in {folders:?}");
        let span = frames.last().map_or(0, |it| it.time_ns) + BETWEEN_NS;
        let mut big = Self { captures, copies: 0, packets: 0, bytes: 0 };
        let mut out = BufWriter::new(File::create(path)?);
        header(&mut out)?;
        let mut written = HEADER;
        while written < bytes {
            for frame in &frames {
                if written >= bytes {
                    break;
                }
                let since = BEGIN_NS + i64::from(big.copies) * span;
                let mut shifted = frame.bytes.clone();
                shift::addresses(&mut shifted, big.copies);
                record(&mut out, since + frame.time_ns, &shifted, frame.wire_len)?;
                big.packets += 1;
                big.bytes += shifted.len() as u64;
                written += RECORD_HEADER + shifted.len() as u64;
            }
            big.copies += 1;
        }
        out.flush()?;
        Ok(big)
    }
}

/// The files of the folders, in the order of their names.
fn files(folders: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in folders.iter().filter(|it| it.is_dir()) {
        for entry in fs::read_dir(folder)? {
            files.push(entry?.path());
        }
    }
    files.retain(|it| it.is_file());
    files.sort();
    Ok(files)
}

/// Puts the Ethernet frames of a capture behind those of the others; whether there were any.
fn append(file: &[u8], frames: &mut Vec<Frame>) -> bool {
    let mut cutter = Cutter::new();
    let mut rest = file;
    let mut time_ns = frames.last().map_or(0, |it| it.time_ns + BETWEEN_NS);
    let mut before = None;
    while let Ok(step) = cutter.next(rest, true) {
        let consumed = match step {
            Step::Record { consumed, record } => {
                let (bytes, wire_len) = (record.captured, record.wire_len as usize);
                if record.link_type == ETHERNET && bytes.len().max(wire_len) <= MAX_FRAME {
                    let now = record.time_ns.or(before).unwrap_or(0);
                    let passed = now.saturating_sub(before.replace(now).unwrap_or(now));
                    time_ns += passed.clamp(0, MAX_SILENCE_NS);
                    let bytes = bytes.get(..wire_len).unwrap_or(bytes).to_vec();
                    frames.push(Frame { time_ns, bytes, wire_len });
                }
                consumed
            }
            Step::Skip { consumed, .. } => consumed,
            Step::Need(_) | Step::Cut { .. } | Step::End => break,
        };
        rest = rest.get(consumed..).unwrap_or_default();
    }
    before.is_some()
}

fn header(out: &mut impl Write) -> anyhow::Result<()> {
    out.write_all(&0xa1b2_c3d4_u32.to_le_bytes())?;
    out.write_all(&[2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
    out.write_all(&262_144_u32.to_le_bytes())?;
    out.write_all(&ETHERNET.to_le_bytes())?;
    Ok(())
}

fn record(out: &mut impl Write, time_ns: i64, bytes: &[u8], wire_len: usize) -> anyhow::Result<()> {
    let (seconds, rest) = (time_ns / 1_000_000_000, time_ns % 1_000_000_000 / 1_000);
    for word in [u32::try_from(seconds)?, u32::try_from(rest)?] {
        out.write_all(&word.to_le_bytes())?;
    }
    for length in [bytes.len(), wire_len] {
        out.write_all(&u32::try_from(length)?.to_le_bytes())?;
    }
    Ok(out.write_all(bytes)?)
}
