//! The newer format: blocks, of which some are packets of interfaces described before.
//!
//! Checked against draft-ietf-opsawg-pcapng, sections 3 and 4, and against what Wireshark counts
//! as a frame (wireshark/wireshark:wiretap/pcapng.c).

use super::{MAX_BELIEVED, MAX_CAPTURED, MAX_NEED, Malformed, Order, Piece, Record, Skipped};

const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;
const OPTION_TSRESOL: u16 = 9;
const OPTION_TSOFFSET: u16 = 14;
const MAX_INTERFACES: usize = 65_536;
const MAX_OPTIONS: usize = 4_096;
/// Block type, block length, and the length again at the end.
const FRAMING: usize = 12;
const NS_PER_S: i128 = 1_000_000_000;

/// Whether these are the first bytes of a section: at least its type, length and byte order.
pub(super) fn begins(prefix: &[u8]) -> bool {
    prefix.starts_with(&SECTION_HEADER)
        && prefix.get(8..12).and_then(<[u8]>::first_chunk).copied().and_then(order_of).is_some()
}

fn order_of(magic: [u8; 4]) -> Option<Order> {
    [Order::Little, Order::Big].into_iter().find(|order| order.u32(magic) == 0x1a2b_3c4d)
}

/// The section being read and its interfaces.
#[derive(Debug, Default)]
pub(super) struct Sections {
    order: Option<Order>,
    interfaces: Vec<Interface>,
    /// Interfaces of the sections before.
    interfaces_before: u32,
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link_type: u32,
    snaplen: u32,
    tick: Tick,
    offset_s: i64,
}

/// The unit of an interface's time stamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tick {
    /// So many nanoseconds.
    Nanoseconds(i64),
    /// A second divided by a power of ten beyond the ninth.
    TenthsOfNanosecond(u128),
    /// A second divided by two to so many.
    Binary(u8),
}

impl Tick {
    /// Section 4.2: the highest bit tells a power of two from a power of ten.
    fn of(resolution: u8) -> Option<Self> {
        let power = resolution & 0x7f;
        if resolution & 0x80 != 0 {
            // A tick of 2^-64 s already lets a 64-bit stamp reach no further than one second.
            return (power <= 64).then_some(Self::Binary(power));
        }
        match power {
            0..=9 => Some(Self::Nanoseconds(10_i64.pow(9 - u32::from(power)))),
            10..=28 => Some(Self::TenthsOfNanosecond(10_u128.pow(u32::from(power) - 9))),
            _ => None,
        }
    }

    #[inline]
    fn to_ns(self, stamp: u64, offset_s: i64) -> Option<i64> {
        let since = match self {
            Self::Nanoseconds(unit) => i128::from(stamp) * i128::from(unit),
            Self::TenthsOfNanosecond(per_ns) => i128::try_from(u128::from(stamp) / per_ns).ok()?,
            Self::Binary(shift) => (i128::from(stamp) * NS_PER_S) >> shift,
        };
        i64::try_from(since + i128::from(offset_s) * NS_PER_S).ok()
    }
}

/// The fields of a packet block.
struct Fields<'a> {
    interface: u32,
    stamp: Option<u64>,
    captured_len: u32,
    wire_len: u32,
    after: &'a [u8],
}

