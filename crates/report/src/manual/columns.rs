//! Where the columns of a sheet stand.

use std::collections::BTreeMap;

use minehound_assess::people::half_width;

use super::FIELDS;
use crate::{Catalogue, CatalogueError, Lang};

/// The heading of the hidden column that tells whom a row is about where its name is hidden.
pub(crate) const KEY: &str = "minehound-key";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The row id.
    Id,
    /// Places that tell whom the row is about.
    Key,
    /// When the report was made that the entries come from.
    Made,
    /// The digests of what that report was made from.
    Inputs,
    /// Where in its workbook the row stood.
    At,
    /// A field that people fill.
    People(&'static str),
}

/// The names that a column may go by.
pub(super) struct Names(BTreeMap<String, Column>);

impl Names {
    pub(super) fn of_both_languages() -> Result<Self, CatalogueError> {
        let mut names = BTreeMap::from([(plain(KEY), Column::Key)]);
        for lang in [Lang::Zh, Lang::En] {
            let words = Catalogue::of(lang)?;
            for (name, column) in [
                ("row-id", Column::Id),
                ("entries-made", Column::Made),
                ("inputs-sha256", Column::Inputs),
                ("entries-at", Column::At),
            ] {
                names.insert(plain(&words.named("column", name)), column);
            }
            for name in FIELDS {
                let aliases = words.named("manual-alias", name);
                let aliases = aliases.split(',').map(str::to_owned);
                for it in aliases.chain([words.named("manual", name)]) {
                    names.insert(plain(&it), Column::People(name));
                }
            }
        }
        Ok(Self(names))
    }

    fn column(&self, heading: &str) -> Option<Column> {
        self.0.get(&plain(heading)).copied()
    }
}

/// A name without spaces, in lower case and half width.
pub(super) fn plain(name: &str) -> String {
    let narrow = half_width(name);
    narrow.chars().filter(|it| !it.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// The columns of one sheet, by their places.
#[derive(Default)]
pub(super) struct Columns {
    /// The row of the headings.
    pub(super) head: u32,
    columns: BTreeMap<u32, Column>,
}

impl Columns {
    /// Takes a heading; the first row that is complete holds the headings.
    pub(super) fn heading(&mut self, names: &Names, (row, column): (u32, u32), text: &str) {
        if self.head != row {
            *self = Self { head: row, ..Self::default() };
        }
        let Some(name) = names.column(text) else { return };
        // An id that stands twice is a copy; a field that does may be filled in either.
        let taken = self.columns.values().any(|it| *it == name);
        if !taken || matches!(name, Column::People(_)) {
            self.columns.insert(column, name);
        }
    }

    /// Whether there is an id and something to fill.
    pub(super) fn complete(&self) -> bool {
        let has = |of: fn(&Column) -> bool| self.columns.values().any(of);
        has(|it| *it == Column::Id) && has(|it| matches!(it, Column::People(_)))
    }

    pub(super) fn at(&self, column: u32) -> Option<Column> {
        self.columns.get(&column).copied()
    }

    /// The places of the columns that people fill.
    pub(super) fn people(&self) -> impl Iterator<Item = u32> {
        let people = self.columns.iter().filter(|it| matches!(it.1, Column::People(_)));
        people.map(|it| *it.0)
    }
}
