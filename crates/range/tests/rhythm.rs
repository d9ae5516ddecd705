//! The rhythm of mining: when jobs come, what they have in common, and how it is hidden.

use std::net::IpAddr;

use minehound_range::carrier::{Carrier, Padding};
use minehound_range::chain::Chain;
use minehound_range::coin::Coin;
use minehound_range::dialogue::{Dialogue, Side};
use minehound_range::rhythm::{Hours, Refresh, gaps};
use minehound_range::scenario::{Dialect, Pool, PoolProxy, Session};

fn session(seed: u64) -> Session {
    Session { seconds: 3_600.0, ..Session::new(Dialect::CryptoNote, seed) }
}

fn chain(session: &Session) -> Chain {
    Chain::poisson(Coin::Xmr, session.start_ns, session.seconds, 77)
}

fn is_job(bytes: &[u8]) -> bool {
    bytes.windows(14).any(|at| at == b"\"method\":\"job\"")
}

fn job_times(dialogue: &Dialogue) -> Vec<u64> {
    let jobs = dialogue.turns.iter().filter(|turn| is_job(&turn.bytes));
    jobs.map(|turn| turn.time_ns).collect()
}

fn only(session: &Session) -> Dialogue {
    session.dialogues().remove(0)
}

#[test]
fn a_timer_that_jobs_set_back_shows_in_the_gaps_and_in_the_truth() {
    let made = only(&Session {
        refresh: Refresh::AfterJob(22.0),
        retarget_seconds: f64::INFINITY,
        ..session(1)
    });
    let gaps = gaps(&job_times(&made));
    assert!(gaps.iter().all(|gap| *gap < 22.2), "{gaps:?}");
    let regular = gaps.iter().filter(|gap| **gap > 21.9).count();
    assert!(regular > 80, "{regular} of {}", gaps.len());
    let mining = made.mining.unwrap();
    assert_eq!((mining.refresh.as_str(), mining.refresh_seconds), ("after-job", Some(22.0)));
    assert!(mining.block_times.len() > 10);
}

#[test]
fn without_a_refresh_jobs_come_with_blocks_alone() {
    let session =
        Session { refresh: Refresh::Never, retarget_seconds: f64::INFINITY, ..session(2) };
    let session = Session { chain: Some(chain(&session)), ..session };
    let made = only(&session);
    assert_eq!(job_times(&made), made.mining.unwrap().block_times);
}

#[test]
fn all_who_mine_a_coin_get_jobs_within_seconds_of_its_blocks() {
    let base = session(3);
    let chain = chain(&base);
    for (seed, host) in [(10, "one.example"), (11, "two.example"), (12, "three.example")] {
        let made = only(&Session {
            chain: Some(chain.clone()),
            refresh: Refresh::Never,
            host: host.to_owned(),
            ..session(seed)
        });
        let seen = made.mining.unwrap().block_times;
        let during = |time: u64| time > made.start_ns + 5_000_000_000 && time < made.end_ns;
        for block in chain.blocks().iter().filter(|block| during(block.time_ns)) {
            let found = seen
                .iter()
                .any(|time| (block.time_ns..block.time_ns + 3_100_000_000).contains(time));
            assert!(found || block.time_ns + 3_100_000_000 > made.end_ns, "{host}");
        }
    }
}

#[test]
fn hosts_at_one_pool_get_their_jobs_at_the_same_moments() {
    let base = session(4);
    let chain = chain(&base);
    let times = |seed, last| {
        job_times(&only(&Session {
            chain: Some(chain.clone()),
            refresh: Refresh::AfterJob(30.0),
            retarget_seconds: f64::INFINITY,
            client: IpAddr::from([10, 0, 0, last]),
            ..session(seed)
        }))
    };
    let (one, two) = (times(20, 1), times(21, 2));
    assert!(one.len() > 100);
    let together =
        one.iter().filter(|at| two.iter().any(|other| other.abs_diff(**at) < 60_000_000));
    assert!(together.count() + 2 >= one.len());
}

