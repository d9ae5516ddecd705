//! Datagrams and streams put in order from pieces that an input describes.
//!
//! The content of a piece follows from its place, so that whatever is handed on can be checked.

use minehound_wire::Stamp;
use minehound_wire::fragment::Fragments;
use minehound_wire::packet::{Addresses, Fragment};
use minehound_wire::tcp::{Direction, MAX_WAITING_BYTES, Receive, Segment};

/// Bytes that describe one piece.
const RECORD: usize = 6;
/// Most bytes that fragments hold: 8 MiB and one datagram.
const MAX_HELD: usize = (8 << 20) + (64 << 10);

/// The low byte of a place: what stands there.
fn content(place: u32) -> u8 {
    let [low, ..] = place.to_le_bytes();
    low
}

fn run(place: u32, length: usize) -> Vec<u8> {
    (0..).map(|index: u32| content(place.wrapping_add(index))).take(length).collect()
}

/// Datagrams put together hold the bytes that their pieces held, each at its place.
///
/// A record: identification, offset (two bytes), length, flags, seconds.
pub(crate) fn fragment(bytes: &[u8]) {
    let mut fragments = Fragments::default();
    let mut time_ns = 0_i64;
    for record in bytes.as_chunks::<RECORD>().0 {
        let [identification, low, high, length, flags, seconds] = *record;
        let stretch = if flags & 1 == 0 { 1 } else { 8 };
        let offset = u32::from(u16::from_le_bytes([low, high])) * stretch;
        let length = usize::from(length) * if flags & 8 == 0 { 1 } else { 64 };
        let held = run(offset, if flags & 4 == 0 { length } else { length / 2 });
        let addresses = if flags & 16 == 0 {
            Addresses::V4 { source: 1, target: 2 }
        } else {
            Addresses::V6 { source: 1, target: 2 }
        };
        time_ns = time_ns.saturating_add(i64::from(seconds) * 1_000_000_000);
        let piece = Fragment {
            addresses,
            protocol: 17,
            identification: u32::from(identification),
            offset,
            more: flags & 2 != 0,
            bytes: &held,
            on_wire: u32::try_from(length).unwrap_or(u32::MAX),
        };
        if let Some(datagram) = fragments.push(time_ns, &piece) {
            assert!(datagram.bytes.len() <= usize::try_from(datagram.on_wire).unwrap_or(0));
            assert!(datagram.on_wire <= 65_535);
            assert_eq!(datagram.bytes, run(0, datagram.bytes.len()), "bytes at a wrong place");
        }
        assert!(fragments.held_bytes() <= MAX_HELD);
    }
}

/// Hears a stream whose bytes count upwards.
#[derive(Default)]
struct Counting {
    next: Option<u8>,
    last: Option<Stamp>,
}

impl Counting {
    fn hear(&mut self, at: Stamp) {
        assert!(self.last.is_none_or(|last| last <= at), "time runs backwards");
        self.last = Some(at);
    }
}

impl Receive for Counting {
    fn bytes(&mut self, at: Stamp, bytes: &[u8]) {
        self.hear(at);
        assert!(!bytes.is_empty());
        for byte in bytes {
            assert!(self.next.is_none_or(|next| next == *byte), "bytes are missing without a gap");
            self.next = Some(byte.wrapping_add(1));
        }
    }

    fn gap(&mut self, at: Stamp) {
        self.hear(at);
        self.next = None;
    }
}

/// A stream comes in order, and what is missing is told.
///
/// A record: action, distance from the place (two bytes), length, bytes cut off, hundredths of a
/// second.
pub(crate) fn tcp(bytes: &[u8]) {
    let mut direction = Direction::default();
    let mut heard = Counting::default();
    let (mut place, mut time_ns) = (1_000_u32, 0_i64);
    for (frame, record) in (1..).zip(bytes.as_chunks::<RECORD>().0) {
        let [action, low, high, length, cut, wait] = *record;
        let distance = i32::from(i16::from_le_bytes([low, high]));
        let distance = if action & 8 == 0 { distance } else { distance.saturating_mul(4_096) };
        let length = u32::from(length) * if action & 64 == 0 { 1 } else { 64 };
        let sequence = place.wrapping_add_signed(distance);
        let held = if action & 128 == 0 { length } else { length.saturating_sub(u32::from(cut)) };
        time_ns = time_ns.saturating_add(i64::from(wait) * 10_000_000);
        match action & 7 {
            0 => direction.acknowledge(sequence),
            1 => direction.begin(sequence),
            2 => direction.flush(&mut heard),
            _ => {
                let payload = run(sequence, usize::try_from(held).unwrap_or(0));
                let at = Stamp { time_ns, frame };
                let segment = Segment { sequence, payload: &payload, on_wire: length, at };
                direction.push(segment, &mut heard);
            }
        }
        if action & 16 != 0 {
            place = sequence.wrapping_add(length);
        }
        assert!(direction.waiting_bytes() <= MAX_WAITING_BYTES);
    }
    direction.flush(&mut heard);
    assert_eq!(direction.waiting_bytes(), 0);
}
