//! Whom a row is about.

use minehound_model::{
    Artefact, ArtefactId, Coverage, DetectorId, Dimension, EntityId, EntityKind,
    Evidence as Places, Finding, Nature, Provenance, Sign,
};

use super::*;
use crate::Subject;
use crate::case::SealedInput;

fn sha256(number: u32) -> String {
    format!("{number:064x}")
}

fn subject(name: &str, places: &[(u32, u64)]) -> Subject {
    let id = EntityId::new(EntityKind::Endpoint, name);
    let finding = |(input, record): &(u32, u64)| {
        let finding = Finding {
            detector: DetectorId("MH-TST-001"),
            about: id.clone(),
            sign: Sign("login"),
            nature: Nature::Direct,
            element: None,
            args: BTreeMap::new(),
            evidence: Places::at(Provenance::at(ArtefactId(*input), *record, *record)),
        };
        (finding, Dimension::Network)
    };
    let findings = places.iter().map(finding).collect();
    Subject { findings, id, coverage: Coverage::default(), joins: Vec::new(), profile: None }
}

fn evidence(subjects: Vec<Subject>) -> Evidence {
    let input = |number| Artefact {
        id: ArtefactId(number),
        path: String::new(),
        sha256: sha256(number),
        bytes: 1,
        kind: "pcap".to_owned(),
        records: 1,
        span: None,
        skipped: BTreeMap::new(),
        first_skipped: Vec::new(),
        not_read: None,
        cause: None,
        counts: BTreeMap::new(),
    };
    Evidence { inputs: (0..2).map(input).collect(), subjects, ..Evidence::default() }
}

fn masked(id: &str, anchors: &[(u32, u64)], note: &str) -> FilledRow {
    let anchor = |(input, record): &(u32, u64)| {
        format!("login {} {record} {record}", sha256(*input)).parse().unwrap()
    };
    FilledRow {
        id: id.to_owned(),
        masked: Some(Masked { name: format!("{MASKED}{id}") }),
        at: ("s".to_owned(), 2),
        anchors: anchors.iter().map(anchor).collect(),
        manual: Manual { note: note.to_owned(), ..Manual::default() },
        ..FilledRow::default()
    }
}

/// Whom the rows are found to be about.
fn placed(rows: Vec<FilledRow>, subjects: Vec<Subject>) -> Result<Vec<String>, PlaceError> {
    let workbook = Workbook { inputs: vec![SealedInput::default()], ..Workbook::default() };
    let mut evidence = evidence(subjects);
    place(Filled { workbook, rows }, &mut evidence, &[])?;
    let absent = evidence.workbook.unwrap().absent;
    let known: BTreeSet<_> = evidence.subjects.iter().map(|it| it.id.to_string()).collect();
    assert!(evidence.manual.keys().all(|it| known.contains(it) != absent.contains_key(it)));
    Ok(evidence.manual.into_keys().collect())
}

#[track_caller]
fn check(anchors: &[(u32, u64)], subjects: &[(&str, &[(u32, u64)])], expected: &str) {
    let subjects = subjects.iter().map(|it| subject(it.0, it.1)).collect();
    let found = placed(vec![masked("endpoint:x", anchors, "seen")], subjects);
    assert_eq!(found.unwrap(), [expected]);
}

#[test]
fn a_masked_row_belongs_to_the_one_entity_that_all_its_anchors_agree_on() {
    check(&[(0, 5)], &[("a", &[(0, 5)]), ("b", &[(0, 6)])], "endpoint:a");
    check(&[(0, 5), (1, 9)], &[("a", &[(0, 5)]), ("b", &[(0, 6)])], "endpoint:a");
}

#[test]
fn a_masked_row_that_may_belong_to_two_or_to_nobody_belongs_to_nobody() {
    check(&[(0, 5)], &[("a", &[(0, 5)]), ("b", &[(0, 5)])], "masked-endpoint:x");
    check(&[(0, 5), (1, 9)], &[("a", &[(0, 5)]), ("b", &[(1, 9)])], "masked-endpoint:x");
    check(&[(0, 5)], &[("a", &[(1, 5)])], "masked-endpoint:x");
    // The name of a stand-in is never taken for that of an entity.
    check(&[(0, 5)], &[("x", &[(1, 5)])], "masked-endpoint:x");
}

#[test]
fn a_masked_row_without_anchors_is_refused() {
    let refused = placed(vec![masked("endpoint:x", &[], "seen")], Vec::new()).unwrap_err();
    assert!(matches!(refused, PlaceError::Nameless { .. }), "{refused}");
}

#[test]
fn two_rows_about_one_entity_must_agree() {
    let subjects = || vec![subject("a", &[(0, 5), (0, 6)])];
    let rows =
        |note| vec![masked("endpoint:x", &[(0, 5)], "one"), masked("endpoint:y", &[(0, 6)], note)];
    assert_eq!(placed(rows("one"), subjects()).unwrap(), ["endpoint:a"]);
    let refused = placed(rows("two"), subjects()).unwrap_err();
    assert!(matches!(&refused, PlaceError::Conflict { id, .. } if id == "endpoint:a"), "{refused}");
}

#[test]
fn an_id_typed_in_full_width_names_the_same_row() {
    let row = FilledRow {
        id: "ｅｎｄｐｏｉｎｔ：ａ".to_owned(),
        manual: Manual { note: "seen".to_owned(), ..Manual::default() },
        ..FilledRow::default()
    };
    assert_eq!(placed(vec![row], vec![subject("a", &[])]).unwrap(), ["endpoint:a"]);
}

#[test]
fn an_anchor_reads_as_it_is_written() {
    let text = format!("login {} 5 7", sha256(3));
    assert_eq!(text.parse::<Anchor>().unwrap().to_string(), text);
    for bad in ["", "login", "login 00 5 7", "login x 5", &format!("{text} 8")] {
        assert!(bad.parse::<Anchor>().is_err(), "{bad}");
    }
}
