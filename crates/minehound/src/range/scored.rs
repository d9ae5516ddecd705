//! The score of a tool as a table or as JSON.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use minehound_range::score::{Bin, Rows, Score, Sheet, Tool, TrailScore, read, score, trails};

use crate::args::{RangeScore, ScoredTool};
use crate::{locale, output};

pub(super) fn run(args: &RangeScore) -> anyhow::Result<ExitCode> {
    let truth = args.folder.join("truth.json");
    let Some(tool) = tool(args.tool) else { return attribution(args, &truth) };
    let sheet = Sheet::read(&bytes(&truth)?).with_context(|| {
        format!("`{}`{}{}", truth.display(), locale::colon(), locale::word("range-no-truth"))
    })?;
    let text = String::from_utf8_lossy(&bytes(&args.result)?).into_owned();
    let claims = read(tool, &text).map_err(|it| {
        let (file, wrong) = (args.result.display(), locale::word("range-no-result"));
        anyhow!("`{file}`:{}: {wrong}: {}", it.line, it.why)
    })?;
    if text.trim().is_empty() {
        // A tool with nothing to say is silent; so is one that never ran.
        eprintln!("`{}`{}{}", args.result.display(), locale::colon(), locale::word("score-empty"));
    }
    let score = score(&sheet, &claims, args.least);
    let text = if args.json { json(&score)? } else { table(&score) };
    output::write(text.as_bytes(), None)?;
    Ok(ExitCode::SUCCESS)
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| {
        format!("`{}`{}{}", path.display(), locale::colon(), locale::word("cannot-read-file"))
    })
}

/// The score of `attribute` on a world of logs.
fn attribution(args: &RangeScore, truth: &Path) -> anyhow::Result<ExitCode> {
    let told = trails(&bytes(truth)?, &bytes(&args.result)?).with_context(|| {
        let (file, wrong) = (args.result.display(), locale::word("score-no-trails"));
        format!("`{file}`{}{wrong}", locale::colon())
    })?;
    let text = if args.json { serde_json::to_string_pretty(&told)? + "\n" } else { rows(&told) };
    output::write(text.as_bytes(), None)?;
    Ok(ExitCode::SUCCESS)
}

fn rows(score: &TrailScore) -> String {
    let mut text = String::new();
    let word = |key: &str| locale::word(&format!("score-{key}"));
    let mut line = |name: String, it: &Rows| {
        let counts = [
            ("trails-top", it.top),
            ("trails-held", it.held),
            ("trails-wrong", it.wrong),
            ("trails-behind", it.behind),
        ];
        let counts = counts.map(|(key, count)| format!("{} {count}", word(key)));
        let size = format!("{} {:.1}", word("trails-set"), it.mean_set);
        let _ = writeln!(
            text,
            "{name}: {} {}; {}; {size}",
            word("trails-rows"),
            it.rows,
            counts.join("; ")
        );
    };
    for (sort, it) in &score.by_sort {
        line(word(&format!("trails-{}", sort.replace(", ", "-").replace(' ', "-"))), it);
    }
    for (levels, it) in &score.by_levels {
        line(format!("  {} {levels}", word("trails-levels")), it);
    }
    if let Some(brier) = score.brier {
        let _ = writeln!(text, "{}: {brier:.4}", word("brier"));
    }
    reliability(&mut text, &score.reliability);
    text
}

fn reliability(text: &mut String, bins: &[Bin]) {
    for bin in bins {
        let range = format!("{:.1}-{:.1}", bin.from, bin.from + 0.1);
        let _ =
            writeln!(text, "  p {range}: {} ({:.3} / {:.3})", bin.count, bin.said, bin.true_part);
    }
}

/// The tool whose claims are about flows; none for answers about rows, whose truth is another one.
fn tool(it: ScoredTool) -> Option<Tool> {
    Some(match it {
        ScoredTool::Own => Tool::Own,
        ScoredTool::SuricataEve => Tool::SuricataEve,
        ScoredTool::Zeek => Tool::Zeek,
        ScoredTool::Ndpi => Tool::Ndpi,
        ScoredTool::Falco => Tool::Falco,
        ScoredTool::Attribution => return None,
    })
}

fn json(score: &Score) -> anyhow::Result<String> {
    Ok(minehound_range::score::json(score)? + "\n")
}

fn table(score: &Score) -> String {
    let mut text = String::new();
    let word = |key: &str| locale::word(&format!("score-{key}"));
    let mut line = |key: &str, value: String| {
        let _ = writeln!(text, "{}: {value}", word(key));
    };
    let none = || "-".to_owned();
    let part = |it: Option<f64>| it.map_or_else(none, |it| format!("{:.2} %", it * 100.0));
    line("flows", format!("{} ({:.2})", score.flows, score.host_days));
    line("found", format!("{} / {}", score.found, score.mining));
    line("recall", part(score.recall));
    line("precision", part(score.precision));
    line("false", format!("{} + {}", score.false_alarms, score.false_hosts));
    line("per-million", format!("{:.2}", score.false_per_million_flows));
    line("per-host-days", format!("{:.2}", score.false_per_1000_host_days));
    let most = score.false_long_at_most;
    let most = most.map_or_else(none, |it| format!("<= {:.4} %", it * 100.0));
    line("long", format!("{} / {} ({most})", score.false_long, score.innocent_long));
    line("lost", score.lost_claims.to_string());
    line("wait", score.median_seconds_to_detect.map_or_else(none, |it| format!("{it:.1} s")));
    let of = |part: String, told: u64| format!("{part} ({told})");
    line("rate-error", of(part(score.median_rate_error), score.rates_told));
    line("intervals", part(score.intervals_hold));
    let told = score.share_rates_told;
    line("share-rate-error", of(part(score.median_share_rate_error), told));
    line("share-intervals", part(score.share_intervals_hold));
    line("brier", score.brier.map_or_else(none, |it| format!("{it:.4}")));
    for (key, counts) in [("carrier", &score.by_carrier), ("evasion", &score.by_evasion)] {
        for (name, (found, all)) in counts {
            let _ = writeln!(text, "  {} {name}: {found} / {all}", word(key));
        }
    }
    for (kind, count) in &score.by_kind {
        let _ = writeln!(text, "  {} {kind}: {count}", word("false-kind"));
    }
    reliability(&mut text, &score.reliability);
    text
}
