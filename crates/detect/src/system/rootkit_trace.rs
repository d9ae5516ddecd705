//! # Rootkit trace
//!
//! What hides processes and files: a library preloaded into every program, a kernel module that is
//! loaded and not listed, a module known from rootkits. Mining trojans hide so; other malware does
//! as well.
//!
//! Source: the preload file, the views of loaded modules compared, names of known modules.
//!
//! ## False positives
//!
//! Memory allocators, tracers and test tools are preloaded on purpose; the usual ones are context.
//! A module may be between loading and listing for a moment.
//!
//! ## Response
//!
//! Trust no tool of the machine itself: inspect its disk from another system, and plan to install it
//! anew.

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Protection, ProtectionChange, Sign,
};

use super::program::base;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct RootkitTrace;

const PRELOAD: (Sign, Nature) = (Sign("preload-in-use"), Nature::Circumstance);
const USUAL_PRELOAD: (Sign, Nature) = (Sign("preload-usual"), Nature::Context);
const MODULE_HIDDEN: (Sign, Nature) = (Sign("module-hidden"), Nature::Circumstance);
const ROOTKIT_MODULE: (Sign, Nature) = (Sign("rootkit-module"), Nature::Circumstance);

/// How libraries begin that are preloaded for known ends: allocators, clocks, logging, testing.
const USUAL: [&str; 12] = [
    "libjemalloc",
    "libtcmalloc",
    "libmimalloc",
    "libeatmydata",
    "libfaketime",
    "libsnoopy",
    "libasan",
    "libtsan",
    "libarmmem",
    "libcofi",
    "libnss_wrapper",
    "libsegfault",
];
/// Where a system keeps its libraries.
const LIBRARIES: [&str; 4] = ["/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"];

static META: Meta = Meta {
    id: DetectorId("MH-SYS-012"),
    name: "rootkit-trace",
    dimension: Dimension::System,
    items: &["SYS-2"],
    techniques: &["T1014", "T1574.006", "T1547.006"],
    since: "0.1.0",
    needs: &[FactKind::Protection],
    needs_any: &[],
    signs: &[PRELOAD, USUAL_PRELOAD, MODULE_HIDDEN, ROOTKIT_MODULE],
    source: include_str!("rootkit_trace.rs"),
    chinese: include_str!("rootkit_trace.zh.md"),
};

impl Detector for RootkitTrace {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let findings = dossier.facts::<Protection>().filter_map(|(seen, it)| {
            let kind = match it.change {
                ProtectionChange::PreloadInUse if is_usual(&it.what) => USUAL_PRELOAD,
                ProtectionChange::PreloadInUse => PRELOAD,
                ProtectionChange::ModuleHidden => MODULE_HIDDEN,
                ProtectionChange::RootkitModule => ROOTKIT_MODULE,
                ProtectionChange::AgentRemoved
                | ProtectionChange::AgentStopped
                | ProtectionChange::RemovalScripted
                | ProtectionChange::SleepMasked
                | ProtectionChange::HostsRedirect => return None,
            };
            Some(META.finding(kind, seen).with("what", Arg::Text(it.what.clone())))
        });
        findings.collect::<Vec<_>>().into()
    }
}

/// Whether a library of that name is preloaded for known ends, from where libraries lie.
fn is_usual(what: &str) -> bool {
    let at_home = !what.contains('/') || LIBRARIES.iter().any(|it| what.starts_with(it));
    at_home && USUAL.iter().any(|it| base(what).starts_with(it))
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a library of no known end, a hidden module and a rootkit's",
        given: r#"
            [[protection]]
            change = "preload_in_use"
            what = "/usr/local/lib/libntpd.so"
            [[protection]]
            change = "module_hidden"
            what = "example_mod"
            [[protection]]
            change = "rootkit_module"
            what = "example_kit"
        "#,
        expect: Expect::Found(&[PRELOAD.0, MODULE_HIDDEN.0, ROOTKIT_MODULE.0]),
    },
    Example {
        title: "a memory allocator is preloaded",
        given: r#"
            [[protection]]
            change = "preload_in_use"
            what = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"
        "#,
        expect: Expect::Found(&[USUAL_PRELOAD.0]),
    },
    Example {
        title: "a server that never sleeps",
        given: "[[protection]]\nchange = \"sleep_masked\"\nwhat = \"sleep.target\"",
        expect: Expect::LookAlike,
    },
    Example { title: "nothing was changed", given: "protection = []", expect: Expect::Silent },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
