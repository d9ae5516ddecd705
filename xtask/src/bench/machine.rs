//! On what, and beside whom, it was measured.

use std::fs;
use std::process::Command;

/// What figures depend on.
pub(crate) struct Machine {
    /// The processor as it calls itself.
    pub(crate) processor: String,
    /// Processors that may be used.
    pub(crate) cores: usize,
    /// Memory in bytes.
    pub(crate) memory_bytes: u64,
    /// The kernel's release.
    pub(crate) kernel: String,
    /// Processes alive.
    pub(crate) processes: usize,
    /// The load over the last minute.
    pub(crate) load: String,
}

impl Machine {
    /// The machine that this runs on.
    pub(crate) fn this() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find(|it| it.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let memory = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
        let kib: u64 = memory.trim_end_matches("kB").trim().parse().unwrap_or(0);
        let numbered = |name: &std::ffi::OsStr| {
            name.to_str().is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        Self {
            processor: field(&read("/proc/cpuinfo"), "model name").unwrap_or_default(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: kib * 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            processes: processes.filter(|it| numbered(&it.file_name())).count(),
            load: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

/// What a program says of itself when it is asked for its version; none where it is not installed.
pub(super) fn version_of(program: &str) -> Option<String> {
    let question = if program == "ndpiReader" { "-h" } else { "--version" };
    let said = Command::new(program).arg(question).output().ok()?;
    let text = [said.stdout, said.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let first = text.lines().find(|it| !it.trim().is_empty())?;
    Some(first.trim().trim_start_matches("Welcome to ").trim_end_matches('.').to_owned())
}
