//! The page of the outcome.

use std::fmt::Write as _;

use super::intervals::Intervals;
use super::score::{Found, Score};

/// The page `docs/evaluation.md`.
pub(crate) fn render(scores: &[Score], intervals: &[Intervals]) -> anyhow::Result<String> {
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let mut text = format!(
        "# Evaluation\n\nWritten by `cargo xtask evaluate` on {date}. `range` are captures that the \
         range generated (18 dialects, innocent life); `captures` are labelled captures of others, \
         used for measuring only. A flow counts as found when it is reported with the right family of \
         dialects. Families as labelled: stratum-v1-family is stratum-v1, equihash, kawpow or \
         ethereum-stratum-1; ethash-family is ethproxy or eth-getwork.\n\n"
    );
    text += "| collection | flows | sessions without pool probes | files | beyond the labels |\n";
    text += "|---|---|---|---|---|\n";
    for it in scores {
        let (flows, sessions, files) = (of(it.flows), of(it.sessions), of(it.files));
        let beyond = it.unlabelled.len();
        writeln!(text, "| {} | {flows} | {sessions} | {files} | {beyond} |", it.name)?;
    }
    text += "\n| captures without mining | files | entities | confirmed | suspected | clues | nodes named |\n";
    text += "|---|---|---|---|---|---|---|\n";
    for it in scores {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            it.name,
            it.negative_files,
            it.negative_entities,
            it.false_confirmed,
            it.false_suspected,
            it.false_clues,
            of(it.nodes)
        )?;
    }
    for it in scores {
        write!(text, "\n## {}\n\n| family | found |\n|---|---|\n", it.name)?;
        for (family, found) in &it.families {
            writeln!(text, "| {family} | {} |", of(*found))?;
        }
        writeln!(text, "\nFound in another dialect than labelled: {}.", it.other_dialect)?;
    }
    text += "\n## Hashrate\n\nGenerated sessions of 15 to 45 minutes with vardiff, stale and rejected \
             shares; how often the 90 % interval holds the true hashrate.\n\n";
    text += "| dialect | sessions | with an interval | held | mean estimate / truth |\n|---|---|---|---|---|\n";
    for it in intervals {
        let held = Found { labelled: it.estimated, found: it.held };
        writeln!(
            text,
            "| {} | {} | {} | {} | {:.3} |",
            it.dialect,
            it.sessions,
            it.estimated,
            of(held),
            it.mean_ratio
        )?;
    }
    Ok(text)
}

fn of(it: Found) -> String {
    format!("{} of {} ({:.2} %)", it.found, it.labelled, 100.0 * it.recall())
}
