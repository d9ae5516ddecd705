//! The hidden sheet by which a workbook says what it was made from.

use std::io::{Read, Seek};

use calamine::{Xlsx, XlsxError};
use minehound_assess::case::{SealedInput, Workbook};

use super::cell::text;

/// What the first cell of the sheet says.
pub(crate) const FORMAT: &str = "minehound.workbook/1";

/// Its rows, each a name and what it says.
pub(crate) const MADE: &str = "made";
pub(crate) const MASKED: &str = "masked";
pub(crate) const RESULT: &str = "result_sha256";
pub(crate) const INPUT: &str = "input";

/// The most inputs that are compared.
const MAX_INPUTS: usize = 100_000;

/// What a sheet says about its workbook; `None` for every other sheet.
pub(super) fn read<R: Read + Seek>(
    book: &mut Xlsx<R>,
    sheet: &str,
) -> Result<Option<Workbook>, XlsxError> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let first = cells.next_cell()?;
    if first.is_none_or(|it| text(it.get_value()) != FORMAT) {
        return Ok(None);
    }
    let mut workbook = Workbook { stamped: true, ..Workbook::default() };
    let (mut name, mut value, mut row) = (String::new(), String::new(), 0);
    while let Some(cell) = cells.next_cell()? {
        let text = text(cell.get_value());
        match cell.get_position() {
            (0, _) => {}
            (at, 0) => (name, value, row) = (text, String::new(), at),
            (at, 1) if at == row => {
                take(&mut workbook, &name, &text);
                value = text;
            }
            (at, 2) if at == row && name == INPUT && !value.is_empty() => {
                workbook.inputs.last_mut().into_iter().for_each(|it| it.path.clone_from(&text));
            }
            _ => {}
        }
    }
    Ok(Some(workbook))
}

fn take(workbook: &mut Workbook, name: &str, value: &str) {
    match name {
        MADE => value.clone_into(&mut workbook.made),
        MASKED => workbook.masked = value != "no",
        RESULT => value.clone_into(&mut workbook.result_sha256),
        INPUT if workbook.inputs.len() < MAX_INPUTS => {
            workbook.inputs.push(SealedInput { sha256: value.to_owned(), path: String::new() });
        }
        _ => {}
    }
}
