//! Text as parts write it.

use std::fmt::Write as _;

use crate::cell::MAX_TEXT;

/// Adds what a piece of text says.
pub(super) fn read(inside: &[u8], entities: bool, into: &mut String) {
    let text = String::from_utf8_lossy(inside);
    if !entities {
        into.push_str(&text);
        return;
    }
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once('&') {
        into.push_str(before);
        let named = after.split_once(';').filter(|it| it.0.len() <= 10);
        let named = named.and_then(|(name, after)| Some((entity(name)?, after)));
        let (letter, after) = named.unwrap_or(('&', after));
        into.push(letter);
        rest = after;
    }
    into.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

/// The value of an attribute.
pub(super) fn attribute(raw: &[u8]) -> String {
    let mut text = String::new();
    read(raw, true, &mut text);
    text
}

/// Takes out the way in which workbooks write letters that XML has no place for: `_x000D_`.
pub(super) fn without_escapes(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest: &str = &text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at..).unwrap_or_default();
        let escaped = after.get(2..6).filter(|_| after.get(6..7) == Some("_"));
        let letter =
            escaped.and_then(|it| u32::from_str_radix(it, 16).ok()).and_then(char::from_u32);
        let read = if let Some(letter) = letter {
            plain.push(letter);
            7
        } else {
            plain.push_str("_x");
            2
        };
        rest = after.get(read..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// The text as the content of an element: at most what a cell holds, no letter that XML has no place
/// for, nothing that a reader would take for an escape.
pub(super) fn write(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    let mut room = MAX_TEXT;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        // What a cell holds is counted in units of UTF-16.
        let Some(left) = room.checked_sub(letter.len_utf16()) else { break };
        room = left;
        match letter {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '_' if rest.as_str().starts_with('x') => written.push_str("_x005F_"),
            '\t' | '\n' => written.push(letter),
            '\u{fffe}' | '\u{ffff}' => written.push('\u{fffd}'),
            it if u32::from(it) < 0x20 => {
                let _infallible = write!(written, "_x{:04X}_", u32::from(it));
            }
            it => written.push(it),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_back(written: &str) -> String {
        let mut text = String::new();
        read(written.as_bytes(), true, &mut text);
        without_escapes(text)
    }

    #[test]
    fn entities_and_escapes_are_read() {
        assert_eq!(read_back("a&lt;&#x4e2d;&#10;&bad;&"), "a<中\n&bad;&");
        assert_eq!(read_back("_x000D_a_x005F_x0041__x"), "\ra_x0041__x");
        let long = "长".repeat(40_000);
        assert_eq!(write(&long).chars().count(), MAX_TEXT);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "[ -~\t\n中é_x0-9A-F\u{1}]{0,60}") {
            prop_assert_eq!(read_back(&write(&text)), text);
        }
    }
}
