//! Answers written into the file that asks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::book::Form;
use crate::{Book, SheetsError, delimited, xlsx};

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The sheet, counted from zero.
    pub sheet: usize,
    /// The row, counted from one.
    pub row: u32,
    /// The column, counted from zero.
    pub column: u32,
}

/// What is to stand in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The cell.
    pub place: Place,
    /// The text; it stays text whatever it begins with.
    pub text: String,
    /// An earlier answer that it takes the place of, if that is still what the cell shows.
    pub over: Option<String>,
}

/// What became of the answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Cells that were written.
    pub written: u64,
    /// Cells that somebody filled before: they stay as they are.
    pub kept: Vec<Place>,
    /// Places that the file does not have, or that a merged cell hides.
    pub missing: Vec<Place>,
}

type Cells = BTreeMap<u32, BTreeMap<u32, String>>;
/// Earlier answers of a sheet, by row and column.
type Earlier<'a> = BTreeMap<(u32, u32), &'a str>;

/// Copies a file to `out` with answers in it; all other cells, and in a workbook all other parts, stay
/// byte for byte. The copy appears when it is whole. A later answer to a cell replaces an earlier one.
///
/// # Errors
///
/// Returns [`SheetsError`] where the file cannot be read to its end or the copy cannot be written.
pub fn write(book: &Book, answers: &[Answer], out: &Path) -> Result<Written, SheetsError> {
    let mut sheets: BTreeMap<usize, Cells> = BTreeMap::new();
    let mut earlier: BTreeMap<usize, Earlier<'_>> = BTreeMap::new();
    for it in answers {
        let Place { sheet, row, column } = it.place;
        let row = sheets.entry(sheet).or_default().entry(row).or_default();
        row.insert(column, it.text.clone());
        if let Some(over) = &it.over {
            earlier.entry(sheet).or_default().insert((it.place.row, column), over);
        }
    }
    let none = Earlier::new();
    let mut done = Written::default();
    for (sheet, cells) in &mut sheets {
        settle(book, *sheet, cells, earlier.get(sheet).unwrap_or(&none), &mut done)?;
        done.written += cells.values().map(|it| it.len() as u64).sum::<u64>();
    }
    sheets.retain(|_, it| !it.is_empty());
    done.kept.sort_unstable();
    done.missing.sort_unstable();
    copy(book, &sheets, out)?;
    Ok(done)
}

/// Takes out the cells that must stay as they are.
fn settle(
    book: &Book,
    sheet: usize,
    cells: &mut Cells,
    earlier: &Earlier<'_>,
    done: &mut Written,
) -> Result<(), SheetsError> {
    let mut filled = BTreeSet::new();
    let seen = book.rows(sheet, &mut |row| {
        if let Some(asked) = cells.get(&row.number) {
            let taken = |column: &&u32| {
                row.cell(**column).is_some_and(|it| {
                    let ours = earlier.get(&(row.number, **column));
                    !it.is_blank() && ours.is_none_or(|ours| ours.trim() != it.text)
                })
            };
            filled.extend(asked.keys().filter(taken).map(|it| (row.number, *it)));
        }
        ControlFlow::Continue(())
    })?;
    let place = |(row, column)| Place { sheet, row, column };
    let hidden = hidden(book, sheet, cells)?;
    let (max_rows, max_columns) = match book.form() {
        // A text has no rows beyond its last.
        Form::Delimited(_) => (seen.last, xlsx::MAX_COLUMNS),
        Form::Workbook => (xlsx::MAX_ROWS, xlsx::MAX_COLUMNS),
    };
    for (row, asked) in cells.iter_mut() {
        asked.retain(|column, _| {
            let at = (*row, *column);
            let outside = *row == 0 || *row > max_rows || *column >= max_columns;
            if filled.contains(&at) {
                done.kept.push(place(at));
            } else if outside || hidden.contains(&at) {
                done.missing.push(place(at));
            } else {
                return true;
            }
            false
        });
    }
    cells.retain(|_, it| !it.is_empty());
    Ok(())
}

/// Cells that a merged one hides.
fn hidden(book: &Book, sheet: usize, cells: &Cells) -> Result<BTreeSet<(u32, u32)>, SheetsError> {
    let mut hidden = BTreeSet::new();
    for it in book.merges(sheet)? {
        for (row, asked) in cells.range(it.first.0..=it.last.0) {
            let columns = asked.range(it.first.1..=it.last.1).map(|it| (*row, *it.0));
            hidden.extend(columns.filter(|at| *at != it.first));
        }
    }
    Ok(hidden)
}

fn copy(book: &Book, sheets: &BTreeMap<usize, Cells>, out: &Path) -> Result<(), SheetsError> {
    let io = || SheetsError::io(out);
    let folder = out.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file =
        NamedTempFile::new_in(folder).map_err(|it| io()(std::io::Error::from(it.kind())))?;
    match (book.form(), &book.workbook) {
        (Form::Workbook, Some(workbook)) => {
            xlsx::write(book.path(), workbook, sheets, BufWriter::new(file.as_file_mut()))?;
        }
        (Form::Delimited(layout), _) => {
            let mut written = BufWriter::new(file.as_file_mut());
            let none = Cells::new();
            let cells = sheets.get(&0).unwrap_or(&none);
            delimited::write(book.path(), layout, cells, &mut written)?;
            written.flush().map_err(io())?;
        }
        (Form::Workbook, None) => return Err(SheetsError::NoSheet(0)),
    }
    as_readable_as(book.path(), file.as_file()).map_err(io())?;
    file.as_file().sync_all().map_err(io())?;
    file.persist(out).map_err(|it| io()(it.error))?;
    Ok(())
}

/// Temporary files are private; the copy is as readable as the file that it was made from.
fn as_readable_as(path: &Path, file: &File) -> std::io::Result<()> {
    file.set_permissions(std::fs::metadata(path)?.permissions())
}
