//! The one place where anything is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use minehound_assess::Case;
use minehound_assess::case::{RowCoverage, TableRow};
use minehound_model::{Because, Dimension, Grade, SessionRow, Shares, Verdict};

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
    /// Pool sessions whose words were read, each connection once.
    pub sessions: u64,
    /// Connections that were recognised by their rhythm alone.
    pub by_rhythm: u64,
    /// Shares over all sessions whose words were read; rhythm tells no shares, only their rate.
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
        sessions: count(read(case).filter(|it| !has_label(it, "same-connection")).count()),
        by_rhythm: count(once(case).filter(|it| unread(it)).count()),
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

/// The sessions, without those of which another capture tells all.
pub(crate) fn once(case: &Case) -> impl Iterator<Item = &SessionRow> {
    let all = case.sessions.iter().map(AsRef::as_ref);
    all.filter(|it: &&SessionRow| !has_label(it, "repeated"))
}

/// The sessions whose words were read.
fn read(case: &Case) -> impl Iterator<Item = &SessionRow> {
    once(case).filter(|it| !unread(it))
}

/// Whether a connection is listed for its rhythm, or for what a model makes of it, alone.
fn unread(it: &SessionRow) -> bool {
    it.grade == Grade::Behaviour || it.because.contains(&Because::ModelAlone)
}

fn has_label(it: &SessionRow, label: &str) -> bool {
    it.labels.iter().any(|one| one == label)
}

/// The shares of all connections; of one that several captures tell of in part, as many of each kind
/// as one of them tells of.
fn shares(case: &Case) -> Shares {
    let shared = once(case).filter(|it| has_label(it, "same-connection"));
    let shared: BTreeSet<Ends> = shared.map(|it| (it.client, it.server)).collect();
    let mut parts = BTreeMap::<Ends, Vec<&SessionRow>>::new();
    let mut all = Shares::default();
    for it in once(case) {
        let ends = (it.client, it.server);
        if shared.contains(&ends) {
            parts.entry(ends).or_default().push(it);
        } else {
            all = joined(all, it.shares, u64::saturating_add);
        }
    }
    for mut parts in parts.into_values() {
        parts.sort_by_key(|it| (it.first_ms, it.last_ms));
        for one in parts.chunk_by(|before, after| after.first_ms <= before.last_ms) {
            let most =
                one.iter().fold(Shares::default(), |it, row| joined(it, row.shares, u64::max));
            all = joined(all, most, u64::saturating_add);
        }
    }
    all
}

/// The two ends of a connection.
type Ends = (SocketAddr, SocketAddr);

fn joined(one: Shares, other: Shares, by: fn(u64, u64) -> u64) -> Shares {
    Shares {
        submitted: by(one.submitted, other.submitted),
        accepted: by(one.accepted, other.accepted),
        rejected: by(one.rejected, other.rejected),
        stale: by(one.stale, other.stale),
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}
