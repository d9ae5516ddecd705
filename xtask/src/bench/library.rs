//! The library alone: cutting, tracking and decoding on one thread; and sealing apart.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use minehound_collect::Sealing;
use minehound_wire::Stamp;
use minehound_wire::capture::{Cutter, MAX_NEED, Step};
use minehound_wire::flow::{Events, Flow, Limits, Tracker};
use minehound_wire::session::Session;
use rustix::time::{ClockId, clock_gettime};

/// What the library used.
pub(super) struct Library {
    /// Processor seconds for everything between the file and the sessions.
    pub(super) cpu_s: f64,
    /// Mining sessions found.
    pub(super) sessions: u64,
    /// Processor seconds of the SHA-256 of the whole file.
    pub(super) sealing_s: f64,
}

/// Counts what is said.
#[derive(Default)]
struct Tally {
    sessions: u64,
}

impl Events for Tally {
    fn session(&mut self, _: &Flow, _: Session) {
        self.sessions += 1;
    }
}

/// Measures both; the median of some runs.
pub(super) fn measure(path: &Path, runs: usize) -> anyhow::Result<Library> {
    let (mut reading, mut following, mut sealing) = (Vec::new(), Vec::new(), Vec::new());
    let mut sessions = 0;
    for _ in 0..runs {
        reading.push(timed(|| drain(File::open(path)?))?.0);
        sealing.push(timed(|| Ok(Sealing::new(File::open(path)?).finish()?))?.0);
        let (cpu_s, tally) = timed(|| follow(path))?;
        following.push(cpu_s);
        sessions = tally.sessions;
    }
    // What reading takes is the system's part, which whoever reads pays once.
    let sealing_s = median(sealing) - median(reading);
    Ok(Library { cpu_s: median(following), sessions, sealing_s })
}

/// The processor time of this thread that something takes.
fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime));
    let before = now()?;
    let result = work()?;
    Ok((now()?.saturating_sub(before).as_secs_f64(), result))
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or(0.0)
}

fn drain(mut file: File) -> anyhow::Result<()> {
    let mut buffer = vec![0; 256 << 10];
    while file.read(&mut buffer)? > 0 {}
    Ok(())
}

fn follow(path: &Path) -> anyhow::Result<Tally> {
    let mut file = File::open(path)?;
    let (mut tally, mut tracker) = (Tally::default(), Tracker::new(Limits::default()));
    let mut cutter = Cutter::new();
    let mut buffer = vec![0; MAX_NEED];
    let (mut from, mut to, mut at_end) = (0, 0, false);
    loop {
        match cutter.next(buffer.get(from..to).unwrap_or_default(), at_end)? {
            Step::Record { consumed, record } => {
                from += consumed;
                let time_ns = record.time_ns.unwrap_or(0);
                let at = Stamp { time_ns, frame: record.frame };
                let (captured, wire_len) = (record.captured, record.wire_len);
                tracker.packet(record.link_type, at, captured, wire_len, &mut tally);
            }
            Step::Skip { consumed, .. } => from += consumed,
            Step::Need(_) => {
                buffer.copy_within(from..to, 0);
                (from, to) = (0, to - from);
                let read = file.read(buffer.get_mut(to..).unwrap_or_default())?;
                at_end = read == 0;
                to += read;
            }
            Step::Cut { .. } => bail!("the big capture is cut off"),
            Step::End => break,
        }
    }
    tracker.finish(&mut tally);
    Ok(tally)
}
