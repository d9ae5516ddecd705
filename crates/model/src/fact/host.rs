//! What a machine says about itself.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use strum::Display;

use super::WalletSeen;

/// A command line with the shape of a miner's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MinerCommand {
    /// Where it connects, as written, without credentials.
    pub pool: Option<String>,
    /// The login named, without its password.
    pub user: Option<String>,
    /// The algorithm or coin named.
    pub algorithm: Option<String>,
    /// The option shapes that were recognised, for example `stratum-url`, `donate-level`.
    pub shapes: Vec<String>,
    /// Whether the shapes together have no use besides mining.
    pub conclusive: bool,
}

/// A connection that a program holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Socket {
    /// Our end.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
}

/// The memory of a program, as far as it has a shape that an algorithm leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemoryShape {
    /// Anonymous mappings of 2080 MiB or more, and of 256 MiB to 260 MiB: the sizes in MiB.
    pub dataset_mib: Vec<u64>,
    /// Anonymous mappings of exactly 2 MiB or 4 MiB that are written to: scratchpads.
    pub scratchpads: u64,
    /// Anonymous memory that is both written and executed, in KiB: code made at run time.
    pub jit_kib: u64,
    /// Memory in huge pages, in KiB.
    pub huge_kib: u64,
}

/// What became of the file a program was started from.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ExeState {
    /// It could not be read.
    #[default]
    Unknown,
    /// It lies where it was started from.
    OnDisk,
    /// It was deleted or replaced since.
    Deleted,
    /// It never was on a disk (`memfd`).
    InMemory,
}

/// Who runs a program.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProgramRole {
    /// A user or a service.
    #[default]
    User,
    /// The kernel itself.
    KernelThread,
    /// A user or a service, though it dresses as a thread of the kernel.
    PosesAsKernelThread,
}

/// A program that was running.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Program {
    /// The number of the process.
    pub pid: u32,
    /// The number of its parent.
    pub parent: u32,
    /// The name the kernel shows (`comm`).
    pub name: String,
    /// The file it was started from, as far as it could be read.
    pub exe: Option<String>,
    /// What became of that file.
    pub exe_state: ExeState,
    /// The SHA-256 of the file, where something else made it worth reading.
    pub exe_sha256: Option<String>,
    /// The command line, cut at 64 arguments of 512 bytes, its passwords left out.
    pub args: Vec<String>,
    /// The account it runs under, by number.
    pub uid: Option<u32>,
    /// The account that logged in and whose session it belongs to, by number, whatever account it
    /// runs under since.
    pub login_uid: Option<u32>,
    /// Whether it has a terminal.
    pub terminal: bool,
    /// When it started, in milliseconds since 1970.
    pub started_ms: Option<i64>,
    /// Who runs it.
    pub role: ProgramRole,
    /// The share of one processor it used over the sample, in percent.
    pub cpu_percent: Option<f64>,
    /// Processor time used since its start, in seconds.
    pub cpu_s: f64,
    /// How many threads it runs.
    pub threads: u32,
    /// How many of its threads were busy alike, within 10 % of each other, over the sample.
    pub equal_threads: u32,
    /// What its memory looks like.
    pub memory: MemoryShape,
    /// Its connections to other machines.
    pub sockets: Vec<Socket>,
    /// The container it runs in.
    pub container: Option<String>,
    /// What its command line looks like.
    pub command: Option<MinerCommand>,
    /// Libraries for graphics computing it has mapped: `opencl`, `cuda`, `hip`.
    pub gpu_libraries: Vec<String>,
}

/// A file with the shape of a miner's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MinerConfig {
    /// Where it lies.
    pub path: String,
    /// Its SHA-256.
    pub sha256: String,
    /// The family of programs that reads such files, for example `xmrig`.
    pub shape: String,
    /// The pools it names, as written, without credentials.
    pub pools: Vec<String>,
    /// The logins it names.
    pub users: Vec<String>,
    /// The wallets in them.
    pub wallets: Vec<WalletSeen>,
    /// The settings in it that only miners have, by name.
    pub settings: Vec<String>,
    /// The process that named it on its command line or lies beside it, if any.
    pub pid: Option<u32>,
    /// Files beside it that can be run, by name, cut at 32.
    pub beside: Vec<String>,
}

/// Where something that starts by itself is written down.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AutostartPlace {
    /// A cron table.
    #[default]
    Cron,
    /// An `at` job.
    At,
    /// A unit of systemd.
    SystemdUnit,
    /// A timer of systemd.
    SystemdTimer,
    /// `/etc/rc.local`.
    RcLocal,
    /// A script in `init.d`.
    InitScript,
    /// A shell profile.
    Profile,
    /// `/etc/ld.so.preload`.
    Preload,
    /// A desktop entry in an autostart folder.
    Xdg,
    /// `authorized_keys`, which may carry a command.
    AuthorizedKeys,
    /// A udev rule that runs a program.
    Udev,
    /// A script that runs when a network comes or goes.
    NetworkScript,
    /// A program that supervisord(8), runit or upstart keeps running.
    Supervised,
    /// A command that another program runs along: logrotate(8), apt.conf(5), githooks(5).
    Hook,
    /// What a container runs: a pod's or a compose file's command or image.
    Container,
}

