//! A campus as its logs show it: nested translators, leases that change hands, accounts, roaming, clocks
//! that are off, lines that are missing; and the list that a superior sends about it.
//!
//! Every log is written as its maker's devices write it, in the order of time of the device. Nothing is
//! kept but what is open: the world is played once and streamed.

mod book;
mod line;
mod list;
mod people;
mod plan;
mod play;
mod stamp;
mod truth;

pub use play::{Campus, Told};
pub use truth::{DeviceTruth, LogsTruth, RowTruth};
