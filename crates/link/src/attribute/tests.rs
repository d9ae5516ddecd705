//! Small networks whose answers a reader can check by hand.

use std::net::SocketAddr;

use minehound_model::{
    Answer, HardwareAddress, LineRef, Log, LogClock, LogId, LogKind, Place, Question, Span, Tie,
    Tied, Who,
};

use super::*;
use crate::clocks::Clocks;
use minehound_model::Remembered;

const NOON: i64 = 1_700_000_000_000;
const POOL: &str = "203.0.113.9:3333";

#[derive(Default)]
struct Made {
    logs: Vec<Log>,
    ties: Vec<Tie>,
}

impl Made {
    fn log(&mut self, device: &str, kind: LogKind) -> LogId {
        let id = LogId(u32::try_from(self.logs.len()).unwrap());
        self.logs.push(Log {
            id,
            device: device.to_owned(),
            kind,
            sha256: "0".repeat(64),
            path: format!("{device}.log"),
            span: Span { from_ms: NOON - 3_600_000, to_ms: NOON + 3_600_000 },
            silent: Vec::new(),
            only_ends: false,
            ties: 0,
        });
        id
    }

    fn tie(&mut self, log: LogId, from_s: i64, to_s: i64, what: Tied) {
        let line = LineRef { log, line: self.ties.len() as u64 + 1 };
        let span = Span { from_ms: NOON + from_s * 1000, to_ms: NOON + to_s * 1000 };
        self.ties.push(Tie { span, line, what, sighted: false });
    }

    fn translation(&mut self, log: LogId, seconds: (i64, i64), outer: &str, inner: &str) {
        self.tie(log, seconds.0, seconds.1, translation(outer, inner, POOL));
    }

    fn answer(self, question: &Question, network: &Network) -> Answer {
        let ties = Remembered::new(self.logs, self.ties);
        let mut clocks = Clocks::default();
        for log in ties.logs() {
            clocks.set(log.id, LogClock { pairs: 100, ..LogClock::assumed(500.0) });
        }
        attribute(question, &ties, &clocks, network)
    }
}

use minehound_model::Ties;

fn translation(outer: &str, inner: &str, far: &str) -> Tied {
    let end = |it: &str| it.parse::<SocketAddr>().unwrap();
    Tied::Translation { outer: end(outer), inner: end(inner), far: Some(end(far)), proto: 6 }
}

fn lease(address: &str, last: u8) -> Tied {
    Tied::Lease { address: address.parse().unwrap(), mac: mac(last), host_name: None }
}

fn mac(last: u8) -> HardwareAddress {
    HardwareAddress([0, 0x16, 0x3e, 0, 0, last])
}

fn question() -> Question {
    let far: SocketAddr = POOL.parse().unwrap();
    Question {
        address: "198.51.100.1".parse().unwrap(),
        port: Some(50_000),
        proto: Some(6),
        far: Some((far.ip(), Some(far.port()))),
        moment: Span { from_ms: NOON, to_ms: NOON + 999 },
        clock: LogClock { pairs: 10, ..LogClock::assumed(500.0) },
    }
}

fn sums_to_one(answer: &Answer) {
    let total: f64 = answer.candidates.iter().map(|it| it.probability).sum();
    assert!((total - 1.0).abs() < 1e-6, "{total}: {answer:#?}");
}

/// An address of IPv6 is nobody's but the machine's: a table of neighbours, taken every ten minutes, tells.
#[test]
fn what_tables_show_holds_before_the_first_look_and_between_two_it_may_be_either() {
    let address = "2001:db8::7".parse().unwrap();
    let asked = Question { address, port: None, far: None, ..question() };
    for (other_s, sure) in [(None, true), (Some(-300), false)] {
        let mut made = Made::default();
        let table = made.log("core", LogKind::Lease);
        let mut see = |last, from_s, to_s| {
            made.tie(table, from_s, to_s, lease("2001:db8::7", last));
            made.ties.last_mut().unwrap().sighted = true;
        };
        see(1, 300, 1_500);
        if let Some(at_s) = other_s {
            see(2, at_s - 600, at_s);
        }
        let answer = made.answer(&asked, &Network::default());
        sums_to_one(&answer);
        assert_eq!(answer.candidates[0].probability > 0.9, sure, "{answer:#?}");
        let likely = |it: &&minehound_model::Candidate| it.probability > 0.3;
        let named = answer.candidates.iter().filter(likely).count();
        assert_eq!(named, if sure { 1 } else { 2 }, "{answer:#?}");
    }
}

