//! Programs: miners, malware, guards, and those that only look alike.

use serde::{Deserialize, Serialize};

use super::{Entry, Text};

/// What a mining program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MinerKind {
    /// Processors.
    Cpu,
    /// Graphics cards.
    Gpu,
    /// Processors and graphics cards.
    CpuGpu,
    /// Mining machines: it drives or runs in them.
    Asic,
    /// No hashing: it stands between miners and pools.
    Proxy,
    /// No hashing: it starts and watches miners.
    Launcher,
    /// Disks.
    Storage,
}

/// A mining program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Miner {
    /// Its name.
    pub name: String,
    /// File names and other names that are its alone, lower case, without `.exe`.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// File names it ships under that other programs bear too: never evidence alone.
    #[serde(default)]
    pub generic_names: Vec<String>,
    /// Names among its own that files of others bear too: on a disk they are listed, not weighed.
    #[serde(default)]
    pub shared_names: Vec<String>,
    /// What it runs on.
    pub kind: MinerKind,
    /// Options that are typical of it.
    #[serde(default)]
    pub options: Vec<String>,
    /// How it begins the agent string it sends to pools.
    #[serde(default)]
    pub agents: Vec<String>,
    /// Keys of its configuration file that are typical of it.
    #[serde(default)]
    pub config_keys: Vec<String>,
    /// Default ports of its control interface.
    #[serde(default)]
    pub api_ports: Vec<u16>,
    /// Algorithms it is known for, names in the table of algorithms.
    #[serde(default)]
    pub algorithms: Vec<String>,
    /// What a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

impl Entry for Miner {
    fn key(&self) -> String {
        self.name.to_lowercase()
    }

    fn lint(&self) -> Result<(), String> {
        let names = self.aliases.iter().chain(&self.generic_names);
        match names
            .into_iter()
            .find(|it| it.as_str() != it.to_lowercase() || it.strip_suffix(".exe").is_some())
        {
            Some(name) => {
                Err(format!("`aliases`: \"{name}\" is written in lower case without .exe"))
            }
            None => Ok(()),
        }
    }
}

/// What a hiding name pretends to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MasqueradeKind {
    /// A kernel thread; a process of that name with an executable is none.
    KernelThread,
    /// A service of the system, misspelt or out of place.
    SystemService,
    /// A real name of the system, borrowed unchanged: only place and parent tell them apart.
    Borrowed,
    /// Nothing; the name was invented.
    Invented,
}

/// A name that mining malware has used for its processes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Masquerade {
    /// The process name, as the system shows it.
    pub name: String,
    /// What it pretends to be.
    pub kind: MasqueradeKind,
    /// The genuine name it imitates.
    #[serde(default)]
    pub imitates: Option<String>,
    /// Families that used it, names in the table of families.
    #[serde(default)]
    pub families: Vec<String>,
}

impl Entry for Masquerade {
    fn key(&self) -> String {
        self.name.clone()
    }
}

/// Traces that a family of mining malware leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// Other names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Files and folders.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Process names.
    #[serde(default)]
    pub processes: Vec<String>,
    /// Names of services, units, timers and scheduled tasks.
    #[serde(default)]
    pub services: Vec<String>,
    /// Kernel modules.
    #[serde(default)]
    pub modules: Vec<String>,
    /// Pieces of autostart commands that are its own.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Download and control names.
    #[serde(default)]
    pub domains: Vec<String>,
    /// What a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

impl Entry for Family {
    fn key(&self) -> String {
        self.name.to_lowercase()
    }

    fn host_names(&self) -> Vec<&str> {
        self.domains.iter().map(String::as_str).collect()
    }
}

/// A security agent whose removal or stop matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityAgent {
    /// Its name.
    pub name: String,
    /// Its name in both languages.
    pub title: Text,
    /// Process names.
    #[serde(default)]
    pub processes: Vec<String>,
    /// Units and services.
    #[serde(default)]
    pub services: Vec<String>,
    /// Folders it alone installs itself in: what is left there after its removal is a trace.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Whether it is part of the system, not an agent that was installed to watch it: scripts of
    /// all kinds stop it.
    #[serde(default)]
    pub part_of_system: bool,
    /// Pieces of commands that remove it.
    #[serde(default)]
    pub removal: Vec<String>,
}

impl Entry for SecurityAgent {
    fn key(&self) -> String {
        self.name.to_lowercase()
    }

    fn lint(&self) -> Result<(), String> {
        self.title.lint("title")
    }
}

/// Why a program looks like mining.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotMiningKind {
    /// Sells or shares upload bandwidth and disk (PCDN).
    Pcdn,
    /// Volunteer computing.
    VolunteerComputing,
    /// Measures the machine.
    Benchmark,
    /// Builds, encodes, renders or computes.
    HeavyWork,
    /// Wallets and nodes.
    WalletOrNode,
    /// Watches or hunts miners.
    Monitoring,
    /// Speaks JSON-RPC or a line protocol that resembles a pool's.
    Protocol,
}

/// A program that looks like mining and is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotMining {
    /// Its name.
    pub name: String,
    /// Its name in both languages.
    pub title: Text,
    /// Why it looks alike.
    pub kind: NotMiningKind,
    /// Process names.
    #[serde(default)]
    pub programs: Vec<String>,
    /// Domains it talks to.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Ports it uses.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// JSON-RPC methods, or prefixes of them that end in `.`, `/` or `_`.
    #[serde(default)]
    pub methods: Vec<String>,
    /// What a reader should know.
    #[serde(default)]
    pub note: Option<String>,
}

impl Entry for NotMining {
    fn key(&self) -> String {
        self.name.to_lowercase()
    }

    fn host_names(&self) -> Vec<&str> {
        self.domains.iter().map(String::as_str).collect()
    }

    fn lint(&self) -> Result<(), String> {
        self.title.lint("title")
    }
}
