//! How far a log reaches: what it says nothing of is not the same as what it shows did not happen.

use minehound_model::{Log, LogId, LogKind, Span, Tie, Tied};

use super::walk::Walk;
use super::weigh::ms;

/// After this time one half of the connections that stood at a moment is over, in milliseconds: most are
/// short, some last for hours. Chosen on the seeds 1 to 3 of `campus-logs`.
const GOES_ON_MS: f64 = 60_000.0;
/// Behind the end of its log a connection is taken for over after this time, whoever holds an address for
/// gone after that one: nobody has written anything of it since.
const CONNECTION_FADES_MS: f64 = 600_000.0;
const HOLDER_FADES_MS: f64 = 12.0 * 3_600_000.0;
/// A log that is written seldom says something still so many usual gaps behind its last line.
const GAPS: u64 = 3;
/// Even where a log shows hardly anything of a time, what it does show is something.
const MOST_UNSEEN: f64 = 0.98;

impl Walk<'_> {
    /// The part of the connections of that time that the logs of an end cannot show: the time lies outside
    /// them in part, or they are written when connections are over and these go on still. Where one port at
    /// one moment is asked for, a line that fits leaves no room for others.
    pub(super) fn unseen(&self, logs: &[LogId], asked: Span, exclusive: bool) -> f64 {
        let logs = logs.iter().filter_map(|it| self.log(*it));
        let unseen = logs.map(|log| {
            if exclusive {
                return f64::from(u8::from(self.behind_the_end(log, asked) > 0));
            }
            (1.0 - self.covered(log, asked) * self.over(log, asked)).min(MOST_UNSEEN)
        });
        unseen.reduce(f64::min).unwrap_or(0.0)
    }

    /// The part of a time that a log reaches over.
    fn covered(&self, log: &Log, asked: Span) -> f64 {
        let shown = self.clocks.of(log.id).shown(asked);
        let from = shown.from_ms.max(log.span.from_ms.saturating_sub(usual_gap(log)));
        let to = shown.to_ms.min(log.span.to_ms.saturating_add(usual_gap(log)));
        let all = shown.to_ms.saturating_sub(shown.from_ms).saturating_add(1);
        (ms(to.saturating_sub(from).saturating_add(1).max(0)) / ms(all)).min(1.0)
    }

    /// The probability that a connection of that time was over when its log ends.
    fn over(&self, log: &Log, asked: Span) -> f64 {
        if !log.only_ends {
            return 1.0;
        }
        let shown = self.clocks.of(log.id).shown(asked);
        let rest = ms(log.span.to_ms.saturating_sub(shown.from_ms).max(0));
        rest / (rest + GOES_ON_MS)
    }

    /// How long behind the end of a log that time begins, in milliseconds.
    fn behind_the_end(&self, log: &Log, asked: Span) -> i64 {
        let shown = self.clocks.of(log.id).shown(asked);
        let end = log.span.to_ms.saturating_add(usual_gap(log));
        shown.from_ms.saturating_sub(end).max(0)
    }

    /// Whether a log ended before that time.
    pub(super) fn had_ended(&self, log: LogId, asked: Span) -> bool {
        self.log(log).is_some_and(|it| self.behind_the_end(it, asked) > 0)
    }

    /// How much of a tie is left that its log only promised: a lease of a day tells who will hold an address,
    /// and not whether it was given back behind the log's last line.
    pub(super) fn promised(&self, tie: &Tie, asked: Span) -> f64 {
        let Some(log) = self.log(tie.line.log) else { return 1.0 };
        let behind = self.behind_the_end(log, asked);
        if behind == 0 || tie.span.to_ms <= log.span.to_ms {
            return 1.0;
        }
        let connection = matches!(log.kind, LogKind::Translation | LogKind::Session);
        let blocks = matches!(tie.what, Tied::PortBlock { .. });
        let fades = if connection && !blocks { CONNECTION_FADES_MS } else { HOLDER_FADES_MS };
        (-ms(behind) / fades).exp()
    }
}

/// How long behind its last line a log says something still: nothing happened, as happens often.
fn usual_gap(log: &Log) -> i64 {
    let length = log.span.to_ms.saturating_sub(log.span.from_ms).max(0);
    let gaps = i64::try_from(log.ties / GAPS).unwrap_or(i64::MAX);
    if gaps == 0 { 0 } else { length / gaps }
}
