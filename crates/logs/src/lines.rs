//! A file into its lines: bounded, whatever the encoding.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use memchr::memchr;

use crate::encoding::{Encoding, utf8};
use crate::{MAX_LINE, Refusal};

/// How much is read at a time.
const CHUNK: usize = 128 << 10;

/// A line and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered<'l> {
    /// Its number, counted from one.
    pub number: u64,
    /// Where it begins, in bytes of the file; in UTF-16, in bytes of its text as UTF-8.
    pub offset: u64,
    /// What it is.
    pub what: Split<'l>,
}

/// A line, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split<'l> {
    /// Its text in UTF-8, without its end.
    Text(&'l [u8]),
    /// It was skipped: too long, or no text.
    Refused(Refusal),
}

/// Splits a file into lines. Holds one piece of the file and one line at a time.
#[derive(Debug)]
pub struct Lines<R> {
    source: R,
    encoding: Encoding,
    started: bool,
    /// For UTF-16: turns bytes into UTF-8 before lines are looked for.
    decoder: Option<Wide>,
    buffer: Vec<u8>,
    /// What of the buffer is unread.
    start: usize,
    end: usize,
    /// The bytes before the buffer.
    passed: u64,
    number: u64,
    at_end: bool,
    scratch: String,
}

struct Wide {
    decoder: Decoder,
    input: Vec<u8>,
}

impl std::fmt::Debug for Wide {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wide").finish_non_exhaustive()
    }
}

impl<R: Read> Lines<R> {
    /// Lines of `source`, its encoding told from its first bytes.
    pub fn new(source: R) -> Self {
        Self {
            source,
            encoding: Encoding::Utf8,
            started: false,
            decoder: None,
            buffer: vec![0; CHUNK + MAX_LINE],
            start: 0,
            end: 0,
            passed: 0,
            number: 0,
            at_end: false,
            scratch: String::new(),
        }
    }

    /// The encoding of the file, known once a line was taken.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The next line; `None` behind the last one.
    ///
    /// # Errors
    ///
    /// What the source says.
    pub fn next_line(&mut self) -> io::Result<Option<Numbered<'_>>> {
        if !self.started {
            self.begin()?;
        }
        let mut searched = 0;
        loop {
            let unread = self.buffer.get(self.start..self.end).unwrap_or_default();
            let tail = unread.get(searched..).unwrap_or_default();
            if let Some(at) = memchr(b'\n', tail) {
                let length = searched + at;
                return Ok(Some(self.take(length, length + 1)));
            }
            searched = unread.len();
            if self.at_end {
                let length = unread.len();
                return Ok((length > 0).then(|| self.take(length, length)));
            }
            if searched > MAX_LINE {
                return self.skip().map(Some);
            }
            self.fill()?;
        }
    }

    fn take(&mut self, length: usize, with_end: usize) -> Numbered<'_> {
        self.number += 1;
        let offset = self.passed + self.start as u64;
        let start = self.start;
        self.start += with_end;
        let line = self.buffer.get(start..start + length).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let what = if line.len() > MAX_LINE {
            Split::Refused(Refusal::TooLong)
        } else {
            match utf8(line, self.encoding, &mut self.scratch) {
                Some(text) => Split::Text(text),
                None => Split::Refused(Refusal::Encoding),
            }
        };
        Numbered { number: self.number, offset, what }
    }

    /// Leaves the rest of a line that is too long.
    fn skip(&mut self) -> io::Result<Numbered<'_>> {
        self.number += 1;
        let offset = self.passed + self.start as u64;
        loop {
            let unread = self.buffer.get(self.start..self.end).unwrap_or_default();
            if let Some(at) = memchr(b'\n', unread) {
                self.start += at + 1;
                break;
            }
            self.start = self.end;
            if self.at_end {
                break;
            }
            self.fill()?;
        }
        let what = Split::Refused(Refusal::TooLong);
        Ok(Numbered { number: self.number, offset, what })
    }

    fn begin(&mut self) -> io::Result<()> {
        self.started = true;
        // A pipe may give a few bytes at a time: the encoding is told from more of them.
        while self.end < CHUNK && !self.at_end {
            self.fill()?;
        }
        let head = self.buffer.get(..self.end).unwrap_or_default();
        self.encoding = Encoding::of(head);
        let decoder = match self.encoding {
            Encoding::Utf16Le => UTF_16LE.new_decoder_with_bom_removal(),
            Encoding::Utf16Be => UTF_16BE.new_decoder_with_bom_removal(),
            Encoding::Utf8 | Encoding::Gb18030 => {
                if head.starts_with("\u{feff}".as_bytes()) {
                    self.start = 3;
                }
                return Ok(());
            }
        };
        self.decoder = Some(Wide { decoder, input: head.to_vec() });
        (self.start, self.end, self.at_end) = (0, 0, false);
        Ok(())
    }

    /// Reads more behind what is unread.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.passed += self.start as u64;
            self.end -= self.start;
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        if let Some(wide) = &mut self.decoder {
            let (more, written) = wide.fill(&mut self.source, room)?;
            self.end += written;
            self.at_end = !more;
            return Ok(());
        }
        let read = read_some(&mut self.source, room)?;
        self.end += read;
        self.at_end = read == 0;
        Ok(())
    }
}

