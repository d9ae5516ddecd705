//! Findings: what a detector saw in a dossier, in names and numbers, never in prose.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter};

use crate::{EntityId, Provenance};

/// One of the five dimensions of a mining inspection.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Dimension {
    /// ASIC miners, multi-GPU hosts, asset list against reality.
    Hardware,
    /// Pool connections, Stratum, tunnels.
    Network,
    /// Processes, autostart entries, disabled protections.
    System,
    /// Electricity, sustained CPU and GPU load.
    Resource,
    /// Declared need, purchases, money flows, wallets.
    Business,
}

/// The stable identifier of a detector, such as `MH-NET-001`; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct DetectorId(pub &'static str);

impl fmt::Display for DetectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A named sign; the same name finds its weight in the scoring and its text in the catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Sign(pub &'static str);

/// What a sign is, which decides how far it can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Nature {
    /// Mining itself; may confirm.
    Act,
    /// Words that only mining says, or a rhythm that passed its test; may suspect.
    Direct,
    /// What mining shares with other things; adds up to a clue and never to more.
    Circumstance,
    /// Worth listing, never scored.
    Context,
    /// Explains a circumstance away; bears on nothing else.
    Exculpation,
}

/// One of the three things that together make mining equipment.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display, EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Element {
    /// The computing device.
    Device,
    /// The mining software.
    Software,
    /// The record of access to a pool.
    PoolAccess,
}

/// A typed argument of a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arg {
    /// A name or address, shown as it is.
    Text(String),
    /// A number of things.
    Count(u64),
    /// A quantity in the unit its message names.
    Number(f64),
    /// Several names, shown as a list.
    List(Vec<String>),
    /// The id of another message, shown in the reader's language.
    Term(String),
}

/// The arguments of a message, by name.
pub type Args = BTreeMap<&'static str, Arg>;

/// The places a finding rests on: one at least, by construction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    first: Provenance,
    more: Vec<Provenance>,
}

impl Evidence {
    /// Evidence in one place.
    #[must_use]
    pub fn at(first: Provenance) -> Self {
        Self { first, more: Vec::new() }
    }

    /// Adds a place.
    #[must_use]
    pub fn and(mut self, place: Provenance) -> Self {
        self.more.push(place);
        self
    }

    /// Every place, the first one first.
    pub fn places(&self) -> impl Iterator<Item = &Provenance> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

/// What a detector found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The detector that spoke.
    pub detector: DetectorId,
    /// Whom it speaks of.
    pub about: EntityId,
    /// What it saw; also the message to show.
    pub sign: Sign,
    /// How far the sign can go.
    pub nature: Nature,
    /// The element it shows to be present.
    pub element: Option<Element>,
    /// The arguments of the message.
    pub args: Args,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Finding {
    /// Adds an argument to the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, arg: Arg) -> Self {
        self.args.insert(name, arg);
        self
    }

    /// Says which element the sign shows to be present.
    #[must_use]
    pub fn showing(mut self, element: Element) -> Self {
        self.element = Some(element);
        self
    }
}
