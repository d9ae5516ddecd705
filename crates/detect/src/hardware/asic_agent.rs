//! # ASIC agent
//!
//! The miner of a session calls itself by the name of a mining machine or of its firmware: what
//! computes is then a machine made for mining, if it speaks the truth.
//!
//! Source: the agent that the miner gives in its first message, compared with the lists of firmware
//! and of models.
//!
//! ## False positives
//!
//! An agent is a text that anybody may send: proxies and probes send any. Programs that also run on
//! ordinary computers, such as cgminer, are not counted.
//!
//! ## Response
//!
//! Find the machine by its address and MAC, inspect it on site, photograph its name plate.

use std::collections::BTreeSet;

use minehound_model::{Arg, DetectorId, Dimension, Dossier, Element, FactKind, Nature, Sign};

use crate::detector::pool_sessions;
use crate::knowledge::schema::MinerKind;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct AsicAgent;

const AGENT: (Sign, Nature) = (Sign("asic-agent"), Nature::Circumstance);

/// Agents of programs that drive machines and also run on ordinary computers.
const ANYWHERE: [&str; 3] = ["cgminer", "bfgminer", "sgminer"];

static META: Meta = Meta {
    id: DetectorId("MH-HW-003"),
    name: "asic-agent",
    dimension: Dimension::Hardware,
    items: &["HW-1"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::PoolSession],
    needs_any: &[],
    signs: &[AGENT],
    source: include_str!("asic_agent.rs"),
    chinese: include_str!("asic_agent.zh.md"),
};

impl Detector for AsicAgent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut said = BTreeSet::new();
        let findings = pool_sessions(dossier).filter_map(|(seen, it)| {
            let agent = it.agent.as_deref()?;
            let machine = machine(agent, knowledge)?;
            let client = it.client.ip();
            let fresh = said.insert((&seen.entity, client, agent));
            fresh.then(|| {
                META.finding(AGENT, seen)
                    .showing(Element::Device)
                    .with("client", Arg::Text(client.to_string()))
                    .with("agent", Arg::Text(agent.to_owned()))
                    .with("machine", Arg::Text(machine))
            })
        });
        findings.collect::<Vec<_>>().into()
    }
}

/// The machine or firmware that an agent names.
fn machine(agent: &str, knowledge: &Knowledge) -> Option<String> {
    let lower = agent.trim().to_lowercase();
    if ANYWHERE.iter().any(|it| lower.starts_with(it)) {
        return None;
    }
    let firmware = knowledge.miner_by_agent(agent).map(|it| it.entry);
    let firmware = firmware.filter(|it| it.kind == MinerKind::Asic);
    let model = || knowledge.asic_model(agent).filter(|it| it.with_maker).map(|it| it.model);
    firmware
        .map(|it| it.name.clone())
        .or_else(|| model().map(|it| format!("{} {}", it.maker, it.model)))
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "firmware that runs on mining machines alone",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            agent = "whatsminer/v1.1"
        "#,
        expect: Expect::Found(&[AGENT.0]),
    },
    Example {
        title: "a program that runs on any computer",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            agent = "cgminer/4.10.0"
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of traffic without a mining dialect",
        given: "pool_session = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
