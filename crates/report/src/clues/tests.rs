//! Answers, read as whoever sent the list reads them.

use minehound_model::{HardwareAddress, LogKind, Objection, Place, Span, Step, Tied};

use super::*;

fn judged(candidates: Vec<Candidate>) -> JudgedClue {
    let clue = Clue {
        port: Some(51_234),
        seen: Some(Span::at(1_762_142_400_000)),
        ..Clue::of(ListRow { sheet: 0, row: 4 }, "203.0.113.7".parse().unwrap())
    };
    JudgedClue {
        list: 1,
        sender: String::new(),
        clue,
        answer: Answer { candidates, missing: Vec::new() },
        graded: Graded::default(),
        other_far: None,
        before: 0,
        same_as: None,
    }
}

fn candidate(last: u8, probability: f64) -> Candidate {
    let tied = Tied::Translation {
        outer: "203.0.113.7:51234".parse().unwrap(),
        inner: format!("10.0.0.{last}:40000").parse().unwrap(),
        far: None,
        proto: 6,
    };
    Candidate {
        who: Who::Machine(HardwareAddress([0, 0, 0, 0, 0, last])),
        probability,
        steps: vec![Step { line: None, tied, span: Span::at(0), probability: 1.0 }],
        host_name: None,
        places: vec![(Place { device: "sw-3".to_owned(), port: Some("7".to_owned()) }, 1.0)],
        accounts: vec![("s1001".to_owned(), 1.0)],
    }
}

fn reply(judged: &JudgedClue, lang: Lang) -> Reply {
    ClueWords::new(lang, TimeZone::UTC).unwrap().reply(judged)
}

#[test]
fn one_machine_is_named_with_what_is_known_of_it() {
    let mut judged = judged(vec![candidate(5, 0.99)]);
    let support = Support {
        behaviour: Behaviour::Connected,
        device: "fw".to_owned(),
        what: "198.51.100.9:3333".to_owned(),
        span: Span::at(1_762_142_400_000),
    };
    judged.graded = Graded {
        found: Some(Behaviour::Connected),
        because: vec![support],
        objections: Vec::new(),
    };
    judged.before = 2;
    let told = reply(&judged, Lang::Zh);
    assert_eq!(told.inner.as_deref(), Some("10.0.0.5"));
    assert_eq!(told.mac.as_deref(), Some("00:00:00:00:00:05"));
    for part in ["账号 s1001（账号不等于本人）", "sw-3 端口 7", "连接本身不等于“挖矿”", "2 份清单"]
    {
        assert!(told.result.contains(part), "{}", told.result);
    }
}

#[test]
fn where_several_fit_no_cell_names_one() {
    let mut judged = judged(vec![candidate(5, 0.6), candidate(6, 0.4)]);
    judged.answer.missing.push(Missing {
        kind: LogKind::Lease,
        of: "10.0.0.5".parse().unwrap(),
        device: None,
        span: Span::at(0),
        probability: 0.4,
    });
    let told = reply(&judged, Lang::En);
    assert_eq!((told.inner, told.mac, told.account, told.place), (None, None, None, None));
    assert!(told.result.contains("2 fit and none can be singled out"), "{}", told.result);
    assert!(told.result.contains("60.0 %") && told.result.contains("Missing:"), "{}", told.result);
}

#[test]
fn what_is_not_known_is_said_and_no_more() {
    let mut without = judged(Vec::new());
    assert!(reply(&without, Lang::En).result.contains("no record of this address"));
    without.clue.seen = None;
    without.graded.objections = vec![Objection::SharedAddress];
    let told = reply(&without, Lang::Zh).result;
    assert!(told.contains("没有写明时间") && told.contains("内容分发网络"), "{told}");
}

/// Two accounts were on line there in turn: neither is put into the cell that names who it was.
#[test]
fn an_account_that_is_not_sure_names_nobody_in_its_cell() {
    let mut likely = candidate(5, 0.99);
    likely.accounts = vec![("s1001".to_owned(), 0.67), ("s1002".to_owned(), 0.33)];
    let told = reply(&judged(vec![likely]), Lang::En);
    assert_eq!((told.account, told.mac.is_some()), (None, true));
    assert!(told.result.contains("s1001 (67.0 %)"), "{}", told.result);
}

#[test]
fn one_that_is_likely_and_not_sure_is_not_counted_as_fitting() {
    let told = reply(&judged(vec![candidate(5, 0.9), candidate(6, 0.001)]), Lang::En).result;
    assert!(told.starts_with("Most likely") && told.contains("10.0 % is left to others"), "{told}");
    let three = vec![candidate(5, 0.4), candidate(6, 0.3), candidate(7, 0.001)];
    let told = reply(&judged(three), Lang::En).result;
    assert!(told.starts_with("2 fit") && told.contains("30.0 % is left to others"), "{told}");
    assert!(!told.contains("0.1 %"), "{told}");
}

/// That a pool is not known to us speaks against no clue; that it was a look-up does.
#[test]
fn an_unknown_pool_is_asked_about_and_not_disputed() {
    let mut judged = judged(vec![candidate(5, 0.99)]);
    judged.graded.objections = vec![Objection::UnknownPool];
    assert!(!judged.is_disputed());
    judged.graded.objections.push(Objection::QueriedOnly);
    assert!(judged.is_disputed());
}
