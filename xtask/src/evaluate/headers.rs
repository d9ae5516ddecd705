//! Captures cut to their headers, as sensors keep them that may not look inside.

use std::fs;
use std::path::Path;

use minehound_wire::capture::{Cutter, Step};

/// Ethernet, IPv4 and TCP with time stamps: what is kept of a frame.
const KEPT: usize = 66;

/// Writes a capture anew as pcap with the headers alone.
pub(super) fn cut(from: &Path, to: &Path) -> anyhow::Result<()> {
    let (capture, mut cutter, mut at) = (fs::read(from)?, Cutter::new(), 0);
    let mut out: Vec<u8> = Vec::new();
    loop {
        match cutter.next(capture.get(at..).unwrap_or_default(), true)? {
            Step::Record { consumed, record } => {
                at += consumed;
                if out.is_empty() {
                    // Magic number of nanoseconds, version 2.4, no zone, snaplen, link type.
                    for word in [0xa1b2_3c4d, 4 << 16 | 2, 0, 0, 66, record.link_type] {
                        out.extend(word.to_le_bytes());
                    }
                }
                let time_ns = record.time_ns.unwrap_or(0).max(0).unsigned_abs();
                let kept = record.captured.get(..KEPT).unwrap_or(record.captured);
                let seconds = u32::try_from(time_ns / 1_000_000_000).unwrap_or(u32::MAX);
                let rest = u32::try_from(time_ns % 1_000_000_000).unwrap_or(0);
                let length = u32::try_from(kept.len()).unwrap_or(0);
                for word in [seconds, rest, length, record.wire_len] {
                    out.extend(word.to_le_bytes());
                }
                out.extend(kept);
            }
            Step::Skip { consumed, .. } => at += consumed,
            Step::Cut { .. } | Step::Need(_) | Step::End => break,
        }
    }
    Ok(fs::write(to, out)?)
}
