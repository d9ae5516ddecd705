//! The two network namespaces of a run and the link between them.
//!
//! Their names carry the number of the process, so that runs do not meet, and so that a later run
//! can clear away what one that was killed has left.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::process::finished;
use super::programs::find;
use super::trouble::Trouble;

/// Where `ip netns` keeps them.
const KEPT: &str = "/run/netns";
/// What all names of namespaces and folders of ours begin with.
pub(super) const PREFIX: &str = "minehound-range-";

/// A network namespace, taken down with all that runs in it when dropped.
#[derive(Debug)]
pub(crate) struct Namespace {
    name: String,
    /// The name of its end of the link.
    pub(super) link: String,
}

impl Namespace {
    fn new(side: &str, run: &str) -> Result<Self, Trouble> {
        let made = Self { name: format!("{PREFIX}{run}-{side}"), link: format!("outer-{side}") };
        let said = ip(&["netns", "add", &made.name]);
        said.map_err(|it| Trouble::Privilege { said: it.to_string() })?;
        made.ip(&["link", "set", "dev", "lo", "up"])?;
        Ok(made)
    }

    /// Both ends of a link: inside, where the hosts are, and outside.
    pub(super) fn pair() -> Result<(Self, Self), Trouble> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let run = format!("{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let (inside, outside) = (Self::new("in", &run)?, Self::new("out", &run)?);
        let ends = [&*inside.link, "netns", &inside.name, "type", "veth", "peer", "name"];
        let far = [&*outside.link, "netns", &outside.name];
        ip(&[&["link", "add", "name"], &ends[..], &far[..]].concat())?;
        for end in [&inside, &outside] {
            // one segment a packet, as on a real link, and no word of IPv6 from the system
            let set = ["link", "set", "dev", &end.link, "addrgenmode", "none", "gso_max_segs", "1"];
            end.ip(&set)?;
            end.ip(&["link", "set", "dev", &end.link, "up"])?;
        }
        Ok((inside, outside))
    }

    /// Runs `ip` for this namespace.
    pub(super) fn ip(&self, arguments: &[&str]) -> Result<(), Trouble> {
        Ok(ip(&[&["-n", &self.name], arguments].concat())?)
    }

    /// A command that will run in it and that ends when the thread that starts it does.
    pub(super) fn command(&self, program: &'static str) -> Result<Command, Trouble> {
        let mut command = Command::new(find("setpriv")?);
        command.args(["--pdeathsig", "TERM"]).arg(find("ip")?);
        command.args(["netns", "exec", &self.name]).arg(find(program)?);
        Ok(command)
    }

    /// Does something in it; threads and sockets that this makes stay there.
    pub(super) fn within<T: Send>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send,
    ) -> io::Result<T> {
        let entered = || {
            let link = File::open(Path::new(KEPT).join(&self.name))?;
            move_into_link_name_space(link.as_fd(), Some(LinkNameSpaceType::Network))?;
            work()
        };
        let lost = || io::Error::other("a thread in a namespace ended early");
        thread::scope(|scope| scope.spawn(entered).join().unwrap_or_else(|_| Err(lost())))
    }

    /// Whether something listens on a port of this machine in it.
    pub(super) fn listens(&self, port: u16, tcp: bool) -> bool {
        let file = if tcp { "/proc/thread-self/net/tcp" } else { "/proc/thread-self/net/udp" };
        let table = self.within(|| fs::read_to_string(file)).unwrap_or_default();
        table.lines().skip(1).any(|row| {
            let cells: Vec<&str> = row.split_whitespace().collect();
            let own = cells.get(1).and_then(|it| it.rsplit(':').next());
            let here = own.and_then(|it| u16::from_str_radix(it, 16).ok()) == Some(port);
            // 0A is LISTEN
            here && (!tcp || cells.get(3) == Some(&"0A"))
        })
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        clear(&self.name);
    }
}

/// Ends what runs in a namespace and takes it down.
fn clear(name: &str) {
    for signal in [Signal::TERM, Signal::KILL] {
        let pids = pids(name);
        for pid in &pids {
            // it may be gone already
            let _ = kill_process(*pid, signal);
        }
        if pids.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(200));
    }
    let _ = ip(&["netns", "del", name]);
}

/// The processes in a namespace, without this one.
fn pids(name: &str) -> Vec<Pid> {
    let said = ip_says(&["netns", "pids", name]).unwrap_or_default();
    let own = i32::try_from(process::id()).ok();
    let numbers = said.lines().filter_map(|it| it.trim().parse::<i32>().ok());
    numbers.filter(|it| Some(*it) != own).filter_map(Pid::from_raw).collect()
}

fn ip(arguments: &[&str]) -> io::Result<()> {
    ip_says(arguments).map(|_| ())
}

fn ip_says(arguments: &[&str]) -> io::Result<String> {
    let program = find("ip").map_err(|it| io::Error::other(it.to_string()))?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = finished(command.spawn()?)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("`ip {}`: {}", arguments.join(" "), said.trim())))
}

/// Clears away namespaces and folders of runs whose process is no more.
pub(super) fn sweep() {
    for (name, path) in ours(Path::new(KEPT)) {
        if path.exists() {
            clear(&name);
        }
    }
    for (_, path) in ours(&std::env::temp_dir()) {
        let _ = fs::remove_dir_all(path);
    }
}

/// What dead runs of this user have left in a folder.
fn ours(folder: &Path) -> Vec<(String, std::path::PathBuf)> {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let mine = entry.metadata().is_ok_and(|it| it.uid() == own);
        if mine && maker(&name).is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            all.push((name, entry.path()));
        }
    }
    all
}

/// The process that a name is from.
fn maker(name: &str) -> Option<&str> {
    let pid = name.strip_prefix(PREFIX)?.split('-').next()?;
    pid.parse::<u32>().ok().map(|_| pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_the_number_of_a_process_are_ours() {
        assert_eq!(maker("minehound-range-1234-0-in"), Some("1234"));
        assert_eq!(maker("minehound-range-mine-0-in"), None);
        assert_eq!(maker("1234"), None);
    }

    #[test]
    fn what_a_living_run_has_made_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        // no process has such a number: the most is 4,194,304
        for pid in [process::id(), 4_194_305] {
            fs::create_dir(folder.path().join(format!("{PREFIX}{pid}-x"))).unwrap();
        }
        let left: Vec<_> = ours(folder.path()).into_iter().map(|it| it.0).collect();
        assert_eq!(left, [format!("{PREFIX}4194305-x")]);
    }
}
