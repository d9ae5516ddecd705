//! Records and fields (RFC 4180), cut as they stand.

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::Path;

use super::encoding::Encoding;
use super::layout::Layout;
use crate::SheetsError;

/// The longest record, in bytes.
const MAX_RECORD: usize = 1 << 20;
/// The most fields of a record.
const MAX_FIELDS: usize = 16_384;
const PIECE: usize = 1 << 17;

/// Why records could not be cut.
#[derive(Debug)]
pub(super) enum CutError {
    Io(io::Error),
    Long(u64),
    Wide(u32),
}

impl CutError {
    pub(super) fn with(self, path: &Path) -> SheetsError {
        match self {
            Self::Io(it) => SheetsError::io(path)(it),
            Self::Long(line) => SheetsError::LongRecord(line),
            Self::Wide(row) => SheetsError::WideRecord(row),
        }
    }
}

/// Where a field stands within its record.
#[derive(Clone, Copy, Debug)]
struct Range {
    from: usize,
    to: usize,
    quoted: bool,
}

/// A record as it stands.
pub(super) struct Record<'r> {
    /// All its bytes, with its line end.
    pub(super) raw: &'r [u8],
    /// Where its line end begins.
    pub(super) end: usize,
    /// Whether a quotation mark in it was taken for a letter, since nothing closes it.
    pub(super) unclosed: bool,
    ranges: &'r [Range],
    file: Encoding,
}

/// A field as it stands, with its quotation marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'r> {
    pub(super) raw: &'r [u8],
    pub(super) from: usize,
    pub(super) quoted: bool,
}

impl<'r> Record<'r> {
    pub(super) fn fields(&self) -> impl Iterator<Item = Field<'r>> {
        let raw = self.raw;
        self.ranges.iter().map(move |it| Field {
            raw: raw.get(it.from..it.to).unwrap_or_default(),
            from: it.from,
            quoted: it.quoted,
        })
    }

    /// The encoding of this record.
    pub(super) fn encoding(&self) -> Encoding {
        if self.beyond_ascii() { self.file.of_record(self.raw) } else { self.file }
    }

    pub(super) fn beyond_ascii(&self) -> bool {
        !self.raw.is_ascii()
    }
}

impl<'r> Field<'r> {
    /// What it says.
    pub(super) fn text(&self, encoding: Encoding) -> Cow<'r, str> {
        let text = encoding.decode(self.raw);
        if !self.quoted {
            return text;
        }
        let inside = text.trim_start().strip_prefix('"').unwrap_or(&text);
        // The closing mark is the last one; what follows it is kept, as readers do.
        let Some((inside, after)) = inside.rsplit_once('"') else {
            return Cow::Owned(inside.to_owned());
        };
        Cow::Owned(inside.replace("\"\"", "\"") + after)
    }
}

/// Cuts a text into records.
pub(super) struct Records<R> {
    input: R,
    layout: Layout,
    held: Vec<u8>,
    at: usize,
    ended: bool,
    ranges: Vec<Range>,
    /// Records given.
    count: u32,
    lines: u64,
}

