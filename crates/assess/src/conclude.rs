//! Puts a case together.

use std::collections::BTreeMap;

use minehound_model::{Artefact, Coverage, Evidence as Places, Provenance, Row, Verdict};

use crate::case::{Assessed, Case, CoverageReport, KnowledgeStamp, Manual, SiteStamp, Workbook};
use crate::exclusion::{self, Exclusion, exclusion};
use crate::judge::{self, Rules, Subject};
use crate::limit::{self, CoinRhythm};
use crate::table;

mod joined;

/// Everything that a case is concluded from.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What was handed in.
    pub inputs: Vec<Artefact>,
    /// The inspected machine and every entity with a finding.
    pub subjects: Vec<Subject>,
    /// Entities in view without a finding, per verdict.
    pub unlisted: Vec<(Verdict, u64)>,
    /// Lines for the lists.
    pub rows: Vec<Row>,
    /// What was looked for, in all.
    pub examined: Coverage,
    /// What was known.
    pub knowledge: KnowledgeStamp,
    /// The rhythm of the coins a detection limit is stated for.
    pub coins: Vec<CoinRhythm>,
    /// The site.
    pub site: Option<SiteStamp>,
    /// What people wrote into an earlier table.
    pub manual: BTreeMap<String, Manual>,
    /// The workbook they wrote it into.
    pub workbook: Option<Workbook>,
}

/// Concludes the case.
#[must_use]
pub fn conclude(evidence: Evidence, rules: &Rules) -> Case {
    let Evidence { inputs, subjects, unlisted, rows, examined, knowledge, coins, site, .. } =
        evidence;
    let Evidence { manual, workbook, .. } = evidence;
    let mut entities: Vec<Assessed> =
        subjects.into_iter().map(|it| judge::judge(it, rules)).collect();
    exclusion::apply(&mut entities, &manual);
    entities.sort_by_cached_key(judge::rank);
    let row_places: Vec<&Provenance> = rows.iter().flat_map(|it| places(it).places()).collect();
    let places = judge::number(&mut entities, &row_places);
    let mut table = table::fill(&rules.items, &entities, &examined, &rules.scoring);
    by_people(&mut table, &manual);
    let mut per_verdict: BTreeMap<String, u64> = BTreeMap::new();
    let listed = entities.iter().map(|it| (it.verdict, 1));
    for (verdict, count) in listed.chain(unlisted.iter().copied()) {
        *per_verdict.entry(verdict.to_string()).or_default() += count;
    }
    let verdicts: Vec<_> =
        entities.iter().map(|it| it.verdict).chain(unlisted.iter().map(|it| it.0)).collect();
    let coverage = CoverageReport {
        dimensions: table::dimensions(&table),
        entities: per_verdict,
        detection_limits: limit::limits(&examined, &rules.scoring, &coins),
        examined,
    };
    let mut case = Case {
        inputs,
        verdict: Verdict::combine(&verdicts),
        entities,
        sessions: Vec::new(),
        nodes: Vec::new(),
        devices: Vec::new(),
        programs: Vec::new(),
        table,
        coverage,
        evidence: places,
        knowledge,
        site,
        manual,
        workbook,
    };
    sort_rows(&mut case, rows);
    case
}

fn places(row: &Row) -> &Places {
    match row {
        Row::Session(it) => &it.evidence,
        Row::Node(it) => &it.evidence,
        Row::Device(it) => &it.evidence,
        Row::Program(it) => &it.evidence,
    }
}

fn sort_rows(case: &mut Case, mut rows: Vec<Row>) {
    rows.sort_by_cached_key(|it| places(it).places().next().cloned());
    for row in rows {
        match row {
            Row::Session(it) => {
                let beside = case.sessions.iter_mut().rev();
                let mut beside = beside.take_while(|held| held.evidence == it.evidence);
                match beside.find(|held| joined::is_same(held, &it)) {
                    Some(held) => joined::join(held, *it),
                    None => case.sessions.push(it),
                }
            }
            Row::Node(it) => case.nodes.push(it),
            Row::Device(it) => case.devices.push(it),
            Row::Program(it) => case.programs.push(it),
        }
    }
}

/// What people concluded on site fills the rows that no source was given for.
fn by_people(table: &mut [crate::case::TableRow], manual: &BTreeMap<String, Manual>) {
    for row in table {
        let Some(said) = manual.get(&row.item).filter(|it| !it.conclusion.trim().is_empty()) else {
            continue;
        };
        if row.verdict != Verdict::NotAssessed {
            continue;
        }
        let reason = match conclusion(&said.conclusion) {
            Some((Verdict::Excluded, _)) if exclusion(said) != Exclusion::Signed => {
                "row-people-unsigned"
            }
            Some((verdict, _)) => {
                row.verdict = verdict;
                "row-people-said"
            }
            None => "row-people-noted",
        };
        reason.clone_into(&mut row.reason);
    }
}

/// The verdict that a written conclusion begins with, in the words of the table, and what follows.
pub(crate) fn conclusion(written: &str) -> Option<(Verdict, &str)> {
    let words = [
        (["证据充分", "confirmed"], Verdict::Confirmed),
        (["疑似", "suspected"], Verdict::Suspected),
        (["线索", "clue"], Verdict::Clue),
        (["证据不足", "inconclusive"], Verdict::Inconclusive),
        (["未发现", "clear"], Verdict::Clear),
        (["排除", "excluded"], Verdict::Excluded),
    ];
    let written = written.trim();
    let after = |word: &str| {
        let (begin, rest) = written.split_at_checked(word.len())?;
        // A word that goes on is another word: 排除 is a conclusion, 排除嫌疑的依据不足 is none.
        let ends = rest.chars().next().is_none_or(|it| !it.is_alphanumeric());
        (ends && begin.eq_ignore_ascii_case(word)).then_some(rest)
    };
    words
        .into_iter()
        .find_map(|(words, verdict)| Some((verdict, words.into_iter().find_map(after)?)))
}
