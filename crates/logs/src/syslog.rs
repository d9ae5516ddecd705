//! What stands before the message: priority, time, host and program, as RFC 3164, RFC 5424 and
//! the makers of devices write them.

use crate::Precision;
use crate::number;
use crate::time::{Parts, month_by_name};

/// What a line says before its message.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Prefix<'l> {
    /// When, if a time was found.
    pub(crate) at: Option<Parts>,
    /// Who wrote it.
    pub(crate) host: Option<&'l [u8]>,
    /// The program of RFC 5424.
    pub(crate) program: Option<&'l [u8]>,
    /// What follows.
    pub(crate) message: &'l [u8],
}

/// Parts a line from its prefix. Whatever is missing is left out.
pub(crate) fn part(line: &[u8]) -> Prefix<'_> {
    let (rest, prioritised) = priority(line);
    if prioritised && let Some(prefix) = structured(rest) {
        return prefix;
    }
    let mut prefix = Prefix { message: rest, ..Prefix::default() };
    // A relay puts its own time and name before those of the device; the device's count.
    for _ in 0..2 {
        let Some((at, after)) = time(prefix.message) else { break };
        prefix.at = Some(at);
        prefix.message = after;
        let Some((host, after)) = host(after) else { break };
        prefix.host = Some(host);
        prefix.message = after;
    }
    if prefix.at.is_none()
        && prioritised
        && let Some((token, after)) = word(rest)
        && number::address(token).is_some()
    {
        (prefix.host, prefix.message) = (Some(token), after);
    }
    prefix
}

/// Parts `program[7]: message` or `program: message`.
pub(crate) fn program(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = message.iter().take(64).position(|it| matches!(it, b'[' | b':' | b' '))?;
    let (name, mut rest) = message.split_at_checked(end)?;
    if rest.first() == Some(&b'[') {
        let close = rest.iter().take(24).position(|it| *it == b']')?;
        rest = rest.get(close + 1..)?;
    }
    let rest = rest.strip_prefix(b":")?;
    Some((name, rest.trim_ascii_start()))
}

fn priority(line: &[u8]) -> (&[u8], bool) {
    let inner = line.strip_prefix(b"<").and_then(|rest| {
        let digits = rest.iter().take(4).take_while(|it| it.is_ascii_digit()).count();
        rest.get(digits..).filter(|_| digits > 0).and_then(|it| it.strip_prefix(b">"))
    });
    match inner {
        Some(rest) => (rest.trim_ascii_start(), true),
        None => (line, false),
    }
}

/// RFC 5424: `1 TIME HOST APP PROCID MSGID STRUCTURED-DATA MESSAGE`.
fn structured(rest: &[u8]) -> Option<Prefix<'_>> {
    let (time, rest) = word(rest.strip_prefix(b"1 ")?)?;
    let at = crate::time::untold(time);
    if at.is_none() && time != b"-" {
        return None;
    }
    let (host, rest) = word(rest)?;
    let (program, rest) = word(rest)?;
    let (_process, rest) = word(rest)?;
    let (_message_id, rest) = word(rest)?;
    let named = |it: &'_ [u8]| (it != b"-").then_some(()).is_some();
    Some(Prefix {
        at,
        host: Some(host).filter(|it| named(it)),
        program: Some(program).filter(|it| named(it)),
        message: after_elements(rest)?,
    })
}

/// Skips `-` or `[id name="value"]…`.
fn after_elements(rest: &[u8]) -> Option<&[u8]> {
    let mut rest = rest;
    if let Some(after) = rest.strip_prefix(b"-") {
        rest = after;
    }
    while rest.first() == Some(&b'[') {
        let mut quoted = false;
        let mut escaped = false;
        let end = rest.iter().position(|byte| {
            let closes = *byte == b']' && !quoted;
            quoted ^= *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            closes
        })?;
        rest = rest.get(end + 1..)?;
    }
    let message = rest.trim_ascii_start();
    Some(message.strip_prefix("\u{feff}".as_bytes()).unwrap_or(message))
}

fn word(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b' ', bytes)?;
    let (word, rest) = bytes.split_at_checked(end)?;
    Some((word, rest.trim_ascii_start()))
}

