//! # Odd origin
//!
//! Programs that run from folders for temporary files, whose files are gone, or that never had one.
//! Builds, updates, containers and browsers do this every day: context, and weighs nothing. It is
//! listed once per kind, because together with other findings it may say where to look.
//!
//! Source: the file of each process.
//!
//! ## False positives
//!
//! Nearly all of it.
//!
//! ## Response
//!
//! None by itself.

use std::collections::BTreeSet;

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, ExeState, FactKind, Finding, Nature, Program, Sign,
};

use super::program;
use crate::detector::{evidence, programs};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct OddOrigin;

const TEMPORARY: (Sign, Nature) = (Sign("runs-from-temporary-folder"), Nature::Context);
const DELETED: (Sign, Nature) = (Sign("runs-from-deleted-file"), Nature::Context);
const MEMORY: (Sign, Nature) = (Sign("runs-from-memory"), Nature::Context);

/// A kind of origin, and whether a program has it.
type Origin = ((Sign, Nature), fn(&Program) -> bool);

const ORIGINS: [Origin; 3] = [
    (TEMPORARY, program::is_temporary),
    (DELETED, |it| it.exe_state == ExeState::Deleted),
    (MEMORY, |it| it.exe_state == ExeState::InMemory),
];

static META: Meta = Meta {
    id: DetectorId("MH-SYS-013"),
    name: "odd-origin",
    dimension: Dimension::System,
    items: &["SYS-1"],
    techniques: &["T1620", "T1070.004"],
    since: "0.1.0",
    needs: &[FactKind::Program],
    needs_any: &[],
    signs: &[TEMPORARY, DELETED, MEMORY],
    source: include_str!("odd_origin.rs"),
    chinese: include_str!("odd_origin.zh.md"),
};

impl Detector for OddOrigin {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let found = ORIGINS.iter().filter_map(|origin| finding(dossier, origin));
        found.collect::<Vec<_>>().into()
    }
}

fn finding(dossier: &Dossier, (kind, has): &Origin) -> Option<Finding> {
    let such: Vec<_> = programs(dossier).filter(|it| has(it.1)).collect();
    let (seen, _) = such.first()?;
    let names: BTreeSet<&str> = such.iter().map(|it| it.1.name.as_str()).collect();
    let names = names.into_iter().take(8).map(str::to_owned).collect();
    let evidence = evidence(&seen.provenance, such.iter().map(|it| &it.0.provenance));
    let finding = META.finding_at(*kind, seen, evidence).with("names", Arg::List(names));
    Some(finding.with("count", Arg::Count(such.len() as u64)))
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a build, an update and a browser",
        given: r#"
            [[program]]
            pid = 700
            name = "build-script"
            exe = "/tmp/build/build-script"
            exe_state = "on_disk"
            [[program]]
            pid = 701
            name = "dbus-daemon"
            exe = "/usr/bin/dbus-daemon (deleted)"
            exe_state = "deleted"
            [[program]]
            pid = 702
            name = "chrome"
            exe = "/memfd:chrome (deleted)"
            exe_state = "in_memory"
        "#,
        expect: Expect::Found(&[TEMPORARY.0, DELETED.0, MEMORY.0]),
    },
    Example {
        title: "a program that lies where it was started from",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/opt/tmp/svc"
            exe_state = "on_disk"
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
