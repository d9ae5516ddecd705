//! A pcapng file with one interface, written packet by packet (IETF opsawg pcapng draft).

#![expect(clippy::cast_possible_truncation, reason = "times are split into their two halves")]

use std::io::{self, Write};

use crate::packets::Link;
use crate::world::answers::HostAnswer;
use crate::world::sink::{Ended, Seen, Sink};

/// Writes packets with nanoseconds.
pub(crate) struct Pcapng<W: Write> {
    out: W,
}

impl<W: Write> Pcapng<W> {
    /// Begins the file.
    pub(crate) fn new(mut out: W, link: Link) -> io::Result<Self> {
        let mut head = Vec::new();
        for word in [0x0a0d_0d0a_u32, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28] {
            head.extend(word.to_le_bytes());
        }
        // one interface: link, no limit told, if_tsresol 9
        for word in [1_u32, 32, u32::from(link.number()), 262_144, 0x0001_0009, 9, 0, 32] {
            head.extend(word.to_le_bytes());
        }
        out.write_all(&head)?;
        Ok(Self { out })
    }

    /// Writes one packet.
    pub(crate) fn raw(
        &mut self,
        time_ns: u64,
        kept_bytes: &[u8],
        wire_len: usize,
    ) -> io::Result<()> {
        let kept = kept_bytes.len();
        let padding = kept.wrapping_neg() & 3;
        let total = (kept + padding + 32) as u32;
        let head =
            [6, total, 0, (time_ns >> 32) as u32, time_ns as u32, kept as u32, wire_len as u32];
        let mut bytes = [0_u8; 28];
        for (slot, word) in bytes.chunks_exact_mut(4).zip(head) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        self.out.write_all(&bytes)?;
        self.out.write_all(kept_bytes)?;
        self.out.write_all([0; 4].get(..padding).unwrap_or_default())?;
        self.out.write_all(&total.to_le_bytes())
    }

    /// Hands everything to the system.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Sink for Pcapng<W> {
    fn packet(&mut self, seen: &Seen<'_>) -> io::Result<()> {
        self.raw(seen.time_ns, seen.bytes, seen.wire_len)
    }

    fn ended(&mut self, _: &Ended<'_>) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _: u64, _: &[HostAnswer]) -> io::Result<()> {
        self.out.flush()
    }
}
