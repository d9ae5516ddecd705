//! The rows of the sheets that people fill.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use calamine::{DataRef, Dimensions, Xlsx};
use minehound_assess::case::{Manual, Origin, Workbook};
use minehound_assess::people::{Anchor, FilledRow, MASKED, Masked};

use super::cell::text;
use super::columns::{Column, Columns, Names};
use super::{ManualError, field_mut, filled};
use crate::mask::is_stand_in;

/// The most cells that are looked at.
const MAX_CELLS: usize = 4_000_000;
/// The most text that is kept, in bytes.
const MAX_TEXT: usize = 64 << 20;
/// How far down a sheet its headings may stand.
const HEAD_ROWS: u32 = 40;
/// Letters of a formula that are shown.
const SHOWN: usize = 80;
/// Digits of the digest that a row without a name goes by.
const DIGITS: usize = 12;

/// The first word of a key whose row id is the name itself.
pub(crate) const PLAIN: &str = "plain";
/// The first word of a key whose row id is a stand-in.
pub(crate) const STANDS_IN: &str = "masked";

/// Collects the rows of all sheets.
pub(super) struct Rows<'n> {
    names: &'n Names,
    found: Vec<Raw>,
    cells: usize,
    text: usize,
    seen: bool,
}

/// A row as it stands.
#[derive(Default)]
struct Raw {
    sheet: String,
    row: u32,
    id: String,
    key: String,
    made: String,
    inputs: String,
    at: String,
    manual: Manual,
}

impl<'n> Rows<'n> {
    pub(super) fn new(names: &'n Names) -> Self {
        Self { names, found: Vec::new(), cells: MAX_CELLS, text: MAX_TEXT, seen: false }
    }

    /// Reads a sheet, unless it has no columns for people.
    pub(super) fn read<R: Read + Seek>(
        &mut self,
        book: &mut Xlsx<R>,
        sheet: &str,
    ) -> Result<(), ManualError> {
        let damaged = |it| ManualError::Damaged(sheet.to_owned(), it);
        let Some(columns) = self.columns(book, sheet)? else { return Ok(()) };
        self.seen = true;
        let merged = book.merge_cells_by_sheet_name(sheet).map_err(damaged)?;
        let mut merged = Merged::of(&merged, &columns);
        let formulas = self.formulas(book, sheet, &columns)?;
        let mut cells = book.worksheet_cells_reader(sheet).map_err(damaged)?;
        let mut raw = Raw::default();
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            self.cells = self.cells.checked_sub(1).ok_or(ManualError::TooManyCells(MAX_CELLS))?;
            let (row, column) = cell.get_position();
            let Some(name) = columns.at(column).filter(|_| row > columns.head) else { continue };
            if raw.row != row + 1 {
                let next = Raw { sheet: sheet.to_owned(), row: row + 1, ..Raw::default() };
                self.keep(std::mem::replace(&mut raw, next), &columns, &merged)?;
            }
            if let (DataRef::Empty, Some(formula)) =
                (cell.get_value(), formulas.get(&(row, column)))
            {
                let (sheet, formula) = (sheet.to_owned(), formula.clone());
                return Err(ManualError::Formula { sheet, row: row + 1, formula });
            }
            let text = text(cell.get_value());
            merged.note((row, column), &text);
            raw.take(name, text);
        }
        self.keep(raw, &columns, &merged)
    }

    /// Where the columns stand, in the first rows.
    fn columns<R: Read + Seek>(
        &mut self,
        book: &mut Xlsx<R>,
        sheet: &str,
    ) -> Result<Option<Columns>, ManualError> {
        let damaged = |it| ManualError::Damaged(sheet.to_owned(), it);
        let mut cells = book.worksheet_cells_reader(sheet).map_err(damaged)?;
        let mut columns = Columns::default();
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            self.cells = self.cells.checked_sub(1).ok_or(ManualError::TooManyCells(MAX_CELLS))?;
            let (row, _) = cell.get_position();
            if row > HEAD_ROWS || (row != columns.head && columns.complete()) {
                break;
            }
            columns.heading(self.names, cell.get_position(), &text(cell.get_value()));
        }
        Ok(Some(columns).filter(Columns::complete))
    }

    /// The formulas among what people filled: what counts is their result, where it was saved.
    fn formulas<R: Read + Seek>(
        &mut self,
        book: &mut Xlsx<R>,
        sheet: &str,
        columns: &Columns,
    ) -> Result<BTreeMap<(u32, u32), String>, ManualError> {
        let damaged = |it| ManualError::Damaged(sheet.to_owned(), it);
        let mut cells = book.worksheet_cells_reader(sheet).map_err(damaged)?;
        let mut formulas = BTreeMap::new();
        while let Some(cell) = cells.next_formula().map_err(damaged)? {
            let (at, formula) = (cell.get_position(), cell.get_value());
            let people = matches!(columns.at(at.1), Some(Column::People(_)));
            if people && at.0 > columns.head && !formula.is_empty() {
                let formula: String = formula.chars().take(SHOWN).collect();
                self.text = self.text.checked_sub(formula.len()).ok_or(ManualError::Unpacks)?;
                formulas.insert(at, formula);
            }
        }
        Ok(formulas)
    }

    fn keep(
        &mut self,
        mut raw: Raw,
        columns: &Columns,
        merged: &Merged,
    ) -> Result<(), ManualError> {
        for column in columns.people() {
            let (Some(name), Some(text)) = (columns.at(column), merged.over(raw.row, column))
            else {
                continue;
            };
            raw.take(name, text.to_owned());
        }
        if raw.manual == Manual::default() {
            return Ok(());
        }
        let length: usize = filled(&raw.manual).map(|it| it.1.len()).sum();
        let length = length + raw.id.len() + raw.key.len() + raw.inputs.len();
        self.text = self.text.checked_sub(length).ok_or(ManualError::Unpacks)?;
        self.found.push(raw);
        Ok(())
    }

    /// The filled rows; names that only stand in are told by the row's key or, where that is
    /// gone, by their looks.
    pub(super) fn finish(self, workbook: &Workbook) -> Result<Vec<FilledRow>, ManualError> {
        if !self.seen {
            return Err(ManualError::NoColumns);
        }
        let may_mask = workbook.masked || !workbook.stamped;
        Ok(self.found.into_iter().map(|it| it.finish(may_mask)).collect())
    }
}

