//! Live scenarios on the command line.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, anyhow, bail};
use minehound_range::live::{self, Skipped};
use minehound_range::scenario_file::{Live, What, is_live};
use minehound_report::Lang;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::{folder, problem, tell, text_of};
use crate::args::RangeRun;
use crate::locale;

/// A live scenario by its name or from a file.
pub(super) fn load(name: &str, lang: Lang) -> anyhow::Result<Live> {
    let text = text_of(name)?;
    let file = if Path::new(name).is_file() { name.to_owned() } else { format!("{name}.toml") };
    let parsed = Live::parse(&file, &text);
    // What is no TOML at all may have been meant to be one.
    let is_toml = !matches!(&parsed, Err(problem) if matches!(problem.what, What::Syntax(_)));
    if is_toml && !is_live(&text) {
        bail!("`{name}`{}{}", locale::colon(), locale::word("range-not-live"));
    }
    parsed.map_err(|problem| anyhow!("{}", problem::told(&problem, lang)))
}

/// Plays it until its end or until somebody stops it.
pub(super) fn run(args: &RangeRun, lang: Lang) -> anyhow::Result<ExitCode> {
    let mut live = load(&args.scenario, lang)?;
    if let Some(minutes) = args.minutes {
        live.seconds = minutes * 60.0;
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, stop.clone())?;
    }
    if !args.quiet {
        let seconds = format!("{:.0}", live.seconds);
        eprintln!("{}", locale::filled("live-plays", &[("seconds", &seconds)]));
    }
    let refused = || format!("`{}`", args.out.display());
    let summary = folder(&args.out, |open| {
        Ok(live::run(&live, args.seed, &stop, open, &mut |it| left_out(it))?)
    })
    .with_context(refused)?;
    if !args.quiet {
        tell(&summary, "range-written", &args.out.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}

fn left_out(it: Skipped) {
    let parts = [("software", it.software), ("program", it.program), ("package", it.package)];
    eprintln!("{}", locale::filled("live-skipped", &parts));
}
