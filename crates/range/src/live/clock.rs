//! The clock of a run, and the end of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Whoever waits looks this often whether all is over.
pub(super) const GLANCE: Duration = Duration::from_millis(100);

/// Tells the time and when to stop; shared by all threads of a run.
#[derive(Debug)]
pub(crate) struct Clock {
    base: Instant,
    base_ns: u64,
    /// Somebody wants the run to end.
    stop: Arc<AtomicBool>,
    /// The run is over.
    over: AtomicBool,
}

impl Clock {
    pub(super) fn new(stop: Arc<AtomicBool>) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { base: Instant::now(), base_ns: whole(since), stop, over: AtomicBool::new(false) }
    }

    /// Nanoseconds since 1970. Steps of the system's clock do not show.
    pub(super) fn now_ns(&self) -> u64 {
        self.base_ns + whole(self.base.elapsed())
    }

    /// Whether somebody wants to stop.
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether nothing is to go on.
    pub(super) fn over(&self) -> bool {
        self.over.load(Ordering::Relaxed) || self.stopped()
    }

    /// Ends the run.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Waits for a time; false when all is over before.
    pub(super) fn until(&self, time_ns: u64) -> bool {
        loop {
            if self.over() {
                return false;
            }
            let left = Duration::from_nanos(time_ns.saturating_sub(self.now_ns()));
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(GLANCE));
        }
    }

    /// Waits so long; false when all is over before.
    pub(super) fn pause(&self, time: Duration) -> bool {
        self.until(self.now_ns() + whole(time))
    }
}

/// All nanoseconds of a time.
pub(super) fn whole(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_a_time_that_comes_after_the_end() {
        let stop = Arc::new(AtomicBool::new(false));
        let clock = Clock::new(stop.clone());
        assert!(clock.until(clock.now_ns()));
        stop.store(true, Ordering::Relaxed);
        assert!(!clock.pause(Duration::from_hours(1)));
    }
}