impl Raw {
    /// Takes a cell. Where a field has two columns, both are kept.
    fn take(&mut self, column: Column, text: String) {
        let field = match column {
            Column::Id => &mut self.id,
            Column::Key => &mut self.key,
            Column::Made => &mut self.made,
            Column::Inputs => &mut self.inputs,
            Column::At => &mut self.at,
            Column::People(name) => field_mut(&mut self.manual, name),
        };
        if field.is_empty() {
            *field = text;
        } else if !text.is_empty() && *field != text {
            field.push('\n');
            field.push_str(&text);
        }
    }

    fn finish(self, may_mask: bool) -> FilledRow {
        let mut parts = self.key.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let anchors: Vec<Anchor> = parts.filter_map(|it| it.parse().ok()).collect();
        let stands_in = match kind {
            PLAIN => false,
            STANDS_IN => true,
            _ => self.id.starts_with(MASKED) || (may_mask && is_stand_in(&self.id)),
        };
        let masked = stands_in.then(|| Masked { name: self.stand_in() });
        let origin = (!self.made.is_empty() || !self.inputs.is_empty()).then(|| self.origin());
        let id = if self.id.is_empty() { self.nameless() } else { self.id };
        let at = (self.sheet, self.row);
        FilledRow { id, masked, origin, at, anchors, manual: self.manual }
    }

    /// What a row of a masked workbook goes by: other workbooks use the same stand-in for others.
    fn stand_in(&self) -> String {
        if self.id.starts_with(MASKED) {
            return self.id.clone();
        }
        let kind = self.id.split(':').next().unwrap_or_default();
        format!("{MASKED}{kind}:{}", short_digest(&self.key))
    }

    /// What a row that people added goes by; the same entries by the same name.
    fn nameless(&self) -> String {
        let fields: Vec<_> =
            filled(&self.manual).map(|(name, text)| [name, text].join("=")).collect();
        format!("no-id-{}", short_digest(&fields.join("\n")))
    }

    fn origin(&self) -> Origin {
        let mut origin =
            Origin { made: self.made.clone(), at: self.at.clone(), ..Origin::default() };
        for word in self.inputs.split_whitespace() {
            match word.strip_prefix('+') {
                Some(more) => origin.beyond = more.parse().unwrap_or(0),
                None => origin.inputs.push(word.to_owned()),
            }
        }
        origin
    }
}

fn short_digest(text: &str) -> String {
    crate::json::sha256(text.as_bytes()).chars().take(DIGITS).collect()
}

/// Cells of the columns for people that were merged over several rows.
struct Merged {
    /// By column: first row, last row, and what stands there, both counted from zero.
    spans: BTreeMap<u32, Vec<(u32, u32, String)>>,
}

impl Merged {
    fn of(merged: &[Dimensions], columns: &Columns) -> Self {
        let mut spans: BTreeMap<u32, Vec<(u32, u32, String)>> = BTreeMap::new();
        let people: Vec<_> = columns.people().collect();
        for it in merged {
            let ((first, column), (last, _)) = (it.start, it.end);
            if last > first && people.contains(&column) {
                spans.entry(column).or_default().push((first, last, String::new()));
            }
        }
        for it in spans.values_mut() {
            it.sort_unstable();
        }
        Self { spans }
    }

    /// The last span that begins at or above a row; office programs let none overlap.
    fn span(&mut self, row: u32, column: u32) -> Option<&mut (u32, u32, String)> {
        let spans = self.spans.get_mut(&column)?;
        let at = spans.partition_point(|it| it.0 <= row).checked_sub(1)?;
        spans.get_mut(at)
    }

    fn note(&mut self, (row, column): (u32, u32), text: &str) {
        if let Some(span) = self.span(row, column).filter(|it| it.0 == row) {
            text.clone_into(&mut span.2);
        }
    }

    /// What the cell over this one says; `number` counts rows from one.
    fn over(&self, number: u32, column: u32) -> Option<&str> {
        let row = number.checked_sub(1)?;
        let spans = self.spans.get(&column)?;
        let (first, last, text) =
            spans.get(spans.partition_point(|it| it.0 <= row).checked_sub(1)?)?;
        (*first < row && row <= *last && !text.is_empty()).then_some(text)
    }
}
