//! Threads of the kernel, and programs that dress as one.
//!
//! A thread of the kernel has `PF_KTHREAD` set, no program file and no command line; `ps` shows its
//! name in brackets. A program that shows such a name itself is dressed up. Names that merely begin
//! with `k` (`kwin`, `kded5`, `kactivitymanagerd`) are not names of kernel threads.

/// Names of kernel threads, as patterns: `#` stands for a number, `*` for anything.
/// The first part are names that no program would bear by chance.
const DISTINCT: [&str; 40] = [
    "kthreadd",
    "kworker/*",
    "ksoftirqd/#",
    "migration/#",
    "watchdog/#",
    "cpuhp/#",
    "rcu_sched",
    "rcu_bh",
    "rcu_gp",
    "rcu_par_gp",
    "rcu_preempt",
    "rcu_tasks_*",
    "rcuop/#",
    "rcuob/#",
    "rcuos/#",
    "rcuc/#",
    "rcub/#",
    "kdevtmpfs",
    "kauditd",
    "khungtaskd",
    "oom_reaper",
    "kcompactd#",
    "ksmd",
    "khugepaged",
    "kintegrityd",
    "kblockd",
    "kswapd#",
    "kthrotld",
    "jbd2/*",
    "scsi_eh_#",
    "scsi_tmf_#",
    "idle_inject/#",
    "irq/*",
    "ext4-rsv-conver*",
    "xfsaild/*",
    "kstrp",
    "ecryptfs-kthrea*",
    "ipv6_addrconf",
    "mm_percpu_wq",
    "slub_flushwq",
];
/// Names that are only taken for a kernel thread's when they stand in brackets.
const IN_BRACKETS: [&str; 18] = [
    "writeback",
    "crypto",
    "bioset",
    "netns",
    "md",
    "ata_sff",
    "devfreq_wq",
    "edac-poller",
    "deferwq",
    "loop#",
    "nfsd",
    "rpciod",
    "events/#",
    "kpsmoused",
    "kmpath*",
    "khelper",
    "aio/#",
    "perf",
];

/// Whether a process that is no thread of the kernel shows the name of one.
///
/// A child that the kernel has just made still bears the name of its maker and has neither a
/// program nor a command line: it poses as nothing.
pub(super) fn poses(name: &str, args: &[String], has_exe: bool) -> bool {
    let first = args.first().map_or("", |it| it.trim());
    if first.is_empty() && !has_exe {
        return false;
    }
    is_dressed(name) || is_dressed(first)
}

fn is_dressed(name: &str) -> bool {
    let inner = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    match inner {
        Some(inner) => DISTINCT.iter().chain(&IN_BRACKETS).any(|it| fits(it, inner)),
        None => DISTINCT.iter().any(|it| fits(it, name)),
    }
}

/// Whether a name fits a pattern, with at least one character for a `*` and one digit for a `#`.
fn fits(pattern: &str, name: &str) -> bool {
    if let Some(stem) = pattern.strip_suffix('*') {
        return name.strip_prefix(stem).is_some_and(|it| !it.is_empty());
    }
    if let Some(stem) = pattern.strip_suffix('#') {
        let number = name.strip_prefix(stem).unwrap_or_default();
        return !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
    }
    pattern == name
}
