//! In what encoding a text is written.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

/// How letters are written as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GB 18030, and GBK and GB 2312, which it holds.
    Gb18030,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Encoding {
    /// The name that it is known by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }

    /// Finds the encoding of a text that begins so, and the length of its mark.
    pub(super) fn find(prefix: &[u8]) -> (Self, usize) {
        for (mark, encoding) in [
            (&b"\xef\xbb\xbf"[..], Self::Utf8),
            (b"\xff\xfe", Self::Utf16Le),
            (b"\xfe\xff", Self::Utf16Be),
        ] {
            if prefix.starts_with(mark) {
                return (encoding, mark.len());
            }
        }
        let zeros =
            |place: usize| prefix.iter().skip(place).step_by(2).filter(|it| **it == 0).count();
        let (even, odd) = (zeros(0), zeros(1));
        if even + odd > 0 {
            return (if odd >= even { Self::Utf16Le } else { Self::Utf16Be }, 0);
        }
        let whole = match std::str::from_utf8(prefix) {
            Ok(_) => true,
            // The last letter may go on beyond what was looked at.
            Err(it) => it.error_len().is_none() && it.valid_up_to() + 4 > prefix.len(),
        };
        (if whole { Self::Utf8 } else { Self::Gb18030 }, 0)
    }

    /// How many bytes a unit has.
    pub(super) fn unit(self) -> usize {
        match self {
            Self::Utf8 | Self::Gb18030 => 1,
            Self::Utf16Le | Self::Utf16Be => 2,
        }
    }

    /// The encoding of one record in a file of this one: files are put together from several.
    pub(super) fn of_record(self, bytes: &[u8]) -> Self {
        match self {
            Self::Utf8 if std::str::from_utf8(bytes).is_err() => Self::Gb18030,
            // Few words in GBK are UTF-8 by chance, and none has letters of three bytes.
            Self::Gb18030 if bytes.iter().any(|it| matches!(it, 0xe3..=0xe9 | 0xef)) => {
                match std::str::from_utf8(bytes) {
                    Ok(text) if text.chars().any(|it| it.len_utf8() > 2) => Self::Utf8,
                    _ => self,
                }
            }
            other => other,
        }
    }

    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Gb18030 => GB18030.decode_without_bom_handling(bytes).0,
            Self::Utf16Le => UTF_16LE.decode_without_bom_handling(bytes).0,
            Self::Utf16Be => UTF_16BE.decode_without_bom_handling(bytes).0,
        }
    }

    /// GB 18030 has every letter, so has UTF-16: nothing is lost.
    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Gb18030 => GB18030.encode(text).0.into_owned(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }
}
