//! The arithmetic of evidence: capped sums per class, an interval, and how far each nature goes.

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{Coverage, Decibans, EntityKind, Finding, Nature, Probability, Verdict};

use crate::{Scoring, SignWeight};

/// Prior and evidence together, with what kind of evidence it was.
#[derive(Debug, PartialEq)]
pub(crate) struct Fusion {
    pub(crate) value: Decibans,
    low: Decibans,
    high: Decibans,
    natures: BTreeSet<Nature>,
}

/// Adds the evidence up. A sign counts once, however often it was seen.
pub(crate) fn fuse<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    scoring: &Scoring,
) -> Fusion {
    let signs: BTreeSet<_> = findings.into_iter().map(|it| (it.nature, it.sign.0)).collect();
    let score = |pick: fn(&SignWeight) -> Decibans| {
        let sum = |nature| capped(&signs, nature, scoring, pick);
        let circumstance = sum(Nature::Circumstance) + sum(Nature::Exculpation);
        // What explains more than there is to explain does not count against anything else.
        let circumstance = circumstance.max(Decibans(0));
        scoring.prior_deciban + sum(Nature::Act) + sum(Nature::Direct) + circumstance
    };
    let weighed = signs.iter().filter(|it| scoring.weight(it.1).is_some());
    Fusion {
        value: score(|it| it.deciban),
        low: score(|it| it.low),
        high: score(|it| it.high),
        natures: weighed.map(|it| it.0).collect(),
    }
}

fn capped(
    signs: &BTreeSet<(Nature, &str)>,
    nature: Nature,
    scoring: &Scoring,
    pick: fn(&SignWeight) -> Decibans,
) -> Decibans {
    let mut classes = BTreeMap::<&str, Decibans>::new();
    let of_nature = signs.iter().filter(|it| it.0 == nature);
    for weight in of_nature.filter_map(|it| scoring.weight(it.1)) {
        let sum = classes.entry(weight.class.as_str()).or_default();
        *sum = *sum + pick(weight);
    }
    let cap = |class: &str| scoring.class_cap_deciban.get(class).map_or(0, |it| it.0.max(0));
    classes.into_iter().map(|(class, sum)| Decibans(sum.0.clamp(-cap(class), cap(class)))).sum()
}

/// What can be said when nothing is found: the needed parts, each clear, inconclusive or not
/// assessed.
pub(crate) fn ground(kind: EntityKind, coverage: &Coverage, scoring: &Scoring) -> Verdict {
    let parts = scoring.needs(kind).iter().map(|it| examined(*it, coverage, scoring));
    Verdict::combine(&parts.collect::<Vec<_>>())
}

/// What silence about one kind of fact means.
pub(crate) fn examined(
    kind: minehound_model::FactKind,
    coverage: &Coverage,
    scoring: &Scoring,
) -> Verdict {
    let looks: Vec<_> = coverage.0.iter().filter(|it| it.kind == kind).collect();
    let blind = |it: &&minehound_model::Examined| !it.gaps.is_disjoint(&scoring.blinding_gaps);
    match () {
        () if looks.is_empty() => Verdict::NotAssessed,
        () if looks.iter().any(blind) => Verdict::Inconclusive,
        () => Verdict::Clear,
    }
}

/// What makes silence about any of these kinds mean nothing, or less than all.
pub(crate) fn blinded_by(
    kinds: &[minehound_model::FactKind],
    coverage: &Coverage,
    scoring: &Scoring,
) -> Vec<String> {
    gaps_among(&scoring.blinding_gaps, kinds, coverage)
}

/// What left out a part of looking for any of these kinds, each with the place it speaks of.
pub(crate) fn limited_by(
    kinds: &[minehound_model::FactKind],
    coverage: &Coverage,
    scoring: &Scoring,
) -> Vec<String> {
    gaps_among(&scoring.incomplete_gaps, kinds, coverage)
}

fn gaps_among(
    wanted: &BTreeSet<String>,
    kinds: &[minehound_model::FactKind],
    coverage: &Coverage,
) -> Vec<String> {
    let looks = coverage.0.iter().filter(|it| kinds.contains(&it.kind));
    let gaps: BTreeSet<&String> = looks.flat_map(|it| &it.gaps).collect();
    let message = |it: &str| it.split(':').next().unwrap_or_default().to_owned();
    gaps.into_iter().filter(|it| wanted.contains(&message(it))).cloned().collect()
}

impl Fusion {
    /// How far the evidence goes, on the ground of what was examined.
    pub(crate) fn verdict(&self, scoring: &Scoring, ground: Verdict) -> Verdict {
        Verdict::combine(&[self.evidence(scoring), ground])
    }

    fn evidence(&self, scoring: &Scoring) -> Verdict {
        let Probability { value, low, high, .. } = self.probability(scoring);
        match () {
            () if self.natures.contains(&Nature::Act) && value >= scoring.confirm_probability => {
                Verdict::Confirmed
            }
            () if self.natures.contains(&Nature::Act) => Verdict::Suspected,
            () if self.natures.contains(&Nature::Direct) => Verdict::Suspected,
            () if !self.natures.contains(&Nature::Circumstance) => Verdict::Clear,
            () if high - low > scoring.max_width => Verdict::Inconclusive,
            () if value >= scoring.clue_probability => Verdict::Clue,
            () => Verdict::Clear,
        }
    }

    fn probability(&self, scoring: &Scoring) -> Probability {
        Probability {
            value: self.value.probability(),
            low: self.low.probability(),
            high: self.high.probability(),
            prior_deciban: scoring.prior_deciban,
        }
    }

    /// The probability as far as the ground bears it: where nothing was found and what was needed
    /// could not be seen, it may hold anything, up to the strongest class of signs. Evidence speaks
    /// for itself: its interval is that of the weights.
    pub(crate) fn stated(&self, scoring: &Scoring, ground: Verdict) -> Probability {
        let probability = self.probability(scoring);
        let found = matches!(
            self.verdict(scoring, ground),
            Verdict::Confirmed | Verdict::Suspected | Verdict::Clue
        );
        if ground == Verdict::Clear || found {
            return probability;
        }
        let most = scoring.class_cap_deciban.values().copied().max().unwrap_or_default();
        let high = (self.high + most).probability().max(probability.high);
        Probability { high, ..probability }
    }
}

#[cfg(test)]
mod tests;
