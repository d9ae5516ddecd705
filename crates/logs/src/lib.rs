//! Lines of logs into entries: firewalls, translators, resolvers, leases, accounts, sensors.
//!
//! Invariant: a line is understood, empty of news or refused with its reason, and all three are
//! counted by whoever reads. An entry borrows from its line; memory does not grow with the file.

pub mod dnstap;
mod dress;
mod encoding;
mod engine;
mod entry;
mod fill;
mod grammar;
mod grammars;
mod lines;
mod moment;
mod number;
mod reader;
mod syslog;
mod time;
mod told;
mod unescape;

pub use encoding::Encoding;
pub use entry::{Action, Alert, Block, Entry, Kind, Line, Mac, Peer, Phase, Refusal};
pub use grammar::Grammar;
pub use grammars::{BadGrammar, Grammars, Share};
pub use lines::{Lines, Numbered, Split};
pub use moment::{Moment, Precision};
pub use reader::Reader;
pub use time::Assumed;

/// The longest line, and the longest record of several lines, in bytes of UTF-8. Longer ones are
/// refused.
pub const MAX_LINE: usize = 64 << 10;
