//! What a case folder is told and asked.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What is taken for granted where lines of logs do not say when they were.
#[derive(Debug, Args)]
pub(crate) struct LogTimes {
    /// The time zone of lines that name none, like Asia/Shanghai or +08:00; by default that of
    /// the system.
    #[arg(long, value_name = "ZONE")]
    pub(crate) log_tz: Option<String>,
    /// The day that no line is later than, for lines without a year; by default today.
    #[arg(long, value_name = "DAY")]
    pub(crate) latest: Option<String>,
}

/// How logs are read where their lines leave something open.
#[derive(Debug, Args)]
pub(crate) struct LogReading {
    #[command(flatten)]
    pub(crate) times: LogTimes,
    /// What the device is called where lines do not name it; by default as the file is.
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,
    /// When tables were taken that do not say so (addresses, hardware addresses, stations), like
    /// 2026-11-25 10:03.
    #[arg(long, value_name = "TIME")]
    pub(crate) taken_at: Option<String>,
    /// A grammar of your own, in TOML, for a format that is not known.
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Logs: files (also packed with gzip or zstd) and folders, which are walked.
    #[arg(value_name = "LOG", required_unless_present = "listen")]
    pub(crate) logs: Vec<PathBuf>,
    /// The case folder; it is made where it does not exist.
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// Take syslog over UDP and TCP on this address until Ctrl-C, like 192.168.1.9:5514; who can reach it
    /// can write lines.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Listen for so many minutes.
    #[arg(long, value_name = "MINUTES", requires = "listen")]
    pub(crate) minutes: Option<f64>,
    #[command(flatten)]
    pub(crate) reading: LogReading,
    /// Print JSON in place of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing on standard error but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Attribute {
    /// The address that was seen from outside, as ADDRESS or ADDRESS:PORT.
    #[arg(long, value_name = "ADDRESS", required_unless_present = "list")]
    pub(crate) ip: Option<String>,
    /// A list of addresses with times, as workbook or delimited text, in place of one address.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ip", "port", "proto", "to", "at"])]
    pub(crate) list: Option<PathBuf>,
    /// What columns of the list mean, like address=C,port=D,seen=F; by default as their headers
    /// and cells say.
    #[arg(long, value_name = "COLUMNS", requires = "list")]
    pub(crate) columns: Option<String>,
    /// Its port.
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// The protocol.
    #[arg(long, value_enum)]
    pub(crate) proto: Option<Proto>,
    /// Whom it spoke to, as ADDRESS or ADDRESS:PORT.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Option<String>,
    /// When, like 2026-11-25 10:03:07, with or without seconds and with or without a zone as in
    /// +08:00; two of them with / between for a stretch.
    #[arg(long, value_name = "TIME", required_unless_present = "list")]
    pub(crate) at: Option<String>,
    /// The case folder that logs were imported into.
    #[arg(long, value_name = "DIR", required_unless_present = "logs")]
    pub(crate) case: Option<PathBuf>,
    /// Logs to read for this question alone: files and folders; may be repeated.
    #[arg(long, value_name = "LOG", num_args = 1..)]
    pub(crate) logs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: LogReading,
    /// The site, in TOML: which devices translate which addresses.
    #[arg(long, value_name = "FILE")]
    pub(crate) site: Option<PathBuf>,
    /// By how many seconds the clock of who asks may be off.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    pub(crate) clock_error: f64,
    /// The time zone of --at and of shown times; by default that of the system.
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// How to write the proof sheet; by default as the ending of --out says, else for a terminal.
    #[arg(long, value_enum)]
    pub(crate) format: Option<ProofFormat>,
    /// Write the proof sheet to this file; by default to standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print nothing on standard error but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// A protocol with ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Proto {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Proto {
    /// Its number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Tcp => 6,
            Self::Udp => 17,
        }
    }
}

/// A format of the proof sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProofFormat {
    /// For a terminal.
    Plain,
    /// For other programs: minehound.attribution/1.
    Json,
    /// One printable page.
    Html,
}

/// What is done with lists of clues.
#[derive(Debug, Subcommand)]
pub(crate) enum ClueCommand {
    /// Takes a list into the case: understands its columns, finds the machine of each line, and
    /// says how far each line is borne out. A list that is in the case is judged anew.
    Import(ClueImport),
    /// Writes the answers into a copy of the list, in the sender's own columns; what people wrote
    /// stays.
    Feedback(ClueFeedback),
    /// Writes what speaks against lines: looked up only, expired pools, shared addresses,
    /// resolvers.
    Dispute(ClueSheet),
    /// Lists what would settle open lines: which log, which machine to look at.
    Next(ClueSheet),
    /// Says how far each list is, what is due, and who was named before.
    Status(ClueStatus),
}

#[derive(Debug, Args)]
pub(crate) struct ClueImport {
    /// The list: a workbook (.xlsx) or delimited text, also in GBK.
    #[arg(value_name = "LIST")]
    pub(crate) list: PathBuf,
    /// The case folder; it is made where it does not exist.
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// Who sent it; what their columns mean is remembered under this name.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) sender: String,
    /// What columns mean, like address=C,port=D,seen=F,result=H; by default as their headers and
    /// cells say, and as remembered.
    #[arg(long, value_name = "COLUMNS")]
    pub(crate) columns: Option<String>,
    /// The day until which answers are due, for lines that name none.
    #[arg(long, value_name = "DAY")]
    pub(crate) due: Option<String>,
    /// The site, in TOML: which devices translate which addresses.
    #[arg(long, value_name = "FILE")]
    pub(crate) site: Option<PathBuf>,
    /// A knowledge file of your own, in TOML; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Vec<PathBuf>,
    /// By how many seconds the sender's clock may be off, where the logs do not tell.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    pub(crate) clock_error: f64,
    /// The time zone of the list's times; by default that of the system.
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// Print JSON in place of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing on standard error but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ClueFeedback {
    /// The case folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// The number of the list, as `clue status` shows; by default the latest.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) list: Option<i64>,
    /// A copy of the list that people have written into: their cells stay.
    #[arg(long, value_name = "FILE")]
    pub(crate) onto: Option<PathBuf>,
    /// Where to write the answered list.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The time zone of shown times; by default that of the system.
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// Print nothing on standard error but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// How a sheet is written.
#[derive(Debug, Args)]
pub(crate) struct Written {
    /// The time zone of shown times and days; by default that of the system.
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// How to write it; by default as the ending of --out says, else for a terminal.
    #[arg(long, value_enum)]
    pub(crate) format: Option<ProofFormat>,
    /// Write it to this file; by default to standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ClueSheet {
    /// The case folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// The number of the list, as `clue status` shows; by default all.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) list: Option<i64>,
    #[command(flatten)]
    pub(crate) written: Written,
}

#[derive(Debug, Args)]
pub(crate) struct ClueStatus {
    /// The case folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// The day that deadlines are held against; by default today.
    #[arg(long, value_name = "DAY")]
    pub(crate) today: Option<String>,
    #[command(flatten)]
    pub(crate) written: Written,
}
