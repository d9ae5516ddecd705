//! What a column of a list may mean.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $holds:ident;)*) => {
        /// What a column of a list means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Role {
            $($(#[$doc])* #[serde(rename = $id)] $name,)*
        }

        impl Role {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its id, as in `--columns`.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            pub(crate) fn holds(self) -> Holds {
                match self { $(Self::$name => Holds::$holds,)* }
            }
        }
    };
}

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

roles! {
    /// The sender's number of the clue.
    Number = "number", Text;
    /// The unit that the sender believes it to be.
    Unit = "unit", Text;
    /// The outer address.
    Address = "address", Address;
    /// Its port.
    Port = "port", Port;
    /// The protocol.
    Proto = "proto", Text;
    /// When it was seen.
    Seen = "seen", Moment;
    /// From when it was seen.
    First = "first", Moment;
    /// Until when it was seen.
    Last = "last", Moment;
    /// The time of day, beside a column of days.
    Clock = "clock", TimeOfDay;
    /// The pool's name.
    PoolName = "pool-name", Text;
    /// The host, host and port, or URL of the pool.
    PoolHost = "pool-host", Host;
    /// The pool's address.
    PoolAddress = "pool-address", Address;
    /// The pool's port.
    PoolPort = "pool-port", Port;
    /// The coin.
    Coin = "coin", Text;
    /// The wallet.
    Wallet = "wallet", Text;
    /// The worker's name.
    Worker = "worker", Text;
    /// How often it was seen.
    Count = "count", Count;
    /// What it did: asked for the name, logged in, handed in shares.
    Behaviour = "behaviour", Text;
    /// Until when an answer is due.
    Due = "due", Moment;
    /// Answer: what was found.
    Result = "result", Answer;
    /// Answer: whether it is true; only a person says so.
    Verified = "verified", Answer;
    /// Answer: what was done; only a person says so.
    Measure = "measure", Answer;
    /// Answer: the inner address.
    Inner = "inner", Answer;
    /// Answer: the hardware address.
    Mac = "mac", Answer;
    /// Answer: the machine's name.
    Machine = "machine", Answer;
    /// Answer: the account; not a person.
    Account = "account", Answer;
    /// Answer: where it is.
    Place = "place", Answer;
    /// Answer: whoever checked it; only they say so.
    Checker = "checker", Answer;
    /// Answer: when it was checked.
    Checked = "checked", Answer;
    /// Answer: room for more.
    Remark = "remark", Answer;
}

impl Role {
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
        Self::ALL.iter().copied().find(|it| it.id() == text).ok_or(())
    }
}
