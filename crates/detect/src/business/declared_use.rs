//! # Declared use
//!
//! The owner declared a use that explains sustained load. It bears on circumstances only: no
//! declaration explains a share or a login away. A declaration that had ended is context.
//!
//! Source: the declaration as filed.
//!
//! ## False positives
//!
//! A declaration is a claim, and may be filed to mislead.
//!
//! ## Response
//!
//! Ask for the job schedule and compare it with the load curve and the purchases.

use minehound_model::{Arg, DeclaredUse, DetectorId, Dimension, Dossier, FactKind, Nature, Sign};

use crate::detector::with_text;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct DeclaredUses;

const DECLARED: (Sign, Nature) = (Sign("declared-use"), Nature::Exculpation);
const EXPIRED: (Sign, Nature) = (Sign("declared-use-expired"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-BIZ-001"),
    name: "declared-use",
    dimension: Dimension::Business,
    items: &["BIZ-1"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::DeclaredUse],
    needs_any: &[],
    signs: &[DECLARED, EXPIRED],
    source: include_str!("declared_use.rs"),
    chinese: include_str!("declared_use.zh.md"),
};

impl Detector for DeclaredUses {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let filed = dossier.facts::<DeclaredUse>().filter(|(_, it)| !it.project.trim().is_empty());
        let findings = filed.map(|(seen, it)| {
            let kind = if it.expired { EXPIRED } else { DECLARED };
            let finding = META.finding(kind, seen).with("project", Arg::Text(it.project.clone()));
            let finding = with_text(finding, "approver", it.approver.as_deref());
            with_text(finding, "expiry", it.expiry.as_deref())
        });
        findings.collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a declared training cluster",
        given: "[[declared_use]]\nproject = \"model training\"\nexpiry = \"2030-12-31\"\napprover = \"the board\"",
        expect: Expect::Found(&[DECLARED.0]),
    },
    Example {
        title: "a declaration that had ended",
        given: "[[declared_use]]\nproject = \"model training\"\nexpiry = \"2020-12-31\"\nexpired = true",
        expect: Expect::Found(&[EXPIRED.0]),
    },
    Example {
        title: "a form left blank",
        given: "[[declared_use]]\nproject = \" \"",
        expect: Expect::LookAlike,
    },
    Example {
        title: "the register was read and holds nothing on this host",
        given: "declared_use = []",
        expect: Expect::Silent,
    },
    Example { title: "nobody asked", given: "", expect: Expect::NotExamined },
];
