//! Spans of lines that stand apart.

use std::net::SocketAddr;

use minehound_model::{HardwareAddress, LogKind, Place};
use proptest::prelude::*;

use super::*;

fn lease(last: u8, phase: Phase) -> Told {
    let address = "10.0.0.1".parse().unwrap();
    let mac = HardwareAddress([0, 0, 0, 0, 0, last]);
    Told {
        kind: LogKind::Lease,
        key: Key::Address(address),
        what: Tied::Lease { address, mac, host_name: None },
        phase,
        lasts_ms: 1_000,
    }
}

fn seen(ap: &str) -> Told {
    let mac = HardwareAddress([9; 6]);
    let place = Place { device: ap.to_owned(), port: None };
    Told {
        kind: LogKind::Attachment,
        key: Key::Mac(mac),
        what: Tied::Attachment { mac, place },
        phase: Phase::Seen,
        lasts_ms: 1_000,
    }
}

fn spans(lines: Vec<(Told, i64, Option<i64>)>) -> Vec<(i64, i64)> {
    let (mut spans, mut ties) = (Spans::default(), Vec::new());
    for (number, (told, at_ms, until_ms)) in lines.into_iter().enumerate() {
        let line = LineRef { log: LogId(0), line: number as u64 + 1 };
        spans.take(told, at_ms, until_ms, line, &mut |it| ties.push(it));
    }
    spans.finish(&mut |it| ties.push(it));
    ties.into_iter().map(|it| (it.span.from_ms, it.span.to_ms)).collect()
}

#[test]
fn a_lease_ends_where_another_begins_and_a_renewal_goes_on() {
    let told = spans(vec![
        (lease(1, Phase::Start), 0, None),
        (lease(1, Phase::Interim), 500, None),
        (lease(2, Phase::Start), 900, None),
        (lease(2, Phase::Stop), 1_200, None),
    ]);
    assert_eq!(told, [(0, 899), (900, 1_200)]);
}

#[test]
fn the_same_address_behind_another_router_is_another_one() {
    let (mut spans, mut ties) = (Spans::default(), Vec::new());
    for (log, mac, at_ms) in [(0, 1, 0), (1, 2, 400)] {
        let line = LineRef { log: LogId(log), line: 1 };
        spans.take(lease(mac, Phase::Start), at_ms, Some(900), line, &mut |it| ties.push(it));
    }
    let line = LineRef { log: LogId(0), line: 2 };
    spans.take(lease(3, Phase::Start), 2_000, None, line, &mut |it| ties.push(it));
    spans.finish(&mut |it| ties.push(it));
    let told: Vec<_> = ties.iter().map(|it| (it.span.from_ms, it.span.to_ms)).collect();
    assert_eq!(told, [(0, 900), (400, 900), (2_000, 3_000)]);
}

#[test]
fn what_nobody_ends_ends_with_its_time() {
    let told = spans(vec![(lease(1, Phase::Start), 0, Some(700)), (seen("ap-1"), 600, None)]);
    assert_eq!(told, [(0, 700), (600, 600)]);
    let late = spans(vec![(lease(1, Phase::Start), 0, Some(700)), (seen("ap"), 9_000, None)]);
    assert_eq!(late.first(), Some(&(0, 700)));
}

#[test]
fn sightings_at_one_place_are_a_stretch_and_nothing_is_known_between_two_places() {
    let told = spans(vec![
        (seen("ap-1"), 0, None),
        (seen("ap-1"), 300_000, None),
        (seen("ap-2"), 600_000, None),
    ]);
    assert_eq!(told, [(0, 300_000), (600_000, 600_000)]);
}

