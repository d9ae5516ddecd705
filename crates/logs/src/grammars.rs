//! The grammars there are, and which one a file follows.

use std::cmp::Reverse;
use std::sync::LazyLock;

use crate::grammar::schema::GrammarFile;
use crate::grammar::{Grammar, compile::compile};
use crate::{Assumed, Entry, Line, Lines, Reader, Split};

/// The grammars in the order in which they are tried.
#[derive(Debug)]
pub struct Grammars {
    grammars: Vec<Grammar>,
}

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/logs.postcard"));

static SHIPPED: LazyLock<Grammars> = LazyLock::new(|| Grammars { grammars: shipped() });

/// The build script checked their form, the tests compile each of them.
fn shipped() -> Vec<Grammar> {
    let files: Vec<GrammarFile> = postcard::from_bytes(PACKED).unwrap_or_default();
    files.iter().filter_map(|it| compile(it).ok()).collect()
}

/// A user's grammar that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadGrammar(String);

/// How well a file's head fits a grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Lines or records that say something.
    pub entries: u32,
    /// Those that belong to the format and say nothing.
    pub silent: u32,
    /// Those that do not fit.
    pub refused: u32,
    /// How many fields the entries hold together.
    pub fields: u32,
    /// Whether a header says what the format is.
    pub headed: bool,
}

impl Share {
    /// Entries among what should be entries, in thousandths.
    #[must_use]
    pub fn permille(&self) -> u32 {
        let all = self.entries + self.refused;
        self.entries.saturating_mul(1000).checked_div(all).unwrap_or(0)
    }
}

impl Grammars {
    /// Those of the product.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Those of the product, and before them one that a user wrote.
    ///
    /// # Errors
    ///
    /// Which key of the text is wrong, and what is allowed.
    pub fn with(map_toml: &str) -> Result<Self, BadGrammar> {
        let file: GrammarFile =
            toml::from_str(map_toml).map_err(|it| BadGrammar(it.to_string()))?;
        let own = compile(&file).map_err(BadGrammar)?;
        let mut grammars = vec![own];
        grammars.extend(shipped().into_iter().filter(|it| it.id() != file.id));
        Ok(Self { grammars })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Grammar> {
        self.grammars.iter()
    }

    /// The one with this id.
    #[must_use]
    pub fn named(&self, id: &str) -> Option<&Grammar> {
        self.grammars.iter().find(|it| it.id() == id)
    }

    /// The grammar that a file follows, by its first bytes: at least half of the lines that
    /// should say something do.
    #[must_use]
    pub fn recognise(&self, head: &[u8]) -> Option<&Grammar> {
        self.fitting(head).into_iter().next().map(|(grammar, _)| grammar)
    }

    /// All grammars that the first bytes of a file fit, the best one first: a file that many
    /// devices write holds lines of several.
    #[must_use]
    pub fn fitting(&self, head: &[u8]) -> Vec<(&Grammar, Share)> {
        let lines = split(head);
        let shares: Vec<_> = self.grammars.iter().map(|it| (it, share(it, &lines))).collect();
        let (mut fitting, headed): (Vec<_>, Vec<_>) = shares
            .iter()
            .copied()
            .filter(|(_, it)| it.entries >= it.refused && (it.entries > 0 || it.headed))
            .partition(|(_, it)| it.entries > 0);
        // A log in which nothing happened yet is one all the same.
        if fitting.is_empty() && !headed.is_empty() {
            return headed;
        }
        if fitting.is_empty() {
            fitting = together(shares, lines.len());
        }
        let fullness = |it: &Share| it.fields.saturating_mul(100) / it.entries.max(1);
        fitting.sort_by_key(|(_, it)| Reverse((it.permille(), it.entries, fullness(it))));
        fitting
    }
}

/// Where many devices write to one file, no product has half of its lines, but all of them together do.
fn together(shares: Vec<(&Grammar, Share)>, lines: usize) -> Vec<(&Grammar, Share)> {
    let telling = |it: &Share| it.entries > 0 && it.fields / it.entries.max(1) >= MIN_FIELDS;
    let some: Vec<_> = shares.into_iter().filter(|it| telling(&it.1)).collect();
    let understood: u32 = some.iter().map(|it| it.1.entries).sum();
    let enough = usize::try_from(understood).unwrap_or(usize::MAX).saturating_mul(2);
    if enough >= lines { some } else { Vec::new() }
}

/// A line of fewer fields may be anybody's.
const MIN_FIELDS: u32 = 3;

/// The lines of a head, its last one left out if it is cut.
fn split(head: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut splitter = Lines::new(head);
    while let Ok(Some(line)) = splitter.next_line() {
        if let Split::Text(text) = line.what {
            lines.push(text.to_vec());
        }
    }
    if head.last() != Some(&b'\n') && head.len() > HEAD_CUT {
        lines.pop();
    }
    lines
}

/// A head of this size is a part of a longer file.
const HEAD_CUT: usize = 4 << 10;

fn share(grammar: &Grammar, lines: &[Vec<u8>]) -> Share {
    let mut reader = Reader::new(grammar, Assumed::ANY);
    let mut share = Share { entries: 0, silent: 0, refused: 0, fields: 0, headed: false };
    for line in lines {
        count(&mut share, &reader.line(line));
    }
    count(&mut share, &reader.finish());
    share.headed = reader.is_headed();
    share
}

fn count(share: &mut Share, line: &Line<'_>) {
    match line {
        Line::Entry(entry) => {
            share.entries += 1;
            share.fields += told(entry);
        }
        Line::Nothing => share.silent += 1,
        Line::Refused(_) => share.refused += 1,
    }
}

fn told(entry: &Entry<'_>) -> u32 {
    u32::try_from(entry.told().len()).unwrap_or(u32::MAX)
}
