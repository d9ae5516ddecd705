//! Chores: what a person or CI runs, `cargo xtask --help`.

#![expect(clippy::print_stdout, reason = "chores tell whoever runs them what they found")]

mod attribution;
mod bench;
mod campus;
mod ci;
mod compare;
mod docs;
mod evaluate;
mod fuzz;
mod huge;
#[cfg(test)]
mod links;
mod program;
mod sweep;
#[cfg(test)]
mod tidy;
mod train;
mod watch;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Chores of the workspace")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Attributes the lists of campuses of logs and writes docs/attribution.md.
    Attribution {
        /// How many seeds of each scenario.
        #[arg(long, default_value_t = 3)]
        seeds: u64,
        /// Compare with the goals and write nothing.
        #[arg(long)]
        check: bool,
        /// A campus of 300,000 terminals in their place; takes 40 GB of disk and half an hour.
        #[arg(long, conflicts_with_all = ["seeds", "check"])]
        full: bool,
    },
    /// Measures speed and memory beside others and writes docs/performance.md.
    Bench {
        /// The folder with `network/`; without it the range's own captures are used.
        #[arg(long)]
        data: Option<PathBuf>,
        /// The least size of the big capture.
        #[arg(long, default_value_t = 1_600_000_000)]
        bytes: u64,
    },
    /// Plays days of a campus, counts who is accused there, and writes docs/campus.md.
    Campus {
        /// How many days, each with a seed of its own.
        #[arg(long, default_value_t = 10)]
        seeds: u64,
        /// How long each is; the page is written for whole days only.
        #[arg(long, default_value_t = 1440.0)]
        minutes: f64,
    },
    /// Everything that must pass: format, lints, tests, docs, thresholds.
    Ci,
    /// Sets generated sessions beside real ones and writes docs/comparison.md.
    CompareRange {
        /// The folder with `network/MANIFEST.csv`; without it that half of the page stays.
        #[arg(long)]
        data: Option<PathBuf>,
        /// A folder with folders that `minehound range run` wrote; without it that half stays.
        #[arg(long)]
        live: Option<PathBuf>,
    },
    /// Writes the generated reference.
    Docs,
    /// Measures detection on labelled captures and writes docs/evaluation.md.
    Evaluate {
        /// Compare with the committed thresholds and write nothing.
        #[arg(long)]
        check: bool,
        /// The folder with `network/MANIFEST.csv`; without it the range's own captures are used.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Measure one section alone and print it.
        #[arg(long, conflicts_with = "check")]
        part: Option<evaluate::Part>,
        /// Seeds of that section other than those that are reported, to choose something on.
        #[arg(long, requires = "part")]
        seed: Option<u64>,
        /// A folder with folders that `minehound range run` wrote: only the part of the page about
        /// them is written anew; without it that part stays.
        #[arg(long, conflicts_with_all = ["check", "data", "part"])]
        live: Option<PathBuf>,
    },
    /// Fuzzes the decoders and keeps the account in docs/fuzzing.md.
    Fuzz {
        /// Minutes for each target, in turns of at most one.
        #[arg(long, default_value_t = 1.0)]
        minutes: f64,
        /// Only this target; may be given several times.
        #[arg(long)]
        target: Vec<String>,
        /// Write fuzz/seeds anew instead.
        #[arg(long)]
        seed_corpus: bool,
    },
    /// Reads captures whole, cut off and damaged: nothing may crash, hang or grow.
    SweepCorpus {
        /// The folder with `network/`; without it the range's own captures are swept.
        #[arg(long)]
        data: Option<PathBuf>,
        /// The share of the files that are taken.
        #[arg(long, default_value_t = 1.0)]
        share: f64,
        /// At how many points each file is cut off.
        #[arg(long, default_value_t = 200)]
        points: usize,
    },
    /// Hands over lists and logs that are far too large and writes docs/huge-files.md; takes 8 GB of disk
    /// and some minutes.
    Huge,
    /// Learns the models of what cannot be read and writes them with docs/model.md.
    Train {
        /// The folder with `network/`; without it the models are made of the range alone.
        #[arg(long)]
        data: Option<PathBuf>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().chore {
        Chore::Attribution { full: true, .. } => attribution::run_full(),
        Chore::Attribution { seeds, check, .. } => attribution::run(seeds, check),
        Chore::Bench { data, bytes } => bench::run(data.as_deref(), bytes),
        Chore::Campus { seeds, minutes } => campus::run(seeds, minutes),
        Chore::Ci => ci::run(),
        Chore::Huge => huge::run(),
        Chore::CompareRange { data, live } => compare::run(data.as_deref(), live.as_deref()),
        Chore::Docs => docs::write(),
        Chore::Fuzz { seed_corpus: true, .. } => fuzz::write_seeds(),
        Chore::Fuzz { minutes, target, .. } => fuzz::run(minutes, &target),
        Chore::SweepCorpus { data, share, points } => {
            sweep::run(&sweep::Sweep { data, share, points })
        }
        Chore::Train { data } => train::run(data.as_deref()),
        Chore::Evaluate { part: Some(part), seed, .. } => evaluate::one_part(part, seed),
        Chore::Evaluate { live: Some(runs), .. } => evaluate::live(&runs),
        Chore::Evaluate { check, data, .. } => evaluate::run(data.as_deref(), check),
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The labelled data that may lie beside the project.
fn shared_data() -> Option<PathBuf> {
    let data = root().join("../shared/data");
    data.is_dir().then_some(data)
}
