//! # Sustained load
//!
//! The processors were busy over the sample, and who kept them so. A sample of seconds says nothing
//! of days: this is context, and weighs nothing.
//!
//! Source: processor times at both ends of the sample.
//!
//! ## False positives
//!
//! All work is load.
//!
//! ## Response
//!
//! Look at the busiest programs. For a judgement give a curve of days: monitoring or a meter.

use minehound_model::{
    Arg, CpuLoad, DetectorId, Dimension, Dossier, Evidence, FactKind, Nature, Program, ProgramRow,
    Row, Sign,
};

use crate::detector::{programs, with_text};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct SustainedLoad;

const BUSY: (Sign, Nature) = (Sign("processors-busy"), Nature::Context);

/// From this share of all processors on they are called busy, in percent.
const BUSY_PERCENT: f64 = 80.0;
/// From this share of one processor on a program is listed, in percent.
const LISTED_PERCENT: f64 = 50.0;
/// How many programs are listed.
const LISTED: usize = 5;

static META: Meta = Meta {
    id: DetectorId("MH-RES-001"),
    name: "sustained-load",
    dimension: Dimension::Resource,
    items: &["RES-1"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::CpuLoad],
    needs_any: &[],
    signs: &[BUSY],
    source: include_str!("sustained_load.rs"),
    chinese: include_str!("sustained_load.zh.md"),
};

impl Detector for SustainedLoad {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let busiest = busiest(dossier);
        let top = busiest.first().map(|it| it.name.clone());
        let busy = dossier.facts::<CpuLoad>().filter(|it| it.1.busy_percent >= BUSY_PERCENT);
        let findings = busy.map(|(seen, it)| {
            let finding = META
                .finding(BUSY, seen)
                .with("busy_percent", Arg::Number(it.busy_percent))
                .with("processors", Arg::Count(u64::from(it.processors)))
                .with("sample_s", Arg::Number(it.sample_s));
            with_text(finding, "top", top.clone())
        });
        let findings = findings.collect();
        Judgement { findings, rows: busiest.into_iter().map(Row::Program).collect() }
    }
}

fn busiest(dossier: &Dossier) -> Vec<ProgramRow> {
    let used = |it: &Program| it.cpu_percent.filter(|it| *it >= LISTED_PERCENT);
    let mut programs: Vec<_> = programs(dossier).filter(|it| used(it.1).is_some()).collect();
    programs.sort_by(|one, other| {
        let by_use = used(other.1).unwrap_or_default().total_cmp(&used(one.1).unwrap_or_default());
        by_use.then(one.1.pid.cmp(&other.1.pid))
    });
    let row = |(seen, it): (&minehound_model::Observation, &Program)| ProgramRow {
        about: seen.entity.clone(),
        pid: it.pid,
        name: it.name.clone(),
        exe: it.exe.clone(),
        cpu_percent: it.cpu_percent,
        why: vec!["busy".to_owned()],
        evidence: Evidence::at(seen.provenance.clone()),
    };
    programs.into_iter().take(LISTED).map(row).collect()
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "all processors busy",
        given: r#"
            [[cpu_load]]
            sample_s = 1.0
            processors = 8
            busy_percent = 97.5
            [[program]]
            pid = 700
            name = "svc"
            cpu_percent = 770.0
        "#,
        expect: Expect::Found(&[BUSY.0]),
    },
    Example {
        title: "one processor of eight busy",
        given: "[[cpu_load]]\nsample_s = 1.0\nprocessors = 8\nbusy_percent = 12.5",
        expect: Expect::LookAlike,
    },
    Example { title: "a sample without load", given: "cpu_load = []", expect: Expect::Silent },
    Example { title: "no sample was taken", given: "", expect: Expect::NotExamined },
];
