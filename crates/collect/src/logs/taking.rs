//! What one entry of a log ties, handed on as soon as it is complete.

use std::io;

use minehound_logs::{Entry, Moment, Phase, Precision};
use minehound_model::{LineRef, Span, Tie};

use super::doubts::LastClock;
use super::spans::Spans;
use super::{LogRead, Reading, TieSink, Unsaid, ties};

/// What an entry is taken with.
pub(super) struct Taking<'t, 'g> {
    pub(super) spans: &'t mut Spans,
    pub(super) read: &'t mut LogRead,
    pub(super) last: &'t mut LastClock,
    pub(super) reading: &'t Reading<'g>,
}

impl Taking<'_, '_> {
    /// Turns an entry into what it ties, and hands over what is complete.
    pub(super) fn take(
        &mut self,
        entry: &Entry<'_>,
        number: u64,
        sink: &mut dyn TieSink,
    ) -> io::Result<()> {
        let Unsaid { device, taken_ms } = self.reading.unsaid;
        let taken = taken_ms.filter(|_| entry.phase == Phase::Seen).map(|ms| Moment {
            ms,
            precision: Precision::Minute,
            zone_stated: true,
            year_stated: true,
        });
        let read = &mut *self.read;
        let Some(at) = entry.at.or(entry.until).or(taken) else {
            read.without_moment += 1;
            return Ok(());
        };
        read.without_zone += u64::from(!at.zone_stated);
        read.without_year += u64::from(!at.year_stated);
        self.last.note(entry, at, self.reading.assumed.no_later_than_ms, read);
        let until = entry.until.map(|it| it.ms);
        let span = Span { from_ms: at.ms, to_ms: until.unwrap_or(at.ms).max(at.ms) };
        read.span = Some(read.span.map_or(span, |it| it.hull(span)));
        let Some(told) = ties::tied(entry) else { return Ok(()) };
        let log = sink.log(entry.device.as_deref().unwrap_or(device), told.kind);
        let line = LineRef { log, line: number };
        let mut trouble = Ok(());
        let ties = &mut read.ties;
        let mut put = |tie| hand_over(tie, ties, sink, &mut trouble);
        self.spans.take(told, at.ms, until, line, &mut put);
        trouble
    }
}

pub(super) fn hand_over(
    tie: Tie,
    ties: &mut u64,
    sink: &mut dyn TieSink,
    trouble: &mut io::Result<()>,
) {
    if trouble.is_ok() {
        *ties += 1;
        *trouble = sink.tie(tie);
    }
}