impl Wide {
    /// Whether there may be more, and how much was written.
    fn fill(&mut self, source: &mut impl Read, room: &mut [u8]) -> io::Result<(bool, usize)> {
        let mut last = false;
        if self.input.is_empty() {
            self.input.resize(CHUNK / 2, 0);
            let read = read_some(source, &mut self.input)?;
            self.input.truncate(read);
            last = read == 0;
        }
        let (result, taken, written, _) = self.decoder.decode_to_utf8(&self.input, room, last);
        self.input.drain(..taken);
        Ok((!(last && result == CoderResult::InputEmpty), written))
    }
}

fn read_some(source: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(room) {
            Err(it) if it.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<(u64, u64, Result<String, Refusal>)> {
        let mut lines = Lines::new(bytes);
        let mut all = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            let what = match line.what {
                Split::Text(text) => Ok(String::from_utf8(text.to_vec()).unwrap()),
                Split::Refused(refusal) => Err(refusal),
            };
            all.push((line.number, line.offset, what));
        }
        all
    }

    fn wide(text: &str) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn lines_are_split_and_numbered() {
        let ok = |number, offset, text: &str| (number, offset, Ok(text.to_owned()));
        assert_eq!(all(b"a\r\n\nb"), [ok(1, 0, "a"), ok(2, 3, ""), ok(3, 4, "b")]);
        assert_eq!(all("\u{feff}a\n".as_bytes()), [ok(1, 3, "a")]);
        assert_eq!(all(b""), []);
    }

    #[test]
    fn wide_text_is_split_as_well() {
        let text = "时间,用户\r\n2026,张\r\n";
        let lines: Vec<_> = all(&wide(text)).into_iter().map(|it| it.2.unwrap()).collect();
        assert_eq!(lines, ["时间,用户", "2026,张"]);
        let many: Vec<String> = (0..40_000).map(|it| format!("{it},张三,目")).collect();
        let many = many.join("\n");
        let lines = all(&wide(&many));
        assert_eq!(lines.len(), 40_000);
        assert_eq!(lines[39_999].2.as_deref(), Ok("39999,张三,目"));
    }

    #[test]
    fn a_line_without_end_is_refused_and_takes_no_room() {
        let endless = io::repeat(b'a').take(32 << 20);
        let mut lines = Lines::new(endless.chain(&b"\nb\n"[..]));
        let first = lines.next_line().unwrap().unwrap();
        assert_eq!(first.what, Split::Refused(Refusal::TooLong));
        let second = lines.next_line().unwrap().unwrap();
        assert_eq!((second.number, second.what), (2, Split::Text(b"b")));
        assert_eq!(lines.next_line().unwrap(), None);
        assert_eq!(lines.buffer.len(), CHUNK + MAX_LINE);
    }

    #[test]
    fn the_longest_line_is_read_and_a_longer_one_is_not() {
        let text = format!("{}\n{}\nc", "a".repeat(MAX_LINE), "b".repeat(MAX_LINE + 1));
        let lines = all(text.as_bytes());
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].2.as_ref().map(String::len), Ok(MAX_LINE));
        assert_eq!(lines[1].2, Err(Refusal::TooLong));
        assert_eq!(lines[2].2.as_deref(), Ok("c"));
    }
}
