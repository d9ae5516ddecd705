//! What a case folder knows of the machines that are inspected: who held their addresses, by the leases in
//! imported logs, and which lines of imported lists lead to them alone.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use minehound_collect::{Collected, Gathered};
use minehound_link::clocks::Clocks;
use minehound_model::{
    AddressLease, Artefact, Ask, Clock, EntityId, EntityKind, Examined, Extent, FactKind, Log,
    Observation, Provenance, ReportedClue, Span, Tie, Tied, Ties as _, Who,
};
use minehound_store::Case;

use super::evidence::statement;
use crate::case::{clocks, clues_by_list, device, open};

/// Addresses that are looked up at the most.
const MAX_ADDRESSES: usize = 50_000;
/// Leases of one address that are looked at.
const MAX_LEASES: usize = 256;

/// Adds what the case knows.
pub(super) fn add(folder: &Path, gathered: &mut Gathered) -> anyhow::Result<()> {
    let case = open(folder)?;
    leases(&case, gathered)?;
    clues(&case, gathered)
}

/// The leases of every address that was seen, by corrected clocks. Those of routers are left out: others
/// have the same addresses behind other routers.
fn leases(case: &Case, gathered: &mut Gathered) -> anyhow::Result<()> {
    let clocks = clocks(case)?;
    let mut told = BTreeMap::<String, (Log, Vec<Observation>)>::new();
    for (address, span) in seen(gathered) {
        let window = |log| {
            let shown = clocks.of(log).shown(span);
            (!clocks.is_of_router(log)).then_some(shown)
        };
        for tie in case.find(Ask::Holder(address), &window, MAX_LEASES) {
            let Tied::Lease { address, mac, .. } = tie.what else { continue };
            let log = case.logs().iter().find(|it| it.id == tie.line.log);
            let (Some(log), Some(span)) = (log, surely(&tie, &clocks)) else { continue };
            let lease = Observation {
                entity: EntityId::new(EntityKind::Host, mac.to_string()),
                span,
                clock: Clock::Sensor,
                provenance: Provenance::at(gathered.next_id(), tie.line.line, tie.line.line),
                fact: AddressLease { address }.into(),
            };
            let own = told.entry(log.sha256.clone()).or_insert_with(|| (log.clone(), Vec::new()));
            own.1.push(lease);
        }
    }
    for (log, leases) in told.into_values() {
        put(gathered, &log.path, log.sha256, "case-log", (leases, Vec::new()));
    }
    Ok(())
}

/// The part of a lease that is its holder's however the clocks are off: nothing is joined across a change.
fn surely(tie: &Tie, clocks: &Clocks) -> Option<Span> {
    let clock = clocks.of(tie.line.log);
    let Span { from_ms, to_ms } = clock.true_span(tie.span);
    #[expect(clippy::cast_possible_truncation, reason = "minutes in milliseconds")]
    let off = (2.0 * clock.sd_ms) as i64;
    let span = Span { from_ms: from_ms.saturating_add(off), to_ms: to_ms.saturating_sub(off) };
    (span.from_ms <= span.to_ms).then_some(span)
}

/// The addresses that something was observed of, and when.
fn seen(gathered: &Gathered) -> BTreeMap<IpAddr, Span> {
    let mut seen = BTreeMap::<IpAddr, Span>::new();
    for it in &gathered.collected.observations {
        let endpoint = it.entity.kind() == EntityKind::Endpoint;
        let Some(address) = it.entity.name().parse().ok().filter(|_| endpoint) else { continue };
        if let Some(known) = seen.get_mut(&address) {
            *known = known.hull(it.span);
        } else if seen.len() < MAX_ADDRESSES {
            seen.insert(address, it.span);
        }
    }
    seen
}

/// What the lists say of machines that logs named alone, a statement for each machine and list.
fn clues(case: &Case, gathered: &mut Gathered) -> anyhow::Result<()> {
    for (list, clues) in clues_by_list(case)? {
        let mut about = BTreeMap::<String, (ReportedClue, Span, (u64, u64))>::new();
        for it in &clues {
            let (Some(Who::Machine(mac)), Some(seen)) = (device(&it.answer), it.clue.seen) else {
                continue;
            };
            let row = u64::from(it.clue.at.row);
            let new = || {
                let reported = ReportedClue {
                    sender: list.sender.clone(),
                    list: list.name.clone(),
                    lines: 0,
                    objected: 0,
                    found: None,
                    pool: None,
                };
                (reported, seen, (row, row))
            };
            let (reported, span, rows) = about.entry(mac.to_string()).or_insert_with(new);
            reported.lines += 1;
            reported.objected += u64::from(!it.graded.objections.is_empty());
            reported.found = reported.found.max(it.graded.found);
            reported.pool = reported.pool.take().or_else(|| it.clue.pool.host.clone());
            *span = span.hull(seen);
            *rows = (rows.0.min(row), rows.1.max(row));
        }
        let id = gathered.next_id();
        let told = about.into_iter().map(|(mac, (reported, span, (first, last)))| Observation {
            entity: EntityId::new(EntityKind::Host, mac),
            span,
            clock: Clock::Sensor,
            provenance: Provenance::at(id, first, last),
            fact: reported.into(),
        });
        let told: Vec<Observation> = told.collect();
        let Some(span) = told.iter().map(|it| it.span).reduce(Span::hull) else { continue };
        let entities = Some(told.iter().map(|it| it.entity.clone()).collect());
        let looked = Examined {
            kind: FactKind::ReportedClue,
            span,
            extent: Extent { entities, records: clues.len() as u64 },
            sampling: 1,
            limit: None,
            gaps: [].into(),
        };
        put(gathered, &list.name, list.sha256.clone(), "case-list", (told, vec![looked]));
    }
    Ok(())
}

/// A file of the case as an artefact of its own, with what it says.
fn put(
    gathered: &mut Gathered,
    path: &str,
    sha256: String,
    kind: &str,
    (observations, examined): (Vec<Observation>, Vec<Examined>),
) {
    let records = observations.len() as u64;
    let base = statement(gathered.next_id(), Path::new(path), &[], kind, records);
    let artefact = Artefact { sha256, ..base };
    gathered.add(artefact, Collected { observations, examined, ..Collected::default() });
}
