//! The form of a grammar's file. The build script reads it too, so it stands on `serde` alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file of `knowledge/logs`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrammarFile {
    /// The name by which a user asks for it: lower-case letters, digits and hyphens.
    pub(crate) id: String,
    /// What it reads.
    pub(crate) title: String,
    /// Where the format is described.
    pub(crate) source: String,
    /// Whether it was compared with public documentation or public lines.
    #[serde(default)]
    pub(crate) verified: bool,
    /// The zone of times that name none: `+08:00`, `UTC`, or left out for the reader's.
    #[serde(default)]
    pub(crate) zone: Option<String>,
    /// Whether lines may begin with what syslog puts before a message.
    #[serde(default)]
    pub(crate) syslog: bool,
    /// The programs whose messages these are.
    #[serde(default)]
    pub(crate) programs: Vec<String>,
    /// Beginnings of lines that say nothing; with a `*` before it, it may stand anywhere.
    #[serde(default)]
    pub(crate) quiet: Vec<String>,
    /// How lines make a record.
    #[serde(default)]
    pub(crate) join: Option<JoinFile>,
    /// Templates of lines that say something about those after them.
    #[serde(default)]
    pub(crate) carry: Vec<String>,
    /// The forms of line, in the order in which they are tried.
    #[serde(default, rename = "form")]
    pub(crate) forms: Vec<FormFile>,
    /// Lines and what they say: the grammar's tests. The build script leaves them out.
    #[serde(default, rename = "sample")]
    pub(crate) samples: Vec<SampleFile>,
}

/// How lines make a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinFile {
    /// A record begins with a line that begins so; empty: with any line that is not indented.
    #[serde(default)]
    pub(crate) begin: String,
    /// It ends with a line that begins so; left out: with a blank line or the next beginning.
    #[serde(default)]
    pub(crate) end: Option<String>,
    /// Whether lines outside of records are of the format and silent.
    #[serde(default)]
    pub(crate) outside: bool,
}

/// One form of line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormFile {
    /// What kind of event, unless a value says otherwise.
    #[serde(default)]
    pub(crate) kind: Option<String>,
    /// Where in the event the line stands, unless a value says otherwise.
    #[serde(default)]
    pub(crate) phase: Option<String>,
    /// What was done, unless a value says otherwise.
    #[serde(default)]
    pub(crate) action: Option<String>,
    /// The protocol, unless a field says otherwise.
    #[serde(default)]
    pub(crate) proto: Option<u8>,
    /// Texts of which one must be in the line.
    #[serde(default)]
    pub(crate) marks: Vec<String>,
    /// Fields without which a line is refused; `phase` if a value must say where in the event the
    /// line stands.
    #[serde(default)]
    pub(crate) need: Vec<String>,
    /// Values that stand for "nothing known".
    #[serde(default)]
    pub(crate) gone: Vec<String>,
    /// How fields are found: exactly one of the following.
    #[serde(default)]
    pub(crate) pairs: Option<PairsFile>,
    /// Columns in a fixed order, or by a header.
    #[serde(default)]
    pub(crate) columns: Option<ColumnsFile>,
    /// Literal text and `{fields}`.
    #[serde(default)]
    pub(crate) templates: Vec<String>,
    /// Objects of JSON.
    #[serde(default)]
    pub(crate) json: bool,
    /// What fields mean, by their name in the line.
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, OneOrMore>,
    /// What values of a field say.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, BTreeMap<String, SetFile>>,
}

/// One meaning, or several of the same field.
#[derive(Clone, Debug)]
pub(crate) struct OneOrMore(pub(crate) Vec<String>);

impl Serialize for OneOrMore {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a text or a list of texts")]
        enum Written {
            One(String),
            More(Vec<String>),
        }
        if deserializer.is_human_readable() {
            Ok(Self(match Written::deserialize(deserializer)? {
                Written::One(it) => vec![it],
                Written::More(it) => it,
            }))
        } else {
            Vec::deserialize(deserializer).map(Self)
        }
    }
}

/// `key=value` pairs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairsFile {
    /// What stands between pairs.
    pub(crate) separator: String,
    /// What stands between key and value.
    pub(crate) assign: String,
    /// Whether a number in parentheses behind a key is dropped: `SrcPort(1004)`.
    #[serde(default)]
    pub(crate) numbered: bool,
    /// The text after which the pairs begin.
    #[serde(default)]
    pub(crate) after: String,
}

/// Columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnsFile {
    /// What stands between columns.
    pub(crate) separator: String,
    /// Their names in order, `_` for those that say nothing; left out: a header names them.
    #[serde(default)]
    pub(crate) names: Vec<String>,
    /// How the header line begins; left out: it is the first line that names what is needed.
    #[serde(default)]
    pub(crate) header: Option<String>,
    /// Columns that a header must name beside those that are needed.
    #[serde(default)]
    pub(crate) requires: Vec<String>,
    /// The fewest columns of a whole line.
    #[serde(default)]
    pub(crate) least: usize,
    /// Whether key and value alternate after the named columns.
    #[serde(default)]
    pub(crate) tail: bool,
    /// The text after which the columns begin.
    #[serde(default)]
    pub(crate) after: String,
}

/// What a value sets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SetFile {
    /// The kind of event.
    pub(crate) kind: Option<String>,
    /// Where in the event the line stands.
    pub(crate) phase: Option<String>,
    /// What was done.
    pub(crate) action: Option<String>,
    /// The protocol.
    pub(crate) proto: Option<u8>,
    /// Both ends change places.
    pub(crate) turn: bool,
    /// The line says nothing.
    pub(crate) nothing: bool,
    /// The line is of another form.
    pub(crate) unfit: bool,
}

/// Lines and what they say.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read by tests")]
pub(crate) struct SampleFile {
    /// Where the lines come from.
    pub(crate) source: String,
    /// The lines.
    pub(crate) text: String,
    /// What each entry says, field by field.
    pub(crate) says: Vec<BTreeMap<String, String>>,
    /// How many lines are refused; 0 but for samples of what must be.
    #[serde(default)]
    pub(crate) refused: usize,
}
