//! Moments as devices print them, eight hours east of Greenwich.

use crate::world::der::civil;
use crate::written::month;

/// The zone of the campus.
const EAST_MS: i64 = 8 * 3_600_000;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// A moment in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) unix_s: i64,
    year: u64,
    month: u64,
    day: u64,
    week_day: usize,
    of_day: i64,
}

impl Stamp {
    /// Milliseconds since 1970, as the clocks of the campus show it.
    pub(super) fn at(ms: i64) -> Self {
        Self::with(ms, EAST_MS)
    }

    /// The same in universal time.
    pub(super) fn utc(ms: i64) -> Self {
        Self::with(ms, 0)
    }

    fn with(ms: i64, east_ms: i64) -> Self {
        let local = (ms + east_ms).div_euclid(1_000);
        let (days, of_day) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let week_day = usize::try_from(days.rem_euclid(7)).unwrap_or(0);
        let (year, month, day) = civil(days.unsigned_abs());
        Self { unix_s: ms.div_euclid(1_000), year, month, day, week_day, of_day }
    }

    fn month_name(self) -> &'static str {
        month(self.month)
    }

    /// `10:02:03`
    pub(super) fn clock(self) -> String {
        let (hour, minute, second) = (self.of_day / 3600, self.of_day / 60 % 60, self.of_day % 60);
        format!("{hour:02}:{minute:02}:{second:02}")
    }

    /// `10:02`
    pub(super) fn minute(self) -> String {
        format!("{:02}:{:02}", self.of_day / 3600, self.of_day / 60 % 60)
    }

    /// `2026-11-25`, with any sign between.
    pub(super) fn date(self, sign: char) -> String {
        format!("{:04}{sign}{:02}{sign}{:02}", self.year, self.month, self.day)
    }

    /// `2026-11-25 10:02:03`
    pub(super) fn iso(self) -> String {
        format!("{} {}", self.date('-'), self.clock())
    }

    /// `Nov 25 10:02:03`
    pub(super) fn syslog(self) -> String {
        format!("{} {:2} {}", self.month_name(), self.day, self.clock())
    }

    /// `Nov 25 10:02:03 2026`
    pub(super) fn syslog_year(self) -> String {
        format!("{} {}", self.syslog(), self.year)
    }

    /// `2026 Nov 25 10:02:03`
    pub(super) fn year_syslog(self) -> String {
        format!("{} {} {} {}", self.year, self.month_name(), self.day, self.clock())
    }

    /// `Wed Nov 25 10:02:03 2026`
    pub(super) fn ctime(self) -> String {
        let day = DAYS.get(self.week_day).copied().unwrap_or("Thu");
        format!("{day} {} {:2} {} {}", self.month_name(), self.day, self.clock(), self.year)
    }

    /// `25-Nov-2026 10:02:03`
    pub(super) fn named(self) -> String {
        format!("{:02}-{}-{} {}", self.day, self.month_name(), self.year, self.clock())
    }

    /// `11252026020203`, as H3C's fields have it.
    pub(super) fn packed(self) -> String {
        let clock: String = self.clock().chars().filter(|it| *it != ':').collect();
        format!("{:02}{:02}{:04}{clock}", self.month, self.day, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_printed_as_devices_print_them() {
        let stamp = Stamp::at(1_795_572_123_456);
        assert_eq!(stamp.iso(), "2026-11-25 10:02:03");
        assert_eq!(stamp.ctime(), "Wed Nov 25 10:02:03 2026");
        assert_eq!(Stamp::utc(1_795_572_123_456).packed(), "11252026020203");
        assert_eq!(stamp.named(), "25-Nov-2026 10:02:03");
    }
}
