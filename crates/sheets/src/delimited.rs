//! Delimited text: records of fields, cut as they stand and decoded one by one.

mod encoding;
mod layout;
mod patch;
mod record;

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

pub use self::encoding::Encoding;
pub use self::layout::{Layout, LineEnd};
pub(crate) use self::patch::write;
use self::record::Records;
use crate::cell::like_formula;
use crate::{Cell, Kind, Row, Seen, SheetsError};

/// Gives every record with something in it as a row.
pub(crate) fn rows(
    path: &Path,
    layout: &Layout,
    each: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>,
) -> Result<Seen, SheetsError> {
    let file = File::open(path).map_err(SheetsError::io(path))?;
    let mut records = Records::new(BufReader::with_capacity(1 << 17, file), layout.clone());
    let mut seen = Seen::default();
    let (mut cells, mut number) = (Vec::new(), 0_u32);
    while let Some(record) = records.next().map_err(|it| it.with(path))? {
        number = number.saturating_add(1);
        seen.last = number;
        if layout.names_delimiter && number == 1 {
            continue;
        }
        cells.clear();
        let encoding = record.encoding();
        seen.other_encoding += u64::from(encoding != layout.encoding && record.beyond_ascii());
        // A file in UTF-16 that was cut off in the middle of a letter.
        seen.unreadable += u64::from(!record.raw.len().is_multiple_of(encoding.unit()));
        seen.unclosed += u64::from(record.unclosed);
        for (column, field) in (0..).zip(record.fields()) {
            let text = field.text(encoding);
            seen.unreadable += text.matches('\u{fffd}').count() as u64;
            let cell = cell(&text);
            if !cell.is_blank() {
                cells.push((column, cell));
            }
        }
        if cells.is_empty() {
            continue;
        }
        seen.rows += 1;
        seen.formulas += cells.iter().filter(|it| it.1.formula.is_some()).count() as u64;
        if each(&Row { number, cells: &cells }).is_break() {
            break;
        }
    }
    Ok(seen)
}

/// What an office program would show: `="001"` is the text 001, `'=a` the text `=a`, and what begins
/// with `=` a formula without a result.
fn cell(text: &str) -> Cell {
    let plain = Cell::text(text);
    if let Some(formula) = plain.text.strip_prefix('=') {
        let quoted = formula.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        return match quoted.filter(|it| !it.contains('"')) {
            Some(inside) => Cell::text(inside),
            None => {
                Cell { text: String::new(), kind: Kind::Blank, formula: Some(formula.to_owned()) }
            }
        };
    }
    match plain.text.strip_prefix('\'').filter(|it| like_formula(it)) {
        Some(guarded) => Cell::text(guarded),
        None => plain,
    }
}

#[cfg(test)]
mod tests;
