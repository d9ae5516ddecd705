//! The account of all fuzzing so far: a table in `docs/fuzzing.md` that is read, added to, and
//! written again.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use minehound_fuzz::TARGETS;

const BEGIN: &str = "<!-- account -->\n";
const END: &str = "<!-- end of account -->\n";
const HEAD: &str = "| target | minutes | executions | corpus | edges | crashes | last run |\n\
                    | --- | ---: | ---: | ---: | ---: | ---: | --- |\n";

/// What one turn of one target came to.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// How long it ran.
    pub(crate) time: Duration,
    /// Inputs run.
    pub(crate) executions: u64,
    /// Inputs kept so far.
    pub(crate) corpus: usize,
    /// Edges of the control flow that were reached.
    pub(crate) edges: u64,
    /// The input that broke the target, if one did.
    pub(crate) crash: Option<PathBuf>,
}

impl Turn {
    /// Reads libFuzzer's log.
    pub(crate) fn of_log(log: &str, time: Duration, corpus: usize, crash: Option<PathBuf>) -> Self {
        let after = |line: &str, word: &str| {
            let rest = line.split_once(word)?.1.trim_start();
            rest.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok()
        };
        let last = |word| log.lines().rev().find_map(|line| after(line, word));
        let executions = last("stat::number_of_executed_units:").unwrap_or_else(|| {
            // A crash ends the run without its statistics; each report begins with the number.
            log.lines().rev().find_map(|line| after(line, "#")).unwrap_or(0)
        });
        Self { time, executions, corpus, edges: last(" cov: ").unwrap_or(0), crash }
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let crash =
            self.crash.as_ref().map_or(String::new(), |it| format!(", CRASH {}", it.display()));
        let (seconds, runs) = (self.time.as_secs(), self.executions);
        write!(out, "{seconds} s, {runs} runs, {} edges, {} kept{crash}", self.edges, self.corpus)
    }
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    minutes: f64,
    executions: u64,
    corpus: u64,
    edges: u64,
    crashes: u64,
    date: String,
}

impl Row {
    fn of_line(line: &str) -> Option<(String, Self)> {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let mut next = || cells.next();
        let name = next()?.to_owned();
        let row = Self {
            minutes: next()?.parse().ok()?,
            executions: next()?.parse().ok()?,
            corpus: next()?.parse().ok()?,
            edges: next()?.parse().ok()?,
            crashes: next()?.parse().ok()?,
            date: next()?.to_owned(),
        };
        Some((name, row))
    }

    fn line(&self, name: &str) -> String {
        let Self { minutes, executions, corpus, edges, crashes, date } = self;
        format!(
            "| {name} | {minutes:.1} | {executions} | {corpus} | {edges} | {crashes} | {date} |\n"
        )
    }
}

/// All rows, and the page around them.
#[derive(Debug)]
pub(crate) struct Account {
    before: String,
    rows: BTreeMap<String, Row>,
    after: String,
}

impl Account {
    /// Reads the page.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let page = fs::read_to_string(path()).context("docs/fuzzing.md")?;
        Self::of_page(&page).context("docs/fuzzing.md has no account")
    }

    pub(crate) fn of_page(page: &str) -> Option<Self> {
        let (before, rest) = page.split_once(BEGIN)?;
        let (table, after) = rest.split_once(END)?;
        let rows = table.lines().filter_map(Row::of_line).collect();
        Some(Self { before: before.to_owned(), rows, after: after.to_owned() })
    }

    /// Adds a turn to a target's row.
    pub(crate) fn add(&mut self, name: &str, turn: &Turn) {
        let row = self.rows.entry(name.to_owned()).or_default();
        row.minutes += turn.time.as_secs_f64() / 60.0;
        row.executions += turn.executions;
        row.corpus = turn.corpus as u64;
        row.edges = row.edges.max(turn.edges);
        row.crashes += u64::from(turn.crash.is_some());
        row.date = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    }

    /// The page, with the targets in their order.
    pub(crate) fn page(&self) -> String {
        let lines = TARGETS.iter().map(|(name, _)| {
            let row = self.rows.get(*name).cloned().unwrap_or_default();
            row.line(name)
        });
        let table: String = lines.collect();
        format!("{}{BEGIN}\n{HEAD}{table}\n{END}{}", self.before, self.after)
    }

    /// Writes the page.
    pub(crate) fn write(&self) -> anyhow::Result<()> {
        Ok(fs::write(path(), self.page())?)
    }
}

fn path() -> PathBuf {
    crate::root().join("docs/fuzzing.md")
}
