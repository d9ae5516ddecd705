//! What a field of a line can mean.

use crate::time::Format;

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    From,
    To,
    Outer,
    ToTranslated,
}

/// Which of an entry's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    At,
    Until,
}

/// A text of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Device,
    HostName,
    Account,
    AttachedTo,
    PortName,
    Session,
    Application,
    Rule,
    Words,
    Class,
    Severity,
}

/// How a name is dressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dress {
    /// As it is, but for a trailing dot.
    Plain,
    /// In an address of the web, or `host:port`.
    Url,
    /// `(3)www(7)example(3)com(0)`.
    Counted,
}

/// What a field means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Ip(End),
    Port(End),
    /// Address and port in one.
    Peer(End),
    Time(When, Format),
    /// Seconds (1), or parts of them (1000 for milliseconds) from the beginning to the end.
    Duration(u32),
    Proto,
    BlockFirst,
    BlockLast,
    Block,
    BlockSize,
    BytesUp,
    BytesDown,
    Name(Dress),
    Answer,
    Mac,
    Text(Text),
}

/// The targets that take no argument.
const PLAIN: [(&str, Target); 34] = [
    ("from", Target::Peer(End::From)),
    ("from.ip", Target::Ip(End::From)),
    ("from.port", Target::Port(End::From)),
    ("to", Target::Peer(End::To)),
    ("to.ip", Target::Ip(End::To)),
    ("to.port", Target::Port(End::To)),
    ("outer", Target::Peer(End::Outer)),
    ("outer.ip", Target::Ip(End::Outer)),
    ("outer.port", Target::Port(End::Outer)),
    ("to_translated", Target::Peer(End::ToTranslated)),
    ("to_translated.ip", Target::Ip(End::ToTranslated)),
    ("to_translated.port", Target::Port(End::ToTranslated)),
    ("duration", Target::Duration(1)),
    ("proto", Target::Proto),
    ("block", Target::Block),
    ("block.first", Target::BlockFirst),
    ("block.last", Target::BlockLast),
    ("block.size", Target::BlockSize),
    ("bytes_up", Target::BytesUp),
    ("bytes_down", Target::BytesDown),
    ("name", Target::Name(Dress::Plain)),
    ("answer", Target::Answer),
    ("mac", Target::Mac),
    ("device", Target::Text(Text::Device)),
    ("host_name", Target::Text(Text::HostName)),
    ("account", Target::Text(Text::Account)),
    ("attached_to", Target::Text(Text::AttachedTo)),
    ("port_name", Target::Text(Text::PortName)),
    ("session", Target::Text(Text::Session)),
    ("application", Target::Text(Text::Application)),
    ("alert.rule", Target::Text(Text::Rule)),
    ("alert.words", Target::Text(Text::Words)),
    ("alert.class", Target::Text(Text::Class)),
    ("alert.severity", Target::Text(Text::Severity)),
];

impl Target {
    /// Reads a target: a name, for some with `:` and how it is written.
    ///
    /// # Errors
    ///
    /// What is allowed.
    pub(crate) fn compile(text: &str) -> Result<Self, String> {
        let (name, how) = text.split_once(':').unwrap_or((text, ""));
        let target = match (name, how) {
            ("at", how) => Self::Time(When::At, Format::compile(how)?),
            ("until", how) => Self::Time(When::Until, Format::compile(how)?),
            ("duration", "ms") => Self::Duration(1_000),
            ("name", "url") => Self::Name(Dress::Url),
            ("name", "counted") => Self::Name(Dress::Counted),
            (name, "") => return Self::plain(name).ok_or_else(|| unknown(text)),
            _ => return Err(unknown(text)),
        };
        Ok(target)
    }

    /// A target by its name alone.
    pub(crate) fn plain(name: &str) -> Option<Self> {
        PLAIN.iter().find(|(known, _)| *known == name).map(|(_, target)| target.clone())
    }
}

fn unknown(text: &str) -> String {
    let names: Vec<&str> = PLAIN.iter().map(|(name, _)| *name).collect();
    format!(
        "`{text}` is no field of an entry; there are: at, until (both with `:` and a pattern such as \
         %Y-%m-%d %H:%M:%S), duration:ms, name:url, name:counted, {}",
        names.join(", ")
    )
}
