//! Measures how fast [`Tracker`] goes through captures.
//!
//! `throughput PASSES SECONDS CAPTURE...` reads the captures into memory and follows them PASSES
//! times over, each time with other IPv4 addresses and SECONDS later. With SECONDS zero a packet
//! comes each microsecond, whatever the captures say: then the flows of all passes are alive at
//! once.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use minehound_wire::Stamp;
use minehound_wire::capture::{Cutter, Step};
use minehound_wire::flow::{Contact, Events, Flow, Limits, Tracker};
use minehound_wire::session::Session;

struct Frame {
    link_type: u32,
    time_ns: i64,
    start: usize,
    end: usize,
    wire_len: u32,
}

#[derive(Default)]
struct Tally {
    sessions: u64,
    contacts: u64,
    hellos: u64,
    lookups: u64,
    nodes: u64,
}

impl Events for Tally {
    fn session(&mut self, _: &Flow, _: Session) {
        self.sessions += 1;
    }

    fn contact(&mut self, _: &Flow, _: &Contact) {
        self.contacts += 1;
    }

    fn node(&mut self, _: &Flow, _: minehound_wire::p2p::Network, _: &Contact) {
        self.nodes += 1;
    }

    fn tls_hello(&mut self, _: &Flow, _: Stamp, _: &minehound_wire::tls::Hello, _: Option<&str>) {
        self.hellos += 1;
    }

    fn name_lookup(
        &mut self,
        _: std::net::IpAddr,
        _: std::net::IpAddr,
        _: &str,
        _: Stamp,
        _: minehound_wire::flow::Lookup,
    ) {
        self.lookups += 1;
    }
}

/// Puts the packets of a capture behind those of the others, in bytes and in time.
fn read(file: &[u8], bytes: &mut Vec<u8>, frames: &mut Vec<Frame>) {
    let mut cutter = Cutter::new();
    let mut rest = file;
    let begin = frames.last().map_or(0, |frame| frame.time_ns);
    let mut first = None;
    while let Ok(step) = cutter.next(rest, true) {
        let consumed = match step {
            Step::Record { consumed, record } => {
                let time = record.time_ns.unwrap_or_default();
                let start = bytes.len();
                bytes.extend_from_slice(record.captured);
                frames.push(Frame {
                    link_type: record.link_type,
                    time_ns: begin.wrapping_add(time.wrapping_sub(*first.get_or_insert(time))),
                    start,
                    end: bytes.len(),
                    wire_len: record.wire_len,
                });
                consumed
            }
            Step::Skip { consumed, .. } => consumed,
            Step::Need(_) | Step::Cut { .. } | Step::End => return,
        };
        rest = rest.get(consumed..).unwrap_or_default();
    }
}

/// Changes the second octet of both IPv4 addresses.
fn shift(bytes: &mut [u8], frames: &[Frame], change: u8) {
    for frame in frames.iter().filter(|frame| frame.link_type == 1) {
        if let Some(packet) = bytes.get_mut(frame.start..frame.end)
            && packet.get(12..14) == Some(&[8, 0])
        {
            for place in [27, 31] {
                if let Some(octet) = packet.get_mut(place) {
                    *octet ^= change;
                }
            }
        }
    }
}

/// The processor time that this process has used; other work on the machine does not count.
fn used(since: Instant) -> Duration {
    std::fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .map_or_else(|| since.elapsed(), Duration::from_nanos)
}

fn main() -> io::Result<()> {
    let start = Instant::now();
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|text| text.parse::<u16>().ok()).unwrap_or(1);
    let (passes, seconds) = (number(), number());
    let (mut bytes, mut frames) = (Vec::new(), Vec::new());
    for path in arguments {
        // Captures that overlap in time, as those of several links do.
        let mut of_one = Vec::new();
        read(&std::fs::read(path)?, &mut bytes, &mut of_one);
        frames.append(&mut of_one);
    }
    let (mut tally, mut tracker) = (Tally::default(), Tracker::new(Limits::default()));
    let (mut spent, mut most_live, mut frame_number) = (Duration::ZERO, 0, 0_u64);
    for pass in 0..passes {
        let shifted = u8::try_from(pass % 256).unwrap_or_default();
        shift(&mut bytes, &frames, shifted);
        let since = i64::from(pass) * i64::from(seconds) * 1_000_000_000;
        let before = used(start);
        for frame in &frames {
            frame_number += 1;
            let time_ns = match seconds {
                0 => i64::try_from(frame_number).unwrap_or_default() * 1_000,
                _ => since + frame.time_ns,
            };
            let at = Stamp { time_ns, frame: frame_number };
            let captured = bytes.get(frame.start..frame.end).unwrap_or_default();
            tracker.packet(frame.link_type, at, captured, frame.wire_len, &mut tally);
        }
        spent += used(start).saturating_sub(before);
        most_live = most_live.max(tracker.live_flows());
        shift(&mut bytes, &frames, shifted);
    }
    let before = used(start);
    tracker.finish(&mut tally);
    let ending = used(start).saturating_sub(before);
    report(&tracker, &tally, (spent, ending), most_live)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(
    tracker: &Tracker,
    tally: &Tally,
    (spent, ending): (Duration, Duration),
    most_live: usize,
) -> io::Result<()> {
    let counters = tracker.counters();
    let (frames, seconds) = (counters.frames as f64, spent.as_secs_f64());
    let mut out = io::stdout().lock();
    writeln!(out, "{} frames, {:.0} bytes each", counters.frames, counters.bytes as f64 / frames)?;
    writeln!(
        out,
        "{:.2} million frames/s, {:.1} ns/frame, {:.2} Gbit/s; the end took {ending:?}",
        frames / seconds / 1e6,
        seconds * 1e9 / frames,
        counters.bytes as f64 * 8e-9 / seconds,
    )?;
    writeln!(out, "most flows alive: {most_live}")?;
    writeln!(
        out,
        "{} sessions, {} contacts, {} hellos, {} lookups, {} nodes",
        tally.sessions, tally.contacts, tally.hellos, tally.lookups, tally.nodes
    )?;
    writeln!(out, "{counters:?}")
}
