//! What is wrong with a scenario file: where, what, and what would be right.

use std::fmt;

/// The first problem of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The file as it was named.
    pub file: String,
    /// The line, counted from one, where there is one.
    pub line: Option<usize>,
    /// The key with its table (`miner.dialect`); empty for a file that is no TOML.
    pub key: String,
    /// What is wrong.
    pub what: What,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The file is no TOML, in the words of the reader.
    Syntax(String),
    /// There is no such key; these there are.
    UnknownKey(Vec<String>),
    /// There is no such key, but one that is written nearly so.
    Misspelt(String),
    /// The value as written is not allowed.
    Wrong(String, Allowed),
    /// The key must be given.
    Missing(Allowed),
}

/// What is allowed in a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Allowed {
    /// One of these words.
    OneOf(Vec<String>),
    /// A list of these words.
    ListOf(Vec<String>),
    /// A number from, to.
    Number(f64, f64),
    /// A number or a pair of numbers from, to.
    Span(f64, f64),
    /// A number from, to, or `never`.
    NumberOrNever(f64, f64),
    /// Written in one of these ways.
    Form(Vec<String>),
    /// Only where one of these (`key = "word"`) stands beside it.
    Beside(Vec<String>),
    /// A file of block times that covers so many seconds.
    BlockTimes(f64),
    /// A network of at most this prefix.
    Room(u8),
    /// A whole number from, to.
    Integer(u64, u64),
    /// A length of time from, to (seconds).
    Duration(f64, f64),
    /// A moment.
    Time,
    /// An IPv4 network.
    Range,
    /// An IP address.
    Address,
    /// A text.
    Text,
    /// true or false.
    Flag,
    /// A table.
    Table,
    /// Several tables with doubled brackets.
    Tables,
}

/// Words in backticks with commas between.
#[must_use]
pub fn listed(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

impl Allowed {
    /// Only where a key is one of these words.
    pub(super) fn beside<'a>(key: &str, words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Beside(words.into_iter().map(|word| format!("{key} = \"{word}\"")).collect())
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(words) => write!(to, "one of {}", listed(words)),
            Self::ListOf(words) => write!(to, "a list of {}", listed(words)),
            Self::Number(low, high) => write!(to, "a number from {low} to {high}"),
            Self::Span(low, high) => {
                write!(to, "a number from {low} to {high}, or two such as `[low, high]`")
            }
            Self::NumberOrNever(low, high) => {
                write!(to, "a number from {low} to {high}, or `never`")
            }
            Self::Form(forms) => write!(to, "one of the forms {}", listed(forms)),
            Self::Beside(others) => write!(to, "only beside one of {}", listed(others)),
            Self::BlockTimes(seconds) => write!(
                to,
                "a file with a Unix time or `time,height` a line, over at least {seconds} seconds"
            ),
            Self::Room(prefix) => write!(
                to,
                "a network of /{prefix} or larger: its first twenty addresses are kept for servers"
            ),
            Self::Integer(low, high) => write!(to, "a whole number from {low} to {high}"),
            Self::Duration(low, high) => {
                write!(
                    to,
                    "a time such as `90s`, `20m`, `24h` or `7d`, from {low} to {high} seconds"
                )
            }
            Self::Time => write!(to, "a moment such as 2026-01-05T08:00:00Z"),
            Self::Range => write!(to, "an IPv4 network such as `192.168.1.0/24`, /8 to /30"),
            Self::Address => write!(to, "an IPv4 address such as `203.0.113.7`"),
            Self::Text => write!(to, "a text in quotation marks"),
            Self::Flag => write!(to, "true or false"),
            Self::Table => write!(to, "a table"),
            Self::Tables => write!(to, "tables written with doubled brackets"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "`{}`", self.file)?;
        if let Some(line) = self.line {
            write!(to, ", line {line}")?;
        }
        if !self.key.is_empty() {
            write!(to, ", key `{}`", self.key)?;
        }
        match &self.what {
            What::Syntax(words) => write!(to, ": this is no TOML: {words}"),
            What::UnknownKey(keys) => {
                write!(to, ": there is no such key here; allowed: {}", listed(keys))
            }
            What::Misspelt(meant) => {
                write!(to, ": there is no such key here; did you mean `{meant}`?")
            }
            What::Wrong(found, allowed) => write!(to, ": `{found}` is wrong; allowed: {allowed}"),
            What::Missing(allowed) => write!(to, ": it is missing; give {allowed}"),
        }
    }
}

impl std::error::Error for Problem {}
