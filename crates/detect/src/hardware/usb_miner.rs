//! # USB miner
//!
//! A mining device on USB, known by an identifier that is its alone, or by the names it gives of
//! itself behind the identifier of an ordinary bridge chip.
//!
//! Source: identifiers and names from ckolivas/cgminer@b8491c6:usbutils.c and the list of USB ids.
//!
//! ## False positives
//!
//! Bridge chips stand in thousands of products; without a miner's name they are not counted. Old
//! sticks are kept as souvenirs.
//!
//! ## Response
//!
//! Photograph the device; ask what it is for. Most sticks mine next to nothing.

use minehound_model::{
    Arg, Bus, DetectorId, Device, Dimension, Dossier, Element, FactKind, Nature, Sign,
};

use super::mining_card::row;
use crate::knowledge::schema::UsbDevice;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct UsbMiner;

const MINER: (Sign, Nature) = (Sign("usb-miner"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-HW-002"),
    name: "usb-miner",
    dimension: Dimension::Hardware,
    items: &["HW-3"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::Device],
    needs_any: &[],
    signs: &[MINER],
    source: include_str!("usb_miner.rs"),
    chinese: include_str!("usb_miner.zh.md"),
};

impl Detector for UsbMiner {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut judgement = Judgement::default();
        for (seen, it) in dossier.facts::<Device>().filter(|it| it.1.bus == Bus::Usb) {
            let known = knowledge.usb(it.vendor, it.product).map(|it| it.entry);
            let Some(known) = known.filter(|known| is_miner(it, known)) else { continue };
            let finding = META.finding(MINER, seen).showing(Element::Device);
            let finding = finding.with("name", Arg::Text(shown(it, known)));
            judgement.findings.push(finding.with("address", Arg::Text(it.address.clone())));
            judgement.rows.push(row(seen, it, &shown(it, known), "usb-miner"));
        }
        judgement
    }
}

fn is_miner(it: &Device, known: &UsbDevice) -> bool {
    let said = it.manufacturer.iter().chain(&it.name);
    let named = |said: &String| known.strings.iter().any(|it| said.trim().eq_ignore_ascii_case(it));
    known.specific || said.into_iter().any(named)
}

fn shown(it: &Device, known: &UsbDevice) -> String {
    it.name.clone().unwrap_or_else(|| known.name.clone())
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a miner with an identifier of its own, and one behind a bridge chip",
        given: r#"
            [[device]]
            bus = "usb"
            address = "1-1"
            vendor = 0xfff0
            product = 0x0002
            [[device]]
            bus = "usb"
            address = "1-2"
            vendor = 0xfff0
            product = 0x0003
            manufacturer = "Example Hash"
        "#,
        expect: Expect::Found(&[MINER.0, MINER.0]),
    },
    Example {
        title: "a serial cable with the same bridge chip",
        given: r#"
            [[device]]
            bus = "usb"
            address = "1-2"
            vendor = 0xfff0
            product = 0x0003
            manufacturer = "Cable Maker"
        "#,
        expect: Expect::LookAlike,
    },
    Example { title: "a machine without devices", given: "device = []", expect: Expect::Silent },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
