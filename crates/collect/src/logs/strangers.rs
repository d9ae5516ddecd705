//! Lines that no product of a file understands may be of one that speaks later than its opening: a
//! collector writes what all devices send into one file. Only products that say something in one line are
//! found so: a record of many lines is told by the opening alone.

use minehound_logs::{Assumed, Grammar, Grammars, Line, Reader};

use super::Reading;

/// So many lines that nobody understands are looked at one by one, and of the others one in so many: a log
/// of one product has many that say nothing.
const ALL: u64 = 2_000;
const THEN_EACH: u64 = 32;
/// A line of fewer fields may be anybody's.
const MIN_FIELDS: usize = 3;

/// Looks for products that were not there at the beginning.
pub(super) struct Strangers<'g> {
    /// None where a person said which one is to be read.
    grammars: Option<&'g Grammars>,
    assumed: Assumed,
    seen: u64,
}

impl<'g> Strangers<'g> {
    pub(super) fn new(reading: &Reading<'g>) -> Self {
        let grammars = reading.grammar.is_none().then_some(reading.grammars);
        Self { grammars, assumed: reading.assumed, seen: 0 }
    }

    /// A reader of the product whose line this is: of several, the one that reads most out of it.
    pub(super) fn find(&mut self, line: &[u8], known: &[(Reader<'g>, u64)]) -> Option<Reader<'g>> {
        let grammars = self.grammars?;
        if line.trim_ascii().is_empty() {
            return None;
        }
        self.seen += 1;
        if self.seen > ALL && !self.seen.is_multiple_of(THEN_EACH) {
            return None;
        }
        let told = |grammar: &'g Grammar| {
            let fields = match Reader::new(grammar, self.assumed).line(line) {
                Line::Entry(entry) => entry.told().len(),
                Line::Nothing | Line::Refused(_) => 0,
            };
            (fields >= MIN_FIELDS).then_some((fields, grammar))
        };
        let strange =
            grammars.iter().filter(|it| !known.iter().any(|k| k.0.grammar().id() == it.id()));
        let best =
            strange.filter_map(told).max_by(|a, b| a.0.cmp(&b.0).then(b.1.id().cmp(a.1.id())));
        best.map(|(_, grammar)| Reader::new(grammar, self.assumed))
    }
}
