//! What kind of file it is, by its first bytes.

use memchr::memmem;

use crate::error::Unsuitable;

/// How many bytes are looked at.
pub(crate) const PREFIX: usize = 1 << 16;

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readable {
    /// A package of parts.
    Package,
    /// Text.
    Text,
}

/// First bytes of what is no list.
const OTHERS: [(&[u8], Unsuitable); 11] = [
    (b"%PDF", Unsuitable::Pdf),
    (b"\x89PNG", Unsuitable::Picture),
    (b"\xff\xd8\xff", Unsuitable::Picture),
    (b"GIF8", Unsuitable::Picture),
    (b"\x1f\x8b", Unsuitable::Archive),
    (b"7z\xbc\xaf\x27\x1c", Unsuitable::Archive),
    (b"Rar!", Unsuitable::Archive),
    (b"\x28\xb5\x2f\xfd", Unsuitable::Archive),
    (b"BZh", Unsuitable::Archive),
    (b"{\\rtf", Unsuitable::TextDocument),
    (b"\xfd7zXZ", Unsuitable::Archive),
];

/// The container of old office files, and of encrypted ones.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// The stream in it that holds an encrypted package, as its directory spells it.
const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
/// The stream of an old text document.
const OLD_TEXT: &[u8] = b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0";

/// Says what can be made of a file that begins so.
pub(crate) fn recognise(prefix: &[u8]) -> Result<Readable, Unsuitable> {
    if prefix.starts_with(COMPOUND) {
        let has = |name| memmem::find(prefix, name).is_some();
        return Err(match () {
            () if has(ENCRYPTED) => Unsuitable::Password,
            () if has(OLD_TEXT) => Unsuitable::TextDocument,
            () => Unsuitable::OldWorkbook,
        });
    }
    if prefix.starts_with(b"PK\x03\x04") || prefix.starts_with(b"PK\x05\x06") {
        return Ok(Readable::Package);
    }
    if let Some((_, kind)) = OTHERS.iter().find(|it| prefix.starts_with(it.0)) {
        return Err(*kind);
    }
    let text = prefix.strip_prefix(b"\xef\xbb\xbf").unwrap_or(prefix).trim_ascii_start();
    if text.starts_with(b"<") {
        return Err(Unsuitable::Page);
    }
    let wide = prefix.starts_with(b"\xff\xfe") || prefix.starts_with(b"\xfe\xff");
    let steering = |it: &&u8| **it < 0x20 && !matches!(**it, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a);
    let zeros = memchr::memchr_iter(0, prefix).count();
    let others = prefix.iter().filter(steering).count() - zeros;
    // UTF-16 without its mark: about every other byte of what is written in Latin letters is zero.
    let wide = wide || zeros * 8 > prefix.len();
    if others * 64 > prefix.len() || (zeros > 0 && !wide) {
        return Err(Unsuitable::Binary);
    }
    Ok(Readable::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_is_named() {
        let encrypted = [COMPOUND, &[0; 600], ENCRYPTED].concat();
        for (bytes, kind) in [
            (&b"%PDF-1.7"[..], Unsuitable::Pdf),
            (&encrypted, Unsuitable::Password),
            (COMPOUND, Unsuitable::OldWorkbook),
            (b"\xef\xbb\xbf <html>", Unsuitable::Page),
            (b"a\0bcdefghijklmnopqrstuvwxyz", Unsuitable::Binary),
            (b"\x01\x02\x03", Unsuitable::Binary),
        ] {
            assert_eq!(recognise(bytes), Err(kind), "{bytes:?}");
        }
        for bytes in [&b"a,b\r\n"[..], b"a\0,\0b\0\n\0", b"\xff\xfea\0", b"\xd0\xf2\xba\xc5,IP\n"] {
            assert_eq!(recognise(bytes), Ok(Readable::Text), "{bytes:?}");
        }
    }
}
