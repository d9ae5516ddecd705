//! Processes of this machine, from `/proc`. One that vanishes while it is read is no error.

mod identity;
mod memory;
mod role;
mod sample;
mod sockets;
mod stat;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minehound_model::{ExeState, FactKind, Program, ProgramRole};

use self::sample::Busy;
use self::sockets::SocketTables;
pub(super) use self::stat::{Stat, boot_ms};
use super::recorder::Recorder;
use super::root::digest;
use super::secrets;
use super::{Scene, command, read_live};

/// The largest program file whose digest is taken.
const MAX_EXE: u64 = 64 << 20;
/// How many program files are digested.
const MAX_DIGESTS: usize = 32;
/// The most threads that are followed one by one.
const MAX_THREADS: usize = 32_768;

/// The processes of this machine.
#[derive(Default)]
pub(super) struct Processes {
    /// Those that could be read, by number; threads of the kernel too.
    pub(super) list: Vec<Process>,
    /// The numbers that the C library lists, which a preloaded library can falsify.
    pub(super) listed: BTreeSet<u32>,
    /// The numbers that the kernel itself lists.
    pub(super) listed_by_kernel: BTreeSet<u32>,
    /// The numbers of their threads.
    pub(super) threads: BTreeSet<u32>,
    /// Whether something of another user could not be read.
    pub(super) unprivileged: bool,
    /// Whether a process that may mine let not even root look into it.
    pub(super) closed: bool,
    /// Whether there were more than were read.
    cut: bool,
    /// Processor times before the sample.
    before: Option<Busy>,
}

/// One process.
pub(super) struct Process {
    /// What becomes a fact.
    pub(super) program: Program,
    /// Its state when it was listed.
    pub(super) stat: Stat,
    /// Processor time of its threads when it was listed, in ticks.
    thread_ticks: Vec<(u32, u64)>,
    /// The file it was started from, as its own root names it.
    pub(super) exe: Option<PathBuf>,
    /// Its working folder, as its own root names it.
    pub(super) cwd: Option<PathBuf>,
}

impl Processes {
    /// Lists what runs and takes the first reading of processor times.
    pub(super) fn list(scene: &Scene<'_>) -> Self {
        let mut processes = Self {
            listed: listed_by_library().unwrap_or_default(),
            listed_by_kernel: listed_by_kernel().unwrap_or_default(),
            before: (!scene.options.sample.is_zero()).then(Busy::read).flatten(),
            ..Self::default()
        };
        // `hidepid` keeps the processes of others, the first among them, out of every view.
        processes.unprivileged = !processes.listed_by_kernel.contains(&1);
        let numbers = processes.listed.union(&processes.listed_by_kernel).copied();
        let numbers: Vec<u32> = numbers.collect();
        processes.cut = numbers.len() > scene.options.limits.processes;
        for pid in numbers.into_iter().take(scene.options.limits.processes) {
            let Some(stat) = Stat::read(&format!("/proc/{pid}/stat")) else { continue };
            let thread_ticks = processes.threads_of(pid, &stat);
            let program = Program {
                pid,
                parent: stat.parent,
                terminal: stat.terminal,
                name: stat.name.clone(),
                threads: stat.threads,
                cpu_s: stat.cpu_s(),
                ..Program::default()
            };
            processes.list.push(Process { program, stat, thread_ticks, exe: None, cwd: None });
        }
        processes
    }

    /// The threads of a process, with their times if they are to be sampled.
    fn threads_of(&mut self, pid: u32, stat: &Stat) -> Vec<(u32, u64)> {
        if stat.threads <= 1 || self.threads.len() > MAX_THREADS {
            return vec![(pid, stat.ticks)];
        }
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
        let numbers = threads.flatten().filter_map(|it| it.file_name().to_str()?.parse().ok());
        let numbers: Vec<u32> = numbers.take(MAX_THREADS).collect();
        self.threads.extend(&numbers);
        if self.before.is_none() {
            return Vec::new();
        }
        let ticks = |tid| Some((tid, Stat::read(&format!("/proc/{pid}/task/{tid}/stat"))?.ticks));
        numbers.into_iter().filter_map(ticks).collect()
    }

