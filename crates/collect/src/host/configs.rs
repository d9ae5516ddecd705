//! Configuration files with the shape of a miner's, where programs name them or keep them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use minehound_model::{FactKind, MinerConfig};
use rustix::fs::FileType;

use super::process::{Process, Processes, root_of};
use super::recorder::Recorder;
use super::root::{Contents, Entry, Listing, Root, kind_of, size_of};
use super::{Scene, command};
use crate::sha256;

/// The largest file that is read as a configuration, in bytes.
pub(super) const MAX_CONFIG: usize = 256 * 1024;
/// How many names of one folder are looked at.
const MAX_NAMES: usize = 512;
/// How many files of one folder are read.
const MAX_FILES: usize = 64;
/// How many programs that lie beside a file are named.
const MAX_BESIDE: usize = 32;
/// Folders that packages install programs into.
const PACKAGED: [&str; 10] = [
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/snap",
];

/// Finds configuration files, each once.
pub(super) struct Finder {
    met: BTreeSet<(u64, u64)>,
    left: usize,
}

/// Where a file lies and who leads there.
#[derive(Clone, Copy)]
struct Lead<'a> {
    root: &'a Root,
    /// What to put before a path to find it from this machine's root.
    prefix: &'a Path,
    pid: Option<u32>,
}

/// Looks where processes and autostart entries point.
pub(super) fn collect(
    scene: &Scene<'_>,
    processes: &Processes,
    named: &[PathBuf],
    recorder: &mut Recorder<'_>,
) -> Finder {
    let mut finder = Finder { met: BTreeSet::new(), left: scene.options.limits.configs };
    recorder.looked(FactKind::MinerConfig, 0);
    // Where the programs of others keep their files is not told either.
    for (gap, present) in
        [("unprivileged", processes.unprivileged), ("processes-closed", processes.closed)]
    {
        if present {
            recorder.gap(FactKind::MinerConfig, gap);
        }
    }
    for process in processes.list.iter().filter(|it| !it.stat.is_kernel_thread()) {
        let paths = paths_of(process);
        if paths.is_empty() {
            continue;
        }
        // A container has a root of its own.
        let prefix = root_of(process.program.pid);
        match Root::at(&prefix) {
            Ok(root) => {
                let lead = Lead { root: &root, prefix: &prefix, pid: Some(process.program.pid) };
                finder.look(lead, &paths, recorder);
            }
            Err(error) => recorder.unusable(FactKind::MinerConfig, &prefix, &error),
        }
    }
    let lead = Lead { root: &scene.root, prefix: Path::new(""), pid: None };
    finder.look(lead, named, recorder);
    finder
}

impl Finder {
    /// Looks at each path: a file itself, or the files in a folder.
    fn look(&mut self, lead: Lead<'_>, paths: &[PathBuf], recorder: &mut Recorder<'_>) {
        for path in paths {
            let stat = match lead.root.stat(path, true) {
                Ok(stat) => stat,
                Err(error) => {
                    recorder.unusable(FactKind::MinerConfig, path, &error);
                    continue;
                }
            };
            match kind_of(&stat) {
                FileType::RegularFile => self.file(lead, path, recorder),
                FileType::Directory => {
                    let listing = lead.root.list(path, MAX_NAMES).unwrap_or_else(|error| {
                        recorder.unusable(FactKind::MinerConfig, path, &error);
                        Listing::default()
                    });
                    let files = listing.entries.iter().filter(|it| may_be_config(it));
                    for file in files.take(MAX_FILES) {
                        self.file(lead, &file.path, recorder);
                    }
                }
                _ => {}
            }
        }
    }

    fn file(&mut self, lead: Lead<'_>, path: &Path, recorder: &mut Recorder<'_>) {
        let fits = |it| kind_of(&it) == FileType::RegularFile && size_of(&it) <= MAX_CONFIG as u64;
        if !lead.root.stat(path, true).is_ok_and(fits) {
            return;
        }
        match lead.root.read(path, MAX_CONFIG) {
            Ok(file) => self.judge(path, lead, &file, recorder),
            Err(error) => recorder.unusable(FactKind::MinerConfig, path, &error),
        }
    }

