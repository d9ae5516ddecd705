//! What a column of a list may mean.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What the cells of a column must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// An address, perhaps with a port.
    Address,
    Port,
    /// A day with or without the time.
    Moment,
    TimeOfDay,
    /// A host, perhaps with a port or as a URL.
    Host,
    Count,
    Text,
    /// Nothing yet: somebody is asked to fill it.
    Answer,
}

/// What a column of a list means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The sender's number of the clue.
    Number,
    /// The unit that the sender believes it to be.
    Unit,
    /// The outer address.
    Address,
    /// Its port.
    Port,
    /// The protocol.
    Proto,
    /// When it was seen.
    Seen,
    /// From when it was seen.
    First,
    /// Until when it was seen.
    Last,
    /// The time of day, beside a column of days.
    Clock,
    /// The pool's name.
    PoolName,
    /// The host, host and port, or URL of the pool.
    PoolHost,
    /// The pool's address.
    PoolAddress,
    /// The pool's port.
    PoolPort,
    /// The coin.
    Coin,
    /// The wallet.
    Wallet,
    /// The worker's name.
    Worker,
    /// How often it was seen.
    Count,
    /// What it did: asked for the name, logged in, handed in shares.
    Behaviour,
    /// Until when an answer is due.
    Due,
    /// Answer: what was found.
    Result,
    /// Answer: whether it is true; only a person says so.
    Verified,
    /// Answer: what was done; only a person says so.
    Measure,
    /// Answer: the inner address.
    Inner,
    /// Answer: the hardware address.
    Mac,
    /// Answer: the machine's name.
    Machine,
    /// Answer: the account; not a person.
    Account,
    /// Answer: where it is.
    Place,
    /// Answer: whoever checked it; only they say so.
    Checker,
    /// Answer: when it was checked.
    Checked,
    /// Answer: room for more.
    Remark,
}

/// Each meaning with its id and what its cells hold, in the order of the declaration.
const TABLE: [(Role, &str, Holds); 30] = [
    (Role::Number, "number", Holds::Text),
    (Role::Unit, "unit", Holds::Text),
    (Role::Address, "address", Holds::Address),
    (Role::Port, "port", Holds::Port),
    (Role::Proto, "proto", Holds::Text),
    (Role::Seen, "seen", Holds::Moment),
    (Role::First, "first", Holds::Moment),
    (Role::Last, "last", Holds::Moment),
    (Role::Clock, "clock", Holds::TimeOfDay),
    (Role::PoolName, "pool-name", Holds::Text),
    (Role::PoolHost, "pool-host", Holds::Host),
    (Role::PoolAddress, "pool-address", Holds::Address),
    (Role::PoolPort, "pool-port", Holds::Port),
    (Role::Coin, "coin", Holds::Text),
    (Role::Wallet, "wallet", Holds::Text),
    (Role::Worker, "worker", Holds::Text),
    (Role::Count, "count", Holds::Count),
    (Role::Behaviour, "behaviour", Holds::Text),
    (Role::Due, "due", Holds::Moment),
    (Role::Result, "result", Holds::Answer),
    (Role::Verified, "verified", Holds::Answer),
    (Role::Measure, "measure", Holds::Answer),
    (Role::Inner, "inner", Holds::Answer),
    (Role::Mac, "mac", Holds::Answer),
    (Role::Machine, "machine", Holds::Answer),
    (Role::Account, "account", Holds::Answer),
    (Role::Place, "place", Holds::Answer),
    (Role::Checker, "checker", Holds::Answer),
    (Role::Checked, "checked", Holds::Answer),
    (Role::Remark, "remark", Holds::Answer),
];

impl Role {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.into_iter().map(|it| it.0)
    }

    /// Its id, as in `--columns`.
    #[must_use]
    pub fn id(self) -> &'static str {
        TABLE.iter().find(|it| it.0 == self).map_or("", |it| it.1)
    }

    pub(crate) fn holds(self) -> Holds {
        TABLE.iter().find(|it| it.0 == self).map_or(Holds::Text, |it| it.2)
    }

    /// Whether whoever gets the list fills it.
    #[must_use]
    pub fn is_answer(self) -> bool {
        self.holds() == Holds::Answer
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::all().find(|it| it.id() == text).ok_or(())
    }
}
