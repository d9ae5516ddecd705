//! Moments as people write them on a command line.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use minehound_model::Span;

use crate::usage::wrong;
use crate::zone::offset_seconds;

const DAY_MS: i64 = 86_400_000;

/// A moment, as wide as it is written (a day, a minute, a second), or two with / between.
pub(super) fn moment(text: &str, tz: &TimeZone) -> anyhow::Result<Span> {
    let whole = text.trim();
    let parts: Vec<&str> = whole.split('/').collect();
    let span = match *parts.as_slice() {
        [one] => single(one, tz),
        [from, to] => single(from, tz).and_then(|first| {
            // The day need not be written twice.
            let day = from.trim().get(..10).unwrap_or_default();
            let last = single(to, tz).or_else(|| single(&format!("{day} {}", to.trim()), tz))?;
            Some(Span { from_ms: first.from_ms, to_ms: last.to_ms })
        }),
        _ => None,
    };
    span.filter(|it| it.from_ms <= it.to_ms).ok_or_else(|| wrong(&text, "bad-moment"))
}

fn single(text: &str, tz: &TimeZone) -> Option<Span> {
    let text = text.trim().replacen(['T', 't'], " ", 1);
    let (text, tz) = zoned(&text, tz);
    let (day, clock) = text.split_once(' ').map_or((text, ""), |(day, clock)| (day, clock.trim()));
    let colons = clock.bytes().filter(|it| *it == b':').count();
    let (full, wide_ms) = match (clock.is_empty(), colons, clock.split_once('.')) {
        (true, ..) => (format!("{day} 00:00:00"), DAY_MS),
        (false, 1, None) => (format!("{day} {clock}:00"), 60_000),
        (false, 2, None) => (format!("{day} {clock}"), 1_000),
        (false, 2, Some((_, digits))) => {
            let wide = 10_i64.checked_pow(u32::try_from(digits.len()).ok()?)?;
            (format!("{day} {clock}"), (1_000 / wide).max(1))
        }
        _ => return None,
    };
    let civil = DateTime::strptime("%Y-%m-%d %H:%M:%S%.f", full).ok()?;
    let from_ms = tz.to_timestamp(civil).ok()?.as_millisecond();
    Some(Span { from_ms, to_ms: from_ms.checked_add(wide_ms)? - 1 })
}

/// The zone at the end of a time, taken off it.
fn zoned<'t>(text: &'t str, tz: &TimeZone) -> (&'t str, TimeZone) {
    if let Some(rest) = text.strip_suffix(['Z', 'z']) {
        return (rest.trim_end(), TimeZone::UTC);
    }
    let at = text.rfind(['+', '-']).filter(|at| text.get(..*at).is_some_and(|it| it.contains(':')));
    let offset = at.and_then(|at| {
        let seconds = offset_seconds(text.get(at..)?)?;
        Some((text.get(..at)?.trim_end(), Offset::from_seconds(seconds).ok()?))
    });
    offset.map_or_else(|| (text, tz.clone()), |(rest, offset)| (rest, TimeZone::fixed(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, from: &str, wide_ms: i64) {
        let from_ms = from.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let tz = TimeZone::fixed(jiff::tz::offset(8));
        let span = moment(text, &tz).unwrap();
        assert_eq!((span.from_ms, span.to_ms - span.from_ms + 1), (from_ms, wide_ms), "{text}");
    }

    #[test]
    fn a_moment_is_as_wide_as_it_is_written() {
        check("2026-11-25 10:03:07", "2026-11-25T02:03:07Z", 1_000);
        check("2026-11-25T10:03:07Z", "2026-11-25T10:03:07Z", 1_000);
        check("2026-11-25 10:03:07.25+09:00", "2026-11-25T01:03:07.25Z", 10);
        check("2026-11-25 10:03", "2026-11-25T02:03:00Z", 60_000);
        check("2026-11-25", "2026-11-24T16:00:00Z", DAY_MS);
        check("2026-11-25 10:00:00/2026-11-25 10:04:59", "2026-11-25T02:00:00Z", 300_000);
        check("2026-11-25 10:00:00 / 10:04:59", "2026-11-25T02:00:00Z", 300_000);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in
            ["", "yesterday", "2026-13-01", "2026-11-25 25:00", "10:00", "2026-11-25/2026-11-24"]
        {
            assert!(moment(text, &TimeZone::UTC).is_err(), "{text}");
        }
    }
}
