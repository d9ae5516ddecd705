//! Which styles show a number as a moment.

use std::collections::BTreeMap;
use std::io::Read;

use super::scanner::{Scanner, Token};
use super::text;
use crate::SheetsError;

/// The most styles that are kept; office programs have 65,490.
const MAX_STYLES: usize = 100_000;

/// How a style shows numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// As numbers.
    #[default]
    Plain,
    /// As moments or days.
    Moment,
    /// As times of day or durations.
    Duration,
}

/// Reads how each style of a workbook shows numbers.
pub(super) fn read(input: impl Read) -> Result<Vec<Shown>, SheetsError> {
    let damaged = |it: std::io::Error| SheetsError::damaged("styles.xml", it.to_string());
    let mut scanner = Scanner::new(input);
    let (mut own, mut styles) = (BTreeMap::new(), Vec::new());
    let mut within = false;
    while let Some(token) = scanner.next().map_err(damaged)? {
        let Token::Tag(tag) = token else { continue };
        let id = || number(tag.attribute(b"numFmtId")?);
        if tag.begins(b"numFmt") && own.len() < MAX_STYLES {
            if let (Some(id), Some(code)) = (id(), tag.attribute(b"formatCode")) {
                own.insert(id, by_code(&text::attribute(code)));
            }
        } else if tag.local() == b"cellXfs" {
            within = tag.begins(b"cellXfs");
        } else if within && tag.begins(b"xf") && styles.len() < MAX_STYLES {
            let id = id().unwrap_or(0);
            styles.push(own.get(&id).copied().unwrap_or_else(|| by_number(id)));
        }
    }
    Ok(styles)
}

/// A number in an attribute.
pub(super) fn number(raw: &[u8]) -> Option<u32> {
    std::str::from_utf8(raw).ok()?.trim().parse().ok()
}

/// Formats that need no code; 27 to 36 and 50 to 58 are those of East Asian languages.
fn by_number(id: u32) -> Shown {
    match id {
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Moment,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Shown::Duration,
        _ => Shown::Plain,
    }
}

/// What a code shows: letters of dates that are neither quoted nor in brackets.
fn by_code(code: &str) -> Shown {
    let (mut quoted, mut bracket) = (false, String::new());
    let mut letters = code.split(';').next().unwrap_or_default().chars();
    let (mut days, mut times, mut in_bracket) = (false, false, false);
    while let Some(letter) = letters.next() {
        match letter.to_ascii_lowercase() {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => (in_bracket, bracket) = (true, String::new()),
            ']' => {
                in_bracket = false;
                times |= !bracket.is_empty() && bracket.chars().all(|it| "hms".contains(it));
            }
            it if in_bracket => bracket.push(it),
            'y' | 'd' => days = true,
            'h' | 's' => times = true,
            // Months or minutes: minutes stand beside hours or seconds.
            'm' if !code.contains(['h', 's', 'H', 'S']) => days = true,
            _ => {}
        }
    }
    match (days, times) {
        (true, _) => Shown::Moment,
        (false, true) => Shown::Duration,
        (false, false) => Shown::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        for (code, shown) in [
            ("yyyy/m/d h:mm", Shown::Moment),
            ("yyyy\"年\"m\"月\"d\"日\"", Shown::Moment),
            ("[$-804]m\"月\"d\"日\";@", Shown::Moment),
            ("h:mm:ss", Shown::Duration),
            ("[h]:mm", Shown::Duration),
            ("General", Shown::Plain),
            ("0.00_ ;[Red]\\-0.00", Shown::Plain),
            ("#,##0\" days\"", Shown::Plain),
            ("@", Shown::Plain),
        ] {
            assert_eq!(by_code(code), shown, "{code}");
        }
    }

    #[test]
    fn styles_are_read_in_their_order() {
        let xml =
            b"<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy-mm-dd'/></numFmts>\
            <cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/>\
            <xf numFmtId='164'><alignment/></xf><xf numFmtId='20'/></cellXfs></styleSheet>";
        assert_eq!(read(&xml[..]).unwrap(), [Shown::Plain, Shown::Moment, Shown::Duration]);
    }
}
