//! Every example of every detector holds.

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{
    ArtefactId, Clock, Coverage, Dossier, EntityId, EntityKind, Examined, Extent, Fact, Nature,
    Observation, Provenance, Span,
};

use super::*;
use crate::{Judgement, Knowledge, Outcome, detectors, run};

/// What the examples speak of; no real pool, product or family.
const KNOWN: &str = include_str!("known.toml");
const SCORING: &str = include_str!("../../../../knowledge/scoring.toml");
const CHINESE: &str = include_str!("../../../report/catalogue/signs.zh-CN.toml");
const ENGLISH: &str = include_str!("../../../report/catalogue/signs.en.toml");

fn knowledge() -> Knowledge {
    let mut knowledge = Knowledge::built_in().unwrap();
    knowledge.overlay("known.toml", KNOWN).unwrap();
    knowledge.learn_blocks("XMR", &blocks());
    knowledge
}

/// Forty blocks in the first hour and a little, a minute and a half apart and irregularly so.
fn blocks() -> Vec<i64> {
    (1..=40).map(|it| it * 90_000 + it * it * 7_919 % 60_000).collect()
}

fn dossier(given: &str) -> Dossier {
    let kinds: toml::Table = toml::from_str(given).unwrap();
    let entity = EntityId::new(EntityKind::Host, "example");
    let mut dossier = Dossier { entity, coverage: Coverage::default(), observations: vec![] };
    for (kind, facts) in kinds {
        dossier.coverage.0.push(examined(&kind));
        for fact in facts.as_array().unwrap() {
            let record = dossier.observations.len() as u64 + 1;
            let seen = observation(&dossier.entity, record, &kind, fact.clone());
            dossier.observations.push(seen);
        }
    }
    dossier
}

fn examined(kind: &str) -> Examined {
    let kind = toml::Value::from(kind).try_into().unwrap();
    let extent = Extent { entities: None, records: 1 };
    let span = Span { from_ms: 0, to_ms: 3_600_000 };
    Examined { kind, span, extent, sampling: 1, limit: None, gaps: BTreeSet::new() }
}

fn observation(entity: &EntityId, record: u64, kind: &str, mut fact: toml::Value) -> Observation {
    let seen_s = fact.as_table_mut().unwrap().remove("seen_s");
    let seen_s: [i64; 2] = seen_s.map_or([0, 0], |it| it.try_into().unwrap());
    let tagged = toml::Table::from_iter([("kind".into(), kind.into()), ("fact".into(), fact)]);
    Observation {
        entity: entity.clone(),
        span: Span { from_ms: seen_s[0] * 1000, to_ms: seen_s[1] * 1000 },
        clock: Clock::Sensor,
        provenance: Provenance::at(ArtefactId(0), record, record),
        fact: tagged.try_into::<Fact>().unwrap(),
    }
}

fn signs(judgement: &Judgement) -> Vec<Sign> {
    judgement.findings.iter().map(|it| it.sign).collect()
}

