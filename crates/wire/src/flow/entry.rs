//! What is remembered of each flow, kept small: there may be a million.

use super::key::{Key, Side};
use super::rhythm::Rhythm;
use super::stream::Stream;
use super::{Contact, Flow, Transport};
use crate::p2p::Network;
use crate::packet::TcpHeader;
use crate::{End, Stamp};

/// Silence after which a UDP flow is over.
const UDP_SILENCE_NS: i64 = 120_000_000_000;
/// Silence after which a TCP flow is over.
const TCP_SILENCE_NS: i64 = 600_000_000_000;
/// Silence after which a closed TCP flow is over: late copies still belong to it.
const CLOSED_SILENCE_NS: i64 = 30_000_000_000;
/// Silence after which a mining flow is over: jobs can be hours apart on a small chain.
const MINING_SILENCE_NS: i64 = 6 * 3_600_000_000_000;
/// Packets and time within which a SYN may come late in a capture of several interfaces.
const LATE_SYN: (u64, i64) = (4, 1_000_000_000);
/// How often a flow given up is listened to once more.
const REVIVALS: u8 = 4;

/// Farther ahead than this a segment does not show that what lies between is missing.
const MAX_HOLE: u32 = 16 << 20;

/// What the sequence number of a segment shows of the bytes before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    /// Bytes passed over, seen or not.
    pub(super) bytes: u32,
    /// Of these, bytes that were not seen.
    pub(super) missing: u32,
    /// Bytes missing before that came now.
    pub(super) late: u32,
}

/// Facts of a flow, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u16);

impl Marks {
    pub(super) const OPENER_IS_HIGH: u16 = 1;
    pub(super) const OPENER_NUMBERED: u16 = 1 << 1;
    pub(super) const ANSWERER_NUMBERED: u16 = 1 << 2;
    pub(super) const OPENER_SPOKE: u16 = 1 << 3;
    pub(super) const ANSWERER_SPOKE: u16 = 1 << 4;
    pub(super) const OPENER_CLOSED: u16 = 1 << 5;
    pub(super) const ANSWERER_CLOSED: u16 = 1 << 6;
    pub(super) const BROKEN: u16 = 1 << 7;
    pub(super) const MINING: u16 = 1 << 8;
    pub(super) const SYN_SEEN: u16 = 1 << 9;
    const OPENER_FOLLOWED: u16 = 1 << 10;
    const ANSWERER_FOLLOWED: u16 = 1 << 11;
    pub(super) const UNNOTED: u16 = 1 << 12;

    pub(super) fn has(self, bits: u16) -> bool {
        self.0 & bits == bits
    }

    pub(super) fn set(&mut self, bits: u16) {
        self.0 |= bits;
    }
}

/// One flow.
pub(super) struct Entry {
    pub(super) first: Stamp,
    pub(super) last: Stamp,
    pub(super) frames: u64,
    /// Those that the opener sent.
    frames_sent: u64,
    /// Payload bytes sent by the opener and by the answerer.
    bytes: [u64; 2],
    /// The next sequence number expected of each.
    next: [u32; 2],
    /// Bytes of each that are missing so far.
    missing: [u32; 2],
    /// Everything a flow needs only while somebody listens.
    pub(super) stream: Option<Box<Stream>>,
    /// When which end sent how much, from the first payload on.
    pub(super) rhythm: Option<Box<Rhythm>>,
    opener_isn: u32,
    answerer_isn: u32,
    pub(super) marks: Marks,
    /// First payloads still to be looked at, by end.
    opener_looks: u8,
    answerer_looks: u8,
    pub(super) revivals: u8,
    pub(super) network: Option<Network>,
}

impl Entry {
    /// A flow that begins with this packet.
    pub(super) fn new(at: Stamp, side: Side, tcp: Option<TcpHeader>) -> Self {
        // Of the packets a flow can begin with, a SYN/ACK alone is sent by the end that answers.
        let answer = tcp.is_some_and(|tcp| tcp.has(TcpHeader::SYN | TcpHeader::ACK));
        let mut marks = Marks::default();
        if (side == Side::High) != answer {
            marks.set(Marks::OPENER_IS_HIGH);
        }
        let looks = match tcp {
            Some(tcp) if tcp.has(TcpHeader::SYN) => 1,
            // In the middle of a stream a segment may or may not begin a message.
            Some(_) => 3,
            None => 2,
        };
        Self {
            first: at,
            last: at,
            frames: 0,
            frames_sent: 0,
            bytes: [0; 2],
            next: [0; 2],
            missing: [0; 2],
            stream: None,
            rhythm: None,
            opener_isn: 0,
            answerer_isn: 0,
            marks,
            opener_looks: looks,
            answerer_looks: looks,
            revivals: REVIVALS,
            network: None,
        }
    }

