//! A shallow search of the places where miners are hidden: temporary folders, homes, hidden
//! folders in the system, and the files of programs that run from no package.

mod strings;

use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use minehound_model::{ExeState, FactKind, FileTrace};
use rustix::fs::FileType;

use self::strings::Markers;
use super::configs::{Finder, MAX_CONFIG, is_packaged};
use super::process::{Process, Processes};
use super::recorder::Recorder;
use super::root::{Entry, Listing, kind_of, number_of, size_of};
use super::{Scene, command};

/// The largest program that is searched, in bytes.
const MAX_PROGRAM: u64 = 64 << 20;
/// The smallest: no miner is this small.
const MIN_PROGRAM: u64 = 32 << 10;
/// The largest script whose lines are read, in bytes.
const MAX_SCRIPT: usize = 64 * 1024;
/// How many names of one folder are looked at.
const MAX_NAMES: usize = 2048;
/// From this much processor time on the file of a packaged program is searched too, in seconds.
const LONG_WORK_S: f64 = 600.0;

/// Folders, how deep they are searched, and whether only hidden names in them are.
const PLACES: [(&str, u32, bool); 24] = [
    ("/tmp", 3, false),
    ("/var/tmp", 3, false),
    ("/dev/shm", 3, false),
    ("/root", 2, false),
    ("/opt", 2, false),
    ("/srv", 2, false),
    ("/", 2, true),
    ("/dev", 2, true),
    ("/etc", 2, true),
    ("/usr", 2, true),
    ("/usr/bin", 1, true),
    ("/usr/sbin", 1, true),
    ("/usr/lib", 2, true),
    ("/usr/share", 3, true),
    ("/usr/local", 2, false),
    ("/usr/local/lib", 2, false),
    ("/usr/local/share", 2, false),
    ("/usr/lib/udev", 2, true),
    ("/usr/lib/systemd", 1, true),
    ("/var", 2, true),
    ("/var/lib", 2, true),
    ("/var/www", 2, false),
    ("/var/run", 2, true),
    ("/var/spool", 2, true),
];
/// Folders full of files of developers, too many for a shallow search.
const NOT_ENTERED: [&str; 11] = [
    ".git",
    ".cargo",
    ".rustup",
    ".npm",
    ".m2",
    ".gradle",
    "node_modules",
    "site-packages",
    "__pycache__",
    ".vscode-server",
    "go",
];

/// Searches until a bound is met, the shallowest folders first.
pub(super) fn collect(
    scene: &Scene<'_>,
    processes: &Processes,
    finder: &mut Finder,
    recorder: &mut Recorder<'_>,
) {
    let mut search = Search {
        scene,
        began: Instant::now(),
        files_left: scene.options.limits.search_files,
        bytes_left: scene.options.limits.search_bytes,
        met: own_number().into_iter().collect(),
        markers: Markers::new(),
    };
    family_paths(scene, recorder);
    for kind in [FactKind::FileTrace, FactKind::MinerConfig] {
        recorder.looked(kind, 0);
        recorder.gap(kind, "shallow-search");
    }
    // Nor can the files of programs be searched that are not told.
    if processes.unprivileged {
        recorder.gap(FactKind::FileTrace, "unprivileged");
    }
    for process in processes.list.iter().filter(|it| is_worth_a_search(it)) {
        // Large programs that run must not keep the small ones that hide from being looked at.
        if search.began.elapsed() > scene.options.limits.search_time / 2 {
            recorder.gap(FactKind::FileTrace, "budget");
            break;
        }
        search.running(process, recorder);
    }
    search.walk(finder, recorder);
    if search.is_spent() {
        recorder.gap(FactKind::FileTrace, "budget");
        recorder.gap(FactKind::MinerConfig, "budget");
    }
}

struct Search<'a> {
    scene: &'a Scene<'a>,
    began: Instant,
    files_left: usize,
    bytes_left: u64,
    /// Programs searched before, this one among them: it knows the words it looks for.
    met: BTreeSet<(u64, u64)>,
    markers: Markers,
}

