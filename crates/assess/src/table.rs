//! The inspection table: what the findings and the coverage come to, item by item.

use minehound_model::{Coverage, DetectorId, Dimension, FactKind, Finding, Nature, Verdict};

use crate::Scoring;
use crate::case::{Assessed, DimensionCoverage, RowCoverage, TableRow};
use crate::fusion;

/// An item of the checklist, as far as judging needs it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id, for example `NET-1`.
    pub id: String,
    /// Its dimension.
    pub dimension: Dimension,
    /// Whether people fill it, whatever was examined.
    pub by_people: bool,
    /// The kinds of facts that must be examined.
    pub needs: Vec<FactKind>,
    /// Kinds of sources that would tell more and that nothing reads.
    pub unread: Vec<String>,
    /// What must be examined for any of its detectors to speak, a list for each way.
    pub ways: Vec<Vec<FactKind>>,
    /// Whether it asks for what is listed, suspicious or not.
    pub asks_for_listed: bool,
    /// The detectors that speak to it.
    pub detectors: Vec<DetectorId>,
    /// Signs of these detectors that speak to other items alone.
    pub leaves_out: Vec<String>,
}

impl Item {
    fn is_spoken_to(&self, finding: &Finding) -> bool {
        self.detectors.contains(&finding.detector)
            && !self.leaves_out.iter().any(|it| it == finding.sign.0)
    }
}

/// Fills the table from what was concluded about every entity.
pub(crate) fn fill(
    items: &[Item],
    entities: &[Assessed],
    examined: &Coverage,
    scoring: &Scoring,
) -> Vec<TableRow> {
    items.iter().map(|it| row(it, entities, examined, scoring)).collect()
}

fn row(item: &Item, entities: &[Assessed], examined: &Coverage, scoring: &Scoring) -> TableRow {
    let findings = findings(item, entities);
    let needs = if item.detectors.is_empty() { &[] } else { item.needs.as_slice() };
    let blinded_by = fusion::blinded_by(needs, examined, scoring);
    let limited_by = fusion::limited_by(needs, examined, scoring);
    let missing = examined.missing(&item.needs);
    let judged = item.ways.iter().any(|it| examined.missing(it).is_empty());
    let coverage = match () {
        () if item.by_people => RowCoverage::ByPeople,
        // What no detector speaks to is not examined, whatever was read.
        () if item.needs.is_empty() || item.detectors.is_empty() => RowCoverage::NotExamined,
        () if missing.is_empty()
            && item.unread.is_empty()
            && blinded_by.is_empty()
            && limited_by.is_empty() =>
        {
            RowCoverage::Examined
        }
        // A finding has evidence: something was looked at.
        () if judged || !findings.is_empty() => RowCoverage::Partly,
        () => RowCoverage::NotExamined,
    };
    let parts: Vec<_> = match coverage {
        RowCoverage::NotExamined => Vec::new(),
        _ => needs.iter().map(|it| fusion::examined(*it, examined, scoring)).collect(),
    };
    let found = findings.iter().filter_map(|it| reach(entities, *it)).collect::<Vec<_>>();
    let mut verdict = Verdict::combine(&[found.as_slice(), &[Verdict::combine(&parts)]].concat());
    let set_aside = verdict == Verdict::Clear && spoke_of_excluded(item, entities);
    if set_aside {
        verdict = Verdict::Excluded;
    }
    let evidence = findings.iter().filter_map(|(entity, finding)| {
        Some(entities.get(*entity)?.findings.get(*finding)?.evidence.iter().copied())
    });
    let mut evidence: Vec<_> = evidence.flatten().collect();
    evidence.sort_unstable();
    evidence.dedup();
    TableRow {
        item: item.id.clone(),
        dimension: item.dimension,
        verdict,
        coverage,
        reason: reason(item, verdict, coverage, !findings.is_empty()).to_owned(),
        missing,
        unread: item.unread.clone(),
        blinded_by,
        limited_by,
        findings,
        evidence,
    }
}

/// Every finding of the item's detectors, context too, about entities nobody set aside.
fn findings(item: &Item, entities: &[Assessed]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, entity) in entities.iter().enumerate() {
        if entity.verdict == Verdict::Excluded {
            continue;
        }
        for (number, weighed) in entity.findings.iter().enumerate() {
            if item.is_spoken_to(&weighed.finding) {
                found.push((at, number));
            }
        }
    }
    found
}

/// Whether the row would say more, had nobody set an entity aside.
fn spoke_of_excluded(item: &Item, entities: &[Assessed]) -> bool {
    let excluded = entities.iter().filter(|it| it.verdict == Verdict::Excluded);
    let mut findings = excluded.flat_map(|it| &it.findings);
    findings.any(|it| {
        item.is_spoken_to(&it.finding)
            && !matches!(it.finding.nature, Nature::Context | Nature::Exculpation)
    })
}

/// How far one finding carries its row; never further than its entity.
fn reach(entities: &[Assessed], (entity, finding): (usize, usize)) -> Option<Verdict> {
    let entity = entities.get(entity)?;
    let weighed = entity.findings.get(finding)?;
    match weighed.finding.nature {
        Nature::Act if entity.verdict == Verdict::Confirmed => Some(Verdict::Confirmed),
        Nature::Act | Nature::Direct => Some(Verdict::Suspected),
        // A circumstance that its entity's explanation took away is no clue in the table either.
        Nature::Circumstance if entity.verdict == Verdict::Clear => None,
        Nature::Circumstance => Some(Verdict::Clue),
        Nature::Context | Nature::Exculpation => None,
    }
}

fn reason(item: &Item, verdict: Verdict, coverage: RowCoverage, listed: bool) -> &'static str {
    let silent = matches!(verdict, Verdict::Clear | Verdict::Inconclusive | Verdict::NotAssessed);
    match (verdict, coverage) {
        (_, RowCoverage::NotExamined) if item.detectors.is_empty() => "row-no-detector",
        _ if silent && listed && item.asks_for_listed => TableRow::LISTED,
        (Verdict::Confirmed, _) => "row-act-seen",
        (Verdict::Suspected, _) => "row-direct-sign",
        (Verdict::Clue, _) => "row-circumstance",
        (Verdict::Inconclusive, _) => "row-blinded",
        (Verdict::Excluded, _) => "row-excluded",
        (Verdict::Clear | Verdict::NotAssessed, _) if listed => "row-only-context",
        (Verdict::Clear, RowCoverage::Partly) => "row-partly",
        (Verdict::Clear, _) => "row-examined-silent",
        (_, RowCoverage::ByPeople) => "row-by-people",
        (_, RowCoverage::Partly) => "row-too-little",
        _ => "row-no-source",
    }
}

/// The items of each dimension, counted.
pub(crate) fn dimensions(table: &[TableRow]) -> Vec<DimensionCoverage> {
    let all = [
        Dimension::Hardware,
        Dimension::Network,
        Dimension::System,
        Dimension::Resource,
        Dimension::Business,
    ];
    let count = |dimension| {
        let rows: Vec<_> = table.iter().filter(|it| it.dimension == dimension).collect();
        let of = |coverage| {
            u64::try_from(rows.iter().filter(|it| it.coverage == coverage).count()).unwrap_or(0)
        };
        let verdicts: Vec<_> = rows.iter().map(|it| it.verdict).collect();
        DimensionCoverage {
            dimension,
            items: u64::try_from(rows.len()).unwrap_or(0),
            examined: of(RowCoverage::Examined),
            partly: of(RowCoverage::Partly),
            verdict: Verdict::combine(&verdicts),
        }
    };
    all.into_iter().map(count).collect()
}
