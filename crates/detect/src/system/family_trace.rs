//! # Family trace
//!
//! A file where a known family of mining malware leaves one, a program file with the texts that
//! mining programs carry, or one that is called like a mining program. A trace may be left over from
//! what was cleaned long ago, and a program that lies on a disk need never have run: a circumstance.
//! A name that a game or a library bears too, a script with such a name and a file among samples,
//! tests or documents are listed as context.
//!
//! Source: places named in published reports and read in scripts of infected hosts; names in the list
//! of miners; texts in files in temporary folders, homes, hidden folders and with a miner's name.
//!
//! ## False positives
//!
//! Signatures of virus scanners, collections of samples and reports contain the same texts. A family
//! may have taken a path that other programs use. A program that was installed and never run, and a
//! researcher's copy, lie on the disk like any other.
//!
//! ## Response
//!
//! Preserve the file with its digest, times and owner. Compare its time with the logs of logins.

use minehound_model::{Arg, DetectorId, Dimension, Dossier, FactKind, FileTrace, Nature, Sign};

use super::miner_config::is_example;
use super::program::base;
use crate::detector::with_text;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct FamilyTrace;

const FAMILY: (Sign, Nature) = (Sign("family-trace"), Nature::Circumstance);
const STRINGS: (Sign, Nature) = (Sign("miner-strings"), Nature::Circumstance);
const PROGRAM: (Sign, Nature) = (Sign("miner-file"), Nature::Circumstance);
const NAME_ONLY: (Sign, Nature) = (Sign("miner-file-name"), Nature::Context);
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
    signs: &[FAMILY, STRINGS, PROGRAM, NAME_ONLY, OTHER],
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
            let named = knowledge.miner_file(base(&it.path));
            let telling = named.is_some_and(|it| it.1) && !is_example(&it.path);
            let kind = match it.shape.as_str() {
                "family-path" => FAMILY,
                "miner-strings" => STRINGS,
                "program-named" if telling => PROGRAM,
                "program-named" | "script-named" => NAME_ONLY,
                _ => OTHER,
            };
            let finding = META
                .finding(kind, seen)
                .with("path", Arg::Text(it.path.clone()))
                .with("shape", Arg::Text(it.shape.clone()));
            let finding = with_text(finding, "sha256", it.sha256.as_deref());
            let finding = with_text(finding, "family", family.map(|it| it.entry.name.as_str()));
            with_text(finding, "miner", named.map(|it| it.0.miner.name.as_str()))
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
        title: "a program called like a miner, with its version or without",
        given: r#"
            [[file_trace]]
            path = "/usr/local/bin/xmrig"
            shape = "program-named"
            [[file_trace]]
            path = "/home/alice/bin/XMRig-6.21.0"
            shape = "program-named"
        "#,
        expect: Expect::Found(&[PROGRAM.0, PROGRAM.0]),
    },
    Example {
        title: "a game, a script and a sample called like a miner",
        given: r#"
            [[file_trace]]
            path = "/usr/games/t-rex"
            shape = "program-named"
            [[file_trace]]
            path = "/home/alice/bin/ethminer"
            shape = "script-named"
            [[file_trace]]
            path = "/home/alice/samples/xmrig"
            shape = "program-named"
        "#,
        expect: Expect::Found(&[NAME_ONLY.0; 3]),
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
