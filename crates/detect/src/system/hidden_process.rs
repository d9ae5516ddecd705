//! # Hidden process
//!
//! A process that exists though the list of processes does not show it: it answers when asked for by
//! number, or something is mounted over its entry.
//!
//! Source: several views of the same processes, compared again after a pause, because processes come
//! and go.
//!
//! ## False positives
//!
//! A process that started or ended between the views, which the second look rules out for the most
//! part. Containers and security modules may restrict what an account sees.
//!
//! ## Response
//!
//! Trust no tool of the machine itself: inspect its disk from another system. Preserve memory first,
//! if it can be done.

use minehound_model::{Arg, DetectorId, Dimension, Dossier, FactKind, HiddenProcess, Nature, Sign};

use crate::detector::with_text;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct HiddenProcesses;

const HIDDEN: (Sign, Nature) = (Sign("hidden-process"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-SYS-005"),
    name: "hidden-process",
    dimension: Dimension::System,
    items: &["SYS-2"],
    techniques: &["T1014", "T1564.013"],
    since: "0.1.0",
    needs: &[FactKind::HiddenProcess],
    needs_any: &[],
    signs: &[HIDDEN],
    source: include_str!("hidden_process.rs"),
    chinese: include_str!("hidden_process.zh.md"),
};

impl Detector for HiddenProcesses {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let findings = dossier.facts::<HiddenProcess>().map(|(seen, it)| {
            let finding = META
                .finding(HIDDEN, seen)
                .with("pid", Arg::Count(u64::from(it.pid)))
                .with("seen_by", Arg::Text(it.seen_by.clone()));
            with_text(finding, "name", it.name.as_deref())
        });
        findings.collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a process that opens by number and is not listed",
        given: r#"
            [[hidden_process]]
            pid = 700
            seen_by = "open-succeeds"
            name = "svc"
        "#,
        expect: Expect::Found(&[HIDDEN.0]),
    },
    Example {
        title: "a process that is listed",
        given: r#"
            hidden_process = []
            [[program]]
            pid = 700
            name = "svc"
        "#,
        expect: Expect::LookAlike,
    },
    Example { title: "all views agree", given: "hidden_process = []", expect: Expect::Silent },
    Example { title: "the views were not compared", given: "", expect: Expect::NotExamined },
];
