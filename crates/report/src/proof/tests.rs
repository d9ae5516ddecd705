//! Proof sheets, read as people read them.

use jiff::tz::TimeZone;
use minehound_model::{Candidate, HardwareAddress, LogKind, Missing, Place, Span, Step, Tied, Who};

use super::*;

const NOON: i64 = 1_762_142_400_000;

fn proof() -> Proof {
    let line = LineRef { log: LogId(0), line: 1_234 };
    let span = Span { from_ms: NOON - 60_000, to_ms: NOON + 60_000 };
    let outer = "198.51.100.1:50000".parse().unwrap();
    let inner = "10.0.0.7:40000".parse().unwrap();
    let far = Some("203.0.113.9:3333".parse().unwrap());
    let log = Log {
        id: LogId(0),
        device: "exit".to_owned(),
        kind: LogKind::Translation,
        sha256: "ab".repeat(32),
        path: "exit.log".to_owned(),
        span,
        silent: Vec::new(),
        only_ends: false,
        ties: 1,
    };
    let clock = LogClock { offset_ms: 184_000, pairs: 212, ..LogClock::assumed(500.0) };
    Proof {
        row: None,
        question: Question {
            address: "198.51.100.1".parse().unwrap(),
            port: Some(50_000),
            proto: Some(6),
            far: Some(("203.0.113.9".parse().unwrap(), Some(3333))),
            moment: Span::at(NOON),
            clock: LogClock::assumed(2_000.0),
        },
        answer: Answer {
            candidates: vec![
                Candidate {
                    who: Who::Machine(HardwareAddress([0x02, 0, 0, 0, 0, 1])),
                    probability: 0.9,
                    steps: vec![Step {
                        line: Some(line),
                        tied: Tied::Translation { outer, inner, far, proto: 6 },
                        span,
                        probability: 0.95,
                    }],
                    host_name: Some("<script>alert(1)</script>".to_owned()),
                    places: vec![(
                        Place { device: "sw-3".to_owned(), port: Some("GE1/0/7".to_owned()) },
                        1.0,
                    )],
                    accounts: vec![("s1001".to_owned(), 0.9)],
                },
                Candidate {
                    who: Who::Behind("10.0.0.7".parse().unwrap()),
                    probability: 0.1,
                    steps: Vec::new(),
                    host_name: None,
                    places: Vec::new(),
                    accounts: Vec::new(),
                },
            ],
            missing: vec![Missing {
                kind: LogKind::Translation,
                of: "10.0.0.7".parse().unwrap(),
                device: Some("building".to_owned()),
                span,
                probability: 0.1,
            }],
        },
        logs: Arc::new(BTreeMap::from([(LogId(0), (log, clock, 0.02))])),
        lines: BTreeMap::from([(line, "Nov  3 12:00:00 exit nat …".to_owned())]),
    }
}

fn written(lang: Lang, format: ProofFormat) -> String {
    let options = Options {
        lang,
        tz: TimeZone::fixed(jiff::tz::offset(8)),
        width: 100,
        colour: false,
        mask: false,
        run: None,
    };
    let mut out = Vec::new();
    prove(&[proof()], &options, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_proof_names_every_candidate_its_line_its_digest_and_what_would_decide() {
    let zh = written(Lang::Zh, ProofFormat::Plain);
    for part in ["90.0 %", "02:00:00:00:00:01", "第 1234 行", "账号不等于本人", "building"]
    {
        assert!(zh.contains(part), "{part}: {zh}");
    }
    assert!(zh.contains("不止一个符合"), "{zh}");
    let en = written(Lang::En, ProofFormat::Html);
    for part in ["line 1234", &"ab".repeat(32), "3 min 04 s fast", "212 shared sessions"] {
        assert!(en.contains(part), "{part}");
    }
    assert!(!en.contains("<script>alert"), "what logs say is never markup");
}

#[test]
fn both_languages_have_the_same_messages() {
    let names = |lang| {
        let catalogue = Catalogue::of(lang).unwrap();
        let proof = catalogue.messages().filter(|it| it.0.starts_with("proof."));
        proof.map(|it| it.0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(Lang::Zh), names(Lang::En));
}

#[test]
fn other_programs_read_who_how_likely_and_by_which_line() {
    let json: serde_json::Value =
        serde_json::from_str(&written(Lang::En, ProofFormat::Json)).unwrap();
    let first = &json["attributions"][0]["candidates"][0];
    assert_eq!(first["name"], "02:00:00:00:00:01");
    assert_eq!(first["steps"][0]["line"], 1_234);
    assert_eq!(json["attributions"][0]["logs"][0]["sha256"], "ab".repeat(32));
}