impl Search<'_> {
    fn is_spent(&self) -> bool {
        self.files_left == 0
            || self.bytes_left == 0
            || self.began.elapsed() > self.scene.options.limits.search_time
    }

    fn walk(&mut self, finder: &mut Finder, recorder: &mut Recorder<'_>) {
        let places =
            PLACES.iter().map(|(path, depth, hidden)| (PathBuf::from(path), *depth, *hidden));
        let homes = self.scene.homes.iter().map(|it| (it.clone(), 2, false));
        let mut folders: VecDeque<(PathBuf, u32, bool)> = places.chain(homes).collect();
        let mut entered = BTreeSet::new();
        while let Some((folder, depth, hidden_only)) = folders.pop_front() {
            let stat = match self.scene.root.stat(&folder, true) {
                Ok(stat) => stat,
                Err(error) => {
                    unusable(recorder, &folder, &error);
                    continue;
                }
            };
            if !entered.insert((number_of(&stat), hidden_only)) {
                continue;
            }
            let listing = self.scene.root.list(&folder, MAX_NAMES).unwrap_or_else(|error| {
                unusable(recorder, &folder, &error);
                Listing::default()
            });
            for entry in listing.entries {
                let name = entry.name();
                if hidden_only && !name.starts_with('.') {
                    continue;
                }
                if self.is_spent() {
                    return;
                }
                match entry.kind {
                    FileType::Directory if depth > 1 && !NOT_ENTERED.contains(&name.as_str()) => {
                        folders.push_back((entry.path, depth - 1, false));
                    }
                    FileType::RegularFile => self.file(&entry, finder, recorder),
                    _ => {}
                }
            }
        }
    }

    /// Looks at one file by its first bytes.
    fn file(&mut self, entry: &Entry, finder: &mut Finder, recorder: &mut Recorder<'_>) {
        self.files_left -= 1;
        recorder.looked(FactKind::FileTrace, 1);
        let (file, stat) = match self.scene.root.open(&entry.path) {
            Ok(opened) => opened,
            Err(error) => return unusable(recorder, &entry.path, &error),
        };
        let mut first = [0; 64];
        let read = file.read_at(&mut first, 0).unwrap_or(0);
        let first = first.get(..read).unwrap_or_default();
        if first.starts_with(b"\x7fELF") {
            let number = number_of(&stat);
            if self.met.insert(number) && self.program(&file, size_of(&stat)) {
                self.trace(&entry.path, "miner-strings", recorder);
            }
        } else if first.starts_with(b"#!") {
            let Ok(file) = self.scene.root.read(&entry.path, MAX_SCRIPT) else { return };
            self.spend(file.bytes.len());
            let text = String::from_utf8_lossy(&file.bytes);
            let miner = |it: &str| command::in_text(it).is_some_and(|it| it.conclusive);
            if text.lines().filter(|it| !it.trim_start().starts_with('#')).any(miner) {
                self.trace(&entry.path, "launch-script", recorder);
            }
        } else if first.trim_ascii_start().starts_with(b"{") && size_of(&stat) <= MAX_CONFIG as u64
        {
            let Ok(file) = self.scene.root.read(&entry.path, MAX_CONFIG) else { return };
            self.spend(file.bytes.len());
            finder.found(self.scene, &entry.path, &file, recorder);
        }
    }

    /// Searches the file of a running program, which may be gone from the disk.
    fn running(&mut self, process: &Process, recorder: &mut Recorder<'_>) {
        let link = format!("/proc/{}/exe", process.program.pid);
        let Ok(file) = File::open(&link) else { return };
        let Ok(stat) = rustix::fs::fstat(&file) else { return };
        let known = !self.met.insert(number_of(&stat));
        if known || self.is_spent() || kind_of(&stat) != FileType::RegularFile {
            return;
        }
        recorder.looked(FactKind::FileTrace, 1);
        if self.program(&file, size_of(&stat)) {
            let sha256 = super::root::digest(&file, MAX_PROGRAM);
            let path = process.program.exe.clone().unwrap_or_default();
            recorder.note(FileTrace { path, sha256, shape: "miner-strings".to_owned() }, link);
        }
    }

    /// Whether a program holds the strings of a miner. Reads with a position of its own.
    fn program(&mut self, file: &File, size: u64) -> bool {
        if !(MIN_PROGRAM..=MAX_PROGRAM.min(self.bytes_left)).contains(&size) {
            return false;
        }
        let mut read = 0;
        let found = self.markers.are_in(At { file, at: 0 }.take(MAX_PROGRAM), &mut read);
        self.bytes_left = self.bytes_left.saturating_sub(read);
        found
    }

    fn spend(&mut self, bytes: usize) {
        self.bytes_left = self.bytes_left.saturating_sub(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    fn trace(&self, path: &Path, shape: &str, recorder: &mut Recorder<'_>) {
        trace(self.scene, path, shape, recorder);
    }
}

/// Reads a file from the start without moving its own position.
struct At<'a> {
    file: &'a File,
    at: u64,
}

impl Read for At<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read_at(into, self.at)?;
        self.at += u64::try_from(read).unwrap_or(0);
        Ok(read)
    }
}

fn trace(scene: &Scene<'_>, path: &Path, shape: &str, recorder: &mut Recorder<'_>) {
    let sha256 = scene.root.sha256(path, MAX_PROGRAM);
    let path = path.to_string_lossy().into_owned();
    recorder.note(FileTrace { path: path.clone(), sha256, shape: shape.to_owned() }, path);
}

/// Notes a place that could not be searched, for a file as for a configuration in it.
fn unusable(recorder: &mut Recorder<'_>, path: &Path, error: &std::io::Error) {
    for kind in [FactKind::FileTrace, FactKind::MinerConfig] {
        recorder.unusable(kind, path, error);
    }
}

/// Looks for the files that known families leave.
fn family_paths(scene: &Scene<'_>, recorder: &mut Recorder<'_>) {
    let known = &scene.options.interest.family_paths;
    recorder.looked(FactKind::FileTrace, known.len());
    for path in known {
        let paths = match path.strip_prefix("~/") {
            Some(below) => scene.homes.iter().map(|it| it.join(below)).collect(),
            None => vec![PathBuf::from(path)],
        };
        for path in paths {
            match scene.root.stat(&path, true) {
                Ok(_) => trace(scene, &path, "family-path", recorder),
                Err(error) => recorder.unusable(FactKind::FileTrace, &path, &error),
            }
        }
    }
}

/// Whether a running program comes from no package, hides its file, or has worked long.
fn is_worth_a_search(process: &Process) -> bool {
    let program = &process.program;
    let off_package = process.exe.as_deref().is_some_and(|it| !is_packaged(it));
    off_package || program.exe_state != ExeState::OnDisk || program.cpu_s > LONG_WORK_S
}

/// The file of this very program.
fn own_number() -> Option<(u64, u64)> {
    let own = File::open("/proc/self/exe").ok()?;
    Some(number_of(&rustix::fs::fstat(&own).ok()?))
}
