//! Clues of all grades, and what speaks against each.

use minehound_model::{
    Candidate, LineRef, ListRow, LogId, LogKind, LoggedContact, NameLookup, PoolNamed, Step, Tied,
    Who,
};

use super::*;

fn clue(host: Option<&str>, end: Option<&str>) -> Clue {
    let end = end.map(|it| it.parse::<std::net::SocketAddr>().unwrap());
    Clue {
        port: Some(51_234),
        pool: PoolNamed {
            name: None,
            host: host.map(str::to_owned),
            address: end.map(|it| it.ip()),
            port: end.map(|it| it.port()),
        },
        ..Clue::of(ListRow { sheet: 0, row: 2 }, "203.0.113.7".parse().unwrap())
    }
}

/// A trail of one translation to this far end.
fn trail_to(far: &str) -> Answer {
    let tied = Tied::Translation {
        outer: "203.0.113.7:51234".parse().unwrap(),
        inner: "10.0.0.5:40000".parse().unwrap(),
        far: Some(far.parse().unwrap()),
        proto: 6,
    };
    let line = Some(LineRef { log: LogId(0), line: 7 });
    let step = Step { line, tied, span: Span::at(1_000), probability: 1.0 };
    let candidate = Candidate {
        who: Who::Holder("10.0.0.5".parse().unwrap()),
        probability: 1.0,
        steps: vec![step],
        host_name: None,
        places: Vec::new(),
        accounts: Vec::new(),
    };
    Answer { candidates: vec![candidate], missing: Vec::new() }
}

fn lookup(name: &str) -> Sighted {
    let fact = NameLookup {
        client: "10.0.0.5".parse().unwrap(),
        resolver: "10.0.0.2".parse().unwrap(),
        name: name.to_owned(),
        count: 1,
        answers: Vec::new(),
    };
    Sighted { span: Span::at(1_000), fact: fact.into() }
}

fn contact(name: &str, refused: u64) -> Sighted {
    let fact = LoggedContact {
        client: "10.0.0.5".parse().unwrap(),
        server: None,
        name: name.to_owned(),
        by_answer: false,
        device: "fw".to_owned(),
        connections: 3,
        refused,
        bytes_up: 0,
        bytes_down: 0,
    };
    Sighted { span: Span::at(1_000), fact: fact.into() }
}

fn alert(words: &str) -> Sighted {
    let fact = SensorAlert {
        sensor: "ids".to_owned(),
        rule: None,
        words: words.to_owned(),
        class: None,
        client: "10.0.0.5".parse().unwrap(),
        server: None,
        name: None,
        count: 1,
    };
    Sighted { span: Span::at(1_000), fact: fact.into() }
}

#[track_caller]
fn check(
    clue: &Clue,
    answer: &Answer,
    sighted: &[Sighted],
    found: Option<Behaviour>,
    objections: &[Objection],
) {
    let logs = [firewall()];
    let knowledge = Knowledge::built_in().unwrap();
    let graded = grade(clue, answer, &logs, sighted, &knowledge);
    assert_eq!((graded.found, &*graded.objections), (found, objections), "{graded:?}");
}

#[test]
fn a_clue_goes_as_far_as_the_furthest_thing_that_was_seen() {
    let pool = clue(Some("stratum.supportxmr.com"), Some("198.51.100.9:3333"));
    let nobody = Answer::default();
    check(&pool, &nobody, &[], None, &[]);
    let queried = [lookup("stratum.supportxmr.com")];
    check(&pool, &nobody, &queried, Some(Behaviour::Queried), &[Objection::QueriedOnly]);
    check(&pool, &trail_to("198.51.100.9:3333"), &queried, Some(Behaviour::Connected), &[]);
    // Another end at the same moment is another connection.
    check(&pool, &trail_to("198.51.100.8:3333"), &[], None, &[]);
    check(&pool, &nobody, &[contact("stratum.supportxmr.com", 0)], Some(Behaviour::Connected), &[]);
    let refused = [contact("stratum.supportxmr.com", 3)];
    check(&pool, &nobody, &refused, Some(Behaviour::Queried), &[Objection::QueriedOnly]);
    let login = [alert("Cryptocurrency Miner Checkin, mining.authorize")];
    check(&pool, &nobody, &login, Some(Behaviour::LoggedIn), &[]);
}

#[test]
fn what_speaks_against_a_clue_is_said() {
    let shared = clue(Some("stratum.supportxmr.com"), Some("104.16.1.1:443"));
    // The address is the sender's whole evidence, and it serves many sites.
    check(&shared, &trail_to("104.16.1.1:443"), &[], None, &[Objection::SharedAddress]);
    let named = [contact("stratum.supportxmr.com", 0)];
    check(&shared, &trail_to("104.16.1.1:443"), &named, Some(Behaviour::Connected), &[]);
    let asked = clue(None, Some("198.51.100.53:53"));
    let answer = trail_to("198.51.100.53:53");
    check(&asked, &answer, &[], Some(Behaviour::Queried), &[Objection::Resolver]);
    let site = clue(Some("www.nicehash.com"), Some("198.51.100.9:443"));
    check(&site, &Answer::default(), &[], None, &[Objection::WebSite]);
    let unknown = clue(Some("pool.nobody.example"), None);
    check(&unknown, &Answer::default(), &[], None, &[Objection::UnknownPool]);
    // What they name is knowledge of theirs all the same: whoever asked for it asked for it.
    let asked = [lookup("pool.nobody.example")];
    let against = [Objection::QueriedOnly, Objection::UnknownPool];
    check(&unknown, &Answer::default(), &asked, Some(Behaviour::Queried), &against);
}

/// The machine asked for the pool's name and the very port of the clue went to the pool's port: that is no
/// look-up alone, though the clue tells no address.
#[test]
fn a_connection_is_told_by_the_name_that_was_asked_for() {
    let mut named = clue(Some("xmr.nanopool.org"), None);
    named.pool.port = Some(3333);
    let knowledge = Knowledge::built_in().unwrap();
    let found = |far: &str, seen: &[Sighted]| {
        grade(&named, &trail_to(far), &[firewall()], seen, &knowledge)
    };
    let asked = lookup("xmr.nanopool.org");
    let connected = found("198.51.100.9:3333", std::slice::from_ref(&asked));
    assert_eq!(connected.found, Some(Behaviour::Connected));
    assert!(!connected.objections.contains(&Objection::QueriedOnly));
    // Another port, or a name that nobody asked for, tells nothing.
    let elsewhere = found("198.51.100.9:443", std::slice::from_ref(&asked));
    assert_eq!(elsewhere.found, Some(Behaviour::Queried));
    assert_eq!(found("198.51.100.9:3333", &[]).found, None);
    // The addresses that the name had decide where they are known.
    let mut answered = asked;
    if let Fact::NameLookup(it) = &mut answered.fact {
        it.answers = vec!["198.51.100.9".parse().unwrap()];
    }
    let other = found("198.51.100.77:3333", std::slice::from_ref(&answered));
    assert_eq!(other.found, Some(Behaviour::Queried));
}

fn firewall() -> Log {
    Log {
        id: LogId(0),
        device: "nat".to_owned(),
        kind: LogKind::Translation,
        sha256: String::new(),
        path: String::new(),
        span: Span::at(0),
        silent: Vec::new(),
        only_ends: false,
        ties: 1,
    }
}
