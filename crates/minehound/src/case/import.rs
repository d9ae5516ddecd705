//! `minehound import`: logs into a case folder.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use jiff::tz::TimeZone;
use minehound_collect::logs::LogRead;
use minehound_link::clocks::Clocks;
use minehound_report::visible;
use minehound_store::Case;
use serde_json::{Value, json};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::listen::{Listening, left};
use super::read::{Manner, Outcome, logs, told};
use crate::args::Import;
use crate::locale::{self, filled, not_read, word};
use crate::output;
use crate::zone;

/// Imports everything named and says of each file what was understood.
pub(crate) fn run(args: &Import) -> anyhow::Result<ExitCode> {
    let tz = zone::or_system(args.reading.times.log_tz.as_deref())?;
    let manner = Manner::of(&args.reading)?;
    let mut case = Case::open(&args.case)?;
    let (mut counts, mut files) = ([0_u64; 3], Vec::new());
    let mut said = String::new();
    let mut tell = |path: &Path, outcome: &Outcome| {
        let place = match outcome {
            Outcome::Taken { .. } => 0,
            Outcome::Known => 1,
            Outcome::NotRead { .. } => 2,
        };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
        if args.json {
            files.push(as_json(path, outcome));
        } else {
            said.push_str(&as_text(path, outcome, &tz));
        }
    };
    logs(&mut case, &args.case, &args.logs, &manner, &mut tell)?;
    if let Some(address) = args.listen {
        listened(args, address, &mut case, &manner, &mut tell)?;
    }
    let [taken, known, failed] = counts;
    if taken > 0 {
        let clocks = Clocks::estimate(&case);
        case.keep(Clocks::KEPT_AS, &clocks)?;
    }
    if args.json {
        let whole = json!({ "schema": "minehound.import/1", "files": files });
        said = serde_json::to_string_pretty(&whole)? + "\n";
    }
    output::write(said.as_bytes(), None)?;
    if !args.quiet {
        let [taken, known, failed] = [taken, known, failed].map(|it| it.to_string());
        let sum = [("taken", &*taken), ("known", &known), ("failed", &failed)];
        eprintln!("{}", filled("import-sum", &sum));
    }
    Ok(if taken + known == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Takes syslog into files of the case, and those into the case as they are closed.
fn listened(
    args: &Import,
    address: SocketAddr,
    case: &mut Case,
    manner: &Manner,
    tell: &mut dyn FnMut(&Path, &Outcome),
) -> anyhow::Result<()> {
    let folder = args.case.join("syslog");
    fs::create_dir_all(&folder)?;
    logs(case, &args.case, &left(&folder)?, manner, &mut |path, outcome| {
        // What was imported before it ended is no news.
        if !matches!(outcome, Outcome::Known) {
            tell(path, outcome);
        }
    })?;
    let listening = Listening::on(address).with_context(|| {
        format!("`{address}`{}{}", locale::colon(), word("import-cannot-listen"))
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, stop.clone())?;
    }
    let until =
        args.minutes.map(|it| Instant::now() + Duration::from_secs_f64(it.clamp(0.0, 1e6) * 60.0));
    if !args.quiet {
        let address = listening.address()?.to_string();
        eprintln!("{}", filled("import-listens", &[("address", &address)]));
    }
    let (closed, whole) = channel();
    let heard = std::thread::spawn(move || listening.run(&folder, until, &stop, &closed));
    for path in whole {
        logs(case, &args.case, &[path], manner, tell)?;
    }
    heard.join().map_err(|_| anyhow!("syslog"))??;
    Ok(())
}

fn as_json(path: &Path, outcome: &Outcome) -> Value {
    let shown = path.to_string_lossy();
    match outcome {
        Outcome::Taken { read, refused } => json!({
            "path": shown, "outcome": "imported", "read": told(read), "refused_in": refused,
        }),
        Outcome::Known => json!({ "path": shown, "outcome": "known" }),
        Outcome::NotRead { why, cause } => {
            json!({ "path": shown, "outcome": "not_read", "why": why, "cause": cause })
        }
    }
}

fn as_text(path: &Path, outcome: &Outcome, tz: &TimeZone) -> String {
    let shown = visible(&path.to_string_lossy());
    match outcome {
        Outcome::Known => filled("import-known", &[("path", &shown)]) + "\n",
        Outcome::NotRead { why, cause } => not_read(&shown, why, cause) + "\n",
        Outcome::Taken { read, refused } => {
            let mut lines = vec![first(&shown, read)];
            lines.extend(span(read, tz));
            if let Some(refused) = refused {
                let reasons: Vec<_> = read
                    .skips
                    .counts
                    .iter()
                    .map(|(why, count)| format!("{} {count}", word(why.0)))
                    .collect();
                let count = read.skips.total().to_string();
                let place = refused.display().to_string();
                let args = [
                    ("count", &*count),
                    ("reasons", &reasons.join(&word("comma"))),
                    ("path", &place),
                ];
                lines.push(filled("import-refused", &args));
            }
            for (key, count) in [
                ("import-zone", read.without_zone),
                ("import-year", read.without_year),
                ("import-moment", read.without_moment),
                ("import-crowded", read.crowded_out),
                ("import-future", read.future),
                ("import-unset", read.unset),
                ("import-backwards", read.backwards),
                ("import-cut-off", read.cut_off.into()),
            ] {
                if count > 0 {
                    lines.push(filled(key, &[("count", &count.to_string())]));
                }
            }
            lines.join("\n  ") + "\n"
        }
    }
}

fn first(path: &str, read: &LogRead) -> String {
    let formats: Vec<_> = read.entries.iter().map(|(id, lines)| format!("{id} {lines}")).collect();
    let understood = format!("{:.1}", (read.understood() * 1000.0).floor() / 10.0);
    let args = [
        ("path", path),
        ("formats", &*formats.join(&word("comma"))),
        ("understood", &understood),
        ("ties", &read.ties.to_string()),
    ];
    filled("imported", &args)
}

fn span(read: &LogRead, tz: &TimeZone) -> Option<String> {
    let span = read.span?;
    let shown = |ms: i64| minehound_report::moment(ms, tz);
    Some(filled("import-span", &[("from", &shown(span.from_ms)), ("to", &shown(span.to_ms))]))
}
