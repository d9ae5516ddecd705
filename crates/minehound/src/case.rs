//! A case folder: what was imported into it, and what is asked of it.

mod answering;
pub(crate) mod attribute;
pub(crate) mod clue;
pub(crate) mod import;
mod lines;
mod list;
mod listen;
mod read;
mod refused;

pub(crate) use answering::{clocks, open};
pub(crate) use clue::{clues_by_list, device};
pub(crate) use read::assumed;
