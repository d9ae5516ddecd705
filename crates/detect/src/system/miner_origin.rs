//! # Miner origin
//!
//! How a program that mines, or has a miner's command line, came to run: from a folder for
//! temporary files or a hidden one, or without a file, as intruders leave it; or started by hand
//! at a terminal by an account that logged in. A shell among the parents alone says nothing: every
//! intruder has one. Context: it weighs nothing, and helps to tell a choice from an intrusion.
//!
//! Source: the file, the parents and the terminal of the process, and the account whose login it
//! belongs to (`/proc/PID/loginuid`).
//!
//! ## False positives
//!
//! Intruders with a stolen password have sessions, too; owners unpack programs into folders for temporary files.
//!
//! ## Response
//!
//! Compare with the logs of logins at the start time of the process. Ask the account's owner.

use std::collections::BTreeMap;

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Program, ProgramRole, Sign,
};

use super::{miner_process, program};
use crate::detector::{programs, with_text};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct MinerOrigin;

const IN_TMP: (Sign, Nature) = (Sign("miner-in-tmp"), Nature::Context);
const BY_HAND: (Sign, Nature) = (Sign("miner-manual-start"), Nature::Context);

/// Programs that hold the session of a person.
const SESSIONS: [&str; 12] = [
    "bash",
    "zsh",
    "fish",
    "tmux: server",
    "tmux",
    "screen",
    "gnome-terminal-",
    "konsole",
    "xterm",
    "xfce4-terminal",
    "alacritty",
    "kitty",
];
/// Programs that start others by schedule or for the system: what stands below them was not
/// started by hand.
const SCHEDULERS: [&str; 6] = ["cron", "crond", "atd", "anacron", "systemd-run", "supervisord"];
/// More parents than that are no family.
const MAX_PARENTS: usize = 16;

static META: Meta = Meta {
    id: DetectorId("MH-SYS-014"),
    name: "miner-origin",
    dimension: Dimension::System,
    items: &["SYS-1"],
    techniques: &["T1059.004"],
    since: "0.1.0",
    needs: &[FactKind::Program],
    needs_any: &[],
    signs: &[IN_TMP, BY_HAND],
    source: include_str!("miner_origin.rs"),
    chinese: include_str!("miner_origin.zh.md"),
};

impl Detector for MinerOrigin {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let by_pid: BTreeMap<u32, &Program> =
            programs(dossier).map(|(_, it)| (it.pid, it)).collect();
        let mut findings = Vec::new();
        for (seen, it) in miner_process::miners(dossier, knowledge) {
            let uninvited = program::is_temporary(it)
                || program::is_hidden(it)
                || program::is_fileless(it)
                || it.role == ProgramRole::PosesAsKernelThread;
            if uninvited {
                findings.push(program::named(META.finding(IN_TMP, seen), it));
            } else if let Some(session) = session(it, &by_pid).filter(|_| is_at_terminal(it)) {
                let finding = program::named(META.finding(BY_HAND, seen), it);
                let uid = it.uid.map(|it| it.to_string());
                let finding = with_text(finding, "uid", uid);
                findings.push(finding.with("session", Arg::Text(session.to_owned())));
            }
        }
        findings.into()
    }
}

/// Whether somebody who logged in has the program at a terminal: what comes in through a service
/// has neither.
fn is_at_terminal(it: &Program) -> bool {
    it.terminal && it.login_uid.is_some()
}

/// The person's session that a program was started from.
fn session<'a>(it: &Program, by_pid: &BTreeMap<u32, &'a Program>) -> Option<&'a str> {
    let mut held = None;
    let mut parent = it.parent;
    for _ in 0..MAX_PARENTS {
        let Some(above) = by_pid.get(&parent) else { break };
        if SCHEDULERS.contains(&above.name.as_str()) {
            return None;
        }
        if held.is_none() && SESSIONS.contains(&above.name.as_str()) {
            held = Some(above.name.as_str());
        }
        parent = above.parent;
    }
    held
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "one miner from a hidden folder, one started from a shell",
        given: r#"
            [[program]]
            pid = 600
            parent = 1
            name = "bash"
            [[program]]
            pid = 700
            parent = 1
            name = "svc"
            exe = "/var/tmp/.x/svc"
            command = { shapes = ["option-set"], conclusive = true }
            [[program]]
            pid = 701
            parent = 600
            uid = 1000
            login_uid = 1000
            terminal = true
            name = "svc"
            exe = "/home/alice/svc"
            command = { shapes = ["option-set"], conclusive = true }
        "#,
        expect: Expect::Found(&[IN_TMP.0, BY_HAND.0]),
    },
    Example {
        title: "a miner below a shell that nobody logged in for, and one without a terminal",
        given: r#"
            [[program]]
            pid = 600
            parent = 1
            name = "bash"
            [[program]]
            pid = 700
            parent = 600
            name = "svc"
            exe = "/opt/svc"
            terminal = true
            command = { shapes = ["option-set"], conclusive = true }
            [[program]]
            pid = 701
            parent = 600
            uid = 1000
            login_uid = 1000
            name = "svc"
            exe = "/home/alice/svc"
            command = { shapes = ["option-set"], conclusive = true }
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a build in a folder for temporary files, started from a shell",
        given: r#"
            [[program]]
            pid = 600
            parent = 1
            name = "bash"
            [[program]]
            pid = 700
            parent = 600
            name = "build"
            exe = "/tmp/build"
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a machine whose programs were read",
        given: "program = []",
        expect: Expect::Silent,
    },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
