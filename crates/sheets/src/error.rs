//! Why a table could not be read or answered.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// Why a table could not be read or answered, and what to do.
#[derive(Debug, Error)]
pub enum SheetsError {
    /// The system refused.
    #[error("`{}`: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// It is a file of another kind.
    #[error("the file is {0}")]
    Unsuitable(Unsuitable),
    /// It is empty.
    #[error("the file is empty")]
    Empty,
    /// It unpacks to more than any list does, or is made of too many parts.
    #[error(
        "the workbook is larger than a list can be ({0}); save the sheet with the list as a workbook of its own"
    )]
    TooLarge(&'static str),
    /// A part of the workbook is not what it should be.
    #[error(
        "the workbook is damaged: `{part}`: {what}; open it in an office program, save it as `.xlsx` and try again"
    )]
    Damaged {
        /// The part.
        part: String,
        /// What is wrong.
        what: String,
    },
    /// A record of delimited text does not end.
    #[error("line {0} is longer than 1 MiB; the file is no table, or its line ends are lost")]
    LongRecord(u64),
    /// A record has too many fields.
    #[error("row {0} has more than 16,384 columns; the file is no table")]
    WideRecord(u32),
    /// No such sheet.
    #[error("there is no sheet {0}")]
    NoSheet(usize),
    /// The file is no longer the one that was opened.
    #[error("`{}` changed while it was read; try again", .0.display())]
    Changed(PathBuf),
}

/// Kinds of file that are often taken for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsuitable {
    /// A workbook that a password opens.
    Password,
    /// A workbook of an old office program (`.xls`, `.et`).
    OldWorkbook,
    /// A binary workbook (`.xlsb`).
    BinaryWorkbook,
    /// An `OpenDocument` file.
    OpenDocument,
    /// A text document (`.docx`, `.wps`).
    TextDocument,
    /// A PDF.
    Pdf,
    /// A picture.
    Picture,
    /// A page or an XML file.
    Page,
    /// An archive.
    Archive,
    /// Something that is no text.
    Binary,
}

impl Unsuitable {
    /// Its name in message catalogues.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::OldWorkbook => "old-workbook",
            Self::BinaryWorkbook => "binary-workbook",
            Self::OpenDocument => "open-document",
            Self::TextDocument => "text-document",
            Self::Pdf => "pdf",
            Self::Picture => "picture",
            Self::Page => "page",
            Self::Archive => "archive",
            Self::Binary => "binary",
        }
    }
}

impl fmt::Display for Unsuitable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password => {
                "protected by a password to open it; open it, save it without one and try again"
            }
            Self::OldWorkbook => {
                "an old workbook (`.xls` or `.et`); open it, save it as `.xlsx` and try again"
            }
            Self::BinaryWorkbook => {
                "a binary workbook (`.xlsb`); open it, save it as `.xlsx` and try again"
            }
            Self::OpenDocument => {
                "an OpenDocument file (`.ods`); open it, save it as `.xlsx` and try again"
            }
            Self::TextDocument => {
                "a text document; copy its table into a workbook, save that as `.xlsx` and try again"
            }
            Self::Pdf => {
                "a PDF; ask the sender for the workbook, or copy its table into one and save that as `.xlsx`"
            }
            Self::Picture => {
                "a picture; ask the sender for the workbook, or type the rows into one"
            }
            Self::Page => {
                "a page or an XML file; open it in an office program, save it as `.xlsx` and try again"
            }
            Self::Archive => "an archive; unpack it and give the workbook in it",
            Self::Binary => "neither a workbook (`.xlsx`) nor text (CSV, TSV)",
        })
    }
}

impl SheetsError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |cause| Self::Io { path, cause }
    }

    pub(crate) fn damaged(part: &str, what: impl Into<String>) -> Self {
        Self::Damaged { part: part.to_owned(), what: what.into() }
    }
}
