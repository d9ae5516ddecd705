//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use minehound_report as report;

use crate::example::Example;

/// Finds cryptocurrency mining in whatever evidence there is, and says what it could not see.
#[derive(Debug, Parser)]
#[command(name = "minehound", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// The language; by default that of the locale.
    #[arg(long, value_enum, global = true)]
    pub(crate) lang: Option<Lang>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Inspects this machine, or the files and folders named, and fills the inspection table.
    ///
    /// Exits 0 nothing found, 5 clue, 10 suspected, 20 confirmed, 30 not assessed or
    /// inconclusive; 1 on an error, 2 on a wrong command line.
    Inspect(Box<Inspect>),
    /// Prints the manual page of a detector.
    Explain {
        /// The detector: MH-NET-001, or stratum-shares.
        id: String,
    },
    /// Lists the detectors.
    Detectors,
    /// Prints an example of a file for --knowledge, --site or --declare.
    Example {
        /// The option that takes the file.
        file: Example,
    },
    /// Prints completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints the manual page of this program, in roff.
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// Captures and saved snapshots: files, folders (walked), or - for standard input. Without any:
    /// this machine.
    #[arg(value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    /// Inspect this machine besides the sources.
    #[arg(long, conflicts_with = "root")]
    pub(crate) this_machine: bool,
    /// Inspect the system mounted at this folder in place of this machine; nothing live is read.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// How many seconds to watch the processors; 0 for not at all.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, allow_hyphen_values = true)]
    pub(crate) sample: f64,
    /// Save what was read of this machine to a file that can be inspected again.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Lay a knowledge file over the built-in knowledge; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Vec<PathBuf>,
    /// Declared compute, in TOML; it explains circumstances and nothing else.
    #[arg(long, value_name = "FILE")]
    pub(crate) declare: Option<PathBuf>,
    /// The site, in TOML: shared addresses, resolvers, approved VPNs and research.
    #[arg(long, value_name = "FILE")]
    pub(crate) site: Option<PathBuf>,
    /// A table of addresses and countries: the CSV of tor-geoipdb, or MMDB; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) geo: Vec<PathBuf>,
    /// When blocks of a coin arrived, as COIN=FILE with a time a line; tunnels are tested with it. May
    /// be repeated.
    #[arg(long, value_name = "COIN=FILE")]
    pub(crate) blocks: Vec<String>,
    /// The country that counts as domestic.
    #[arg(long, value_name = "COUNTRY", default_value = "CN")]
    pub(crate) home: String,
    /// A filled inspection table (XLSX) whose human columns are carried over.
    #[arg(long, value_name = "FILE")]
    pub(crate) manual: Option<PathBuf>,
    /// How to write the report; by default as the ending of --out says, else a table.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Write the report to this file; by default to standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The time zone of shown times, like Asia/Shanghai or +08:00; by default that of the system.
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// Hide wallets, accounts and inner addresses.
    #[arg(long)]
    pub(crate) mask: bool,
    /// Print nothing on standard error but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Chinese.
    #[value(name = "zh-CN", aliases = ["zh", "zh-cn", "zh_CN"])]
    Zh,
    /// English.
    #[value(name = "en")]
    En,
}

/// A format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A summary and tables for a terminal.
    Table,
    /// For other programs: minehound.assessment/1.
    Json,
    /// One page that needs nothing else.
    Html,
    /// A workbook with columns for people to fill.
    Xlsx,
    /// The inspection table.
    Csv,
    /// SARIF 2.1.0.
    Sarif,
}

impl From<Lang> for report::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Zh,
            Lang::En => Self::En,
        }
    }
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Table => Self::Table,
            Format::Json => Self::Json,
            Format::Html => Self::Html,
            Format::Xlsx => Self::Xlsx,
            Format::Csv => Self::Csv,
            Format::Sarif => Self::Sarif,
        }
    }
}
