//! Properties of fusion, over any mixture of signs.

use minehound_model::{
    ArtefactId, DetectorId, Dimension, EntityId, Evidence, Examined, Extent, FactKind, Provenance,
    Sign, Span,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestRunner;

use super::*;
use crate::case::Assessed;
use crate::{IntentSigns, Rules, Subject};

const SCORING: &str = r#"
    prior_deciban = -20
    max_width = 0.4
    clue_probability = 0.1
    confirm_probability = 0.95
    class_cap_deciban = { pool = 60, load = 15, list = 15, hunch = 40, paper = 10 }
    needed = { host = ["pool_session"] }
    blinding_gaps = ["snaplen"]
    incomplete_gaps = ["budget", "not-searched"]
    elements = {}
    sign = [
        { name = "share", class = "pool", deciban = 55, low = 40, high = 60, cases = 0 },
        { name = "login", class = "pool", deciban = 35, low = 25, high = 45, cases = 0 },
        { name = "load", class = "load", deciban = 12, low = 10, high = 13, cases = 0 },
        { name = "heat", class = "load", deciban = 12, low = 10, high = 13, cases = 0 },
        { name = "vague", class = "hunch", deciban = 12, low = 0, high = 40, cases = 0 },
        { name = "listed", class = "list", deciban = 8, low = 7, high = 9, cases = 0 },
        { name = "declared", class = "paper", deciban = -6, low = -9, high = -2, cases = 0 },
        { name = "approved", class = "paper", deciban = -9, low = -12, high = -4, cases = 0 },
    ]
"#;

const SIGNS: [(&str, Nature); 9] = [
    ("share", Nature::Act),
    ("login", Nature::Direct),
    ("load", Nature::Circumstance),
    ("heat", Nature::Circumstance),
    ("vague", Nature::Circumstance),
    ("listed", Nature::Circumstance),
    ("declared", Nature::Exculpation),
    ("approved", Nature::Exculpation),
    ("note", Nature::Context),
];

fn judge(signs: &[(&'static str, Nature)], looked: bool) -> Assessed {
    judge_seeing(signs, looked.then_some(&[]))
}

fn judge_seeing(signs: &[(&'static str, Nature)], looked: Option<&[&str]>) -> Assessed {
    let about = EntityId::new(EntityKind::Host, "h");
    let finding = |&(name, nature): &(&'static str, Nature)| {
        let finding = Finding {
            detector: DetectorId("MH-TST-001"),
            about: about.clone(),
            sign: Sign(name),
            nature,
            element: None,
            args: [].into(),
            evidence: Evidence::at(Provenance::at(ArtefactId(0), 1, 1)),
        };
        (finding, Dimension::Network)
    };
    let traffic = |gaps: &[&str]| Examined {
        kind: FactKind::PoolSession,
        span: Span::at(0),
        extent: Extent { entities: None, records: 1 },
        sampling: 1,
        limit: None,
        gaps: gaps.iter().map(|it| (*it).to_owned()).collect(),
    };
    let subject = Subject {
        id: about.clone(),
        findings: signs.iter().map(finding).collect(),
        coverage: Coverage(looked.map(traffic).into_iter().collect()),
        joins: Vec::new(),
        profile: None,
    };
    let rules = Rules {
        scoring: toml::from_str(SCORING).unwrap(),
        items: Vec::new(),
        scenarios: Vec::new(),
        intent: IntentSigns::default(),
    };
    crate::judge(subject, &rules)
}

#[track_caller]
fn check(names: &[&str], looked: bool, expected: Verdict) {
    let signs: Vec<_> = SIGNS.into_iter().filter(|it| names.contains(&it.0)).collect();
    assert_eq!(judge(&signs, looked).verdict, expected, "{names:?}");
}

#[track_caller]
fn for_any_signs(property: impl Fn(Vec<(&'static str, Nature)>, (&'static str, Nature))) {
    let signs = (subsequence(SIGNS.to_vec(), 0..=9).prop_shuffle(), select(SIGNS.to_vec()));
    let property = |(signs, extra)| {
        property(signs, extra);
        Ok(())
    };
    TestRunner::deterministic().run(&signs, property).unwrap();
}

#[test]
fn each_nature_goes_as_far_as_it_may() {
    check(&["share"], false, Verdict::Confirmed);
    check(&["login"], false, Verdict::Suspected);
    check(&["load", "listed"], true, Verdict::Clue);
    check(&["note"], true, Verdict::Clear);
    check(&["load", "listed", "declared", "approved"], true, Verdict::Clear);
}

#[test]
fn silence_is_clear_only_where_somebody_looked() {
    check(&[], true, Verdict::Clear);
    check(&[], false, Verdict::NotAssessed);
    check(&["declared"], false, Verdict::NotAssessed);
    check(&["vague"], true, Verdict::Inconclusive);
}

#[test]
fn silence_of_a_blinded_look_is_inconclusive_and_a_find_stands_nevertheless() {
    assert_eq!(judge_seeing(&[], Some(&["snaplen"])).verdict, Verdict::Inconclusive);
    let found = judge_seeing(&[("login", Nature::Direct)], Some(&["snaplen"]));
    assert_eq!(found.verdict, Verdict::Suspected);
}

#[test]
fn the_interval_is_wide_only_where_nothing_was_found_and_not_all_could_be_seen() {
    for (looked, blind) in [(None, true), (Some(&["snaplen"][..]), true), (Some(&[][..]), false)] {
        for (signs, found) in [
            (&[][..], false),
            (&[("declared", Nature::Exculpation)], false),
            (&[("load", Nature::Circumstance)], true),
            (&[("login", Nature::Direct)], true),
            (&[("share", Nature::Act)], true),
        ] {
            let it = judge_seeing(signs, looked).probability;
            assert!(it.low <= it.value && it.value <= it.high);
            assert_eq!(it.high - it.low > 0.9, blind && !found, "{looked:?} {signs:?} {it:?}");
            if found {
                assert_eq!(it, judge(signs, true).probability);
            }
        }
    }
}

#[test]
fn a_row_of_which_too_little_was_examined_does_not_say_that_a_part_was_silent() {
    let item = crate::Item {
        id: "T-1".to_owned(),
        dimension: Dimension::System,
        by_people: false,
        needs: vec![FactKind::PoolSession, FactKind::Autostart],
        unread: Vec::new(),
        ways: vec![vec![FactKind::PoolSession]],
        asks_for_listed: false,
        detectors: vec![DetectorId("MH-TST-001")],
        leaves_out: Vec::new(),
    };
    let scoring: Scoring = toml::from_str(SCORING).unwrap();
    let entity = judge_seeing(&[], Some(&[]));
    let examined = entity.coverage.clone();
    let rows = crate::table::fill(&[item], &[entity], &examined, &scoring);
    assert_eq!(
        (rows[0].verdict, rows[0].reason.as_str()),
        (Verdict::NotAssessed, "row-too-little")
    );
    assert_eq!(rows[0].coverage, crate::case::RowCoverage::Partly);
}

#[test]
fn a_sign_that_a_row_leaves_out_speaks_to_other_rows_alone() {
    let item = |leaves_out: &[&str]| crate::Item {
        id: "T-1".to_owned(),
        dimension: Dimension::System,
        by_people: false,
        needs: vec![FactKind::PoolSession],
        unread: Vec::new(),
        ways: vec![vec![FactKind::PoolSession]],
        asks_for_listed: false,
        detectors: vec![DetectorId("MH-TST-001")],
        leaves_out: leaves_out.iter().map(|it| (*it).to_owned()).collect(),
    };
    let scoring: Scoring = toml::from_str(SCORING).unwrap();
    let signs = [("login", Nature::Direct), ("load", Nature::Circumstance)];
    let entity = judge_seeing(&signs, Some(&[]));
    let examined = entity.coverage.clone();
    let items = [item(&[]), item(&["login"]), item(&["login", "load"])];
    let rows = crate::table::fill(&items, &[entity], &examined, &scoring);
    let told: Vec<_> = rows.iter().map(|it| (it.verdict, it.findings.len())).collect();
    assert_eq!(told, [(Verdict::Suspected, 2), (Verdict::Clue, 1), (Verdict::Clear, 0)]);
}

#[test]
fn a_row_whose_search_was_cut_off_is_examined_in_part_and_names_the_place() {
    use crate::case::RowCoverage;
    let item = crate::Item {
        id: "T-1".to_owned(),
        dimension: Dimension::System,
        by_people: false,
        needs: vec![FactKind::PoolSession],
        unread: Vec::new(),
        ways: vec![vec![FactKind::PoolSession]],
        asks_for_listed: false,
        detectors: vec![DetectorId("MH-TST-001")],
        leaves_out: Vec::new(),
    };
    let scoring: Scoring = toml::from_str(SCORING).unwrap();
    for (gaps, coverage, limits) in [
        (&["other"][..], RowCoverage::Examined, &[][..]),
        (&["not-searched:/data"], RowCoverage::Partly, &["not-searched:/data"]),
        (&["budget", "other"], RowCoverage::Partly, &["budget"]),
    ] {
        let entity = judge_seeing(&[], Some(gaps));
        let examined = entity.coverage.clone();
        let rows = crate::table::fill(std::slice::from_ref(&item), &[entity], &examined, &scoring);
        assert_eq!((rows[0].coverage, rows[0].verdict), (coverage, Verdict::Clear), "{gaps:?}");
        assert_eq!(rows[0].limited_by, limits);
        let partly = rows[0].reason == "row-partly";
        assert_eq!(partly, coverage == RowCoverage::Partly, "{gaps:?}");
    }
}

#[test]
fn the_order_of_findings_does_not_matter() {
    for_any_signs(|mut signs, _| {
        let forwards = judge(&signs, true);
        signs.reverse();
        assert_eq!(judge(&signs, true), forwards);
    });
}

#[test]
fn more_against_never_lowers_and_more_in_favour_never_raises() {
    for_any_signs(|signs, extra| {
        let with = judge(&[signs.clone(), vec![extra]].concat(), true).score_deciban;
        let without = judge(&signs, true).score_deciban;
        match extra.1 {
            Nature::Exculpation => assert!(with <= without),
            Nature::Context => assert_eq!(with, without),
            _ => assert!(with >= without),
        }
    });
}

#[test]
fn exculpation_never_touches_an_act_or_a_direct_sign() {
    for_any_signs(|mut signs, _| {
        signs.retain(|it| it.1 != Nature::Circumstance);
        let with = judge(&signs, true);
        signs.retain(|it| it.1 != Nature::Exculpation);
        let without = judge(&signs, true);
        assert_eq!((with.verdict, with.score_deciban), (without.verdict, without.score_deciban));
    });
}

#[test]
fn circumstance_alone_is_never_more_than_a_clue() {
    for_any_signs(|mut signs, _| {
        signs.retain(|it| it.1 != Nature::Act && it.1 != Nature::Direct);
        let verdict = judge(&signs, true).verdict;
        assert!(matches!(verdict, Verdict::Clear | Verdict::Inconclusive | Verdict::Clue));
    });
}

#[test]
fn the_estimate_lies_in_its_interval() {
    for_any_signs(|signs, _| {
        let it = judge(&signs, true).probability;
        assert!(it.low <= it.value && it.value <= it.high, "{it:?}");
    });
}
