//! Cells patched within the part of a sheet; every other byte of it stays.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::package::{MAX_STREAMED, Package, refused};
use super::parts::Workbook;
use super::rows::Position;
use super::scanner::{Scanner, Tag, TagForm, Token};
use super::text;
use crate::SheetsError;
use crate::cell::column_name;

/// Texts by row, counted from one, and column, counted from zero.
pub(crate) type Cells = BTreeMap<u32, BTreeMap<u32, String>>;

/// Copies a workbook with cells of some sheets replaced.
pub(crate) fn write(
    path: &Path,
    workbook: &Workbook,
    sheets: &BTreeMap<usize, Cells>,
    out: impl Write + Seek,
) -> Result<(), SheetsError> {
    let mut package = Package::open(path)?;
    let mut patched = BTreeMap::new();
    for (sheet, cells) in sheets {
        let name = workbook.part(*sheet)?;
        let place = package.place(name);
        let place = place.ok_or_else(|| SheetsError::damaged(name, "is missing"))?;
        patched.insert(place, cells);
    }
    let mut copy = ZipWriter::new(out);
    let comment = package.zip.comment().to_owned();
    copy.set_raw_comment(comment.into()).map_err(|it| refused("zip", it))?;
    for place in 0..package.zip.len() {
        let Some(cells) = patched.get(&place) else {
            let part = package.zip.by_index_raw(place).map_err(|it| refused("zip", it))?;
            copy.raw_copy_file(part).map_err(|it| refused("zip", it))?;
            continue;
        };
        let part = package.zip.by_index(place).map_err(|it| refused("zip", it))?;
        let name = part.name().map_err(|it| refused("zip", it))?.into_owned();
        let options = SimpleFileOptions::default()
            .compression_method(part.compression())
            .last_modified_time(part.last_modified().unwrap_or_default())
            .large_file(part.size() > u64::from(u32::MAX / 2));
        copy.start_file(name.as_str(), options).map_err(|it| refused(&name, it))?;
        let size = part.size().min(MAX_STREAMED);
        let copied = Patch::new(cells, &mut copy).run(Scanner::new(part.take(size)));
        copied.map_err(|it| SheetsError::damaged(&name, it.to_string()))?;
    }
    let mut out = copy.finish().map_err(|it| refused("zip", it))?;
    out.flush().map_err(|it| SheetsError::damaged("zip", it.to_string()))
}

struct Patch<'p, W> {
    out: W,
    /// Rows that are still to come.
    rest: std::iter::Peekable<std::collections::btree_map::Iter<'p, u32, BTreeMap<u32, String>>>,
    /// Cells of this row that are still to come, the last first.
    row: Vec<(u32, &'p str)>,
    place: Position,
    /// The column of the last cell of this row.
    before: Option<u32>,
    /// The style of the cell before this one, as its attribute.
    style: Vec<u8>,
    /// The cell that is being replaced.
    replaced: bool,
    prefix: String,
}

impl<'p, W: Write> Patch<'p, W> {
    fn new(cells: &'p Cells, out: W) -> Self {
        Self {
            out,
            rest: cells.iter().peekable(),
            row: Vec::new(),
            place: Position::default(),
            before: None,
            style: Vec::new(),
            replaced: false,
            prefix: String::new(),
        }
    }