#[test]
fn examples_hold() {
    let knowledge = knowledge();
    let mut broken = Vec::new();
    for detector in detectors() {
        for example in detector.examples() {
            let outcome = run(detector, &dossier(example.given), &knowledge);
            let context =
                |it: &Judgement| it.findings.iter().all(|it| it.nature == Nature::Context);
            let holds = match (&outcome, example.expect) {
                (Outcome::Examined(it), Expect::Found(expected)) => signs(it) == expected,
                (Outcome::Examined(it), Expect::LookAlike) => context(it),
                (Outcome::Examined(it), Expect::Silent) => it.findings.is_empty(),
                (Outcome::NotExamined { .. }, Expect::NotExamined) => true,
                _ => false,
            };
            if !holds {
                broken.push(format!("{}: {}: {outcome:?}", detector.meta().id, example.title));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_detector_shows_all_four_sides_and_every_sign() {
    for detector in detectors() {
        let expected: Vec<_> = detector.examples().iter().map(|it| it.expect).collect();
        for side in [Expect::Silent, Expect::LookAlike, Expect::NotExamined] {
            assert!(expected.contains(&side), "{}: {side:?}", detector.meta().id);
        }
        let shown = expected.iter().flat_map(|it| match it {
            Expect::Found(signs) => signs.to_vec(),
            _ => vec![],
        });
        let declared: BTreeSet<_> = detector.meta().signs.iter().map(|it| it.0).collect();
        assert_eq!(shown.collect::<BTreeSet<_>>(), declared, "{}", detector.meta().id);
    }
}

#[test]
fn findings_bear_the_nature_their_detector_declares() {
    let knowledge = knowledge();
    for detector in detectors() {
        for example in detector.examples() {
            let Outcome::Examined(it) = run(detector, &dossier(example.given), &knowledge) else {
                continue;
            };
            for finding in it.findings {
                assert!(detector.meta().signs.contains(&(finding.sign, finding.nature)));
                assert_eq!(finding.detector, detector.meta().id);
            }
        }
    }
}

#[test]
fn a_sign_has_one_nature() {
    let mut natures = BTreeMap::new();
    for (sign, nature) in detectors().flat_map(|it| it.meta().signs) {
        assert_eq!(*natures.entry(sign).or_insert(nature), nature, "{sign:?}");
    }
}

#[test]
fn manuals_have_their_headings_in_both_languages() {
    let depths = |page: &str| -> Vec<usize> {
        let headings = page.lines().filter(|it| it.starts_with('#'));
        headings.map(|it| it.chars().take_while(|c| *c == '#').count()).collect()
    };
    for detector in detectors() {
        let meta = detector.meta();
        for heading in ["# ", "## False positives", "## Response"] {
            assert!(meta.manual().contains(heading), "{}: no `{heading}`", meta.id);
        }
        assert_eq!(depths(&meta.manual()), depths(meta.chinese), "{}", meta.id);
    }
}

#[test]
fn identifiers_are_unique() {
    let ids: BTreeSet<_> = detectors().map(|it| it.meta().id).collect();
    let names: BTreeSet<_> = detectors().map(|it| it.meta().name).collect();
    assert_eq!(ids.len(), detectors().count());
    assert_eq!(names.len(), detectors().count());
}

/// The names in braces of a text.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|it| it.split_once('}')).map(|it| it.0).collect()
}

#[test]
fn every_sign_has_a_text_in_both_languages_whose_arguments_it_gives() {
    let knowledge = knowledge();
    let mut given = BTreeMap::<&str, BTreeSet<&str>>::new();
    for detector in detectors() {
        for example in detector.examples() {
            let Outcome::Examined(it) = run(detector, &dossier(example.given), &knowledge) else {
                continue;
            };
            for finding in it.findings {
                let args: BTreeSet<_> = finding.args.keys().copied().collect();
                given.entry(finding.sign.0).or_default().extend(args);
            }
        }
    }
    for (language, texts) in [("zh-CN", CHINESE), ("en", ENGLISH)] {
        let sections: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(texts).unwrap();
        let texts = &sections["sign"];
        let named: BTreeSet<_> = texts.keys().map(String::as_str).collect();
        let known: BTreeSet<_> = given.keys().copied().collect();
        let apart: Vec<_> = named.symmetric_difference(&known).collect();
        assert!(apart.is_empty(), "{language}: {apart:?}");
        let lacking: Vec<_> = texts
            .iter()
            .filter_map(|(sign, text)| {
                let wanted = placeholders(text);
                let lacking: Vec<_> = wanted.difference(&given[sign.as_str()]).collect();
                (!lacking.is_empty()).then(|| format!("{sign}: {lacking:?}"))
            })
            .collect();
        assert!(lacking.is_empty(), "{language}: {lacking:?}");
    }
}

#[test]
fn every_sign_that_counts_has_a_weight_and_no_other_has() {
    let scoring: toml::Table = toml::from_str(SCORING).unwrap();
    let weighed: BTreeSet<_> =
        scoring["sign"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    let signs = detectors().flat_map(|it| it.meta().signs);
    let counting: BTreeSet<_> =
        signs.filter(|it| it.1 != Nature::Context).map(|it| it.0.0).collect();
    let apart: Vec<_> = weighed.symmetric_difference(&counting).collect();
    assert!(apart.is_empty(), "{apart:?}");
}

#[test]
fn placeholders_of_weights_keep_the_natures_apart() {
    let scoring: toml::Table = toml::from_str(SCORING).unwrap();
    let number = |table: &toml::Table, key: &str| table[key].as_integer().unwrap();
    let prior = number(&scoring, "prior_deciban");
    let caps = scoring["class_cap_deciban"].as_table().unwrap();
    let natures: BTreeMap<_, _> =
        detectors().flat_map(|it| it.meta().signs).map(|it| (it.0.0, it.1)).collect();
    let mut circumstances = BTreeSet::new();
    for sign in scoring["sign"].as_array().unwrap() {
        let sign = sign.as_table().unwrap();
        let (name, class) = (sign["name"].as_str().unwrap(), sign["class"].as_str().unwrap());
        match natures[name] {
            Nature::Act => assert!(prior + number(sign, "low") >= 13, "{name}"),
            Nature::Direct => assert!(prior + number(sign, "low") > 0, "{name}"),
            Nature::Circumstance => circumstances.extend([class]),
            Nature::Exculpation => assert!(number(sign, "high") < 0, "{name}"),
            Nature::Context => panic!("{name}"),
        }
    }
    let most: i64 = circumstances.into_iter().map(|it| number(caps, it)).sum();
    assert!(prior + most < 0, "{most}");
}

#[test]
fn every_detector_fills_rows_of_the_table_in_its_dimension() {
    let knowledge = Knowledge::built_in().unwrap();
    let rows = || knowledge.tables().checklist.iter().flat_map(|it| &it.entries);
    for detector in detectors() {
        let meta = detector.meta();
        assert!(!meta.items.is_empty(), "{}", meta.id);
        for item in meta.items {
            let row = rows().find(|it| it.id == *item).unwrap();
            // The table says "resources", the model "resource".
            let dimension = meta.dimension.to_string();
            assert!(row.dimension.starts_with(&dimension), "{}: {item}", meta.id);
        }
    }
}
