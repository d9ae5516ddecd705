//! What people wrote, and whom of this run it is about.

mod anchor;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

pub use self::anchor::{Anchor, MASKED, NoAnchor, anchors};
use crate::case::{Manual, Origin, Workbook};
use crate::{Evidence, Item};

/// A workbook that people filled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// What it says about itself.
    pub workbook: Workbook,
    /// The rows that people filled.
    pub rows: Vec<FilledRow>,
}

/// One row that people filled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledRow {
    /// The row id as it stands: an item of the table, or an entity.
    pub id: String,
    /// Whom it stands for, where the row id is only a stand-in: the workbook was masked.
    pub masked: Option<Masked>,
    /// Where the entries come from, if from an earlier workbook than this one.
    pub origin: Option<Origin>,
    /// Where the row stands: its sheet, and its number counted from one.
    pub at: (String, u32),
    /// The places that tell whom it is about.
    pub anchors: Vec<Anchor>,
    /// What people wrote.
    pub manual: Manual,
}

/// A row of a masked workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// What the row goes by as long as it cannot be told whom it is about; made from its anchors.
    pub name: String,
}

/// Why what people wrote cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlaceError {
    /// A row of a masked workbook lost what tells whom it is about.
    #[error(
        "row {row} of sheet `{sheet}` stands for `{id}`, a name made by `--mask`, and its hidden column `minehound-key` is empty; fill the workbook as it was made, or one made without `--mask`"
    )]
    Nameless {
        /// The row id.
        id: String,
        /// The sheet.
        sheet: String,
        /// The row, counted from one.
        row: u32,
    },
    /// Two rows about one entity say different things.
    #[error(
        "sheet `{sheet}`, row {row}, and sheet `{other_sheet}`, row {other_row}, say different things about `{id}`; keep one of them"
    )]
    Conflict {
        /// Whom both are about.
        id: String,
        /// The sheet of one.
        sheet: String,
        /// Its row, counted from one.
        row: u32,
        /// The sheet of the other.
        other_sheet: String,
        /// Its row, counted from one.
        other_row: u32,
    },
}

/// Puts what people wrote into the evidence of this run.
///
/// A row belongs to what its id names. Where that is a stand-in of a masked workbook, it belongs
/// to the one entity whose findings rest on the places that the row is anchored to. Rows about
/// nothing in this run are kept, with where they come from.
///
/// # Errors
///
/// Returns [`PlaceError`] where it cannot be told whom a row is about, or two rows contradict
/// each other.
pub fn place(filled: Filled, evidence: &mut Evidence, items: &[Item]) -> Result<(), PlaceError> {
    let Filled { mut workbook, rows } = filled;
    let known: BTreeSet<String> = items
        .iter()
        .map(|it| it.id.clone())
        .chain(evidence.subjects.iter().map(|it| it.id.to_string()))
        .collect();
    let found = anchor::find(&rows, &evidence.subjects, &evidence.inputs);
    let inputs: Vec<_> = workbook.inputs.iter().map(|it| it.sha256.clone()).collect();
    let mut seen: BTreeMap<String, ((String, u32), Manual)> = BTreeMap::new();
    for (row, found) in rows.into_iter().zip(found) {
        let FilledRow { id, masked, origin, at, anchors, manual } = row;
        let id = match masked {
            None if known.contains(&id) => id,
            None => Some(half_width(&id)).filter(|it| known.contains(it)).unwrap_or(id),
            Some(_) if anchors.is_empty() => {
                return Err(PlaceError::Nameless { id, sheet: at.0, row: at.1 });
            }
            Some(masked) => found.unwrap_or(masked.name),
        };
        if let Some((other, said)) = seen.get(&id)
            && *said != manual
        {
            let ((other_sheet, other_row), (sheet, row)) = (other.clone(), at);
            return Err(PlaceError::Conflict { id, sheet, row, other_sheet, other_row });
        }
        if !known.contains(&id) {
            let origin = origin.unwrap_or_else(|| Origin {
                made: workbook.made.clone(),
                inputs: inputs.clone(),
                beyond: 0,
                at: format!("{}!{}", at.0, at.1),
                anchors: Vec::new(),
            });
            workbook.absent.insert(id.clone(), Origin { anchors, ..origin });
        }
        evidence.manual.insert(id.clone(), manual.clone());
        seen.insert(id, (at, manual));
    }
    evidence.workbook = Some(workbook);
    Ok(())
}

/// The text with full-width letters, digits and marks (U+FF01 to U+FF5E) as those of ASCII.
#[must_use]
pub fn half_width(text: &str) -> String {
    let narrow = |it: char| match u32::from(it) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(it),
        0x3000 => ' ',
        _ => it,
    };
    text.chars().map(narrow).collect()
}
