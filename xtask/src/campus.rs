//! Days of a campus, played and read one after the other: how often is somebody accused who only
//! lives there?
//!
//! A day is about five gigabytes; it lies in a temporary folder while it is read and goes after.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;
use std::time::Instant;

use anyhow::ensure;
use minehound_range::score::{Score, Sheet, Tool, read, score};
use serde_json::Value;

use crate::program;
use crate::train::examples::play;
use crate::train::split::{Chosen, Use};

/// From here on seeds of which nothing was learned and on which nothing was chosen.
const FIRST_SEED: u64 = 2_001;
/// Sessions shorter than this count neither way.
const LEAST_S: f64 = 600.0;

/// One day.
struct Day {
    seed: u64,
    score: Score,
    hosts: u64,
    innocent_suspected: u64,
    innocent_clues: u64,
    gigabytes: f64,
    seconds: f64,
}

/// Plays so many days of so many minutes, and writes `docs/campus.md` if they are whole days.
pub(crate) fn run(seeds: u64, minutes: f64) -> anyhow::Result<()> {
    let program = program::build()?;
    let mut days = Vec::new();
    for seed in (FIRST_SEED..).take(usize::try_from(seeds)?) {
        let began = Instant::now();
        let folder = tempfile::tempdir()?;
        let (scenario, is_for) = ("campus".to_owned(), Use::Test);
        let chosen = Chosen { is_for, scenario, seed, minutes, scale: 1.0 };
        let (capture, sheet) = play(&chosen, folder.path())?;
        #[expect(clippy::cast_precision_loss, reason = "bytes of a file")]
        let gigabytes = fs::metadata(&capture)?.len() as f64 / 1e9;
        let told = program::assess(&program, &[&capture])?;
        let claims = read(Tool::Own, &told.to_string())
            .map_err(|it| anyhow::anyhow!("the report, line {}: {}", it.line, it.why))?;
        let score = score(&sheet, &claims, LEAST_S);
        let (innocent_suspected, innocent_clues) = innocent(&told, &sheet);
        let hosts =
            told.pointer("/counts/entities").and_then(Value::as_object).into_iter().flatten();
        let hosts = hosts.filter_map(|it| it.1.as_u64()).sum();
        let seconds = began.elapsed().as_secs_f64();
        let day =
            Day { seed, score, hosts, innocent_suspected, innocent_clues, gigabytes, seconds };
        println!("{}", line(&day));
        days.push(day);
    }
    if minutes >= 1_440.0 {
        fs::write(crate::root().join("docs/campus.md"), page(&days)?)?;
    }
    let accused: u64 = days.iter().map(|it| it.innocent_suspected).sum();
    ensure!(accused == 0, "innocent machines suspected: {accused}");
    Ok(())
}

/// The machines without any mining flow that came out suspected or worse, and with clues.
fn innocent(told: &Value, sheet: &Sheet) -> (u64, u64) {
    let mining = sheet.flows.iter().filter(|it| it.flow.mining.is_some());
    let miners: BTreeSet<IpAddr> =
        mining.flat_map(|it| [it.flow.client.ip(), it.flow.server.ip()]).collect();
    let (mut suspected, mut clues) = (0, 0);
    for entity in told.get("entities").and_then(Value::as_array).into_iter().flatten() {
        let address = entity
            .get("id")
            .and_then(Value::as_str)
            .and_then(|it| it.split_once(':')?.1.parse().ok());
        let Some(address) = address.filter(|it: &IpAddr| !miners.contains(it)) else { continue };
        match entity.get("verdict").and_then(Value::as_str) {
            Some("suspected" | "confirmed") => {
                println!("{address} is innocent: {entity}");
                suspected += 1;
            }
            Some("clue") => clues += 1,
            _ => {}
        }
    }
    (suspected, clues)
}

fn line(day: &Day) -> String {
    let it = &day.score;
    format!(
        "| {} | {} | {:.0} | {} | {} of {} | {} | {} | {} of {} | {:.2} | {:.0} |",
        day.seed,
        it.flows,
        it.host_days,
        day.hosts,
        it.found,
        it.mining,
        day.innocent_suspected,
        day.innocent_clues,
        it.false_long,
        it.innocent_long,
        day.gigabytes,
        day.seconds,
    )
}

fn page(days: &[Day]) -> anyhow::Result<String> {
    let mut text = String::from(
        "# Days on a campus\n\n<!-- Written by `cargo xtask campus`. -->\n\nThe range's `campus`: two \
         thousand machines for 24 hours, headers alone of the innocent bulk (64 bytes), 256 bytes of \
         what mines, a few of which mine in the clear, over TLS, with encrypted Stratum V2 or in a \
         tunnel. Of these seeds nothing was learned, and no setting was chosen by them, though they were \
         measured anew as detectors changed; of the \
         scenario itself other seeds are learned from and calibrated on \
         (`evaluation/split.toml`). Synthetic: the same people wrote \
         both sides.\n\nJSON-RPC of wallets and language servers is not among them: the captures without mining of the \
         [evaluation](evaluation.md) have it. Sessions of ten minutes or more are counted; *clues* are innocent machines \
         that are worth a second look and accuse nobody.\n\n\
         | seed | flows | host-days | machines seen | mining sessions found | innocent suspected | innocent with clues | false among innocent long flows | GB | s to write and read |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for day in days {
        writeln!(text, "{}", line(day))?;
    }
    let host_days: f64 = days.iter().map(|it| it.score.host_days).sum();
    let sum = |of: fn(&Day) -> u64| days.iter().map(of).sum::<u64>();
    #[expect(clippy::cast_precision_loss, reason = "counts of machines")]
    let per_1000 = |count: u64| 1_000.0 * count as f64 / host_days;
    let (suspected, clues) = (sum(|it| it.innocent_suspected), sum(|it| it.innocent_clues));
    let (wrong, long) = (sum(|it| it.score.false_long), sum(|it| it.score.innocent_long));
    writeln!(
        text,
        "\nPer 1,000 host-days: innocent machines suspected {:.2}, with clues {:.2}. Of innocent flows \
         of ten minutes or more, {wrong} of {long} were taken for mining (at most {:.4} %).",
        per_1000(suspected),
        per_1000(clues),
        100.0 * minehound_range::score::upper_95(wrong, long).unwrap_or(1.0),
    )?;
    text += "\nAll days together, mining sessions of ten minutes or more by carrier or tunnel, without times of blocks:\n\n\
             | carrier or tunnel | found |\n|---|---|\n";
    for (name, (found, all)) in summed(days, |it| &it.score.by_carrier) {
        writeln!(text, "| {name} | {found} of {all} |")?;
    }
    text += "\nInnocent flows of ten minutes or more by what they are:\n\n| kind | flows | taken for mining |\n|---|---|---|\n";
    for (name, (wrong, all)) in summed(days, |it| &it.score.long_by_kind) {
        writeln!(text, "| {name} | {all} | {wrong} |")?;
    }
    Ok(text)
}

/// Counts of all days together.
fn summed(
    days: &[Day],
    of: fn(&Day) -> &BTreeMap<String, (u64, u64)>,
) -> BTreeMap<String, (u64, u64)> {
    let mut all = BTreeMap::<String, (u64, u64)>::new();
    for (name, (some, every)) in days.iter().flat_map(of) {
        let counted = all.entry(name.clone()).or_default();
        *counted = (counted.0 + some, counted.1 + every);
    }
    all
}
