//! # Protection removed
//!
//! A security agent left traces and is gone, or is installed and does not run; names of security
//! vendors lead elsewhere; or a script, or something that starts by itself, stops or removes an
//! agent. Trojans do this first; administrators do it, too: a circumstance. What belongs to the system
//! itself (its firewall, its logs) is stopped by scripts of all kinds: context.
//!
//! Source: units, folders and processes of known agents, the hosts file, and the commands of scripts
//! and autostart entries, read as commands.
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

use crate::detector::with_text;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct ProtectionRemoved;

const REMOVED: (Sign, Nature) = (Sign("agent-removed"), Nature::Circumstance);
const STOPPED: (Sign, Nature) = (Sign("agent-stopped"), Nature::Circumstance);
const SCRIPTED: (Sign, Nature) = (Sign("agent-removal-script"), Nature::Circumstance);
const SYSTEM: (Sign, Nature) = (Sign("protection-stop-script"), Nature::Context);
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
    signs: &[REMOVED, STOPPED, SCRIPTED, SYSTEM, REDIRECTED, POOL_NAMED],
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
                ProtectionChange::RemovalScripted if is_of_system(&it.what, knowledge) => SYSTEM,
                ProtectionChange::RemovalScripted => SCRIPTED,
                ProtectionChange::HostsRedirect if is_pool() => POOL_NAMED,
                ProtectionChange::HostsRedirect => REDIRECTED,
                ProtectionChange::SleepMasked
                | ProtectionChange::PreloadInUse
                | ProtectionChange::ModuleHidden
                | ProtectionChange::RootkitModule => return None,
            };
            let finding = META.finding(kind, seen).with("what", Arg::Text(it.what.clone()));
            let finding = with_text(finding, "place", it.place.as_ref());
            Some(with_text(finding, "command", it.command.as_ref()))
        });
        findings.collect::<Vec<_>>().into()
    }
}

/// Whether a protection is part of the system, not an agent that was installed to watch it.
fn is_of_system(name: &str, knowledge: &Knowledge) -> bool {
    let agents = knowledge.tables().security_agents.iter().flat_map(|it| &it.entries);
    agents.into_iter().any(|it| it.name == name && it.part_of_system)
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a script that removes an agent, and one that stops the firewall",
        given: r#"
            [[protection]]
            change = "removal_scripted"
            what = "Example Guard"
            place = "/tmp/x.sh:2"
            command = "/opt/guard/uninstall.sh"
            [[protection]]
            change = "removal_scripted"
            what = "Example Firewall"
            place = "/tmp/x.sh:3"
            command = "systemctl stop examplefw"
        "#,
        expect: Expect::Found(&[SCRIPTED.0, SYSTEM.0]),
    },
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
