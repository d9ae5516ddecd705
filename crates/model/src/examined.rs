//! What was looked for, where and how closely: absence is data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{EntityId, FactKind, Span};

/// A stretch of looking for one kind of fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examined {
    /// The kind that would have been recognised.
    pub kind: FactKind,
    /// When was looked.
    pub span: Span,
    /// Who was in view, and how much was read.
    pub extent: Extent,
    /// One record in this many was kept.
    pub sampling: u32,
    /// The most bytes of one record that were kept, if records could be cut.
    pub limit: Option<u32>,
    /// What could not be seen on the way, as message ids of the catalogue, for example
    /// `unprivileged`.
    #[serde(default)]
    pub gaps: BTreeSet<String>,
}

impl Examined {
    /// The same stretch, as far as it concerns one entity in view.
    #[must_use]
    pub fn narrowed_to(&self, entity: &EntityId) -> Self {
        let entities = self.extent.entities.as_ref().map(|_| BTreeSet::from([entity.clone()]));
        let extent = Extent { entities, records: self.extent.records };
        Self { extent, gaps: self.gaps.clone(), ..*self }
    }
}

/// Who was in view, and how much was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// The entities in view; `None` means all of the case.
    pub entities: Option<BTreeSet<EntityId>>,
    /// How many records were read, of interest or not.
    pub records: u64,
}

impl Extent {
    /// Whether `entity` was in view.
    #[must_use]
    pub fn covers(&self, entity: &EntityId) -> bool {
        self.entities.as_ref().is_none_or(|it| it.contains(entity))
    }
}

/// Everything examined about one entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Coverage(pub Vec<Examined>);

impl Coverage {
    /// Whether facts of this kind were looked for.
    #[must_use]
    pub fn has(&self, kind: FactKind) -> bool {
        self.0.iter().any(|it| it.kind == kind)
    }

    /// The kinds among `needs` that nobody looked for.
    #[must_use]
    pub fn missing(&self, needs: &[FactKind]) -> Vec<FactKind> {
        needs.iter().copied().filter(|it| !self.has(*it)).collect()
    }

    /// From the first to the last moment that facts of this kind were looked for.
    #[must_use]
    pub fn span(&self, kind: FactKind) -> Option<Span> {
        self.0.iter().filter(|it| it.kind == kind).map(|it| it.span).reduce(Span::hull)
    }

    /// What could not be seen, over everything looked for.
    #[must_use]
    pub fn gaps(&self) -> BTreeSet<&str> {
        self.0.iter().flat_map(|it| it.gaps.iter().map(String::as_str)).collect()
    }
}