    /// Reads everything about each process but the sample.
    pub(super) fn read(&mut self, scene: &Scene<'_>, recorder: &mut Recorder<'_>) {
        let boot_ms = boot_ms();
        let mut sockets = SocketTables::default();
        let (is_root, mut rests) = (rustix::process::geteuid().is_root(), false);
        for process in &mut self.list {
            let pid = process.program.pid;
            process.program.started_ms = boot_ms.map(|it| it + process.stat.started_ms());
            let denied = if process.stat.is_kernel_thread() {
                process.program.role = ProgramRole::KernelThread;
                false
            } else {
                process.read_identity() | process.read_memory() | sockets.join(pid, process)
            };
            if denied && is_root {
                // Hardened systems close single processes to root too; one that rests hides nothing.
                let age_ms = process.program.started_ms.map_or(0, |it| recorder.now_ms() - it);
                self.closed |= process.stat.may_mine(age_ms);
                rests |= !process.stat.may_mine(age_ms);
            }
            self.unprivileged |= denied && !is_root;
        }
        recorder.looked(FactKind::Program, self.list.len());
        for (gap, present) in [
            ("unprivileged", self.unprivileged),
            ("processes-closed", self.closed),
            ("some-processes-closed", rests),
            ("budget", self.cut || sockets.cut),
            ("no-sample", scene.options.sample.is_zero()),
        ] {
            if present {
                recorder.gap(FactKind::Program, gap);
            }
        }
    }

    /// Waits for the end of the sample, which began with [`Self::list`].
    pub(super) fn sample(&mut self, scene: &Scene<'_>, recorder: &mut Recorder<'_>) {
        let Some(before) = self.before.take() else { return };
        let rest = scene.options.sample.saturating_sub(before.at.elapsed());
        std::thread::sleep(rest);
        let elapsed_s = before.at.elapsed().as_secs_f64();
        for process in &mut self.list {
            process.take_sample(elapsed_s);
        }
        if let (Some(load), true) = (before.load_since(), elapsed_s > 0.0) {
            recorder.looked(FactKind::CpuLoad, 1);
            recorder.note(load, "/proc/stat");
        }
    }

    /// Pours out a fact for each process but the threads of the kernel.
    pub(super) fn observe(self, recorder: &mut Recorder<'_>) {
        let mut digests = 0;
        for process in self.list {
            if process.stat.is_kernel_thread() {
                continue;
            }
            let mut program = process.program;
            if digests < MAX_DIGESTS && is_worth_a_digest(&program) {
                digests += 1;
                let exe = fs::File::open(format!("/proc/{}/exe", program.pid));
                program.exe_sha256 = exe.ok().and_then(|it| digest(it, MAX_EXE));
            }
            secrets::of_arguments(&mut program.args, program.command.is_some());
            let place = format!("/proc/{}/cmdline", program.pid);
            let since_ms = program.started_ms.unwrap_or(recorder.now_ms());
            recorder.note_since(since_ms, Box::new(program), place);
        }
    }
}

impl Process {
    /// Reads who it is; says whether anything was denied.
    fn read_identity(&mut self) -> bool {
        let pid = self.program.pid;
        let program = &mut self.program;
        if let Ok(text) = read_live(format!("/proc/{pid}/cmdline"), identity::MAX_COMMAND_LINE) {
            program.args = identity::arguments(&text);
        }
        if let Ok(text) = read_live(format!("/proc/{pid}/status"), 8192) {
            let text = String::from_utf8_lossy(&text);
            program.uid = identity::status_number(&text, "Uid:");
            program.memory.huge_kib = identity::status_number(&text, "HugetlbPages:").unwrap_or(0);
        }
        // Of what nobody logged in for it is the number that no account has.
        if let Ok(text) = read_live(format!("/proc/{pid}/loginuid"), 64) {
            let number = String::from_utf8_lossy(&text).trim().parse().ok();
            program.login_uid = number.filter(|it| *it != u32::MAX);
        }
        if let Ok(text) = read_live(format!("/proc/{pid}/cgroup"), 8192) {
            program.container = identity::container(&String::from_utf8_lossy(&text));
        }
        let exe = fs::read_link(format!("/proc/{pid}/exe"));
        let denied = is_denied(&exe);
        if let Ok(link) = exe {
            let (path, state) = identity::exe_of(&link);
            program.exe = Some(path.to_string_lossy().into_owned());
            program.exe_state = state;
            self.exe = Some(path);
        }
        self.cwd = fs::read_link(format!("/proc/{pid}/cwd")).ok();
        if self.stat.is_alive() && role::poses(&program.name, &program.args, program.exe.is_some())
        {
            program.role = ProgramRole::PosesAsKernelThread;
        }
        let words: Vec<&str> = program.args.iter().map(String::as_str).collect();
        program.command = command::of(&words);
        denied
    }

