//! What cannot be read: what hides it, its rhythm, and the blocks it is held against.

use minehound_collect::blocks::block_times;
use minehound_series::Message;
use minehound_series::block_clock;
use minehound_series::cadence::Cadence;
use minehound_series::together::{Pushed, groups, law};
use minehound_wire::flow::{Events, Flow, Limits, MAX_BEATS, Rhythm, Tracker};
use minehound_wire::wrap::{Wrap, of_datagram, of_stream};
use minehound_wire::{End, Stamp};

/// A raw IP packet, as `LINKTYPE_RAW` has it.
const RAW: u32 = 101;
/// Bytes of the input that one packet is made of.
const RECORD: usize = 8;

/// Tunnels show themselves by their first bytes, whichever end is named first.
pub(crate) fn wrap(bytes: &[u8]) {
    let Some(([a, b, c, d, e, f], payload)) = bytes.split_first_chunk::<6>() else { return };
    let ports = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
    let on_wire = u32::from(u16::from_be_bytes([*e, *f]));
    let found = of_datagram(payload, on_wire, ports);
    assert_eq!(found, of_datagram(payload, on_wire, (ports.1, ports.0)), "ports {ports:?}");
    if of_stream(payload) == Some(Wrap::Tls) {
        let first = payload.first().copied().unwrap_or_default();
        assert!((20..=23).contains(&first), "a record of no known kind");
    }
}

/// Packets of any lengths at any times come back as beats in order, and have a cadence or none.
pub(crate) fn rhythm(bytes: &[u8]) {
    let limits = Limits { rhythms: 4, ..Limits::default() };
    let (mut tracker, mut heard) = (Tracker::new(limits), Heard::default());
    let (mut time_ns, mut sent) = (1_000_000_000_000_000_i64, [0_u32; 2]);
    for (frame, record) in (1..).zip(bytes.as_chunks::<RECORD>().0) {
        let [wait, unit, side, high, low, first, second, third] = *record;
        let unit_ns = [1_000_000, 40_000_000, 1_000_000_000, 60_000_000_000];
        let step = unit_ns.get(usize::from(unit % 4)).copied().unwrap_or(1);
        time_ns += i64::from(wait) * step;
        let up = side & 1 == 0;
        let length = u16::from_be_bytes([high % 8, low]);
        let place = sent.get_mut(usize::from(!up));
        let sequence = place.map_or(0, |it| std::mem::replace(it, it.wrapping_add(length.into())));
        let packet = packet(up, sequence, length, [first, second, third]);
        let wire_len = 40 + u32::from(length);
        tracker.packet(RAW, Stamp { time_ns, frame }, &packet, wire_len, &mut heard);
    }
    tracker.finish(&mut heard);
    heard.compare();
}

/// A TCP segment of this length, of which the headers and three bytes were kept.
fn packet(up: bool, sequence: u32, length: u16, first: [u8; 3]) -> Vec<u8> {
    let mut packet = vec![0x45, 0];
    packet.extend((40 + length).to_be_bytes());
    packet.extend([0, 0, 0, 0, 64, 6, 0, 0]);
    let (near, far) = ([10, 0, 0, 5], [192, 0, 2, 7]);
    let (ports, ends) =
        if up { ([40_000_u16, 443], [near, far]) } else { ([443, 40_000], [far, near]) };
    packet.extend(ends.concat());
    packet.extend(ports.iter().flat_map(|it| it.to_be_bytes()));
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 0, 0, 0x50, 0x10, 1, 0, 0, 0, 0, 0]);
    packet.extend(first.iter().take(usize::from(length)));
    packet
}

#[derive(Default)]
struct Heard {
    pushes: Vec<Vec<i64>>,
}

impl Events for Heard {
    fn rhythm(&mut self, _: &Flow, window: &Rhythm) {
        let beats: Vec<_> = window.beats().collect();
        assert_eq!(beats.len(), window.len());
        assert!(!beats.is_empty() && beats.len() <= MAX_BEATS);
        assert!(beats.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms), "in order");
        assert!(beats.iter().all(|it| it.bytes > 0));
        for miner in [End::Opener, End::Answerer] {
            let messages: Vec<Message> = beats
                .iter()
                .map(|it| Message {
                    at_ms: i64::from(it.at_ms),
                    up: it.from == miner,
                    bytes: it.bytes,
                })
                .collect();
            let cadence = Cadence::of(&messages, window.is_first());
            assert!((0.0..=1.0).contains(&cadence.unexplained), "{cadence:?}");
            assert!(cadence.steady_s <= cadence.seconds && cadence.steady_s >= 0.0);
            let _ = cadence.pattern();
            self.pushes.push(cadence.jobs.times_ms);
        }
    }
}

impl Heard {
    /// Moments held against each other.
    fn compare(&self) {
        const DAY_MS: i64 = 86_400_000;
        let flows: Vec<_> = self
            .pushes
            .iter()
            .take(6)
            .enumerate()
            .map(|(host, times_ms)| Pushed { host, times_ms, from_ms: 0, to_ms: DAY_MS })
            .collect();
        for group in groups(&flows, 0.5) {
            assert!(group.hosts >= 3 && group.members.len() >= group.hosts);
            assert!(group.bursts_ms.is_sorted());
            let _ = law(&group.bursts_ms);
        }
        if let [one, other, ..] = self.pushes.as_slice()
            && let Some(found) = block_clock::test(one, other, 0, DAY_MS)
        {
            assert!((0.0..=1.0).contains(&found.p_value) && found.hits <= found.blocks);
        }
    }
}

/// Block times are in order, each once, and read the same when written again.
pub(crate) fn blocks(bytes: &[u8]) {
    let Ok(times) = block_times(&String::from_utf8_lossy(bytes)) else { return };
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "in order, each once");
    let again: Vec<String> = times.iter().map(i64::to_string).collect();
    assert_eq!(block_times(&again.join("\n")), Ok(times));
}
