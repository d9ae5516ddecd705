//! Numbers what the collector saw and says where it was read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minehound_model::{
    ArtefactId, Clock, EntityId, Examined, Extent, Fact, FactKind, Observation, Provenance, Span,
};

use crate::{Reason, Sink};

/// The number of the first observation: in a [bundle](super::bundle) the header is line 1.
pub(super) const FIRST_RECORD: u64 = 2;

/// Takes facts about one machine and pours them into a sink as observations.
pub(super) struct Recorder<'a> {
    entity: EntityId,
    artefact: ArtefactId,
    /// When the machine was looked at.
    now_ms: i64,
    next: u64,
    looked_at: BTreeMap<FactKind, Looked>,
    into: &'a mut dyn Sink,
}

/// How much was read for one kind of fact, and what could not be.
#[derive(Clone, Debug, Default)]
struct Looked {
    records: u64,
    gaps: BTreeSet<String>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(
        entity: EntityId,
        artefact: ArtefactId,
        now_ms: i64,
        into: &'a mut dyn Sink,
    ) -> Self {
        Self { entity, artefact, now_ms, next: FIRST_RECORD, looked_at: BTreeMap::new(), into }
    }

    /// When the machine was looked at, in milliseconds since 1970.
    pub(super) fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// Takes a fact that holds now.
    pub(super) fn note(&mut self, fact: impl Into<Fact>, place: impl Into<String>) {
        self.note_since(self.now_ms, fact, place);
    }

    /// Takes a fact that has held since a moment.
    pub(super) fn note_since(
        &mut self,
        since_ms: i64,
        fact: impl Into<Fact>,
        place: impl Into<String>,
    ) {
        let mut provenance = Provenance::at(self.artefact, self.next, self.next);
        provenance.place = Some(place.into());
        self.next += 1;
        self.into.observe(Observation {
            entity: self.entity.clone(),
            span: Span { from_ms: since_ms.min(self.now_ms), to_ms: self.now_ms },
            clock: Clock::Device,
            provenance,
            fact: fact.into(),
        });
    }

    /// Says that facts of this kind were looked for in so many more records.
    pub(super) fn looked(&mut self, kind: FactKind, records: usize) {
        let looked = self.looked_at.entry(kind).or_default();
        looked.records = looked.records.saturating_add(u64::try_from(records).unwrap_or(u64::MAX));
    }

    /// Says that something of this kind could not be seen.
    pub(super) fn gap(&mut self, kind: FactKind, gap: &str) {
        self.looked_at.entry(kind).or_default().gaps.insert(gap.to_owned());
    }

    /// Whether anything was kept from us so far.
    pub(super) fn was_denied(&self) -> bool {
        let denied = ["unprivileged", "processes-closed", "some-processes-closed"];
        self.looked_at.values().any(|it| denied.iter().any(|gap| it.gaps.contains(*gap)))
    }

    /// Notes a file that could not be used for facts of this kind; one that is not there is not
    /// worth noting.
    pub(super) fn unusable(&mut self, kind: FactKind, path: &Path, error: &std::io::Error) {
        use std::io::ErrorKind::{InvalidInput, NotADirectory, NotFound, PermissionDenied};
        // A process that ended while it was read.
        if error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) {
            return;
        }
        let reason = match error.kind() {
            NotFound | NotADirectory => return,
            PermissionDenied => {
                self.gap(kind, "unprivileged");
                return;
            }
            InvalidInput => "not-a-file",
            _ => "unreadable",
        };
        if reason == "unreadable" {
            self.gap(kind, reason);
        }
        // Links of services to `/dev/null` are how they are masked, not damage.
        if !path.starts_with("/dev") {
            self.into.skip(self.next, Reason(reason));
        }
    }

    /// Pours out what was looked at, in the order of the kinds.
    pub(super) fn finish(self) {
        for (kind, looked) in self.looked_at {
            self.into.examined(Examined {
                kind,
                span: Span::at(self.now_ms),
                extent: Extent {
                    entities: Some(BTreeSet::from([self.entity.clone()])),
                    records: looked.records,
                },
                sampling: 1,
                limit: None,
                gaps: looked.gaps,
            });
        }
    }
}
