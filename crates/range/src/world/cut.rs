//! A connection cut into packets one at a time, seen beside the client: TCP (RFC 9293) with
//! handshake, segments, delayed acknowledgements and end; UDP with one datagram per piece.
//!
//! The rules are those of [`crate::packets`], which cuts a dialogue that is whole; here nothing
//! is held but what is being said.

#![expect(clippy::cast_possible_truncation, reason = "sequence numbers wrap at 2^32")]

use std::collections::VecDeque;

use super::body::Body;
use super::script::{Call, Said, Script};
use crate::dialogue::{Side, Transport, nanos};
use crate::rng::Rng;
use crate::world::answers::MiningAnswer;

pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 2;
pub(crate) const PUSH: u8 = 8;
pub(crate) const ACK: u8 = 16;

/// Payload of a full TCP segment on Ethernet, and of a QUIC-like datagram.
const SEGMENT: u64 = 1_448;
const DATAGRAM: u64 = 1_350;

/// One packet to be written: its header's numbers and its piece of the current write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shot {
    pub(crate) time_ns: u64,
    pub(crate) from: Side,
    pub(crate) flags: u8,
    pub(crate) sequence: u32,
    pub(crate) acknowledged: u32,
    /// Where the piece stands in the write.
    pub(crate) offset: u64,
    pub(crate) len: usize,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Open(u8),
    Data,
    Acknowledge(Side),
    Close(u8),
}

/// One connection on its way.
pub(crate) struct Cutter {
    tcp: bool,
    start_ns: u64,
    rtt_ns: u64,
    pace_ns: u64,
    script: Box<dyn Script>,
    /// The write that is being cut, and how far it is.
    write: Option<Said>,
    offset: u64,
    data_ns: u64,
    /// The earliest time of the next write.
    free_ns: u64,
    upcoming: Option<Said>,
    acks: [VecDeque<u64>; 2],
    /// Sequence space used by each side, its SYN included.
    sent: [u64; 2],
    /// The client's progress that the server has not seen yet, by the time it was seen here.
    flying: VecDeque<(u64, u64)>,
    arrived: u64,
    starts: [u32; 2],
    opened: u8,
    closed: u8,
    close_ns: u64,
}

fn at(side: Side) -> usize {
    usize::from(side == Side::Server)
}

impl Cutter {
    pub(crate) fn new(call: &mut Call, script: Box<dyn Script>, rng: &mut Rng) -> Self {
        let tcp = call.transport == Transport::Tcp;
        let mut cutter = Self {
            tcp,
            start_ns: call.start_ns,
            rtt_ns: call.rtt_ns,
            pace_ns: call.pace_ns.max(1_000),
            script,
            write: None,
            offset: 0,
            data_ns: u64::MAX,
            free_ns: Call::ready_ns(call.transport, call.start_ns, call.rtt_ns),
            upcoming: None,
            acks: [VecDeque::new(), VecDeque::new()],
            sent: [0; 2],
            flying: VecDeque::new(),
            arrived: 0,
            starts: [rng.next_u64() as u32, rng.next_u64() as u32],
            opened: if tcp { 0 } else { 3 },
            closed: if tcp { 0 } else { 3 },
            close_ns: u64::MAX,
        };
        cutter.fetch(rng);
        cutter
    }

    /// The bytes that the last packet was cut from.
    pub(crate) fn body(&self) -> Option<&Body> {
        self.write.as_ref().map(|said| &said.body)
    }

    /// The truth about mining in it.
    pub(crate) fn answer(&self, ended_ns: u64) -> Option<Box<MiningAnswer>> {
        self.script.answer(ended_ns)
    }

    /// The time of the next packet; `None` when the connection is over.
    pub(crate) fn next_ns(&self) -> Option<u64> {
        self.due().map(|(time, _)| time)
    }

    fn due(&self) -> Option<(u64, Due)> {
        if self.opened < 3 {
            let wait = [0, self.rtt_ns, self.rtt_ns + 60_000];
            let wait = wait.get(usize::from(self.opened)).copied().unwrap_or(0);
            return Some((self.start_ns + wait, Due::Open(self.opened)));
        }
        let mut first: Option<(u64, Due)> = None;
        let mut offer = |time: u64, due: Due| {
            if time != u64::MAX && first.is_none_or(|(best, _)| time < best) {
                first = Some((time, due));
            }
        };
        offer(self.data_ns, Due::Data);
        for side in [Side::Client, Side::Server] {
            let ack = self.acks.get(at(side)).and_then(|acks| acks.front());
            offer(ack.copied().unwrap_or(u64::MAX), Due::Acknowledge(side));
        }
        if self.closed < 3 {
            offer(self.close_ns, Due::Close(self.closed));
        }
        first
    }

    /// Takes the next thing said from the script, or settles when to close.
    fn fetch(&mut self, rng: &mut Rng) {
        self.upcoming = loop {
            match self.script.next(rng) {
                Some(said) if said.body.len() == 0 => {}
                other => break other,
            }
        };
        if let Some(said) = &self.upcoming {
            self.data_ns = said.time_ns.max(self.free_ns);
        } else {
            self.data_ns = u64::MAX;
            let last = self.free_ns.max(self.script.ends_ns());
            self.close_ns = last + self.rtt_ns + nanos(rng.between(0.001, 0.2));
        }
    }

