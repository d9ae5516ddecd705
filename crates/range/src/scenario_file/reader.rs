//! Reads one table of a scenario file and remembers which keys exist, so that others are refused.

use std::cell::RefCell;
use std::net::Ipv4Addr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Span;
use super::problem::{Allowed, Problem, What};

/// The line of a place in a text, counted from one.
pub(super) fn line(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}

/// A scenario file as TOML.
pub(super) fn parse<'a>(file: &str, text: &'a str) -> Result<Spanned<DeTable<'a>>, Problem> {
    DeTable::parse(text).map_err(|error| Problem {
        file: file.to_owned(),
        line: error.span().map(|span| line(text, span.start)),
        key: String::new(),
        what: What::Syntax(error.message().trim().to_owned()),
    })
}

/// Whether a text says of itself that it is a scenario of this kind.
pub(super) fn is_kind(text: &str, wanted: &str) -> bool {
    let table = DeTable::parse(text).ok();
    let kind = table.and_then(|it| it.get_ref().get("kind")?.get_ref().as_str().map(str::to_owned));
    kind.as_deref() == Some(wanted)
}

/// One table.
pub(super) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    path: String,
    table: &'a DeTable<'a>,
    start: usize,
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        file: &'a str,
        text: &'a str,
        path: String,
        table: &'a DeTable<'a>,
        start: usize,
    ) -> Self {
        Self { file, text, path, table, start, known: RefCell::new(Vec::new()) }
    }

    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        if !self.known.borrow().contains(&key) {
            self.known.borrow_mut().push(key);
        }
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// The line of a key, or that where its table starts.
    pub(super) fn line(&self, key: &str) -> usize {
        let place = self.table.iter().find(|(name, _)| name.get_ref() == key);
        line(self.text, place.map_or(self.start, |(name, _)| name.span().start))
    }

    fn problem(&self, key: &str, what: What) -> Problem {
        let line = Some(self.line(key));
        let key =
            if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Problem { file: self.file.to_owned(), line, key, what }
    }

    /// The value of a key is not what it may be.
    pub(super) fn wrong(&self, key: &str, found: &str, allowed: Allowed) -> Problem {
        self.problem(key, What::Wrong(found.to_owned(), allowed))
    }

    /// The same of a value as it is written.
    pub(super) fn wrong_as_written(&self, key: &'static str, allowed: Allowed) -> Problem {
        let written = self.value(key).map(|value| self.as_written(value));
        self.wrong(key, &written.unwrap_or_default(), allowed)
    }

    fn as_written(&self, value: &Spanned<DeValue<'_>>) -> String {
        let written = self.text.get(value.span()).unwrap_or_default();
        let short: String = written.chars().take(60).collect();
        short.trim_matches(['"', '\'']).replace('\n', " ")
    }

    fn refuse<T>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        allowed: Allowed,
    ) -> Result<T, Problem> {
        Err(self.wrong(key, &self.as_written(value), allowed))
    }

    /// Refuses keys that nobody asked for.
    pub(super) fn finish(&self) -> Result<(), Problem> {
        let known = self.known.borrow();
        let stranger = self.table.iter().find(|(key, _)| !known.contains(&key.get_ref().as_ref()));
        let Some((key, _)) = stranger else { return Ok(()) };
        if let Some(meant) = known.iter().find(|it| nearly(it, key.get_ref())) {
            return Err(self.problem(key.get_ref(), What::Misspelt((*meant).to_owned())));
        }
        let mut keys: Vec<String> = known.iter().map(|key| (*key).to_owned()).collect();
        keys.sort_unstable();
        Err(self.problem(key.get_ref(), What::UnknownKey(keys)))
    }

    /// A value that must be there. A key that is written nearly so is told instead of its absence.
    pub(super) fn need<T>(
        &self,
        key: &'static str,
        value: Option<T>,
        allowed: impl FnOnce() -> Allowed,
    ) -> Result<T, Problem> {
        value.ok_or_else(|| {
            let written = self.table.iter().map(|(name, _)| name.get_ref().as_ref());
            match written.into_iter().find(|it| nearly(key, it)) {
                Some(misspelt) => self.problem(misspelt, What::Misspelt(key.to_owned())),
                None => self.problem(key, What::Missing(allowed())),
            }
        })
    }

    /// What a value stands for, if it is there.
    fn read<T>(
        &self,
        key: &'static str,
        allowed: impl FnOnce() -> Allowed,
        parse: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.value(key) else { return Ok(None) };
        match parse(value.get_ref()) {
            Some(found) => Ok(Some(found)),
            None => self.refuse(key, value, allowed()),
        }
    }

    pub(super) fn text(&self, key: &'static str) -> Result<Option<String>, Problem> {
        self.read(key, || Allowed::Text, |it| it.as_str().map(str::to_owned))
    }

    pub(super) fn flag(&self, key: &'static str) -> Result<Option<bool>, Problem> {
        self.read(key, || Allowed::Flag, DeValue::as_bool)
    }

    /// A word out of a list, by what it stands for.
    pub(super) fn word<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Problem> {
        self.read(key, || Allowed::OneOf(names(words)), |it| find(words, it.as_str()?))
    }

    /// The same where something else than a text may stand, which is left alone.
    pub(super) fn word_if_text<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&str, T)],
        allowed: impl FnOnce() -> Allowed,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let Some(text) = value.get_ref().as_str() else { return Ok(None) };
        match find(words, text) {
            Some(found) => Ok(Some(found)),
            None => self.refuse(key, value, allowed()),
        }
    }

    /// A list of such words.
    pub(super) fn words<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<Vec<T>>, Problem> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let allowed = || Allowed::ListOf(names(words));
        let Some(list) = value.get_ref().as_array() else {
            return self.refuse(key, value, allowed());
        };
        let mut found = Vec::new();
        for entry in list {
            match entry.get_ref().as_str().and_then(|text| find(words, text)) {
                Some(it) => found.push(it),
                None => return self.refuse(key, entry, allowed()),
            }
        }
        Ok(Some(found))
    }

    pub(super) fn number(
        &self,
        key: &'static str,
        low: f64,
        high: f64,
    ) -> Result<Option<f64>, Problem> {
        let good = |number: &f64| (low..=high).contains(number);
        self.read(key, || Allowed::Number(low, high), |it| as_number(it).filter(good))
    }

    /// A number, or `never`, which is infinite.
    pub(super) fn number_or_never(
        &self,
        key: &'static str,
        low: f64,
        high: f64,
    ) -> Result<Option<f64>, Problem> {
        let good = |number: &f64| (low..=high).contains(number);
        let never = |it: &DeValue<'_>| (it.as_str() == Some("never")).then_some(f64::INFINITY);
        let parse = |it: &DeValue<'_>| as_number(it).filter(good).or_else(|| never(it));
        self.read(key, || Allowed::NumberOrNever(low, high), parse)
    }

    pub(super) fn integer(
        &self,
        key: &'static str,
        low: u64,
        high: u64,
    ) -> Result<Option<u64>, Problem> {
        let number = |it: &DeValue<'_>| it.as_integer()?.as_str().parse().ok();
        let parse = |it: &DeValue<'_>| number(it).filter(|it| (low..=high).contains(it));
        self.read(key, || Allowed::Integer(low, high), parse)
    }

    /// A number or two.
    pub(super) fn span(
        &self,
        key: &'static str,
        low: f64,
        high: f64,
    ) -> Result<Option<Span>, Problem> {
        let good = |it: &DeValue<'_>| as_number(it).filter(|it| (low..=high).contains(it));
        let parse = |value: &DeValue<'_>| {
            let Some(list) = value.as_array() else { return good(value).map(Span::is) };
            let numbers: Vec<f64> = list.iter().filter_map(|it| good(it.get_ref())).collect();
            match numbers.as_slice() {
                [first, second] if list.len() == 2 && first <= second => {
                    Some(Span { low: *first, high: *second })
                }
                _ => None,
            }
        };
        self.read(key, || Allowed::Span(low, high), parse)
    }

    /// A length of time in seconds.
    pub(super) fn duration(
        &self,
        key: &'static str,
        low: f64,
        high: f64,
    ) -> Result<Option<f64>, Problem> {
        let parse = |it: &DeValue<'_>| {
            it.as_str().and_then(duration).filter(|it| (low..=high).contains(it))
        };
        self.read(key, || Allowed::Duration(low, high), parse)
    }

    /// A moment in nanoseconds since 1970.
    pub(super) fn time(&self, key: &'static str) -> Result<Option<u64>, Problem> {
        self.read(key, || Allowed::Time, |it| it.as_datetime().and_then(moment))
    }

    pub(super) fn address(&self, key: &'static str) -> Result<Option<Ipv4Addr>, Problem> {
        self.read(key, || Allowed::Address, |it| it.as_str()?.parse().ok())
    }

    pub(super) fn range(&self, key: &'static str) -> Result<Option<(Ipv4Addr, u8)>, Problem> {
        let parse = |it: &DeValue<'_>| {
            let (base, prefix) = it.as_str()?.split_once('/')?;
            let prefix: u8 = prefix.parse().ok().filter(|bits| (8..=30).contains(bits))?;
            let mask = u32::MAX << (32 - u32::from(prefix));
            let base: Ipv4Addr = base.parse().ok()?;
            Some((Ipv4Addr::from(u32::from(base) & mask), prefix))
        };
        self.read(key, || Allowed::Range, parse)
    }

    fn below(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Option<Reader<'a>> {
        let table = value.get_ref().as_table()?;
        let path =
            if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Some(Reader::new(self.file, self.text, path, table, value.span().start))
    }

    pub(super) fn table(&self, key: &'static str) -> Result<Option<Reader<'a>>, Problem> {
        self.table_as(key, || Allowed::Table)
    }

    /// A table of which only some forms are allowed.
    pub(super) fn table_as(
        &self,
        key: &'static str,
        allowed: impl FnOnce() -> Allowed,
    ) -> Result<Option<Reader<'a>>, Problem> {
        let Some(value) = self.value(key) else { return Ok(None) };
        match self.below(key, value) {
            Some(table) => Ok(Some(table)),
            None => self.refuse(key, value, allowed()),
        }
    }

    /// The keys of a table and their texts, in order.
    pub(super) fn texts(&self) -> Result<Vec<(&'a str, &'a str)>, Problem> {
        let mut all = Vec::new();
        for (key, value) in self.table {
            match value.get_ref().as_str() {
                Some(text) => all.push((key.get_ref().as_ref(), text)),
                None => return self.refuse(key.get_ref(), value, Allowed::Text),
            }
        }
        Ok(all)
    }

    pub(super) fn tables(&self, key: &'static str) -> Result<Vec<Reader<'a>>, Problem> {
        let Some(value) = self.value(key) else { return Ok(Vec::new()) };
        let Some(list) = value.get_ref().as_array() else {
            return self.refuse(key, value, Allowed::Tables);
        };
        let mut tables = Vec::new();
        for entry in list {
            match self.below(key, entry) {
                Some(table) => tables.push(table),
                None => return self.refuse(key, entry, Allowed::Tables),
            }
        }
        Ok(tables)
    }
}

