//! Cuts a capture file into packet records, as a stream.
//!
//! The caller owns one large buffer, offers what is in it and refills it when asked; nothing is
//! copied here. Formats: pcap as in draft-ietf-opsawg-pcap (both byte orders, microseconds and
//! nanoseconds, the modified header of Alexey Kuznetzov's patch, the length swap of version 2.3)
//! and pcapng as in draft-ietf-opsawg-pcapng.
//!
//! Invariant: a [`Step::Need`] never asks for more than [`MAX_NEED`] bytes, and what a file holds
//! gives the same steps however it is offered, skips aside, which may come in pieces.

mod pcap;
mod pcapng;
#[cfg(test)]
mod tests;

use thiserror::Error;

/// Most captured bytes of one packet, as in `MAXIMUM_SNAPLEN` of libpcap; longer ones are skipped.
pub const MAX_CAPTURED: usize = 256 * 1024;
/// Most bytes the caller must be able to offer at once.
pub const MAX_NEED: usize = 512 * 1024;
/// A longer record is not believed: Wireshark's bound for the bulkiest link types.
const MAX_BELIEVED: u32 = 128 * 1024 * 1024;

/// What the first bytes of a file say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A pcap file of any flavour that [`Cutter`] reads.
    Pcap,
    /// A pcapng file.
    Pcapng,
    /// RFC 1952; decompress it first.
    Gzip,
    /// RFC 8878; decompress it first.
    Zstd,
    /// An xz file; not read.
    Xz,
    /// A bzip2 file; not read.
    Bzip2,
    /// An LZ4 frame; not read.
    Lz4,
    /// A capture by Solaris `snoop`, RFC 1761; not read.
    Snoop,
    /// A capture by Microsoft Network Monitor; not read.
    NetworkMonitor,
}

/// Tells a file's format by its first bytes; 12 are enough.
#[must_use]
pub fn recognise(prefix: &[u8]) -> Option<Format> {
    if pcap::Layout::of(prefix).is_some() {
        return Some(Format::Pcap);
    }
    if pcapng::begins(prefix) {
        return Some(Format::Pcapng);
    }
    let known: [(&[u8], Format); 8] = [
        (&[0x1f, 0x8b, 8], Format::Gzip),
        (&[0x28, 0xb5, 0x2f, 0xfd], Format::Zstd),
        (&[0xfd, b'7', b'z', b'X', b'Z', 0], Format::Xz),
        (b"BZh", Format::Bzip2),
        (&[0x04, 0x22, 0x4d, 0x18], Format::Lz4),
        (b"snoop\0\0\0", Format::Snoop),
        (b"GMBU", Format::NetworkMonitor),
        (b"RTSS", Format::NetworkMonitor),
    ];
    known.into_iter().find(|(magic, _)| prefix.starts_with(magic)).map(|(_, format)| format)
}

/// One captured packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its number in the file, counted from one over records only, as Wireshark counts frames.
    pub frame: u64,
    /// The `LINKTYPE_` value of the tcpdump registry, without the bits for a checksum's length.
    pub link_type: u32,
    /// The interface it was seen on, counted from zero over all sections of the file.
    pub interface: u32,
    /// Nanoseconds since 1970-01-01T00:00:00Z; absent where the record bears no time (a Simple
    /// Packet Block) or one that no `i64` of nanoseconds holds.
    pub time_ns: Option<i64>,
    /// The bytes captured, from the link layer on.
    pub captured: &'a [u8],
    /// The packet's length on the wire, by the record's word: it may be less than was captured.
    pub wire_len: u32,
}

/// Why something in the file is no [`Record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skipped {
    /// A file or section header, an interface, statistics, names, secrets, an unknown block.
    NotRecord,
    /// A record that is not a packet: a system call, a journal entry, a vendor's own block. It has a
    /// frame number.
    NotPacket,
    /// A packet of more than [`MAX_CAPTURED`] bytes. It has a frame number.
    Oversized,
    /// A packet of an interface that was not described. It has a frame number.
    UnknownInterface,
    /// A packet or interface whose fields do not fit its block. A packet has a frame number.
    Unfit,
}