#[test]
fn a_trail_through_two_translators_ends_at_the_machine_and_its_place() {
    let mut made = Made::default();
    let exit = made.log("exit", LogKind::Translation);
    let building = made.log("building", LogKind::Translation);
    let leases = made.log("dhcp", LogKind::Lease);
    let access = made.log("radius", LogKind::Account);
    made.translation(exit, (-60, 60), "198.51.100.1:50000", "10.0.0.7:40000");
    made.translation(building, (-61, 60), "10.0.0.7:40000", "192.168.1.5:33333");
    made.translation(building, (-900, -800), "10.0.0.7:40000", "192.168.1.99:33333");
    made.tie(leases, -3000, 3000, lease("192.168.1.5", 1));
    let place = Place { device: "sw-3".to_owned(), port: Some("GE1/0/7".to_owned()) };
    let login = Tied::Account {
        account: "s1001".to_owned(),
        address: Some("192.168.1.5".parse().unwrap()),
        mac: Some(mac(1)),
        through: Some(place.clone()),
    };
    made.tie(access, -2000, 2000, login);
    let answer = made.answer(&question(), &Network::default());
    sums_to_one(&answer);
    let first = &answer.candidates[0];
    assert_eq!(first.who, Who::Machine(mac(1)));
    assert!(first.probability > 0.98, "{answer:#?}");
    assert_eq!(first.steps.len(), 3, "{:#?}", first.steps);
    assert_eq!(first.places[0].0, place);
    assert_eq!(first.accounts[0].0, "s1001");
}

#[test]
fn where_two_lines_fit_two_are_named() {
    let mut made = Made::default();
    let exit = made.log("exit", LogKind::Translation);
    let leases = made.log("dhcp", LogKind::Lease);
    // The port changes hands in the very second that was told.
    made.translation(exit, (-600, 0), "198.51.100.1:50000", "10.0.0.7:40000");
    made.translation(exit, (0, 600), "198.51.100.1:50000", "10.0.0.8:40000");
    made.tie(leases, -3000, 3000, lease("10.0.0.7", 7));
    made.tie(leases, -3000, 3000, lease("10.0.0.8", 8));
    let answer = made.answer(&question(), &Network::default());
    sums_to_one(&answer);
    let of = |who: Who| answer.candidates.iter().find(|it| it.who == who).unwrap().probability;
    assert!(of(Who::Machine(mac(7))) > 0.2, "{answer:#?}");
    assert!(of(Who::Machine(mac(8))) > 0.4, "{answer:#?}");
}

#[test]
fn where_the_translator_is_silent_the_far_end_leads_on_and_the_log_is_named() {
    let mut made = Made::default();
    let exit = made.log("exit", LogKind::Translation);
    let inside = made.log("inside", LogKind::Session);
    let leases = made.log("dhcp", LogKind::Lease);
    made.translation(exit, (-60, 60), "198.51.100.1:50000", "10.0.0.7:40000");
    // The building's own translations are not there; a firewall behind it saw two to the pool.
    for (last, seconds) in [(5, (-60, 60)), (6, (-1500, -1400))] {
        let inner = format!("192.168.1.{last}:33333").parse().unwrap();
        let far = POOL.parse().unwrap();
        made.tie(inside, seconds.0, seconds.1, Tied::Session { inner, far, proto: 6 });
        made.tie(leases, -3000, 3000, lease(&format!("192.168.1.{last}"), last));
    }
    let network = building();
    let answer = made.answer(&question(), &network);
    sums_to_one(&answer);
    assert_eq!(answer.candidates[0].who, Who::Machine(mac(5)), "{answer:#?}");
    assert!(answer.candidates[0].probability > 0.6, "{answer:#?}");
    let missing = &answer.missing[0];
    assert_eq!(missing.device.as_deref(), Some("building"));
    assert_eq!(missing.kind, LogKind::Translation);
}

#[test]
fn where_nothing_tells_everyone_there_is_named_alike() {
    let mut made = Made::default();
    let exit = made.log("exit", LogKind::Translation);
    let leases = made.log("dhcp", LogKind::Lease);
    made.translation(exit, (-60, 60), "198.51.100.1:50000", "10.0.0.7:40000");
    for last in 1..=4 {
        made.tie(leases, -3000, 3000, lease(&format!("192.168.1.{last}"), last));
    }
    let answer = made.answer(&question(), &building());
    sums_to_one(&answer);
    assert!(answer.candidates.len() >= 4);
    for it in &answer.candidates[..4] {
        assert!((it.probability - 0.25).abs() < 0.02, "{answer:#?}");
        assert!(it.steps.iter().any(|it| it.line.is_none()), "the gap is shown");
    }
}

#[test]
fn an_address_that_nobody_translates_belongs_to_whoever_held_it_then() {
    let mut made = Made::default();
    let leases = made.log("dhcp", LogKind::Lease);
    made.tie(leases, -3000, -100, lease("198.51.100.1", 1));
    made.tie(leases, -90, 3000, lease("198.51.100.1", 2));
    let answer = made.answer(&question(), &Network::default());
    sums_to_one(&answer);
    assert_eq!(answer.candidates[0].who, Who::Machine(mac(2)));
    assert!(answer.candidates[0].probability > 0.98, "{answer:#?}");
}

#[test]
fn with_no_log_at_all_the_answer_is_the_address_and_what_to_fetch() {
    let answer = Made::default().answer(&question(), &building());
    sums_to_one(&answer);
    assert_eq!(answer.candidates[0].who, Who::Holder(question().address));
    assert_eq!(answer.missing[0].kind, LogKind::Lease);
}