/// Whether a word is another with one or two slips of the pen.
fn nearly(word: &str, written: &str) -> bool {
    let slips = if word.chars().count() < 5 { 1 } else { 2 };
    word != written && strsim::damerau_levenshtein(word, written) <= slips
}

fn names<T>(words: &[(&str, T)]) -> Vec<String> {
    words.iter().map(|(word, _)| (*word).to_owned()).collect()
}

fn find<T: Copy>(words: &[(&str, T)], text: &str) -> Option<T> {
    words.iter().find(|(word, _)| *word == text).map(|(_, it)| *it)
}

fn as_number(value: &DeValue<'_>) -> Option<f64> {
    let text = match value {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        _ => return None,
    };
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `90s`, `20m`, `24h` or `7d` in seconds.
pub(crate) fn duration(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let scale = match unit {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    number.parse::<f64>().ok().filter(|it| it.is_finite()).map(|it| it * scale)
}

/// Nanoseconds since 1970 of a moment with its offset (the days by Howard Hinnant's `days_from_civil`).
fn moment(it: &toml::value::Datetime) -> Option<u64> {
    let (date, time) = (it.date?, it.time?);
    let offset = match it.offset? {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i64::from(minutes),
    };
    let (month, day) = (i64::from(date.month), i64::from(date.day));
    let year = i64::from(date.year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = days * 86_400 + i64::from(time.hour) * 3_600 + i64::from(time.minute) * 60
        - offset * 60
        + i64::from(time.second.unwrap_or(0));
    u64::try_from(seconds).ok()?.checked_mul(1_000_000_000)
}

/// Nanoseconds since 1970 of an RFC 3339 time, its fraction included.
pub(crate) fn moment_ns(text: &str) -> Option<u64> {
    let it: toml::value::Datetime = text.parse().ok()?;
    let fraction = it.time?.nanosecond.unwrap_or(0);
    moment(&it)?.checked_add(u64::from(fraction))
}