    /// Takes a file that was read in a usual hiding place.
    pub(super) fn found(
        &mut self,
        scene: &Scene<'_>,
        path: &Path,
        file: &Contents,
        recorder: &mut Recorder<'_>,
    ) {
        let lead = Lead { root: &scene.root, prefix: Path::new(""), pid: None };
        self.judge(path, lead, file, recorder);
    }

    fn judge(&mut self, path: &Path, lead: Lead<'_>, file: &Contents, into: &mut Recorder<'_>) {
        if file.cut || !self.met.insert(file.number) {
            return;
        }
        if self.left == 0 {
            into.gap(FactKind::MinerConfig, "budget");
            return;
        }
        self.left -= 1;
        into.looked(FactKind::MinerConfig, 1);
        let Some(shape) = command::config(&file.bytes) else { return };
        let inside = path.strip_prefix("/").unwrap_or(path);
        let place = if lead.pid.is_some() { lead.prefix.join(inside) } else { path.to_path_buf() };
        let fact = MinerConfig {
            path: path.to_string_lossy().into_owned(),
            sha256: sha256(&file.bytes),
            pid: lead.pid,
            beside: beside(lead.root, path),
            ..shape
        };
        into.note(fact, place.to_string_lossy());
    }
}

/// The names of files in the same folder that anybody may run, in order.
fn beside(root: &Root, path: &Path) -> Vec<String> {
    let Some(listing) = path.parent().and_then(|it| root.list(it, MAX_NAMES).ok()) else {
        return Vec::new();
    };
    let can_run = |it: &&Entry| {
        let stat = root.stat(&it.path, false);
        it.kind == FileType::RegularFile && stat.is_ok_and(|it| it.st_mode & 0o111 != 0)
    };
    let mut names: Vec<String> = listing.entries.iter().filter(can_run).map(Entry::name).collect();
    names.sort_unstable();
    names.truncate(MAX_BESIDE);
    names
}

/// Where configuration files of a process may lie: named on its command line, beside its program
/// or in its working folder, unless a package put the program where it is.
fn paths_of(process: &Process) -> Vec<PathBuf> {
    let cwd = process.cwd.as_deref().unwrap_or(Path::new("/"));
    let program = &process.program;
    let mut paths: Vec<PathBuf> = named(&program.args).map(|it| cwd.join(it)).collect();
    let own = process.exe.as_deref().filter(|it| it.is_absolute() && !is_packaged(it));
    if own.is_some() || program.command.is_some() {
        paths.extend(own.and_then(Path::parent).map(Path::to_path_buf));
        paths.push(cwd.to_path_buf());
    }
    paths
}

/// Where configuration files of a command that starts by itself may lie.
pub(super) fn hinted(words: &[String]) -> Vec<PathBuf> {
    let program = words.first().map(Path::new).filter(|it| it.is_absolute() && !is_packaged(it));
    let folder = program.and_then(Path::parent);
    let named = named(words).filter_map(|it| {
        let path = folder.unwrap_or(Path::new("")).join(it);
        path.is_absolute().then_some(path)
    });
    folder.map(Path::to_path_buf).into_iter().chain(named).collect()
}

/// The files that a command line names as its configuration.
fn named(words: &[String]) -> impl Iterator<Item = &str> {
    let after = words.iter().zip(words.iter().skip(1));
    let after = after.filter(|(option, _)| is_config_option(option)).map(|(_, file)| file.as_str());
    let joined = words.iter().filter_map(|it| it.split_once('='));
    let joined = joined.filter(|(option, _)| is_config_option(option)).map(|(_, file)| file);
    // `sh -c` takes a script, not a file.
    after.chain(joined).filter(|it| !it.is_empty() && it.len() < 256 && !it.contains([' ', '\n']))
}

fn is_config_option(word: &str) -> bool {
    matches!(word, "-c" | "-C" | "--config" | "-config" | "--config-file" | "--conf")
}

/// Whether packages install programs at this path.
pub(super) fn is_packaged(path: &Path) -> bool {
    PACKAGED.iter().any(|it| path.starts_with(it))
}

/// Whether a name may be that of a configuration file.
fn may_be_config(entry: &Entry) -> bool {
    let extension = entry.path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    let fits = ["", "json", "conf", "cfg", "txt", "dat", "bak"].contains(&extension);
    fits && matches!(entry.kind, FileType::RegularFile | FileType::Symlink)
}