/// What the cutter found.
enum Found {
    /// The record ends here; the line end follows.
    Whole { end: usize, next: usize, lines: u64 },
    /// More bytes are needed.
    More,
    /// A quotation mark is not closed.
    Unclosed,
    /// Too many fields.
    Wide,
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: R, layout: Layout) -> Self {
        let (held, ranges) = (Vec::new(), Vec::new());
        Self { input, layout, held, at: 0, ended: false, ranges, count: 0, lines: 1 }
    }

    /// The mark at the beginning.
    pub(super) fn mark(&mut self) -> io::Result<Vec<u8>> {
        while !self.ended && self.held.len() < self.layout.mark {
            self.fill()?;
        }
        let mark = self.held.get(..self.layout.mark).unwrap_or_default().to_vec();
        self.at = mark.len();
        self.layout.mark = 0;
        Ok(mark)
    }

    /// The next record; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, CutError> {
        if self.layout.mark > 0 {
            self.mark().map_err(CutError::Io)?;
        }
        let mut heed = true;
        let (end, next) = loop {
            let rest = self.held.get(self.at..).unwrap_or_default();
            if rest.is_empty() && self.ended {
                return Ok(None);
            }
            match cut(rest, &self.layout, self.ended, heed, &mut self.ranges) {
                Found::Whole { end, next, lines } => {
                    self.lines += lines;
                    break (end, next);
                }
                Found::Wide => return Err(CutError::Wide(self.count + 1)),
                Found::Unclosed => heed = false,
                Found::More if rest.len() < MAX_RECORD => self.fill().map_err(CutError::Io)?,
                Found::More if heed => heed = false,
                Found::More => return Err(CutError::Long(self.lines)),
            }
        };
        let raw = self.held.get(self.at..self.at + next).unwrap_or_default();
        self.at += next;
        self.count = self.count.saturating_add(1);
        let file = self.layout.encoding;
        Ok(Some(Record { raw, end, unclosed: !heed, ranges: &self.ranges, file }))
    }

    fn fill(&mut self) -> io::Result<()> {
        self.held.drain(..self.at);
        self.at = 0;
        let read = (&mut self.input).take(PIECE as u64).read_to_end(&mut self.held)?;
        self.ended = read < PIECE;
        Ok(())
    }
}

/// Cuts one record off the front; quotation marks are letters unless told to `heed` them.
fn cut(rest: &[u8], layout: &Layout, ended: bool, heed: bool, ranges: &mut Vec<Range>) -> Found {
    let unit = layout.encoding.unit();
    let bar_in_letters = layout.encoding == Encoding::Gb18030 && layout.delimiter == b'|';
    let (mut at, mut from, mut lines) = (0, 0, 0);
    let (mut begun, mut open, mut quoted) = (false, false, false);
    ranges.clear();
    loop {
        let Some(letter) = ascii(rest, at, layout.encoding) else {
            if !ended {
                return Found::More;
            }
            if open {
                return Found::Unclosed;
            }
            // Half a unit behind the last whole one belongs to no field, and answers stand before it.
            let end = rest.len() - rest.len() % unit;
            ranges.push(Range { from, to: end, quoted });
            return Found::Whole { end, next: rest.len(), lines };
        };
        match letter {
            b'"' if open => {
                // Two in a row are one that was written.
                match ascii(rest, at + unit, layout.encoding) {
                    Some(b'"') => at += unit,
                    None if !ended => return Found::More,
                    _ => open = false,
                }
            }
            b'\n' if open => lines += 1,
            _ if open => {}
            b'"' if !begun && heed => (begun, open, quoted) = (true, true, true),
            it if it == layout.delimiter => {
                ranges.push(Range { from, to: at, quoted });
                if ranges.len() >= MAX_FIELDS {
                    return Found::Wide;
                }
                from = at + unit;
                (begun, quoted) = (false, false);
            }
            b'\r' | b'\n' => {
                let mut next = at + unit;
                if letter == b'\r' {
                    match ascii(rest, next, layout.encoding) {
                        Some(b'\n') => next += unit,
                        None if !ended => return Found::More,
                        _ => {}
                    }
                }
                ranges.push(Range { from, to: at, quoted });
                return Found::Whole { end: at, next, lines: lines + 1 };
            }
            b' ' => {}
            0x81..=0xfe if bar_in_letters => {
                begun = true;
                // The second byte of a letter may look like the delimiter.
                at += usize::from(rest.get(at + 1).is_some_and(|it| *it >= 0x40));
            }
            _ => begun = true,
        }
        at += unit;
    }
}

/// The letter at a place if it is ASCII, else a byte that is none; `None` where the text ends.
fn ascii(rest: &[u8], at: usize, encoding: Encoding) -> Option<u8> {
    let (low, high) = match encoding {
        Encoding::Utf8 | Encoding::Gb18030 => return rest.get(at).copied(),
        Encoding::Utf16Le => (rest.get(at)?, rest.get(at + 1)?),
        Encoding::Utf16Be => (rest.get(at + 1)?, rest.get(at)?),
    };
    Some(if *high == 0 && low.is_ascii() { *low } else { 0xff })
}
