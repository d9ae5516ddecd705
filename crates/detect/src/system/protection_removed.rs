//! # Protection removed
//!
//! A security agent left traces and is gone, or is installed and does not run; or names of security
//! vendors lead elsewhere. Trojans do this first; administrators do it, too.
//!
//! Source: units, folders and processes of known agents, and the hosts file.
//!
//! ## False positives
//!
//! An agent that was replaced by another one, an image that was made with it and started without,
//! a service that was stopped for maintenance. Block lists in the hosts file point names at
//! nowhere; names of pools there are context.
//!
//! ## Response
//!
//! Ask who removed the agent and when, and compare with the times of other findings.

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Protection, ProtectionChange, Sign,
};

use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct ProtectionRemoved;

const REMOVED: (Sign, Nature) = (Sign("agent-removed"), Nature::Circumstance);
const STOPPED: (Sign, Nature) = (Sign("agent-stopped"), Nature::Circumstance);
const REDIRECTED: (Sign, Nature) = (Sign("hosts-redirect"), Nature::Circumstance);
const POOL_NAMED: (Sign, Nature) = (Sign("hosts-names-pool"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-SYS-008"),
    name: "protection-removed",
    dimension: Dimension::System,
    items: &["SYS-8"],
    techniques: &["T1562.001"],
    since: "0.1.0",
    needs: &[FactKind::Protection],
    needs_any: &[],
    signs: &[REMOVED, STOPPED, REDIRECTED, POOL_NAMED],
    source: include_str!("protection_removed.rs"),
    chinese: include_str!("protection_removed.zh.md"),
};

impl Detector for ProtectionRemoved {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let findings = dossier.facts::<Protection>().filter_map(|(seen, it)| {
            let is_pool =
                || it.what.split_whitespace().any(|it| knowledge.pool_for_host(it).is_some());
            let kind = match it.change {
                ProtectionChange::AgentRemoved => REMOVED,
                ProtectionChange::AgentStopped => STOPPED,
                ProtectionChange::HostsRedirect if is_pool() => POOL_NAMED,
                ProtectionChange::HostsRedirect => REDIRECTED,
                ProtectionChange::SleepMasked
                | ProtectionChange::PreloadInUse
                | ProtectionChange::ModuleHidden
                | ProtectionChange::RootkitModule => return None,
            };
            Some(META.finding(kind, seen).with("what", Arg::Text(it.what.clone())))
        });
        findings.collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "an agent is gone, another does not run, a vendor's name leads elsewhere",
        given: r#"
            [[protection]]
            change = "agent_removed"
            what = "Example Guard"
            [[protection]]
            change = "agent_stopped"
            what = "Other Guard"
            [[protection]]
            change = "hosts_redirect"
            what = "update.guard.example"
        "#,
        expect: Expect::Found(&[REMOVED.0, STOPPED.0, REDIRECTED.0]),
    },
    Example {
        title: "the hosts file names a pool",
        given: "[[protection]]\nchange = \"hosts_redirect\"\nwhat = \"stratum.pool.example\"",
        expect: Expect::Found(&[POOL_NAMED.0]),
    },
    Example {
        title: "a server that never sleeps",
        given: "[[protection]]\nchange = \"sleep_masked\"\nwhat = \"sleep.target\"",
        expect: Expect::LookAlike,
    },
    Example { title: "nothing was changed", given: "protection = []", expect: Expect::Silent },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
