//! The scoring table: what each sign weighs, and what must be looked at. Data, not code.

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{Decibans, Element, EntityKind, FactKind};
use serde::Deserialize;
use thiserror::Error;

/// The contents of `knowledge/scoring.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// Before any evidence: how rare mining is among inspected entities.
    pub prior_deciban: Decibans,
    /// A wider probability interval decides nothing unless something direct was seen.
    pub max_width: f64,
    /// From this probability on, circumstances are a clue.
    pub clue_probability: f64,
    /// From this probability on, an act confirms; below, it suspects.
    pub confirm_probability: f64,
    /// The most that the signs of one class add up to: they are correlated.
    pub class_cap_deciban: BTreeMap<String, Decibans>,
    /// What must be examined before an entity of a kind can be clear.
    pub needed: BTreeMap<EntityKind, Vec<FactKind>>,
    /// What should be examined besides; what is missing of it is said.
    #[serde(default)]
    pub wanted: BTreeMap<EntityKind, Vec<FactKind>>,
    /// What must be examined before an element can be said not to be found.
    pub elements: BTreeMap<Element, Vec<FactKind>>,
    /// Gaps that make a silent examination inconclusive, for example packets cut short.
    #[serde(default)]
    pub blinding_gaps: BTreeSet<String>,
    /// What leaves a look good enough to be called clear, and its rows examined in part only.
    #[serde(default)]
    pub incomplete_gaps: BTreeSet<String>,
    /// The signs.
    pub sign: Vec<SignWeight>,
}

/// What one sign weighs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignWeight {
    /// The sign.
    pub name: String,
    /// The class it shares a cap with.
    pub class: String,
    /// The best estimate.
    pub deciban: Decibans,
    /// The lower end.
    pub low: Decibans,
    /// The upper end.
    pub high: Decibans,
    /// How many labelled cases the estimate rests on.
    pub cases: u64,
}

/// Why a scoring table was refused.
#[derive(Debug, Error)]
#[error("scoring table is invalid; compare it with the shipped one")]
pub struct ScoringError(#[from] toml::de::Error);

impl Scoring {
    /// The text of the table shipped with the program.
    pub const SHIPPED: &str = include_str!("../../../knowledge/scoring.toml");

    /// The table shipped with the program.
    ///
    /// # Errors
    ///
    /// Returns [`ScoringError`] when the shipped table is broken, which a test rules out.
    pub fn built_in() -> Result<Self, ScoringError> {
        Ok(toml::from_str(Self::SHIPPED)?)
    }

    /// The weight of a sign; a sign without one counts for nothing.
    #[must_use]
    pub fn weight(&self, sign: &str) -> Option<&SignWeight> {
        self.sign.iter().find(|it| it.name == sign)
    }

    /// What must be examined before an entity of this kind can be clear.
    #[must_use]
    pub fn needs(&self, kind: EntityKind) -> &[FactKind] {
        self.needed.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// What should be examined of an entity of this kind, needed or not.
    pub fn wants(&self, kind: EntityKind) -> impl Iterator<Item = FactKind> {
        let wanted = self.wanted.get(&kind).map_or(&[][..], Vec::as_slice);
        self.needs(kind).iter().chain(wanted).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weight_lies_in_its_interval_and_every_class_has_a_cap() {
        let scoring = Scoring::built_in().unwrap();
        for it in &scoring.sign {
            assert!(it.low <= it.deciban && it.deciban <= it.high, "{}", it.name);
            assert!(scoring.class_cap_deciban[&it.class].0 >= 0, "{}", it.name);
        }
    }

    #[test]
    fn no_sign_is_weighed_twice() {
        let scoring = Scoring::built_in().unwrap();
        let names: BTreeSet<_> = scoring.sign.iter().map(|it| &it.name).collect();
        assert_eq!(names.len(), scoring.sign.len());
    }
}
