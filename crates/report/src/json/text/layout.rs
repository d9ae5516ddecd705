//! The two layouts.

/// Members that are kept whole: their names are not ours.
const WHOLE: [&str; 3] = ["args", "manual", "profile"];

/// A comma, the end of the line, and the indentation of as many levels as reports have, and more.
const LINE: &[u8; 2 + 2 * LEVELS] = b",\n                                                ";
const LEVELS: usize = 24;

/// How JSON is laid out.
#[derive(Clone, Copy)]
pub(in crate::json) enum Layout {
    /// Sorted names and no spaces, without the members of these names.
    Canonical(&'static [&'static str]),
    /// One line a member, two spaces a level, so many levels deep.
    Indented(usize),
}

impl Layout {
    /// That of what an array or object holds.
    pub(super) fn inside(self) -> Self {
        match self {
            Self::Canonical(_) => self,
            Self::Indented(depth) => Self::Indented(depth + 1),
        }
    }

    /// That of the value under a name.
    pub(super) fn under(self, name: &str) -> Self {
        match self {
            Self::Canonical(_) if WHOLE.contains(&name) => Self::Canonical(&[]),
            _ => self,
        }
    }

    pub(super) fn leaves_out(self, name: &str) -> bool {
        matches!(self, Self::Canonical(without) if without.contains(&name))
    }

    pub(super) fn sorts(self) -> bool {
        matches!(self, Self::Canonical(_))
    }

    /// What stands before an element or a name.
    pub(super) fn line(self, text: &mut Vec<u8>, first: bool) {
        let from = usize::from(first);
        match self {
            Self::Canonical(_) => text.extend_from_slice(LINE.get(from..1).unwrap_or_default()),
            Self::Indented(depth) => {
                let shown = depth.min(LEVELS);
                text.extend_from_slice(LINE.get(from..2 + 2 * shown).unwrap_or_default());
                (shown..depth).for_each(|_| text.extend_from_slice(b"  "));
            }
        }
    }

    /// What stands between a name and its value.
    pub(super) fn colon(self, text: &mut Vec<u8>) {
        text.extend_from_slice(if self.sorts() { b":" } else { b": " });
    }

    /// What stands before the bracket that ends what is inside.
    pub(super) fn end(self, text: &mut Vec<u8>, empty: bool) {
        match self {
            Self::Indented(depth) if !empty => {
                Self::Indented(depth.saturating_sub(1)).line(text, true);
            }
            _ => {}
        }
    }
}

/// The object of one member around the contents of an enumeration's variant.
pub(super) struct Variant {
    /// The layout of its member.
    pub(super) outer: Layout,
    /// Where the text goes back to in the end, where that member is left out.
    pub(super) undo: Option<usize>,
}

impl Variant {
    pub(super) fn close(self, text: &mut Vec<u8>) {
        match self.undo {
            Some(start) => text.truncate(start),
            None => self.outer.end(text, false),
        }
        text.push(b'}');
    }
}
