//! Patterns of times: `%d/%b/%Y:%H:%M:%S %z`, the letters of `strptime` that logs need.

use super::{Parts, absolute, untold};
use crate::Precision;

/// How a field's time is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Year first with any separators, or seconds, milliseconds, micro- or nanoseconds since the epoch.
    Any,
    /// The first of these patterns that fits, with the zone that they are in where it is known.
    Patterns(Vec<Vec<Step>>, Option<i32>),
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    /// With or without a fraction.
    Second,
    Fraction,
    HalfDay,
    Zone,
    /// A weekday's or any other word.
    Word,
    /// A count since the epoch, its unit by its size.
    Epoch,
    /// One or more spaces.
    Blank,
    Byte(u8),
}

impl Format {
    /// Reads the pattern of a grammar; several are parted by `|`, none means [`Format::Any`]. Behind
    /// `@` stands the zone of all of them, where devices write these fields in one of their own.
    ///
    /// # Errors
    ///
    /// What is wrong with it and what is allowed.
    pub(crate) fn compile(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Any);
        }
        let (text, east) = match text.split_once('@') {
            None => (text, None),
            Some((text, name)) => {
                let mut rest = name.as_bytes();
                let east = zone(&mut rest).filter(|_| rest.is_empty());
                let problem = || format!("the zone `{name}` is none; write UTC or +08:00");
                (text, Some(east.ok_or_else(problem)?))
            }
        };
        let patterns = text.split('|').map(steps).collect::<Result<_, _>>()?;
        Ok(Self::Patterns(patterns, east))
    }

    /// Reads a time. `None` if it does not fit to its last byte.
    pub(crate) fn read(&self, bytes: &[u8]) -> Option<Parts> {
        match self {
            Self::Any => untold(bytes),
            Self::Patterns(patterns, east) => {
                let mut parts = patterns.iter().find_map(|it| fit(it, bytes))?;
                parts.zone = parts.zone.or(*east);
                Some(parts)
            }
        }
    }
}

fn steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        steps.push(match byte {
            b' ' => Step::Blank,
            b'%' => match bytes.next() {
                Some(b'Y') => Step::Year,
                Some(b'y') => Step::ShortYear,
                Some(b'm') => Step::Month,
                Some(b'b') => Step::MonthName,
                Some(b'd') => Step::Day,
                Some(b'H' | b'I') => Step::Hour,
                Some(b'M') => Step::Minute,
                Some(b'S') => Step::Second,
                Some(b'f') => Step::Fraction,
                Some(b'p') => Step::HalfDay,
                Some(b'z') => Step::Zone,
                Some(b'a') => Step::Word,
                Some(b's') => Step::Epoch,
                _ => {
                    return Err(format!(
                        "the time `{text}` has a `%` without one of Y y m b d H I M S f p z a s"
                    ));
                }
            },
            other => Step::Byte(other),
        });
    }
    Ok(steps)
}

fn fit(steps: &[Step], bytes: &[u8]) -> Option<Parts> {
    let mut rest = bytes.trim_ascii();
    let mut parts = Parts::default();
    let (mut month, mut day) = (None, None);
    let (mut clock, mut timed) = (0_u32, None);
    let mut half = None;
    for step in steps {
        match step {
            Step::Year => parts.year = Some(i32::try_from(digits(&mut rest, 4, 4)?).ok()?),
            Step::ShortYear => {
                parts.year = Some(2000 + i32::try_from(digits(&mut rest, 2, 2)?).ok()?);
            }
            Step::Month => month = Some(u8::try_from(digits(&mut rest, 1, 2)?).ok()?),
            Step::MonthName => {
                month = Some(month_by_name(rest)?);
                let letters = rest.iter().take_while(|it| it.is_ascii_alphabetic()).count();
                rest = rest.get(letters..)?;
            }
            Step::Day => day = Some(u8::try_from(digits(&mut rest, 1, 2)?).ok()?),
            Step::Hour => {
                clock += below(digits(&mut rest, 1, 2)?, 24)? * 3_600_000;
                timed = Some(Precision::Minute);
            }
            Step::Minute => clock += below(digits(&mut rest, 2, 2)?, 60)? * 60_000,
            Step::Second => {
                // A leap second is the last of its minute here.
                clock += below(digits(&mut rest, 2, 2)?, 61)?.min(59) * 1_000;
                timed = Some(Precision::Second);
                if matches!(rest, [b'.' | b',', b'0'..=b'9', ..]) {
                    rest = rest.get(1..)?;
                    clock += fraction(&mut rest)?;
                    timed = Some(Precision::Millisecond);
                }
            }
            Step::Fraction => {
                clock += fraction(&mut rest)?;
                timed = Some(Precision::Millisecond);
            }
            Step::HalfDay => half = Some(half_day(&mut rest)?),
            Step::Zone => parts.zone = Some(zone(&mut rest)?),
            Step::Word => {
                let letters = rest.iter().take_while(|it| !it.is_ascii_whitespace()).count();
                rest = rest.get(letters.max(1)..)?;
            }
            Step::Epoch => {
                let length =
                    rest.iter().take_while(|it| it.is_ascii_digit() || **it == b'.').count();
                let (count, after) = rest.split_at_checked(length)?;
                parts.add(absolute(count)?);
                rest = after;
            }
            Step::Blank => {
                let blanks = rest.iter().take_while(|it| **it == b' ').count();
                rest = rest.get(blanks.max(1)..)?;
            }
            Step::Byte(byte) => rest = rest.strip_prefix(&[*byte])?,
        }
    }
    if !rest.is_empty() {
        return None;
    }
    if let (Some(month), Some(day)) = (month, day) {
        parts.day = Some((month, day));
        parts.precision = parts.precision.or(Some(Precision::Day));
    }
    if timed.is_some() {
        parts.clock = Some(in_half(clock, half)?);
        parts.precision = timed;
    }
    Some(parts)
}

