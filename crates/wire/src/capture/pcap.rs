//! The older format: one header, then records of one link type.

use super::{MAX_BELIEVED, MAX_CAPTURED, Malformed, Order, Piece, Record, Skipped};

/// Length of the file's header in its common flavours.
pub(super) const FILE_HEADER: usize = 24;
const NS_PER_S: i64 = 1_000_000_000;

/// How the records of one file are laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    order: Order,
    /// Nanoseconds in one unit of the fraction of a second.
    fraction_ns: i64,
    /// Bytes after the usual record header: interface, protocol and direction in the flavour of
    /// Kuznetzov's patch.
    extra: usize,
    /// Bytes after the usual file header: the flavour of Ixia's hardware counts its records' bytes.
    extra_header: usize,
    lengths: Lengths,
    link_type: u32,
}

/// Which of a record's two lengths comes first: `pcap_check_header` of libpcap explains that
/// versions before 2.3 had them the other way round and that writers of 2.3 disagreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lengths {
    CapturedFirst,
    WireFirst,
    SmallerIsCaptured,
}

impl Layout {
    /// What the magic number tells: no version, no link type yet.
    ///
    /// Values: wireshark/wireshark:wiretap/libpcap.h and the pcap draft, section 4.
    pub(super) fn of(prefix: &[u8]) -> Option<Self> {
        let magic = *prefix.first_chunk::<4>()?;
        [Order::Little, Order::Big].into_iter().find_map(|order| {
            let (fraction_ns, extra, extra_header) = match order.u32(magic) {
                0xa1b2_c3d4 => (1_000, 0, 0),
                0xa1b2_3c4d => (1, 0, 0),
                0xa1b2_cd34 => (1_000, 8, 0),
                0x1c00_01ac => (1, 0, 4),
                0x1c00_01ab => (1_000, 0, 4),
                _ => return None,
            };
            let lengths = Lengths::CapturedFirst;
            Some(Self { order, fraction_ns, extra, extra_header, lengths, link_type: 0 })
        })
    }

    /// What the whole header tells.
    pub(super) fn of_header(header: &[u8]) -> Result<Self, Malformed> {
        let mut layout = Self::of(header).ok_or(Malformed::NotCapture)?;
        let (version, rest) = header
            .get(4..FILE_HEADER)
            .and_then(|rest| layout.order.halves(rest))
            .ok_or(Malformed::NotCapture)?;
        layout.lengths = match version {
            [2, 0..=2] | [543, _] => Lengths::WireFirst,
            [2, 3] => Lengths::SmallerIsCaptured,
            [2, _] => Lengths::CapturedFirst,
            _ => return Err(Malformed::Version),
        };
        // Time zone, accuracy, longest capture: nobody fills the first two, nobody keeps the third.
        let ([_, _, _, link_type], _) = layout.order.words(rest).ok_or(Malformed::NotCapture)?;
        layout.link_type = link_type & 0x03ff_ffff;
        Ok(layout)
    }

    pub(super) fn header_len(&self) -> usize {
        FILE_HEADER + self.extra_header
    }

    /// The packet at the front of `buf`, and how many bytes its record takes.
    #[inline]
    pub(super) fn record<'a>(&self, buf: &'a [u8], before: u64) -> Option<(usize, Record<'a>)> {
        let ([seconds, fraction, first, second], rest) = self.order.words(buf)?;
        let (captured_len, wire_len) = self.lengths.sort(first, second);
        let length = captured_len as usize;
        if length > MAX_CAPTURED {
            return None;
        }
        let record = Record {
            frame: before + 1,
            link_type: self.link_type,
            interface: 0,
            time_ns: Some(i64::from(seconds) * NS_PER_S + i64::from(fraction) * self.fraction_ns),
            captured: rest.get(self.extra..self.extra + length)?,
            wire_len,
        };
        Some((16 + self.extra + length, record))
    }

    /// Why there is no packet at the front of `buf`.
    #[cold]
    pub(super) fn other<'a>(&self, buf: &[u8]) -> Result<Piece<'a>, Malformed> {
        let Some(([_, _, first, second], _)) = self.order.words(buf) else {
            return Ok(Piece::Need(16 + self.extra));
        };
        let (captured_len, _) = self.lengths.sort(first, second);
        if captured_len as usize > MAX_CAPTURED {
            return self.oversized(captured_len);
        }
        Ok(Piece::Need(16 + self.extra + captured_len as usize))
    }

    /// Only links whose frames can be as long are believed; anywhere else the lengths are those
    /// of bytes that are no record header, and everything after would be invented.
    fn oversized<'a>(&self, captured_len: u32) -> Result<Piece<'a>, Malformed> {
        // LINKTYPE_DBUS, LINKTYPE_USBPCAP, LINKTYPE_USB_LINUX, LINKTYPE_USB_LINUX_MMAPPED,
        // LINKTYPE_USB_DARWIN, LINKTYPE_EBHSCR.
        let long_frames = matches!(self.link_type, 231 | 249 | 189 | 220 | 266 | 279);
        if !long_frames || captured_len > MAX_BELIEVED {
            return Err(Malformed::RecordLength);
        }
        let length = u64::from(captured_len) + 16 + self.extra as u64;
        Ok(Piece::Skip(length, (Skipped::Oversized, true)))
    }
}

impl Lengths {
    fn sort(self, first: u32, second: u32) -> (u32, u32) {
        match self {
            Self::CapturedFirst => (first, second),
            Self::WireFirst => (second, first),
            Self::SmallerIsCaptured => (first.min(second), first.max(second)),
        }
    }
}