    /// Reads what its memory looks like; says whether that was denied.
    fn read_memory(&mut self) -> bool {
        let maps = read_live(format!("/proc/{}/maps", self.program.pid), memory::MAX_MAPS);
        let denied = is_denied(&maps);
        if let Ok(maps) = maps {
            let huge_kib = self.program.memory.huge_kib;
            let (shape, libraries) = memory::shape(&String::from_utf8_lossy(&maps));
            self.program.memory = shape;
            self.program.memory.huge_kib = huge_kib;
            self.program.gpu_libraries = libraries;
        }
        // The sum over a process walks its page tables: only where a dataset may lie in it.
        if !self.program.memory.dataset_mib.is_empty() {
            let sum = read_live(format!("/proc/{}/smaps_rollup", self.program.pid), 8192);
            let sum = sum.unwrap_or_default();
            let transparent =
                identity::status_number(&String::from_utf8_lossy(&sum), "AnonHugePages:");
            self.program.memory.huge_kib += transparent.unwrap_or(0_u64);
        }
        denied
    }

    /// Compares its processor times with those when it was listed.
    fn take_sample(&mut self, elapsed_s: f64) {
        let pid = self.program.pid;
        let Some(now) = Stat::read(&format!("/proc/{pid}/stat")) else { return };
        if now.start != self.stat.start {
            return;
        }
        let used = now.ticks.saturating_sub(self.stat.ticks);
        let percent = sample::percent(used, elapsed_s);
        self.program.cpu_percent = Some(percent);
        self.program.cpu_s = now.cpu_s();
        if percent < sample::BUSY_PERCENT || self.stat.is_kernel_thread() {
            return;
        }
        let used = self.thread_ticks.iter().filter_map(|(tid, before)| {
            let now = Stat::read(&format!("/proc/{pid}/task/{tid}/stat"))?;
            Some(now.ticks.saturating_sub(*before))
        });
        self.program.equal_threads = sample::equal_threads(used.collect(), elapsed_s);
    }
}

/// Whether something else about a program makes the digest of its file worth taking.
fn is_worth_a_digest(program: &Program) -> bool {
    let busy = program.cpu_percent.is_some_and(|it| it >= sample::BUSY_PERCENT);
    program.command.is_some()
        || program.role == ProgramRole::PosesAsKernelThread
        || (busy && program.exe_state != ExeState::OnDisk)
        || (program.memory.dataset_mib.iter().any(|it| *it >= memory::DATASET_MIB)
            && program.memory.jit_kib > 0)
}

fn is_denied<T>(read: &io::Result<T>) -> bool {
    read.as_ref().is_err_and(|it| it.kind() == io::ErrorKind::PermissionDenied)
}

/// The processes that the C library lists.
pub(super) fn listed_by_library() -> io::Result<BTreeSet<u32>> {
    let entries = fs::read_dir("/proc")?.flatten();
    Ok(entries.filter_map(|it| it.file_name().to_str()?.parse().ok()).collect())
}

/// The processes that the kernel lists, asked past the C library.
pub(super) fn listed_by_kernel() -> io::Result<BTreeSet<u32>> {
    let entries = rustix::fs::Dir::new(fs::File::open("/proc")?)?.flatten();
    Ok(entries.filter_map(|it| it.file_name().to_str().ok()?.parse().ok()).collect())
}

/// The place of the root of a process in this machine's.
pub(super) fn root_of(pid: u32) -> PathBuf {
    Path::new("/proc").join(pid.to_string()).join("root")
}

#[cfg(test)]
mod tests;
