//! Reads the lines of one file by one grammar.

use std::borrow::Cow;

use crate::engine::columns::{Columns, Order};
use crate::engine::stanza::{Joined, Joiner};
use crate::engine::template::{Fit, Slots, Template};
use crate::fill::{Fate, Filling};
use crate::grammar::target::{Target, Text};
use crate::grammar::{Form, Grammar, Shape};
use crate::syslog::{self, Prefix};
use crate::time::{Parts, Years};
use crate::{Assumed, Line, MAX_LINE, Refusal};

/// A header stands among the first lines; later ones are refused without one.
const HEADER_WITHIN: u32 = 60;

/// Reads lines by a grammar. It keeps what earlier lines say of later ones: a header, a record
/// that is not whole yet, the year.
#[derive(Debug)]
pub struct Reader<'g> {
    grammar: &'g Grammar,
    state: State,
    joiner: Joiner,
}

#[derive(Debug)]
struct State {
    years: Years,
    /// The order of columns by the last header, for each form that it fits.
    headers: Vec<Option<Order>>,
    /// The last header.
    header: Vec<u8>,
    before_header: u32,
    carried: Carried,
}

/// What lines said about those after them.
#[derive(Debug, Default)]
struct Carried {
    texts: Vec<(Text, String)>,
    at: Option<Parts>,
}

impl<'g> Reader<'g> {
    /// A reader before its first line.
    #[must_use]
    pub fn new(grammar: &'g Grammar, assumed: Assumed) -> Self {
        let state = State {
            years: Years::new(assumed),
            headers: vec![None; grammar.forms.len()],
            header: Vec::new(),
            before_header: 0,
            carried: Carried::default(),
        };
        Self { grammar, state, joiner: Joiner::default() }
    }

    /// The grammar it reads by.
    #[must_use]
    pub fn grammar(&self) -> &'g Grammar {
        self.grammar
    }

    /// How many New Years the lines passed that cannot have been, since the file was handed in
    /// before: the file begins so many years earlier than was taken for granted. Read it again
    /// with [`Assumed::years_back`] set to this.
    #[must_use]
    pub fn years_to_go_back(&self) -> u16 {
        self.state.years.overrun()
    }

    /// Whether a header named the columns, or a line the device that its table is of: the format is known
    /// though nothing may have happened yet.
    #[must_use]
    pub fn is_headed(&self) -> bool {
        !self.state.header.is_empty() || !self.state.carried.texts.is_empty()
    }

    /// Reads a line, without its end. Lines are given in their order.
    pub fn line<'l>(&'l mut self, line: &'l [u8]) -> Line<'l> {
        if line.len() > MAX_LINE {
            return Line::Refused(Refusal::TooLong);
        }
        let Some(joining) = &self.grammar.joining else {
            return self.state.read(self.grammar, line);
        };
        let joined = self.joiner.add(joining, line);
        if joined == Joined::Stray {
            let quiet = self.grammar.is_quiet(line) || self.state.carry(self.grammar, line);
            return if quiet { Line::Nothing } else { Line::Refused(Refusal::Shape) };
        }
        self.record(joined)
    }

    /// Reads what is still open behind the last line.
    pub fn finish(&mut self) -> Line<'_> {
        let Some(joining) = &self.grammar.joining else { return Line::Nothing };
        let joined = self.joiner.finish(joining);
        self.record(joined)
    }

    fn record(&mut self, joined: Joined) -> Line<'_> {
        match joined {
            Joined::Waiting => Line::Nothing,
            Joined::TooLong => Line::Refused(Refusal::TooLong),
            Joined::CutOff => Line::Refused(Refusal::CutOff),
            Joined::Stray => Line::Refused(Refusal::Shape),
            Joined::Whole => self.state.read(self.grammar, &self.joiner.whole),
        }
    }
}

