//! Puts the bytes of one direction of a TCP connection in order.
//!
//! Positions are 64-bit and unwrapped from the 32-bit sequence numbers, so that nothing here wraps.
//! Of bytes that came twice the first copy counts. A hole is waited for, within bounds, and then
//! passed over as a gap.

use std::collections::VecDeque;

use crate::Stamp;

#[cfg(test)]
mod tests;

/// Most pieces that wait behind a hole, per direction.
pub const MAX_PIECES: usize = 128;
/// Most bytes that wait behind a hole, per direction.
pub const MAX_WAITING_BYTES: usize = 256 << 10;
/// How long a hole is waited for: a few retransmissions of RFC 6298.
const MAX_WAIT_NS: i64 = 5_000_000_000;
/// How long once the receiver acknowledged what is missing here: it was lost by the capture, or
/// comes late from another interface.
const MAX_WAIT_ACKNOWLEDGED_NS: i64 = 200_000_000;
/// Farther from the expected byte than this a segment is a stray.
const MAX_DISTANCE: u32 = 16 << 20;
/// After so many strays in a row the stream is believed to have moved.
const MAX_STRAYS: u8 = 4;

/// Takes the bytes of one direction in order.
pub trait Receive {
    /// The next bytes.
    fn bytes(&mut self, at: Stamp, bytes: &[u8]);
    /// Bytes are missing before the next ones.
    fn gap(&mut self, at: Stamp);
}

/// One segment with its payload.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The sequence number of the first payload byte.
    pub sequence: u32,
    /// What was captured of the payload.
    pub payload: &'a [u8],
    /// How long the payload was on the wire.
    pub on_wire: u32,
    /// When it was seen.
    pub at: Stamp,
}

/// Bytes behind a hole; from `held` up to `end` they were on the wire but not captured.
#[derive(Clone, Debug)]
struct Piece {
    start: u64,
    end: u64,
    at: Stamp,
    bytes: Vec<u8>,
}

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
pub struct Direction {
    /// The position of the next byte to hand on; its low half is the sequence number.
    next: Option<u64>,
    waiting: VecDeque<Piece>,
    waiting_bytes: usize,
    stuck_since_ns: i64,
    acknowledged: bool,
    /// The first and the last acknowledgement seen of this direction.
    acknowledgements: Option<(u32, u32)>,
    strays: u8,
    delivered: Stamp,
}

impl Direction {
    /// A direction whose SYN was seen: `sequence` is that of the first byte after it.
    #[must_use]
    pub fn starting_at(sequence: u32) -> Self {
        Self { next: Some(first_position(sequence)), ..Self::default() }
    }

    /// How many bytes wait behind a hole.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Learns the first sequence number from a SYN, unless bytes were seen before it.
    pub fn begin(&mut self, sequence: u32) {
        self.next.get_or_insert(first_position(sequence));
    }

    /// Takes a segment and hands on what is in order now.
    pub fn push(&mut self, segment: Segment<'_>, receiver: &mut impl Receive) {
        if segment.on_wire == 0 {
            self.wait(segment.at, receiver);
            return;
        }
        let Some(next) = self.next else {
            // A keepalive probe repeats a byte from before; taken for the first byte of a
            // stream picked up in the middle it would stand in front of a message.
            if segment.on_wire > 1 || segment.payload != [0] {
                self.next = Some(first_position(segment.sequence));
                self.push(segment, receiver);
            }
            return;
        };
        let distance = segment.sequence.wrapping_sub(low_half(next)).cast_signed();
        if distance.unsigned_abs() > MAX_DISTANCE {
            self.stray(segment, receiver);
            return;
        }
        let start = next.saturating_add_signed(i64::from(distance));
        let end = start.saturating_add(u64::from(segment.on_wire));
        if end <= next {
            return;
        }
        if start > next {
            self.keep(start, end, segment);
        } else {
            self.strays = 0;
            self.stuck_since_ns = segment.at.time_ns;
            let skip = usize::try_from(next - start).unwrap_or(usize::MAX);
            let fresh = segment.payload.get(skip..).unwrap_or_default();
            // What waits came earlier than this copy of it.
            let stop = self.waiting.front().map_or(end, |piece| end.min(piece.start.max(next)));
            self.hand_on(stop, segment.at, fresh, receiver);
            if stop < end && self.waiting.front().is_some_and(|piece| piece.end < end) {
                self.keep(stop, end, tail(segment, stop - start));
            }
            self.drain(receiver);
        }
        self.wait(segment.at, receiver);
    }

    /// The other end has received everything before `sequence`.
    pub fn acknowledge(&mut self, sequence: u32) {
        let (_, last) = self.acknowledgements.get_or_insert((sequence, sequence));
        if sequence.wrapping_sub(*last).cast_signed() > 0 {
            *last = sequence;
        }
        if let (Some(next), false) = (self.next, self.waiting.is_empty()) {
            let distance = sequence.wrapping_sub(low_half(next)).cast_signed();
            self.acknowledged |= distance > 0 && distance.unsigned_abs() <= MAX_DISTANCE;
        }
    }

