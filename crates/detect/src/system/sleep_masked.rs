//! # Sleep masked
//!
//! The machine was told never to sleep. Machines that mine day and night are set so; so are servers.
//! Context, and weighs nothing.
//!
//! Source: the units of sleep and hibernation.
//!
//! ## False positives
//!
//! Every server and every display in a shop window.
//!
//! ## Response
//!
//! None by itself. On a desktop that should sleep ask who set it and when.

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Protection, ProtectionChange, Sign,
};

use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct SleepMasked;

const MASKED: (Sign, Nature) = (Sign("sleep-masked"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-SYS-011"),
    name: "sleep-masked",
    dimension: Dimension::System,
    items: &["SYS-7"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::Protection],
    needs_any: &[],
    signs: &[MASKED],
    source: include_str!("sleep_masked.rs"),
    chinese: include_str!("sleep_masked.zh.md"),
};

impl Detector for SleepMasked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let masked = dossier
            .facts::<Protection>()
            .filter(|(_, it)| it.change == ProtectionChange::SleepMasked);
        let finding = |(seen, it): (_, &Protection)| {
            META.finding(MASKED, seen).with("what", Arg::Text(it.what.clone()))
        };
        masked.map(finding).collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "sleep is masked",
        given: "[[protection]]\nchange = \"sleep_masked\"\nwhat = \"sleep.target\"",
        expect: Expect::Found(&[MASKED.0]),
    },
    Example {
        title: "an agent was stopped, which another detector tells",
        given: "[[protection]]\nchange = \"agent_stopped\"\nwhat = \"Example Guard\"",
        expect: Expect::LookAlike,
    },
    Example { title: "nothing was changed", given: "protection = []", expect: Expect::Silent },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
