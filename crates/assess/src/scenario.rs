//! First classifications: which of the four scenarios fits, and whether somebody chose to mine.

use std::collections::BTreeSet;

use minehound_model::{Coverage, FactKind, Finding, Nature};

use crate::case::{Intent, IntentClass, ScenarioFit};

/// A scenario of the inspection practice and the signs that speak for it.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// Its id in the knowledge.
    pub id: String,
    /// The signs that speak for it.
    pub signs: Vec<String>,
    /// What would decide it.
    pub needs: Vec<FactKind>,
}

/// The signs by which intent is told.
#[derive(Clone, Debug, Default)]
pub struct IntentSigns {
    /// Signs of software that came uninvited.
    pub malware: BTreeSet<String>,
    /// Signs of a user who chose to mine.
    pub deliberate: BTreeSet<String>,
}

/// The scenarios with at least one sign, those with most signs first.
pub(crate) fn fits(
    findings: &[&Finding],
    coverage: &Coverage,
    scenarios: &[Scenario],
) -> Vec<ScenarioFit> {
    // Without something that points to mining there is nothing to classify.
    if !findings.iter().any(|it| matches!(it.nature, Nature::Act | Nature::Direct)) {
        return Vec::new();
    }
    let seen: BTreeSet<_> = findings.iter().map(|it| it.sign.0).collect();
    let fit = |it: &Scenario| ScenarioFit {
        id: it.id.clone(),
        signs: it.signs.iter().filter(|sign| seen.contains(sign.as_str())).cloned().collect(),
        missing: coverage.missing(&it.needs),
    };
    let mut fits: Vec<_> = scenarios.iter().map(fit).filter(|it| !it.signs.is_empty()).collect();
    fits.sort_by_key(|it| std::cmp::Reverse(it.signs.len()));
    fits
}

/// Whether somebody chose to mine; from traffic alone it is never known.
pub(crate) fn intent(findings: &[&Finding], coverage: &Coverage, signs: &IntentSigns) -> Intent {
    let unknown =
        |reason: &str| Intent { class: IntentClass::Unknown, reasons: vec![reason.to_owned()] };
    let host_seen = coverage.has(FactKind::Program) || coverage.has(FactKind::Autostart);
    if !findings.iter().any(|it| matches!(it.nature, Nature::Act | Nature::Direct)) {
        return unknown("intent-nothing-to-explain");
    }
    if !host_seen {
        return unknown("intent-traffic-only");
    }
    let of = |class: &BTreeSet<String>| -> Vec<String> {
        let seen: BTreeSet<_> = findings.iter().map(|it| it.sign.0).collect();
        class.iter().filter(|it| seen.contains(it.as_str())).cloned().collect()
    };
    match (of(&signs.malware), of(&signs.deliberate)) {
        (malware, deliberate) if !malware.is_empty() && deliberate.is_empty() => {
            Intent { class: IntentClass::Malware, reasons: malware }
        }
        (malware, deliberate) if malware.is_empty() && !deliberate.is_empty() => {
            Intent { class: IntentClass::Deliberate, reasons: deliberate }
        }
        (malware, _) if malware.is_empty() => unknown("intent-no-sign"),
        _ => unknown("intent-signs-contradict"),
    }
}
