//! The vocabulary shared by every stage: entities, observations, findings, verdicts.
//!
//! Invariant: this crate performs no I/O, knows no file format and reads no clock.

mod artefact;
mod attribution;
mod clue;
mod dossier;
mod entity;
mod examined;
mod fact;
mod finding;
mod interest;
mod observation;
mod row;
mod ties;
mod trail;
mod verdict;
mod weight;

pub use artefact::Artefact;
pub use attribution::{Answer, Candidate, LogClock, Missing, Question, Standing, Step, Who};
pub use clue::{Behaviour, Clue, Graded, ListRow, Objection, PoolNamed, Support};
pub use dossier::Dossier;
pub use entity::{EntityId, EntityKind, UnknownEntity};
pub use examined::{Coverage, Examined, Extent};
pub use fact::*;
pub use finding::{Arg, Args, DetectorId, Dimension, Element, Evidence, Finding, Nature, Sign};
pub use interest::Interest;
pub use observation::{ArtefactId, Clock, Observation, Provenance, Records, Span};
pub use row::{
    DeviceRow, Estimate, Login, NodeRow, PowerRange, ProgramRow, Region, Row, SessionRow,
};
pub use ties::{Ask, Remembered, Ties, within};
pub use trail::{HardwareAddress, LineRef, Log, LogId, LogKind, Place, Tie, Tied};
pub use verdict::Verdict;
pub use weight::{Decibans, Probability};
