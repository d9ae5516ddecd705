//! A list of clues that somebody sent, read in their own words: which column means what, what each
//! row says, and which cell an answer belongs into.
//!
//! Invariant: what a column was taken for is told and can be set; a row that cannot be read is
//! counted with its reason; flat memory but for the clues themselves, whose number is bounded. Nothing
//! is known here of pools, machines or logs.

mod columns;
mod header;
mod moment;
mod read;
mod role;
mod value;

pub use columns::{Column, Columns, ColumnsError, Given};
pub use moment::{moment, offset_seconds};
pub use read::{Found, List, MAX_CLUES, Reading, Table, read};
pub use role::Role;
