//! What a line leaves out of its time: the zone, and the year by the lines before it.

use super::{Parts, days, exists, year_of};
use crate::{Moment, Precision};

const DAY_MS: i64 = 86_400_000;
/// How far a clock or an order of lines may fall back before a new year is the better reading.
const FALL_BACK_MS: i64 = 7 * DAY_MS;
/// A log that is kept is not silent for longer around a New Year.
const SILENCE_MS: i64 = 31 * DAY_MS;
/// How far beyond the bound a moment may lie: zones and clocks that run ahead.
const AHEAD_MS: i64 = DAY_MS;

/// What a reader takes for granted where lines do not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// Seconds east of Greenwich of a time without a zone.
    pub zone_s: i32,
    /// The file cannot tell of anything later: when it was handed in, in milliseconds since the
    /// epoch.
    pub no_later_than_ms: i64,
    /// How many years before that the first line may be at the least: what
    /// [`crate::Reader::years_to_go_back`] said after a first pass, otherwise 0.
    pub years_back: u16,
}

impl Assumed {
    /// Where times do not matter: UTC, and any year that calendars have.
    pub const ANY: Self = Self { zone_s: 0, no_later_than_ms: i64::MAX / 4, years_back: 0 };
}

/// Gives moments their year. Lines are taken in their order.
#[derive(Clone, Debug)]
pub(crate) struct Years {
    assumed: Assumed,
    /// The last moment whose year had to be found.
    before_ms: Option<i64>,
    /// New Years that could not be, since the file was handed in before.
    overrun: u16,
}

impl Years {
    pub(crate) fn new(assumed: Assumed) -> Self {
        Self { assumed, before_ms: None, overrun: 0 }
    }

    pub(crate) fn overrun(&self) -> u16 {
        self.overrun
    }

    /// The moment that parts make, `zone_s` standing for a zone that none of them says.
    pub(crate) fn moment(&mut self, parts: &Parts, zone_s: Option<i32>) -> Option<Moment> {
        let precision = parts.precision.unwrap_or(Precision::Day);
        if let Some(ms) = parts.absolute {
            return Some(Moment { ms, precision, zone_stated: true, year_stated: true });
        }
        let (month, day) = parts.day?;
        let clock = i64::from(parts.clock.unwrap_or(0));
        let east = parts.zone.or(zone_s).unwrap_or(self.assumed.zone_s);
        let of_year = |year: i32| {
            exists(year, month, day)
                .then(|| days(year, month, day) * DAY_MS + clock - i64::from(east) * 1_000)
        };
        let ms = parts.year.map_or_else(|| self.find(of_year), of_year)?;
        if parts.year.is_none() {
            self.before_ms = Some(ms);
        }
        Some(Moment {
            ms,
            precision,
            zone_stated: parts.zone.is_some() || zone_s.is_some(),
            year_stated: parts.year.is_some(),
        })
    }

