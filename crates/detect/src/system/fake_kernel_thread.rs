//! # Fake kernel thread
//!
//! A program of user space that shows the name of a thread of the kernel. Threads of the kernel have
//! no file and no memory of their own; whoever has them and takes such a name hides.
//!
//! Source: the flags, file and memory of the process against its name and command line.
//!
//! ## False positives
//!
//! Demonstrations and tests. A program may choose a name in brackets for other reasons, which is why
//! the name has to be one that the kernel uses.
//!
//! ## Response
//!
//! Copy the file from `/proc/PID/exe`, record start time and parent, look at its connections and at
//! what started it.

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Program, ProgramRole, Sign,
};

use super::program;
use crate::detector::programs;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct FakeKernelThread;

const FAKE: (Sign, Nature) = (Sign("fake-kernel-thread"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-SYS-004"),
    name: "fake-kernel-thread",
    dimension: Dimension::System,
    items: &["SYS-2"],
    techniques: &["T1036.004", "T1036.011"],
    since: "0.1.0",
    needs: &[FactKind::Program],
    needs_any: &[],
    signs: &[FAKE],
    source: include_str!("fake_kernel_thread.rs"),
    chinese: include_str!("fake_kernel_thread.zh.md"),
};

impl Detector for FakeKernelThread {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let mut judgement = Judgement::default();
        let posing = |it: &Program| it.role == ProgramRole::PosesAsKernelThread;
        for (seen, it) in programs(dossier).filter(|it| posing(it.1)) {
            let shown = it.args.first().unwrap_or(&it.name).clone();
            let finding = program::named(META.finding(FAKE, seen), it);
            judgement.findings.push(finding.with("shown", Arg::Text(shown)));
            judgement.rows.push(program::row(seen, it, FAKE.0.0));
        }
        judgement
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a program that calls itself a worker of the kernel",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/var/tmp/svc"
            args = ["[kworker/0:1]"]
            role = "poses_as_kernel_thread"
        "#,
        expect: Expect::Found(&[FAKE.0]),
    },
    Example {
        title: "a thread of the kernel",
        given: r#"
            [[program]]
            pid = 7
            name = "kworker/0:1"
            role = "kernel_thread"
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
