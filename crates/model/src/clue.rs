//! A clue: a line of somebody's list, as far as it could be read, and how far it is borne out.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::Span;

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListRow {
    /// The sheet, counted from zero.
    pub sheet: usize,
    /// The row, counted from one.
    pub row: u32,
}

/// One clue: an outer address, when, and with which pool. A row that names several addresses or
/// ports gives several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clue {
    /// Where it stands in the list.
    pub at: ListRow,
    /// The sender's number of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The unit that the sender believes it to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The outer address.
    pub address: IpAddr,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The protocol: 6 TCP, 17 UDP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proto: Option<u8>,
    /// When, by the sender's clock; as wide as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Span>,
    /// The pool, as far as it is named.
    pub pool: PoolNamed,
    /// The coin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coin: Option<String>,
    /// The wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet: Option<String>,
    /// The worker's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    /// How often it was seen, or how many shares were handed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// What the sender says it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed: Option<Behaviour>,
    /// Until when an answer is due: milliseconds since 1970, the end of that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_ms: Option<i64>,
}

impl Clue {
    /// A clue that says nothing but an address.
    #[must_use]
    pub fn of(at: ListRow, address: IpAddr) -> Self {
        Self {
            at,
            number: None,
            unit: None,
            address,
            port: None,
            proto: None,
            seen: None,
            pool: PoolNamed::default(),
            coin: None,
            wallet: None,
            worker: None,
            count: None,
            claimed: None,
            due_ms: None,
        }
    }
}

/// A pool as far as a list names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PoolNamed {
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its host, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// How far something went, by what somebody says of it. In the order of how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// A name was asked for.
    Queried,
    /// A connection was made.
    Connected,
    /// Somebody logged in to a pool.
    LoggedIn,
    /// Shares were handed in.
    Shares,
}

/// A clue held against logs and knowledge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    /// How far it is borne out; none where nothing bears it out.
    pub found: Option<Behaviour>,
    /// By what.
    pub because: Vec<Support>,
    /// What speaks against it.
    pub objections: Vec<Objection>,
}

/// What bears a clue out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Support {
    /// How far.
    pub behaviour: Behaviour,
    /// Who saw it: a device or a sensor.
    pub device: String,
    /// What it saw: a name, an end, the words of a rule.
    pub what: String,
    /// When, by the clock of who saw it.
    pub span: Span,
}

/// What speaks against a clue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objection {
    /// A name was looked up, and nothing shows a connection.
    QueriedOnly,
    /// The pool's name is known to be of the past: it may have a new owner.
    ExpiredPool,
    /// The address serves many sites: a connection to it tells of none of them.
    SharedAddress,
    /// Who asked for the name asks for others: a resolver.
    Resolver,
    /// The pool's site is visited by people, and the port is that of web pages.
    WebSite,
    /// Whom the sender calls a pool, nobody else does.
    UnknownPool,
}

impl Objection {
    /// Its id in catalogues.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::QueriedOnly => "queried-only",
            Self::ExpiredPool => "expired-pool",
            Self::SharedAddress => "shared-address",
            Self::Resolver => "resolver",
            Self::WebSite => "web-site",
            Self::UnknownPool => "unknown-pool",
        }
    }
}

impl Behaviour {
    /// Its id in catalogues.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Queried => "queried",
            Self::Connected => "connected",
            Self::LoggedIn => "logged-in",
            Self::Shares => "shares",
        }
    }
}