#[test]
fn of_connections_that_nobody_ends_those_whose_time_is_up_are_not_kept() {
    let udp = |port: u16, phase| {
        let inner = SocketAddr::new("10.0.0.1".parse().unwrap(), port);
        let (outer, far) = ("192.0.2.1:1".parse().unwrap(), inner);
        let what = Tied::Translation { outer, inner, far: Some(far), proto: 17 };
        let key = Key::Outer(17, outer, Some(far));
        Told { kind: LogKind::Translation, key, what, phase, lasts_ms: 180_000 }
    };
    let hour_ms = 3_600_000;
    for (ends, kept) in [(false, 1), (true, 60_001)] {
        let (mut spans, mut ties) = (Spans::default(), Vec::new());
        let line = LineRef { log: LogId(0), line: 1 };
        for port in 0..60_000 {
            spans.take(udp(port, Phase::Start), port.into(), None, line, &mut |it| {
                ties.push(it);
            });
        }
        if ends {
            spans.take(udp(60_001, Phase::Stop), 1, None, line, &mut |it| ties.push(it));
        }
        spans.outlived(&mut |it| ties.push(it));
        assert_eq!(spans.open.len(), 60_000, "nobody's time is up");
        let late = udp(60_002, Phase::Start);
        spans.take(late, hour_ms, None, line, &mut |it| ties.push(it));
        spans.outlived(&mut |it| ties.push(it));
        assert_eq!((spans.open.len(), spans.oldest.len()), (kept, kept));
        spans.finish(&mut |it| ties.push(it));
        assert_eq!(ties.len(), 60_001 + usize::from(ends), "nothing is lost");
        let first = ties.iter().find(|it| it.span.from_ms == 7).unwrap();
        assert_eq!(first.span.to_ms, 180_007);
    }
}

#[test]
fn an_end_without_a_beginning_still_tells_something() {
    assert_eq!(spans(vec![(lease(1, Phase::Stop), 40, Some(90))]), [(40, 90)]);
}

#[test]
fn what_began_before_the_clock_was_set_does_not_last_until_today() {
    let (start, today) = (5_000, 1_795_651_200_000);
    for phase in [Phase::Interim, Phase::Stop] {
        let told =
            spans(vec![(lease(1, Phase::Start), start, None), (lease(1, phase), today, None)]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().all(|it| it.1 - it.0 <= 1_000), "{told:?}");
        // Half a year of renewals is one.
        let told = spans(vec![
            (lease(1, Phase::Start), today - 15_000_000_000, None),
            (lease(1, phase), today, None),
        ]);
        assert_eq!(told.len(), 1);
    }
}

proptest! {
    #[test]
    fn whatever_clocks_do_no_tie_ends_before_it_begins_or_lasts_without_a_bound(lines in prop::collection::vec(
        (1_u8..4, 0_usize..4, prop::sample::select(vec![0_i64, 1, 3_600_000, 86_400_000, 1_795_651_200_000]), 0_i64..7_200_000),
        0..60,
    )) {
        let phases = [Phase::Start, Phase::Interim, Phase::Stop, Phase::Seen];
        let lines = lines.into_iter().map(|(mac, phase, jump, more)| (lease(mac, phases[phase]), jump + more, None));
        for (from_ms, to_ms) in spans(lines.collect()) {
            prop_assert!(from_ms <= to_ms);
            prop_assert!(to_ms - from_ms <= LONGEST_MS + 1_000, "{from_ms} {to_ms}");
        }
    }
}

fn account(ap: &str, phase: Phase) -> Told {
    let mac = Some(HardwareAddress([9; 6]));
    let address = Some("10.0.0.1".parse().unwrap());
    let through = Some(Place { device: "nas".to_owned(), port: Some(ap.to_owned()) });
    Told {
        kind: LogKind::Account,
        key: Key::Login("1 account".to_owned()),
        what: Tied::Account { account: "account".to_owned(), address, mac, through },
        phase,
        lasts_ms: 10_000,
    }
}

/// A session that ended elsewhere than it began was taken to go on for twelve hours, at an address that
/// somebody else had by then.
#[test]
fn a_session_that_roams_ends_where_it_is_told_to_end() {
    let told = spans(vec![
        (account("ap1", Phase::Start), 0, None),
        (account("ap2", Phase::Stop), 700, None),
    ]);
    assert_eq!(told, [(0, 700), (0, 700)]);
}

#[test]
fn a_log_that_writes_ends_only_says_nothing_of_what_goes_on() {
    let mut spans = Spans::default();
    for (log, phase) in [(0, Phase::Stop), (1, Phase::Start), (2, Phase::Seen)] {
        let line = LineRef { log: LogId(log), line: 1 };
        spans.take(lease(1, phase), 0, Some(5), line, &mut |_| {});
    }
    assert_eq!(spans.beginning().collect::<Vec<_>>(), [LogId(1), LogId(2)]);
}
