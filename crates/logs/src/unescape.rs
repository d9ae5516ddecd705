//! Escapes in values, undone where there are any; a value without any borrows from its line.

use std::borrow::Cow;
use std::str::from_utf8;

use crate::Refusal;
use crate::fill::Raw;

/// Which escapes are in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// None.
    None,
    /// A backslash before a quote or a backslash.
    Backslash,
    /// A doubled quote.
    Doubled,
    /// Those of JSON.
    Json,
}

/// The text of a value.
///
/// # Errors
///
/// If its bytes are no text.
pub(crate) fn unescape(raw: Raw<'_>) -> Result<Cow<'_, str>, Refusal> {
    let text = from_utf8(raw.bytes).map_err(|_| Refusal::Encoding)?;
    Ok(match raw.escape {
        Escape::None => Cow::Borrowed(text),
        Escape::Backslash => Cow::Owned(without_backslashes(text)),
        Escape::Doubled => Cow::Owned(text.replace("\"\"", "\"")),
        Escape::Json => Cow::Owned(json(text)),
    })
}

fn without_backslashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(it) = chars.next() {
        match it {
            '\\' => out.extend(chars.next()),
            other => out.push(other),
        }
    }
    out
}

fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b' | 'f') | None => {}
            Some('u') => {
                let (it, length) = unit(chars.as_str());
                out.push(it);
                chars = chars.as_str().get(length..).unwrap_or_default().chars();
            }
            Some(other) => out.push(other),
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// The character of `XXXX` or `XXXX\uXXXX` and how many bytes it takes.
fn unit(text: &str) -> (char, usize) {
    let hex = |text: Option<&str>| text.and_then(|it| u32::from_str_radix(it, 16).ok());
    let Some(first) = hex(text.get(..4)) else { return (char::REPLACEMENT_CHARACTER, 0) };
    if !(0xd800..0xdc00).contains(&first) {
        return (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 4);
    }
    let second = text.get(4..6).filter(|it| *it == "\\u").and_then(|_| hex(text.get(6..10)));
    match second {
        Some(second) if (0xdc00..0xe000).contains(&second) => {
            let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 10)
        }
        _ => (char::REPLACEMENT_CHARACTER, 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let plain = |text: &str, escape| {
            unescape(Raw { bytes: text.as_bytes(), escape }).unwrap().into_owned()
        };
        assert_eq!(plain(r#"a \"b\" \\ c"#, Escape::Backslash), r#"a "b" \ c"#);
        assert_eq!(plain(r#"a ""b"""#, Escape::Doubled), r#"a "b""#);
        assert_eq!(plain(r"\u5bfb\u77ff \ud83d\ude00 \/\n", Escape::Json), "寻矿 😀 /\n");
        assert_eq!(plain(r"\ud83d \uzz \", Escape::Json), "\u{fffd} \u{fffd}zz ");
        assert_eq!(plain(r"a\b", Escape::None), r"a\b");
    }
}
