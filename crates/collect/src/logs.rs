//! Logs: lines into ties, in one pass, in flat memory.
//!
//! A file may hold lines of several products, as a syslog server writes them: the grammars that its opening
//! fits are tried on each line, the one that fitted last first, and those that speak later join them
//! (`strangers`). What a line ties goes to whoever keeps ties; what does not fit is counted by its reason
//! and handed on as it is.

mod doubts;
mod facts;
mod frames;
mod quoted;
mod spans;
mod strangers;
mod taking;
mod ties;

use std::io::{self, Read};
use std::path::Path;

use minehound_logs::{
    Assumed, Entry, Grammar, Grammars, Line, Lines, Numbered, Reader, Split, dnstap,
};
use minehound_model::{LogId, LogKind, Span, Tie};
use thiserror::Error;

use self::doubts::{LastClock, UntilCut};
use crate::source::{Seal, Sealing, open_regular};
use crate::unpack::{prefix_of, unpack};
use crate::walk::{cause_of, reason};
use crate::{Reason, Skips};
pub use facts::{Answers, LogFacts};
pub use quoted::quoted;
use spans::Spans;
use strangers::Strangers;
use taking::{Taking, hand_over};

/// How much of a file is looked at to recognise it.
const HEAD: usize = 256 << 10;
/// Products whose lines are looked for in one file.
const MAX_GRAMMARS: usize = 24;

/// Keeps what logs tie.
pub trait TieSink {
    /// The number of the log of this device and kind in this file.
    fn log(&mut self, device: &str, kind: LogKind) -> LogId;

    /// The lines of this log tell of beginnings, and not only of what is over.
    fn begins(&mut self, _log: LogId) {}

    /// Takes a tie.
    ///
    /// # Errors
    ///
    /// Returns what the system says where there is no room.
    fn tie(&mut self, tie: Tie) -> io::Result<()>;
}

/// What is taken for granted where lines do not say.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'g> {
    /// The formats that are known.
    pub grammars: &'g Grammars,
    /// The only one that is tried; without it those that the opening fits.
    pub grammar: Option<&'g Grammar>,
    /// Zone, year and latest moment.
    pub assumed: Assumed,
    /// What lines leave unsaid.
    pub unsaid: Unsaid<'g>,
}

/// What holds where lines do not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsaid<'g> {
    /// What the device is called.
    pub device: &'g str,
    /// When tables were taken, in milliseconds since the epoch: a switch prints who is where and not
    /// what time it is.
    pub taken_ms: Option<i64>,
}

/// What a file said.
#[derive(Clone, Debug, Default)]
pub struct LogRead {
    /// The digest and the length of the file.
    pub seal: Seal,
    /// The lines that said something, by the id of their grammar.
    pub entries: Vec<(String, u64)>,
    /// The lines that belong to the format and say nothing.
    pub silent: u64,
    /// The lines that fitted nothing.
    pub skips: Skips,
    /// The ties that came of it.
    pub ties: u64,
    /// From the first to the last moment that it told.
    pub span: Option<Span>,
    /// When its last line was written, as far as lines tell: what is told to last longer is a promise.
    pub last_ms: Option<i64>,
    /// Entries whose zone was taken for granted.
    pub without_zone: u64,
    /// Entries whose year was taken from their neighbours.
    pub without_year: u64,
    /// Entries without any moment: they tie nothing.
    pub without_moment: u64,
    /// Spans whose end was not seen: too many were open.
    pub crowded_out: u64,
    /// Lines that name a day after the file was handed in.
    pub future: u64,
    /// Lines that are told to be ten years older than the file: of a clock that nobody set.
    pub unset: u64,
    /// How often the clock of a device goes back by more than an hour.
    pub backwards: u64,
    /// Whether the packing of the file ends early, or is damaged: what stood before that was read.
    pub cut_off: bool,
}

impl LogRead {
    /// The lines that were understood among those that should say something, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "lines, far fewer than 2^53")]
    pub fn understood(&self) -> f64 {
        let entries: u64 = self.entries.iter().map(|it| it.1).sum();
        entries as f64 / (entries + self.skips.total()).max(1) as f64
    }
}

