//! The rhythm of a flow: when which end sent how much.
//!
//! What cannot be read can still be timed. A flow that stays quiet (a few messages a second at the
//! most) has its messages noted in a window of bounded size; a full window is handed on and a new
//! one begun, so that a day of ten thousand quiet connections takes no more memory than an hour of
//! them. A flow that is busy is left alone for a while: bulk has no rhythm worth noting, and the
//! tunnel that carried a film in the evening may mine at night.
//!
//! Lengths are those of TCP segments or datagrams as sent, which a capture of headers alone has
//! too. Copies of what was sent before do not count. Segments of one long message are one beat.

use crate::packet::Packet;
use crate::wrap::{self, Wrap};
use crate::{End, Stamp};

/// Most beats of a window.
pub const MAX_BEATS: usize = 512;
/// A window that filled within this time was no quiet flow.
const BUSY_NS: i64 = 30_000_000_000;
/// How long a busy flow is left alone.
const REST_NS: i64 = 60_000_000_000;
/// A segment at least this long may go on in the next.
const LONG: u32 = 1_000;
/// Segments of one message follow each other within this time.
const TOGETHER_MS: u32 = 5;

/// Where to look for text: behind the short header that frames of text have. Twelve bytes by chance
/// are all letters once in a hundred thousand times.
const LETTERS: std::ops::Range<usize> = 4..16;

/// Fewer payloads do not show whether a flow is text.
const LEAST_LOOKED: u16 = 3;

const SIZE_BITS: u32 = 14;
const MAX_SIZE: u32 = (1 << SIZE_BITS) - 1;
const ANSWERER_BIT: u32 = 1 << SIZE_BITS;
const WAIT_BITS: u32 = 17;
const MAX_WAIT: u32 = (1 << WAIT_BITS) - 1;

/// One message, as far as lengths tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Milliseconds since the first beat of the window.
    pub at_ms: u32,
    /// Who sent it.
    pub from: End,
    /// Payload bytes, at most 16,383.
    pub bytes: u32,
}

/// A window of beats of one flow, in order of time.
#[derive(Clone, Debug, Default)]
pub struct Rhythm {
    /// One number a beat: milliseconds since the one before, who, how much. One of no bytes stands
    /// before a long wait and has its high part.
    coded: Vec<u32>,
    beats: usize,
    first: Stamp,
    last: Stamp,
    wrap: Option<Wrap>,
    /// Whether the first payload shows that its sender opened a tunnel.
    opens: bool,
    /// Payloads of which enough was captured to see whether they are text, and those that are.
    looked: u16,
    text: u16,
    /// Whether this window is the first of its flow.
    is_first: bool,
    /// Time left out before this window because the flow was busy.
    rested_ns: i64,
    resting_until_ns: i64,
    next: [Option<u32>; 2],
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    /// It was noted, or was nothing to note.
    Quietly,
    /// The window is full and should be handed on.
    Full,
}

impl Rhythm {
    /// Begins with the first packet of the flow that has a payload.
    pub(super) fn new(at: Stamp, packet: &Packet<'_>) -> Self {
        let ports = (packet.source_port, packet.target_port);
        let wrap = if packet.tcp.is_some() {
            wrap::of_stream(packet.payload)
        } else {
            wrap::of_datagram(packet.payload, packet.payload_on_wire, ports)
        };
        let opens = |it| packet.tcp.is_none() && wrap::opens(it, packet.payload);
        Self {
            opens: wrap.is_some_and(opens),
            wrap,
            is_first: true,
            first: at,
            last: at,
            resting_until_ns: i64::MIN,
            ..Self::default()
        }
    }

    /// When the first beat was.
    #[must_use]
    pub fn first(&self) -> Stamp {
        self.first
    }

    /// When the last beat was.
    #[must_use]
    pub fn last(&self) -> Stamp {
        self.last
    }

