//! Grammars: how the lines of one product are read. They come from `knowledge/logs/*.toml`, or
//! from a file of the same form that a user hands over.

pub(crate) mod compile;
pub(crate) mod keys;
pub(crate) mod schema;
pub(crate) mod target;

use std::collections::BTreeMap;

pub(crate) use keys::Keys;
pub(crate) use target::Target;

use crate::engine::{
    columns::Columns, json::Paths, pairs::Pairs, stanza::Joining, template::Template,
};
use crate::{Action, Kind, Phase};

/// How the lines of one product are read.
#[derive(Debug)]
pub struct Grammar {
    /// Its id: the stem of its file in `knowledge/logs`.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) source: String,
    pub(crate) verified: bool,
    /// The zone of times that name none, in seconds east of Greenwich; otherwise the reader's.
    pub(crate) zone_s: Option<i32>,
    /// Whether lines may begin with what syslog puts before a message.
    pub(crate) syslog: bool,
    /// The programs whose messages these are; empty if any.
    pub(crate) programs: Vec<Vec<u8>>,
    /// Beginnings of lines that belong to the format and say nothing.
    pub(crate) quiet: Vec<Quiet>,
    pub(crate) joining: Option<Joining>,
    /// Lines that say something about those after them.
    pub(crate) carry: Vec<Template>,
    pub(crate) carried: Form,
    pub(crate) forms: Vec<Form>,
    /// Whether a header names the columns of its forms.
    pub(crate) by_header: bool,
}

/// A text by which a silent line is known.
#[derive(Clone, Debug)]
pub(crate) enum Quiet {
    Begins(Vec<u8>),
    Holds(Box<memchr::memmem::Finder<'static>>),
}

/// One form of line.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) shape: Shape,
    /// One of these must be in the line.
    pub(crate) marks: Vec<memchr::memmem::Finder<'static>>,
    pub(crate) first: Set,
    /// The fields, by number; shapes give the number.
    pub(crate) fields: Vec<Field>,
    pub(crate) need: Vec<Target>,
    /// Whether a value must say where in the event the line stands.
    pub(crate) need_phase: bool,
    /// Values that stand for "nothing known".
    pub(crate) gone: Vec<Vec<u8>>,
}

/// What a field of a line means.
#[derive(Debug, Default)]
pub(crate) struct Field {
    pub(crate) targets: Vec<Target>,
    /// What certain values say; the first that fits counts.
    pub(crate) values: Vec<(Value, Set)>,
}

/// A value that says something.
#[derive(Debug)]
pub(crate) enum Value {
    Is(Vec<u8>),
    Begins(Vec<u8>),
    Any,
}

/// What a value sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Set {
    pub(crate) kind: Option<Kind>,
    pub(crate) phase: Option<Phase>,
    pub(crate) action: Option<Action>,
    pub(crate) proto: Option<u8>,
    pub(crate) turn: bool,
    pub(crate) nothing: bool,
    pub(crate) unfit: bool,
}

/// How fields are found in a line.
#[derive(Debug)]
pub(crate) enum Shape {
    Pairs(Pairs),
    Columns(Columns),
    Templates(Vec<Template>),
    Json(Paths),
}

impl Grammar {
    /// Its id, by which a user names it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it reads, in the maker's terms.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Where the format is described.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the format was compared with public documentation or public lines; otherwise it
    /// was written from what is known of the product.
    #[must_use]
    pub fn verified(&self) -> bool {
        self.verified
    }

    /// Whether records run over several lines.
    #[must_use]
    pub fn joins_lines(&self) -> bool {
        self.joining.is_some()
    }

    pub(crate) fn is_quiet(&self, line: &[u8]) -> bool {
        self.quiet.iter().any(|it| match it {
            Quiet::Begins(text) => line.starts_with(text),
            Quiet::Holds(text) => text.find(line).is_some(),
        })
    }
}

/// The names of fields of a form while it is compiled, and their numbers.
pub(crate) type Numbers = BTreeMap<String, u16>;
