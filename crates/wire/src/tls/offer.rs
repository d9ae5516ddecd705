//! What a TLS client offers, and the two usual fingerprints of it: JA3 (Salesforce, BSD 3-Clause) and
//! JA4 (`FoxIO`, BSD 3-Clause; of its family only the fingerprint of the client, which alone is free).
//!
//! Either names a TLS library with its settings, which thousands of programs share: miners use OpenSSL
//! as it comes. So neither says what a connection is for.

use std::fmt::Write as _;

use md5::Md5;
use sha2::{Digest, Sha256};

use super::{ALPN, SERVER_NAME, list, short_list};

/// Most numbers kept of each list; who offers more is given no fingerprint.
pub const MAX_OFFERED: usize = 256;

const GROUPS: u16 = 10;
const FORMATS: u16 = 11;
const SIGNATURES: u16 = 13;
const VERSIONS: u16 = 43;

/// What a client offers, in its own order, without the numbers that RFC 8701 reserves for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    ciphers: Vec<u16>,
    extensions: Vec<u16>,
    groups: Vec<u16>,
    formats: Vec<u16>,
    signatures: Vec<u16>,
    /// The newest version among the supported ones; 0 where none is listed.
    newest: u16,
    /// The first and the last byte of the first protocol of ALPN.
    protocol: Option<(u8, u8)>,
    /// Whether a list was longer than is kept.
    too_long: bool,
}

impl Offer {
    pub(super) fn ciphers(&mut self, content: &[u8]) {
        self.too_long |= take(&mut self.ciphers, content);
    }

    pub(super) fn extension(&mut self, kind: u16, content: &[u8]) {
        if is_grease(kind) {
            return;
        }
        self.too_long |= self.extensions.len() >= MAX_OFFERED;
        if self.extensions.len() < MAX_OFFERED {
            self.extensions.push(kind);
        }
        let inner = || list(content).map_or(&[][..], |it| it.0);
        match kind {
            GROUPS => self.too_long |= take(&mut self.groups, inner()),
            SIGNATURES => self.too_long |= take(&mut self.signatures, inner()),
            FORMATS => {
                let formats = short_list(content).map_or(&[][..], |it| it.0);
                self.formats = formats.iter().map(|it| u16::from(*it)).collect();
            }
            VERSIONS => {
                let mut versions = Vec::new();
                take(&mut versions, short_list(content).map_or(&[][..], |it| it.0));
                self.newest = versions.into_iter().max().unwrap_or_default();
            }
            ALPN => {
                let first = short_list(inner()).map(|it| it.0);
                let ends = first.and_then(|it| Some((*it.first()?, *it.last()?)));
                self.protocol = ends;
            }
            _ => {}
        }
    }

    /// Whether any list was longer than is kept.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// JA3: the MD5 of version, ciphers, extensions, groups and point formats in decimal, as 32
    /// hexadecimal digits. `None` if a list was too long.
    #[must_use]
    pub fn ja3(&self, legacy_version: u16) -> Option<String> {
        let lists = [&self.ciphers, &self.extensions, &self.groups, &self.formats];
        let mut text = legacy_version.to_string();
        for list in lists {
            let numbers: Vec<String> = list.iter().map(u16::to_string).collect();
            let _ = write!(text, ",{}", numbers.join("-"));
        }
        (!self.too_long).then(|| hex(&Md5::digest(text.as_bytes())))
    }

    /// JA4 over TCP, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`. `None` if a list was too long.
    #[must_use]
    pub fn ja4(&self, legacy_version: u16) -> Option<String> {
        let version = match if self.newest == 0 { legacy_version } else { self.newest } {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            _ => "00",
        };
        let named = if self.extensions.contains(&SERVER_NAME) { 'd' } else { 'i' };
        let (ciphers, extensions) = (self.ciphers.len().min(99), self.extensions.len().min(99));
        let (first, last) = self.protocol_letters();
        let mut sorted = self.ciphers.clone();
        sorted.sort_unstable();
        let by_cipher = twelve(&fours(&sorted), sorted.is_empty());
        let inner = |it: &&u16| ![SERVER_NAME, ALPN].contains(*it);
        let mut sorted: Vec<u16> = self.extensions.iter().filter(inner).copied().collect();
        sorted.sort_unstable();
        let mut text = fours(&sorted);
        if !self.signatures.is_empty() {
            let _ = write!(text, "_{}", fours(&self.signatures));
        }
        let by_extension = twelve(&text, sorted.is_empty());
        let told = format!(
            "t{version}{named}{ciphers:02}{extensions:02}{first}{last}_{by_cipher}_{by_extension}"
        );
        (!self.too_long).then_some(told)
    }