    /// Cuts the next packet.
    pub(crate) fn shoot(&mut self, rng: &mut Rng) -> Option<Shot> {
        let (time_ns, due) = self.due()?;
        Some(match due {
            Due::Open(step) => self.open(time_ns, step),
            Due::Data => self.data(time_ns, rng),
            Due::Acknowledge(side) => {
                if let Some(acks) = self.acks.get_mut(at(side)) {
                    acks.pop_front();
                }
                self.numbered(time_ns, side, ACK, 0)
            }
            Due::Close(step) => self.close(time_ns, step),
        })
    }

    fn open(&mut self, time_ns: u64, step: u8) -> Shot {
        self.opened += 1;
        let (from, flags) = match step {
            0 => (Side::Client, SYN),
            1 => (Side::Server, SYN | ACK),
            _ => (Side::Client, ACK),
        };
        self.numbered(time_ns, from, flags, u64::from(flags & SYN != 0))
    }

    fn close(&mut self, time_ns: u64, step: u8) -> Shot {
        self.closed += 1;
        self.close_ns += if step == 0 { self.rtt_ns } else { 60_000 };
        if step == 2 {
            self.acks = [VecDeque::new(), VecDeque::new()];
        }
        match step {
            0 => self.numbered(time_ns, Side::Client, ACK | FIN, 1),
            1 => self.numbered(time_ns, Side::Server, ACK | FIN, 1),
            _ => self.numbered(time_ns, Side::Client, ACK, 0),
        }
    }

    fn data(&mut self, time_ns: u64, rng: &mut Rng) -> Shot {
        if let Some(said) = self.upcoming.take() {
            self.write = Some(said);
            self.offset = 0;
        }
        let (from, total) =
            self.write.as_ref().map_or((Side::Client, 0), |said| (said.from, said.body.len()));
        let most = if self.tcp { SEGMENT } else { DATAGRAM };
        let offset = self.offset;
        let len = total.saturating_sub(offset).min(most);
        self.offset += len;
        let last = self.offset >= total;
        let flags = if last { ACK | PUSH } else { ACK };
        let mut shot = self.numbered(time_ns, from, flags, len);
        shot.offset = offset;
        shot.len = usize::try_from(len).unwrap_or(0);
        if self.tcp {
            self.expect_ack(time_ns, from, last, offset / most, rng);
        }
        // pieces of one write follow each other at the pace of the path, with some unevenness
        let gap = self.pace_ns + rng.below(self.pace_ns / 2 + 1);
        if last {
            self.free_ns = time_ns + gap;
            self.fetch(rng);
        } else {
            self.data_ns = time_ns + gap;
        }
        shot
    }

    /// The other end acknowledges every second segment at once and the last after a delay, unless
    /// it says something before.
    fn expect_ack(&mut self, now: u64, from: Side, last: bool, piece: u64, rng: &mut Rng) {
        if let [up, _] = &mut self.acks
            && from == Side::Client
        {
            up.clear();
        }
        if !last && piece.is_multiple_of(2) {
            return;
        }
        let delay = match (from, last) {
            (Side::Server, true) => nanos(rng.between(0.000_04, 0.04)),
            (Side::Server, false) => 30_000,
            (Side::Client, true) => self.rtt_ns + nanos(rng.between(0.000_05, 0.002)),
            (Side::Client, false) => self.rtt_ns + 50_000,
        };
        if let Some(acks) = self.acks.get_mut(at(from.other())) {
            if from == Side::Server {
                // one timer: an acknowledgement that is due covers this segment as well
                acks.clear();
            }
            let time = acks.back().map_or(now + delay, |before| (now + delay).max(*before));
            acks.push_back(time);
        }
    }

    /// A packet with the numbers that its sender can know at this time.
    fn numbered(&mut self, time_ns: u64, from: Side, flags: u8, space: u64) -> Shot {
        while let Some((time, sent)) = self.flying.front().copied()
            && time + self.rtt_ns <= time_ns
        {
            self.arrived = sent;
            self.flying.pop_front();
        }
        let [up, down] = self.sent;
        let [up_start, down_start] = self.starts;
        let (own, own_start, heard, heard_start) = match from {
            Side::Client => (up, up_start, down, down_start),
            Side::Server => (down, down_start, self.arrived, up_start),
        };
        let acknowledged =
            if flags & ACK == 0 { 0 } else { heard_start.wrapping_add(heard as u32) };
        if space > 0 {
            if let Some(sent) = self.sent.get_mut(at(from)) {
                *sent += space;
            }
            if from == Side::Client && self.tcp {
                self.flying.push_back((time_ns, own + space));
            }
        }
        let sequence = own_start.wrapping_add(own as u32);
        Shot { time_ns, from, flags, sequence, acknowledged, offset: 0, len: 0 }
    }
}
