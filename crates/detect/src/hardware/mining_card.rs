//! # Mining card
//!
//! Cards made for mining, and graphics cards on single lanes, as rigs connect them. A card that was
//! made for mining is mining-grade hardware, not mining. Many graphics cards with all their lanes
//! are what machines for rendering and training have: context.
//!
//! Source: identifiers of PCI devices (pciutils/pciids), and the width of their links.
//!
//! ## False positives
//!
//! Cards made for mining are sold second-hand for games and computing. Test benches use risers.
//!
//! ## Response
//!
//! Photograph name plates and wiring; compare with the ledger and with what the machine is declared
//! for.

use minehound_model::{
    Arg, Bus, DetectorId, Device, DeviceRow, Dimension, Dossier, Element, Evidence, FactKind,
    Nature, Observation, Row, Sign,
};

use crate::detector::evidence;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct MiningCard;

const CARD: (Sign, Nature) = (Sign("mining-card"), Nature::Circumstance);
const RISERS: (Sign, Nature) = (Sign("gpus-on-risers"), Nature::Circumstance);
const MANY: (Sign, Nature) = (Sign("many-gpus"), Nature::Context);

/// From so many graphics cards on, a machine is worth a line.
const MANY_CARDS: usize = 4;
/// Fewer cards on single lanes may be a test bench.
const CARDS_ON_RISERS: usize = 3;
/// The class of display controllers, as PCI codes it.
const DISPLAY: u32 = 0x03;

static META: Meta = Meta {
    id: DetectorId("MH-HW-001"),
    name: "mining-card",
    dimension: Dimension::Hardware,
    items: &["HW-2"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::Device],
    needs_any: &[],
    signs: &[CARD, RISERS, MANY],
    source: include_str!("mining_card.rs"),
    chinese: include_str!("mining_card.zh.md"),
};

impl Detector for MiningCard {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut judgement = Judgement::default();
        let mut cards = Vec::new();
        for (seen, it) in dossier.facts::<Device>().filter(|it| it.1.bus == Bus::Pci) {
            let known = knowledge.pci(it.vendor, it.product).map(|it| it.entry);
            if let Some(made) = known.filter(|it| it.mining_only) {
                let finding = META.finding(CARD, seen).showing(Element::Device);
                let finding = finding.with("name", Arg::Text(made.name.clone()));
                judgement.findings.push(finding.with("address", Arg::Text(it.address.clone())));
                judgement.rows.push(row(seen, it, &made.name, "mining-card"));
            } else if let Some(maker) = maker_of_card(it, knowledge) {
                let name = it.name.as_deref().or(known.map(|it| it.name.as_str()));
                judgement.rows.push(row(seen, it, name.unwrap_or(maker), "gpu"));
            } else {
                continue;
            }
            cards.push((seen, it));
        }
        judgement.findings.extend(of_all(&cards));
        judgement
    }
}

/// Who made it, if it is a graphics card and not part of a processor or a server's console.
fn maker_of_card<'k>(it: &Device, knowledge: &'k Knowledge) -> Option<&'k str> {
    let maker = knowledge.pci_vendor(it.vendor)?.entry;
    (it.class >> 16 == DISPLAY && !maker.built_in).then_some(maker.name.as_str())
}

/// What all cards together say.
fn of_all(cards: &[(&Observation, &Device)]) -> Option<minehound_model::Finding> {
    let narrow = cards.iter().filter(|it| it.1.lanes == Some(1)).count();
    let kind = match () {
        () if narrow >= CARDS_ON_RISERS => RISERS,
        () if cards.len() >= MANY_CARDS => MANY,
        () => return None,
    };
    let (seen, _) = cards.first()?;
    let places = evidence(&seen.provenance, cards.iter().map(|it| &it.0.provenance));
    let finding = META.finding_at(kind, seen, places);
    let finding = finding.with("cards", Arg::Count(cards.len() as u64));
    Some(finding.with("narrow", Arg::Count(narrow as u64)))
}

pub(super) fn row(seen: &Observation, it: &Device, name: &str, known_as: &str) -> Row {
    Row::Device(DeviceRow {
        about: seen.entity.clone(),
        address: it.address.clone(),
        name: name.to_owned(),
        known_as: known_as.to_owned(),
        evidence: Evidence::at(seen.provenance.clone()),
    })
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a card made for mining",
        given: r#"
            [[device]]
            bus = "pci"
            address = "0000:01:00.0"
            vendor = 0xfff0
            product = 0x0001
            class = 0x030200
            lanes = 4
        "#,
        expect: Expect::Found(&[CARD.0]),
    },
    Example {
        title: "three graphics cards on single lanes",
        given: r#"
            [[device]]
            address = "0000:01:00.0"
            vendor = 0x10de
            class = 0x030000
            lanes = 1
            [[device]]
            address = "0000:02:00.0"
            vendor = 0x10de
            class = 0x030000
            lanes = 1
            [[device]]
            address = "0000:03:00.0"
            vendor = 0x10de
            class = 0x030000
            lanes = 1
        "#,
        expect: Expect::Found(&[RISERS.0]),
    },
    Example {
        title: "four cards of a machine for training",
        given: r#"
            [[device]]
            address = "0000:01:00.0"
            vendor = 0x10de
            class = 0x030200
            lanes = 16
            [[device]]
            address = "0000:02:00.0"
            vendor = 0x10de
            class = 0x030200
            lanes = 16
            [[device]]
            address = "0000:03:00.0"
            vendor = 0x10de
            class = 0x030200
            lanes = 16
            [[device]]
            address = "0000:04:00.0"
            vendor = 0x10de
            class = 0x030200
            lanes = 16
        "#,
        expect: Expect::Found(&[MANY.0]),
    },
    Example {
        title: "one graphics card and a server's console",
        given: r#"
            [[device]]
            address = "0000:01:00.0"
            vendor = 0x10de
            class = 0x030000
            lanes = 16
            [[device]]
            address = "0000:02:00.0"
            vendor = 0x1a03
            class = 0x030000
        "#,
        expect: Expect::LookAlike,
    },
    Example { title: "a machine without cards", given: "device = []", expect: Expect::Silent },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