    fn protocol_letters(&self) -> (char, char) {
        let Some((first, last)) = self.protocol else { return ('0', '0') };
        if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
            return (char::from(first), char::from(last));
        }
        (digit(first >> 4), digit(last & 0xf))
    }
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

/// The numbers of a list of pairs of bytes, as far as there is room; whether there was too little.
fn take(into: &mut Vec<u16>, content: &[u8]) -> bool {
    let (pairs, _) = content.as_chunks::<2>();
    let numbers = pairs.iter().map(|it| u16::from_be_bytes(*it)).filter(|it| !is_grease(*it));
    *into = numbers.take(MAX_OFFERED + 1).collect();
    let too_long = into.len() > MAX_OFFERED;
    into.truncate(MAX_OFFERED);
    too_long
}

/// RFC 8701: two equal bytes that end in `a`.
fn is_grease(number: u16) -> bool {
    let [high, low] = number.to_be_bytes();
    high == low && low & 0xf == 0xa
}

fn fours(numbers: &[u16]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|it| format!("{it:04x}")).collect();
    numbers.join(",")
}

fn twelve(text: &str, none: bool) -> String {
    if none {
        return "0".repeat(12);
    }
    let mut digits = hex(&Sha256::digest(text.as_bytes()));
    digits.truncate(12);
    digits
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<u8> {
        let number = |it: &str| u16::from_str_radix(it, 16).expect("hexadecimal").to_be_bytes();
        text.split(',').flat_map(number).collect()
    }

    fn inside(content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).expect("short").to_be_bytes();
        [length.as_slice(), content].concat()
    }

    /// The client that JA4's specification works through.
    fn worked_example() -> Offer {
        let mut offer = Offer::default();
        offer.ciphers(&numbers(
            "1a1a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035",
        ));
        let signatures = numbers("0403,0804,0401,0503,0805,0501,0806,0601");
        for kind in numbers(
            "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015,fafa",
        )
        .as_chunks::<2>()
        .0
        {
            let kind = u16::from_be_bytes(*kind);
            let content = match kind {
                SIGNATURES => inside(&signatures),
                VERSIONS => [&[6][..], &numbers("0a0a,0304,0303")].concat(),
                ALPN => inside(b"\x02h2\x08http/1.1"),
                GROUPS => inside(&numbers("2a2a,001d,0017,0018")),
                FORMATS => vec![1, 0],
                _ => Vec::new(),
            };
            offer.extension(kind, &content);
        }
        offer
    }

    #[test]
    fn the_worked_example_of_the_specification_comes_out() {
        let offer = worked_example();
        assert_eq!(offer.ja4(0x0303).as_deref(), Some("t13d1516h2_8daaf6152771_e5627efa2ab1"));
    }

    #[test]
    fn nothing_offered_is_zeros_and_too_much_is_nothing() {
        assert_eq!(Offer::default().ja4(0x0301).unwrap(), "t10i000000_000000000000_000000000000");
        let mut offer = Offer::default();
        offer.ciphers(&[1; 2 * MAX_OFFERED + 2]);
        assert_eq!((offer.ja3(0x0303), offer.ja4(0x0303)), (None, None));
    }

    #[test]
    fn the_older_fingerprint_is_the_digest_of_its_text() {
        // `printf '769,47-53-5,0-10-11,23-24-25,0' | md5sum`
        let mut offer = Offer::default();
        offer.ciphers(&numbers("002f,0035,0005"));
        offer.extension(0, &[]);
        offer.extension(GROUPS, &inside(&numbers("0017,0018,0019")));
        offer.extension(FORMATS, &[1, 0]);
        assert_eq!(offer.ja3(769).unwrap(), "a135050c9b38fd92b7203f28bc9adb3f");
    }

    #[test]
    fn letters_of_odd_protocols_are_their_digits() {
        for (name, letters) in [(&b"\x01\xab"[..], ('a', 'b')), (b"\x02\x30\xab", ('3', 'b'))] {
            let mut offer = Offer::default();
            offer.extension(ALPN, &inside(name));
            assert_eq!(offer.protocol_letters(), letters);
        }
    }
}
