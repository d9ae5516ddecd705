//! What two ends of a mining session are seen to say: sizes and times, read the same way from real
//! and from generated captures.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::bail;
use minehound_wire::Stamp;
use minehound_wire::capture::{Cutter, Step};
use minehound_wire::flow::{Events, Flow, Limits, Tracker};
use minehound_wire::packet::{Packet, Peeled, TcpHeader, peel};
use minehound_wire::session::Session;
use minehound_wire::tcp::{Direction, Receive, Segment};

/// The longest line that is looked at.
const MAX_LINE: usize = 64 << 10;

/// One message: when (seconds), whether the miner sent it, how long it is, and its text where the
/// capture has it.
pub(super) struct Message {
    pub(super) at_s: f64,
    pub(super) up: bool,
    pub(super) size: u32,
    pub(super) text: Option<String>,
}

/// One connection, or one exchange of datagrams.
#[derive(Default)]
pub(super) struct Talk {
    /// Who opened it and who answered.
    pub(super) ends: Option<(SocketAddr, SocketAddr)>,
    /// The dialect, if a mining session was read in it.
    pub(super) dialect: Option<String>,
    /// Lines in the clear.
    pub(super) lines: Vec<Message>,
    /// Payloads of packets, whatever is in them.
    pub(super) payloads: Vec<Message>,
}

impl Talk {
    /// From the first to the last payload.
    pub(super) fn seconds(&self) -> f64 {
        let (first, last) = (self.payloads.first(), self.payloads.last());
        first.zip(last).map_or(0.0, |(first, last)| last.at_s - first.at_s)
    }
}

/// Every connection of a capture, of TCP and of UDP.
pub(super) fn talks(capture: &[u8]) -> anyhow::Result<Vec<Talk>> {
    let (mut cutter, mut tracker) = (Cutter::new(), Tracker::new(Limits::default()));
    let (mut read, mut from) = (Reading::default(), 0);
    loop {
        match cutter.next(capture.get(from..).unwrap_or_default(), true)? {
            Step::Record { consumed, record } => {
                from += consumed;
                let at = Stamp { time_ns: record.time_ns.unwrap_or(0), frame: record.frame };
                let (captured, wire_len) = (record.captured, record.wire_len);
                tracker.packet(record.link_type, at, captured, wire_len, &mut read);
                if let Ok(Peeled::Packet(packet)) = peel(record.link_type, captured, wire_len) {
                    read.packet(at, &packet);
                }
            }
            Step::Skip { consumed, .. } => from += consumed,
            Step::Cut { .. } | Step::Need(_) => bail!("a capture is cut off"),
            Step::End => break,
        }
    }
    tracker.finish(&mut read);
    Ok(read.talks.into_values().map(|open| open.talk).collect())
}

#[derive(Default)]
struct Reading {
    /// By opener and answerer.
    talks: BTreeMap<(SocketAddr, SocketAddr), Open>,
}

#[derive(Default)]
struct Open {
    talk: Talk,
    directions: [Direction; 2],
    parts: [Vec<u8>; 2],
    seen: [Option<u32>; 2],
}

impl Events for Reading {
    fn session(&mut self, flow: &Flow, session: Session) {
        if let Some(open) = self.talks.get_mut(&(flow.opener, flow.answerer)) {
            open.talk.dialect = Some(session.dialect.to_string());
        }
    }
}

impl Reading {
    fn packet(&mut self, at: Stamp, packet: &Packet<'_>) {
        let source = SocketAddr::new(packet.addresses.source(), packet.source_port);
        let target = SocketAddr::new(packet.addresses.target(), packet.target_port);
        let opens = packet.tcp.is_none_or(|it| it.has(TcpHeader::SYN) && !it.has(TcpHeader::ACK));
        let up = self.talks.contains_key(&(source, target))
            || !self.talks.contains_key(&(target, source)) && opens;
        let key = if up { (source, target) } else { (target, source) };
        let open = self.talks.entry(key).or_default();
        open.talk.ends = Some(key);
        let Some(tcp) = packet.tcp else { return open.datagram(at, up, packet) };
        let place = usize::from(!up);
        if let Some(direction) = open.directions.get_mut(place)
            && tcp.has(TcpHeader::SYN)
        {
            direction.begin(tcp.sequence.wrapping_add(1));
        }
        if packet.payload_on_wire > 0 {
            open.payload(at, up, place, &tcp, packet);
        }
    }
}

impl Open {
    fn datagram(&mut self, at: Stamp, up: bool, it: &Packet<'_>) {
        let (at_s, size) = (seconds(at), it.payload_on_wire);
        self.talk.payloads.push(Message { at_s, up, size, text: None });
    }

    fn payload(&mut self, at: Stamp, up: bool, place: usize, tcp: &TcpHeader, it: &Packet<'_>) {
        let at_s = seconds(at);
        let end = tcp.sequence.wrapping_add(it.payload_on_wire);
        if let Some(seen) = self.seen.get_mut(place)
            && seen.is_none_or(|seen| end.wrapping_sub(seen).cast_signed() > 0)
        {
            *seen = Some(end);
            self.talk.payloads.push(Message { at_s, up, size: it.payload_on_wire, text: None });
        }
        let (Some(direction), Some(part)) =
            (self.directions.get_mut(place), self.parts.get_mut(place))
        else {
            return;
        };
        let (payload, on_wire) = (it.payload, it.payload_on_wire);
        let mut lines = Lines { up, part, out: &mut self.talk.lines };
        direction.push(Segment { sequence: tcp.sequence, payload, on_wire, at }, &mut lines);
    }
}

/// Cuts a stream into lines.
struct Lines<'a> {
    up: bool,
    part: &'a mut Vec<u8>,
    out: &'a mut Vec<Message>,
}

impl Receive for Lines<'_> {
    fn bytes(&mut self, at: Stamp, bytes: &[u8]) {
        for byte in bytes {
            if self.part.len() < MAX_LINE {
                self.part.push(*byte);
            }
            if *byte == b'\n' {
                let line = std::mem::take(self.part);
                let size = u32::try_from(line.len()).unwrap_or(u32::MAX);
                let text = String::from_utf8(line).ok();
                self.out.push(Message { at_s: seconds(at), up: self.up, size, text });
            }
        }
    }

    fn gap(&mut self, _: Stamp) {
        self.part.clear();
    }
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of this century fit")]
fn seconds(at: Stamp) -> f64 {
    at.time_ns as f64 / 1e9
}