/// Why a file was not read as a log.
#[derive(Debug, Error)]
pub enum LogError {
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No known format fits its first lines.
    #[error("no known log format fits its first lines")]
    Unrecognised,
    /// It begins so many years before what was taken for granted: it must be read again, with
    /// [`Assumed::years_back`] set to this.
    #[error("the log begins {0} years earlier than was taken for granted")]
    Again(u16),
}

impl LogError {
    /// Why the file counts as not read, and what the system said: message ids as in
    /// [`Artefact`](minehound_model::Artefact).
    #[must_use]
    pub fn told(&self) -> (&'static str, String) {
        match self {
            Self::Io(it) => (reason(it), cause_of(it)),
            Self::Unrecognised => ("unknown-log", String::new()),
            Self::Again(_) => ("years-unknown", String::new()),
        }
    }
}

/// Reads a file. `hear` is told of every entry with its line and when it was; `refused` of every
/// line that fits nothing.
///
/// # Errors
///
/// Returns [`LogError`]; what was handed over before is then to be thrown away.
pub fn read(
    path: &Path,
    reading: &Reading<'_>,
    sink: &mut dyn TieSink,
    hear: &mut dyn FnMut(&Entry<'_>, u64),
    refused: &mut dyn FnMut(u64, &[u8]),
) -> Result<LogRead, LogError> {
    let sealing = Sealing::new(open_regular(path)?);
    let position = sealing.position();
    let (mut unpacked, _) = unpack(sealing, position)?;
    let mut read = read_from(&mut unpacked, reading, sink, hear, refused)?;
    read.seal = unpacked.into_inner().finish()?;
    Ok(read)
}

/// The same from a stream that is unpacked and sealed by whoever opened it.
pub(crate) fn read_from(
    source: &mut dyn Read,
    reading: &Reading<'_>,
    sink: &mut dyn TieSink,
    hear: &mut dyn FnMut(&Entry<'_>, u64),
    refused: &mut dyn FnMut(u64, &[u8]),
) -> Result<LogRead, LogError> {
    let mut source = UntilCut::new(source);
    let opening = prefix_of(&mut source, HEAD)?;
    if reading.grammar.is_none() && dnstap::is_stream(&opening) {
        return frames::read(&opening, source, reading, sink, hear, refused);
    }
    let grammars: Vec<&Grammar> = if let Some(grammar) = reading.grammar {
        vec![grammar]
    } else {
        let fitting = reading.grammars.fitting(&opening).into_iter();
        fitting.map(|it| it.0).take(MAX_GRAMMARS).collect()
    };
    if grammars.is_empty() {
        return Err(LogError::Unrecognised);
    }
    let mut pass = Pass {
        readers: grammars.into_iter().map(|it| (Reader::new(it, reading.assumed), 0)).collect(),
        first: 0,
        spans: Spans::default(),
        read: LogRead::default(),
        lines: 0,
        last: LastClock::default(),
        strangers: Strangers::new(reading),
        reading: *reading,
    };
    let mut lines = Lines::new(io::Cursor::new(opening).chain(&mut source));
    while let Some(line) = lines.next_line()? {
        pass.line(&line, sink, hear, refused)?;
    }
    drop(lines);
    if source.cut_off {
        pass.read.cut_off = true;
        pass.read.skips.add(pass.lines + 1, Reason("cut-off"));
    }
    pass.end(sink, hear, refused)?;
    let Pass { readers, read, .. } = pass;
    let years = readers.iter().map(|it| it.0.years_to_go_back()).max().unwrap_or_default();
    if years > reading.assumed.years_back {
        return Err(LogError::Again(years));
    }
    Ok(read)
}

/// What the opening of a file is: no log, or one, and whether it tells of names that were asked for.
pub(crate) fn recognise(opening: &[u8]) -> Option<bool> {
    if dnstap::is_stream(opening) {
        return Some(true);
    }
    // Text in UTF-16 has as many zeros as letters; other text has none.
    let zeros = opening.iter().take(512).any(|it| *it == 0);
    if zeros && !matches!(opening, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return None;
    }
    let fitting = Grammars::shipped().fitting(opening);
    let (best, _) = fitting.first()?;
    let mut reader = Reader::new(best, Assumed::ANY);
    let mut lines = Lines::new(opening);
    while let Ok(Some(line)) = lines.next_line() {
        if let Split::Text(text) = line.what
            && let Line::Entry(entry) = reader.line(text)
        {
            return Some(entry.kind == minehound_logs::Kind::Query);
        }
    }
    Some(false)
}

/// One pass over a file.
struct Pass<'g> {
    /// A reader for each product, with the entries that it gave.
    readers: Vec<(Reader<'g>, u64)>,
    /// The one that fitted last.
    first: usize,
    spans: Spans,
    read: LogRead,
    lines: u64,
    last: LastClock,
    strangers: Strangers<'g>,
    reading: Reading<'g>,
}

impl Pass<'_> {
    fn line(
        &mut self,
        line: &Numbered<'_>,
        sink: &mut dyn TieSink,
        hear: &mut dyn FnMut(&Entry<'_>, u64),
        refused: &mut dyn FnMut(u64, &[u8]),
    ) -> io::Result<()> {
        self.lines = line.number;
        let text = match line.what {
            Split::Text(text) => text,
            Split::Refused(why) => {
                self.read.skips.add(line.number, Reason(why.id()));
                refused(line.number, b"");
                return Ok(());
            }
        };
        let count = self.readers.len();
        let mut why = None;
        let mut silent = false;
        for turn in 0..count {
            let place = (self.first + turn) % count;
            let Some((reader, entries)) = self.readers.get_mut(place) else { break };
            match reader.line(text) {
                Line::Entry(entry) => {
                    *entries += 1;
                    self.first = place;
                    hear(&entry, line.number);
                    let mut taking = Taking {
                        spans: &mut self.spans,
                        read: &mut self.read,
                        last: &mut self.last,
                        reading: &self.reading,
                    };
                    return taking.take(&entry, line.number, sink);
                }
                // Another product may have something to say about it.
                Line::Nothing => silent = true,
                Line::Refused(reason) => why = why.or(Some(reason)),
            }
        }
        if count < MAX_GRAMMARS
            && let Some(reader) = self.strangers.find(text, &self.readers)
        {
            self.first = count;
            self.readers.push((reader, 0));
            return self.line(line, sink, hear, refused);
        }
        if silent {
            self.read.silent += 1;
        } else if let Some(why) = why {
            self.read.skips.add(line.number, Reason(why.id()));
            refused(line.number, text);
        }
        Ok(())
    }

    fn end(
        &mut self,
        sink: &mut dyn TieSink,
        hear: &mut dyn FnMut(&Entry<'_>, u64),
        refused: &mut dyn FnMut(u64, &[u8]),
    ) -> io::Result<()> {
        let only = self.readers.len() == 1;
        for (reader, entries) in &mut self.readers {
            let last = reader.finish();
            // Of several products the one that gave nothing may have waited for an end in vain.
            if let Line::Refused(why) = &last
                && (*entries > 0 || only)
            {
                self.read.skips.add(self.lines, Reason(why.id()));
                refused(self.lines, b"");
            }
            if let Line::Entry(entry) = last {
                *entries += 1;
                hear(&entry, 0);
                let mut taking = Taking {
                    spans: &mut self.spans,
                    read: &mut self.read,
                    last: &mut self.last,
                    reading: &self.reading,
                };
                taking.take(&entry, 0, sink)?;
            }
            let id = reader.grammar().id().to_owned();
            self.read.entries.push((id, *entries));
        }
        self.read.entries.retain(|it| it.1 > 0);
        let mut trouble = Ok(());
        let ties = &mut self.read.ties;
        self.spans.finish(&mut |tie| hand_over(tie, ties, sink, &mut trouble));
        self.spans.beginning().for_each(|it| sink.begins(it));
        self.read.last_ms = self.spans.last_ms();
        self.read.crowded_out = self.spans.crowded_out;
        trouble
    }
}

#[cfg(test)]
mod tests;
