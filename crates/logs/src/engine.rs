//! How fields are found in lines: one small engine per shape.

pub(crate) mod columns;
pub(crate) mod json;
pub(crate) mod pairs;
pub(crate) mod stanza;
pub(crate) mod template;

use crate::Refusal;

/// What an engine made of a line: it filled fields in, or it did not.
pub(crate) type Found = Result<(), Refusal>;
