//! Collectors: from one source to observations, in a stream.
//!
//! Invariant: knows no detector and no knowledge, only an [`Interest`](minehound_model::Interest);
//! a bad record is counted, never fatal; nothing outside is changed, resolved or probed.

pub mod blocks;
mod capture;
mod gather;
pub mod geo;
pub mod host;
pub mod logs;
mod sink;
mod source;
pub mod stated;
mod unpack;
mod walk;

pub use gather::{Gathered, Progress, gather, gather_assuming, host_kind, total_bytes};
pub use minehound_logs::Assumed;
pub use sink::{Collected, MAX_LISTED_SKIPS, Reason, Sink, Skips};
pub use source::{Seal, Sealing, hex, sha256};
pub use walk::{Failed, Named, Walk, usual_error, walk};
