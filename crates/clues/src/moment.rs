//! Moments as people write them.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use minehound_model::Span;

const DAY_MS: i64 = 86_400_000;

/// A moment, as wide as it is written (a day, a minute, a second), or two of them for a stretch:
/// `2026-11-25 10:03:07`, `2026/11/25 10:03`, `2026年11月25日10时3分`, `20261125100307`,
/// `2026-11-25T10:03:07+08:00`, seconds or milliseconds since 1970; `FROM/TO`, `FROM~TO`, `FROM至TO`.
#[must_use]
pub fn moment(text: &str, tz: &TimeZone) -> Option<Span> {
    let text = narrowed(text);
    let text = text.trim();
    let span = single(text, tz).or_else(|| pair(text, tz))?;
    (span.from_ms <= span.to_ms).then_some(span)
}

/// Two moments with a sign of "until" between; the day need not be written twice.
fn pair(text: &str, tz: &TimeZone) -> Option<Span> {
    const BETWEEN: [&str; 8] = ["~", "至", "到", "—", "–", " - ", " to ", "/"];
    BETWEEN.iter().find_map(|between| {
        let (from, to) = text.split_once(between)?;
        let first = single(from.trim(), tz)?;
        let to = to.trim_start_matches(['~', '—', '–']).trim();
        let last = single(to, tz).or_else(|| {
            let clock = from.trim().rfind(':').map(|_| from.trim().split([' ', 't', 'T']))?;
            single(&format!("{} {to}", clock.into_iter().next()?), tz)
        })?;
        Some(Span { from_ms: first.from_ms, to_ms: last.to_ms })
    })
}

/// Wide letters as narrow ones, and the Chinese words for parts of a date as their signs.
fn narrowed(text: &str) -> String {
    let mut narrow = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '年' | '月' => narrow.push('-'),
            '时' | '点' | '分' => narrow.push(':'),
            '秒' => {}
            '\u{ff01}'..='\u{ff5e}' => {
                narrow.push(char::from_u32(u32::from(it) - 0xfee0).unwrap_or(it));
            }
            '日' | '号' | '\u{3000}' | '\n' | '\r' | '\t' => narrow.push(' '),
            _ => narrow.push(it),
        }
    }
    narrow
}

fn single(text: &str, tz: &TimeZone) -> Option<Span> {
    let text = text.trim().trim_end_matches(':');
    if text.bytes().all(|it| it.is_ascii_digit()) {
        return digits(text, tz);
    }
    let text = text.replacen(['T', 't'], " ", 1);
    let (text, tz) = zoned(&text, tz);
    let (day, clock) = text.split_once(' ').map_or((text, ""), |(day, clock)| (day, clock.trim()));
    let mut parts = day.split(['-', '/', '.']).map(|it| it.trim().parse::<i16>());
    let (year, month, date) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if parts.next().is_some() || !(1990..=2100).contains(&year) {
        return None;
    }
    let (hour, minute, second, ms, wide_ms) = time(clock)?;
    let [month, date] = [month, date].map(i8::try_from);
    let civil = DateTime::new(year, month.ok()?, date.ok()?, hour, minute, second, 0).ok()?;
    let from_ms = tz.to_timestamp(civil).ok()?.as_millisecond() + ms;
    Some(Span { from_ms, to_ms: from_ms.checked_add(wide_ms)? - 1 })
}

/// Hour, minute, second, milliseconds, and how wide the time is written.
pub(crate) fn time(clock: &str) -> Option<(i8, i8, i8, i64, i64)> {
    let (clock, half) = halved(clock);
    let (hour, minute, second, ms, wide_ms) = of_day(clock)?;
    let hour = match half {
        Some(afternoon) if (1..=12).contains(&hour) => hour % 12 + 12 * i8::from(afternoon),
        _ => hour,
    };
    Some((hour, minute, second, ms, wide_ms))
}

/// The same of a clock of 24 hours.
fn of_day(clock: &str) -> Option<(i8, i8, i8, i64, i64)> {
    if clock.is_empty() {
        return Some((0, 0, 0, 0, DAY_MS));
    }
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |it| (it.0, Some(it.1)));
    let parts = clock.trim().trim_end_matches(':').split(':').map(|it| it.trim().parse::<i8>());
    let parts: Vec<i8> = parts.collect::<Result<_, _>>().ok()?;
    let fits = |it: &[i8]| it.iter().all(|it| (0..60).contains(it)) && it.first() < Some(&24);
    if !fits(&parts) {
        return None;
    }
    match (parts.as_slice(), fraction) {
        // An hour alone is written in words: 10时.
        ([hour], None) => Some((*hour, 0, 0, 0, 3_600_000)),
        ([hour, minute], None) => Some((*hour, *minute, 0, 0, 60_000)),
        ([hour, minute, second], None) => Some((*hour, *minute, *second, 0, 1_000)),
        ([hour, minute, second], Some(digits)) => {
            let wide = 10_i64.checked_pow(u32::try_from(digits.len()).ok()?)?;
            let digits: i64 = digits.parse().ok()?;
            Some((*hour, *minute, *second, digits * 1_000 / wide, (1_000 / wide).max(1)))
        }
        _ => None,
    }
}

