//! What people wrote into a workbook, read back by the names of its columns and its row ids.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};
use minehound_assess::case::Manual;
use thiserror::Error;

use crate::{Catalogue, CatalogueError, Lang};

/// The human columns, in their order.
pub(crate) const FIELDS: [&str; 9] = [
    "inspector_1",
    "inspector_2",
    "inspected_at",
    "method",
    "conclusion",
    "reviewer",
    "responsible",
    "deadline",
    "note",
];

/// The largest workbook that is opened.
const MAX_BYTES: usize = 64 << 20;
/// The most cells that are looked at.
const MAX_CELLS: usize = 4_000_000;
/// How far down a sheet its headings may stand.
const HEAD_ROWS: u32 = 40;
/// The most characters that one cell carries over.
const MAX_TEXT: usize = 4000;

/// Why a workbook could not be read back.
#[derive(Debug, Error)]
pub enum ManualError {
    /// It is too large to be a filled-in report.
    #[error("the workbook has {0} bytes; a filled-in report is smaller than 64 MiB")]
    TooLarge(usize),
    /// It is no workbook.
    #[error("the file is no `.xlsx` workbook; save it as `.xlsx` and try again")]
    NotAWorkbook(#[source] calamine::XlsxError),
    /// None of its sheets has the columns.
    #[error(
        "no sheet has a column `行标识` or `Row id` beside the columns for people; give a workbook made with `--format xlsx`"
    )]
    NoColumns,
    /// Two rows of the same id say different things.
    #[error("row `{id}` of sheet `{sheet}` stands twice with different entries; keep one of them")]
    Conflict {
        /// The id of the row.
        id: String,
        /// The sheet.
        sheet: String,
    },
    /// The messages are broken, which a test rules out.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

/// One field of what people wrote.
pub(crate) fn field<'m>(manual: &'m Manual, name: &str) -> &'m str {
    match name {
        "inspector_1" => &manual.inspector_1,
        "inspector_2" => &manual.inspector_2,
        "inspected_at" => &manual.inspected_at,
        "method" => &manual.method,
        "conclusion" => &manual.conclusion,
        "reviewer" => &manual.reviewer,
        "responsible" => &manual.responsible,
        "deadline" => &manual.deadline,
        _ => &manual.note,
    }
}

fn field_mut<'m>(manual: &'m mut Manual, name: &str) -> &'m mut String {
    match name {
        "inspector_1" => &mut manual.inspector_1,
        "inspector_2" => &mut manual.inspector_2,
        "inspected_at" => &mut manual.inspected_at,
        "method" => &mut manual.method,
        "conclusion" => &mut manual.conclusion,
        "reviewer" => &mut manual.reviewer,
        "responsible" => &mut manual.responsible,
        "deadline" => &mut manual.deadline,
        _ => &mut manual.note,
    }
}

/// The fields that people filled, with their names.
pub(crate) fn filled(manual: &Manual) -> impl Iterator<Item = (&'static str, &str)> {
    FIELDS.into_iter().map(|it| (it, field(manual, it))).filter(|it| !it.1.is_empty())
}

/// What people wrote, by row id: items of the table and ids of entities.
///
/// Columns are found by their names in either language, wherever they stand; rows by their id,
/// in whatever order; other sheets are passed over. Rows that nobody filled are left out.
///
/// # Errors
///
/// Returns [`ManualError`] when the bytes are no such workbook, or contradict themselves.
pub fn read_manual(bytes: &[u8]) -> Result<BTreeMap<String, Manual>, ManualError> {
    if bytes.len() > MAX_BYTES {
        return Err(ManualError::TooLarge(bytes.len()));
    }
    let names = Names::of_both_languages()?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(ManualError::NotAWorkbook)?;
    let mut rows = BTreeMap::new();
    let mut seen = false;
    let mut budget = MAX_CELLS;
    for sheet in book.sheet_names() {
        // A sheet without cells, a chart for one, is passed over.
        let Ok(mut cells) = book.worksheet_cells_reader(&sheet) else { continue };
        let mut reading = Sheet { names: &names, columns: Columns::default(), row: None };
        while let Ok(Some(cell)) = cells.next_cell() {
            budget = budget.saturating_sub(1);
            if budget == 0 {
                break;
            }
            let (row, column) = cell.get_position();
            if let Some(done) = reading.take(row, column, &text(cell.get_value())) {
                keep(&mut rows, done, &sheet)?;
            }
        }
        if let Some(done) = reading.finish() {
            keep(&mut rows, done, &sheet)?;
        }
        seen |= reading.columns.complete();
    }
    if seen { Ok(rows) } else { Err(ManualError::NoColumns) }
}

