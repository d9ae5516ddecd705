//! The numbers of the evidence: one for every place that anything rests on.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use minehound_assess::Case;
use minehound_model::{Artefact, Evidence, Provenance};

/// What a place is told apart by.
type Key<'c> = (u32, u64, u64, Option<&'c str>);

fn key(place: &Provenance) -> Key<'_> {
    let (records, name) = (place.records, place.place.as_deref());
    (place.artefact.0, records.first, records.last, name)
}

/// The evidence of a case with its numbers, counted from one.
pub(crate) struct Ledger<'c> {
    places: Vec<&'c Provenance>,
    /// Only ever asked: the order never shows.
    numbers: HashMap<Key<'c>, usize, RandomState>,
    inputs: &'c [Artefact],
}

impl<'c> Ledger<'c> {
    /// The evidence as the case numbers it, then what only its lists rest on.
    pub(crate) fn of(case: &'c Case) -> Self {
        let mut ledger = Self {
            places: case.evidence.iter().collect(),
            numbers: HashMap::with_capacity_and_hasher(case.evidence.len(), RandomState::default()),
            inputs: &case.inputs,
        };
        for (place, it) in case.evidence.iter().enumerate() {
            ledger.numbers.entry(key(it)).or_insert(place + 1);
        }
        let findings = case.entities.iter().flat_map(|it| &it.findings);
        let lists = findings
            .map(|it| &it.finding.evidence)
            .chain(case.sessions.iter().map(|it| &it.evidence))
            .chain(case.nodes.iter().map(|it| &it.evidence))
            .chain(case.devices.iter().map(|it| &it.evidence))
            .chain(case.programs.iter().map(|it| &it.evidence));
        for place in lists.flat_map(Evidence::places) {
            if !ledger.numbers.contains_key(&key(place)) {
                ledger.places.push(place);
                ledger.numbers.insert(key(place), ledger.places.len());
            }
        }
        ledger
    }

    /// The places, in the order of their numbers.
    pub(crate) fn places(&self) -> &[&'c Provenance] {
        &self.places
    }

    /// The numbers of what something rests on.
    pub(crate) fn numbers(&self, evidence: &Evidence) -> Vec<usize> {
        evidence.places().filter_map(|it| self.numbers.get(&key(it)).copied()).collect()
    }

    /// The number of a place.
    pub(crate) fn number(&self, place: &Provenance) -> Option<usize> {
        self.numbers.get(&key(place)).copied()
    }

    /// The place of a number.
    pub(crate) fn place(&self, number: usize) -> Option<&'c Provenance> {
        self.places.get(number.checked_sub(1)?).copied()
    }

    /// The input a place lies in.
    pub(crate) fn input(&self, place: &Provenance) -> Option<&'c Artefact> {
        let at = usize::try_from(place.artefact.0).ok()?;
        let direct = self.inputs.get(at).filter(|it| it.id == place.artefact);
        direct.or_else(|| self.inputs.iter().find(|it| it.id == place.artefact))
    }

    /// Whether the records of a place are frames of a capture.
    pub(crate) fn framed(&self, place: &Provenance) -> bool {
        self.input(place).is_some_and(|it| it.kind.contains("pcap"))
    }
}
