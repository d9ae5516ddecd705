//! # Approved use
//!
//! A use that looks like mining was approved: security research such as honeypots and monitors of
//! pools, or a VPN. It bears on circumstances only: it explains look-ups and contacts, never a
//! share. That an entity is the site's resolver is context, since its look-ups weigh nothing.
//!
//! Source: the description of the site as filed.
//!
//! ## False positives
//!
//! An approval is a claim, and may be wider than what was meant.
//!
//! ## Response
//!
//! Ask for the approval, its time and its scope, and compare it with what was seen.

use minehound_model::{
    Approved, ApprovedUse, Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Sign,
};

use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct ApprovedUses;

const RESEARCH: (Sign, Nature) = (Sign("approved-research"), Nature::Exculpation);
const VPN: (Sign, Nature) = (Sign("approved-vpn"), Nature::Exculpation);
const RESOLVER: (Sign, Nature) = (Sign("approved-resolver"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-BIZ-002"),
    name: "approved-use",
    dimension: Dimension::Business,
    items: &["BIZ-1"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::ApprovedUse],
    needs_any: &[],
    signs: &[RESEARCH, VPN, RESOLVER],
    source: include_str!("approved_use.rs"),
    chinese: include_str!("approved_use.zh.md"),
};

impl Detector for ApprovedUses {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let filed = dossier.facts::<ApprovedUse>().filter(|(_, it)| !it.note.trim().is_empty());
        let findings = filed.map(|(seen, it)| {
            let kind = match it.what {
                Approved::Research => RESEARCH,
                Approved::Vpn => VPN,
                Approved::Resolver => RESOLVER,
            };
            META.finding(kind, seen).with("note", Arg::Text(it.note.clone()))
        });
        findings.collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a honeypot, a tunnel and a resolver",
        given: r#"
            [[approved_use]]
            what = "research"
            note = "honeypot, approved 2026-01-05"
            [[approved_use]]
            what = "vpn"
            note = "tunnel to the branch office"
            [[approved_use]]
            what = "resolver"
            note = "the resolver of the house"
        "#,
        expect: Expect::Found(&[RESEARCH.0, VPN.0, RESOLVER.0]),
    },
    Example {
        title: "an approval that says nothing",
        given: "[[approved_use]]\nwhat = \"research\"\nnote = \" \"",
        expect: Expect::LookAlike,
    },
    Example {
        title: "the description was read and names no approval for this host",
        given: "approved_use = []",
        expect: Expect::Silent,
    },
    Example { title: "no site was described", given: "", expect: Expect::NotExamined },
];
