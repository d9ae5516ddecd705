//! Moments with their offset, and lengths of time.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;

/// RFC 3339, with milliseconds.
static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// The moment to read, for example `2026-11-24 10:00:00+08:00`; a dash where there is none.
#[must_use]
pub fn shown(time_ms: i64, tz: &TimeZone) -> String {
    stamped(time_ms, tz, "%Y-%m-%d %H:%M:%S%:z").unwrap_or_else(|| "—".to_owned())
}

/// The moment in RFC 3339, with milliseconds.
pub(crate) fn rfc3339(time_ms: i64, tz: &TimeZone) -> Option<String> {
    let moment = Timestamp::from_millisecond(time_ms).ok()?;
    let offset = tz.to_offset(moment);
    in_calendar(offset.to_datetime(moment).year()).then(|| {
        let mut text = String::with_capacity(29);
        // Writing to a string does not fail.
        let _ = PRINTER.print_timestamp_with_offset(&moment, offset, &mut text);
        text
    })
}

/// The moment without its offset, for spreadsheets and axes that state it once.
pub(crate) fn stamped(time_ms: i64, tz: &TimeZone, format: &str) -> Option<String> {
    let moment = Timestamp::from_millisecond(time_ms).ok()?.to_zoned_datetime(tz.clone());
    in_calendar(moment.year()).then(|| moment.strftime(format).to_string())
}

/// RFC 3339 has no room for other years.
fn in_calendar(year: i16) -> bool {
    (0..=9999).contains(&year)
}

/// The offset in force at a moment, for example `+08:00`.
pub(crate) fn offset(time_ms: i64, tz: &TimeZone) -> String {
    stamped(time_ms, tz, "%:z").unwrap_or_else(|| "+00:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_carries_its_offset() {
        let tz = TimeZone::fixed(jiff::tz::offset(8));
        assert_eq!(shown(0, &tz), "1970-01-01 08:00:00+08:00");
        assert_eq!(rfc3339(1500, &TimeZone::UTC).unwrap(), "1970-01-01T00:00:01.500+00:00");
        assert_eq!(offset(0, &tz), "+08:00");
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_none() {
        assert_eq!(rfc3339(i64::MAX, &TimeZone::UTC), None);
        assert_eq!(shown(i64::MIN, &TimeZone::UTC), "—");
    }
}
