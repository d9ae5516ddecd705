//! A dialogue as TCP packets, seen beside the client (RFC 9293).

#![expect(
    clippy::cast_possible_truncation,
    reason = "lengths written here fit their header fields; sequence numbers wrap at 2^32"
)]

use crate::dialogue::{Dialogue, Side, Turn, nanos};
use crate::packets::{Packet, Shape, ends};
use crate::rng::Rng;

const FIN: u8 = 1;
const SYN: u8 = 2;
const PUSH: u8 = 8;
const ACK: u8 = 16;

/// Segments of one write follow each other at about the pace of a slow uplink.
const SEGMENT_GAP_NS: u64 = 12_000;

struct Event {
    time_ns: u64,
    from: Side,
    flags: u8,
    /// The first byte's place in the sender's stream; the SYN stands before 0.
    at: usize,
    bytes: Vec<u8>,
}

impl Event {
    /// An event without payload; `usize::MAX` stands wherever the sender is by then.
    fn bare(time_ns: u64, from: Side, flags: u8, at: usize) -> Self {
        Self { time_ns, from, flags, at, bytes: Vec::new() }
    }
}

/// The packets of a TCP dialogue, in order of time.
pub(super) fn packets(dialogue: &Dialogue, shape: &Shape, rng: &mut Rng) -> Vec<Packet> {
    let starts = [rng.next_u64() as u32, rng.next_u64() as u32];
    let mut events = handshake(dialogue);
    let mut said = [0_usize; 2];
    let mut last = dialogue.ready_ns();
    for turn in writes(dialogue, shape.coalesce) {
        let [up, down] = &mut said;
        let at = if turn.from == Side::Client { up } else { down };
        last = segments(&turn, turn.time_ns.max(last), shape.segment.max(1), at, &mut events);
        if rng.chance(shape.resend) {
            events.push(again(&turn, last, shape.segment.max(1), *at, rng));
        }
        // the client's kernel acknowledges at once or after a delay; the server's acknowledgement
        // is seen a round trip later
        let delay = match turn.from {
            Side::Server => nanos(rng.between(0.000_04, 0.04)),
            Side::Client => dialogue.rtt_ns + nanos(rng.between(0.000_05, 0.002)),
        };
        events.push(Event::bare(last + delay, turn.from.other(), ACK, usize::MAX));
    }
    let end = dialogue.end_ns.max(last + dialogue.rtt_ns);
    events.retain(|event| event.time_ns <= end);
    let [up, down] = said;
    let heard = end + dialogue.rtt_ns;
    events.push(Event::bare(end, Side::Client, ACK | FIN, up));
    events.push(Event::bare(heard, Side::Server, ACK | FIN, down));
    events.push(Event::bare(heard + 60_000, Side::Client, ACK, up + 1));
    events.sort_by_key(|event| event.time_ns);
    number(dialogue, &events, starts)
}

/// The writes of a dialogue; with `coalesce`, what one side says within a millisecond is one.
fn writes(dialogue: &Dialogue, coalesce: bool) -> Vec<Turn> {
    let mut out: Vec<Turn> = Vec::with_capacity(dialogue.turns.len());
    for turn in &dialogue.turns {
        match out.last_mut() {
            Some(before)
                if coalesce
                    && before.from == turn.from
                    && turn.time_ns.saturating_sub(before.time_ns) < 1_000_000 =>
            {
                before.bytes.extend(&turn.bytes);
            }
            _ => out.push(turn.clone()),
        }
    }
    out
}

/// Some middle part of a write that ends at `end` of its stream, sent again a while later.
fn again(turn: &Turn, last: u64, size: usize, end: usize, rng: &mut Rng) -> Event {
    let length = turn.bytes.len();
    let skipped = rng.index(length);
    let part = turn.bytes.iter().skip(skipped).take(size.max(8)).copied();
    let time = last + nanos(rng.between(0.2, 0.3));
    let mut event = Event::bare(time, turn.from, ACK | PUSH, end - length + skipped);
    event.bytes = part.collect();
    event
}

