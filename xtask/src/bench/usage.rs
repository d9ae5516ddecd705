//! What a program used, as the system counted it.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// In what `/proc` counts processor time, per second: `USER_HZ`, the same on all common machines.
const TICKS_PER_S: f64 = 100.0;
/// How often the peak of the memory is read while the program runs.
const LOOK: Duration = Duration::from_millis(3);

/// What a program used from its beginning to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    /// Processor seconds of its own.
    pub(super) user_s: f64,
    /// Processor seconds of the system on its behalf.
    pub(super) system_s: f64,
    /// Seconds on the clock.
    pub(super) wall_s: f64,
    /// The most memory it held at once.
    pub(super) peak_bytes: u64,
}

impl Usage {
    /// Processor seconds in all.
    pub(super) fn cpu_s(&self) -> f64 {
        self.user_s + self.system_s
    }
}

/// Runs a program to its end, whatever it prints and however it exits.
pub(super) fn measure(command: &mut Command) -> anyhow::Result<Usage> {
    let name = command.get_program().to_string_lossy().into_owned();
    let began = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().with_context(|| format!("`{name}` does not start"))?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("process id")?;
    let folder = format!("/proc/{pid}");
    let mut peak_bytes = 0;
    // Left unreaped, so that its account can still be read.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    while waitid(WaitId::Pid(pid), options)?.is_none() {
        let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
        peak_bytes = peak_bytes.max(peak(&status).unwrap_or(0));
        sleep(LOOK);
    }
    let wall_s = began.elapsed().as_secs_f64();
    let stat = fs::read_to_string(format!("{folder}/stat"))?;
    let (user_s, system_s) = seconds(&stat).context("`stat` of a process")?;
    child.wait()?;
    Ok(Usage { user_s, system_s, wall_s, peak_bytes })
}

/// The run in the middle, by processor time.
pub(super) fn median(mut runs: Vec<Usage>) -> Option<Usage> {
    runs.sort_by(|one, other| one.cpu_s().total_cmp(&other.cpu_s()));
    runs.get(runs.len() / 2).copied()
}

/// `VmHWM` of `proc_pid_status(5)`.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// `utime` and `stime` of `proc_pid_stat(5)`, the fourteenth and fifteenth field. The name before
/// them may hold anything.
fn seconds(stat: &str) -> Option<(f64, f64)> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || Some(fields.next()?.parse::<f64>().ok()? / TICKS_PER_S);
    Some((next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_the_system_are_read() {
        let stat = "7 (a ) b) Z 1 7 7 0 -1 4 0 0 0 0 250 75 0 0 20 0 1 0 9 0 0";
        assert_eq!(seconds(stat), Some((2.5, 0.75)));
        assert_eq!(peak("VmPeak:\t 9 kB\nVmHWM:\t    2048 kB\n"), Some(2 << 20));
    }

    #[test]
    fn a_program_that_did_something_used_something() {
        let used = measure(Command::new("sleep").arg("0.05")).unwrap();
        assert!(used.wall_s >= 0.05 && used.peak_bytes > 0, "{used:?}");
    }
}
