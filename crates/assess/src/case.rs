//! A case: everything that was concluded, from what, and what was not looked at.

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{
    Artefact, Coverage, Decibans, DeviceRow, Dimension, Element, EntityId, FactKind, Finding,
    HostProfile, NodeRow, Probability, ProgramRow, Provenance, SessionRow, Span, Verdict,
};
use serde::{Deserialize, Serialize};

use crate::people::Anchor;

/// The outcome of an inspection, ready to be shown; no rendered text in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// What was handed in, in the order of [`ArtefactId`](minehound_model::ArtefactId).
    pub inputs: Vec<Artefact>,
    /// The strongest verdict over all entities.
    pub verdict: Verdict,
    /// The inspected machine and every entity with a finding, the strongest verdict first.
    pub entities: Vec<Assessed>,
    /// Flows that are evidence of mining, by artefact and first frame; a hundred thousand of these
    /// large rows are sorted and handed on, never copied.
    pub sessions: Vec<Box<SessionRow>>,
    /// Nodes of cryptocurrency networks.
    pub nodes: Vec<NodeRow>,
    /// Devices worth listing.
    pub devices: Vec<DeviceRow>,
    /// Programs worth listing.
    pub programs: Vec<ProgramRow>,
    /// The inspection table.
    pub table: Vec<TableRow>,
    /// What was looked at.
    pub coverage: CoverageReport,
    /// Every place that a finding or a row rests on; numbered from one as they stand.
    pub evidence: Vec<Provenance>,
    /// What was known.
    pub knowledge: KnowledgeStamp,
    /// The site, if one was described.
    pub site: Option<SiteStamp>,
    /// What people wrote into an earlier table, by row id.
    pub manual: BTreeMap<String, Manual>,
    /// The workbook they wrote it into.
    pub workbook: Option<Workbook>,
}

/// What was concluded about one entity, and from what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessed {
    /// Whom it is about.
    pub id: EntityId,
    /// The outcome; [`Verdict::Excluded`] only where a person said so.
    pub verdict: Verdict,
    /// The outcome before a person said anything.
    pub machine_verdict: Verdict,
    /// Prior and evidence together.
    pub score_deciban: Decibans,
    /// How likely mining is, and how far that may be off.
    pub probability: Probability,
    /// The three elements.
    pub elements: BTreeMap<Element, ElementState>,
    /// What was found, the heaviest first: reasons, counter-reasons and context alike.
    pub findings: Vec<Weighed>,
    /// What was looked at.
    pub coverage: Coverage,
    /// What was needed and nobody looked at.
    pub missing: Vec<FactKind>,
    /// The scenarios that fit, the best first.
    pub scenarios: Vec<ScenarioFit>,
    /// Whether somebody chose to mine.
    pub intent: Intent,
    /// How observations came to be about this entity.
    pub joins: Vec<Join>,
    /// What machine it is, where the machine itself said so.
    pub profile: Option<HostProfile>,
}

/// A finding with its weight.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weighed {
    /// What was found.
    pub finding: Finding,
    /// The dimension of its detector.
    pub dimension: Dimension,
    /// What it weighs; zero for context.
    pub weight_deciban: Decibans,
    /// The numbers of its places in [`Case::evidence`].
    pub evidence: Vec<usize>,
}

/// Whether an element was shown to be present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ElementState {
    /// A finding shows it.
    Present,
    /// Somebody looked.
    NotFound,
    /// Nobody looked.
    NotExamined,
}

/// How well a scenario fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScenarioFit {
    /// Its id in the knowledge, for example `mining-trojan`.
    pub id: String,
    /// The signs that speak for it.
    pub signs: Vec<String>,
    /// What would decide it and is not there.
    pub missing: Vec<FactKind>,
}

/// Whether somebody chose to mine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// `deliberate`, `malware` or `unknown`.
    pub class: IntentClass,
    /// The signs that speak for it, or the message ids that say why it is not known.
    pub reasons: Vec<String>,
}

/// Whether somebody chose to mine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentClass {
    /// 主动: a user of the machine.
    Deliberate,
    /// 被动: software that came uninvited.
    Malware,
    /// It cannot be told.
    Unknown,
}

/// A step by which observations came to be about an entity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Join {
    /// The rule: a message id, for example `join-address-lease`.
    pub rule: String,
    /// Whom the source spoke of.
    pub from: EntityId,
    /// When the rule held.
    pub span: Span,
    /// How many observations it moved.
    pub observations: u64,
}

/// One row of the inspection table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableRow {
    /// The id of the item, for example `NET-1`.
    pub item: String,
    /// Its dimension.
    pub dimension: Dimension,
    /// The outcome.
    pub verdict: Verdict,
    /// How much of what the item needs was looked at.
    pub coverage: RowCoverage,
    /// Why the outcome is what it is: a message id.
    pub reason: String,
    /// What would assess it, if something is missing.
    pub missing: Vec<FactKind>,
    /// Kinds of sources that would tell more and that this version does not read.
    pub unread: Vec<String>,
    /// What makes silence mean nothing, or less, in what was looked at, as message ids.
    pub blinded_by: Vec<String>,
    /// What left it examined in part only, as message ids, each with the place it speaks of.
    pub limited_by: Vec<String>,
    /// The findings behind it: entity and position among its findings, both counted from zero.
    pub findings: Vec<(usize, usize)>,
    /// The numbers of the evidence in [`Case::evidence`].
    pub evidence: Vec<usize>,
}