/// A host's name; not what looks like a part of the message.
fn host(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (token, rest) = word(bytes)?;
    let odd = |it: &u8| matches!(it, b'[' | b'=' | b'%' | b',' | b'"' | b'{' | b'<' | b';');
    let plain = !token.is_empty() && token.len() <= 255 && token.last() != Some(&b':');
    (plain && !token.iter().any(odd)).then_some((token, rest))
}

fn time(bytes: &[u8]) -> Option<(Parts, &[u8])> {
    // Devices without a clock put a star, a dot or a percent sign before a time they doubt.
    let bytes = match bytes {
        [b'*' | b'.' | b'%', rest @ ..] => rest,
        _ => bytes,
    };
    match bytes {
        [b'1', b' ', rest @ ..] => year_and_month(rest),
        [b'0'..=b'9', ..] => year_first(bytes),
        _ => month_first(bytes),
    }
}

/// `1 2026 Nov 25 10:00:00`: RFC 5424's version before a time that is not its own, as translators
/// of several makers write it.
fn year_and_month(bytes: &[u8]) -> Option<(Parts, &[u8])> {
    let mut rest = bytes;
    let year = i32::try_from(number_of(&mut rest, 4)?).ok()?;
    let (mut parts, rest) = month_first(rest.strip_prefix(b" ")?)?;
    parts.year.get_or_insert(year);
    Some((parts, rest))
}

/// `2026-11-25T10:00:00.123+08:00`, `2026-11-25 10:00:00`, `2026/11/25 10:00:00`.
fn year_first(bytes: &[u8]) -> Option<(Parts, &[u8])> {
    let shaped = bytes.get(4).is_some_and(|it| matches!(it, b'-' | b'/'));
    if !shaped || !matches!(bytes.get(10), Some(b'T' | b' ')) {
        return None;
    }
    let end = bytes.iter().skip(11).position(|it| *it == b' ').map_or(bytes.len(), |it| it + 11);
    let (time, rest) = bytes.split_at_checked(end)?;
    let time = time.strip_suffix(b":").unwrap_or(time);
    Some((crate::time::untold(time)?, rest.trim_ascii_start()))
}

