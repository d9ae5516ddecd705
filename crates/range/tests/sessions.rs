//! What a generated session promises: the same seed gives the same bytes, the truth says what was
//! written, and shares come as often as the rate says.

#![expect(clippy::cast_precision_loss, reason = "durations and counts become rates")]

use minehound_range::capture::{PcapStyle, pcapng};
use minehound_range::carrier::Carrier;
use minehound_range::dialogue::{Dialogue, Side};
use minehound_range::innocent::Innocent;
use minehound_range::packets::{Link, Shape, Tag};
use minehound_range::scenario::{
    Dialect, Generated, Gzip, JsonStyle, Naming, Session, merge, pool_probe, sample_office,
};

fn count(dialogue: &Dialogue, from: Side, needle: &[u8]) -> u64 {
    let turns = dialogue.turns.iter().filter(|turn| turn.from == from);
    turns
        .map(|turn| turn.bytes.windows(needle.len()).filter(|at| *at == needle).count() as u64)
        .sum()
}

/// How a share of this dialect begins, in bytes that occur in no other message of its side.
fn share_mark(dialect: Dialect) -> &'static [u8] {
    match dialect {
        Dialect::CryptoNote | Dialect::Grin => b"\"method\":\"submit\"",
        Dialect::EthProxy | Dialect::EthGetWork => b"eth_submitWork",
        Dialect::GetWork => b"\"method\":\"getwork\",\"params\":[\"",
        Dialect::GetBlockTemplate => b"submitblock",
        Dialect::Beam => b"\"solution\"",
        Dialect::StratumV2 => &[0x00, 0x80, 0x1a, 24, 0, 0],
        Dialect::Coinhive => b"\"type\":\"submit\"",
        _ => b"mining.submit",
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_gives_others() {
    for dialect in Dialect::ALL {
        let make = |seed| {
            let made = Session { seconds: 120.0, ..Session::new(dialect, seed) }.generate();
            (made.to_pcapng(9), made.truth_json())
        };
        assert_eq!(make(4), make(4), "{}", dialect.name());
        assert_ne!(make(4).0, make(5).0, "{}", dialect.name());
    }
    assert_eq!(sample_office(1).to_pcapng(6), sample_office(1).to_pcapng(6));
}

#[test]
fn the_truth_counts_the_shares_that_were_written() {
    for dialect in Dialect::ALL {
        let session = Session {
            seconds: 1_800.0,
            carrier: Carrier::Tcp,
            reconnect_seconds: Some(500.0),
            rejected: 0.1,
            stale: 0.1,
            ..Session::new(dialect, 11)
        };
        for dialogue in session.dialogues() {
            let mining = dialogue.mining.as_ref().unwrap();
            let written = count(&dialogue, Side::Client, share_mark(dialect));
            assert_eq!(written, mining.shares.submitted, "{}", dialect.name());
            let answered = mining.shares.accepted + mining.shares.rejected;
            assert!(mining.shares.submitted - answered <= 2, "{}", dialect.name());
            assert!(mining.jobs > 0, "{}", dialect.name());
            assert!(dialogue.turns.is_sorted_by_key(|turn| turn.time_ns), "{}", dialect.name());
            let told = mining.logins.first().unwrap();
            if !dialect.over_http() || dialect == Dialect::EthGetWork {
                let name = told.account.as_bytes();
                assert!(count(&dialogue, Side::Client, name) > 0, "{}", dialect.name());
            }
        }
    }
}

#[test]
fn accepted_work_estimates_the_true_rate_without_bias() {
    for dialect in Dialect::ALL {
        let (mut ratio, mut shares, runs) = (0.0, 0.0, 12);
        for seed in 0..runs {
            let session = Session {
                seconds: 3_600.0,
                stale: 0.0,
                rejected: 0.0,
                // jobs by the second make long captures and no difference to shares
                poll_seconds: 30.0,
                ..Session::new(dialect, seed)
            };
            let dialogue = session.dialogues().remove(0);
            let mining = dialogue.mining.unwrap();
            let lasted = (mining.ended_ns - mining.logged_in_ns) as f64 / 1e9;
            ratio += mining.accepted_work / lasted / mining.hashrate / runs as f64;
            shares += mining.shares.accepted as f64;
        }
        // five standard deviations of a Poisson count
        let bound = 5.0 / f64::sqrt(shares);
        assert!((ratio - 1.0).abs() < bound, "{}: {ratio} ± {bound}", dialect.name());
        assert!(shares > 2_000.0, "{}: {shares}", dialect.name());
    }
}

#[test]
fn a_ninety_percent_poisson_interval_holds_the_true_rate_nine_times_in_ten() {
    let sessions = 400;
    let held = (0..sessions)
        .filter(|seed| {
            let session = Session {
                seconds: 1_200.0,
                stale: 0.0,
                rejected: 0.0,
                ..Session::new(Dialect::CryptoNote, *seed)
            };
            let mining = session.dialogues().remove(0).mining.unwrap();
            let lasted = (mining.ended_ns - mining.logged_in_ns) as f64 / 1e9;
            let estimate = mining.accepted_work / lasted;
            let margin = 1.645 / f64::sqrt(mining.shares.accepted as f64);
            (mining.hashrate / estimate - 1.0).abs() < margin
        })
        .count();
    let fraction = held as f64 / sessions as f64;
    assert!((0.86..0.94).contains(&fraction), "{fraction}");
}

#[test]
fn a_rate_that_changes_is_told_as_its_mean_and_a_silent_miner_sends_no_share() {
    let session = Session {
        hashrate: 1_000.0,
        rate_changes: vec![(300.0, 3_000.0)],
        ..Session::new(Dialect::CryptoNote, 2)
    };
    let rate = session.dialogues()[0].mining.as_ref().unwrap().hashrate;
    assert!((rate - 2_000.0).abs() < 10.0, "{rate}");
    let silent = Session { hashrate: 0.0, ..Session::new(Dialect::StratumV1, 2) };
    assert_eq!(silent.dialogues()[0].mining.as_ref().unwrap().shares.submitted, 0);
}

#[test]
fn carriers_open_as_their_specifications_say() {
    let first = |carrier| {
        let session = Session { carrier, seconds: 60.0, ..Session::new(Dialect::CryptoNote, 3) };
        session.dialogues().remove(0).turns.remove(0).bytes
    };
    assert!(first(Carrier::Tcp).starts_with(b"{\"id\":1"));
    assert!(first(Carrier::HttpConnect).starts_with(b"CONNECT pool.example:4444 HTTP/1.1\r\n"));
    assert_eq!(first(Carrier::Socks5), [5, 1, 0]);
    assert!(first(Carrier::WebSocket).starts_with(b"GET /proxy HTTP/1.1\r\n"));
}

#[test]
fn alephium_speaks_gzip_from_the_answer_on() {
    for gzip in [Gzip::Stream, Gzip::Messages] {
        let session = Session { gzip, seconds: 60.0, ..Session::new(Dialect::Alephium, 3) };
        let dialogue = session.dialogues().remove(0);
        let up: Vec<&[u8]> = dialogue
            .turns
            .iter()
            .filter(|turn| turn.from == Side::Client)
            .map(|turn| turn.bytes.as_slice())
            .collect();
        assert!(up[0].starts_with(b"{\"id\":\"0\"") && up[1].starts_with(b"{\"id\":\"1\""));
        assert_eq!(up[2][..2], [0x1f, 0x8b]);
        assert_eq!(up[3].starts_with(&[0x1f, 0x8b]), gzip == Gzip::Messages);
    }
}

#[test]
fn impairments_change_the_frames_and_are_named_in_the_truth() {
    let made = || Session::new(Dialect::CryptoNote, 3).generate();
    let whole = made().frames.len();
    assert!(made().lose(0.2, 1).frames.len() < whole);
    assert!(made().duplicate(0.2, 1).frames.len() > whole);
    assert_eq!(made().reorder(0.3, 1).frames.len(), whole);
    assert!(made().one_sided(Side::Server).frames.len() < whole);
    assert!(made().start_late(300.0).frames.len() < whole);
    let cut = made().snap(96);
    assert!(cut.frames.iter().all(|frame| frame.bytes.len() <= 96));
    assert!(cut.frames.iter().any(|frame| frame.wire_len > 96));
    assert_eq!(cut.truth.impairments, ["snaplen 96"]);
    assert!(made().reorder(0.3, 1).frames.is_sorted_by_key(|frame| frame.time_ns));
}

#[test]
fn shapes_give_different_frames_for_the_same_truth() {
    let with = |shape: Shape| Session { shape, ..Session::new(Dialect::StratumV1, 9) }.generate();
    let plain = with(Shape::default());
    for shape in [
        Shape { segment: 1, ..Shape::default() },
        Shape { fragment: Some(64), ..Shape::default() },
        Shape { tags: vec![Tag::QinQ(100, 7), Tag::PppOE(17)], ..Shape::default() },
        Shape { tags: vec![Tag::Vxlan(42)], ..Shape::default() },
        Shape { link: Link::Cooked2, ..Shape::default() },
        Shape { coalesce: true, ..Shape::default() },
        Shape { resend: 0.5, ..Shape::default() },
    ] {
        let other = with(shape);
        assert_ne!(plain.frames, other.frames);
        let shares = |made: &Generated| made.truth.mining().next().unwrap().1.shares;
        assert_eq!(shares(&plain), shares(&other));
    }
}

#[test]
fn several_workers_and_connections_are_all_told() {
    let session = Session {
        workers: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
        naming: Naming::Account,
        reconnect_seconds: Some(200.0),
        ..Session::new(Dialect::StratumV1, 6)
    };
    let made = session.generate();
    assert_eq!(made.truth.mining().count(), 3);
    for (_, mining) in made.truth.mining() {
        assert_eq!(mining.logins.len(), 3);
        assert!(mining.logins.iter().all(|login| login.wallet.is_none()));
    }
}

#[test]
fn merged_captures_keep_their_truths_and_the_order_of_time() {
    let miner = Session::new(Dialect::Grin, 1).generate();
    let start = miner.truth.flows[0].start_ns;
    let other = Innocent::Electrum.generate("192.168.1.50".parse().unwrap(), start, 300.0, 2);
    let frames = miner.frames.len() + other.frames.len();
    let two = pcapng(&[(&miner, 6), (&other, 0x80 | 0x14)], true);
    assert_eq!(two[..4], [0x0a, 0x0d, 0x0d, 0x0a]);
    let whole = merge(vec![miner, other]);
    assert_eq!(whole.frames.len(), frames);
    assert!(whole.frames.is_sorted_by_key(|frame| frame.time_ns));
    assert_eq!(whole.truth.flows.len(), 2);
}

#[test]
fn the_sample_office_holds_what_its_description_says() {
    let office = sample_office(1);
    assert!(office.to_pcapng(6).len() < 400_000, "{}", office.to_pcapng(6).len());
    assert!(office.to_pcap(PcapStyle::default()).len() < 400_000);
    let mining: Vec<_> = office.truth.mining().collect();
    assert_eq!(mining.len(), 2);
    let monero = mining.iter().find(|(_, mining)| mining.coin == "XMR").unwrap().1;
    assert!(monero.shares.accepted > 20);
    assert_eq!(monero.logins[0].worker.as_deref(), Some("accounting-pc"));
    let bitcoin = mining.iter().find(|(_, mining)| mining.coin == "BTC").unwrap().1;
    assert_eq!(bitcoin.shares.submitted, 0);
    let hosts: std::collections::BTreeSet<_> =
        office.truth.flows.iter().map(|flow| flow.client.ip()).collect();
    assert_eq!(hosts.len(), 8);
}

#[test]
fn a_probe_logs_in_to_many_pools_and_works_for_none() {
    let probe = pool_probe("192.168.1.60".parse().unwrap(), 1_000_000_000, 7);
    let pools: std::collections::BTreeSet<_> =
        probe.truth.flows.iter().map(|flow| flow.server).collect();
    assert!(pools.len() >= 6);
    let last = probe.truth.flows.last().unwrap().end_ns;
    assert!(last < 600_000_000_000);
    assert!(probe.truth.mining().all(|(_, mining)| mining.shares.submitted == 0));
}

#[test]
fn styles_of_json_say_the_same() {
    let said = |style| {
        let session = Session { style, seconds: 200.0, ..Session::new(Dialect::Kaspa, 4) };
        let turns = session.dialogues().remove(0).turns;
        let trees: Vec<serde_json::Value> =
            turns.iter().map(|turn| serde_json::from_slice(&turn.bytes).unwrap()).collect();
        (trees, turns)
    };
    let (compact, spaced, sorted) =
        (said(JsonStyle::Compact), said(JsonStyle::Spaced), said(JsonStyle::Sorted));
    assert_eq!(compact.0, spaced.0);
    assert_eq!(compact.0, sorted.0);
    assert_ne!(compact.1, spaced.1);
    assert_ne!(compact.1, sorted.1);
}

#[test]
fn every_line_of_every_dialect_is_json() {
    for dialect in Dialect::ALL {
        if dialect == Dialect::StratumV2 || dialect.over_http() {
            continue;
        }
        let session = Session {
            seconds: 900.0,
            carrier: Carrier::Tcp,
            stale: 0.2,
            ..Session::new(dialect, 8)
        };
        for turn in session.dialogues().remove(0).turns {
            let tree = serde_json::from_slice::<serde_json::Value>(&turn.bytes);
            assert!(tree.is_ok(), "{}: {:?}", dialect.name(), String::from_utf8_lossy(&turn.bytes));
        }
    }
}

#[test]
fn a_script_opens_a_connection_for_each_request_and_says_the_same() {
    for dialect in Dialect::ALL.into_iter().filter(|it| it.over_http()) {
        let session = Session { poll_seconds: 5.0, ..Session::new(dialect, 21) };
        let (whole, apart) =
            (session.dialogues(), Session { by_script: true, ..session }.dialogues());
        let shares = |all: &[Dialogue]| {
            let mining = all.iter().filter_map(|it| it.mining.as_ref());
            mining.fold((0, 0, 0), |(submitted, accepted, jobs), it| {
                (submitted + it.shares.submitted, accepted + it.shares.accepted, jobs + it.jobs)
            })
        };
        let (submitted, accepted, jobs) = shares(&apart);
        assert_eq!((submitted, accepted), (shares(&whole).0, shares(&whole).1));
        assert!(jobs >= shares(&whole).2 && jobs > 100, "{}", dialect.name());
        for flow in &apart {
            assert!(flow.turns.len() <= 2 && flow.start_ns < flow.turns[0].time_ns);
            assert_eq!(count(flow, Side::Client, b"Connection: close"), 1);
            assert_eq!(count(flow, Side::Client, b"capabilities"), 0);
        }
    }
}
