//! What all miners of a group have in common: their pool with its habits, and their program.

use super::server;
use crate::carrier::{Carrier, Suite, Tls, TlsVersion};
use crate::rhythm::Refresh;
use crate::rng::Rng;
use crate::scenario::{Dialect, JsonStyle, Naming, Pool, Session};
use crate::scenario_file::Miners;
use crate::world::World;

/// The session that those of all members are made from. What a scenario does not say is drawn,
/// whether it is used or not: a key more in a scenario changes nothing else.
pub(super) fn session(world: &World, group: &Miners, rng: &mut Rng) -> Session {
    let base = Session::new(group.dialect, 0);
    let habits = group.habits;
    let (refresh, steady) = (drawn_refresh(rng), rng.chance(0.5));
    let after_share = if rng.chance(0.25) { rng.between(0.2, 1.0) } else { 0.0 };
    let naming = match group.dialect {
        Dialect::CryptoNote => rng.pick(&NAMES),
        _ if rng.chance(0.3) => Naming::Account,
        _ => Naming::WalletAndWorker,
    };
    let styles = [JsonStyle::Compact, JsonStyle::Spaced, JsonStyle::Sorted];
    let style = styles.get(rng.index(6).saturating_sub(3)).copied();
    let pool = |it: &crate::scenario_file::Pool| Pool {
        server: server(it),
        host: it.host.clone(),
        port: it.port,
    };
    let first = pool(&group.pool);
    let session = Session {
        coin: group.coin,
        start_ns: world.scenario.start_ns,
        seconds: world.scenario.seconds,
        server: first.server,
        host: first.host,
        port: first.port,
        fail_over: group.fail_over.iter().map(pool).collect(),
        naming,
        carrier: carrier(group, rng),
        style: style.unwrap_or(JsonStyle::Compact),
        lazy_difficulty: rng.chance(0.3),
        chain: world.chains.get(group.coin.ticker()).cloned(),
        refresh: habits.refresh.unwrap_or(refresh),
        burst_seconds: habits.burst_seconds.unwrap_or(f64::INFINITY),
        keepalive_seconds: habits.keepalive.unwrap_or(if steady { 60.0 } else { f64::INFINITY }),
        job_after_share: habits.job_after_share.unwrap_or(after_share),
        jitter_seconds: group.disguise.jitter_seconds,
        padding: group.disguise.padding,
        reconnect_seconds: group.reconnect_hours.map(|hours| hours * 3_600.0),
        reconnect_spread: 0.6,
        ..base
    };
    session.with_jobs_of_pools()
}

const NAMES: [Naming; 3] = [Naming::WalletAndWorker, Naming::Wallet, Naming::Account];

/// Timers of 10 to 60 s that every job sets back, steady ones, or none, as pools have them.
fn drawn_refresh(rng: &mut Rng) -> Refresh {
    let seconds = rng.pick(&[10.0, 20.0, 22.0, 30.0, 30.0, 55.0, 60.0]);
    match rng.below(10) {
        0..=5 => Refresh::AfterJob(seconds),
        6 | 7 => Refresh::Steady(rng.pick(&[30.0, 60.0])),
        8 => Refresh::Between(30.0, 60.0),
        _ => Refresh::Never,
    }
}

fn carrier(group: &Miners, rng: &mut Rng) -> Carrier {
    let version = if rng.chance(0.75) { TlsVersion::V13 } else { TlsVersion::V12 };
    let suite = if rng.chance(0.7) { Suite::AesGcm } else { Suite::ChaCha };
    let certificates = rng.pick(&[1, 1, 2, 2, 3]);
    let tickets = rng.pick(&[2, 2, 2, 1, 0]);
    match group.carrier {
        Carrier::Tls(tls) => Carrier::Tls(Tls {
            version: group.habits.tls.unwrap_or(version),
            suite,
            certificates,
            tickets,
            sni: group.disguise.sni,
            ..tls
        }),
        other => other,
    }
}