    /// How many beats there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.beats
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.beats == 0
    }

    /// Whether the window begins with the flow's first payload.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.is_first
    }

    /// What the flow is wrapped in, told from its first payload.
    #[must_use]
    pub fn wrap(&self) -> Option<Wrap> {
        self.wrap
    }

    /// Whether the first payload of the flow shows that its sender opened a tunnel over UDP.
    #[must_use]
    pub fn opens_tunnel(&self) -> bool {
        self.opens
    }

    /// Whether messages are mostly text that anybody can read, as far as they were captured; what
    /// was captured without payload is not. Where most is cut off, the few words by which a proxy
    /// is asked for a connection say nothing of what goes through it.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.looked >= LEAST_LOOKED && u32::from(self.text) * 3 >= u32::from(self.looked)
    }

    /// How long the flow was busy before this window, and therefore not noted, in nanoseconds.
    #[must_use]
    pub fn rested_ns(&self) -> i64 {
        self.rested_ns
    }

    /// The beats, in order of time.
    pub fn beats(&self) -> impl Iterator<Item = Beat> + '_ {
        let mut at_ms = 0_u32;
        self.coded.iter().filter_map(move |code| {
            let (wait, bytes) = (code >> (SIZE_BITS + 1), code & MAX_SIZE);
            let wait = if bytes > 0 { wait } else { wait << WAIT_BITS };
            at_ms = at_ms.saturating_add(wait);
            let from = if code & ANSWERER_BIT == 0 { End::Opener } else { End::Answerer };
            (bytes > 0).then_some(Beat { at_ms, from, bytes })
        })
    }

    /// Takes a packet with payload.
    pub(super) fn note(&mut self, from: End, at: Stamp, packet: &Packet<'_>) -> Noted {
        let bytes = self.fresh(from, packet);
        if bytes == 0 || at.time_ns < self.resting_until_ns {
            return Noted::Quietly;
        }
        if self.coded.is_empty() {
            (self.first, self.last) = (at, at);
        }
        let wait = at.time_ns.saturating_sub(self.last.time_ns).max(0) / 1_000_000;
        let wait = u32::try_from(wait).unwrap_or(u32::MAX);
        let side = if from == End::Opener { 0 } else { ANSWERER_BIT };
        if let Some(code) = self.coded.last_mut() {
            let before = *code & MAX_SIZE;
            let goes_on = before >= LONG && *code & ANSWERER_BIT == side && wait <= TOGETHER_MS;
            if goes_on {
                *code = *code & !MAX_SIZE | (before + bytes).min(MAX_SIZE);
                return Noted::Quietly;
            }
        }
        self.push(wait, side | bytes.min(MAX_SIZE));
        // A message that the capture cut could not be read to its end.
        let whole = packet.payload.len() == usize::try_from(bytes).unwrap_or(usize::MAX);
        if let Some(letters) = packet.payload.get(LETTERS).filter(|_| whole) {
            self.looked += 1;
            self.text += u16::from(letters.iter().all(|it| matches!(it, b' '..=b'~' | 9..=13)));
        }
        self.last = Stamp { time_ns: at.time_ns.max(self.last.time_ns), frame: at.frame };
        if self.beats < MAX_BEATS {
            return Noted::Quietly;
        }
        if self.last.time_ns.saturating_sub(self.first.time_ns) < BUSY_NS {
            self.rest();
            return Noted::Quietly;
        }
        Noted::Full
    }

    fn push(&mut self, wait: u32, rest: u32) {
        if wait > MAX_WAIT {
            self.coded.push((wait >> WAIT_BITS) << (SIZE_BITS + 1));
        }
        self.coded.push((wait & MAX_WAIT) << (SIZE_BITS + 1) | rest);
        self.beats += 1;
    }

    /// Leaves the flow alone for a while.
    fn rest(&mut self) {
        let until = self.last.time_ns.saturating_add(REST_NS);
        self.rested_ns = self.rested_ns.saturating_add(until.saturating_sub(self.first.time_ns));
        self.resting_until_ns = until;
        self.coded = Vec::new();
        self.beats = 0;
        (self.looked, self.text) = (0, 0);
        self.is_first = false;
    }

    /// Begins the next window.
    pub(super) fn turn(&mut self) {
        self.coded.clear();
        self.beats = 0;
        (self.looked, self.text) = (0, 0);
        self.rested_ns = 0;
        self.is_first = false;
    }

    /// How many payload bytes of a packet were not sent before.
    fn fresh(&mut self, from: End, packet: &Packet<'_>) -> u32 {
        let bytes = packet.payload_on_wire;
        let Some(tcp) = packet.tcp else { return bytes };
        let [opener, answerer] = &mut self.next;
        let next = if from == End::Opener { opener } else { answerer };
        let end = tcp.sequence.wrapping_add(bytes);
        let known = next.map_or(i32::MAX, |it| end.wrapping_sub(it).cast_signed());
        if known <= 0 {
            return 0;
        }
        *next = Some(end);
        bytes.min(known.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{Addresses, TcpHeader};

    fn packet(sequence: u32, bytes: u32) -> Packet<'static> {
        Packet {
            addresses: Addresses::V4 { source: 1, target: 2 },
            source_port: 1,
            target_port: 2,
            tcp: Some(TcpHeader { sequence, acknowledged: 0, flags: TcpHeader::ACK }),
            payload: &[],
            payload_on_wire: bytes,
        }
    }

    fn at(ms: i64) -> Stamp {
        Stamp { time_ns: ms * 1_000_000, frame: 1 }
    }

    fn beats(rhythm: &Rhythm) -> Vec<(u32, End, u32)> {
        rhythm.beats().map(|it| (it.at_ms, it.from, it.bytes)).collect()
    }

    #[test]
    fn beats_come_back_as_they_were_noted_over_any_silence() {
        let mut rhythm = Rhythm::new(at(500), &packet(0, 635));
        for (ms, from, sequence, bytes) in [
            (500, End::Opener, 0, 635),
            (620, End::Answerer, 0, 158),
            (700, End::Answerer, 158, 406),
            (900_000_700, End::Opener, 635, 257),
        ] {
            assert_eq!(rhythm.note(from, at(ms), &packet(sequence, bytes)), Noted::Quietly);
        }
        let expected = [
            (0, End::Opener, 635),
            (120, End::Answerer, 158),
            (200, End::Answerer, 406),
            (900_000_200, End::Opener, 257),
        ];
        assert_eq!(beats(&rhythm), expected);
    }

    #[test]
    fn copies_and_probes_are_no_beats_and_long_messages_are_one() {
        let mut rhythm = Rhythm::new(at(0), &packet(0, 10));
        let _ = rhythm.note(End::Answerer, at(0), &packet(1_000, 1_448));
        let _ = rhythm.note(End::Answerer, at(1), &packet(2_448, 21));
        let _ = rhythm.note(End::Answerer, at(300), &packet(2_448, 21));
        let _ = rhythm.note(End::Answerer, at(400), &packet(2_468, 1));
        let _ = rhythm.note(End::Answerer, at(500), &packet(2_460, 19));
        assert_eq!(beats(&rhythm), [(0, End::Answerer, 1_469), (500, End::Answerer, 10)]);
    }

    #[test]
    fn a_quiet_flow_fills_windows_and_a_busy_one_is_left_alone() {
        let mut rhythm = Rhythm::new(at(0), &packet(0, 10));
        for beat in 0..MAX_BEATS - 1 {
            let ms = i64::try_from(beat).unwrap() * 100;
            let sequence = u32::try_from(beat).unwrap() * 10;
            assert_eq!(rhythm.note(End::Opener, at(ms), &packet(sequence, 10)), Noted::Quietly);
        }
        assert_eq!(rhythm.note(End::Opener, at(90_000), &packet(90_000, 10)), Noted::Full);
        rhythm.turn();
        assert!(rhythm.is_empty() && !rhythm.is_first());
        for beat in 0..2 * MAX_BEATS {
            let ms = 100_000 + i64::try_from(beat).unwrap();
            let sequence = 100_000 + u32::try_from(beat).unwrap() * 10;
            assert_eq!(rhythm.note(End::Opener, at(ms), &packet(sequence, 10)), Noted::Quietly);
        }
        assert!(rhythm.is_empty() && rhythm.rested_ns() > REST_NS);
        let _ = rhythm.note(End::Opener, at(300_000), &packet(300_000, 10));
        assert_eq!(beats(&rhythm), [(0, End::Opener, 10)]);
    }
}
