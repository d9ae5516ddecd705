//! What a line says, in one shape for all logs.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use crate::Moment;

/// What became of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<'l> {
    /// It says something.
    Entry(Box<Entry<'l>>),
    /// It belongs to the format and says nothing by itself: a comment, a header, a blank, a part
    /// of a longer record.
    Nothing,
    /// It does not fit the grammar.
    Refused(Refusal),
}

/// Why a line was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// It is longer than any line of a log.
    TooLong,
    /// It has not the shape of this grammar.
    Shape,
    /// A field that must be an address is none.
    Address,
    /// A field that must be a moment is none.
    Moment,
    /// A field that must be a number is none, or is out of bounds.
    Number,
    /// It stops in its middle.
    CutOff,
    /// Its bytes are text in no encoding that was expected.
    Encoding,
}

impl Refusal {
    /// The id of its message.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::TooLong => "line-too-long",
            Self::Shape => "line-shape",
            Self::Address => "line-address",
            Self::Moment => "line-moment",
            Self::Number => "line-number",
            Self::CutOff => "line-cut-off",
            Self::Encoding => "line-encoding",
        }
    }
}

/// What kind of event an entry tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A connection through a firewall, perhaps translated.
    #[default]
    Session,
    /// A translation alone: which inner end an outer one stood for.
    Translation,
    /// A range of outer ports lent to an inner address.
    PortBlock,
    /// A name was asked for.
    Query,
    /// A request to a web proxy or gateway.
    Request,
    /// An address was lent to a hardware address.
    Lease,
    /// An account came on line, stayed or went.
    Login,
    /// An address was seen at a hardware address.
    Neighbour,
    /// A hardware address was seen at a switch port or an access point.
    Attachment,
    /// Another sensor raised an alert.
    Alert,
}

/// One end of a connection, as far as it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer {
    /// The address.
    pub ip: Option<IpAddr>,
    /// The port.
    pub port: Option<u16>,
}

impl Peer {
    /// Whether anything of it was written.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.ip.is_some()
    }
}

/// A hardware address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

/// Where in a longer event a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The line tells of the whole: `at` and `until` are both its own.
    #[default]
    Whole,
    /// It begins.
    Start,
    /// It goes on.
    Interim,
    /// It ends; `until` is the end, `at` the beginning where that was written.
    Stop,
    /// It was seen at this moment, and nothing is said of before and after.
    Seen,
}

/// What a device did with the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It passed.
    Allowed,
    /// It did not.
    Denied,
}

/// A range of ports, both ends in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

/// What another sensor says it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert<'l> {
    /// The rule's number or id.
    pub rule: Option<Cow<'l, str>>,
    /// The rule's words.
    pub words: Option<Cow<'l, str>>,
    /// Its class.
    pub class: Option<Cow<'l, str>>,
    /// Its severity, as written.
    pub severity: Option<Cow<'l, str>>,
}

/// What one line says. Text borrows from the line unless it had to be unescaped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry<'l> {
    /// What kind of event.
    pub kind: Kind,
    /// Where in the event this line stands.
    pub phase: Phase,
    /// When it began, or when it was seen.
    pub at: Option<Moment>,
    /// When it ended.
    pub until: Option<Moment>,
    /// The name or address of the device that wrote the line.
    pub device: Option<Cow<'l, str>>,
    /// The protocol: 6 TCP, 17 UDP.
    pub proto: Option<u8>,
    /// Who opened the connection, asked the name, held the lease: the inner end.
    pub from: Peer,
    /// Whom it went to.
    pub to: Peer,
    /// What `from` was translated to.
    pub outer: Peer,
    /// What `to` was translated to.
    pub to_translated: Peer,
    /// The lent ports of the outer address.
    pub block: Option<Block>,
    /// What was done with it.
    pub action: Option<Action>,
    /// Bytes from who opened it.
    pub bytes_up: Option<u64>,
    /// Bytes to who opened it.
    pub bytes_down: Option<u64>,
    /// The name: asked for, requested, or said in a TLS hello.
    pub name: Option<Cow<'l, str>>,
    /// The address that the name was answered with.
    pub answer: Option<IpAddr>,
    /// The hardware address of `from`.
    pub mac: Option<Mac>,
    /// The name that the machine calls itself.
    pub host_name: Option<Cow<'l, str>>,
    /// The account. Not a person.
    pub account: Option<Cow<'l, str>>,
    /// The switch or access server that `mac` is attached to.
    pub attached_to: Option<Cow<'l, str>>,
    /// The port or radio there.
    pub port_name: Option<Cow<'l, str>>,
    /// What names a session over its lines, for logs that write its start and stop apart.
    pub session: Option<Cow<'l, str>>,
    /// What the device took the application for.
    pub application: Option<Cow<'l, str>>,
    /// What another sensor found.
    pub alert: Option<Box<Alert<'l>>>,
}