    /// Which end a side is.
    pub(super) fn end(&self, side: Side) -> End {
        if (side == Side::High) == self.marks.has(Marks::OPENER_IS_HIGH) {
            End::Opener
        } else {
            End::Answerer
        }
    }

    /// Counts one packet and its payload.
    pub(super) fn count(&mut self, from: End, at: Stamp, payload_on_wire: u32) {
        self.last = at;
        self.frames += 1;
        self.frames_sent += u64::from(from == End::Opener);
        if let Some(bytes) = self.bytes.get_mut(usize::from(from == End::Answerer)) {
            *bytes += u64::from(payload_on_wire);
        }
    }

    /// Follows the sequence numbers of one end, whether anybody listens or not.
    ///
    /// `start` is the sequence number of the first payload byte. Bytes that came before are taken
    /// for late ones as far as any are missing, except where they repeat the latest segment: a
    /// mirrored port shows every packet twice.
    pub(super) fn pass(&mut self, from: End, tcp: TcpHeader, start: u32, length: u32) -> Passed {
        let (followed, place) = match from {
            End::Opener => (Marks::OPENER_FOLLOWED, 0),
            End::Answerer => (Marks::ANSWERER_FOLLOWED, 1),
        };
        let (Some(next), Some(missing)) = (self.next.get_mut(place), self.missing.get_mut(place))
        else {
            return Passed::default();
        };
        // Whoever resets a connection need not know where it was.
        if tcp.has(TcpHeader::RST) {
            return Passed::default();
        }
        let end = start.wrapping_add(length).wrapping_add(u32::from(tcp.has(TcpHeader::FIN)));
        let ahead = start.wrapping_sub(*next).cast_signed();
        if !self.marks.has(followed) || ahead.unsigned_abs() > MAX_HOLE {
            self.marks.set(followed);
            *next = end;
            return Passed { bytes: length, ..Passed::default() };
        }
        if ahead >= 0 {
            let hole = ahead.unsigned_abs();
            *next = end;
            *missing = missing.saturating_add(hole);
            return Passed { bytes: hole.saturating_add(length), missing: hole, late: 0 };
        }
        let fresh = end.wrapping_sub(*next).cast_signed();
        if fresh > 0 {
            *next = end;
            return Passed { bytes: fresh.unsigned_abs(), ..Passed::default() };
        }
        let late = if fresh == 0 { 0 } else { length.min(*missing) };
        *missing -= late;
        Passed { late, ..Passed::default() }
    }

    /// Whether the flow was silent so long that it is over.
    pub(super) fn is_over(&self, transport: Transport, now: Stamp) -> bool {
        let silence = now.time_ns.saturating_sub(self.last.time_ns);
        let patience = match transport {
            Transport::Udp => UDP_SILENCE_NS,
            Transport::Tcp if self.is_closed() => CLOSED_SILENCE_NS,
            Transport::Tcp if self.marks.has(Marks::MINING) => MINING_SILENCE_NS,
            Transport::Tcp => TCP_SILENCE_NS,
        };
        silence > patience
    }

    /// Whether either end said that it is done.
    pub(super) fn was_left(&self) -> bool {
        self.marks.has(Marks::BROKEN)
            || self.marks.has(Marks::OPENER_CLOSED)
            || self.marks.has(Marks::ANSWERER_CLOSED)
    }

    fn is_closed(&self) -> bool {
        self.marks.has(Marks::BROKEN)
            || self.marks.has(Marks::OPENER_CLOSED | Marks::ANSWERER_CLOSED)
    }

