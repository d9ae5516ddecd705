//! Records of several lines, joined before they are read.

use crate::MAX_LINE;

/// How lines make a record.
#[derive(Clone, Debug)]
pub(crate) struct Joining {
    /// How its first line begins; empty: like any line that is not indented.
    pub(crate) begin: Vec<u8>,
    /// How its last line begins; `None`: a blank line ends it, or the next beginning.
    pub(crate) end: Option<Vec<u8>>,
    /// Whether lines outside of records are of the format and silent.
    pub(crate) outside: bool,
}

/// What became of a line of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// It belongs to a record that is not whole yet, or to none.
    Waiting,
    /// A record is whole.
    Whole,
    /// A record is whole but for its end.
    CutOff,
    /// A record was longer than any.
    TooLong,
    /// The line is of no record.
    Stray,
}

/// The record that is being joined, and the one before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Joiner {
    growing: Vec<u8>,
    open: bool,
    too_long: bool,
    pub(crate) whole: Vec<u8>,
}

impl Joiner {
    pub(crate) fn add(&mut self, joining: &Joining, line: &[u8]) -> Joined {
        let trimmed = line.trim_ascii();
        let begins = if joining.begin.is_empty() {
            line.first().is_some_and(|it| !it.is_ascii_whitespace())
        } else {
            trimmed.starts_with(&joining.begin)
        };
        if let Some(end) = &joining.end {
            if self.open && trimmed.starts_with(end) {
                self.grow(trimmed);
                return self.close();
            }
            if begins {
                let before = if self.open { self.close() } else { Joined::Waiting };
                self.begin(line);
                return if before == Joined::Whole { Joined::CutOff } else { before };
            }
        } else if begins || trimmed.is_empty() {
            let before = if self.open { self.close() } else { Joined::Waiting };
            if begins {
                self.begin(line);
            }
            return before;
        }
        if self.open {
            self.grow(line);
            return Joined::Waiting;
        }
        if joining.outside || trimmed.is_empty() { Joined::Waiting } else { Joined::Stray }
    }

    /// Ends the record that is open, if one is.
    pub(crate) fn finish(&mut self, joining: &Joining) -> Joined {
        if !self.open {
            return Joined::Waiting;
        }
        match self.close() {
            Joined::Whole if joining.end.is_some() => Joined::CutOff,
            other => other,
        }
    }

    fn begin(&mut self, line: &[u8]) {
        self.open = true;
        self.too_long = false;
        self.growing.clear();
        self.grow(line);
    }

    fn grow(&mut self, line: &[u8]) {
        if self.growing.len() + line.len() >= MAX_LINE {
            self.too_long = true;
        } else {
            self.growing.extend_from_slice(line);
            self.growing.push(b'\n');
        }
    }

    fn close(&mut self) -> Joined {
        self.open = false;
        std::mem::swap(&mut self.growing, &mut self.whole);
        self.growing.clear();
        if self.too_long { Joined::TooLong } else { Joined::Whole }
    }
}
