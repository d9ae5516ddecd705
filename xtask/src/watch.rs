//! Runs a program and looks how long it takes and how much memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;

/// So often it is asked how much memory a program takes.
const LOOK: Duration = Duration::from_millis(50);

/// What one run of the program took.
pub(crate) struct Took {
    pub(crate) what: &'static str,
    pub(crate) seconds: f64,
    pub(crate) peak_mib: u64,
}

/// Runs a program, which must end with one of these codes, and looks how much memory it takes.
pub(crate) fn watched(
    what: &'static str,
    command: &mut Command,
    codes: &[i32],
) -> anyhow::Result<Took> {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak_kib = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        peak_kib = peak_kib.max(high_water(&status).unwrap_or(0));
        std::thread::sleep(LOOK);
    };
    ensure!(ended.code().is_some_and(|it| codes.contains(&it)), "{what}: {ended}");
    Ok(Took { what, seconds: began.elapsed().as_secs_f64(), peak_mib: peak_kib / 1_024 })
}

fn high_water(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