/// `Nov 25 10:00:00`, `Nov 25 2026 10:00:00+08:00`, `Nov 25 10:00:00:123 2026`.
fn month_first(bytes: &[u8]) -> Option<(Parts, &[u8])> {
    let month = month_by_name(bytes)?;
    let letters = bytes.iter().take(9).take_while(|it| it.is_ascii_alphabetic()).count();
    let mut rest = bytes.get(letters..)?.strip_prefix(b" ")?.trim_ascii_start();
    let day = u8::try_from(number_of(&mut rest, 2)?).ok()?;
    rest = rest.strip_prefix(b" ")?.trim_ascii_start();
    let mut parts = Parts { day: Some((month, day)), ..Parts::default() };
    if rest.get(4) == Some(&b' ') {
        parts.year = Some(i32::try_from(number_of(&mut rest, 4)?).ok()?);
        rest = rest.trim_ascii_start();
    }
    clock(&mut rest, &mut parts)?;
    if matches!(rest.first(), Some(b'+' | b'-')) {
        let end = memchr::memchr2(b' ', b':', rest.get(4..)?).map_or(rest.len(), |it| it + 4);
        let end = if rest.get(3) == Some(&b':') { end.max(6) } else { end };
        let (zone, after) = rest.split_at_checked(end)?;
        parts.zone = zone_of(zone);
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(b" ")
        && parts.year.is_none()
        && matches!(after, [b'1' | b'2', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b' ' | b':', ..])
    {
        rest = after;
        parts.year = Some(i32::try_from(number_of(&mut rest, 4)?).ok()?);
    }
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    Some((parts, rest.trim_ascii_start()))
}

fn zone_of(bytes: &[u8]) -> Option<i32> {
    let (sign, rest) = bytes.split_first()?;
    let hours = number::whole(rest.get(..2)?)?;
    let after = rest.get(2..)?;
    let minutes = after.strip_prefix(b":").unwrap_or(after);
    let minutes = if minutes.is_empty() { 0 } else { number::whole(minutes)? };
    let seconds = i32::try_from((hours % 24) * 3600 + (minutes % 60) * 60).ok()?;
    Some(if *sign == b'-' { -seconds } else { seconds })
}

fn clock(rest: &mut &[u8], parts: &mut Parts) -> Option<()> {
    let hour = number_of(rest, 2).filter(|it| *it < 24)?;
    *rest = rest.strip_prefix(b":")?;
    let minute = number_of(rest, 2).filter(|it| *it < 60)?;
    *rest = rest.strip_prefix(b":")?;
    let second = number_of(rest, 2).filter(|it| *it < 61)?.min(59);
    let mut ms = ((hour * 60 + minute) * 60 + second) * 1_000;
    parts.precision = Some(Precision::Second);
    if let [b'.' | b':', b'0'..=b'9', ..] = rest {
        let digits = rest.get(1..)?;
        let count = digits.iter().take_while(|it| it.is_ascii_digit()).count();
        let leading = digits.iter().take(count).chain(b"00").take(3);
        ms += leading.fold(0, |sum, it| sum * 10 + u32::from(it - b'0'));
        parts.precision = Some(Precision::Millisecond);
        *rest = digits.get(count..)?;
    }
    parts.clock = Some(ms);
    Some(())
}

fn number_of(rest: &mut &[u8], most: usize) -> Option<u32> {
    let count = rest.iter().take(most).take_while(|it| it.is_ascii_digit()).count();
    let (digits, after) = rest.split_at_checked(count)?;
    *rest = after;
    number::whole(digits).and_then(|it| u32::try_from(it).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(line: &str) -> (Option<i32>, Option<u32>, Option<i32>, String, String) {
        let prefix = part(line.as_bytes());
        let text = |it: &[u8]| String::from_utf8(it.to_vec()).unwrap();
        let at = prefix.at.unwrap_or_default();
        let host = prefix.host.map(text).unwrap_or_default();
        (at.year, at.clock, at.zone, host, text(prefix.message))
    }

    #[test]
    fn prefixes_of_all_makers_are_parted() {
        let ten = Some(36_000_000);
        let tell = |line, year, clock, zone, host: &str, message: &str| {
            let expected = (year, clock, zone, host.to_owned(), message.to_owned());
            assert_eq!(parted(line), expected, "{line}");
        };
        tell("<30>Nov 25 10:00:00 gw named[7]: x", None, ten, None, "gw", "named[7]: x");
        tell("Nov  5 10:00:00 dnsmasq[7]: x", None, ten, None, "", "dnsmasq[7]: x");
        tell(
            "<190>Nov 25 2026 10:00:00+08:00 FW %%01A: x",
            Some(2026),
            ten,
            Some(28_800),
            "FW",
            "%%01A: x",
        );
        tell("<190>Nov 25 2026 10:00:00 FW %%01A: x", Some(2026), ten, None, "FW", "%%01A: x");
        tell(
            "Nov 25 10:00:00:500 2026 H3C %%10N: x",
            Some(2026),
            Some(36_000_500),
            None,
            "H3C",
            "%%10N: x",
        );
        tell("<188>Nov 25 10:00:00 2026 H3C %%10N: x", Some(2026), ten, None, "H3C", "%%10N: x");
        tell("2026-11-25 10:00:00 FW %%01A: x", Some(2026), ten, None, "FW", "%%01A: x");
        tell(
            "Nov 25 09:59:58 192.0.2.1 2026-11-25 10:00:00 FW %%01A",
            Some(2026),
            ten,
            None,
            "FW",
            "%%01A",
        );
        tell(
            "2026-11-25T10:00:00.5+08:00 gw kernel: x",
            Some(2026),
            Some(36_000_500),
            Some(28_800),
            "gw",
            "kernel: x",
        );
        tell("*Nov 25 10:00:00.500: %SEC: x", None, Some(36_000_500), None, "", "%SEC: x");
        tell("<134> 1 2026 November 25 10:00:00 cgn - x", Some(2026), ten, None, "cgn", "- x");
        tell("<14>1,2026/11/25 10:00:00,0", None, None, None, "", "1,2026/11/25 10:00:00,0");
        tell("<189>192.0.2.9 %%10 x", None, None, None, "192.0.2.9", "%%10 x");
        tell("no prefix at all", None, None, None, "", "no prefix at all");
    }

    #[test]
    fn structured_data_is_skipped() {
        let line = r#"<30>1 2026-11-25T10:00:00Z gw named 7 - [a b="]\""][c] client"#;
        let prefix = part(line.as_bytes());
        assert_eq!(prefix.program, Some(&b"named"[..]));
        assert_eq!(prefix.message, b"client");
        assert_eq!(prefix.at.unwrap().zone, Some(0));
    }
}