impl State {
    fn read<'l>(&'l mut self, grammar: &Grammar, line: &'l [u8]) -> Line<'l> {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            return Line::Nothing;
        }
        let mut prefix = Prefix { message: line, ..Prefix::default() };
        if grammar.syslog {
            prefix = syslog::part(line);
        }
        if !grammar.programs.is_empty() {
            let known = |name: &[u8]| grammar.programs.iter().any(|it| it == name);
            match (prefix.program, syslog::program(prefix.message)) {
                (Some(name), _) if known(name) => {}
                (Some(_), _) => return Line::Nothing,
                (None, Some((name, message))) if known(name) => {
                    (prefix.program, prefix.message) = (Some(name), message);
                }
                (None, Some(_)) if prefix.at.is_some() => return Line::Nothing,
                _ => {}
            }
        }
        if grammar.by_header
            && let Some(line) = self.header(grammar, prefix.message)
        {
            return line;
        }
        let mut refusal = Refusal::Shape;
        for (place, form) in grammar.forms.iter().enumerate() {
            let marked =
                form.marks.is_empty() || form.marks.iter().any(|it| it.find(line).is_some());
            if !marked {
                continue;
            }
            match self.try_form(grammar, form, place, &prefix) {
                Ok(filling) if filling.fate == Fate::Nothing => return Line::Nothing,
                Ok(filling) => return self.entry(grammar, form, filling, &prefix),
                Err(Refusal::Shape) => {}
                Err(other) => refusal = other,
            }
        }
        let quiet = grammar.is_quiet(prefix.message.trim_ascii_start())
            || self.carry(grammar, prefix.message);
        let ours = prefix.program.is_some() && refusal == Refusal::Shape;
        if quiet || ours { Line::Nothing } else { Line::Refused(refusal) }
    }

    /// What a line is that is a header, or that stands before the first one.
    fn header<'l>(&mut self, grammar: &Grammar, line: &[u8]) -> Option<Line<'l>> {
        if !self.header.is_empty() && self.header == line {
            return Some(Line::Nothing);
        }
        let columns = grammar.forms.iter().map(|it| match &it.shape {
            Shape::Columns(columns) if columns.fixed.is_none() => Some(columns),
            _ => None,
        });
        let begins = |it: &Columns| it.header.as_ref().is_some_and(|it| line.starts_with(it));
        if !self.header.is_empty() && !columns.clone().flatten().any(begins) {
            return grammar.is_quiet(line).then_some(Line::Nothing);
        }
        let headers: Vec<_> = columns.map(|it| it.and_then(|it| it.order(line))).collect();
        if headers.iter().any(Option::is_some) {
            (self.headers, self.header) = (headers, line.to_vec());
            return Some(Line::Nothing);
        }
        self.before_header = self.before_header.saturating_add(1);
        let quiet = self.before_header <= HEADER_WITHIN || grammar.is_quiet(line);
        Some(if quiet { Line::Nothing } else { Line::Refused(Refusal::Shape) })
    }

    /// The fields of a line, if it is of this form.
    fn try_form<'l>(
        &self,
        grammar: &Grammar,
        form: &Form,
        place: usize,
        prefix: &Prefix<'l>,
    ) -> Result<Filling<'l>, Refusal> {
        let message = prefix.message;
        let mut filling = Filling::new(form);
        match &form.shape {
            Shape::Pairs(pairs) => pairs.read(message, form, &mut filling)?,
            Shape::Json(paths) => paths.read(message, form, &mut filling)?,
            Shape::Templates(templates) if grammar.joining.is_some() => {
                let mut found = false;
                for line in message.split(|it| *it == b'\n') {
                    found |= fit_line(templates, form, line.trim_ascii(), &mut filling);
                }
                if !found {
                    return Err(Refusal::Shape);
                }
            }
            Shape::Templates(templates) => {
                return fit_one(templates, form, message.trim_ascii_start());
            }
            Shape::Columns(columns) => {
                let header = self.headers.get(place).and_then(|it| it.as_ref());
                let order = columns.fixed.as_ref().or(header).ok_or(Refusal::Shape)?;
                columns.read(order, message, form, &mut filling)?;
            }
        }
        if filling.fate == Fate::Unfit { Err(Refusal::Shape) } else { Ok(filling) }
    }

    fn entry<'l>(
        &'l mut self,
        grammar: &Grammar,
        form: &Form,
        mut filling: Filling<'l>,
        prefix: &Prefix<'l>,
    ) -> Line<'l> {
        if let Some(host) = prefix.host {
            filling.device(host);
        }
        if !filling.at.is_moment()
            && let Some(at) = prefix.at.or(self.carried.at)
        {
            filling.at.add(at);
        }
        if let Err(refusal) = filling.settle(form, &mut self.years, grammar.zone_s) {
            return Line::Refused(refusal);
        }
        for (text, value) in &self.carried.texts {
            filling.text(*text).get_or_insert(Cow::Borrowed(value.as_str()));
        }
        Line::Entry(Box::new(filling.entry))
    }

    /// Whether a line says something about those after it; keeps it.
    fn carry(&mut self, grammar: &Grammar, line: &[u8]) -> bool {
        let mut slots = Slots::new();
        let line = line.trim_ascii();
        grammar
            .carry
            .iter()
            .any(|it| it.fit(line, &mut slots) == Fit::Whole && self.keep(grammar, &slots))
    }

    /// Keeps what a line says about those after it; a line that says nothing after all is another one.
    fn keep(&mut self, grammar: &Grammar, slots: &Slots<'_>) -> bool {
        let mut filling = Filling::default();
        for (number, raw) in slots.iter() {
            filling.take(&grammar.carried, number, raw);
        }
        let mut says = filling.at.is_moment();
        if says {
            self.carried.at = Some(filling.at);
        }
        for target in grammar.carried.fields.iter().flat_map(|it| &it.targets) {
            let Target::Text(text) = target else { continue };
            let Some(value) = filling.text(*text).take() else { continue };
            self.carried.texts.retain(|(known, _)| known != text);
            self.carried.texts.push((*text, value.into_owned()));
            says = true;
        }
        says
    }
}

/// The first template that fits, if its fields do.
fn fit_one<'l>(
    templates: &[Template],
    form: &Form,
    line: &'l [u8],
) -> Result<Filling<'l>, Refusal> {
    let mut slots = Slots::new();
    let mut refusal = Refusal::Shape;
    for template in templates {
        match template.fit(line, &mut slots) {
            Fit::Not => continue,
            Fit::Part => {
                refusal = if refusal == Refusal::Shape { Refusal::CutOff } else { refusal };
                continue;
            }
            Fit::Whole => {}
        }
        let mut filling = Filling::new(form);
        for (number, raw) in slots.iter() {
            filling.take(form, number, raw);
        }
        match filling.refusal {
            _ if filling.fate == Fate::Unfit => {}
            Some(found) => refusal = found,
            None => return Ok(filling),
        }
    }
    Err(refusal)
}

/// Takes the fields of a line of a record into the record's entry.
fn fit_line<'l>(
    templates: &[Template],
    form: &Form,
    line: &'l [u8],
    filling: &mut Filling<'l>,
) -> bool {
    let mut slots = Slots::new();
    let fits = templates.iter().any(|it| it.fit(line, &mut slots) == Fit::Whole);
    if fits {
        for (number, raw) in slots.iter() {
            filling.take(form, number, raw);
        }
    }
    fits
}
