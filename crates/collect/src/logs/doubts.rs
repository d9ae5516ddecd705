//! What makes the times of a file doubtful: lines of a day that had not come yet or of one long gone, clocks
//! that go back; and archives that end before they should.

use std::io::{self, Read};

use minehound_logs::{Entry, Kind, Moment, Phase};

use super::LogRead;

/// Lines within so much after the file was handed in are those of a clock that is a little fast.
const FAST_MS: i64 = 86_400_000;
/// Devices that lost their clock begin at 1970, 2000 or the year that they were made.
const UNSET_MS: i64 = 10 * 365 * 86_400_000;
/// Lines come late, and a session is told when it ends; a clock that goes back this far was set.
const BACK_MS: i64 = 3_600_000;

/// The clock of the device whose line was read last.
#[derive(Debug, Default)]
pub(super) struct LastClock {
    device: String,
    at_ms: i64,
    known: bool,
}

impl LastClock {
    /// Notes what is doubtful about the time of an entry, which is `at` if its end is not told.
    pub(super) fn note(
        &mut self,
        entry: &Entry<'_>,
        at: Moment,
        no_later_than_ms: i64,
        read: &mut LogRead,
    ) {
        let written = entry.until.unwrap_or(at);
        if written.year_stated && written.ms > no_later_than_ms.saturating_add(FAST_MS) {
            read.future += 1;
        }
        read.unset += u64::from(written.ms.max(at.ms) < no_later_than_ms.saturating_sub(UNSET_MS));
        // Exports of whole leases and log-ins are in any order.
        let holds = matches!(entry.kind, Kind::Lease | Kind::Login | Kind::PortBlock);
        if holds && entry.phase == Phase::Whole {
            return;
        }
        let device = entry.device.as_deref().unwrap_or_default();
        if self.known && self.device == device {
            if self.at_ms.saturating_sub(written.ms) > BACK_MS {
                read.backwards += 1;
            }
        } else {
            device.clone_into(&mut self.device);
            self.known = true;
        }
        self.at_ms = written.ms;
    }
}

/// A source that may end early: what a broken archive gave before it broke is still read.
pub(super) struct UntilCut<'s> {
    source: &'s mut dyn Read,
    given: bool,
    pub(super) cut_off: bool,
}

impl<'s> UntilCut<'s> {
    pub(super) fn new(source: &'s mut dyn Read) -> Self {
        Self { source, given: false, cut_off: false }
    }
}

/// Whether a packing ends early, was damaged on its way, or has something else behind it.
fn broken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput)
}

impl Read for UntilCut<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cut_off {
            return Ok(0);
        }
        match self.source.read(buffer) {
            Err(it) if self.given && broken(&it) => {
                self.cut_off = true;
                Ok(0)
            }
            Ok(read) => {
                self.given |= read > 0;
                Ok(read)
            }
            Err(it) => Err(it),
        }
    }
}
