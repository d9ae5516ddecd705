//! `/proc/PID/stat`, as proc(5) describes it.

use super::super::read_live;

/// The length of a clock tick as shown to programs, in milliseconds: `USER_HZ` is 100 on every
/// architecture that Rust's Linux targets include.
const TICK_MS: u64 = 10;

/// The least memory that RandomX works in, in bytes.
const SMALLEST_MINER: u64 = 256 << 20;
/// A process that used less than one in so many of the moments of one processor does not work.
const BUSY_SHARE: i64 = 20;

/// `PF_KTHREAD` of `include/linux/sched.h`.
const KERNEL_THREAD: u64 = 0x0020_0000;

/// The state of a process or thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Stat {
    /// Its name (`comm`).
    pub(in super::super) name: String,
    /// `R`, `S`, `Z` and so on.
    state: u8,
    /// The number of its parent.
    pub(super) parent: u32,
    flags: u64,
    /// Whether it has a controlling terminal.
    pub(super) terminal: bool,
    /// Processor time used, in ticks.
    pub(super) ticks: u64,
    /// How many threads it has.
    pub(super) threads: u32,
    /// When it started, in ticks since boot.
    pub(super) start: u64,
    /// How much memory it addresses, in bytes.
    size: u64,
}

impl Stat {
    pub(in super::super) fn read(path: &str) -> Option<Self> {
        Self::parse(&String::from_utf8_lossy(&read_live(path, 4096).ok()?))
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        // The name may hold anything, brackets too.
        let (before, after) = text.rsplit_once(')')?;
        let (_, name) = before.split_once('(')?;
        let mut fields = after.split_ascii_whitespace();
        // `nth` counts from the last field taken; field 3 of proc(5) comes first.
        let state = *fields.next()?.as_bytes().first()?;
        let parent = fields.next()?.parse().ok()?;
        let terminal = fields.nth(2)? != "0";
        let flags = fields.nth(1)?.parse().ok()?;
        let user: u64 = fields.nth(4)?.parse().ok()?;
        let system: u64 = fields.next()?.parse().ok()?;
        let threads = fields.nth(4)?.parse().ok()?;
        let start = fields.nth(1)?.parse().ok()?;
        let size = fields.next()?.parse().ok()?;
        let ticks = user.saturating_add(system);
        let name = name.to_owned();
        Some(Self { name, state, parent, flags, terminal, ticks, threads, start, size })
    }

    pub(in super::super) fn is_kernel_thread(&self) -> bool {
        self.flags & KERNEL_THREAD != 0
    }

    /// Whether it is neither dead nor about to be.
    pub(super) fn is_alive(&self) -> bool {
        !matches!(self.state, b'Z' | b'X' | b'x')
    }

    /// Processor time used, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "processor times are far below 2^53 ticks")]
    pub(super) fn cpu_s(&self) -> f64 {
        self.ticks as f64 * TICK_MS as f64 / 1000.0
    }

    /// Whether it may be at work unseen: a miner of RandomX addresses 256 MiB at least (see
    /// `memory`), and any other keeps a processor busy. These numbers anybody may read.
    pub(super) fn may_mine(&self, age_ms: i64) -> bool {
        let used_ms = i64::try_from(self.ticks.saturating_mul(TICK_MS)).unwrap_or(i64::MAX);
        self.size >= SMALLEST_MINER || used_ms.saturating_mul(BUSY_SHARE) >= age_ms.max(0)
    }

    /// When it started, in milliseconds since boot.
    pub(super) fn started_ms(&self) -> i64 {
        i64::try_from(self.start.saturating_mul(TICK_MS)).unwrap_or(i64::MAX)
    }
}

/// When this machine was started, in milliseconds since 1970.
pub(in super::super) fn boot_ms() -> Option<i64> {
    let text = read_live("/proc/stat", 1 << 20).ok()?;
    let text = String::from_utf8_lossy(&text);
    let seconds: i64 =
        text.lines().find_map(|it| it.strip_prefix("btime "))?.trim().parse().ok()?;
    seconds.checked_mul(1000)
}