impl TableRow {
    /// The reason of a row that asks for what is listed, and where something is.
    pub const LISTED: &'static str = "row-listed";
}

/// How much of what an item needs was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowCoverage {
    /// All of it.
    Examined,
    /// Part of it.
    Partly,
    /// Nothing.
    NotExamined,
    /// People fill it.
    ByPeople,
}

/// What was looked at, over all entities.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CoverageReport {
    /// Items of the table per dimension.
    pub dimensions: Vec<DimensionCoverage>,
    /// How many entities came out how, listed or not.
    pub entities: BTreeMap<String, u64>,
    /// What was looked for, in all.
    pub examined: Coverage,
    /// What would have been found.
    pub detection_limits: Vec<DetectionLimit>,
}

/// The items of one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DimensionCoverage {
    /// The dimension.
    pub dimension: Dimension,
    /// How many items it has.
    pub items: u64,
    /// How many were fully examined.
    pub examined: u64,
    /// How many in part.
    pub partly: u64,
    /// The combined verdict of its rows.
    pub verdict: Verdict,
}

/// The smallest hashrate that would have reached suspected with 95 % probability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DetectionLimit {
    /// The coin.
    pub coin: String,
    /// The carrier class it holds for: `plaintext`.
    pub carrier: String,
    /// The limit in `unit`; zero means that any hashrate would have been seen.
    /// `None`: the window was too short or packets were cut, so no limit can be given.
    pub hashrate: Option<f64>,
    /// The unit.
    pub unit: String,
    /// The window, in seconds.
    pub window_s: f64,
}

/// Which knowledge was used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KnowledgeStamp {
    /// Its version.
    pub version: String,
    /// The SHA-256 of its canonical form, with overlays and scoring.
    pub digest: String,
    /// Files laid over it.
    pub overlays: Vec<String>,
}

/// The described site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteStamp {
    /// Its name.
    pub name: String,
    /// Its area, in square metres.
    pub area_m2: Option<f64>,
    /// What is done there.
    pub industry: Option<String>,
    /// How many racks.
    pub racks: Option<u32>,
}

/// What people wrote into one row of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manual {
    /// 核查人, the first.
    pub inspector_1: String,
    /// 核查人, the second.
    pub inspector_2: String,
    /// 核查时间.
    pub inspected_at: String,
    /// 核查方式.
    pub method: String,
    /// 结论意见.
    pub conclusion: String,
    /// 复核人.
    pub reviewer: String,
    /// 责任人.
    pub responsible: String,
    /// 整改期限.
    pub deadline: String,
    /// 备注.
    pub note: String,
}

/// The workbook that people filled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Workbook {
    /// The SHA-256 of the file.
    pub sha256: String,
    /// Whether it says where it comes from; without that, what follows is empty.
    pub stamped: bool,
    /// When its report was made, as it says.
    pub made: String,
    /// Whether it was made with names hidden.
    pub masked: bool,
    /// The digest of the result it showed.
    pub result_sha256: String,
    /// What it was made from.
    pub inputs: Vec<SealedInput>,
    /// Rows about nothing in this run, by row id, with where they come from.
    pub absent: BTreeMap<String, Origin>,
}

/// An input of an earlier run.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SealedInput {
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// Where it lay.
    pub path: String,
}

/// Where what people wrote comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// When the report they wrote into was made.
    pub made: String,
    /// The SHA-256 of what it was made from.
    pub inputs: Vec<String>,
    /// How many more there were.
    pub beyond: u64,
    /// Where in the workbook it stood: `sheet!row`.
    pub at: String,
    /// The places that tell whom it is about.
    pub anchors: Vec<Anchor>,
}

impl Workbook {
    /// Its inputs that are not among these.
    pub fn only_then<'w>(
        &'w self,
        inputs: &'w [Artefact],
    ) -> impl Iterator<Item = &'w SealedInput> {
        let now: BTreeSet<_> = inputs.iter().map(|it| it.sha256.as_str()).collect();
        self.inputs.iter().filter(move |it| !now.contains(it.sha256.as_str()))
    }

    /// Those of these inputs that it was not made from; an input that could not be read has no
    /// digest to compare.
    pub fn only_now<'w>(&'w self, inputs: &'w [Artefact]) -> impl Iterator<Item = &'w Artefact> {
        let then: BTreeSet<_> = self.inputs.iter().map(|it| it.sha256.as_str()).collect();
        let new = move |it: &&Artefact| {
            !it.sha256.is_empty()
                && it.not_read.as_deref() != Some("same-content")
                && !then.contains(it.sha256.as_str())
        };
        inputs.iter().filter(new)
    }
}