/// Cuts one write into segments from `time` on; the answer is the time of the last.
fn segments(
    turn: &Turn,
    mut time: u64,
    size: usize,
    at: &mut usize,
    events: &mut Vec<Event>,
) -> u64 {
    let mut last = time;
    let count = turn.bytes.len().div_ceil(size);
    for (place, piece) in turn.bytes.chunks(size).enumerate() {
        let push = if place + 1 == count { PUSH } else { 0 };
        let mut event = Event::bare(time, turn.from, ACK | push, *at);
        event.bytes = piece.to_vec();
        events.push(event);
        *at += piece.len();
        last = time;
        time += SEGMENT_GAP_NS;
    }
    last
}

fn handshake(dialogue: &Dialogue) -> Vec<Event> {
    let (start, answered) = (dialogue.start_ns, dialogue.start_ns + dialogue.rtt_ns);
    vec![
        Event::bare(start, Side::Client, SYN, 0),
        Event::bare(answered, Side::Server, SYN | ACK, 0),
        Event::bare(answered + 60_000, Side::Client, ACK, 0),
    ]
}

/// Gives every event its numbers: what was sent is counted, what is acknowledged is what the
/// sender can have seen by then.
fn number(dialogue: &Dialogue, events: &[Event], starts: [u32; 2]) -> Vec<Packet> {
    let [up_start, down_start] = starts;
    // what each end has sent so far, by the time at which it was seen here
    let mut sent_up: Vec<(u64, u32)> = Vec::new();
    let mut sent_down: Vec<(u64, u32)> = Vec::new();
    let mut out = Vec::with_capacity(events.len());
    for event in events {
        let (own, other, own_start, other_start, seen_by) = match event.from {
            Side::Client => (&mut sent_up, &sent_down, up_start, down_start, event.time_ns),
            Side::Server => (
                &mut sent_down,
                &sent_up,
                down_start,
                up_start,
                event.time_ns.saturating_sub(dialogue.rtt_ns),
            ),
        };
        let latest = own.last().map_or(0, |(_, next)| *next);
        let next = match (event.flags & SYN != 0, event.at) {
            (true, _) => 0,
            (false, usize::MAX) => latest,
            (false, at) => 1 + at as u32,
        };
        let heard = other.iter().rev().find(|(time, _)| *time <= seen_by).map(|(_, next)| *next);
        let acknowledged = heard.map_or(0, |next| other_start.wrapping_add(next));
        let length = event.bytes.len() as u32 + u32::from(event.flags & (SYN | FIN) != 0);
        if length > 0 {
            own.push((event.time_ns, latest.max(next + length)));
        }
        let sequence = own_start.wrapping_add(next);
        out.push(segment(dialogue, event, sequence, acknowledged));
    }
    out
}

fn segment(dialogue: &Dialogue, event: &Event, sequence: u32, acknowledged: u32) -> Packet {
    let (from, to) = ends(dialogue, event.from);
    let options: &[u8] = if event.flags & SYN != 0 {
        // maximum segment size 1,460, selective acknowledgements, window scale 7
        &[2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 1, 0]
    } else {
        &[]
    };
    let words = (20 + options.len()) / 4;
    let mut bytes = Vec::with_capacity(20 + options.len() + event.bytes.len());
    bytes.extend(from.port().to_be_bytes());
    bytes.extend(to.port().to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    let acknowledged = if event.flags & ACK != 0 { acknowledged } else { 0 };
    bytes.extend(acknowledged.to_be_bytes());
    bytes.extend([(words << 4) as u8, event.flags]);
    bytes.extend(if event.flags & SYN != 0 { 64_240_u16 } else { 502 }.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(options);
    bytes.extend(&event.bytes);
    Packet { time_ns: event.time_ns, from: event.from, protocol: 6, bytes }
}
