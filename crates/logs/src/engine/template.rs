//! Literal text and fields between it: `client {from.ip}#{from.port}: query: {name} IN {_}`.

use memchr::{memchr, memmem};

use crate::fill::Raw;

/// The most fields of a template.
pub(crate) const MAX_FIELDS: usize = 24;

/// A compiled template.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) steps: Vec<Step>,
}

/// One step of a template.
#[derive(Debug)]
pub(crate) enum Step {
    Literal(Box<memmem::Finder<'static>>),
    /// A field by its number; `None` is skipped.
    Field(Option<u16>),
}

/// The values of a template's fields.
#[derive(Debug)]
pub(crate) struct Slots<'l> {
    values: [(u16, &'l [u8]); MAX_FIELDS],
    count: usize,
}

impl<'l> Slots<'l> {
    pub(crate) fn new() -> Self {
        Self { values: [(0, b""); MAX_FIELDS], count: 0 }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, Raw<'l>)> {
        self.values.iter().take(self.count).map(|(number, value)| (*number, Raw::plain(value)))
    }

    fn push(&mut self, number: u16, value: &'l [u8]) {
        if let Some(slot) = self.values.get_mut(self.count) {
            *slot = (number, value);
            self.count += 1;
        }
    }
}

/// How far a line fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Whole,
    /// It ends before the template does, after at least two of its literals.
    Part,
    Not,
}

impl Template {
    /// Parts a template into steps, each field's number given by `number`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn compile(
        text: &str,
        mut number: impl FnMut(&str) -> Result<Option<u16>, String>,
    ) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut literal = String::new();
        let mut chars = text.chars().peekable();
        while let Some(it) = chars.next() {
            match it {
                '{' if chars.peek() == Some(&'{') => {
                    chars.next();
                    literal.push('{');
                }
                '{' => {
                    let name: String = chars.by_ref().take_while(|it| *it != '}').collect();
                    if literal.is_empty() && matches!(steps.last(), Some(Step::Field(_))) {
                        return Err(format!(
                            "the template `{text}` has two fields with nothing between"
                        ));
                    }
                    push_literal(&mut steps, &mut literal);
                    let field = if name == "_" { None } else { number(&name)? };
                    steps.push(Step::Field(field));
                }
                ' ' if literal.ends_with(' ') => {}
                other => literal.push(other),
            }
        }
        push_literal(&mut steps, &mut literal);
        if steps.iter().filter(|it| matches!(it, Step::Field(Some(_)))).count() > MAX_FIELDS {
            return Err(format!("the template `{text}` has more than {MAX_FIELDS} fields"));
        }
        Ok(Self { steps })
    }

    /// Finds the fields. One space of the template stands for any number of them.
    pub(crate) fn fit<'l>(&self, line: &'l [u8], slots: &mut Slots<'l>) -> Fit {
        slots.count = 0;
        let mut rest = line;
        let mut literals = 0;
        let mut open: Option<Option<u16>> = None;
        for step in &self.steps {
            match step {
                Step::Field(number) => open = Some(*number),
                Step::Literal(finder) => {
                    let needle = finder.needle();
                    let at = match open {
                        None if rest.starts_with(needle) => Some(0),
                        None => None,
                        Some(_) => find(finder, rest),
                    };
                    let Some(at) = at else {
                        return if literals > 1 { Fit::Part } else { Fit::Not };
                    };
                    let (value, after) = rest.split_at_checked(at).unwrap_or((rest, b""));
                    if let Some(Some(number)) = open {
                        slots.push(number, value);
                    }
                    rest = after.get(needle.len()..).unwrap_or_default();
                    if needle.last() == Some(&b' ') {
                        rest = rest.trim_ascii_start();
                    }
                    open = None;
                    literals += 1;
                }
            }
        }
        match open {
            Some(Some(number)) => slots.push(number, rest),
            Some(None) => {}
            None if rest.trim_ascii().is_empty() => {}
            None => return Fit::Not,
        }
        Fit::Whole
    }
}

fn push_literal(steps: &mut Vec<Step>, literal: &mut String) {
    if !literal.is_empty() {
        steps.push(Step::Literal(Box::new(memmem::Finder::new(literal.as_bytes()).into_owned())));
        literal.clear();
    }
}

#[inline]
fn find(finder: &memmem::Finder<'_>, haystack: &[u8]) -> Option<usize> {
    match finder.needle() {
        [byte] => memchr(*byte, haystack),
        // Literals are short and near: their first byte leads there sooner than a search set up.
        needle => {
            let first = *needle.first()?;
            let mut from = 0;
            for _ in 0..4 {
                let tail = haystack.get(from..)?;
                let at = memchr(first, tail)?;
                if tail.get(at..).is_some_and(|it| it.starts_with(needle)) {
                    return Some(from + at);
                }
                from += at + 1;
            }
            finder.find(haystack.get(from..)?).map(|it| from + it)
        }
    }
}