impl Sections {
    /// The packet at the front of `buf`, and how many bytes its block takes, if it is an Enhanced
    /// Packet Block with nothing wrong about it: nearly every block of nearly every file is.
    #[inline]
    pub(super) fn record<'a>(&self, buf: &'a [u8], before: u64) -> Option<(usize, Record<'a>)> {
        let order = self.order?;
        let ([kind, stated], _) = order.words(buf)?;
        let length = stated as usize;
        if kind != ENHANCED_PACKET || length > MAX_NEED || !length.is_multiple_of(4) {
            return None;
        }
        let (inside, trailer) = buf.get(..length)?.split_last_chunk::<4>()?;
        if order.u32(*trailer) != stated {
            return None;
        }
        Some((length, self.packet(enhanced(inside, order), before).ok()?))
    }

    /// Whatever else is at the front of `buf`.
    pub(super) fn other<'a>(&mut self, buf: &'a [u8], before: u64) -> Result<Piece<'a>, Malformed> {
        let Some((head, _)) = buf.as_chunks::<4>().0.split_first_chunk::<3>() else {
            return Ok(Piece::Need(FRAMING));
        };
        let [kind, stated, byte_order] = *head;
        if kind == SECTION_HEADER {
            self.order = Some(order_of(byte_order).ok_or(Malformed::ByteOrder)?);
        }
        let order = self.order.ok_or(Malformed::ByteOrder)?;
        self.block(buf, order, kind, order.u32(stated), before)
    }

    fn block<'a>(
        &mut self,
        buf: &'a [u8],
        order: Order,
        kind: [u8; 4],
        stated: u32,
        before: u64,
    ) -> Result<Piece<'a>, Malformed> {
        if !(12..=MAX_BELIEVED).contains(&stated) {
            return Err(Malformed::BlockLength);
        }
        // Section 3.1 wants a multiple of four; writers that forgot still padded the block.
        let length = (stated as usize).next_multiple_of(4);
        if length > MAX_NEED {
            return too_long(order, kind, length);
        }
        let Some(block) = buf.get(..length) else { return Ok(Piece::Need(length)) };
        let Some((inside, trailer)) = block.split_last_chunk::<4>() else {
            return Err(Malformed::BlockLength);
        };
        if order.u32(*trailer) != stated {
            return Err(Malformed::TrailingLength);
        }
        if kind == SECTION_HEADER {
            self.open_section(inside, order)?;
            return Ok(Piece::Skip(length as u64, (Skipped::NotRecord, false)));
        }
        let skipped = match order.u32(kind) {
            ENHANCED_PACKET => match self.packet(enhanced(inside, order), before) {
                Ok(record) => return Ok(Piece::Record(length, record)),
                Err(why) => (why, true),
            },
            SIMPLE_PACKET => match self.packet(self.simple(inside, order), before) {
                Ok(record) => return Ok(Piece::Record(length, record)),
                Err(why) => (why, true),
            },
            OBSOLETE_PACKET => match self.packet(obsolete(inside, order), before) {
                Ok(record) => return Ok(Piece::Record(length, record)),
                Err(why) => (why, true),
            },
            INTERFACE_DESCRIPTION => self.describe_interface(inside, order)?,
            other => not_packet(other),
        };
        Ok(Piece::Skip(length as u64, skipped))
    }

    fn open_section(&mut self, inside: &[u8], order: Order) -> Result<(), Malformed> {
        // Byte order, major and minor version, section length.
        let ([major, _], _) =
            inside.get(12..24).and_then(|rest| order.halves(rest)).ok_or(Malformed::BlockLength)?;
        if major != 1 {
            return Err(Malformed::Version);
        }
        let closed = u32::try_from(self.interfaces.len()).unwrap_or(u32::MAX);
        self.interfaces_before = self.interfaces_before.saturating_add(closed);
        self.interfaces.clear();
        Ok(())
    }

    fn describe_interface(
        &mut self,
        inside: &[u8],
        order: Order,
    ) -> Result<(Skipped, bool), Malformed> {
        let rest = inside.get(8..).unwrap_or_default();
        let ([link_type, _], rest) = order.halves(rest).ok_or(Malformed::BlockLength)?;
        let ([snaplen], options) = order.words(rest).ok_or(Malformed::BlockLength)?;
        if self.interfaces.len() == MAX_INTERFACES {
            return Err(Malformed::TooManyInterfaces);
        }
        let mut interface = Interface {
            link_type: u32::from(link_type),
            snaplen,
            tick: Tick::Nanoseconds(1_000),
            offset_s: 0,
        };
        let fits = interface.read_options(options, order);
        self.interfaces.push(interface);
        Ok((if fits { Skipped::NotRecord } else { Skipped::Unfit }, false))
    }

    fn simple<'a>(&self, inside: &'a [u8], order: Order) -> Option<Fields<'a>> {
        let ([wire_len], after) = order.words(inside.get(8..)?)?;
        // Section 4.4: the captured length is the original one cut at the interface's snaplen.
        let snaplen = self.interfaces.first().map_or(0, |interface| interface.snaplen);
        let kept = if snaplen == 0 { wire_len } else { wire_len.min(snaplen) };
        let room = u32::try_from(after.len()).unwrap_or(u32::MAX);
        Some(Fields { interface: 0, stamp: None, captured_len: kept.min(room), wire_len, after })
    }

    #[inline]
    fn packet<'a>(&self, fields: Option<Fields<'a>>, before: u64) -> Result<Record<'a>, Skipped> {
        let fields = fields.ok_or(Skipped::Unfit)?;
        let interface = usize::try_from(fields.interface)
            .ok()
            .and_then(|index| self.interfaces.get(index))
            .ok_or(Skipped::UnknownInterface)?;
        let captured = fields.after.get(..fields.captured_len as usize).ok_or(Skipped::Unfit)?;
        if captured.len() > MAX_CAPTURED {
            return Err(Skipped::Oversized);
        }
        Ok(Record {
            frame: before + 1,
            link_type: interface.link_type,
            interface: self.interfaces_before.saturating_add(fields.interface),
            time_ns: fields.stamp.and_then(|stamp| interface.tick.to_ns(stamp, interface.offset_s)),
            captured,
            wire_len: fields.wire_len,
        })
    }
}

