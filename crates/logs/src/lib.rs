//! Lines of logs into entries: firewalls, translators, resolvers, leases, accounts, sensors.
//!
//! Invariant: a line is understood, empty of news or refused with its reason, and all three are
//! counted by whoever reads. An entry borrows from its line; memory does not grow with the file.

mod entry;
mod moment;

pub use entry::{Action, Alert, Block, Entry, Kind, Line, Mac, Peer, Phase, Refusal};
pub use moment::{Moment, Precision};
