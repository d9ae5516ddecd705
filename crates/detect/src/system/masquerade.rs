//! # Masquerade
//!
//! A process that bears a name behind which mining malware has hidden, and that has something else
//! odd about it: its file is gone or never was on a disk, it was started from a folder for temporary
//! files or a hidden one, or, where the name belongs to nothing genuine, it is busy. The name alone
//! is nothing.
//!
//! Source: names read in scripts of infected hosts and in published reports; the file of the process
//! and its load over the sample.
//!
//! ## False positives
//!
//! A genuine service whose file was replaced by an update until it is started again.
//!
//! ## Response
//!
//! Copy the file from `/proc/PID/exe`, compare it with the genuine one's digest, find its parent.

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Program, ProgramRole, Sign,
};

use super::program;
use crate::detector::{programs, with_text};
use crate::knowledge::schema::{Masquerade, MasqueradeKind};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct Masquerades;

const MASQUERADE: (Sign, Nature) = (Sign("masquerade"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-SYS-010"),
    name: "masquerade",
    dimension: Dimension::System,
    items: &["SYS-2"],
    techniques: &["T1036.005"],
    since: "0.1.0",
    needs: &[FactKind::Program],
    needs_any: &[],
    signs: &[MASQUERADE],
    source: include_str!("masquerade.rs"),
    chinese: include_str!("masquerade.zh.md"),
};

impl Detector for Masquerades {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut judgement = Judgement::default();
        for (seen, it) in programs(dossier) {
            let names = program::names(it);
            let known = names.iter().find_map(|name| knowledge.masquerade(name)).map(|it| it.entry);
            let Some(known) = known.filter(|known| is_odd(it, known)) else { continue };
            let finding = program::named(META.finding(MASQUERADE, seen), it);
            let finding = finding.with("bears", Arg::Text(known.name.clone()));
            let finding = with_text(finding, "imitates", known.imitates.as_deref());
            judgement.findings.push(finding);
            judgement.rows.push(program::row(seen, it, MASQUERADE.0.0));
        }
        judgement
    }
}

/// Whether something besides the name is odd. A genuine service may be replaced on the disk while
/// it runs; a name that belongs to nothing genuine may not.
fn is_odd(it: &Program, known: &Masquerade) -> bool {
    let genuine = matches!(known.kind, MasqueradeKind::Borrowed | MasqueradeKind::SystemService);
    let place = program::is_temporary(it) || program::is_hidden(it);
    let odd = place || !genuine && (program::is_fileless(it) || program::at_work(it));
    it.role != ProgramRole::KernelThread && odd
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a name that nothing genuine bears, on a file that is gone",
        given: r#"
            [[program]]
            pid = 700
            name = "examplefakd"
            exe = "/usr/sbin/examplefakd (deleted)"
            exe_state = "deleted"
        "#,
        expect: Expect::Found(&[MASQUERADE.0]),
    },
    Example {
        title: "the same name on an idle program where programs live",
        given: r#"
            [[program]]
            pid = 700
            name = "examplefakd"
            exe = "/usr/sbin/examplefakd"
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
