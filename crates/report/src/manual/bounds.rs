//! How much of a file is unpacked and held, whatever it says about itself.
//!
//! The reader of workbooks holds shared texts and styles whole, and every element of a sheet as
//! long as it reads it. So everything is unpacked once, into nothing, and counted beforehand.

use std::io::{Cursor, Read};

use memchr::{memchr, memchr2_iter, memmem};
use zip::ZipArchive;

use super::{MAX_WORKBOOK_BYTES, ManualError};

/// The most bytes that a workbook may unpack to: a report of 100,000 sessions unpacks to 0.2 GB.
const MAX_UNPACKED: u64 = 512 << 20;
/// The most bytes that one part without markup may have; a cell holds 32,767 characters.
const MAX_RUN: usize = 1 << 20;
/// The most files that a workbook is made of.
const MAX_FILES: usize = 10_000;
/// The most shared texts that a workbook may announce: room is made for as many.
const MAX_SHARED: u64 = 4_000_000;
/// Bytes looked at together.
const PIECE: usize = 1 << 16;

/// The attribute that announces how many shared texts follow.
const ANNOUNCED: &[u8] = b"uniqueCount";

/// The first bytes of what is often taken for a workbook.
const KINDS: [(&[u8], &str); 5] = [
    (b"\xd0\xcf\x11\xe0", "an old `.xls` workbook, or one that a password opens"),
    (b"%PDF", "a PDF"),
    (b"<", "a page or an XML file"),
    (b"\xef\xbb\xbf", "a text or CSV file"),
    (b"{", "a JSON file"),
];

/// Refuses what is no package, or unpacks to more than a report.
pub(super) fn check(bytes: &[u8]) -> Result<(), ManualError> {
    check_up_to(bytes, MAX_UNPACKED)
}

/// The same with another limit.
pub(super) fn check_up_to(bytes: &[u8], mut left: u64) -> Result<(), ManualError> {
    if bytes.len() > MAX_WORKBOOK_BYTES {
        return Err(ManualError::TooLarge);
    }
    if let Some((_, kind)) = KINDS.iter().find(|it| bytes.starts_with(it.0)) {
        return Err(ManualError::OtherKind(kind));
    }
    // Every file of a package has an entry of its own in the directory at the end.
    if memmem::find_iter(bytes, b"PK\x01\x02").count() > MAX_FILES {
        return Err(ManualError::Unpacks);
    }
    let damaged = |it| ManualError::NotAWorkbook(calamine::XlsxError::Zip(it));
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if package.index_for_name("mimetype").is_some() {
        return Err(ManualError::OtherKind("an OpenDocument file"));
    }
    for place in 0..package.len() {
        let file = package.by_index(place).map_err(damaged)?;
        left = Scan::default().file(file, left)?;
    }
    Ok(())
}

/// What is kept between the pieces of one file.
#[derive(Default)]
struct Scan {
    /// Bytes since the last mark of XML.
    run: usize,
    /// The end of the last piece, where an announcement may begin.
    tail: Vec<u8>,
    /// Whether it began as XML does; `None` before its first piece.
    markup: Option<bool>,
}

impl Scan {
    /// Unpacks a file; gives how much may still be unpacked.
    fn file(&mut self, mut file: impl Read, mut left: u64) -> Result<u64, ManualError> {
        let mut piece = vec![0; PIECE];
        loop {
            let read = match file.read(&mut piece) {
                Ok(read) => piece.get(..read).unwrap_or_default(),
                Err(it) => return Err(ManualError::NotAWorkbook(calamine::XlsxError::Io(it))),
            };
            if read.is_empty() {
                return Ok(left);
            }
            left = left.checked_sub(read.len() as u64).ok_or(ManualError::Unpacks)?;
            self.letters(read)?;
            self.runs(read)?;
            self.announced(read)?;
        }
    }

    /// Two bytes a letter would hide an announcement; no office program writes that.
    fn letters(&mut self, piece: &[u8]) -> Result<(), ManualError> {
        let markup = *self.markup.get_or_insert_with(|| {
            piece.iter().take(4).any(|it| *it == b'<')
                || piece.starts_with(b"\xff\xfe")
                || piece.starts_with(b"\xfe\xff")
        });
        let wide = markup && memchr(0, piece).is_some();
        if wide { Err(ManualError::Unpacks) } else { Ok(()) }
    }

    fn runs(&mut self, piece: &[u8]) -> Result<(), ManualError> {
        let mut begin = 0;
        for mark in memchr2_iter(b'<', b'>', piece).chain([piece.len()]) {
            self.run += mark - begin;
            if self.run > MAX_RUN {
                return Err(ManualError::Unpacks);
            }
            if mark < piece.len() {
                (self.run, begin) = (0, mark);
            }
        }
        Ok(())
    }

    fn announced(&mut self, piece: &[u8]) -> Result<(), ManualError> {
        self.tail.extend_from_slice(piece);
        let mut rest = self.tail.as_slice();
        while let Some(at) = memmem::find(rest, ANNOUNCED) {
            rest = rest.get(at + ANNOUNCED.len()..).unwrap_or_default();
            let digits = rest.iter().skip_while(|it| b" \t\r\n=\"'".contains(it));
            let digits = digits.take_while(|it| it.is_ascii_digit());
            let announced = digits
                .fold(0_u64, |sum, it| sum.saturating_mul(10).saturating_add(u64::from(it - b'0')));
            if announced > MAX_SHARED {
                return Err(ManualError::Unpacks);
            }
        }
        // Long enough for an announcement with its number.
        let cut = self.tail.len().saturating_sub(64);
        self.tail.drain(..cut);
        Ok(())
    }
}
