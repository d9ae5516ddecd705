//! Detectors: pure functions from what is known about an entity to findings.
//!
//! Invariant: no I/O, no clock, no randomness; the same dossier and the same knowledge give the
//! same findings, in the same order.

mod business;
pub mod clue;
mod detector;
mod example;
mod hardware;
pub mod hashrate;
pub mod knowledge;
mod network;
mod resource;
mod system;

pub use detector::{Detector, Judgement, Meta, Outcome, run};
pub use example::{Example, Expect};
pub use knowledge::{Knowledge, KnowledgeError};

/// Every detector, in the order of the inspection table.
pub fn detectors() -> impl Iterator<Item = &'static dyn Detector> {
    [
        hardware::DETECTORS,
        network::DETECTORS,
        system::DETECTORS,
        resource::DETECTORS,
        business::DETECTORS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