#[test]
fn heights_follow_the_chain_over_reconnects() {
    let base = session(5);
    let chain = chain(&base);
    let session = Session { chain: Some(chain.clone()), reconnect_seconds: Some(700.0), ..base };
    let mut last = 0;
    for dialogue in session.dialogues() {
        for turn in &dialogue.turns {
            let text = String::from_utf8_lossy(&turn.bytes).into_owned();
            let Some((_, rest)) = text.split_once("\"height\":") else { continue };
            let height: u64 = rest.split(',').next().unwrap().parse().unwrap();
            assert!(height >= last, "{height} after {last}");
            assert!(height <= chain.height_at(turn.time_ns) + 1);
            last = height;
        }
    }
    assert!(last > chain.height_at(session.start_ns) + 10);
}

#[test]
fn a_slow_victim_gets_jobs_and_sends_next_to_nothing() {
    let made = only(&Session {
        hashrate: 150.0,
        work: Some(300_000.0),
        retarget_seconds: f64::INFINITY,
        refresh: Refresh::AfterJob(20.0),
        keepalive_seconds: f64::INFINITY,
        ..session(6)
    });
    let mining = made.mining.unwrap();
    assert!(mining.jobs > 150, "{}", mining.jobs);
    assert!((0..=8).contains(&mining.shares.submitted), "{:?}", mining.shares);
    assert!((mining.hashrate - 150.0).abs() < 1e-6);
}

#[test]
fn night_only_miners_are_silent_by_day() {
    // the start is at eight in the morning
    let night = Session {
        seconds: 86_400.0,
        hours: Some(Hours::only(22, 6, false)),
        keepalive_seconds: f64::INFINITY,
        ..Session::new(Dialect::CryptoNote, 7)
    };
    let made = only(&night);
    let shares: Vec<u64> = made
        .turns
        .iter()
        .filter(|turn| turn.bytes.windows(8).any(|at| at == b"\"submit\""))
        .map(|turn| (turn.time_ns - made.start_ns) / 3_600_000_000_000)
        .collect();
    assert!(shares.len() > 1_000, "{}", shares.len());
    assert!(shares.iter().all(|hour| (14..22).contains(hour)));
    let mining = made.mining.unwrap();
    assert_eq!(mining.evasion, ["hours"]);
    assert_eq!(mining.rates.len(), 3);
    assert!(mining.hashrate < night.hashrate * 0.34 && mining.hashrate > night.hashrate * 0.33);

    let gone = Session { hours: Some(Hours::only(22, 6, true)), ..night };
    let all = gone.dialogues();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].start_ns - gone.start_ns) / 3_600_000_000_000, 14);
}

#[test]
fn jitter_blurs_answers_and_keeps_the_order() {
    let session = Session { jitter_seconds: 3.0, ..session(8) };
    let made = only(&session);
    assert!(made.turns.is_sorted_by_key(|turn| turn.time_ns));
    let mut waits = Vec::new();
    for pair in made.turns.windows(2) {
        if (pair[0].from, pair[1].from) == (Side::Client, Side::Server) {
            waits.push((pair[1].time_ns - pair[0].time_ns) / 1_000_000);
        }
    }
    waits.sort_unstable();
    assert!(waits[waits.len() / 2] > 600, "{waits:?}");
    let mining = made.mining.unwrap();
    assert_eq!(mining.evasion, ["jitter"]);
    assert!(mining.shares.accepted > 100);
}

#[test]
fn padding_makes_sizes_many_in_the_clear_and_in_tls() {
    for carrier in [Carrier::Tcp, Carrier::tls()] {
        let sizes = |padding| -> std::collections::BTreeSet<usize> {
            let made = only(&Session { carrier, padding, ..session(9) });
            let up = made.turns.iter().filter(|turn| turn.from == Side::Client).skip(3);
            up.map(|turn| turn.bytes.len()).collect()
        };
        assert!(sizes(Padding::None).len() < 10);
        assert!(sizes(Padding::Random(200)).len() > 60);
    }
}

