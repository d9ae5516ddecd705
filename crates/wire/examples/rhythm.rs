//! Prints the rhythm of the quiet flows of captures, a window a line: the ends, the first moment
//! in milliseconds since 1970, whether the window is the flow's first, then each beat as
//! `milliseconds>bytes` (from the opener) or `milliseconds<bytes`.
//!
//! `rhythm SECONDS CAPTURE...` leaves out flows shorter than so many seconds.

use std::fmt::Write as _;
use std::io::{self, Write};

use minehound_wire::capture::{Cutter, Step};
use minehound_wire::flow::{Events, Flow, Limits, Rhythm, Tracker};
use minehound_wire::{End, Stamp};

struct Print {
    least_ns: i64,
}

impl Events for Print {
    fn rhythm(&mut self, flow: &Flow, window: &Rhythm) {
        if window.last().time_ns - flow.since.time_ns < self.least_ns {
            return;
        }
        let first_ms = window.first().time_ns.div_euclid(1_000_000);
        let mut line = format!(
            "{:?} {} {} {first_ms} {}",
            flow.transport,
            flow.opener,
            flow.answerer,
            u8::from(window.is_first())
        );
        for beat in window.beats() {
            let way = if beat.from == End::Opener { '>' } else { '<' };
            let _ = write!(line, " {}{way}{}", beat.at_ms, beat.bytes);
        }
        let _ = writeln!(io::stdout(), "{line}");
    }
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let seconds: i64 = arguments.next().and_then(|it| it.parse().ok()).unwrap_or(60);
    for path in arguments {
        let bytes = std::fs::read(&path)?;
        let mut tracker = Tracker::new(Limits::default());
        let mut print = Print { least_ns: seconds * 1_000_000_000 };
        let mut cutter = Cutter::new();
        let mut rest = bytes.as_slice();
        let mut frame = 0;
        while let Ok(step) = cutter.next(rest, true) {
            let consumed = match step {
                Step::Record { consumed, record } => {
                    frame += 1;
                    let at = Stamp { time_ns: record.time_ns.unwrap_or(0), frame };
                    let wire_len = record.wire_len;
                    tracker.packet(record.link_type, at, record.captured, wire_len, &mut print);
                    consumed
                }
                Step::Skip { consumed, .. } => consumed,
                Step::Need(_) | Step::Cut { .. } | Step::End => break,
            };
            rest = rest.get(consumed..).unwrap_or_default();
        }
        let _ = writeln!(io::stdout(), "# {path}");
        tracker.finish(&mut print);
    }
    Ok(())
}
