//! The inspection table and its coverage.

use std::collections::BTreeMap;

use minehound_assess::case::{DetectionLimit, DimensionCoverage, Manual, TableRow};
use minehound_model::{Dimension, FactKind, Verdict};
use serde::Serialize;

use super::entity::ExaminedRecord;
use super::{EvidenceRecord, Maker};
use crate::reader::RowFinding;
use crate::reader::row::row_coverage;

#[derive(Serialize)]
pub(super) struct RowRecord<'c> {
    item: &'c str,
    title: String,
    dimension: Dimension,
    method: String,
    verdict: Verdict,
    coverage: &'static str,
    reason: &'c str,
    reason_text: String,
    missing: &'c [FactKind],
    findings: Vec<RowFindingRecord>,
    evidence: Vec<EvidenceRecord<'c>>,
    manual: Option<&'c Manual>,
}

/// Points at a finding of an entity by its position.
#[derive(Serialize)]
struct RowFindingRecord {
    entity: String,
    finding: usize,
    detector: &'static str,
    sign: &'static str,
    statement: String,
}

#[derive(Serialize)]
pub(super) struct CoverageRecord<'c> {
    entities: BTreeMap<String, u64>,
    dimensions: &'c [DimensionCoverage],
    examined: Vec<ExaminedRecord<'c>>,
    detection_limits: &'c [DetectionLimit],
}

impl<'c> Maker<'c, '_> {
    pub(super) fn row(&self, it: &'c TableRow) -> RowRecord<'c> {
        let finding = |it: RowFinding<'_>| RowFindingRecord {
            entity: it.entity.id.to_string(),
            finding: it.index,
            detector: it.weighed.finding.detector.0,
            sign: it.weighed.finding.sign.0,
            statement: self.reader.statement(&it.weighed.finding),
        };
        let evidence = it.evidence.iter().filter_map(|number| {
            let place = self.ledger.place(*number)?;
            Some(self.at(*number, place))
        });
        RowRecord {
            item: &it.item,
            title: self.reader.title(it),
            dimension: it.dimension,
            method: self.reader.method(it),
            verdict: it.verdict,
            coverage: row_coverage(it.coverage),
            reason: &it.reason,
            reason_text: self.reader.reason(it),
            missing: &it.missing,
            findings: RowFinding::of(self.case, it).into_iter().map(finding).collect(),
            evidence: evidence.collect(),
            manual: self.case.manual.get(&it.item),
        }
    }

    pub(super) fn coverage(&self) -> CoverageRecord<'c> {
        let counts = self.counts;
        let coverage = &self.case.coverage;
        CoverageRecord {
            entities: counts.entities.iter().map(|(it, n)| (it.to_string(), *n)).collect(),
            dimensions: &coverage.dimensions,
            examined: coverage.examined.0.iter().map(|it| self.examined(it)).collect(),
            detection_limits: &coverage.detection_limits,
        }
    }
}
