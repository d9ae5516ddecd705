//! What each miner of a group draws for itself.

use std::net::SocketAddr;

use super::{after, server};
use crate::carrier::{Carrier, Padding};
use crate::dialogue::{nanos, seconds};
use crate::life::Place;
use crate::rng::Rng;
use crate::scenario::{PoolProxy, Session, TUNNEL_LEAD_NS};
use crate::scenario_file::{Miners, Schedule, Span};
use crate::tunnel::Tunnel;
use crate::world::chance::scale;

const HOUR: u64 = 3_600_000_000_000;

fn draw(span: Span, rng: &mut Rng) -> f64 {
    if span.low > 0.0 && span.high > span.low {
        scale(rng, span.low, span.high)
    } else {
        rng.between(span.low, span.high)
    }
}

/// The session of one miner, the `number`-th of its group.
pub(super) fn session(
    common: &Session,
    group: &Miners,
    place: &Place,
    number: u64,
    rng: &mut Rng,
) -> Session {
    let shares_per_minute = draw(group.shares_per_minute, rng);
    let usual = if common.retarget_seconds.is_finite() {
        // a pool looks again when there should have been a few shares
        (240.0 / shares_per_minute).max(common.retarget_seconds)
    } else {
        f64::INFINITY
    };
    let name = format!("{}{number}", rng.pick(&["w", "rig", "worker", "node-", "pc"]));
    let mut workers = vec![name.clone()];
    workers.extend((1..group.workers).map(|other| format!("{name}x{other}")));
    let mut session = Session {
        hashrate: draw(group.hashrate, rng),
        shares_per_minute,
        retarget_seconds: group.habits.retarget_seconds.unwrap_or(usual),
        rtt_ms: seconds(place.rtt_ns(1.0, rng)) * 1e3,
        client: place.host,
        seed: rng.next_u64(),
        workers,
        ..common.clone()
    };
    session.running = running(group, place, rng);
    if let Some(span) = group.disguise.throttle {
        throttle(&mut session, span, rng);
    }
    if matches!(group.schedule, Schedule::Nights | Schedule::OfficeHours) {
        session.evasion.push("hours".to_owned());
    }
    if let Some(style) = &group.tunnel {
        let kept = Tunnel::new(style.kind);
        let tunnel = Tunnel {
            endpoint: server(&style.end),
            other_per_second: draw(style.background, rng),
            keepalive_seconds: style.keepalive.unwrap_or(kept.keepalive_seconds),
            rtt_ms: session.rtt_ms,
            ..kept
        };
        session.tunnel = Some(tunnel);
        // from the far end on to the pool
        session.rtt_ms += rng.between(1.0, 60.0);
        stand_before(&mut session, rng);
    }
    session
}

/// The part of the full rate, drawn anew every few minutes.
fn throttle(session: &mut Session, span: Span, rng: &mut Rng) {
    let mut now = 0.0;
    let full = session.hashrate;
    while now < session.seconds {
        session.rate_changes.push((now, full * draw(span, rng)));
        now += rng.between(300.0, 2_400.0);
    }
    session.evasion.push("throttled".to_owned());
}

/// Leaves a tunnel the time to stand before anybody mines in it, within the scenario.
fn stand_before(session: &mut Session, rng: &mut Rng) {
    let lead = TUNNEL_LEAD_NS + nanos(rng.between(0.5, 20.0_f64.min(session.seconds * 0.02)));
    session.start_ns += lead;
    session.seconds = (session.seconds - seconds(lead)).max(0.0);
    let start = session.start_ns;
    for change in &mut session.rate_changes {
        change.0 = (change.0 - seconds(lead)).max(0.0);
    }
    for (from, _) in &mut session.running {
        *from = (*from).max(start + 500_000_000);
    }
}

/// When the program runs: from, to.
fn running(group: &Miners, place: &Place, rng: &mut Rng) -> Vec<(u64, u64)> {
    let (start, end) = (place.start_ns, place.end_ns);
    let late = nanos(rng.between(0.5, (seconds(end - start) * 0.15).clamp(1.0, 90.0)));
    let daily = |from: u64, hours: u64| {
        // days of UTC+8
        let first = (start + 8 * HOUR) / (24 * HOUR) * 24 * HOUR;
        let days = (0..40).map(move |day| first.saturating_sub(24 * HOUR) + day * 24 * HOUR);
        days.map(move |day| (day + (from - 8) * HOUR, day + (from - 8 + hours) * HOUR))
            .map(|(from, to)| (from.max(start) + late, to.min(end)))
            .filter(|(from, to)| from < to)
            .collect::<Vec<_>>()
    };
    match group.schedule {
        Schedule::Always => vec![(start + late, end)],
        Schedule::Nights => never_empty(daily(22, 9), end),
        Schedule::OfficeHours => never_empty(daily(9, 9), end),
        Schedule::Spells => {
            let (mut spells, mut now) = (Vec::new(), start + late);
            while now < end {
                let stop = (now + nanos(scale(rng, 400.0, 9_000.0))).min(end);
                spells.push((now, stop));
                now = stop + nanos(scale(rng, 300.0, 12_000.0));
            }
            spells
        }
    }
}

/// Not at all is written as an empty stretch: no stretches would mean all the time.
fn never_empty(spells: Vec<(u64, u64)>, end: u64) -> Vec<(u64, u64)> {
    if spells.is_empty() { vec![(end, end)] } else { spells }
}

/// The proxy of a group whose miners are these.
pub(super) fn proxy(
    common: &Session,
    group: &Miners,
    place: &Place,
    behind: Vec<Session>,
    rng: &mut Rng,
) -> PoolProxy {
    let mut upstream = session(common, group, place, 0, rng);
    upstream.workers = vec!["proxy".to_owned()];
    if upstream.tunnel.is_none() {
        upstream.running = vec![(after(place, 0.5), place.end_ns)];
    }
    let total: f64 = behind.iter().map(|miner| miner.hashrate).sum();
    let mean = total / f64::from(u32::try_from(behind.len().max(1)).unwrap_or(u32::MAX));
    upstream.work = Some(mean * 60.0 / upstream.shares_per_minute);
    let inside = |miner: Session| Session {
        carrier: Carrier::Tcp,
        padding: Padding::None,
        jitter_seconds: 0.0,
        tunnel: None,
        fail_over: Vec::new(),
        rtt_ms: seconds(place.rtt_ns(0.04, &mut Rng::new(miner.seed))) * 1e3,
        ..miner
    };
    PoolProxy {
        upstream,
        listen: SocketAddr::new(place.host, 3_333),
        miners: behind.into_iter().map(inside).collect(),
    }
}
