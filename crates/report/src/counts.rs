//! The one place where anything is counted.

use minehound_assess::Case;
use minehound_assess::case::{RowCoverage, TableRow};
use minehound_model::{Dimension, SessionRow, Shares, Verdict};

use crate::VERDICTS;
use crate::ledger::Ledger;

/// Every total that a report shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The strongest verdict.
    pub verdict: Verdict,
    /// Entities per verdict, listed or not, in the order of [`VERDICTS`].
    pub entities: [(Verdict, u64); 7],
    /// Entities that are listed.
    pub entities_listed: u64,
    /// Rows of the inspection table per verdict, in the order of [`VERDICTS`].
    pub rows: [(Verdict, u64); 7],
    /// Rows per dimension: all, examined, partly, by people.
    pub dimensions: Vec<(Dimension, [u64; 4])>,
    /// Pool sessions.
    pub sessions: u64,
    /// Shares over all sessions.
    pub shares: Shares,
    /// Nodes of cryptocurrency networks.
    pub nodes: u64,
    /// Devices listed.
    pub devices: u64,
    /// Programs listed.
    pub programs: u64,
    /// Inputs.
    pub inputs: u64,
    /// Inputs not read, or not to their end.
    pub not_read: u64,
    /// Records read.
    pub records: u64,
    /// Records that could not be used.
    pub skipped: u64,
    /// Places that anything rests on.
    pub evidence: u64,
}

/// Counts a case.
#[must_use]
pub fn counts(case: &Case) -> Counts {
    counted(case, &Ledger::of(case))
}

/// Counts a case whose evidence is numbered.
pub(crate) fn counted(case: &Case, ledger: &Ledger<'_>) -> Counts {
    Counts {
        verdict: case.verdict,
        entities: VERDICTS.map(|it| (it, entities(case, it))),
        entities_listed: count(case.entities.len()),
        rows: VERDICTS
            .map(|it| (it, count(case.table.iter().filter(|row| row.verdict == it).count()))),
        dimensions: dimensions(&case.table),
        sessions: count(case.sessions.len()),
        shares: shares(case),
        nodes: count(case.nodes.len()),
        devices: count(case.devices.len()),
        programs: count(case.programs.len()),
        inputs: count(case.inputs.len()),
        not_read: count(case.inputs.iter().filter(|it| it.not_read.is_some()).count()),
        records: sum(case.inputs.iter().map(|it| it.records)),
        skipped: sum(case.inputs.iter().flat_map(|it| it.skipped.values().copied())),
        evidence: count(ledger.places().len()),
    }
}

impl Counts {
    /// All entities, listed or not.
    #[must_use]
    pub fn entities_total(&self) -> u64 {
        sum(self.entities.iter().map(|it| it.1))
    }

    /// All rows of the inspection table.
    #[must_use]
    pub fn rows_total(&self) -> u64 {
        sum(self.rows.iter().map(|it| it.1))
    }

    /// Entities with a verdict, listed or not.
    #[must_use]
    pub fn entities_with(&self, verdict: Verdict) -> u64 {
        self.entities.iter().find(|it| it.0 == verdict).map_or(0, |it| it.1)
    }
}

/// The coverage counts every entity; a listed one is never left out of the count.
fn entities(case: &Case, verdict: Verdict) -> u64 {
    let listed = count(case.entities.iter().filter(|it| it.verdict == verdict).count());
    case.coverage.entities.get(&verdict.to_string()).copied().unwrap_or_default().max(listed)
}

fn dimensions(table: &[TableRow]) -> Vec<(Dimension, [u64; 4])> {
    let mut order: Vec<_> = table.iter().map(|it| it.dimension).collect();
    order.sort_unstable();
    order.dedup();
    let of = |dimension| {
        let rows = || table.iter().filter(move |it| it.dimension == dimension);
        let with = |coverage| count(rows().filter(|it| it.coverage == coverage).count());
        let [examined, partly, people] =
            [RowCoverage::Examined, RowCoverage::Partly, RowCoverage::ByPeople].map(with);
        (dimension, [count(rows().count()), examined, partly, people])
    };
    order.into_iter().map(of).collect()
}

/// The sessions, without those that another capture tells of as well.
fn once(case: &Case) -> impl Iterator<Item = &SessionRow> {
    let all = case.sessions.iter().map(AsRef::as_ref);
    all.filter(|it: &&SessionRow| !it.labels.iter().any(|label| label == "repeated"))
}

fn shares(case: &Case) -> Shares {
    let of = |pick: fn(&Shares) -> u64| sum(once(case).map(|it| pick(&it.shares)));
    Shares {
        submitted: of(|it| it.submitted),
        accepted: of(|it| it.accepted),
        rejected: of(|it| it.rejected),
        stale: of(|it| it.stale),
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}