    fn run(mut self, mut scanner: Scanner<impl Read>) -> io::Result<()> {
        let mut within = false;
        while let Some(token) = scanner.next()? {
            match token {
                Token::Tag(tag) if tag.local() == b"sheetData" => {
                    within = tag.form == TagForm::Open;
                    self.prefix = String::from_utf8_lossy(tag.prefix()).into_owned();
                    self.sheet(&tag)?;
                }
                Token::Tag(tag) if within => self.tag(&tag)?,
                Token::Tag(Tag { raw, .. }) | Token::Text { raw, .. } | Token::Other(raw) => {
                    self.keep(raw)?;
                }
            }
        }
        if self.rest.peek().is_some() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "ends before its rows do"));
        }
        Ok(())
    }

    /// What stands within a cell that is replaced goes.
    fn keep(&mut self, raw: &[u8]) -> io::Result<()> {
        if self.replaced { Ok(()) } else { self.out.write_all(raw) }
    }

    fn sheet(&mut self, tag: &Tag<'_>) -> io::Result<()> {
        if tag.form == TagForm::Open {
            return self.out.write_all(tag.raw);
        }
        if tag.form == TagForm::Close || self.rest.peek().is_none() {
            self.rows_before(u32::MAX)?;
            return self.out.write_all(tag.raw);
        }
        self.opened(tag)?;
        self.rows_before(u32::MAX)?;
        self.closed(tag.name)
    }

    /// A whole element as an opening tag.
    fn opened(&mut self, tag: &Tag<'_>) -> io::Result<()> {
        let end = tag.raw.len().saturating_sub(2);
        self.out.write_all(tag.raw.get(..end).unwrap_or_default().trim_ascii_end())?;
        self.out.write_all(b">")
    }

    fn closed(&mut self, name: &[u8]) -> io::Result<()> {
        self.out.write_all(b"</")?;
        self.out.write_all(name)?;
        self.out.write_all(b">")
    }

    fn tag(&mut self, tag: &Tag<'_>) -> io::Result<()> {
        if tag.begins(b"row") {
            return self.begin_row(tag);
        }
        if tag.ends(b"row") {
            self.cells_before(u32::MAX)?;
            return self.out.write_all(tag.raw);
        }
        if tag.begins(b"c") {
            return self.begin_cell(tag);
        }
        if tag.ends(b"c") && self.replaced {
            self.replaced = false;
            return Ok(());
        }
        self.keep(tag.raw)
    }

    fn begin_row(&mut self, tag: &Tag<'_>) -> io::Result<()> {
        let before = self.place.row;
        let row = self.place.row(tag).filter(|it| *it > before);
        let row = row.ok_or_else(|| displaced("row"))?;
        self.before = None;
        self.rows_before(row)?;
        self.style.clear();
        let cells = self.rest.next_if(|it| *it.0 == row);
        self.row =
            cells.into_iter().flat_map(|it| it.1).map(|it| (*it.0, it.1.as_str())).rev().collect();
        if tag.form == TagForm::Open || self.row.is_empty() {
            return self.out.write_all(tag.raw);
        }
        self.opened(tag)?;
        self.cells_before(u32::MAX)?;
        self.closed(tag.name)
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) -> io::Result<()> {
        let column = self.place.cell(tag).filter(|it| self.before.is_none_or(|last| *it > last));
        let column = column.ok_or_else(|| displaced("cell"))?;
        self.before = Some(column);
        self.cells_before(column)?;
        let style = tag.attribute(b"s").filter(|it| it.iter().all(u8::is_ascii_digit));
        self.style = style.unwrap_or_default().to_vec();
        match self.row.pop_if(|it| it.0 == column) {
            Some((_, text)) => {
                self.cell(column, text)?;
                self.replaced = tag.form == TagForm::Open;
                Ok(())
            }
            None => self.out.write_all(tag.raw),
        }
    }

    /// Rows that the sheet does not have yet.
    fn rows_before(&mut self, row: u32) -> io::Result<()> {
        while let Some((number, cells)) = self.rest.next_if(|it| *it.0 < row) {
            write!(self.out, "<{}row r=\"{number}\">", self.prefix)?;
            let now = std::mem::replace(&mut self.place.row, *number);
            self.style.clear();
            for (column, text) in cells {
                self.cell(*column, text)?;
            }
            self.place.row = now;
            write!(self.out, "</{}row>", self.prefix)?;
        }
        Ok(())
    }

    /// Cells that the row does not have yet; they look like the one before them.
    fn cells_before(&mut self, column: u32) -> io::Result<()> {
        while let Some((at, text)) = self.row.pop_if(|it| it.0 < column) {
            self.cell(at, text)?;
        }
        Ok(())
    }

    /// A cell of text: what begins with `=` is no formula there.
    fn cell(&mut self, column: u32, told: &str) -> io::Result<()> {
        let prefix = &self.prefix;
        write!(self.out, "<{prefix}c r=\"{}{}\"", column_name(column), self.place.row)?;
        if !self.style.is_empty() {
            self.out.write_all(b" s=\"")?;
            self.out.write_all(&self.style)?;
            self.out.write_all(b"\"")?;
        }
        let text = text::write(told);
        write!(
            self.out,
            " t=\"inlineStr\"><{prefix}is><{prefix}t xml:space=\"preserve\">{text}</{prefix}t>\
             </{prefix}is></{prefix}c>"
        )
    }
}

fn displaced(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a {what} without its place"))
}