    fn find(&mut self, of_year: impl Fn(i32) -> Option<i64>) -> Option<i64> {
        let bound = self.assumed.no_later_than_ms.saturating_add(AHEAD_MS);
        let Some(before) = self.before_ms else {
            let last = year_of(bound.div_euclid(DAY_MS));
            // Nine years hold a leap day even around a year such as 2100.
            let fits = |it: &i32| of_year(*it).is_some_and(|ms| ms <= bound);
            let latest = (last - 9..=last).rev().find(fits)?;
            // Counted from the latest year that it can be: in January, December is of the year before.
            let from = latest - i32::from(self.assumed.years_back);
            return (from - 9..=from).rev().find_map(of_year);
        };
        let year = year_of(before.div_euclid(DAY_MS));
        let next = (year - 1..=year + 9)
            .find_map(|it| of_year(it).filter(|ms| *ms >= before - FALL_BACK_MS));
        match next {
            Some(ms) if ms <= bound => {
                // Forward again by most of a year: the clock had stood at its own beginning.
                if ms - before > 300 * DAY_MS {
                    self.overrun = self.overrun.saturating_sub(1);
                }
                Some(ms)
            }
            beyond => {
                let turned = beyond.is_some_and(|ms| ms - before <= SILENCE_MS);
                self.overrun = self.overrun.saturating_add(u16::from(turned));
                (year - 9..=year).rev().find_map(|it| of_year(it).filter(|ms| *ms <= bound))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(month: u8, day: u8) -> Parts {
        Parts { day: Some((month, day)), clock: Some(0), ..Parts::default() }
    }

    fn years(handed_in: (i32, u8, u8), back: u16) -> Years {
        let (year, month, day) = handed_in;
        let no_later_than_ms = days(year, month, day) * DAY_MS;
        Years::new(Assumed { zone_s: 0, no_later_than_ms, years_back: back })
    }

    fn read(years: &mut Years, dates: &[(u8, u8)]) -> Vec<i32> {
        let mut year = |(month, day)| {
            year_of(years.moment(&at(month, day), None).unwrap().ms.div_euclid(DAY_MS))
        };
        dates.iter().map(|it| year(*it)).collect()
    }

    #[test]
    fn a_year_follows_from_the_bound_and_rolls_over() {
        let mut handed = years((2027, 1, 15), 0);
        assert_eq!(
            read(&mut handed, &[(12, 30), (12, 31), (1, 1), (1, 2)]),
            [2026, 2026, 2027, 2027]
        );
        assert_eq!(handed.overrun(), 0);
    }

    #[test]
    fn a_year_and_more_from_december_to_january_is_read_from_its_beginning() {
        let dates: Vec<_> = std::iter::once((12, 20)).chain((1..=12).map(|it| (it, 5))).collect();
        let dates = [&*dates, &[(1, 5)]].concat();
        let mut handed = years((2026, 1, 15), 0);
        read(&mut handed, &dates);
        assert_eq!(handed.overrun(), 1);
        let mut again = years((2026, 1, 15), 1);
        let found = read(&mut again, &dates);
        assert_eq!(
            (found.first(), found.get(1), found.last()),
            (Some(&2024), Some(&2025), Some(&2026))
        );
        assert_eq!(again.overrun(), 0);
    }

    #[test]
    fn late_lines_around_new_year_keep_the_old_one() {
        let mut handed = years((2027, 1, 15), 0);
        assert_eq!(
            read(&mut handed, &[(12, 31), (1, 1), (12, 31), (1, 1)]),
            [2026, 2027, 2026, 2027]
        );
    }

    #[test]
    fn a_clock_that_starts_at_new_year_is_not_next_year() {
        let mut handed = years((2026, 11, 26), 0);
        assert_eq!(read(&mut handed, &[(11, 25), (1, 1), (11, 25)]), [2026, 2026, 2026]);
        assert_eq!(handed.overrun(), 0);
    }

    #[test]
    fn a_file_of_two_years_says_so_and_is_right_when_read_again() {
        let months = (3..=12).chain(1..=11);
        let dates: Vec<(u8, u8)> = months.flat_map(|it| [(it, 1), (it, 15)]).collect();
        let mut first = years((2026, 11, 26), 0);
        read(&mut first, &dates);
        assert_eq!(first.overrun(), 1);
        let mut again = years((2026, 11, 26), first.overrun());
        let read = read(&mut again, &dates);
        assert_eq!((read[0], read[19], read[20], read[41]), (2025, 2025, 2026, 2026));
        assert_eq!(again.overrun(), 0);
    }

    #[test]
    fn a_clock_that_starts_at_new_year_in_december_counts_no_year() {
        let mut handed = years((2026, 12, 26), 0);
        assert_eq!(read(&mut handed, &[(12, 20), (1, 1), (12, 20)]), [2026, 2026, 2026]);
        assert_eq!(handed.overrun(), 0);
    }

    #[test]
    fn a_leap_day_lies_in_a_leap_year() {
        let mut handed = years((2026, 11, 26), 0);
        assert_eq!(read(&mut handed, &[(2, 29)]), [2024]);
        assert_eq!(handed.moment(&at(2, 30), None), None);
    }
}
