//! Fields of a line into an entry.

use std::borrow::Cow;
use std::str::from_utf8;

use crate::grammar::target::{Dress, End, Target, Text, When};
use crate::grammar::{Field, Form, Set, Value};
use crate::time::{Parts, Years};
use crate::unescape::{Escape, unescape};
use crate::{Alert, Block, Entry, Moment, Peer, Phase, Refusal, dress, number};

/// A value as it stands in the line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'l> {
    pub(crate) bytes: &'l [u8],
    /// Which escapes are in it.
    pub(crate) escape: Escape,
}

impl<'l> Raw<'l> {
    pub(crate) fn plain(bytes: &'l [u8]) -> Self {
        Self { bytes, escape: Escape::None }
    }
}

/// What becomes of a line by the values in it; the greatest counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// It is an entry.
    #[default]
    Entry,
    /// It says nothing.
    Nothing,
    /// It is of another form.
    Unfit,
}

/// An entry in the making. What is said first counts.
#[derive(Debug, Default)]
pub(crate) struct Filling<'l> {
    pub(crate) entry: Entry<'l>,
    pub(crate) at: Parts,
    until: Parts,
    duration_ms: Option<u64>,
    block_size: Option<u16>,
    turn: bool,
    phased: bool,
    pub(crate) fate: Fate,
    pub(crate) refusal: Option<Refusal>,
}

impl<'l> Filling<'l> {
    pub(crate) fn new(form: &Form) -> Self {
        let mut new = Self::default();
        new.set(&form.first);
        new
    }

    /// Takes the value of the field with this number.
    pub(crate) fn take(&mut self, form: &Form, number: u16, raw: Raw<'l>) {
        let Some(field) = form.fields.get(usize::from(number)) else { return };
        let raw = Raw { bytes: raw.bytes.trim_ascii(), ..raw };
        if raw.bytes.is_empty() || form.gone.iter().any(|it| it == raw.bytes) {
            if let Some((Value::Any, set)) = field.values.last() {
                self.set(set);
            }
            return;
        }
        self.weigh(field, raw.bytes);
        for target in &field.targets {
            if let Err(refusal) = self.put(target, raw) {
                self.refusal = self.refusal.or(Some(refusal));
            }
        }
    }

    fn weigh(&mut self, field: &Field, bytes: &[u8]) {
        let fits = |value: &Value| match value {
            Value::Is(text) => bytes == text,
            Value::Begins(text) => bytes.starts_with(text),
            Value::Any => true,
        };
        if let Some((_, set)) = field.values.iter().find(|(value, _)| fits(value)) {
            self.set(set);
        }
    }

    fn set(&mut self, set: &Set) {
        self.entry.kind = set.kind.unwrap_or(self.entry.kind);
        self.entry.phase = set.phase.unwrap_or(self.entry.phase);
        self.entry.action = set.action.or(self.entry.action);
        self.entry.proto = set.proto.or(self.entry.proto);
        self.turn |= set.turn;
        self.phased |= set.phase.is_some();
        let fate = match (set.unfit, set.nothing) {
            (true, _) => Fate::Unfit,
            (false, true) => Fate::Nothing,
            (false, false) => Fate::Entry,
        };
        self.fate = self.fate.max(fate);
    }

    fn end(&mut self, end: End) -> &mut Peer {
        match end {
            End::From => &mut self.entry.from,
            End::To => &mut self.entry.to,
            End::Outer => &mut self.entry.outer,
            End::ToTranslated => &mut self.entry.to_translated,
        }
    }