/// Milliseconds since midnight, where the hour may count half a day.
pub(super) fn in_half(clock: u32, afternoon: Option<bool>) -> Option<u32> {
    let noon = 43_200_000;
    match afternoon {
        Some(_) if clock >= noon + 3_600_000 => None,
        Some(true) if clock < noon => Some(clock + noon),
        Some(false) if clock >= noon => Some(clock - noon),
        None | Some(_) => Some(clock),
    }
}

pub(super) fn below(value: u32, bound: u32) -> Option<u32> {
    (value < bound).then_some(value)
}

/// Takes a number of `least` to `most` digits, blanks before it allowed.
pub(super) fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<u32> {
    if least < most {
        *rest = rest.trim_ascii_start();
    }
    let count = rest.iter().take(most).take_while(|it| it.is_ascii_digit()).count();
    if count < least {
        return None;
    }
    let (number, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(number.iter().fold(0, |sum, it| sum * 10 + u32::from(it - b'0')))
}

/// Takes a fraction of a second as milliseconds; finer digits are dropped.
pub(super) fn fraction(rest: &mut &[u8]) -> Option<u32> {
    let count = rest.iter().take_while(|it| it.is_ascii_digit()).count();
    let (number, after) = rest.split_at_checked(count)?;
    if number.is_empty() {
        return None;
    }
    *rest = after;
    let leading = number.iter().chain(b"00").take(3);
    Some(leading.fold(0, |sum, it| sum * 10 + u32::from(it - b'0')))
}

/// Takes AM or PM, in English or Chinese; whether it is the afternoon.
pub(super) fn half_day(rest: &mut &[u8]) -> Option<bool> {
    let known: [(&[u8], bool); 6] = [
        (b"AM", false),
        (b"PM", true),
        (b"am", false),
        (b"pm", true),
        ("上午".as_bytes(), false),
        ("下午".as_bytes(), true),
    ];
    let (text, afternoon) = known.iter().find(|(text, _)| rest.starts_with(text))?;
    *rest = rest.get(text.len()..)?;
    Some(*afternoon)
}

/// Takes a zone: `Z`, `UTC`, `GMT`, `+0800`, `+08:00`, `+08`; seconds east of Greenwich.
pub(crate) fn zone(rest: &mut &[u8]) -> Option<i32> {
    let named: [&[u8]; 3] = [b"UTC", b"GMT", b"Z"];
    if let Some(after) = named.iter().find_map(|it| rest.strip_prefix(*it)) {
        *rest = after;
        return Some(0);
    }
    let (sign, after) = rest.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut after = after;
    let hours = i32::try_from(below(digits(&mut after, 2, 2)?, 15)?).ok()?;
    let minutes = after.strip_prefix(b":").unwrap_or(after);
    let minutes = if minutes.first().is_some_and(u8::is_ascii_digit) {
        after = minutes;
        i32::try_from(below(digits(&mut after, 2, 2)?, 60)?).ok()?
    } else {
        0
    };
    *rest = after;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// The month whose English name begins with the first three letters of `bytes`.
pub(crate) fn month_by_name(bytes: &[u8]) -> Option<u8> {
    let [a, b, c, ..] = bytes else { return None };
    Some(match [a | 32, b | 32, c | 32] {
        [b'j', b'a', b'n'] => 1,
        [b'f', b'e', b'b'] => 2,
        [b'm', b'a', b'r'] => 3,
        [b'a', b'p', b'r'] => 4,
        [b'm', b'a', b'y'] => 5,
        [b'j', b'u', b'n'] => 6,
        [b'j', b'u', b'l'] => 7,
        [b'a', b'u', b'g'] => 8,
        [b's', b'e', b'p'] => 9,
        [b'o', b'c', b't'] => 10,
        [b'n', b'o', b'v'] => 11,
        [b'd', b'e', b'c'] => 12,
        _ => return None,
    })
}
