//! Times whose pattern need not be told: the year first, or a count since the epoch.

use super::Parts;
use super::pattern::{below, digits, fraction, half_day, in_half, zone};
use crate::Precision;

/// Reads `2026-11-25 10:00:00.123 +0800`, `2026/11/25 10:00`, `2026-11-25T02:00:00Z`,
/// `2026年11月25日 10时00分00秒`, `20261125100000`, or a count since the epoch.
pub(crate) fn untold(bytes: &[u8]) -> Option<Parts> {
    let mut rest = bytes.trim_ascii();
    if rest.len() > 64 {
        return None;
    }
    let first = rest.iter().take_while(|it| it.is_ascii_digit()).count();
    match first {
        8 | 14 if rest.len() == first && rest.starts_with(b"20") => return compact(rest),
        4 => {}
        _ => return absolute(rest),
    }
    let mut parts = Parts {
        year: Some(i32::try_from(digits(&mut rest, 4, 4)?).ok()?),
        precision: Some(Precision::Day),
        ..Parts::default()
    };
    part(&mut rest, &["-", "/", ".", "年"])?;
    let month = u8::try_from(digits(&mut rest, 1, 2)?).ok()?;
    part(&mut rest, &["-", "/", ".", "月"])?;
    parts.day = Some((month, u8::try_from(digits(&mut rest, 1, 2)?).ok()?));
    rest = rest.strip_prefix("日".as_bytes()).unwrap_or(rest);
    if rest.is_empty() {
        return Some(parts);
    }
    part(&mut rest, &["T", ",", "-", "/", " "])?;
    rest = rest.trim_ascii_start();
    let mut half = half_day(&mut rest);
    let mut clock = below(digits(&mut rest, 1, 2)?, 24)? * 3_600_000;
    part(&mut rest, &[":", "时"])?;
    clock += below(digits(&mut rest, 2, 2)?, 60)? * 60_000;
    parts.precision = Some(Precision::Minute);
    if part(&mut rest, &[":", "分"]).is_some() && rest.first().is_some_and(u8::is_ascii_digit) {
        clock += below(digits(&mut rest, 2, 2)?, 61)?.min(59) * 1_000;
        parts.precision = Some(Precision::Second);
        rest = rest.strip_prefix("秒".as_bytes()).unwrap_or(rest);
        if matches!(rest, [b'.' | b',' | b':', b'0'..=b'9', ..]) {
            rest = rest.get(1..)?;
            clock += fraction(&mut rest)?;
            parts.precision = Some(Precision::Millisecond);
        }
    }
    rest = rest.trim_ascii_start();
    half = half.or_else(|| half_day(&mut rest));
    parts.clock = Some(in_half(clock, half)?);
    rest = rest.trim_ascii_start();
    if !rest.is_empty() {
        parts.zone = Some(zone(&mut rest)?);
    }
    rest.is_empty().then_some(parts)
}

fn part(rest: &mut &[u8], separators: &[&str]) -> Option<()> {
    *rest = separators.iter().find_map(|it| rest.strip_prefix(it.as_bytes()))?;
    Some(())
}

fn compact(bytes: &[u8]) -> Option<Parts> {
    let mut rest = bytes;
    let year = i32::try_from(digits(&mut rest, 4, 4)?).ok()?;
    let month = u8::try_from(digits(&mut rest, 2, 2)?).ok()?;
    let day = u8::try_from(digits(&mut rest, 2, 2)?).ok()?;
    let mut parts = Parts {
        year: Some(year),
        day: Some((month, day)),
        precision: Some(Precision::Day),
        ..Parts::default()
    };
    if !rest.is_empty() {
        let hour = below(digits(&mut rest, 2, 2)?, 24)?;
        let minute = below(digits(&mut rest, 2, 2)?, 60)?;
        let second = below(digits(&mut rest, 2, 2)?, 61)?.min(59);
        parts.clock = Some((hour * 3600 + minute * 60 + second) * 1000);
        parts.precision = Some(Precision::Second);
    }
    Some(parts)
}

/// A count since the epoch. Its unit follows from its size: seconds have nine or ten digits,
/// milliseconds twelve or thirteen, microseconds up to sixteen, nanoseconds more.
pub(crate) fn absolute(bytes: &[u8]) -> Option<Parts> {
    let bytes = bytes.trim_ascii();
    let length = bytes.iter().take_while(|it| it.is_ascii_digit()).count();
    let (count, mut rest) = bytes.split_at_checked(length)?;
    if !(9..=19).contains(&length) {
        return None;
    }
    let count = count
        .iter()
        .try_fold(0_i64, |sum, it| sum.checked_mul(10)?.checked_add(i64::from(it - b'0')))?;
    let (mut ms, mut precision) = match length {
        ..=10 => (count * 1_000, Precision::Second),
        11..=13 => (count, Precision::Millisecond),
        14..=16 => (count / 1_000, Precision::Millisecond),
        _ => (count / 1_000_000, Precision::Millisecond),
    };
    if let Some(after) = rest.strip_prefix(b".") {
        rest = after;
        let part = fraction(&mut rest)?;
        if length <= 10 {
            ms += i64::from(part);
            precision = Precision::Millisecond;
        }
    }
    rest.is_empty().then_some(Parts {
        absolute: Some(ms),
        precision: Some(precision),
        ..Parts::default()
    })
}
