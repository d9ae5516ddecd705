//! Processes that the usual list does not show, by comparing views of `/proc`.
//!
//! Three views: what the C library lists (a preloaded library can drop entries), what the kernel
//! lists (a module can), and which numbers open although nobody lists them. A process that came or
//! went in between is none: a difference counts only if it is still there at the end.

use std::collections::BTreeMap;
use std::fs::File;
use std::time::{Duration, Instant};

use minehound_model::{FactKind, HiddenProcess};

use super::Scene;
use super::process::{Processes, Stat, listed_by_kernel, listed_by_library};
use super::recorder::Recorder;
use super::root::stat_in;
use super::{line_live, read_live};

/// How far above the highest number seen is looked at least.
const MARGIN: u32 = 8192;
/// How long after the first look a difference must still stand.
const SETTLE: Duration = Duration::from_millis(60);
/// How many are named.
const MAX_NAMED: usize = 64;

/// What looks hidden at first.
pub(super) struct Candidates {
    began: Instant,
    /// By number, with how each was seen.
    seen: BTreeMap<u32, &'static str>,
    looked_at: usize,
    /// Whether time ran out before all numbers were tried.
    cut: bool,
    /// Whether the kernel keeps processes of others from us.
    unprivileged: bool,
}

impl Candidates {
    fn new() -> Self {
        let (began, seen) = (Instant::now(), BTreeMap::new());
        Self { began, seen, looked_at: 0, cut: false, unprivileged: false }
    }

    /// Takes the first look.
    pub(super) fn look(scene: &Scene<'_>, processes: &Processes) -> Self {
        let mut candidates = Self { unprivileged: processes.unprivileged, ..Self::new() };
        for pid in processes.listed_by_kernel.difference(&processes.listed) {
            candidates.seen.insert(*pid, "listed-by-kernel");
        }
        candidates.try_numbers(scene, processes);
        for pid in mounted_over() {
            candidates.seen.insert(pid, "mount-over");
        }
        candidates
    }

    /// Tries every number that nobody lists, upwards, as long as time allows.
    fn try_numbers(&mut self, scene: &Scene<'_>, processes: &Processes) {
        let Ok(proc) = File::open("/proc") else { return };
        let most = line_live("/proc/sys/kernel/pid_max").and_then(|it| it.parse().ok());
        let most: u32 = most.unwrap_or(32_768);
        let highest = processes.listed_by_kernel.last().max(processes.threads.last());
        let needed = highest.copied().unwrap_or(0).saturating_add(MARGIN);
        for pid in 1..most {
            if pid % 256 == 0 && self.began.elapsed() > scene.options.limits.hidden_time {
                self.cut = pid < needed;
                return;
            }
            self.looked_at += 1;
            let known = processes.listed.contains(&pid)
                || processes.listed_by_kernel.contains(&pid)
                || processes.threads.contains(&pid);
            // The number of a thread opens too, though only processes are listed.
            if !known && stat_in(&proc, &pid.to_string()).is_ok() && is_process(pid) {
                self.seen.insert(pid, "open-succeeds");
            }
        }
    }

    /// Takes the second look, and notes what is still hidden.
    pub(super) fn confirm(self, recorder: &mut Recorder<'_>) {
        recorder.looked(FactKind::HiddenProcess, self.looked_at);
        if self.cut {
            recorder.gap(FactKind::HiddenProcess, "budget");
        }
        if self.unprivileged {
            recorder.gap(FactKind::HiddenProcess, "unprivileged");
        }
        if self.seen.is_empty() {
            return;
        }
        std::thread::sleep(SETTLE.saturating_sub(self.began.elapsed()));
        let (Ok(library), Ok(kernel)) = (listed_by_library(), listed_by_kernel()) else { return };
        let mounted = mounted_over();
        let still = self.seen.into_iter().filter(|(pid, seen_by)| match *seen_by {
            "mount-over" => mounted.contains(pid),
            "listed-by-kernel" => {
                kernel.contains(pid) && !library.contains(pid) && is_process(*pid)
            }
            _ => !kernel.contains(pid) && !library.contains(pid) && is_process(*pid),
        });
        for (pid, seen_by) in still.take(MAX_NAMED) {
            let name = Stat::read(&format!("/proc/{pid}/stat")).map(|it| it.name);
            let fact = HiddenProcess { pid, seen_by: seen_by.to_owned(), name };
            recorder.note(fact, format!("/proc/{pid}"));
        }
    }
}

/// Whether a number is that of a process that lives, not of a thread.
fn is_process(pid: u32) -> bool {
    let Ok(status) = read_live(format!("/proc/{pid}/status"), 4096) else { return false };
    let status = String::from_utf8_lossy(&status);
    let field = |label| status.lines().find_map(|it| it.strip_prefix(label)).map(str::trim);
    let lives = !field("State:").is_some_and(|it| it.starts_with(['Z', 'X']));
    lives && field("Tgid:").and_then(|it| it.parse().ok()) == Some(pid)
}

/// The processes over whose folder something is mounted.
fn mounted_over() -> Vec<u32> {
    let mounts = read_live("/proc/self/mountinfo", 4 << 20).unwrap_or_default();
    mount_points(&String::from_utf8_lossy(&mounts))
}

/// The numbers of the folders of `/proc` among the mount points of a list of mounts (proc(5)).
fn mount_points(mounts: &str) -> Vec<u32> {
    let points = mounts.lines().filter_map(|it| it.split(' ').nth(4));
    points.filter_map(|it| it.strip_prefix("/proc/")?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_over_a_process_is_seen() {
        let mounts = "\
22 1 0:21 / /proc rw shared:5 - proc proc rw
90 22 0:21 / /proc/sys/fs/binfmt_misc rw - autofs x rw
91 22 8:1 /x /proc/4711 rw - ext4 /dev/sda1 rw";
        assert_eq!(mount_points(mounts), [4711]);
    }

    #[test]
    fn a_thread_is_no_process() {
        let tid = rustix::thread::gettid().as_raw_nonzero().get();
        let pid = std::process::id();
        assert!(is_process(pid));
        assert_eq!(is_process(u32::try_from(tid).unwrap()), u32::try_from(tid).unwrap() == pid);
    }
}