/// A clock of twelve hours without its half of the day, and whether that is the second.
fn halved(clock: &str) -> (&str, Option<bool>) {
    const HALVES: [(&str, bool); 7] = [
        ("上午", false),
        ("下午", true),
        ("凌晨", false),
        ("AM", false),
        ("PM", true),
        ("am", false),
        ("pm", true),
    ];
    let taken = |(name, second): (&str, bool)| {
        let rest = clock.strip_prefix(name).or_else(|| clock.strip_suffix(name))?;
        Some((rest.trim(), Some(second)))
    };
    HALVES.into_iter().find_map(taken).unwrap_or((clock, None))
}

/// Digits alone: `20261125`, `202611251003`, `20261125100307`, seconds or milliseconds since 1970.
fn digits(text: &str, tz: &TimeZone) -> Option<Span> {
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("00");
    let dated = |wide: &str| single(&format!("{} {wide}", day_of(text)?), tz);
    match text.len() {
        8 => single(&day_of(text)?, tz),
        12 => dated(&format!("{}:{}", part(8, 10), part(10, 12))),
        14 => dated(&format!("{}:{}:{}", part(8, 10), part(10, 12), part(12, 14))),
        10 => {
            let from_ms = text.parse::<i64>().ok()?.checked_mul(1_000)?;
            Some(Span { from_ms, to_ms: from_ms + 999 })
        }
        13 => text.parse().ok().map(|at| Span { from_ms: at, to_ms: at }),
        _ => None,
    }
}

fn day_of(text: &str) -> Option<String> {
    Some(format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..8)?))
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

/// Seconds east of Greenwich of `+08:00`, `+0800`, `-03:30` or `+8`.
#[must_use]
pub fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let fits = (0..=14).contains(&hours) && (0..60).contains(&minutes);
    fits.then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, from: &str, wide_ms: i64) {
        let from_ms = from.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let tz = TimeZone::fixed(jiff::tz::offset(8));
        let span = moment(text, &tz).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((span.from_ms, span.to_ms - span.from_ms + 1), (from_ms, wide_ms), "{text}");
    }

    #[test]
    fn a_moment_is_as_wide_as_it_is_written() {
        check("2026-11-25 10:03:07", "2026-11-25T02:03:07Z", 1_000);
        check("2026-11-25T10:03:07Z", "2026-11-25T10:03:07Z", 1_000);
        check("2026-11-25 10:03:07.25+09:00", "2026-11-25T01:03:07.25Z", 10);
        check("2026-11-25T10:03:07+0800", "2026-11-25T02:03:07Z", 1_000);
        check("2026-11-25 10:03", "2026-11-25T02:03:00Z", 60_000);
        check("2026/11/5 9:03", "2026-11-05T01:03:00Z", 60_000);
        check("2026.11.05", "2026-11-04T16:00:00Z", DAY_MS);
        check("2026年11月25日10时3分7秒", "2026-11-25T02:03:07Z", 1_000);
        check("2026年11月25日 10时3分", "2026-11-25T02:03:00Z", 60_000);
        check("2026年11月25日10时", "2026-11-25T02:00:00Z", 3_600_000);
        check("2026/11/25 9:00:16 PM", "2026-11-25T13:00:16Z", 1_000);
        check("2026-11-25 上午9:00:16", "2026-11-25T01:00:16Z", 1_000);
        check("2026年11月25日 下午12时3分", "2026-11-25T04:03:00Z", 60_000);
        check("2026-11-25 12:03 AM", "2026-11-24T16:03:00Z", 60_000);
        check("２０２６－１１－２５　１０：０３", "2026-11-25T02:03:00Z", 60_000);
        check("20261125100307", "2026-11-25T02:03:07Z", 1_000);
        check("20261125", "2026-11-24T16:00:00Z", DAY_MS);
        check("1795572187", "2026-11-25T02:03:07Z", 1_000);
        check("1795572187250", "2026-11-25T02:03:07.25Z", 1);
    }

    #[test]
    fn two_moments_are_a_stretch() {
        check("2026-11-25 10:00:00/2026-11-25 10:04:59", "2026-11-25T02:00:00Z", 300_000);
        check("2026-11-25 10:00:00 / 10:04:59", "2026-11-25T02:00:00Z", 300_000);
        check("2026-11-25 10:00:00~10:04:59", "2026-11-25T02:00:00Z", 300_000);
        check("2026/11/25 10:00 至 2026/11/25 10:04", "2026-11-25T02:00:00Z", 300_000);
        check("2026-11-24/2026-11-25", "2026-11-23T16:00:00Z", 2 * DAY_MS);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-11-25 25:00",
            "10:00",
            "2026-11-25/2026-11-24",
            "203.0.113.7",
            "33333",
            "1.2.3",
            "2026-02-30",
            "2026-11-25 10:60",
            "2026-11-25 上午上午9:00",
            "2026-11-25 下午9:00 PM",
        ] {
            assert_eq!(moment(text, &TimeZone::UTC), None, "{text}");
        }
    }
}
