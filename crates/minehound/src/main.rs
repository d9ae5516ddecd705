//! The program: wires collectors, linking, detectors, assessment and reports together.
//!
//! Invariant: decides nothing about mining; it only carries things from one crate to the next.

mod args;
mod case;
mod example;
mod explain;
mod inspect;
mod known;
mod locale;
mod output;
mod progress;
mod range;
mod told;
mod usage;
mod zone;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::FromArgMatches;
use usage::Usage;

/// A report may be made of millions of small texts: this allocator takes less processor time for them
/// than the system's, and holds more memory where there is little to hold.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let command = locale::localised(std::env::args_os());
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            if let Some(line) = told::usage(&error) {
                eprintln!("{line}");
                return 2.into();
            }
            let failed = error.print().is_err();
            let code = if error.use_stderr() { 2 } else { u8::from(failed) };
            return code.into();
        }
    };
    match Cli::from_arg_matches(&matches).map_err(anyhow::Error::from).and_then(run) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}{}{}", locale::word("error"), locale::colon(), told::error(&error));
            if error.is::<Usage>() { 2.into() } else { ExitCode::FAILURE }
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Inspect(args) => inspect::run(&args, locale::chosen(cli.lang)),
        Command::Import(args) => case::import::run(&args),
        Command::Attribute(args) => case::attribute::run(&args, locale::chosen(cli.lang)),
        Command::Clue { command } => case::clue::run(&command, locale::chosen(cli.lang)),
        Command::Explain { id } => explain::explain(&id, locale::chosen(cli.lang)),
        Command::Detectors => explain::list(locale::chosen(cli.lang)),
        Command::Example { file } => example::print(file),
        Command::Range { command } => range::run(&command, locale::chosen(cli.lang)),
        Command::Completions { shell } => explain::completions(shell),
        Command::Man => explain::man(),
    }
}
