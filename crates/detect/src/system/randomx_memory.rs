//! # RandomX memory
//!
//! Memory of the shape that RandomX leaves: a dataset of 2,080 MiB, code made at run time, a
//! scratchpad per thread, and several threads that are busy alike. The whole of it, in a program
//! that is not one of those known to make code at run time, is left by little else; the dataset with
//! one more part of the shape is a circumstance.
//!
//! Source: the sizes of RandomX (`tevador/RandomX@v1.2.1:src/configuration.h`), the memory map and the
//! processor times of the threads over the sample. A program that was renamed keeps this shape.
//!
//! ## False positives
//!
//! Virtual machines for Java and JavaScript, emulators and databases map large memory and make code;
//! their names are excepted, so a miner that takes such a name is only a circumstance here. A
//! benchmark of RandomX has the same shape.
//!
//! ## Response
//!
//! Look for the connection that the process keeps. Copy its file from `/proc/PID/exe`.

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, Element, FactKind, Nature, Program, Sign,
};

use super::program;
use crate::detector::programs;
use crate::knowledge::schema::NotMiningKind;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct RandomxMemory;

const AT_WORK: (Sign, Nature) = (Sign("randomx-at-work"), Nature::Direct);
const MEMORY: (Sign, Nature) = (Sign("randomx-memory"), Nature::Circumstance);

/// The dataset with what an allocator may add, in MiB.
const DATASET_MIB: std::ops::RangeInclusive<u64> = 2080..=2100;
/// The cache that light mode keeps in place of the dataset, in MiB.
const CACHE_MIB: std::ops::RangeInclusive<u64> = 256..=260;
/// Most of the dataset, in KiB.
const DATASET_KIB: u64 = 2_000 * 1024;

/// Programs that map large memory and make code at run time for other ends.
const RUNTIMES: [&str; 27] = [
    "java",
    "javac",
    "node",
    "deno",
    "bun",
    "dotnet",
    "mono",
    "pypy",
    "pypy3",
    "julia",
    "luajit",
    "erl",
    "beam.smp",
    "php",
    "ruby",
    "python",
    "python3",
    "wine",
    "wine64",
    "box64",
    "chrome",
    "chromium",
    "firefox",
    "postgres",
    "mysqld",
    "mongod",
    "clickhouse",
];

static META: Meta = Meta {
    id: DetectorId("MH-SYS-006"),
    name: "randomx-memory",
    dimension: Dimension::System,
    items: &["SYS-9"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::Program],
    needs_any: &[],
    signs: &[AT_WORK, MEMORY],
    source: include_str!("randomx_memory.rs"),
    chinese: include_str!("randomx_memory.zh.md"),
};

impl Detector for RandomxMemory {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut judgement = Judgement::default();
        for (seen, it) in programs(dossier) {
            let Some(kind) = kind(it, knowledge) else { continue };
            let finding = program::named(META.finding(kind, seen), it)
                .with("jit_kib", Arg::Count(it.memory.jit_kib))
                .with("scratchpads", Arg::Count(it.memory.scratchpads))
                .with("huge_mib", Arg::Count(it.memory.huge_kib / 1024))
                .with("threads", Arg::Count(u64::from(it.equal_threads)));
            let direct = kind == AT_WORK;
            let finding = if direct { finding.showing(Element::Software) } else { finding };
            judgement.findings.push(finding);
            judgement.rows.push(program::row(seen, it, kind.0.0));
        }
        judgement
    }
}

fn kind(it: &Program, knowledge: &Knowledge) -> Option<(Sign, Nature)> {
    let memory = &it.memory;
    let holds = |sizes: &std::ops::RangeInclusive<u64>| {
        memory.dataset_mib.iter().any(|it| sizes.contains(it))
    };
    let dataset = holds(&DATASET_MIB);
    let code = memory.jit_kib > 0;
    let alike = it.equal_threads >= 2;
    let pads = memory.scratchpads >= 2;
    let huge = memory.huge_kib >= DATASET_KIB;
    let excepted = is_runtime(it, knowledge);
    match () {
        () if dataset && code && alike && (pads || huge) && !excepted => Some(AT_WORK),
        () if dataset && code && alike && (pads || huge) => Some(MEMORY),
        () if excepted => None,
        () if dataset && (code && (alike || pads) || huge && alike) => Some(MEMORY),
        () if holds(&CACHE_MIB) && code && alike && pads => Some(MEMORY),
        () => None,
    }
}

/// Whether it is one of the programs that have parts of the shape for other ends.
fn is_runtime(it: &Program, knowledge: &Knowledge) -> bool {
    program::names(it).iter().any(|name| {
        let named = |known: &&str| {
            name.strip_prefix(*known).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(|it: char| !it.is_alphabetic())
            })
        };
        let heavy = knowledge.not_mining_program(name);
        RUNTIMES.iter().any(named)
            || name.starts_with("qemu")
            || heavy.is_some_and(|it| it.entry.kind == NotMiningKind::HeavyWork)
    })
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "the whole shape in a program of no known name",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/opt/svc"
            threads = 9
            equal_threads = 8
            memory = { dataset_mib = [2080], scratchpads = 8, jit_kib = 512, huge_kib = 2129920 }
        "#,
        expect: Expect::Found(&[AT_WORK.0]),
    },
    Example {
        title: "parts of it: not yet at work, light mode, and a taken name",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/opt/svc"
            memory = { dataset_mib = [2080], scratchpads = 8, jit_kib = 512 }
            [[program]]
            pid = 701
            name = "svc"
            exe = "/opt/svc"
            equal_threads = 4
            memory = { dataset_mib = [256], scratchpads = 4, jit_kib = 512 }
            [[program]]
            pid = 702
            name = "java"
            equal_threads = 4
            memory = { dataset_mib = [2080], scratchpads = 4, jit_kib = 512 }
        "#,
        expect: Expect::Found(&[MEMORY.0, MEMORY.0, MEMORY.0]),
    },
    Example {
        title: "a virtual machine, a busy encoder, a runtime with large memory",
        given: r#"
            [[program]]
            pid = 700
            name = "qemu-system-x86"
            equal_threads = 4
            memory = { dataset_mib = [2080], huge_kib = 2129920 }
            [[program]]
            pid = 701
            name = "x265"
            equal_threads = 16
            memory = { dataset_mib = [4096], scratchpads = 3 }
            [[program]]
            pid = 702
            name = "java"
            equal_threads = 4
            memory = { dataset_mib = [2080, 256], jit_kib = 245760 }
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