    /// Whether this segment begins another connection between the same ports.
    pub(super) fn is_replaced_by(&self, side: Side, at: Stamp, tcp: TcpHeader) -> bool {
        if !tcp.has(TcpHeader::SYN) || tcp.has(TcpHeader::RST) {
            return false;
        }
        let answer = tcp.has(TcpHeader::ACK);
        let isn = if answer { tcp.acknowledged.wrapping_sub(1) } else { tcp.sequence };
        let opens = (self.end(side) == End::Opener) != answer;
        if !opens {
            // The roles are exchanged; a simultaneous open is the one innocent way to that.
            return answer || !self.marks.has(Marks::SYN_SEEN) || self.frames > LATE_SYN.0;
        }
        if self.marks.has(Marks::OPENER_NUMBERED) {
            return self.opener_isn != isn;
        }
        let young = at.time_ns.saturating_sub(self.first.time_ns) <= LATE_SYN.1;
        self.frames > LATE_SYN.0 || !young
    }

    /// Learns from the flags of a segment.
    pub(super) fn flags(&mut self, from: End, tcp: TcpHeader) {
        if tcp.flags & (TcpHeader::SYN | TcpHeader::FIN | TcpHeader::RST) == 0 {
            return;
        }
        if tcp.has(TcpHeader::SYN) {
            match (from, tcp.has(TcpHeader::ACK)) {
                (End::Opener, _) => {
                    self.opener_isn = tcp.sequence;
                    self.marks.set(Marks::OPENER_NUMBERED | Marks::SYN_SEEN);
                }
                (End::Answerer, true) => {
                    self.answerer_isn = tcp.sequence;
                    self.opener_isn = tcp.acknowledged.wrapping_sub(1);
                    self.marks.set(Marks::ANSWERER_NUMBERED | Marks::OPENER_NUMBERED);
                }
                (End::Answerer, false) => {}
            }
        }
        if tcp.has(TcpHeader::FIN) {
            self.marks.set(match from {
                End::Opener => Marks::OPENER_CLOSED,
                End::Answerer => Marks::ANSWERER_CLOSED,
            });
        }
        if tcp.has(TcpHeader::RST) {
            self.marks.set(Marks::BROKEN);
        }
    }

    /// The sequence number of the first byte that `end` sends, if its SYN was seen and nothing
    /// of it was read yet.
    pub(super) fn first_sequence(&self, end: End) -> Option<u32> {
        let (numbered, spoke, isn) = match end {
            End::Opener => (Marks::OPENER_NUMBERED, Marks::OPENER_SPOKE, self.opener_isn),
            End::Answerer => (Marks::ANSWERER_NUMBERED, Marks::ANSWERER_SPOKE, self.answerer_isn),
        };
        (self.marks.has(numbered) && !self.marks.has(spoke)).then(|| isn.wrapping_add(1))
    }

    /// Notes that payload of `end` was seen.
    pub(super) fn spoke(&mut self, end: End) {
        self.marks.set(match end {
            End::Opener => Marks::OPENER_SPOKE,
            End::Answerer => Marks::ANSWERER_SPOKE,
        });
    }

    /// Whether a payload of `end` is still to be looked at.
    pub(super) fn wants_look(&self, end: End) -> bool {
        match end {
            End::Opener => self.opener_looks > 0,
            End::Answerer => self.answerer_looks > 0,
        }
    }

    /// Notes that a payload of `end` was looked at.
    pub(super) fn looked(&mut self, end: End) {
        match end {
            End::Opener => self.opener_looks = self.opener_looks.saturating_sub(1),
            End::Answerer => self.answerer_looks = self.answerer_looks.saturating_sub(1),
        }
    }

    /// Nothing more of this flow needs a look.
    pub(super) fn settle(&mut self) {
        (self.opener_looks, self.answerer_looks) = (0, 0);
    }

    /// The flow by its ends.
    pub(super) fn flow(&self, key: &impl Key) -> Flow {
        let (low, high) = key.ends();
        let (opener, answerer) =
            if self.marks.has(Marks::OPENER_IS_HIGH) { (high, low) } else { (low, high) };
        Flow { opener, answerer, transport: key.transport(), since: self.first }
    }

    /// What is known of the flow by now.
    pub(super) fn contact(&self) -> Contact {
        let [sent, received] = self.bytes;
        let both = Marks::OPENER_SPOKE | Marks::ANSWERER_SPOKE;
        Contact {
            last: self.last,
            frames: self.frames,
            frames_sent: self.frames_sent,
            sent,
            received,
            from_start: self.marks.has(Marks::SYN_SEEN),
            answered: self.marks.has(Marks::ANSWERER_NUMBERED) || self.marks.has(both),
        }
    }
}
