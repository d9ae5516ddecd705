//! Moments and names as logs write them.

use crate::rng::Rng;
use crate::world::der::civil;

/// Year, month, day, hour, minute, second and microsecond in UTC.
pub(super) fn parts(time_ns: u64) -> [u64; 7] {
    let seconds = time_ns / 1_000_000_000;
    let (year, month, day) = civil(seconds / 86_400);
    let of_day = seconds % 86_400;
    let micros = time_ns / 1_000 % 1_000_000;
    [year, month, day, of_day / 3_600, of_day / 60 % 60, of_day % 60, micros]
}

/// `2026-01-05T08:00:00.000000+0000`.
pub(super) fn iso(time_ns: u64) -> String {
    let [year, month, day, hour, minute, second, micros] = parts(time_ns);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}+0000")
}

/// `Jan`.
pub(crate) fn month(number: u64) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(number).ok().and_then(|it| NAMES.get(it.checked_sub(1)?)).unwrap_or(&"Jan")
}

/// Seconds since 1970 with six decimals.
pub(super) fn epoch(time_ns: u64) -> String {
    format!("{}.{:06}", time_ns / 1_000_000_000, time_ns / 1_000 % 1_000_000)
}

/// A name for a flow as Zeek gives it: a letter and 17 more.
pub(super) fn uid(letter: char, flow: u64) -> String {
    format!("{letter}{}", Rng::new(flow).fork("uid").token(17))
}
