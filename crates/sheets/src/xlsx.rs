//! Workbooks (ISO/IEC 29500, `.xlsx`): rows out of their parts, and cells patched within them.

mod package;
mod parts;
mod patch;
mod rows;
mod scanner;
mod strings;
mod styles;
mod text;

pub(crate) use self::parts::Workbook;
pub(crate) use self::patch::write;
pub(crate) use self::rows::{merges, rows};

/// The most rows of a sheet.
pub(crate) const MAX_ROWS: u32 = 1_048_576;
/// The most columns of a sheet.
pub(crate) const MAX_COLUMNS: u32 = 16_384;

#[cfg(test)]
mod tests;
