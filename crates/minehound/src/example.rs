//! Files that may be handed in, shown to whoever has only the program.

use std::process::ExitCode;

use clap::ValueEnum;

use crate::output;

/// A file that an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Example {
    /// For --knowledge.
    Knowledge,
    /// For --site.
    Site,
    /// For --declare.
    Declare,
    /// For --map.
    Map,
}

/// Prints an example that the program accepts as it is.
pub(crate) fn print(example: Example) -> anyhow::Result<ExitCode> {
    let text = match example {
        Example::Knowledge => include_str!("example/knowledge.toml"),
        Example::Site => include_str!("example/site.toml"),
        Example::Declare => include_str!("example/declare.toml"),
        Example::Map => include_str!("example/map.toml"),
    };
    output::write(text.as_bytes(), None)?;
    Ok(ExitCode::SUCCESS)
}