/// What the cutter found at the front of the bytes offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A packet; drop `consumed` bytes before the next call.
    Record {
        /// Bytes to drop from the front.
        consumed: usize,
        /// The packet.
        record: Record<'a>,
    },
    /// Nothing to look at; drop `consumed` bytes before the next call.
    Skip {
        /// Bytes to drop from the front; all that were offered if the thing is longer.
        consumed: usize,
        /// What it was; `None` for a further piece of a thing already told.
        what: Option<Skipped>,
    },
    /// Offer at least so many bytes, counted from the same place, or say that it is the end.
    Need(usize),
    /// The file ends within a record or block, so many bytes short; the rest is to be dropped.
    Cut {
        /// Bytes missing, as far as is known.
        missing: u64,
    },
    /// The file is at its end.
    End,
}

/// Why the rest of a file cannot be read. [`Cutter::records`] says after which record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum Malformed {
    /// The first bytes are those of no capture.
    #[error("not a pcap or pcapng file")]
    NotCapture,
    /// A version of the format that nobody describes.
    #[error("version of the capture format is unknown")]
    Version,
    /// A record of a length that no link type has.
    #[error("length of a record is absurd")]
    RecordLength,
    /// A block of a length that is too small for it or absurd.
    #[error("length of a block is absurd")]
    BlockLength,
    /// The two lengths of a block differ.
    #[error("lengths before and after a block differ")]
    TrailingLength,
    /// A section header without its byte-order magic.
    #[error("section has no byte order")]
    ByteOrder,
    /// A section with more than 65,536 interfaces.
    #[error("section has too many interfaces")]
    TooManyInterfaces,
}

/// The order of bytes in a file's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    fn i64(self, bytes: [u8; 8]) -> i64 {
        match self {
            Self::Little => i64::from_le_bytes(bytes),
            Self::Big => i64::from_be_bytes(bytes),
        }
    }

    /// The first `N` numbers of 32 bits, and what follows them.
    #[inline]
    fn words<const N: usize>(self, bytes: &[u8]) -> Option<([u32; N], &[u8])> {
        let words = bytes.as_chunks::<4>().0.first_chunk::<N>()?.map(|word| self.u32(word));
        Some((words, bytes.get(4 * N..)?))
    }

    /// The first two numbers of 16 bits, and what follows them.
    fn halves(self, bytes: &[u8]) -> Option<([u16; 2], &[u8])> {
        let halves = bytes.as_chunks::<2>().0.first_chunk::<2>()?.map(|half| self.u16(half));
        Some((halves, bytes.get(4..)?))
    }
}

#[derive(Debug)]
enum State {
    Start,
    Pcap(pcap::Layout),
    Pcapng(pcapng::Sections),
    Stopped(Option<Malformed>),
}

/// Cuts one capture file into its records.
#[derive(Debug)]
pub struct Cutter {
    state: State,
    records: u64,
    skipping: u64,
}

impl Default for Cutter {
    fn default() -> Self {
        Self::new()
    }
}

impl Cutter {
    /// A cutter at the beginning of a file.
    #[must_use]
    pub fn new() -> Self {
        Self { state: State::Start, records: 0, skipping: 0 }
    }

