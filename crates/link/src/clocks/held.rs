//! How the clocks of leases and accounts stand to those of sessions.
//!
//! Whoever has a connection holds the address that it comes from. So sessions fall into the
//! spans of leases, and a clock that is off makes some fall between: at the beginnings of leases, where machines
//! come on line and speak at once, and at their ends. Each offset is weighed by how many sessions it
//! leaves without a holder, and by how likely clocks are to be that far off.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{Ask, Log, LogClock, LogId, LogKind, Tied, Ties};

use super::{Clocks, FARTHEST_MS, around, shows_sessions};

/// Offsets are weighed in steps of so many milliseconds.
const STEP_MS: i64 = 5_000;
/// So many sessions are held against the leases.
const SESSIONS: usize = 2_000;
/// Leases of one address that are looked at, in all logs together.
const LEASES: usize = 256;
/// Fewer sessions tell nothing.
const MIN_SESSIONS: usize = 30;
/// The probability of a session without a holder where the clock is right: a lease that was not logged.
const UNHELD: f64 = 0.02;
/// Clocks that somebody looks after are off by so many milliseconds, give or take.
const USUAL_MS: f64 = 60_000.0;
/// The share of clocks that nobody looks after.
const NEGLECTED: f64 = 0.1;

/// The clocks of logs that say who held an address.
pub(super) fn estimate(ties: &dyn Ties, clocks: &Clocks) -> Vec<(LogId, LogClock)> {
    let holding = Holding::of(ties.logs());
    if holding.logs.is_empty() {
        return Vec::new();
    }
    let mut covering = BTreeMap::<LogId, Vec<Offsets>>::new();
    for session in sessions(ties, clocks) {
        for (log, offsets) in holding.covering(ties, &session) {
            covering.entry(log).or_default().push(offsets);
        }
    }
    let told = covering.into_iter().filter(|it| it.1.len() >= MIN_SESSIONS);
    told.filter_map(|(log, covering)| Some((log, weighed(&covering, UNHELD)?))).collect()
}

/// From which offset to which a session has a holder.
pub(super) type Offsets = Vec<(i64, i64)>;

/// A moment at which an address surely spoke, in the reference's time, and whom it spoke through.
struct Session<'l> {
    address: IpAddr,
    at_ms: i64,
    through: &'l str,
}

fn sessions<'l>(ties: &'l dyn Ties, clocks: &Clocks) -> Vec<Session<'l>> {
    // Who leases addresses and translates in one file does so by one clock, which its sessions tell.
    let hand = |it: &'l Log| (it.sha256.as_str(), it.device.as_str());
    let leases = ties.logs().iter().filter(|it| it.kind == LogKind::Lease);
    let leasing: BTreeSet<_> = leases.map(hand).collect();
    let logs = ties.logs().iter().filter(|it| shows_sessions(it.kind));
    let logs: Vec<_> = logs.filter(|it| !leasing.contains(&hand(it))).collect();
    let each = SESSIONS.div_ceil(logs.len().max(1));
    let mut sessions = Vec::new();
    for log in logs {
        for tie in ties.sample(log.id, each) {
            let (Tied::Translation { inner, .. } | Tied::Session { inner, .. }) = &tie.what else {
                continue;
            };
            // A translator's own address says nothing of leases.
            if ties.translators(inner.ip()).is_empty() {
                let at_ms = clocks.of(log.id).true_span(tie.span).from_ms;
                sessions.push(Session { address: inner.ip(), at_ms, through: &log.device });
            }
        }
    }
    sessions
}

/// The logs of leases and accounts.
struct Holding<'l> {
    logs: BTreeMap<LogId, &'l Log>,
    /// Devices that translate as well: those behind others have the same addresses.
    routers: BTreeSet<&'l str>,
}

impl<'l> Holding<'l> {
    fn of(logs: &'l [Log]) -> Self {
        let translates = |it: &&Log| it.kind == LogKind::Translation;
        let routers = logs.iter().filter(translates).map(|it| it.device.as_str()).collect();
        let holds = |it: &&Log| matches!(it.kind, LogKind::Lease | LogKind::Account);
        Self { logs: logs.iter().filter(holds).map(|it| (it.id, it)).collect(), routers }
    }

    /// Whether a log can say who held the addresses behind a device: what a router leases is held behind
    /// that router only.
    fn speaks_of(&self, log: &Log, through: &str) -> bool {
        let own = log.device == through;
        own || log.kind != LogKind::Lease || !self.routers.contains(log.device.as_str())
    }