fn building() -> Network {
    let net = |it: &str, length| (it.parse().unwrap(), length);
    Network {
        translators: vec![Translator {
            device: "building".to_owned(),
            outer: vec![net("10.0.0.7", 32)],
            inner: vec![net("192.168.1.0", 24)],
        }],
    }
}

/// A list without ports, and an exit with more lines at once than are weighed: what the first of them say is
/// not the answer.
#[test]
fn of_too_many_lines_none_is_named_but_those_to_the_far_end_are_looked_through() {
    let answer = |far_known: bool| {
        let mut made = Made::default();
        let exit = made.log("exit", LogKind::Translation);
        let leases = made.log("dhcp", LogKind::Lease);
        let busy = "203.0.113.200:443";
        for number in 0..6_000_u32 {
            let port = 1_024 + number;
            let (outer, inner) =
                (format!("198.51.100.1:{port}"), format!("192.168.1.{}:{port}", number % 200 + 9));
            // The two that are meant come last.
            let far = if number < 5_998 { busy } else { POOL };
            made.tie(exit, -60, 60, translation(&outer, &inner, far));
        }
        for last in 0..=255 {
            made.tie(leases, -3000, 3000, lease(&format!("192.168.1.{last}"), last));
        }
        let mut asked = Question { port: None, ..question() };
        asked.far = asked.far.filter(|_| far_known);
        made.answer(&asked, &Network::default())
    };
    let known = answer(true);
    sums_to_one(&known);
    let named: Vec<_> = known
        .candidates
        .iter()
        .filter(|it| it.probability > 0.4)
        .map(|it| it.who.clone())
        .collect();
    assert_eq!(named, [Who::Machine(mac(207)), Who::Machine(mac(208))]);
    let unknown = answer(false);
    sums_to_one(&unknown);
    let first = &unknown.candidates[0];
    assert!(matches!(first.who, Who::Behind(_)) && first.probability > 0.99, "{first:?}");
}

/// A lease of a day says nothing of the hours behind the last line of its log.
#[test]
fn behind_the_end_of_a_log_what_it_promised_fades() {
    let answered = |hours: i64| {
        let mut made = Made::default();
        let leases = made.log("dhcp", LogKind::Lease);
        made.logs[0].span.to_ms = NOON;
        made.tie(leases, 0, 86_400, lease("10.1.2.3", 7));
        let at = Span::at(NOON + hours * 3_600_000);
        let asked = Question {
            address: "10.1.2.3".parse().unwrap(),
            port: None,
            far: None,
            moment: at,
            ..question()
        };
        made.answer(&asked, &Network::default()).candidates[0].clone()
    };
    let soon = answered(0);
    assert_eq!((soon.who.clone(), soon.probability > 0.98), (Who::Machine(mac(7)), true));
    let late = answered(11);
    assert!(matches!(late.who, Who::Holder(_)) && late.probability > 0.5, "{late:?}");
}

/// An hour of lines says little of a day: the same port was anyone's in the others.
#[test]
fn a_day_is_not_answered_by_the_lines_of_an_hour() {
    let mut made = Made::default();
    let exit = made.log("exit", LogKind::Translation);
    let leases = made.log("dhcp", LogKind::Lease);
    made.logs[0].span = Span { from_ms: NOON, to_ms: NOON + 3_600_000 };
    made.logs[0].ties = 10_000;
    made.translation(exit, (10, 60), "198.51.100.1:50000", "10.1.2.3:40000");
    made.tie(leases, -3_600, 86_400, lease("10.1.2.3", 7));
    let day = Span { from_ms: NOON - 43_200_000, to_ms: NOON + 43_200_000 };
    let answer = made.answer(&Question { moment: day, ..question() }, &Network::default());
    assert!(
        answer.candidates.iter().all(|it| it.probability < 0.5 || matches!(it.who, Who::Behind(_))),
        "{answer:?}"
    );
}

/// A log that is written when connections are over does not show those that go on still.
#[test]
fn what_goes_on_when_a_log_of_ends_ends_is_not_ruled_out() {
    let named = |only_ends: bool| {
        let mut made = Made::default();
        let exit = made.log("exit", LogKind::Translation);
        let leases = made.log("dhcp", LogKind::Lease);
        made.logs[0].span = Span { from_ms: NOON - 3_600_000, to_ms: NOON + 120_000 };
        made.logs[0].ties = 10_000;
        made.logs[0].only_ends = only_ends;
        made.translation(exit, (-60, 60), "198.51.100.1:50000", "10.1.2.3:40000");
        made.tie(leases, -3_600, 3_600, lease("10.1.2.3", 7));
        let asked = Question { port: None, ..question() };
        let answer = made.answer(&asked, &Network::default());
        answer.candidates.iter().find(|it| it.who == Who::Machine(mac(7))).unwrap().probability
    };
    assert!(named(false) > 0.95, "{}", named(false));
    assert!(named(true) < 0.9, "{}", named(true));
}
