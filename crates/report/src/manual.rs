//! What people wrote into a workbook, read back by the names of its columns and its row ids.

mod bounds;
mod cell;
mod columns;
mod rows;
pub(crate) mod stamp;

use std::io::Cursor;

use calamine::{Reader as _, SheetType, Xlsx, XlsxError};
use minehound_assess::case::Manual;
use minehound_assess::people::Filled;
use thiserror::Error;

pub(crate) use self::columns::KEY;
use self::columns::Names;
use self::rows::Rows;
pub(crate) use self::rows::{PLAIN, STANDS_IN};
use crate::CatalogueError;

/// The largest workbook that is opened, in bytes.
pub const MAX_WORKBOOK_BYTES: usize = 64 << 20;

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

/// Why a workbook could not be read back.
#[derive(Debug, Error)]
pub enum ManualError {
    /// It is too large to be a filled-in report.
    #[error(
        "the workbook is larger than 64 MiB; take out pictures and sheets that the inspection did not make"
    )]
    TooLarge,
    /// It unpacks to more than a report does.
    #[error(
        "the workbook unpacks to more than a filled-in report holds; give the workbook that the inspection made"
    )]
    Unpacks,
    /// It has more cells than are looked at.
    #[error(
        "the sheets that people fill have more than {0} cells; remove rows that the inspection did not make"
    )]
    TooManyCells(usize),
    /// It is encrypted.
    #[error(
        "the workbook is protected by a password to open it; save it without one and try again"
    )]
    Encrypted,
    /// It is of another kind.
    #[error("the file is {0}, not an `.xlsx` workbook; save it as `.xlsx` and try again")]
    OtherKind(&'static str),
    /// It is no workbook.
    #[error("the file is no `.xlsx` workbook, or it is damaged; save it as `.xlsx` and try again")]
    NotAWorkbook(#[source] XlsxError),
    /// A sheet could not be read to its end.
    #[error("sheet `{0}` is damaged; open the workbook, save it as `.xlsx` and try again")]
    Damaged(String, #[source] XlsxError),
    /// A cell for people holds a formula whose result was not saved.
    #[error(
        "sheet `{sheet}`, row {row}, holds a formula without its result (`={formula}`); open the workbook in an office program and save it, or write the text itself"
    )]
    Formula {
        /// The sheet.
        sheet: String,
        /// The row, counted from one.
        row: u32,
        /// The formula.
        formula: String,
    },
    /// None of its sheets has the columns.
    #[error(
        "no sheet has a column `行标识` or `Row id` beside the columns for people; give a workbook made with `--format xlsx`"
    )]
    NoColumns,
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

/// What people wrote, row by row, and what the workbook says about itself.
///
/// Columns are found by their names in either language, wherever they stand; rows by their id,
/// in whatever order; other sheets are passed over. A cell merged over several rows speaks for
/// all of them. Rows that nobody filled are left out; filled ones without an id get one made from
/// what they say.
///
/// # Errors
///
/// Returns [`ManualError`] when the bytes are no such workbook, or more than a report holds.
pub fn read_manual(bytes: &[u8]) -> Result<Filled, ManualError> {
    bounds::check(bytes)?;
    let names = Names::of_both_languages()?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|it| match it {
        XlsxError::Password => ManualError::Encrypted,
        other => ManualError::NotAWorkbook(other),
    })?;
    let mut rows = Rows::new(&names);
    // A sheet that only holds a chart has no cells.
    let sheets = book.sheets_metadata().iter().filter(|it| it.typ == SheetType::WorkSheet);
    let sheets: Vec<_> = sheets.map(|it| it.name.clone()).collect();
    let mut workbook = None;
    for sheet in sheets {
        match stamp::read(&mut book, &sheet) {
            Ok(Some(stamp)) => workbook = Some(stamp),
            Ok(None) => rows.read(&mut book, &sheet)?,
            Err(it) => return Err(ManualError::Damaged(sheet, it)),
        }
    }
    let mut workbook = workbook.unwrap_or_default();
    workbook.sha256 = crate::json::sha256(bytes);
    let rows = rows.finish(&workbook)?;
    Ok(Filled { workbook, rows })
}

#[cfg(test)]
mod tests;
