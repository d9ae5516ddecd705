//! The machine as a source: read now or from a mounted root, and sealed like any other artefact.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use minehound_collect::host::{self, HostLimits, HostOptions};
use minehound_collect::{Collected, host_kind, sha256};
use minehound_detect::Knowledge;
use minehound_model::{Artefact, ArtefactId, Span};

use crate::args::Inspect;
use crate::{known, locale, output};

/// Reads the machine that the command line asks for.
pub(crate) fn read(args: &Inspect, knowledge: &Knowledge) -> anyhow::Result<(Artefact, Collected)> {
    let offline = args.root.is_some();
    if let Some(root) = &args.root
        && !["etc", "usr", "bin", "var"].iter().any(|it| root.join(it).is_dir())
    {
        bail!("`{}`{}{}", root.display(), locale::colon(), locale::word("no-system"));
    }
    let options = HostOptions {
        root: args.root.clone(),
        sample: if offline { Duration::ZERO } else { Duration::from_secs_f64(args.sample) },
        interest: known::host_interest(knowledge),
        limits: if offline { HostLimits::offline() } else { HostLimits::default() },
    };
    let mut collected = Collected::default();
    host::collect(&options, ArtefactId(0), &mut collected)
        .with_context(|| locale::word("cannot-read-host"))?;
    let mut bundle = Vec::new();
    host::write_bundle(&collected, &mut bundle)?;
    if let Some(path) = &args.save {
        output::write(&bundle, Some(path))?;
        if !args.quiet {
            eprintln!("{} {}", locale::word("saved"), path.display());
        }
    }
    // Judged is what was saved, not what was in memory: so a saved snapshot gives the same result.
    let mut judged = Collected::default();
    let records = host::read_bundle(&bundle, ArtefactId(0), &mut judged)?;
    let path = match &args.root {
        Some(root) => root.display().to_string(),
        None => locale::word("this-machine"),
    };
    let skipped = judged.skips.counts.iter().map(|(it, count)| (it.0.to_owned(), *count));
    let artefact = Artefact {
        id: ArtefactId(0),
        path,
        sha256: sha256(&bundle),
        bytes: bundle.len() as u64,
        kind: host_kind(&judged).unwrap_or_default(),
        records,
        span: judged.examined.iter().map(|it| it.span).reduce(Span::hull),
        skipped: skipped.collect(),
        first_skipped: Vec::new(),
        not_read: None,
        cause: None,
        counts: BTreeMap::new(),
    };
    Ok((artefact, judged))
}
