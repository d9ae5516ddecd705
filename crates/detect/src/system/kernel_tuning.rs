//! # RandomX tuning
//!
//! The kernel lets programs write model-specific registers without a warning, and huge pages are in
//! use: what mining programs ask for before RandomX. Either alone is context: databases and virtual
//! machines use huge pages, and tools of makers read registers.
//!
//! Source: `xmrig/xmrig@6.26.0:scripts/randomx_boost.sh`; the parameters of the module and the
//! counts of huge pages.
//!
//! ## False positives
//!
//! Tuning for other work, such as packet processing, that needs both.
//!
//! ## Response
//!
//! Find what loaded the module and who set the pages aside.

use minehound_model::{Arg, DetectorId, Dimension, Dossier, FactKind, KernelTuning, Nature, Sign};

use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct Tuning;

const BOTH: (Sign, Nature) = (Sign("randomx-tuning"), Nature::Circumstance);
const PART: (Sign, Nature) = (Sign("tuning-part"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-SYS-007"),
    name: "kernel-tuning",
    dimension: Dimension::System,
    items: &["SYS-9"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::KernelTuning],
    needs_any: &[],
    signs: &[BOTH, PART],
    source: include_str!("kernel_tuning.rs"),
    chinese: include_str!("kernel_tuning.zh.md"),
};

impl Detector for Tuning {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let findings = dossier.facts::<KernelTuning>().filter_map(|(seen, it)| {
            let kind = match (it.msr_writes_allowed, it.huge_pages_used > 0) {
                (true, true) => BOTH,
                (false, false) => return None,
                _ => PART,
            };
            let finding = META.finding(kind, seen);
            let finding = finding.with("writes", Arg::Count(u64::from(it.msr_writes_allowed)));
            Some(finding.with("pages", Arg::Count(it.huge_pages_used)))
        });
        findings.collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "registers open to writing and huge pages in use",
        given: r"
            [[kernel_tuning]]
            msr_module = true
            msr_writes_allowed = true
            huge_pages = 1280
            huge_pages_used = 1169
        ",
        expect: Expect::Found(&[BOTH.0]),
    },
    Example {
        title: "a database with huge pages",
        given: "[[kernel_tuning]]\nhuge_pages = 4096\nhuge_pages_used = 4000",
        expect: Expect::Found(&[PART.0]),
    },
    Example {
        title: "the module is loaded, as tools of makers do",
        given: "[[kernel_tuning]]\nmsr_module = true",
        expect: Expect::LookAlike,
    },
    Example {
        title: "a kernel without tuning",
        given: "kernel_tuning = []",
        expect: Expect::Silent,
    },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