fn keep(
    rows: &mut BTreeMap<String, Manual>,
    (id, manual): (String, Manual),
    sheet: &str,
) -> Result<(), ManualError> {
    match rows.get(&id) {
        Some(known) if *known != manual => {
            Err(ManualError::Conflict { id, sheet: sheet.to_owned() })
        }
        _ => {
            rows.insert(id, manual);
            Ok(())
        }
    }
}

/// The names that a column may go by, without spaces and in lower case.
struct Names(BTreeMap<String, Option<&'static str>>);

impl Names {
    fn of_both_languages() -> Result<Self, CatalogueError> {
        let mut names = BTreeMap::new();
        for lang in [Lang::Zh, Lang::En] {
            let words = Catalogue::of(lang)?;
            names.insert(plain(&words.named("column", "row-id")), None);
            for name in FIELDS {
                let aliases = words.named("manual-alias", name);
                let aliases = aliases.split(',').map(str::to_owned);
                for it in aliases.chain([words.named("manual", name)]) {
                    names.insert(plain(&it), Some(name));
                }
            }
        }
        Ok(Self(names))
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|it| !it.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Where the columns of one sheet stand.
#[derive(Default)]
struct Columns {
    head: Option<u32>,
    id: Option<u32>,
    people: BTreeMap<u32, &'static str>,
}

impl Columns {
    fn complete(&self) -> bool {
        self.id.is_some() && !self.people.is_empty()
    }
}

/// A sheet as its cells come, row by row.
struct Sheet<'n> {
    names: &'n Names,
    columns: Columns,
    row: Option<(u32, String, Manual)>,
}

impl Sheet<'_> {
    /// Takes a cell; gives the row before it when that is done.
    fn take(&mut self, row: u32, column: u32, text: &str) -> Option<(String, Manual)> {
        let head = self.columns.head;
        if head == Some(row) || (!self.columns.complete() && row < HEAD_ROWS) {
            self.heading(row, column, text);
            return None;
        }
        if !self.columns.complete() {
            return None;
        }
        let done = self.row.take_if(|it| it.0 != row).and_then(finished);
        let (_, id, manual) =
            self.row.get_or_insert_with(|| (row, String::new(), Manual::default()));
        if self.columns.id == Some(column) {
            text.clone_into(id);
        } else if let Some(name) = self.columns.people.get(&column) {
            text.clone_into(field_mut(manual, name));
        }
        done
    }

    fn heading(&mut self, row: u32, column: u32, text: &str) {
        let Some(name) = self.names.0.get(&plain(text)) else { return };
        if self.columns.head != Some(row) {
            self.columns = Columns { head: Some(row), ..Columns::default() };
        }
        match name {
            None => self.columns.id = Some(column),
            Some(name) => {
                self.columns.people.entry(column).or_insert(name);
            }
        }
    }

    fn finish(&mut self) -> Option<(String, Manual)> {
        self.row.take().and_then(finished)
    }
}

fn finished((_, id, manual): (u32, String, Manual)) -> Option<(String, Manual)> {
    (!id.is_empty() && manual != Manual::default()).then_some((id, manual))
}

/// What a cell says; what only guards a text against being a formula is taken off.
fn text(cell: &DataRef<'_>) -> String {
    let text = match cell {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let day = format!("{year:04}-{month:02}-{day:02}");
            match (hour, minute, second) {
                (0, 0, 0) => day,
                (_, _, 0) => format!("{day} {hour:02}:{minute:02}"),
                _ => format!("{day} {hour:02}:{minute:02}:{second:02}"),
            }
        }
        _ => String::new(),
    };
    let text = text.trim();
    let guarded = text.strip_prefix('\'').filter(|it| it.starts_with(['=', '+', '-', '@']));
    guarded.unwrap_or(text).chars().take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests;
