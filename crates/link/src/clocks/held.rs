//! How the clocks of leases and accounts stand to those of sessions.
//!
//! Whoever has a connection holds the address that it comes from. So sessions fall into the
//! spans of leases, and a clock that is off makes some fall between: at the beginnings of leases, where machines
//! come on line and speak at once, and at their ends. Each offset is weighed by how many sessions it
//! leaves without a holder, and by how likely clocks are to be that far off.

use std::collections::BTreeMap;

use minehound_model::{Ask, LogClock, LogId, LogKind, Span, Ties};

use super::{Clocks, FARTHEST_MS, around, shows_sessions};

/// Offsets are weighed in steps of so many milliseconds.
const STEP_MS: i64 = 5_000;
/// So many sessions are held against the leases.
const SESSIONS: usize = 2_000;
/// Leases of one address that are looked at.
const LEASES: usize = 64;
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
    let holding: Vec<_> = ties
        .logs()
        .iter()
        .filter(|it| matches!(it.kind, LogKind::Lease | LogKind::Account))
        .collect();
    if holding.is_empty() {
        return Vec::new();
    }
    let sessions = sessions(ties, clocks);
    let of = |log| Some((log, weighed(&covering(ties, log, &sessions), UNHELD)?));
    holding.iter().filter_map(|it| of(it.id)).collect()
}

/// Moments at which an address surely spoke, in the reference's time.
fn sessions(ties: &dyn Ties, clocks: &Clocks) -> Vec<(std::net::IpAddr, i64)> {
    use minehound_model::Tied;
    let logs: Vec<_> = ties.logs().iter().filter(|it| shows_sessions(it.kind)).collect();
    let each = SESSIONS.div_ceil(logs.len().max(1));
    let mut sessions = Vec::new();
    for log in logs {
        for tie in ties.sample(log.id, each) {
            let (Tied::Translation { inner, .. } | Tied::Session { inner, .. }) = &tie.what else {
                continue;
            };
            // A translator's own address says nothing of leases.
            if ties.translators(inner.ip()).is_empty() {
                let at = clocks.of(log.id).true_span(tie.span).from_ms;
                sessions.push((inner.ip(), at));
            }
        }
    }
    sessions
}

/// For each session of an address that the log knows: the offsets under which a lease covers it.
fn covering(
    ties: &dyn Ties,
    log: LogId,
    sessions: &[(std::net::IpAddr, i64)],
) -> Vec<Vec<(i64, i64)>> {
    let mut covering = Vec::new();
    for (ip, at) in sessions {
        let window = |it: LogId| (it == log).then(|| around(*at, FARTHEST_MS + 86_400_000));
        let leases = ties.find(Ask::Holder(*ip), &window, LEASES);
        let spans: Vec<Span> = leases.iter().map(|it| it.span).collect();
        // One lease over everything says nothing of the clock, and is the usual case.
        if !spans.is_empty() {
            covering.push(spans.iter().map(|it| (it.from_ms - at, it.to_ms - at)).collect());
        }
    }
    covering
}

/// The offset by its weight over all offsets; `alone` is the probability of a moment that no span
/// covers though the clock is right.
pub(super) fn weighed(covering: &[Vec<(i64, i64)>], alone: f64) -> Option<LogClock> {
    if covering.len() < MIN_SESSIONS {
        return None;
    }
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
fn held_at(covering: &[Vec<(i64, i64)>], steps: usize) -> Vec<usize> {
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
