//! Capture files: pcap (tcpdump.org `pcap-savefile(5)`) and pcapng (IETF opsawg pcapng draft).

use crate::packets::{Frame, Link};
use crate::scenario::Generated;

/// How a pcap file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PcapStyle {
    /// Nanoseconds instead of microseconds.
    pub nanoseconds: bool,
    /// Big-endian headers.
    pub big_endian: bool,
}

struct Writer {
    big: bool,
    out: Vec<u8>,
}

impl Writer {
    fn u16(&mut self, value: u16) {
        self.out.extend(if self.big { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn u32(&mut self, value: u32) {
        self.out.extend(if self.big { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn length(&mut self, length: usize) {
        self.u32(u32::try_from(length).unwrap_or(u32::MAX));
    }

    /// A pcapng block of this type around a body.
    fn block(&mut self, kind: u32, body: &[u8]) {
        let padding = body.len().wrapping_neg() & 3;
        let total = body.len() + padding + 12;
        self.u32(kind);
        self.length(total);
        self.out.extend(body);
        self.out.extend(std::iter::repeat_n(0, padding));
        self.length(total);
    }
}

/// The frames as a pcap file.
#[must_use]
pub fn pcap(frames: &[Frame], link: Link, style: PcapStyle) -> Vec<u8> {
    let mut file = Writer { big: style.big_endian, out: Vec::new() };
    file.u32(if style.nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 });
    file.u16(2);
    file.u16(4);
    file.u32(0);
    file.u32(0);
    file.u32(262_144);
    file.u32(u32::from(link.number()));
    for frame in frames {
        let (seconds, rest) = (frame.time_ns / 1_000_000_000, frame.time_ns % 1_000_000_000);
        let rest = if style.nanoseconds { rest } else { rest / 1_000 };
        file.u32(u32::try_from(seconds).unwrap_or(u32::MAX));
        file.u32(u32::try_from(rest).unwrap_or(0));
        file.length(frame.bytes.len());
        file.length(frame.wire_len);
        file.out.extend(&frame.bytes);
    }
    file.out
}

/// Several captures as the interfaces of one pcapng file, ordered by time, each with its own
/// `if_tsresol` byte.
#[must_use]
pub fn pcapng(interfaces: &[(&Generated, u8)], big_endian: bool) -> Vec<u8> {
    let mut file = Writer { big: big_endian, out: Vec::new() };
    let mut head = Writer { big: big_endian, out: Vec::new() };
    head.u32(0x1a2b_3c4d);
    head.u16(1);
    head.u16(0);
    // the section's length is not said
    head.out.extend([0xff; 8]);
    file.block(0x0a0d_0d0a, &head.out);
    for (place, (capture, resolution)) in interfaces.iter().enumerate() {
        let mut body = Writer { big: big_endian, out: Vec::new() };
        body.u16(capture.link.number());
        body.u16(0);
        body.u32(262_144);
        let name = format!("if{place}");
        body.u16(2);
        body.u16(u16::try_from(name.len()).unwrap_or(0));
        body.out.extend(name.as_bytes());
        body.out.extend(std::iter::repeat_n(0, name.len().wrapping_neg() & 3));
        body.u16(9);
        body.u16(1);
        body.out.extend([*resolution, 0, 0, 0]);
        body.u32(0);
        file.block(1, &body.out);
    }
    let mut order: Vec<(u64, u32, u8, &Frame)> = Vec::new();
    for (place, (capture, resolution)) in interfaces.iter().enumerate() {
        let place = u32::try_from(place).unwrap_or(0);
        order.extend(capture.frames.iter().map(|frame| (frame.time_ns, place, *resolution, frame)));
    }
    order.sort_by_key(|(time, place, _, _)| (*time, *place));
    for (time, place, resolution, frame) in order {
        let ticks = ticks(time, resolution);
        let mut body = Writer { big: big_endian, out: Vec::new() };
        body.u32(place);
        body.u32(u32::try_from(ticks >> 32).unwrap_or(u32::MAX));
        body.u32(u32::try_from(ticks & 0xffff_ffff).unwrap_or(0));
        body.length(frame.bytes.len());
        body.length(frame.wire_len);
        body.out.extend(&frame.bytes);
        file.block(6, &body.out);
    }
    file.out
}

/// Nanoseconds in units of an `if_tsresol` byte.
fn ticks(time_ns: u64, resolution: u8) -> u64 {
    let exponent = u32::from(resolution & 0x7f);
    let scaled = if resolution & 0x80 == 0 {
        u128::from(time_ns) * 10_u128.saturating_pow(exponent.min(18)) / 1_000_000_000
    } else {
        (u128::from(time_ns) << exponent.min(60)) / 1_000_000_000
    };
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_in_the_resolution_that_the_interface_names() {
        let second = 1_500_000_000;
        assert_eq!(ticks(second, 6), 1_500_000);
        assert_eq!(ticks(second, 9), 1_500_000_000);
        assert_eq!(ticks(second, 3), 1_500);
        assert_eq!(ticks(second, 0x80 | 0x0a), 1_536);
    }
}
