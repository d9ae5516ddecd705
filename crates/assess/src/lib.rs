//! Fusion: from findings to a verdict per entity, with its reasons and its doubts.
//!
//! Invariant: sees findings and coverage, never observations or detectors; a verdict is explained
//! by what it carries.

pub mod case;
mod conclude;
mod exclusion;
mod fusion;
mod judge;
mod limit;
pub mod people;
mod scenario;
mod scoring;
mod table;

pub use case::Case;
pub use conclude::{Evidence, conclude};
pub use exclusion::{Exclusion, exclusion};
pub use judge::{Rules, Subject, judge};
pub use limit::CoinRhythm;
pub use scenario::{IntentSigns, Scenario};
pub use scoring::{Scoring, ScoringError, SignWeight};
pub use table::Item;
