//! # Family trace
//!
//! A file where a known family of mining malware leaves one, or a program file with the texts that
//! mining programs carry. A trace may be left over from what was cleaned long ago.
//!
//! Source: places named in published reports and read in scripts of infected hosts; texts in files
//! that other findings made worth reading.
//!
//! ## False positives
//!
//! Signatures of virus scanners, collections of samples and reports contain the same texts. A family
//! may have taken a path that other programs use.
//!
//! ## Response
//!
//! Preserve the file with its digest, times and owner. Compare its time with the logs of logins.

use minehound_model::{Arg, DetectorId, Dimension, Dossier, FactKind, FileTrace, Nature, Sign};

use crate::detector::with_text;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct FamilyTrace;

const FAMILY: (Sign, Nature) = (Sign("family-trace"), Nature::Circumstance);
const STRINGS: (Sign, Nature) = (Sign("miner-strings"), Nature::Circumstance);
const OTHER: (Sign, Nature) = (Sign("file-trace"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-SYS-009"),
    name: "family-trace",
    dimension: Dimension::System,
    items: &["SYS-3"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::FileTrace],
    needs_any: &[],
    signs: &[FAMILY, STRINGS, OTHER],
    source: include_str!("family_trace.rs"),
    chinese: include_str!("family_trace.zh.md"),
};

impl Detector for FamilyTrace {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let findings = dossier.facts::<FileTrace>().map(|(seen, it)| {
            let family = knowledge.family_by_path(&it.path);
            let kind = match it.shape.as_str() {
                "family-path" => FAMILY,
                "miner-strings" => STRINGS,
                _ => OTHER,
            };
            let finding = META
                .finding(kind, seen)
                .with("path", Arg::Text(it.path.clone()))
                .with("shape", Arg::Text(it.shape.clone()));
            let finding = with_text(finding, "sha256", it.sha256.as_deref());
            with_text(finding, "family", family.map(|it| it.entry.name.as_str()))
        });
        findings.collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a file of a family and a program with a miner's texts",
        given: r#"
            [[file_trace]]
            path = "/opt/examplefamily/run"
            shape = "family-path"
            [[file_trace]]
            path = "/var/tmp/.x/svc"
            shape = "miner-strings"
        "#,
        expect: Expect::Found(&[FAMILY.0, STRINGS.0]),
    },
    Example {
        title: "a file noted for another reason",
        given: "[[file_trace]]\npath = \"/srv/file\"\nshape = \"packed\"",
        expect: Expect::Found(&[OTHER.0]),
    },
    Example {
        title: "a running program that left no trace",
        given: "file_trace = []\n[[program]]\npid = 700\nname = \"svc\"",
        expect: Expect::LookAlike,
    },
    Example { title: "a disk without traces", given: "file_trace = []", expect: Expect::Silent },
    Example { title: "no disk was read", given: "", expect: Expect::NotExamined },
];