    fn put(&mut self, target: &Target, raw: Raw<'l>) -> Result<(), Refusal> {
        let bytes = raw.bytes;
        match target {
            Target::Ip(end) => {
                let end = self.end(*end);
                if end.ip.is_none() {
                    end.ip = Some(number::address(bytes).ok_or(Refusal::Address)?);
                }
            }
            Target::Port(end) => {
                let end = self.end(*end);
                if end.port.is_none() {
                    end.port = Some(number::port(bytes).ok_or(Refusal::Number)?);
                }
            }
            Target::Peer(end) => {
                let end = self.end(*end);
                let found = number::peer(bytes).ok_or(Refusal::Address)?;
                end.ip = end.ip.or(found.ip);
                end.port = end.port.or(found.port);
            }
            Target::Time(when, format) => {
                let parts = format.read(bytes).ok_or(Refusal::Moment)?;
                match when {
                    When::At => self.at.add(parts),
                    When::Until => self.until.add(parts),
                }
            }
            Target::Duration(unit) => {
                let ms = duration(bytes, *unit).ok_or(Refusal::Number)?;
                self.duration_ms.get_or_insert(ms);
            }
            Target::Proto => self.entry.proto = self.entry.proto.or(number::protocol(bytes)),
            Target::Block => {
                let (first, last) = number::ports(bytes).ok_or(Refusal::Number)?;
                self.entry.block.get_or_insert(Block { first, last });
            }
            Target::BlockFirst => {
                let first = number::port(bytes).ok_or(Refusal::Number)?;
                let last = self.entry.block.map_or(first, |it| it.last);
                self.entry.block = Some(Block { first, last });
            }
            Target::BlockLast => {
                let last = number::port(bytes).ok_or(Refusal::Number)?;
                let first = self.entry.block.map_or(last, |it| it.first);
                self.entry.block = Some(Block { first, last });
            }
            Target::BlockSize => {
                self.block_size = Some(number::port(bytes).ok_or(Refusal::Number)?);
            }
            Target::BytesUp => {
                let count = number::whole(bytes).ok_or(Refusal::Number)?;
                self.entry.bytes_up.get_or_insert(count);
            }
            Target::BytesDown => {
                let count = number::whole(bytes).ok_or(Refusal::Number)?;
                self.entry.bytes_down.get_or_insert(count);
            }
            Target::Answer => {
                // An answer may be another name, or a list of names and addresses.
                let answers = || bytes.split(|it| *it == b',').find_map(number::address);
                self.entry.answer = self.entry.answer.or_else(answers);
            }
            Target::Mac => {
                let mac = number::mac(bytes).ok_or(Refusal::Address)?;
                self.entry.mac.get_or_insert(mac);
            }
            Target::Name(how) => return self.name(*how, raw),
            Target::Text(text) => {
                if self.text(*text).is_none() {
                    let value = unescape(raw)?;
                    *self.text(*text) = Some(value).filter(|it| !it.is_empty());
                }
            }
        }
        Ok(())
    }

    fn name(&mut self, how: Dress, raw: Raw<'l>) -> Result<(), Refusal> {
        if self.entry.name.is_some() {
            return Ok(());
        }
        if how == Dress::Counted {
            let name = dress::counted(raw.bytes).ok_or(Refusal::Shape)?;
            self.entry.name = (!name.is_empty()).then_some(Cow::Owned(name));
            return Ok(());
        }
        let mut bytes = raw.bytes;
        if how == Dress::Url {
            let (host, port) = dress::host_of(bytes);
            bytes = host;
            self.entry.to.port = self.entry.to.port.or(port);
        }
        let bytes = bytes.strip_suffix(b".").unwrap_or(bytes);
        if how == Dress::Url
            && let Some(address) = number::address(bytes)
        {
            self.entry.to.ip.get_or_insert(address);
            return Ok(());
        }
        let value = unescape(Raw { bytes, ..raw })?;
        self.entry.name = Some(value).filter(|it| !it.is_empty());
        Ok(())
    }

