//! What a detector is.

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, EntityKind, Evidence, FactKind, Finding, Nature,
    Observation, PoolSession, Program, Provenance, Row, Sign,
};

use crate::{Example, Knowledge};

/// Places that one finding rests on, at most; the rows list every one.
pub(crate) const MAX_PLACES: usize = 16;

/// Names in a list of one finding, at most.
const MAX_LISTED: usize = 8;

/// One way to recognise mining, or to explain its appearance.
pub trait Detector: Sync {
    /// What the detector declares about itself.
    fn meta(&self) -> &'static Meta;

    /// Examples shown in the manual page and run as tests.
    fn examples(&self) -> &'static [Example];

    /// Whether dossiers of this kind of entity are its business. What is told of the members of a
    /// network in their own dossiers would be told twice in the network's.
    fn judges(&self, kind: EntityKind) -> bool {
        kind != EntityKind::Network
    }

    /// Judges a dossier for which [`Meta::missing`] is empty.
    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement;
}

/// What a detector declares about itself.
#[derive(Debug)]
pub struct Meta {
    /// Stable identifier.
    pub id: DetectorId,
    /// Kebab-case name, used on the command line and in configuration.
    pub name: &'static str,
    /// The dimension whose rows this detector fills.
    pub dimension: Dimension,
    /// The rows of the inspection table it fills, by id.
    pub items: &'static [&'static str],
    /// The techniques of MITRE ATT&CK that the pattern belongs to.
    pub techniques: &'static [&'static str],
    /// The version of the program that first had it.
    pub since: &'static str,
    /// Unless all of these were examined the detector stays silent and says so.
    pub needs: &'static [FactKind],
    /// Unless one of these was examined the detector stays silent and says so; empty asks nothing.
    pub needs_any: &'static [FactKind],
    /// The signs it can emit, each with its nature.
    pub signs: &'static [(Sign, Nature)],
    /// The file that declares the detector; its module documentation is the manual page.
    pub source: &'static str,
    /// The manual page in Chinese.
    pub chinese: &'static str,
}

impl Meta {
    /// The manual page, in Markdown.
    #[must_use]
    pub fn manual(&self) -> String {
        let doc_lines = self.source.lines().map_while(|it| it.strip_prefix("//!"));
        doc_lines.flat_map(|it| [it.strip_prefix(' ').unwrap_or(it), "\n"]).collect()
    }

    /// What nobody looked for and this detector needs; empty if it can judge.
    #[must_use]
    pub fn missing(&self, dossier: &Dossier) -> Vec<FactKind> {
        let mut missing = dossier.coverage.missing(self.needs);
        let missing_any = dossier.coverage.missing(self.needs_any);
        if !self.needs_any.is_empty() && missing_any.len() == self.needs_any.len() {
            missing.extend(missing_any);
        }
        missing
    }

    pub(crate) fn finding(&self, kind: (Sign, Nature), seen: &Observation) -> Finding {
        self.finding_at(kind, seen, Evidence::at(seen.provenance.clone()))
    }

    pub(crate) fn finding_at(
        &self,
        (sign, nature): (Sign, Nature),
        seen: &Observation,
        evidence: Evidence,
    ) -> Finding {
        Finding {
            detector: self.id,
            about: seen.entity.clone(),
            sign,
            nature,
            element: None,
            args: [].into(),
            evidence,
        }
    }
}

/// Evidence in several places: the first, and as many of the others as a finding carries.
pub(crate) fn evidence<'a>(
    first: &Provenance,
    more: impl IntoIterator<Item = &'a Provenance>,
) -> Evidence {
    let more = more.into_iter().filter(|it| *it != first).take(MAX_PLACES - 1);
    more.fold(Evidence::at(first.clone()), |held, it| held.and(it.clone()))
}

/// What a detector made of a dossier.
#[derive(Debug, Default, PartialEq)]
pub struct Judgement {
    /// What counts.
    pub findings: Vec<Finding>,
    /// What is only listed.
    pub rows: Vec<Row>,
}

impl From<Vec<Finding>> for Judgement {
    fn from(findings: Vec<Finding>) -> Self {
        Self { findings, rows: Vec::new() }
    }
}

/// What came of running one detector on one dossier.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// What it needs was examined.
    Examined(Judgement),
    /// What it needs was not; its silence means nothing.
    NotExamined {
        /// What nobody looked for.
        missing: Vec<FactKind>,
    },
}

/// Runs a detector, or says what was not examined.
#[must_use]
pub fn run(detector: &dyn Detector, dossier: &Dossier, knowledge: &Knowledge) -> Outcome {
    let missing = detector.meta().missing(dossier);
    if missing.is_empty() {
        Outcome::Examined(detector.inspect(dossier, knowledge))
    } else {
        Outcome::NotExamined { missing }
    }
}

/// Adds a text to a message where there is one; a message shows what is missing as a dash.
pub(crate) fn with_text(
    finding: Finding,
    name: &'static str,
    text: Option<impl Into<String>>,
) -> Finding {
    match text {
        Some(text) => finding.with(name, Arg::Text(text.into())),
        None => finding,
    }
}

/// Adds a list of names to a message: one as a text, several as the first of them, none not at all.
pub(crate) fn with_names<N: AsRef<str> + Into<String>>(
    finding: Finding,
    name: &'static str,
    names: impl IntoIterator<Item = N>,
) -> Finding {
    let mut distinct: Vec<String> = Vec::new();
    for it in names {
        if distinct.len() == MAX_LISTED {
            break;
        }
        if !distinct.iter().any(|known| known == it.as_ref()) {
            distinct.push(it.into());
        }
    }
    match <[String; 1]>::try_from(distinct) {
        Ok([one]) => finding.with(name, Arg::Text(one)),
        Err(none) if none.is_empty() => finding,
        Err(several) => finding.with(name, Arg::List(several)),
    }
}

/// The programs of a dossier, out of their boxes.
pub(crate) fn programs(dossier: &Dossier) -> impl Iterator<Item = (&Observation, &Program)> {
    dossier.facts::<Box<Program>>().map(|(seen, it)| (seen, it.as_ref()))
}

/// The pool sessions of a dossier, out of their boxes.
pub(crate) fn pool_sessions(
    dossier: &Dossier,
) -> impl Iterator<Item = (&Observation, &PoolSession)> {
    dossier.facts::<Box<PoolSession>>().map(|(seen, it)| (seen, it.as_ref()))
}

/// The pool session that an observation carries.
pub(crate) fn pool_session(seen: &Observation) -> Option<&PoolSession> {
    <&Box<PoolSession>>::try_from(&seen.fact).ok().map(AsRef::as_ref)
}
