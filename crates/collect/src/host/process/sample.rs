//! How busy the processors are over a short sample.

use std::time::Instant;

use minehound_model::CpuLoad;

use super::super::read_live;
use super::stat::Stat;

/// From which share of one processor on a process is worth a closer look, in percent.
pub(super) const BUSY_PERCENT: f64 = 20.0;

/// Processor times of the whole machine at one moment.
pub(super) struct Busy {
    /// When.
    pub(super) at: Instant,
    /// Ticks spent working, by anyone but this program.
    working: u64,
    processors: u32,
}

impl Busy {
    pub(super) fn read() -> Option<Self> {
        let text = read_live("/proc/stat", 1 << 20).ok()?;
        let text = String::from_utf8_lossy(&text);
        let fields = text.lines().next()?.strip_prefix("cpu ")?.split_ascii_whitespace();
        // proc(5): user, nice, system, idle, iowait, irq, softirq; in the fourth and fifth nothing
        // works, and what guests use is part of user.
        let working = fields.take(7).enumerate().filter(|(place, _)| !matches!(place, 3 | 4));
        let working: u64 = working.filter_map(|(_, it)| it.parse::<u64>().ok()).sum();
        // What this program itself uses is not the machine's load.
        let own = Stat::read("/proc/self/stat").map_or(0, |it| it.ticks);
        let is_processor = |it: &&str| {
            it.strip_prefix("cpu").is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()))
        };
        let processors = u32::try_from(text.lines().filter(is_processor).count()).ok()?;
        Some(Self { at: Instant::now(), working: working.saturating_sub(own), processors })
    }

    /// How busy the machine was from then to now.
    pub(super) fn load_since(&self) -> Option<CpuLoad> {
        let now = Self::read()?;
        let sample_s = now.at.duration_since(self.at).as_secs_f64();
        let used = percent(now.working.saturating_sub(self.working), sample_s);
        let busy_percent = (used / f64::from(self.processors.max(1))).min(100.0);
        Some(CpuLoad { sample_s: round(sample_s), processors: self.processors, busy_percent })
    }
}

/// A number of ticks as a share of one processor over a time, in percent with one digit.
#[expect(clippy::cast_precision_loss, reason = "a sample has few ticks")]
pub(super) fn percent(ticks: u64, elapsed_s: f64) -> f64 {
    if elapsed_s <= 0.0 {
        return 0.0;
    }
    // One tick is 10 ms: as many percent of a second.
    round(ticks as f64 / elapsed_s)
}

/// How many threads were busy and used the same within 10 %, by ticks used.
pub(super) fn equal_threads(mut used: Vec<u64>, elapsed_s: f64) -> u32 {
    used.retain(|it| percent(*it, elapsed_s) >= BUSY_PERCENT);
    used.sort_unstable();
    let alike = |most: &u64| used.iter().filter(|it| *it <= most && **it * 10 >= most * 9).count();
    u32::try_from(used.iter().map(alike).max().unwrap_or(0)).unwrap_or(u32::MAX)
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
