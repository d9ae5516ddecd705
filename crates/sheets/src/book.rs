//! A file that was sent, opened.

use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::delimited::{self, Layout};
use crate::kind::{self, Readable};
use crate::xlsx::{self, Workbook};
use crate::{Cell, SheetsError};

/// A file that was sent, opened: what sheets it has. Rows are read from it as often as they are asked
/// for.
#[derive(Debug)]
pub struct Book {
    path: PathBuf,
    form: Form,
    sheets: Vec<Sheet>,
    pub(crate) workbook: Option<Workbook>,
}

/// The form of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A workbook, `.xlsx`.
    Workbook,
    /// Delimited text.
    Delimited(Layout),
}

/// A sheet; delimited text is one sheet without a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    pub hidden: bool,
}

/// A row with something in it.
#[derive(Debug)]
pub struct Row<'r> {
    /// Its number, counted from one.
    pub number: u32,
    pub(crate) cells: &'r [(u32, Cell)],
}

impl<'r> Row<'r> {
    /// A row of cells in the order of their columns.
    #[must_use]
    pub fn new(number: u32, cells: &'r [(u32, Cell)]) -> Self {
        Self { number, cells }
    }

    /// The cell in a column, counted from zero.
    #[must_use]
    pub fn cell(&self, column: u32) -> Option<&'r Cell> {
        let found = self.cells.binary_search_by_key(&column, |it| it.0).ok()?;
        self.cells.get(found).map(|it| &it.1)
    }

    /// The cells that are not blank, with their columns.
    pub fn cells(&self) -> impl Iterator<Item = (u32, &'r Cell)> {
        self.cells.iter().filter(|it| !it.1.is_blank()).map(|it| (it.0, &it.1))
    }
}

/// Cells that are shown as one: what the first says holds for all. Rows are counted from one, columns
/// from zero, and the last ones are part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Merge {
    /// The first row and column.
    pub first: (u32, u32),
    /// The last row and column.
    pub last: (u32, u32),
}

/// What was noticed while rows were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Rows with something in them.
    pub rows: u64,
    /// The number of the last row, blank or not.
    pub last: u32,
    /// Cells whose value a formula computed.
    pub formulas: u64,
    /// Records in another encoding than the rest of the file.
    pub other_encoding: u64,
    /// Records with a quotation mark that nothing closes: the mark was taken for a letter.
    pub unclosed: u64,
    /// Characters that are none in the encoding of their record.
    pub unreadable: u64,
}

impl Seen {
    /// Adds what was noticed elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.last = self.last.max(other.last);
        self.formulas += other.formulas;
        self.other_encoding += other.other_encoding;
        self.unclosed += other.unclosed;
        self.unreadable += other.unreadable;
    }
}

impl Book {
    /// Opens a file; recognised by what it holds, not by its name.
    ///
    /// # Errors
    ///
    /// Returns [`SheetsError`] where it cannot be read, is of another kind, or is larger than a list
    /// can be.
    pub fn open(path: &Path) -> Result<Self, SheetsError> {
        let mut prefix = Vec::new();
        let file = File::open(path).map_err(SheetsError::io(path))?;
        let read = file.take(kind::PREFIX as u64).read_to_end(&mut prefix);
        read.map_err(SheetsError::io(path))?;
        if prefix.is_empty() {
            return Err(SheetsError::Empty);
        }
        let path = path.to_owned();
        match kind::recognise(&prefix).map_err(SheetsError::Unsuitable)? {
            Readable::Package => {
                let workbook = Workbook::open(&path)?;
                let sheets = workbook.sheets();
                Ok(Self { path, form: Form::Workbook, sheets, workbook: Some(workbook) })
            }
            Readable::Text => {
                let layout = Layout::find(&prefix);
                let sheets = vec![Sheet { name: String::new(), hidden: false }];
                Ok(Self { path, form: Form::Delimited(layout), sheets, workbook: None })
            }
        }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its form.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Its sheets, in their order.
    #[must_use]
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// Gives every row of a sheet that has something in it, until told to stop.
    ///
    /// # Errors
    ///
    /// Returns [`SheetsError`] where the file cannot be read to its end.
    pub fn rows(
        &self,
        sheet: usize,
        each: &mut dyn FnMut(&Row<'_>) -> ControlFlow<()>,
    ) -> Result<Seen, SheetsError> {
        match (&self.form, &self.workbook) {
            (Form::Delimited(layout), _) if sheet == 0 => delimited::rows(&self.path, layout, each),
            (Form::Workbook, Some(workbook)) => xlsx::rows(&self.path, workbook, sheet, each),
            _ => Err(SheetsError::NoSheet(sheet)),
        }
    }

    /// The merged cells of a sheet, in their order.
    ///
    /// # Errors
    ///
    /// Returns [`SheetsError`] where the file cannot be read to its end.
    pub fn merges(&self, sheet: usize) -> Result<Vec<Merge>, SheetsError> {
        match &self.workbook {
            Some(workbook) => xlsx::merges(&self.path, workbook, sheet),
            None => Ok(Vec::new()),
        }
    }
}
