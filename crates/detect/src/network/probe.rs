//! Connections that behave as those of somebody who looks at pools rather than mines: monitors,
//! scanners, researchers, and mining programs that are led past a list of pools.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{Because, Dossier, FactKind, PoolSession, Span, is_tunnel};

use super::session::is_polled;
use crate::detector::pool_session;

/// This many pools within [`WINDOW_MS`] are more than a miner with fallbacks tries.
const POOLS: usize = 5;
/// See [`POOLS`].
const WINDOW_MS: i64 = 10 * 60 * 1000;
/// A miner keeps its connection longer than this after the first job.
const SHORT_MS: i64 = 60 * 1000;
/// A connection that stayed silent for this long while traffic was still watched had ended.
const SILENCE_MS: i64 = 120 * 1000;

/// Which sessions of a dossier behave like a probe, by their place among its observations. A
/// session with an accepted share is none.
pub(super) fn probes(dossier: &Dossier) -> BTreeSet<usize> {
    let mut visits_of = BTreeMap::<IpAddr, Vec<Visit>>::new();
    let mut probes = BTreeSet::new();
    for (place, seen) in dossier.observations.iter().enumerate() {
        let Some(session) = pool_session(seen) else { continue };
        if leaves_early(session, seen.span, watched_to(dossier, seen.span)) {
            probes.insert(place);
        }
        // Who introduces itself to one pool after another tours them as well as who logs in.
        let visit = Visit { at_ms: seen.span.from_ms, place, session, to: pool(session) };
        visits_of.entry(session.client.ip()).or_default().push(visit);
    }
    for mut visits in visits_of.into_values() {
        visits.sort_by_key(|it| (it.at_ms, it.place));
        probes.extend(tours(&visits));
    }
    probes
}

/// When those stopped looking who saw the session.
fn watched_to(dossier: &Dossier, session: Span) -> Option<i64> {
    let looks = dossier.coverage.0.iter().filter(|it| it.kind == FactKind::PoolSession);
    looks.map(|it| it.span).filter(|it| it.overlaps(session)).map(|it| it.to_ms).max()
}

/// A visit of a client to a pool.
struct Visit<'a> {
    at_ms: i64,
    place: usize,
    session: &'a PoolSession,
    to: Pool<'a>,
}

/// Which pool is visited: its address, and behind a proxy the name that the proxy was asked for.
type Pool<'a> = (IpAddr, Option<&'a str>);

fn pool(session: &PoolSession) -> Pool<'_> {
    let named = session.server_names.first().filter(|_| is_tunnel(&session.carrier));
    (session.server.ip(), named.map(|it| it.name.as_str()))
}

/// The visits that are part of a tour: within ten minutes of five pools or more.
fn tours(visits: &[Visit<'_>]) -> BTreeSet<usize> {
    let mut touring = BTreeSet::new();
    let mut counts = BTreeMap::<Pool<'_>, usize>::new();
    let mut first = 0;
    for (last, visit) in visits.iter().enumerate() {
        *counts.entry(visit.to).or_default() += 1;
        while let Some(old) = visits.get(first).filter(|it| visit.at_ms - it.at_ms > WINDOW_MS) {
            if let Some(count) = counts.get_mut(&old.to) {
                *count -= 1;
            }
            counts.retain(|_, count| *count > 0);
            first += 1;
        }
        if counts.len() >= POOLS {
            let window = visits.get(first..=last).unwrap_or_default();
            // A window that was already taken in whole needs its new visit only.
            let known = window.first().is_some_and(|it| touring.contains(&it.place))
                && window.iter().rev().nth(1).is_some_and(|it| touring.contains(&it.place));
            let fresh = if known { window.len() - 1 } else { 0 };
            touring.extend(window.iter().skip(fresh).map(|it| it.place));
        }
    }
    let works = |it: &&Visit<'_>| it.session.shares.accepted > 0;
    for visit in visits.iter().filter(works) {
        touring.remove(&visit.place);
    }
    touring
}

/// Whether the connection was closed within a minute after the first job without a share. A
/// capture that ends with the connection does not tell.
fn leaves_early(session: &PoolSession, span: Span, watched_to: Option<i64>) -> bool {
    let Some(job_ms) = session.first_job_ms else { return false };
    let closed = session.marks.contains_key("closed")
        || watched_to.is_some_and(|it| it - span.to_ms >= SILENCE_MS);
    let whole = !session.because.contains(&Because::MidSession);
    // Who closes after each request and comes again within seconds has not left.
    let stays = is_polled(session);
    whole && closed && !stays && session.shares.submitted == 0 && span.to_ms - job_ms <= SHORT_MS
}

#[cfg(test)]
mod tests;
