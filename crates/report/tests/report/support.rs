//! A rich case for the tests: invented names, addresses for documentation (RFC 5737, RFC 3849),
//! placeholder wallets. It has every verdict, hostile strings, and people's entries.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

#[path = "support/people.rs"]
mod people;
#[path = "support/session.rs"]
mod session;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use minehound_assess::Case;
use minehound_assess::case::*;
use minehound_model::*;
use minehound_report::{Format, Lang, Options, Run, render};

pub use people::{manual, texts, workbook};
pub use session::{GHOST, WALLET, session};

/// 2026-03-02T02:00:00Z.
pub const START: i64 = 1_772_416_800_000;
/// A text that tries to steer whatever shows it.
pub const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\u{1b}[31m=HYPERLINK(\"x\")";

pub fn endpoint(address: &str) -> EntityId {
    EntityId::new(EntityKind::Endpoint, address)
}

pub fn finding(about: &EntityId, sign: &'static str, nature: Nature, first: u64) -> Finding {
    let place = Provenance::at(ArtefactId(0), first, first + 40);
    Finding {
        detector: DetectorId("MH-NET-002"),
        about: about.clone(),
        sign: Sign(sign),
        nature,
        element: (nature == Nature::Act).then_some(Element::PoolAccess),
        args: Args::from([
            ("server", Arg::Text("pool.example:3333".to_owned())),
            ("accepted", Arg::Count(128)),
            ("worker", Arg::Text("rig-a7".to_owned())),
            ("client", Arg::Text("10.20.30.41".to_owned())),
            ("dialect", Arg::Text("stratum-v1".to_owned())),
            ("login", Arg::Text(format!("{WALLET}.rig-a0"))),
            ("name", Arg::Text("pool.example".to_owned())),
            ("pool", Arg::Text("Example Pool".to_owned())),
            ("sessions", Arg::Count(2)),
            ("jobs", Arg::Count(60)),
            ("count", Arg::Count(4)),
            ("minutes", Arg::Number(71.5)),
        ]),
        evidence: Evidence::at(place),
    }
}

fn weighed(finding: Finding, weight: i16, evidence: usize) -> Weighed {
    Weighed {
        finding,
        dimension: Dimension::Network,
        weight_deciban: Decibans(weight),
        evidence: vec![evidence],
    }
}

fn examined(kind: FactKind, gaps: &[&str]) -> Examined {
    Examined {
        kind,
        span: Span { from_ms: START, to_ms: START + 7_200_000 },
        extent: Extent { entities: None, records: 48_211 },
        sampling: 1,
        limit: None,
        gaps: gaps.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn assessed(id: EntityId, verdict: Verdict, findings: Vec<Weighed>) -> Assessed {
    let (value, low, high) = match verdict {
        Verdict::Confirmed => (0.9993, 0.996, 0.9999),
        Verdict::Suspected => (0.86, 0.61, 0.95),
        Verdict::Clue => (0.34, 0.2, 0.48),
        Verdict::Inconclusive => (0.3, 0.05, 0.7),
        _ => (0.0008, 0.0003, 0.002),
    };
    let act = verdict == Verdict::Confirmed;
    let pool = if act { ElementState::Present } else { ElementState::NotFound };
    Assessed {
        id,
        verdict,
        machine_verdict: if verdict == Verdict::Excluded { Verdict::Clue } else { verdict },
        score_deciban: Decibans(if act { 31 } else { -8 }),
        probability: Probability { value, low, high, prior_deciban: Decibans(-30) },
        elements: BTreeMap::from([
            (Element::Device, ElementState::NotExamined),
            (Element::Software, ElementState::NotExamined),
            (Element::PoolAccess, pool),
        ]),
        findings,
        coverage: Coverage(vec![examined(FactKind::PoolSession, &[])]),
        missing: vec![FactKind::Program, FactKind::Device, FactKind::DeclaredUse],
        scenarios: vec![ScenarioFit {
            id: "in-house".to_owned(),
            signs: vec!["shares-accepted".to_owned()],
            missing: vec![FactKind::HostProfile],
        }],
        intent: Intent {
            class: IntentClass::Unknown,
            reasons: vec!["intent-traffic-only".to_owned()],
        },
        joins: vec![Join {
            rule: "join-address-lease".to_owned(),
            from: endpoint("10.20.30.41"),
            span: Span { from_ms: START, to_ms: START + 3_600_000 },
            observations: 12,
        }],
        profile: None,
    }
}

fn entities() -> Vec<Assessed> {
    let miner = endpoint("10.20.30.41");
    let suspect = EntityId::host_behind("203.0.113.9");
    let clue = endpoint("fd00:7::15");
    let hostile = EntityId::new(EntityKind::Host, HOSTILE);
    let declared = finding(&miner, "declared-use", Nature::Exculpation, 3)
        .with("project", Arg::Text(HOSTILE.to_owned()));
    let own = finding(&miner, "made-up-sign-without-text", Nature::Context, 90)
        .with("wallet", Arg::Text(GHOST.to_owned()));
    vec![
        assessed(
            miner.clone(),
            Verdict::Confirmed,
            vec![
                weighed(finding(&miner, "shares-accepted", Nature::Act, 12), 45, 1),
                weighed(finding(&miner, "program-at-pool-port", Nature::Circumstance, 12), 4, 1),
                weighed(own, 0, 2),
                weighed(declared, -6, 3),
            ],
        ),
        assessed(
            suspect.clone(),
            Verdict::Suspected,
            vec![weighed(finding(&suspect, "pool-login-accepted", Nature::Direct, 300), 18, 4)],
        ),
        assessed(
            clue.clone(),
            Verdict::Clue,
            vec![weighed(finding(&clue, "pool-name-queried", Nature::Circumstance, 700), 8, 5)],
        ),
        assessed(
            hostile.clone(),
            Verdict::Inconclusive,
            vec![weighed(
                finding(&hostile, "program-at-pool-port", Nature::Circumstance, 720),
                3,
                5,
            )],
        ),
        assessed(endpoint("10.20.30.77"), Verdict::Excluded, vec![]),
    ]
}

fn row(item: &str, dimension: Dimension, verdict: Verdict, coverage: RowCoverage) -> TableRow {
    let found = matches!(verdict, Verdict::Confirmed | Verdict::Suspected | Verdict::Clue);
    let reason = match coverage {
        _ if found => "row-act-seen",
        RowCoverage::Examined => "row-examined-silent",
        RowCoverage::Partly => "row-partly",
        RowCoverage::NotExamined => "row-no-source",
        RowCoverage::ByPeople => "row-by-people",
    };
    TableRow {
        item: item.to_owned(),
        dimension,
        verdict,
        coverage,
        reason: reason.to_owned(),
        unread: Vec::new(),
        blinded_by: Vec::new(),
        limited_by: Vec::new(),
        missing: if coverage == RowCoverage::Examined { vec![] } else { vec![FactKind::Program] },
        findings: if found { vec![(0, 0), (1, 0)] } else { vec![] },
        evidence: if found { vec![1, 4] } else { vec![] },
    }
}

fn table() -> Vec<TableRow> {
    use Dimension::{Business, Hardware, Network, Resource, System};
    use RowCoverage::{ByPeople, Examined, NotExamined, Partly};
    vec![
        row("HW-1", Hardware, Verdict::NotAssessed, NotExamined),
        row("HW-2", Hardware, Verdict::NotAssessed, NotExamined),
        row("HW-3", Hardware, Verdict::NotAssessed, ByPeople),
        row("NET-1", Network, Verdict::Confirmed, Examined),
        row("NET-2", Network, Verdict::Clue, Examined),
        row("NET-3", Network, Verdict::Clear, Examined),
        row("NET-4", Network, Verdict::Inconclusive, Partly),
        row("SYS-1", System, Verdict::NotAssessed, NotExamined),
        row("SYS-2", System, Verdict::Clear, Partly),
        row("RES-1", Resource, Verdict::NotAssessed, NotExamined),
        row("RES-2", Resource, Verdict::NotAssessed, NotExamined),
        row("BIZ-1", Business, Verdict::NotAssessed, ByPeople),
        row("BIZ-2", Business, Verdict::Excluded, ByPeople),
    ]
}

fn input(id: u32, path: &str, kind: &str) -> Artefact {
    Artefact {
        id: ArtefactId(id),
        path: path.to_owned(),
        sha256: format!("{:064x}", 0xabc_0000 + id),
        bytes: 9_400_000,
        kind: kind.to_owned(),
        records: 48_211,
        span: Some(Span { from_ms: START, to_ms: START + 7_200_000 }),
        skipped: BTreeMap::from([("cut-headers".to_owned(), 3)]),
        first_skipped: vec![(991, "cut-headers".to_owned())],
        not_read: None,
        cause: None,
        counts: BTreeMap::from([("tcp-flows".to_owned(), 812), ("endpoints".to_owned(), 64)]),
    }
}

fn inputs() -> Vec<Artefact> {
    let mut unread = input(2, "evidence/notes.docx", "unknown");
    unread.records = 0;
    unread.span = None;
    unread.skipped.clear();
    unread.not_read = Some("unknown-format".to_owned());
    vec![
        input(0, "evidence/core-switch.pcapng", "pcapng"),
        input(1, "evidence/10.20.30.41 <b>.pcap.gz", "pcap+gzip"),
        unread,
    ]
}

fn evidence() -> Vec<Provenance> {
    [12, 90, 3, 300, 700, 720].map(|it| Provenance::at(ArtefactId(0), it, it + 40)).to_vec()
}

fn coverage(table: &[TableRow]) -> CoverageReport {
    let mut dimensions: Vec<_> = table.iter().map(|it| it.dimension).collect();
    dimensions.dedup();
    let of = |dimension| {
        let rows: Vec<_> = table.iter().filter(|it| it.dimension == dimension).collect();
        let with = |it| rows.iter().filter(|row| row.coverage == it).count() as u64;
        let verdicts: Vec<_> = rows.iter().map(|it| it.verdict).collect();
        DimensionCoverage {
            dimension,
            items: rows.len() as u64,
            examined: with(RowCoverage::Examined),
            partly: with(RowCoverage::Partly),
            verdict: Verdict::combine(&verdicts),
        }
    };
    let limit = |coin: &str, hashrate| DetectionLimit {
        coin: coin.to_owned(),
        carrier: "plaintext".to_owned(),
        hashrate,
        unit: "H/s".to_owned(),
        window_s: 7200.0,
    };
    CoverageReport {
        dimensions: dimensions.into_iter().map(of).collect(),
        entities: BTreeMap::from([
            ("clear".to_owned(), 58),
            ("confirmed".to_owned(), 1),
            ("suspected".to_owned(), 1),
            ("clue".to_owned(), 1),
            ("inconclusive".to_owned(), 1),
            ("excluded".to_owned(), 1),
            ("not_assessed".to_owned(), 2),
        ]),
        examined: Coverage(vec![
            examined(FactKind::PoolSession, &[]),
            examined(FactKind::NameLookup, &["snaplen"]),
        ]),
        detection_limits: vec![
            limit("XMR", Some(410.0)),
            limit("BTC", Some(2.1e11)),
            limit("KAS", None),
        ],
    }
}

/// The case.
pub fn case() -> Case {
    let table = table();
    let about = endpoint("10.20.30.41");
    Case {
        inputs: inputs(),
        verdict: Verdict::Confirmed,
        entities: entities(),
        sessions: (0..6).map(session).map(Box::new).collect(),
        nodes: vec![NodeRow {
            about: about.clone(),
            client: "10.20.30.50:40111".parse().unwrap(),
            server: "[2001:db8::8]:8333".parse().unwrap(),
            network: "bitcoin".to_owned(),
            frames: 420,
            evidence: Evidence::at(Provenance::at(ArtefactId(1), 7, 19)),
        }],
        devices: vec![DeviceRow {
            about: about.clone(),
            address: "0000:01:00.0".to_owned(),
            name: "CMP 170HX".to_owned(),
            known_as: "mining-card".to_owned(),
            evidence: Evidence::at(Provenance::at(ArtefactId(1), 20, 20)),
        }],
        programs: vec![ProgramRow {
            about,
            pid: 4711,
            name: HOSTILE.to_owned(),
            exe: Some("/tmp/.x/kworker".to_owned()),
            cpu_percent: Some(398.5),
            why: vec!["miner-name".to_owned(), "pool-socket".to_owned()],
            evidence: Evidence::at(Provenance {
                artefact: ArtefactId(1),
                records: Records { first: 21, last: 21 },
                place: Some("/proc/4711".to_owned()),
            }),
        }],
        coverage: coverage(&table),
        table,
        evidence: evidence(),
        knowledge: KnowledgeStamp {
            version: "2026.11".to_owned(),
            digest: "5f".repeat(32),
            overlays: vec!["site-pools.toml".to_owned()],
        },
        site: Some(SiteStamp {
            name: "示例数据中心".to_owned(),
            area_m2: Some(640.0),
            industry: None,
            racks: Some(24),
        }),
        manual: manual(),
        workbook: Some(workbook()),
    }
}

/// A case of so many entities and sessions.
pub fn large(entities: usize, sessions: u32) -> Case {
    let mut case = case();
    let pattern = case.entities[1].clone();
    case.entities = (0..entities)
        .map(|it| {
            let mut entity = pattern.clone();
            entity.id = endpoint(&format!("10.{}.{}.{}", it / 65_536, it / 256 % 256, it % 256));
            entity
        })
        .collect();
    case.sessions = (0..sessions).map(session).map(Box::new).collect();
    case.coverage.entities = BTreeMap::new();
    case
}

pub fn options(lang: Lang) -> Options {
    Options {
        lang,
        tz: TimeZone::fixed(jiff::tz::offset(8)),
        width: 110,
        colour: false,
        mask: false,
        run: Some(Run { version: "0.1.0".to_owned(), started_ms: START, seconds: 1.25 }),
    }
}

/// The report in one format.
pub fn rendered(case: &Case, options: &Options, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    render(case, &texts(), options, format, &mut bytes).unwrap();
    bytes
}

pub fn text(case: &Case, options: &Options, format: Format) -> String {
    String::from_utf8(rendered(case, options, format)).unwrap()
}

pub fn json(case: &Case, options: &Options) -> serde_json::Value {
    serde_json::from_slice(&rendered(case, options, Format::Json)).unwrap()
}

/// Every entity id, once.
pub fn ids(case: &Case) -> BTreeSet<String> {
    case.entities.iter().map(|it| it.id.to_string()).collect()
}
