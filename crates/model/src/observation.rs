//! Observations: a fact with its subject, its time and the place it was read from.

use serde::{Deserialize, Serialize};

use crate::{EntityId, Fact};

/// A fact read from one source about one entity, in normal form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Whom the fact is about, as the source names it.
    pub entity: EntityId,
    /// When it held.
    pub span: Span,
    /// Whose clock the span was read from.
    pub clock: Clock,
    /// Where it was read.
    pub provenance: Provenance,
    /// The fact itself.
    pub fact: Fact,
}

/// A closed interval, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The first millisecond.
    pub from_ms: i64,
    /// The last millisecond.
    pub to_ms: i64,
}

impl Span {
    /// The span of a single instant.
    #[must_use]
    pub fn at(time_ms: i64) -> Self {
        Self { from_ms: time_ms, to_ms: time_ms }
    }

    /// The shortest span that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { from_ms: self.from_ms.min(other.from_ms), to_ms: self.to_ms.max(other.to_ms) }
    }

    /// Whether `other` lies wholly inside.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.from_ms <= other.from_ms && other.to_ms <= self.to_ms
    }

    /// Whether the two share an instant.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from_ms <= other.to_ms && other.from_ms <= self.to_ms
    }

    /// Its length, in seconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "spans are far shorter than 2^53 ms")]
    pub fn seconds(self) -> f64 {
        self.to_ms.saturating_sub(self.from_ms) as f64 / 1000.0
    }
}

/// Whose clock a time was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// The sensor that captured the record.
    Sensor,
    /// The inspected device itself; it may lie.
    Device,
    /// A person stated it.
    Stated,
}

/// Numbers the imported artefacts of a case; the digest stands once, in the list of artefacts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ArtefactId(pub u32);

/// A closed range of record numbers, counted from one: frames, lines or rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Records {
    /// The first record.
    pub first: u64,
    /// The last record.
    pub last: u64,
}

/// Where an observation came from, exactly enough to find it again in court.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Provenance {
    /// The imported artefact.
    pub artefact: ArtefactId,
    /// The records inside it, from first to last; others may lie between.
    pub records: Records,
    /// The place on the inspected machine that the record was read from, for example
    /// `/etc/cron.d/root:3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Provenance {
    /// Records `first` to `last` of an artefact.
    #[must_use]
    pub fn at(artefact: ArtefactId, first: u64, last: u64) -> Self {
        Self { artefact, records: Records { first, last }, place: None }
    }
}
