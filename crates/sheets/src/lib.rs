//! A table that somebody sent, as a stream of rows, and answers written into the same file.
//!
//! Workbooks (`.xlsx`) and delimited text (CSV, TSV; UTF-8, GBK, GB 18030, UTF-16). What a cell means
//! is not known here. Invariant: a file is read in flat memory, whatever it says about itself; an
//! answer changes the cell that it is for and nothing else of the file; text stays text.

mod answers;
mod book;
mod cell;
mod delimited;
mod error;
mod kind;
mod xlsx;

pub use answers::{Answer, Place, Written, write};
pub use book::{Book, Form, Merge, Row, Seen, Sheet};
pub use cell::{Cell, Kind, MAX_TEXT, column_name};
pub use delimited::{Encoding, Layout, LineEnd};
pub use error::{SheetsError, Unsuitable};
