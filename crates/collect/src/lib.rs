//! Collectors: from one source to observations, in a stream.
//!
//! Invariant: knows no detector and no knowledge, only an [`Interest`](minehound_model::Interest);
//! a bad record is counted, never fatal; nothing outside is changed, resolved or probed.

pub mod host;
mod sink;

pub use sink::{Collected, MAX_LISTED_SKIPS, Reason, Sink, Skips};
