//! Which encoding a file's text is in: told from its first bytes.

use encoding_rs::GB18030;

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, of which ASCII is a part.
    Utf8,
    /// GB18030, of which GBK and GB 2312 are parts.
    Gb18030,
    /// UTF-16, the low byte first, as Windows exports it.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
}

impl Encoding {
    /// Tells the encoding from a file's first bytes.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            [0xef, 0xbb, 0xbf, ..] => return Self::Utf8,
            _ => {}
        }
        if let Some(wide) = wide(head) {
            return wide;
        }
        let lines = head.split(|it| *it == b'\n').filter(|it| !it.is_ascii());
        // The last line may be cut in the middle of a character and has no vote.
        let whole = memchr::memrchr(b'\n', head).map_or(head.len(), |it| it + 1);
        let end = head.get(..whole).unwrap_or(head).as_ptr_range().end;
        let (mut utf8, mut gb) = (0_u32, 0_u32);
        for line in lines.filter(|it| it.as_ptr_range().end <= end) {
            if std::str::from_utf8(line).is_ok() {
                utf8 += 1;
            } else if GB18030.decode_without_bom_handling_and_without_replacement(line).is_some() {
                gb += 1;
            }
        }
        if gb > utf8 { Self::Gb18030 } else { Self::Utf8 }
    }
}

/// Text of mostly ASCII in UTF-16 has a zero in every second byte.
fn wide(head: &[u8]) -> Option<Encoding> {
    let head = head.get(..head.len().min(512))?;
    if head.len() < 8 {
        return None;
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|it| **it == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    if odd * 10 > half * 6 && even == 0 {
        Some(Encoding::Utf16Le)
    } else if even * 10 > half * 6 && odd == 0 {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// Makes a line UTF-8, within a file of this encoding. `None` if it is text in neither.
pub(crate) fn utf8<'l>(
    line: &'l [u8],
    file: Encoding,
    scratch: &'l mut String,
) -> Option<&'l [u8]> {
    if line.is_ascii() {
        return Some(line);
    }
    let valid = std::str::from_utf8(line).ok();
    // Two bytes of GB18030 may look like a letter of Europe in UTF-8, hardly like a Chinese one.
    let chinese = |it: &str| it.chars().all(|it| it.is_ascii() || it >= '\u{2000}');
    match (file, valid) {
        (Encoding::Gb18030, Some(text)) if !chinese(text) => {}
        (_, Some(_)) => return Some(line),
        (_, None) => {}
    }
    let decoded = GB18030.decode_without_bom_handling_and_without_replacement(line)?;
    scratch.clear();
    scratch.push_str(&decoded);
    Some(scratch.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let text = "时间,源IP,用户\n2026-11-25,192.0.2.1,张\n";
        let gb = GB18030.encode(text).0.into_owned();
        let wide: Vec<u8> = "a,b,c,d\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "a,b,c,d\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(Encoding::of(text.as_bytes()), Encoding::Utf8);
        assert_eq!(Encoding::of(&gb), Encoding::Gb18030);
        assert_eq!(Encoding::of(&wide), Encoding::Utf16Le);
        assert_eq!(Encoding::of(&big), Encoding::Utf16Be);
        assert_eq!(Encoding::of(b""), Encoding::Utf8);
        assert_eq!(Encoding::of(b"plain\n"), Encoding::Utf8);
    }

    #[test]
    fn a_line_in_the_other_encoding_is_read_as_well() {
        let mut scratch = String::new();
        let gb = GB18030.encode("上网记录").0.into_owned();
        let mut read = |line: &[u8], file| {
            utf8(line, file, &mut scratch).map(|it| String::from_utf8(it.to_vec()).unwrap())
        };
        assert_eq!(read(&gb, Encoding::Utf8).as_deref(), Some("上网记录"));
        assert_eq!(read("上网记录".as_bytes(), Encoding::Gb18030).as_deref(), Some("上网记录"));
        // 目 alone looks like a letter of Europe in UTF-8.
        assert_eq!(read(&[0xc4, 0xbf], Encoding::Gb18030).as_deref(), Some("目"));
        assert_eq!(read(&[0xff, 0xff], Encoding::Utf8), None);
    }
}
