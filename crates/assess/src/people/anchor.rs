//! Places that tell whom a row is about when its name is hidden.
//!
//! A name cannot be hidden behind a digest of itself: there are only 2^32 addresses, and far fewer
//! inside one site, so that anybody can try them all, salted or not. A place in the sealed inputs
//! (a sign, an input's SHA-256, its records) names nobody to whoever lacks the input, stands in
//! every masked report anyway, and leads back to the same entity whenever that input is read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use minehound_model::{Artefact, EntityId, EntityKind, Finding, Provenance};

use serde::Serialize;

use super::FilledRow;
use crate::Subject;
use crate::case::Case;

/// Anchors kept for one entity.
const KEPT: usize = 3;

/// What stands before the kind of an entity that nobody can name: `masked-endpoint:0f1e2d3c4b5a`.
pub const MASKED: &str = "masked-";

/// A place that a finding rests on; written `sign sha256 first last`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Anchor {
    /// The sign that was found there.
    sign: String,
    /// The SHA-256 of the input.
    sha256: String,
    /// The first and the last record.
    records: (u64, u64),
}

impl Anchor {
    fn of(finding: &Finding, place: &Provenance, inputs: &[Artefact]) -> Option<Self> {
        let at = usize::try_from(place.artefact.0).ok()?;
        let direct = inputs.get(at).filter(|it| it.id == place.artefact);
        let input = direct.or_else(|| inputs.iter().find(|it| it.id == place.artefact))?;
        let records = (place.records.first, place.records.last);
        let (sign, sha256) = (finding.sign.0.to_owned(), input.sha256.clone());
        (!sha256.is_empty()).then_some(Self { sign, sha256, records })
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.records;
        write!(f, "{} {} {first} {last}", self.sign, self.sha256)
    }
}

/// Why a text is no anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no anchor; written `sign sha256 first last`")]
pub struct NoAnchor;

impl FromStr for Anchor {
    type Err = NoAnchor;

    fn from_str(text: &str) -> Result<Self, NoAnchor> {
        let mut words = text.split_whitespace();
        let mut word = || words.next().ok_or(NoAnchor);
        let (sign, sha256) = (word()?.to_owned(), word()?.to_owned());
        let (first, last) = (word()?.parse(), word()?.parse());
        let whole = sha256.len() == 64 && sha256.bytes().all(|it| it.is_ascii_hexdigit());
        match (first, last, words.next()) {
            (Ok(first), Ok(last), None) if whole => {
                Ok(Self { sign, sha256, records: (first, last) })
            }
            _ => Err(NoAnchor),
        }
    }
}

/// Who was found at each wanted anchor, per kind of entity.
struct Owners<'s>(BTreeMap<Anchor, BTreeSet<&'s EntityId>>);

impl<'s> Owners<'s> {
    fn of(wanted: impl IntoIterator<Item = Anchor>) -> Self {
        Self(wanted.into_iter().map(|it| (it, BTreeSet::new())).collect())
    }

    fn note<'f>(
        &mut self,
        entity: &'s EntityId,
        findings: impl Iterator<Item = &'f Finding>,
        inputs: &[Artefact],
    ) {
        if self.0.is_empty() {
            return;
        }
        for finding in findings {
            for place in finding.evidence.places() {
                let anchor = Anchor::of(finding, place, inputs);
                if let Some(owners) = anchor.and_then(|it| self.0.get_mut(&it)) {
                    owners.insert(entity);
                }
            }
        }
    }

    /// The only one of its kind at this anchor.
    fn one(&self, anchor: &Anchor, kind: EntityKind) -> Result<Option<&'s EntityId>, NoAnchor> {
        let mut owners = self.0.get(anchor).into_iter().flatten().filter(|it| it.kind() == kind);
        match (owners.next(), owners.next()) {
            (Some(_), Some(_)) => Err(NoAnchor),
            (one, _) => Ok(one.copied()),
        }
    }
}

/// The anchors of every entity of a case, in their order: places where no other entity of its
/// kind was found with the same sign; any places where there are no such.
#[must_use]
pub fn anchors(case: &Case) -> Vec<Vec<Anchor>> {
    let first = |finding: &Finding| {
        let place = finding.evidence.places().next()?;
        Anchor::of(finding, place, &case.inputs)
    };
    let firsts = |it: &crate::case::Assessed| {
        it.findings.iter().filter_map(|it| first(&it.finding)).collect::<Vec<_>>()
    };
    let mut owners = Owners::of(case.entities.iter().flat_map(firsts));
    for it in &case.entities {
        owners.note(&it.id, it.findings.iter().map(|it| &it.finding), &case.inputs);
    }
    let of = |it: &crate::case::Assessed| {
        let mut own = firsts(it);
        own.dedup();
        let alone = |anchor: &Anchor| owners.one(anchor, it.id.kind()).is_ok();
        if own.iter().any(alone) {
            own.retain(alone);
        }
        own.truncate(KEPT);
        own
    };
    case.entities.iter().map(of).collect()
}

/// For every row of a masked workbook, the one entity of its kind that all its anchors found in
/// this run agree on.
pub(super) fn find(
    rows: &[FilledRow],
    subjects: &[Subject],
    inputs: &[Artefact],
) -> Vec<Option<String>> {
    let masked = rows.iter().filter(|it| it.masked.is_some());
    let mut owners = Owners::of(masked.flat_map(|it| it.anchors.iter().cloned()));
    for it in subjects {
        owners.note(&it.id, it.findings.iter().map(|it| &it.0), inputs);
    }
    let one = |row: &FilledRow| {
        row.masked.as_ref()?;
        let kind = row.id.split_once(':')?.0;
        let kind = kind.strip_prefix(MASKED).unwrap_or(kind).parse().ok()?;
        let found: Result<Vec<_>, _> = row.anchors.iter().map(|it| owners.one(it, kind)).collect();
        let found: BTreeSet<_> = found.ok()?.into_iter().flatten().collect();
        let mut found = found.into_iter();
        found.next().filter(|_| found.next().is_none()).map(ToString::to_string)
    };
    rows.iter().map(one).collect()
}
