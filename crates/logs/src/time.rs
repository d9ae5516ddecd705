//! Times as logs write them: patterns that are data, what a line leaves out, years from the
//! lines around it.

mod pattern;
mod written;
mod year;

pub(crate) use pattern::{Format, month_by_name, zone};
pub(crate) use written::{absolute, untold};
pub use year::Assumed;
pub(crate) use year::Years;

use crate::Precision;

/// A moment in parts, as far as the line says them; several fields may each give some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Milliseconds since the epoch, where the line counts so.
    pub(crate) absolute: Option<i64>,
    pub(crate) year: Option<i32>,
    /// Month and day.
    pub(crate) day: Option<(u8, u8)>,
    /// Milliseconds since midnight.
    pub(crate) clock: Option<u32>,
    /// Seconds east of Greenwich.
    pub(crate) zone: Option<i32>,
    pub(crate) precision: Option<Precision>,
}

impl Parts {
    /// Takes what `other` says and this one does not.
    pub(crate) fn add(&mut self, other: Self) {
        if self.absolute.is_none() && other.absolute.is_some() {
            self.precision = other.precision;
        }
        self.absolute = self.absolute.or(other.absolute);
        self.year = self.year.or(other.year);
        self.day = self.day.or(other.day);
        self.clock = self.clock.or(other.clock);
        self.zone = self.zone.or(other.zone);
        self.precision = match (self.precision, other.precision) {
            (Some(Precision::Day), Some(finer)) => Some(finer),
            (mine, others) => mine.or(others),
        };
    }

    /// Whether there is a moment in it: a count, or at least a day.
    pub(crate) fn is_moment(&self) -> bool {
        self.absolute.is_some() || self.day.is_some()
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant's `days_from_civil`).
pub(crate) fn days(year: i32, month: u8, day: u8) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The year of a day counted from 1970-01-01.
pub(crate) fn year_of(days: i64) -> i32 {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // The years of this reckoning begin in March.
    i32::try_from(year + era * 400 + i64::from(of_year >= 306)).unwrap_or(i32::MAX)
}

/// Whether there is such a day in such a year.
pub(crate) fn exists(year: i32, month: u8, day: u8) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=longest).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_years_fit_the_calendar() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2026, 11, 25), 20_782);
        let mut expected = days(1999, 1, 1);
        for year in 1999..2105 {
            for month in 1..=12 {
                for day in (1..=31).filter(|it| exists(year, month, *it)) {
                    assert_eq!(days(year, month, day), expected);
                    assert_eq!(year_of(expected), year);
                    expected += 1;
                }
            }
        }
    }
}