impl Interface {
    /// Takes what matters from the options; says whether they were well-formed.
    fn read_options(&mut self, mut options: &[u8], order: Order) -> bool {
        for _ in 0..MAX_OPTIONS {
            let Some(([code, length], rest)) = order.halves(options) else {
                return options.is_empty();
            };
            let length = usize::from(length);
            let Some(value) = rest.get(..length) else { return false };
            match (code, value) {
                (0, _) => return true,
                (OPTION_TSRESOL, [resolution]) => match Tick::of(*resolution) {
                    Some(tick) => self.tick = tick,
                    None => return false,
                },
                (OPTION_TSOFFSET, value) => match value.try_into() {
                    Ok(seconds) => self.offset_s = order.i64(seconds),
                    Err(_) => return false,
                },
                _ => {}
            }
            options = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
        false
    }
}

#[inline]
fn enhanced(inside: &[u8], order: Order) -> Option<Fields<'_>> {
    let ([interface, high, low, captured_len, wire_len], after) = order.words(inside.get(8..)?)?;
    let stamp = Some(u64::from(high) << 32 | u64::from(low));
    Some(Fields { interface, stamp, captured_len, wire_len, after })
}

/// The obsolete block has a 16-bit interface, then a count of drops; the rest is as today.
fn obsolete(inside: &[u8], order: Order) -> Option<Fields<'_>> {
    let ([interface, _drops], _) = order.halves(inside.get(8..)?)?;
    Some(Fields { interface: u32::from(interface), ..enhanced(inside, order)? })
}

/// Blocks that Wireshark numbers among its frames though they hold no packet: the journal's
/// export block, the events of sysdig and Falco, and custom blocks (seen with Wireshark 4.0.17).
fn not_packet(kind: u32) -> (Skipped, bool) {
    match kind {
        0x9 | 0x204 | 0x208 | 0x216 | 0x217 | 0x221 | 0x222 | 0xbad | 0x4000_0bad => {
            (Skipped::NotPacket, true)
        }
        _ => (Skipped::NotRecord, false),
    }
}

#[cold]
fn too_long<'a>(order: Order, kind: [u8; 4], length: usize) -> Result<Piece<'a>, Malformed> {
    let what = match order.u32(kind) {
        _ if kind == SECTION_HEADER => return Err(Malformed::BlockLength),
        INTERFACE_DESCRIPTION => return Err(Malformed::BlockLength),
        ENHANCED_PACKET | SIMPLE_PACKET | OBSOLETE_PACKET => (Skipped::Oversized, true),
        other => not_packet(other),
    };
    Ok(Piece::Skip(length as u64, what))
}