    /// How many bytes the other end acknowledged while it was watched, whether they were captured
    /// or not; a FIN counts as one.
    #[must_use]
    pub fn acknowledged_bytes(&self) -> u32 {
        self.acknowledgements.map_or(0, |(first, last)| last.wrapping_sub(first))
    }

    /// Hands on everything that still waits, with gaps where bytes are missing.
    pub fn flush(&mut self, receiver: &mut impl Receive) {
        while !self.waiting.is_empty() {
            self.pass_hole(receiver);
        }
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
    }

    /// Passes over the hole when it was waited for long enough or too much waits behind it.
    fn wait(&mut self, now: Stamp, receiver: &mut impl Receive) {
        while !self.waiting.is_empty() {
            let patience = if self.acknowledged { MAX_WAIT_ACKNOWLEDGED_NS } else { MAX_WAIT_NS };
            let waited = now.time_ns.saturating_sub(self.stuck_since_ns);
            if waited <= patience
                && self.waiting.len() <= MAX_PIECES
                && self.waiting_bytes <= MAX_WAITING_BYTES
            {
                return;
            }
            self.pass_hole(receiver);
            self.stuck_since_ns = now.time_ns;
        }
    }

    fn pass_hole(&mut self, receiver: &mut impl Receive) {
        let Some(first) = self.waiting.front() else { return };
        let (start, seen) = (first.start, first.at);
        let at = self.stamp(seen);
        self.next = Some(start);
        self.acknowledged = false;
        receiver.gap(at);
        self.drain(receiver);
    }

    /// Hands on the pieces that the hole no longer holds up.
    fn drain(&mut self, receiver: &mut impl Receive) {
        while let Some(next) = self.next {
            let Some(piece) = self.waiting.pop_front_if(|piece| piece.start <= next) else {
                break;
            };
            self.acknowledged = false;
            self.waiting_bytes = self.waiting_bytes.saturating_sub(piece.bytes.len());
            if piece.end > next {
                let skip = usize::try_from(next - piece.start).unwrap_or(usize::MAX);
                let fresh = piece.bytes.get(skip..).unwrap_or_default();
                self.hand_on(piece.end, piece.at, fresh, receiver);
            }
        }
    }

    /// Hands on bytes from the expected position up to `end`, and a gap for what the capture cut.
    fn hand_on(&mut self, end: u64, at: Stamp, bytes: &[u8], receiver: &mut impl Receive) {
        let length = end.saturating_sub(self.next.unwrap_or(end));
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let at = self.stamp(at);
        let held = bytes.get(..length).unwrap_or(bytes);
        if !held.is_empty() {
            receiver.bytes(at, held);
        }
        if held.len() < length {
            receiver.gap(at);
        }
        self.next = Some(end);
    }

    /// Bytes cannot be read before the ones in front of them, whenever they were seen.
    fn stamp(&mut self, at: Stamp) -> Stamp {
        self.delivered = self.delivered.max(at);
        self.delivered
    }

    /// Keeps those bytes of a segment that do not wait already.
    fn keep(&mut self, start: u64, end: u64, segment: Segment<'_>) {
        if self.waiting.is_empty() {
            self.stuck_since_ns = segment.at.time_ns;
            self.acknowledged = false;
        }
        let mut position = start;
        let mut index = self.waiting.partition_point(|piece| piece.end <= start);
        while position < end {
            let (stop, resume) = match self.waiting.get(index) {
                Some(piece) if piece.start < end => (piece.start, piece.end),
                _ => (end, end),
            };
            if position < stop {
                let skip = usize::try_from(position - start).unwrap_or(usize::MAX);
                let length = usize::try_from(stop - position).unwrap_or(usize::MAX);
                let bytes = segment.payload.get(skip..).unwrap_or_default();
                let bytes = bytes.get(..length).unwrap_or(bytes).to_vec();
                self.waiting_bytes += bytes.len();
                let piece = Piece { start: position, end: stop, at: segment.at, bytes };
                self.waiting.insert(index, piece);
                index += 1;
            }
            position = resume.max(position);
            index += 1;
        }
    }

    /// A segment from far away: forged, or the stream was lost sight of.
    fn stray(&mut self, segment: Segment<'_>, receiver: &mut impl Receive) {
        self.strays += 1;
        if self.strays < MAX_STRAYS {
            return;
        }
        self.flush(receiver);
        self.strays = 0;
        let at = self.stamp(segment.at);
        receiver.gap(at);
        self.next = Some(first_position(segment.sequence));
        self.push(segment, receiver);
    }
}

/// What is left of a segment after its first `skip` bytes.
fn tail(segment: Segment<'_>, skip: u64) -> Segment<'_> {
    let skip = u32::try_from(skip).unwrap_or(u32::MAX);
    Segment {
        sequence: segment.sequence.wrapping_add(skip),
        payload: segment
            .payload
            .get(usize::try_from(skip).unwrap_or(usize::MAX)..)
            .unwrap_or_default(),
        on_wire: segment.on_wire.saturating_sub(skip),
        at: segment.at,
    }
}

/// Positions start high enough that a little before the first byte is not negative.
fn first_position(sequence: u32) -> u64 {
    (1 << 32) | u64::from(sequence)
}

/// The sequence number of a position.
fn low_half(position: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
    let low = position as u32;
    low
}
