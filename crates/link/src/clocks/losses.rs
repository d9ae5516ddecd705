//! How many lines of a log are missing: what its neighbours saw of the same connections.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{Ask, LogId, Span, Tie, Tied, Ties};

use super::{Clocks, further_in, further_out, of_each, shows_sessions};

/// How many standard deviations of two clocks, and how many milliseconds more, a line may be off.
const REACH: f64 = 6.0;
const ROUNDED_MS: i64 = 5_000;
/// Fewer connections that should be there prove nothing.
const MIN_EXPECTED: usize = 20;

/// A share of each log.
type Shares = BTreeMap<LogId, f64>;

/// The share of lines that is missing, for each log of which its neighbours tell, and the share of a
/// translator's lines that logs further in show as well.
pub(super) fn estimate(ties: &dyn Ties, clocks: &Clocks) -> (Shares, Shares) {
    let mut further = BTreeMap::<LogId, (usize, usize)>::new();
    let mut counts = BTreeMap::<LogId, (usize, usize)>::new();
    let mut known = BTreeMap::<IpAddr, Vec<LogId>>::new();
    let logs: Vec<_> = ties.logs().iter().filter(|it| shows_sessions(it.kind)).collect();
    for log in &logs {
        for tie in ties.sample(log.id, of_each(logs.len())) {
            let window = |other| Some(window(clocks, &tie, other));
            let Tied::Translation { outer, inner, .. } = &tie.what else { continue };
            let expected = reaching(ties, clocks, &tie, ties.translators(inner.ip()));
            let shown = further_in(ties, &tie, &window);
            let reached = further.entry(log.id).or_default();
            *reached = (reached.0 + usize::from(!shown.is_empty()), reached.1 + 1);
            count(&mut counts, expected, &shown);
            let further_out_logs =
                known.entry(outer.ip()).or_insert_with(|| knowing(ties, outer.ip()));
            let expected = reaching(ties, clocks, &tie, further_out_logs.clone());
            count(&mut counts, expected, &further_out(ties, &tie, &window));
        }
    }
    let told = counts.into_iter().filter(|it| it.1.1 >= MIN_EXPECTED);
    let losses = told.map(|(log, (missed, expected))| (log, share(missed, expected)));
    let told = further.into_iter().filter(|it| it.1.1 >= MIN_EXPECTED);
    (losses.collect(), told.map(|(log, (shown, all))| (log, share(shown, all))).collect())
}

/// So many of so many, never none and never all.
#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn share(some: usize, all: usize) -> f64 {
    (some as f64 + 0.5) / (all as f64 + 1.0)
}

/// Counts a connection for the logs that should show it; whichever of them shows it, it is there.
fn count(counts: &mut BTreeMap<LogId, (usize, usize)>, expected: BTreeSet<LogId>, found: &[Tie]) {
    let shown: BTreeSet<LogId> = found.iter().map(|it| it.line.log).collect();
    let there = expected.iter().any(|it| shown.contains(it));
    for log in expected {
        // Of several logs that could show it, one does: only that one is counted then.
        if there && !shown.contains(&log) {
            continue;
        }
        let counted = counts.entry(log).or_default();
        counted.0 += usize::from(!there);
        counted.1 += 1;
    }
}

/// The logs further out that know an address as an inner one.
fn knowing(ties: &dyn Ties, outer: IpAddr) -> Vec<LogId> {
    let window = |_: LogId| Some(Span { from_ms: i64::MIN, to_ms: i64::MAX });
    let found = ties.find(Ask::Inner { ip: outer, port: None }, &window, super::MANY);
    let translating = |it: &&Tie| matches!(it.what, Tied::Translation { .. });
    let logs: BTreeSet<_> = found.iter().filter(translating).map(|it| it.line.log).collect();
    logs.into_iter().collect()
}

/// Those of the logs that reach over the time of a tie.
fn reaching(ties: &dyn Ties, clocks: &Clocks, tie: &Tie, logs: Vec<LogId>) -> BTreeSet<LogId> {
    let reaches = |log: &LogId| {
        let told = ties.logs().iter().find(|it| it.id == *log);
        told.is_some_and(|it| {
            let window = window(clocks, tie, *log);
            it.span.covers(window) && !it.silent.iter().any(|gap| gap.overlaps(window))
        })
    };
    logs.into_iter().filter(|it| *it != tie.line.log && reaches(it)).collect()
}

/// Where in another log the beginning of a connection must stand.
fn window(clocks: &Clocks, tie: &Tie, log: LogId) -> Span {
    let own = clocks.of(tie.line.log);
    let other = clocks.of(log);
    let shown = other.shown(own.true_span(Span::at(tie.span.from_ms)));
    #[expect(clippy::cast_possible_truncation, reason = "minutes")]
    let reach = (own.sd_ms.hypot(other.sd_ms) * REACH) as i64 + ROUNDED_MS;
    super::around(shown.from_ms, reach)
}