    /// For each log that knows the address of a session: the offsets under which a lease covers it.
    fn covering(&self, ties: &dyn Ties, session: &Session<'_>) -> BTreeMap<LogId, Offsets> {
        let Session { address, at_ms, through } = *session;
        let window = |log: LogId| {
            let known = self.logs.get(&log).is_some_and(|it| self.speaks_of(it, through));
            known.then(|| around(at_ms, FARTHEST_MS + 86_400_000))
        };
        let mut covering = BTreeMap::<LogId, Offsets>::new();
        for it in ties.find(Ask::Holder(address), &window, LEASES) {
            let offsets = (it.span.from_ms - at_ms, it.span.to_ms - at_ms);
            covering.entry(it.line.log).or_default().push(offsets);
        }
        covering
    }
}

/// The offset by its weight over all offsets; `alone` is the probability of a moment that no span
/// covers though the clock is right.
pub(super) fn weighed(covering: &[Offsets], alone: f64) -> Option<LogClock> {
    let steps = usize::try_from(2 * FARTHEST_MS / STEP_MS + 1).ok()?;
    let held = held_at(covering, steps);
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let logs: Vec<f64> = held
        .iter()
        .enumerate()
        .map(|(step, held)| {
            let unheld = covering.len().saturating_sub(*held) as f64;
            unheld * alone.ln() + prior(offset(step)).ln()
        })
        .collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|it| (it - top).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mean = weights.iter().enumerate().map(|(step, it)| it * offset(step)).sum::<f64>() / total;
    let square = |(step, it): (usize, &f64)| it * (offset(step) - mean).powi(2);
    let variance = weights.iter().enumerate().map(square).sum::<f64>() / total;
    #[expect(clippy::cast_possible_truncation, reason = "hours in milliseconds")]
    Some(LogClock {
        offset_ms: mean.round() as i64,
        drift_ppm: 0.0,
        anchor_ms: 0,
        sd_ms: variance.sqrt().max(1_000.0),
        pairs: covering.len(),
    })
}

/// How many sessions have a holder under each offset.
fn held_at(covering: &[Offsets], steps: usize) -> Vec<usize> {
    let step_of = |ms: i64| {
        let step = (ms.clamp(-FARTHEST_MS, FARTHEST_MS) + FARTHEST_MS) / STEP_MS;
        usize::try_from(step).unwrap_or_default()
    };
    let mut held = vec![0; steps];
    for spans in covering {
        // Spans of one address may overlap; a session is held once.
        let mut merged = BTreeMap::<usize, usize>::new();
        for (from, to) in spans.iter().filter(|it| it.1 >= -FARTHEST_MS && it.0 <= FARTHEST_MS) {
            let end = merged.entry(step_of(*from)).or_default();
            *end = (*end).max(step_of(*to));
        }
        let mut next = 0;
        for (from, to) in merged {
            for it in held.iter_mut().take(to + 1).skip(from.max(next)) {
                *it += 1;
            }
            next = next.max(to + 1);
        }
    }
    held
}

#[expect(clippy::cast_precision_loss, reason = "hours in milliseconds")]
fn offset(step: usize) -> f64 {
    step as f64 * STEP_MS as f64 - FARTHEST_MS as f64
}

/// How likely a clock is that far off, per millisecond.
#[expect(clippy::cast_precision_loss, reason = "hours in milliseconds")]
fn prior(offset_ms: f64) -> f64 {
    let usual = (-offset_ms.abs() / USUAL_MS).exp() / (2.0 * USUAL_MS);
    (1.0 - NEGLECTED) * usual + NEGLECTED / (2.0 * FARTHEST_MS as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_fall_into_leases_where_the_clock_is_right() {
        // Leases of twenty minutes with uneven gaps between, by a clock that is seven minutes fast;
        // sessions all through each.
        let fast = 420_000;
        let covering: Vec<_> = (0..400)
            .map(|it| {
                let (lease, within) = (it / 20, it % 20 * 60_000 + 15_000);
                let begins = |lease: i64| lease * 1_500_000 + lease * lease % 7 * 30_000;
                let at = begins(lease) + within;
                let near = [lease - 1, lease, lease + 1].map(|lease| {
                    let from = begins(lease) + fast - at;
                    (from, from + 1_200_000)
                });
                near.to_vec()
            })
            .collect();
        let clock = weighed(&covering, UNHELD).unwrap();
        assert!((clock.offset_ms - fast).abs() < 60_000, "{clock:?}");
        assert!(clock.sd_ms < 60_000.0);
    }

    #[test]
    fn leases_that_last_for_ever_leave_the_usual_doubt() {
        let covering = vec![vec![(-FARTHEST_MS, FARTHEST_MS)]; 100];
        let clock = weighed(&covering, UNHELD).unwrap();
        assert!(clock.offset_ms.abs() < 60_000 && clock.sd_ms > 60_000.0, "{clock:?}");
    }
}
