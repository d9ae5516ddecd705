//! The command line.

mod case;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use minehound_report as report;

use crate::example::Example;

pub(crate) use case::{
    Attribute, ClueCommand, ClueFeedback, ClueImport, ClueSheet, ClueStatus, Import, LogReading,
    LogTimes, ProofFormat, Proto,
};

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
    /// Imports logs of firewalls, translators, leases, accounts and sensors into a case folder.
    Import(Box<Import>),
    /// Names the machine behind an address that was seen from outside, step by step with the log
    /// line of each; all that fit, with their probabilities, where several do.
    ///
    /// Exits 0 one fits, 5 several fit, 30 nobody is known.
    Attribute(Box<Attribute>),
    /// Lists of clues from above: takes them in, finds the machines, answers in the sender's columns.
    Clue {
        #[command(subcommand)]
        command: ClueCommand,
    },
    /// Prints the manual page of a detector.
    Explain {
        /// The detector: MH-NET-001, or stratum-shares.
        id: String,
    },
    /// Lists the detectors.
    Detectors,
    /// Prints an example of a file for --knowledge, --site, --declare or --map.
    Example {
        /// The option that takes the file.
        file: Example,
    },
    /// The range: writes labelled synthetic traffic, mining and innocent, for tests.
    ///
    /// Nothing is mined: shares are random numbers and no proof of work is computed. The same
    /// scenario and seed give the same bytes.
    Range {
        #[command(subcommand)]
        command: Range,
    },
    /// Prints completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Prints the manual page of this program, in roff.
    Man,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Range {
    /// Lists the scenarios that come with the program, smallest first.
    List,
    /// Writes a scenario: the capture, the truth and the logs that it asks for.
    Gen(RangeGen),
    /// Plays a live scenario over real sockets and tunnels in network namespaces of its own, and
    /// writes the capture and the truth.
    ///
    /// Needs the rights of root and the Debian packages that it names when they are missing.
    /// Nothing is mined, nothing outside the namespaces is reached, and all is taken down at the
    /// end, on an error and on Ctrl-C.
    Run(RangeRun),
    /// Compares what a tool said about a written scenario with its truth.
    Score(RangeScore),
}

#[derive(Debug, Args)]
pub(crate) struct RangeGen {
    /// A scenario of `minehound range list`, or a TOML file.
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// The seed of everything random.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// A folder that does not exist yet or is empty; - streams the capture to standard output.
    #[arg(long, value_name = "DIR", required_unless_present = "send")]
    pub(crate) out: Option<PathBuf>,
    /// Send flow records over UDP to a collector on this machine, such as 127.0.0.1:2055, in place
    /// of writing.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "out", requires = "format")]
    pub(crate) send: Option<SocketAddr>,
    /// What is sent.
    #[arg(long, value_enum, requires = "send")]
    pub(crate) format: Option<Exported>,
    /// Send at so many times the scenario's own pace; without it as fast as possible.
    #[arg(long, value_name = "FACTOR", requires = "send", value_parser = positive)]
    pub(crate) speed: Option<f64>,
    /// Hours in place of the scenario's own duration.
    #[arg(long, value_name = "HOURS", value_parser = positive)]
    pub(crate) hours: Option<f64>,
    /// So many times as many hosts in each group, one at least.
    #[arg(long, value_name = "FACTOR", value_parser = positive)]
    pub(crate) scale: Option<f64>,
    /// Print nothing on standard error but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RangeRun {
    /// A live scenario of `minehound range list`, or a TOML file with `kind = "live"`.
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// The seed of what is said; times are those of the day.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// A folder that does not exist yet or is empty.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Minutes in place of the scenario's own duration.
    #[arg(long, value_name = "MINUTES", value_parser = positive)]
    pub(crate) minutes: Option<f64>,
    /// Print nothing on standard error but errors and what was left out.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RangeScore {
    /// The folder that `range gen` wrote.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The tool that gave the result.
    #[arg(long, value_enum)]
    pub(crate) tool: ScoredTool,
    /// Its output: JSON of `inspect`, eve.json, notice.log, the CSV of `ndpiReader -C`, Falco's JSON
    /// lines, or JSON of `attribute --list`.
    #[arg(value_name = "RESULT")]
    pub(crate) result: PathBuf,
    /// Mining flows shorter than this count neither as found nor as missed.
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    pub(crate) least: f64,
    /// Print JSON in place of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A format that exporters send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum Exported {
    /// `NetFlow` version 5.
    NetFlow5,
    /// `NetFlow` version 9.
    NetFlow9,
    /// IPFIX.
    Ipfix,
    /// sFlow version 5.
    SFlow5,
}

/// A tool whose output can be scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScoredTool {
    /// This program.
    #[value(name = "self")]
    Own,
    /// Suricata's alerts.
    SuricataEve,
    /// Zeek's notices or signatures.
    Zeek,
    /// nDPI's flows.
    Ndpi,
    /// Falco's events.
    Falco,
    /// What `attribute --list` of this program says of a world of logs.
    Attribution,
}

/// A number above zero and at most 1000.
fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|it| *it > 0.0 && *it <= 1000.0);
    number.ok_or_else(|| crate::locale::word("bad-positive"))
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
    /// A case folder: its leases say which machine had an address, its lists what was reported of it.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) case: Option<PathBuf>,
    /// A table of addresses and countries: the CSV of tor-geoipdb, or MMDB; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) geo: Vec<PathBuf>,
    /// When blocks of a coin arrived, as COIN=FILE with a time a line; tunnels are tested with it. May
    /// be repeated.
    #[arg(long, value_name = "COIN=FILE")]
    pub(crate) blocks: Vec<String>,
    /// The difficulty that a server asks of each share, as HOST:PORT=DIFFICULTY@ALGORITHM, where the
    /// pool keeps it fixed; with it the shares counted in a connection that cannot be read give a
    /// hashrate. May be repeated.
    #[arg(long, value_name = "SERVER=DIFFICULTY@ALGORITHM")]
    pub(crate) share_work: Vec<String>,
    #[command(flatten)]
    pub(crate) log_times: LogTimes,
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