    /// How many records were met, those skipped for their kind or size included.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Looks at the front of `buf`, which continues where the bytes consumed so far ended.
    /// `at_end` says that the file has nothing after `buf`.
    ///
    /// # Errors
    ///
    /// Returns [`Malformed`] where the rest of the file cannot be told apart, now and at every
    /// further call.
    #[inline]
    pub fn next<'a>(&mut self, buf: &'a [u8], at_end: bool) -> Result<Step<'a>, Malformed> {
        if self.skipping > 0 || buf.is_empty() {
            return self.pass_over(buf, at_end);
        }
        let packet = match &self.state {
            State::Pcap(layout) => layout.record(buf, self.records),
            State::Pcapng(sections) => sections.record(buf, self.records),
            State::Start | State::Stopped(_) => None,
        };
        if let Some((consumed, record)) = packet {
            self.records += 1;
            return Ok(Step::Record { consumed, record });
        }
        self.other(buf, at_end)
    }

    /// What is at the front when it is no packet that was plain to see.
    fn other<'a>(&mut self, buf: &'a [u8], at_end: bool) -> Result<Step<'a>, Malformed> {
        let piece = match &mut self.state {
            State::Pcap(layout) => layout.other(buf),
            State::Pcapng(sections) => sections.other(buf, self.records),
            State::Start => return self.begin(buf, at_end),
            State::Stopped(why) => return why.map_or(Ok(Step::End), Err),
        };
        match piece {
            Ok(Piece::Record(consumed, record)) => {
                self.records += 1;
                Ok(Step::Record { consumed, record })
            }
            Ok(Piece::Skip(length, what)) => Ok(self.skip(length, what, buf.len())),
            Ok(Piece::Need(bytes)) => Ok(self.want(bytes, buf.len(), at_end)),
            Err(malformed) => self.stop(malformed),
        }
    }

    /// Skips what the format's reader told: a length, what it is, whether it has a frame number.
    fn skip<'a>(&mut self, length: u64, what: (Skipped, bool), offered: usize) -> Step<'a> {
        self.records += u64::from(what.1);
        let consumed = usize::try_from(length).unwrap_or(usize::MAX).min(offered);
        self.skipping = length - consumed as u64;
        Step::Skip { consumed, what: Some(what.0) }
    }

    fn want<'a>(&mut self, bytes: usize, offered: usize, at_end: bool) -> Step<'a> {
        if !at_end {
            return Step::Need(bytes);
        }
        self.state = State::Stopped(None);
        Step::Cut { missing: bytes.saturating_sub(offered) as u64 }
    }

    fn stop<'a>(&mut self, why: Malformed) -> Result<Step<'a>, Malformed> {
        self.state = State::Stopped(Some(why));
        Err(why)
    }

    fn begin<'a>(&mut self, buf: &'a [u8], at_end: bool) -> Result<Step<'a>, Malformed> {
        if buf.len() < pcap::FILE_HEADER && !at_end {
            return Ok(Step::Need(pcap::FILE_HEADER));
        }
        if pcapng::begins(buf) {
            self.state = State::Pcapng(pcapng::Sections::default());
            return self.next(buf, at_end);
        }
        match pcap::Layout::of_header(buf) {
            Ok(layout) => {
                let consumed = layout.header_len();
                self.state = State::Pcap(layout);
                Ok(self.skip(consumed as u64, (Skipped::NotRecord, false), buf.len()))
            }
            Err(malformed) => self.stop(malformed),
        }
    }

    fn pass_over<'a>(&mut self, buf: &[u8], at_end: bool) -> Result<Step<'a>, Malformed> {
        if self.skipping == 0 && !at_end {
            return Ok(Step::Need(1));
        }
        if buf.is_empty() && at_end {
            let missing = std::mem::take(&mut self.skipping);
            return match std::mem::replace(&mut self.state, State::Stopped(None)) {
                State::Start => self.stop(Malformed::NotCapture),
                State::Stopped(Some(why)) => self.stop(why),
                _ if missing > 0 => Ok(Step::Cut { missing }),
                _ => Ok(Step::End),
            };
        }
        if buf.is_empty() {
            return Ok(Step::Need(1));
        }
        let consumed = usize::try_from(self.skipping).unwrap_or(usize::MAX).min(buf.len());
        self.skipping -= consumed as u64;
        Ok(Step::Skip { consumed, what: None })
    }
}

/// What a format's own reader found.
enum Piece<'a> {
    Record(usize, Record<'a>),
    /// A length, what it is, and whether it has a frame number.
    Skip(u64, (Skipped, bool)),
    Need(usize),
}
