//! A case folder: what was imported into it, and what is asked of it.

pub(crate) mod attribute;
pub(crate) mod import;
mod lines;
mod moment;
mod read;
mod refused;

pub(crate) use read::assumed;