    pub(crate) fn text(&mut self, text: Text) -> &mut Option<Cow<'l, str>> {
        let entry = &mut self.entry;
        match text {
            Text::Device => &mut entry.device,
            Text::HostName => &mut entry.host_name,
            Text::Account => &mut entry.account,
            Text::AttachedTo => &mut entry.attached_to,
            Text::PortName => &mut entry.port_name,
            Text::Session => &mut entry.session,
            Text::Application => &mut entry.application,
            Text::Rule => &mut alert(entry).rule,
            Text::Words => &mut alert(entry).words,
            Text::Class => &mut alert(entry).class,
            Text::Severity => &mut alert(entry).severity,
        }
    }

    /// Says who wrote the line, unless a field did.
    pub(crate) fn device(&mut self, host: &'l [u8]) {
        if self.entry.device.is_none() {
            self.entry.device = from_utf8(host).ok().map(Cow::Borrowed);
        }
    }

    /// Settles what hangs on several fields. The entry is whole afterwards.
    ///
    /// # Errors
    ///
    /// What keeps it from being one.
    pub(crate) fn settle(
        &mut self,
        form: &Form,
        years: &mut Years,
        zone_s: Option<i32>,
    ) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        if form.need.iter().any(|it| !self.has(it)) || (form.need_phase && !self.phased) {
            return Err(Refusal::CutOff);
        }
        if let (Some(size), Some(block)) = (self.block_size, &mut self.entry.block) {
            block.last = block.first.checked_add(size.saturating_sub(1)).ok_or(Refusal::Number)?;
        }
        if self.entry.block.is_some_and(|it| it.first > it.last) {
            return Err(Refusal::Number);
        }
        if self.turn {
            std::mem::swap(&mut self.entry.from, &mut self.entry.to);
        }
        let mut moment = |parts: &Parts| {
            if !parts.is_moment() {
                return Ok(None);
            }
            years.moment(parts, zone_s).map(Some).ok_or(Refusal::Moment)
        };
        let at = moment(&self.at)?;
        let until = moment(&self.until)?;
        (self.entry.at, self.entry.until) = self.span(at, until);
        Ok(())
    }

    /// A single time of a line is that of its writing: an end's end, a whole's or a start's
    /// beginning.
    fn span(&self, at: Option<Moment>, until: Option<Moment>) -> (Option<Moment>, Option<Moment>) {
        let long = self.duration_ms.and_then(|it| i64::try_from(it).ok());
        let earlier = |it: Moment, by: i64| Moment { ms: it.ms.saturating_sub(by), ..it };
        let later = |it: Moment, by: i64| Moment { ms: it.ms.saturating_add(by), ..it };
        match (at, until, self.entry.phase) {
            (Some(at), None, Phase::Stop) => (long.map(|it| earlier(at, it)), Some(at)),
            (Some(at), None, Phase::Interim) => match long {
                Some(long) => (Some(earlier(at, long)), Some(at)),
                None => (Some(at), None),
            },
            (Some(at), None, Phase::Whole) => (Some(at), long.map(|it| later(at, it))),
            (None, Some(until), Phase::Stop | Phase::Whole) => {
                (long.map(|it| earlier(until, it)), Some(until))
            }
            (None, Some(until), _) => (Some(until), None),
            both => (both.0, both.1),
        }
    }

    fn has(&self, target: &Target) -> bool {
        let entry = &self.entry;
        let end = |end: &End| match end {
            End::From => entry.from,
            End::To => entry.to,
            End::Outer => entry.outer,
            End::ToTranslated => entry.to_translated,
        };
        match target {
            Target::Ip(it) | Target::Peer(it) => end(it).ip.is_some(),
            Target::Port(it) => end(it).port.is_some(),
            Target::Time(When::At, _) => self.at.is_moment(),
            Target::Time(When::Until, _) => self.until.is_moment(),
            Target::Duration(_) => self.duration_ms.is_some(),
            Target::Proto => entry.proto.is_some(),
            Target::Block | Target::BlockFirst | Target::BlockLast | Target::BlockSize => {
                entry.block.is_some()
            }
            Target::BytesUp => entry.bytes_up.is_some(),
            Target::BytesDown => entry.bytes_down.is_some(),
            Target::Name(_) => entry.name.is_some(),
            Target::Answer => entry.answer.is_some(),
            Target::Mac => entry.mac.is_some(),
            Target::Text(text) => match text {
                Text::Device => entry.device.is_some(),
                Text::HostName => entry.host_name.is_some(),
                Text::Account => entry.account.is_some(),
                Text::AttachedTo => entry.attached_to.is_some(),
                Text::PortName => entry.port_name.is_some(),
                Text::Session => entry.session.is_some(),
                Text::Application => entry.application.is_some(),
                Text::Rule | Text::Words | Text::Class | Text::Severity => entry.alert.is_some(),
            },
        }
    }
}

fn alert<'e, 'l>(entry: &'e mut Entry<'l>) -> &'e mut Alert<'l> {
    entry.alert.get_or_insert_with(Box::default)
}

/// `90`, `90.5` or `1:30`, in milliseconds; `unit` parts make a second.
fn duration(bytes: &[u8], unit: u32) -> Option<u64> {
    if bytes.contains(&b':') {
        let parts = bytes.split(|it| *it == b':').map(number::whole);
        let seconds =
            parts.take(4).try_fold(0_u64, |sum, it| sum.checked_mul(60)?.checked_add(it?));
        return seconds?.checked_mul(1_000);
    }
    let mut halves = bytes.splitn(2, |it| *it == b'.');
    let whole = number::whole(halves.next()?)?.checked_mul(1_000)?;
    let fraction = halves.next().unwrap_or_default().iter().chain(b"000").take(3);
    let fraction = fraction.fold(0, |sum, it| sum * 10 + u64::from(it.wrapping_sub(b'0') % 10));
    Some((whole + fraction) / u64::from(unit))
}
