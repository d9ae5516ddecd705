//! Entities with their findings.

use std::collections::BTreeMap;

use minehound_assess::case::{Assessed, Intent, Manual, ScenarioFit, Weighed};
use minehound_model::{
    Arg, Dimension, Element, Examined, FactKind, HostProfile, Nature, Probability, Verdict,
};
use serde::Serialize;

use super::{EvidenceRecord, Maker};
use crate::reader::row::{element_state, is_counter};

#[derive(Serialize)]
pub(super) struct EntityRecord<'c> {
    id: String,
    kind: String,
    name_text: String,
    verdict: Verdict,
    machine_verdict: Verdict,
    score_deciban: i16,
    probability: Probability,
    elements: ElementsRecord,
    findings: Vec<FindingRecord<'c>>,
    counter_reasons: Vec<CounterRecord>,
    missing: &'c [FactKind],
    scenarios: &'c [ScenarioFit],
    intent: &'c Intent,
    joins: Vec<JoinRecord<'c>>,
    coverage: Vec<ExaminedRecord<'c>>,
    profile: Option<&'c HostProfile>,
    manual: Option<&'c Manual>,
}

#[derive(Serialize)]
struct ElementsRecord {
    device: &'static str,
    software: &'static str,
    pool: &'static str,
}

#[derive(Serialize)]
struct FindingRecord<'c> {
    detector: &'static str,
    sign: &'static str,
    nature: Nature,
    dimension: Dimension,
    element: Option<Element>,
    weight_deciban: i16,
    strength: String,
    statement: String,
    args: &'c BTreeMap<&'static str, Arg>,
    evidence: Vec<EvidenceRecord<'c>>,
}

#[derive(Serialize)]
struct CounterRecord {
    finding: usize,
    detector: &'static str,
    sign: &'static str,
    weight_deciban: i16,
    statement: String,
}

#[derive(Serialize)]
struct JoinRecord<'c> {
    rule: &'c str,
    from: String,
    first_seen: Option<String>,
    last_seen: Option<String>,
    observations: u64,
}

/// A stretch of looking; `entities` is `None` where all of the case was in view.
#[derive(Serialize)]
pub(super) struct ExaminedRecord<'c> {
    kind: FactKind,
    from: Option<String>,
    to: Option<String>,
    entities: Option<usize>,
    records: u64,
    sampling: u32,
    limit: Option<u32>,
    gaps: Vec<&'c str>,
}

impl<'c> Maker<'c, '_> {
    pub(super) fn entity(&self, it: &'c Assessed) -> EntityRecord<'c> {
        let id = it.id.to_string();
        EntityRecord {
            kind: it.id.kind().to_string(),
            name_text: self.reader.entity(&it.id),
            verdict: it.verdict,
            machine_verdict: it.machine_verdict,
            score_deciban: it.score_deciban.0,
            probability: it.probability,
            elements: elements(it),
            findings: it.findings.iter().map(|it| self.finding(it)).collect(),
            counter_reasons: self.counter_reasons(it),
            missing: &it.missing,
            scenarios: &it.scenarios,
            intent: &it.intent,
            joins: self.joins(it),
            coverage: it.coverage.0.iter().map(|it| self.examined(it)).collect(),
            profile: it.profile.as_ref(),
            manual: self.case.manual.get(&id),
            id,
        }
    }

    fn finding(&self, it: &'c Weighed) -> FindingRecord<'c> {
        FindingRecord {
            detector: it.finding.detector.0,
            sign: it.finding.sign.0,
            nature: it.finding.nature,
            dimension: it.dimension,
            element: it.finding.element,
            weight_deciban: it.weight_deciban.0,
            strength: self.reader.strength(it.weight_deciban),
            statement: self.reader.statement(&it.finding),
            args: &it.finding.args,
            evidence: it.finding.evidence.places().map(|it| self.numbered(it)).collect(),
        }
    }

    fn counter_reasons(&self, it: &Assessed) -> Vec<CounterRecord> {
        let counter = it.findings.iter().enumerate().filter(|it| is_counter(it.1));
        let record = |(finding, it): (usize, &Weighed)| CounterRecord {
            finding,
            detector: it.finding.detector.0,
            sign: it.finding.sign.0,
            weight_deciban: it.weight_deciban.0,
            statement: self.reader.statement(&it.finding),
        };
        counter.map(record).collect()
    }

    fn joins(&self, it: &'c Assessed) -> Vec<JoinRecord<'c>> {
        let record = |it: &'c minehound_assess::case::Join| JoinRecord {
            rule: &it.rule,
            from: it.from.to_string(),
            first_seen: self.time(it.span.from_ms),
            last_seen: self.time(it.span.to_ms),
            observations: it.observations,
        };
        it.joins.iter().map(record).collect()
    }

    pub(super) fn examined(&self, it: &'c Examined) -> ExaminedRecord<'c> {
        ExaminedRecord {
            kind: it.kind,
            from: self.time(it.span.from_ms),
            to: self.time(it.span.to_ms),
            entities: it.extent.entities.as_ref().map(std::collections::BTreeSet::len),
            records: it.extent.records,
            sampling: it.sampling,
            limit: it.limit,
            gaps: it.gaps.iter().map(String::as_str).collect(),
        }
    }
}

fn elements(it: &Assessed) -> ElementsRecord {
    let state = |element| it.elements.get(&element).map_or("not_examined", |it| element_state(*it));
    ElementsRecord {
        device: state(Element::Device),
        software: state(Element::Software),
        pool: state(Element::PoolAccess),
    }
}
