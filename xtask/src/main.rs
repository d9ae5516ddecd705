//! Chores: what a person or CI runs, `cargo xtask --help`.

mod ci;
mod docs;
mod evaluate;
mod program;
#[cfg(test)]
mod tidy;

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
    /// Everything that must pass: format, lints, tests, docs, thresholds.
    Ci,
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
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().chore {
        Chore::Ci => ci::run(),
        Chore::Docs => docs::write(),
        Chore::Evaluate { check, data } => evaluate::run(data.as_deref(), check),
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