#[test]
fn a_miner_fails_over_to_its_other_pools_in_turn() {
    let session = Session {
        reconnect_seconds: Some(600.0),
        reconnect_spread: 0.5,
        fail_over: vec![Pool {
            server: "203.0.113.99:5555".parse().unwrap(),
            host: "spare.example".to_owned(),
            port: 5555,
        }],
        ..session(10)
    };
    let all = session.dialogues();
    assert!(all.len() > 3);
    for (place, dialogue) in all.iter().enumerate() {
        assert_eq!(dialogue.server.port(), if place % 2 == 0 { 4444 } else { 5555 });
    }
    let lengths: Vec<u64> = all.iter().map(|one| one.end_ns - one.start_ns).collect();
    assert_ne!(lengths[0], lengths[1]);
}

#[test]
fn jobs_of_bitcoin_differ_by_whole_branches() {
    let made =
        only(&Session { seconds: 7_200.0, hashrate: 0.0, ..Session::new(Dialect::StratumV1, 11) });
    let jobs = made.turns.iter().filter(|turn| {
        turn.bytes.windows(13).any(|at| at == b"mining.notify") && turn.bytes.len() < 2_000
    });
    let sizes: std::collections::BTreeSet<usize> =
        jobs.skip(1).map(|turn| turn.bytes.len()).collect();
    assert!(sizes.len() >= 3, "{sizes:?}");
    let first = *sizes.iter().nth(1).unwrap();
    // 64 digits, two quotes, a comma; `true` is a letter shorter than `false`
    assert!(sizes.iter().skip(1).all(|size| (size - first) % 67 <= 1 || (size - first) % 67 == 66));
}

#[test]
fn a_proxy_hands_on_every_job_and_every_share() {
    let miner = |last: u8| Session {
        hashrate: 2_000.0 + 100.0 * f64::from(last),
        client: IpAddr::from([192, 168, 7, last]),
        keepalive_seconds: f64::INFINITY,
        ..session(30 + u64::from(last))
    };
    let proxy = PoolProxy {
        upstream: Session {
            refresh: Refresh::AfterJob(30.0),
            client: IpAddr::from([192, 168, 7, 200]),
            keepalive_seconds: f64::INFINITY,
            carrier: Carrier::tls(),
            stale: 0.0,
            ..session(30)
        },
        listen: "192.168.7.200:3333".parse().unwrap(),
        miners: (1..=8).map(miner).collect(),
    };
    let all = proxy.dialogues();
    let (upstream, miners) = all.split_last().unwrap();
    let truth = |dialogue: &Dialogue| dialogue.mining.clone().unwrap();
    assert_eq!(truth(upstream).role, "proxy-upstream");
    let sent: u64 = miners.iter().map(|miner| truth(miner).shares.submitted).sum();
    assert!(sent > 2_000, "{sent}");
    assert!(sent - truth(upstream).shares.submitted < 5);
    let rate: f64 = miners.iter().map(|miner| truth(miner).hashrate).sum();
    assert!((truth(upstream).hashrate - rate).abs() < 1.0);
    // a job is at every miner within two milliseconds, and never before it is at the proxy
    let first = job_times(&miners[0]);
    assert!(first.len() > 100);
    for miner in miners {
        assert_eq!(miner.server, proxy.listen);
        assert_eq!(truth(miner).role, "behind-proxy");
        for (one, other) in first.iter().zip(job_times(miner)) {
            assert!(one.abs_diff(other) < 2_000_000);
        }
    }
    let arrivals: Vec<u64> = upstream
        .turns
        .iter()
        .filter(|turn| turn.from == Side::Server && turn.bytes.len() > 300)
        .map(|turn| turn.time_ns)
        .collect();
    let handed = first
        .iter()
        .filter(|at| arrivals.iter().any(|arrival| (arrival..&(arrival + 2_000_000)).contains(at)));
    assert_eq!(handed.count(), first.len());
}
