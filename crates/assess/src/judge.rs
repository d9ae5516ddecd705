//! From findings about entities to a case.

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{
    Coverage, Decibans, Dimension, Element, EntityId, EntityKind, FactKind, Finding, HostProfile,
    Nature, Provenance, Verdict,
};

use crate::case::{Assessed, ElementState, Join, Weighed};
use crate::fusion;
use crate::scenario::{self, IntentSigns, Scenario};
use crate::{Item, Scoring};

/// One entity with everything found about it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Whom it is about.
    pub id: EntityId,
    /// What was found, with the dimension of the detector that spoke.
    pub findings: Vec<(Finding, Dimension)>,
    /// What was looked at.
    pub coverage: Coverage,
    /// How observations came to be about it.
    pub joins: Vec<Join>,
    /// What machine it is.
    pub profile: Option<HostProfile>,
}

/// What judging rests on besides the findings.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The weights.
    pub scoring: Scoring,
    /// The checklist.
    pub items: Vec<Item>,
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
    /// The signs of intent.
    pub intent: IntentSigns,
}

/// Judges one entity; the order of its findings does not matter.
#[must_use]
pub fn judge(subject: Subject, rules: &Rules) -> Assessed {
    let Subject { id, mut findings, coverage, joins, profile } = subject;
    findings.sort_by(|a, b| order(&a.0).cmp(&order(&b.0)));
    let bare: Vec<&Finding> = findings.iter().map(|it| &it.0).collect();
    let fusion = fusion::fuse(bare.iter().copied(), &rules.scoring);
    let ground = fusion::ground(id.kind(), &coverage, &rules.scoring);
    let verdict = fusion.verdict(&rules.scoring, ground);
    Assessed {
        verdict,
        machine_verdict: verdict,
        score_deciban: fusion.value,
        probability: fusion.stated(&rules.scoring, ground),
        elements: elements(&bare, &coverage, &rules.scoring),
        scenarios: scenario::fits(&bare, &coverage, &rules.scenarios),
        intent: scenario::intent(&bare, &coverage, &rules.intent),
        missing: missing(id.kind(), &coverage, &rules.scoring),
        findings: weigh(findings, &rules.scoring),
        coverage,
        joins,
        profile,
        id,
    }
}

/// Numbers every place that findings rest on, in the order of the artefacts.
pub(crate) fn number(entities: &mut [Assessed], rows: &[&Provenance]) -> Vec<Provenance> {
    let findings = entities.iter().flat_map(|it| &it.findings);
    let places = findings.flat_map(|it| it.finding.evidence.places());
    let mut all: Vec<&Provenance> = places.chain(rows.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    let all: Vec<Provenance> = all.into_iter().cloned().collect();
    for weighed in entities.iter_mut().flat_map(|it| &mut it.findings) {
        let places = weighed.finding.evidence.places();
        let found = places.filter_map(|it| all.binary_search(it).ok());
        weighed.evidence = found.map(|it| it + 1).collect();
    }
    all
}

/// The order of entities in a case: the strongest verdict, then the heaviest score, then the name.
pub(crate) fn rank(entity: &Assessed) -> (u8, std::cmp::Reverse<Decibans>, EntityId) {
    let rank = match entity.verdict {
        Verdict::Confirmed => 0,
        Verdict::Suspected => 1,
        Verdict::Clue => 2,
        Verdict::Inconclusive => 3,
        Verdict::NotAssessed => 4,
        Verdict::Clear => 5,
        Verdict::Excluded => 6,
    };
    (rank, std::cmp::Reverse(entity.score_deciban), entity.id.clone())
}

fn order(it: &Finding) -> (Nature, &str, Vec<&Provenance>) {
    (it.nature, it.sign.0, it.evidence.places().collect())
}

fn weigh(findings: Vec<(Finding, Dimension)>, scoring: &Scoring) -> Vec<Weighed> {
    let weigh = |(finding, dimension): (Finding, Dimension)| {
        let weight = scoring.weight(finding.sign.0).map_or(Decibans(0), |it| it.deciban);
        let counts = finding.nature != Nature::Context;
        let weight_deciban = if counts { weight } else { Decibans(0) };
        Weighed { finding, dimension, weight_deciban, evidence: Vec::new() }
    };
    let mut weighed: Vec<_> = findings.into_iter().map(weigh).collect();
    // Stable: findings of one weight keep the order of nature, sign and place.
    weighed.sort_by_key(|it| (it.finding.nature, std::cmp::Reverse(it.weight_deciban)));
    weighed
}

fn missing(kind: EntityKind, coverage: &Coverage, scoring: &Scoring) -> Vec<FactKind> {
    let wanted: BTreeSet<_> = scoring.wants(kind).collect();
    coverage.missing(&wanted.into_iter().collect::<Vec<_>>())
}

fn elements(
    findings: &[&Finding],
    coverage: &Coverage,
    scoring: &Scoring,
) -> BTreeMap<Element, ElementState> {
    let shown = |element| {
        let counts = |it: &&&Finding| it.nature != Nature::Exculpation;
        findings.iter().filter(counts).any(|it| it.element == Some(element))
    };
    let state = |element| match scoring.elements.get(&element) {
        _ if shown(element) => ElementState::Present,
        Some(kinds) if coverage.missing(kinds).is_empty() => ElementState::NotFound,
        _ => ElementState::NotExamined,
    };
    let all = [Element::Device, Element::Software, Element::PoolAccess];
    all.into_iter().map(|it| (it, state(it))).collect()
}