/// Something that starts by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Autostart {
    /// What kind of place it is written in.
    pub place: AutostartPlace,
    /// The file.
    pub path: String,
    /// The line, counted from one.
    pub line: Option<u64>,
    /// What is run, cut at 1,024 bytes, its passwords left out.
    pub command: String,
    /// The logins, workers and rigs that it names.
    pub logins: Vec<String>,
    /// What the command looks like, for example `fetch-pipe-shell`, `decode-pipe-shell`,
    /// `temporary-folder`, `hidden-folder`.
    pub shapes: Vec<String>,
    /// The command as a miner's, if it has the shape of one.
    pub miner: Option<Box<MinerCommand>>,
    /// Whether the file bears exactly the time of `/bin/sh`, as planted files do.
    pub borrowed_time: bool,
    /// Whether the file was made unchangeable (`chattr +i`).
    pub immutable: bool,
}

/// A process that the usual list does not show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HiddenProcess {
    /// Its number.
    pub pid: u32,
    /// How it was seen nevertheless, for example `open-succeeds`, `mount-over`.
    pub seen_by: String,
    /// Its name, if it could be read.
    pub name: Option<String>,
}

/// What the kernel loads or sets that RandomX tuning asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KernelTuning {
    /// Whether the module for model-specific registers is loaded.
    pub msr_module: bool,
    /// Whether writing those registers was allowed without warning.
    pub msr_writes_allowed: bool,
    /// Huge pages set aside, by number.
    pub huge_pages: u64,
    /// Of these, pages in use.
    pub huge_pages_used: u64,
    /// What the kernel says was done to it, as the mask of `/proc/sys/kernel/tainted`.
    pub taint: u64,
}

/// What happened to a protection.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProtectionChange {
    /// A security agent left traces and is gone.
    #[default]
    AgentRemoved,
    /// A security agent is installed and does not run.
    AgentStopped,
    /// A script, or something that starts by itself, stops or removes a security agent.
    RemovalScripted,
    /// Sleep was masked.
    SleepMasked,
    /// The library preload file is in use.
    PreloadInUse,
    /// A kernel module is loaded that the module list does not show.
    ModuleHidden,
    /// A kernel module known from a rootkit is loaded.
    RootkitModule,
    /// A name of a pool or of a security vendor was redirected in the hosts file.
    HostsRedirect,
}

/// A protection that was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Protection {
    /// What happened.
    pub change: ProtectionChange,
    /// To what: the unit, agent, module or library.
    pub what: String,
    /// The file and line where a command is written that does it.
    pub place: Option<String>,
    /// That command, cut at 256 bytes, its passwords left out.
    pub command: Option<String>,
}

/// A file where a known family leaves one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileTrace {
    /// Where it lies.
    pub path: String,
    /// Its SHA-256, for files up to 64 MiB.
    pub sha256: Option<String>,
    /// What it is recognised by, for example `family-path`, `miner-strings`.
    pub shape: String,
}

/// The bus a device is attached to.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Bus {
    /// PCI or PCI Express.
    #[default]
    Pci,
    /// USB.
    Usb,
}

/// A device attached to a bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Device {
    /// Which bus.
    pub bus: Bus,
    /// Its place on the bus, for example `0000:01:00.0`.
    pub address: String,
    /// The number of its maker.
    pub vendor: u16,
    /// The number of its product.
    pub product: u16,
    /// The class, as PCI codes it (`0x030000` is a display controller); zero if unknown.
    pub class: u32,
    /// What it says of its maker.
    pub manufacturer: Option<String>,
    /// What it says of itself.
    pub name: Option<String>,
    /// Lanes in use, for PCI Express.
    pub lanes: Option<u32>,
}

/// How busy the processors were over a sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CpuLoad {
    /// How long the sample was, in seconds.
    pub sample_s: f64,
    /// How many processors.
    pub processors: u32,
    /// How much of all of them was busy, in percent.
    pub busy_percent: f64,
}

/// What machine this is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HostProfile {
    /// Its name.
    pub hostname: String,
    /// The operating system, as it names itself.
    pub os: String,
    /// The kernel release.
    pub kernel: String,
    /// Whether a mounted root was read, not a running machine.
    pub offline: bool,
    /// Whether everything could be read.
    pub privileged: bool,
    /// How many processes were read.
    pub processes: u64,
    /// How many processors.
    pub processors: u32,
    /// Memory, in MiB.
    pub memory_mib: u64,
    /// The hardware addresses of its network cards.
    #[serde(default)]
    pub hardware_addresses: Vec<crate::HardwareAddress>,
}
