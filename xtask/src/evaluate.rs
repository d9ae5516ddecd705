//! How well mining is found in labelled captures: by flow, by session, by file, and how often in
//! captures without any.

mod bins;
mod cores;
mod encrypted;
mod generated;
mod goals;
mod headers;
mod intervals;
mod labels;
mod live;
mod page;
mod score;
mod tools;
mod tunnels;
mod unread;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::Value;

use labels::Labels;
use score::Score;

use crate::program;

/// The thresholds committed in `evaluation/thresholds.json`, per collection.
type AllThresholds = BTreeMap<String, Thresholds>;

/// The thresholds of one collection.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Thresholds {
    /// The least share of labelled mining flows found in the right dialect.
    flow_recall: f64,
    /// The most entities confirmed on captures without mining.
    false_confirmed: u64,
    /// The most entities suspected there.
    false_suspected: u64,
}

/// A part of the page that can be measured alone.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Part {
    /// The block clock in tunnels.
    Tunnels,
    /// Shares and hashrate of what cannot be read.
    Encrypted,
}

/// Prints one section, of these seeds or of those that the page is written from.
pub(crate) fn one_part(part: Part, seed: Option<u64>) -> anyhow::Result<()> {
    let mut goals = Vec::new();
    let text = match part {
        Part::Tunnels => tunnels::section(seed, &mut goals)?,
        Part::Encrypted => encrypted::section(seed, &mut goals)?,
    };
    println!("{}{text}", goals::table(&goals)?);
    Ok(())
}

/// Measures; writes the page, or compares with the thresholds.
pub(crate) fn run(data: Option<&Path>, check: bool) -> anyhow::Result<()> {
    if !check && program::in_release("evaluate", data)? {
        return Ok(());
    }
    let program = program::build()?;
    let data = data.map(Path::to_owned).or_else(crate::shared_data);
    let mut sections = Vec::new();
    let scratch = tempfile::tempdir()?;
    let generated = generated::write(scratch.path())?;
    sections.push(measure("range", &generated, &program)?);
    match &data {
        Some(data) if data.join("network/MANIFEST.csv").is_file() => {
            let labels = labels::read(&data.join("network"))?;
            sections.push(measure("captures", &labels, &program)?);
        }
        _ => println!("notice: no labelled captures; only the range's own were measured"),
    }
    for section in &sections {
        println!("{}", section.line());
    }
    if check {
        // The intervals take minutes and are measured when the page is written.
        let thresholds = thresholds()?;
        return sections.iter().try_for_each(|it| {
            let own = thresholds.get(&it.name).context("a collection has no thresholds")?;
            compare(it, own)
        });
    }
    let intervals = intervals::measure(scratch.path(), &program)?;
    let path = crate::root().join("docs/evaluation.md");
    let page = page::render(&sections, &intervals)?;
    let mut goals = Vec::new();
    let unread = unread::section(data.as_deref(), &mut goals)?;
    let tools = tools::section(&program)?;
    let (_, runs) = live::halves(&fs::read_to_string(&path).unwrap_or_default());
    let tunnels = tunnels::section(None, &mut goals)?;
    let encrypted = encrypted::section(None, &mut goals)?;
    fs::write(
        &path,
        page + &goals::table(&goals)? + &unread + &tunnels + &encrypted + &tools + &runs,
    )?;
    println!("wrote {}", path.display());
    Ok(())
}

/// Measures on live runs and writes the part of the page about them; the rest of it stays.
pub(crate) fn live(runs: &Path) -> anyhow::Result<()> {
    let program = program::build()?;
    let path = crate::root().join("docs/evaluation.md");
    let (page, _) = live::halves(&fs::read_to_string(&path).unwrap_or_default());
    fs::write(&path, page + &live::section(runs, &program)?)?;
    println!("wrote {}", path.display());
    Ok(())
}

fn thresholds() -> anyhow::Result<AllThresholds> {
    let path = crate::root().join("evaluation/thresholds.json");
    serde_json::from_str(&fs::read_to_string(&path)?).context("thresholds")
}

fn compare(score: &Score, thresholds: &Thresholds) -> anyhow::Result<()> {
    let recall = score.flows.recall();
    let name = &score.name;
    ensure!(recall >= thresholds.flow_recall, "{name}: only {recall:.4} of the flows were found");
    let (confirmed, suspected) = (score.false_confirmed, score.false_suspected);
    ensure!(confirmed <= thresholds.false_confirmed, "{name}: {confirmed} falsely confirmed");
    ensure!(suspected <= thresholds.false_suspected, "{name}: {suspected} falsely suspected");
    Ok(())
}

fn measure(name: &str, labels: &Labels, program: &Path) -> anyhow::Result<Score> {
    let mining = inspect(program, &labels.mining)?;
    let negative = inspect(program, &labels.negative)?;
    let nodes = inspect(program, &labels.nodes)?;
    Ok(Score::of(name, labels, &mining, &negative, &nodes))
}

/// One inspection of many files; an empty assessment for none.
fn inspect(program: &Path, files: &[PathBuf]) -> anyhow::Result<Value> {
    if files.is_empty() {
        return Ok(Value::Null);
    }
    program::assess(program, files)
}
