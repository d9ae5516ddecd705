//! A search of the disk. Where miners are hidden (temporary folders, homes, hidden folders in the
//! system) every file is looked at; elsewhere files with a miner's name and files that may be
//! configurations; and the files of programs that run from no package.
//!
//! Bounds are counts of names, files and bytes, so that the same disk gives the same result; what
//! they cut off is named. A bound on time guards against disks that hardly answer.

mod mounts;
mod places;
mod strings;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use minehound_model::{ExeState, FactKind, FileTrace};
use rustix::fs::FileType;

use self::mounts::Foreign;
use self::places::{Care, Folder, Frontier, is_known_top, place_of};
use self::strings::Markers;
use super::configs::{Finder, MAX_CONFIG, is_packaged};
use super::process::{Process, Processes};
use super::recorder::Recorder;
use super::root::{Entry, kind_of, number_of, size_of};
use super::{Scene, autostart, command, protection};

/// What the search looks for.
const KINDS: [FactKind; 2] = [FactKind::FileTrace, FactKind::MinerConfig];
/// The largest program that is searched, in bytes.
const MAX_PROGRAM: u64 = 64 << 20;
/// The smallest: no miner is this small.
const MIN_PROGRAM: u64 = 32 << 10;
/// The largest script whose lines are read, in bytes.
const MAX_SCRIPT: usize = 64 * 1024;
/// How many lines of a script are held against the ways to remove an agent.
const MAX_LINES: usize = 1024;
/// How many names of one folder are looked at.
const MAX_NAMES: usize = 65_536;
/// From this much processor time on the file of a packaged program is searched too, in seconds.
const LONG_WORK_S: f64 = 600.0;

/// How many places that were not searched are named.
const MAX_PLACES: usize = 6;

/// Searches until a bound is met, the shallowest folders first.
pub(super) fn collect(
    scene: &Scene<'_>,
    processes: &Processes,
    finder: &mut Finder,
    recorder: &mut Recorder<'_>,
) {
    let limits = &scene.options.limits;
    let mut search = Search {
        scene,
        began: Instant::now(),
        names_left: limits.search_names,
        files_left: limits.search_files,
        bytes_left: limits.search_bytes,
        met: own_number().into_iter().collect(),
        markers: Markers::new(),
        foreign: mounts::below(scene.options.root.as_deref().unwrap_or(Path::new("/"))),
    };
    family_paths(scene, recorder);
    for kind in KINDS {
        recorder.looked(kind, 0);
    }
    // Nor can the files of programs be searched that are not told.
    if processes.unprivileged {
        recorder.gap(FactKind::FileTrace, "unprivileged");
    }
    for process in processes.list.iter().filter(|it| is_worth_a_search(it)) {
        // Large programs that run must not keep the small ones that hide from being looked at.
        if search.bytes_left < limits.search_bytes / 2 || search.is_spent() {
            recorder.gap(FactKind::FileTrace, "budget");
            break;
        }
        search.running(process, recorder);
    }
    search.walk(finder, recorder);
}

struct Search<'a> {
    scene: &'a Scene<'a>,
    began: Instant,
    names_left: usize,
    files_left: usize,
    bytes_left: u64,
    /// Programs searched before, this one among them: it knows the words it looks for.
    met: BTreeSet<(u64, u64)>,
    markers: Markers,
    /// Folders inside the tree that something else is mounted on.
    foreign: BTreeMap<PathBuf, Foreign>,
}

impl Search<'_> {
    fn is_spent(&self) -> bool {
        self.names_left == 0
            || self.files_left == 0
            || self.began.elapsed() > self.scene.options.limits.search_time
    }

    fn walk(&mut self, finder: &mut Finder, recorder: &mut Recorder<'_>) {
        let mut frontier = Frontier::new(&self.scene.homes);
        let mut entered = BTreeSet::new();
        let mut unfinished = Vec::new();
        while let Some(folder) = frontier.next() {
            if self.is_spent() {
                unfinished.push(place_of(&folder.path));
                break;
            }
            match self.foreign.get(&folder.path) {
                Some(Foreign::NoFiles) => continue,
                Some(Foreign::Elsewhere) => {
                    unfinished.push(folder.path);
                    continue;
                }
                None => {}
            }
            let listing = match self.scene.root.list(&folder.path, MAX_NAMES) {
                Ok(listing) => listing,
                Err(error) => {
                    unusable(recorder, &folder.path, &error);
                    continue;
                }
            };
            if !entered.insert(listing.number) {
                continue;
            }
            self.names_left = self.names_left.saturating_sub(listing.entries.len().max(1));
            if listing.cut {
                unfinished.push(folder.path.clone());
            }
            let (folders, files): (Vec<_>, Vec<_>) =
                listing.entries.into_iter().partition(|it| it.kind == FileType::Directory);
            let siblings = folders.len();
            for below in folders {
                if self.is_left_out(&folder, &below) {
                    unfinished.push(below.path);
                } else {
                    frontier.add(&folder, below.path, siblings);
                }
            }
            let files = files.iter().filter(|it| it.kind == FileType::RegularFile);
            for file in files {
                if self.is_worth_opening(&folder, file) {
                    if self.is_spent() {
                        unfinished.push(place_of(&folder.path));
                        break;
                    }
                    self.file(file, finder, recorder);
                }
            }
        }
        if self.is_spent() {
            both(recorder, "budget");
        }
        name_places(unfinished.into_iter().chain(frontier.places_left()), recorder);
    }

    /// Whether a folder at the top is none that every machine has: on a running machine what mines
    /// runs, and leads to its file wherever it lies.
    fn is_left_out(&self, above: &Folder, below: &Entry) -> bool {
        let at_top = above.path == Path::new("/");
        let name = below.name();
        at_top && self.scene.live && !is_known_top(&name) && !name.starts_with('.')
    }

    fn is_worth_opening(&self, folder: &Folder, file: &Entry) -> bool {
        let name = file.name();
        match folder.care {
            Care::Every(_) => true,
            Care::Hidden(_) if name.starts_with('.') => true,
            _ => {
                self.is_miners_name(&name)
                    || is_options(&name)
                    || ["json", "conf", "cfg"].iter().any(|it| file.has_extension(it))
            }
        }
    }

    /// Whether a file is called like a mining program, with or without its version.
    fn is_miners_name(&self, name: &str) -> bool {
        let names = &self.scene.options.interest.program_names;
        let name = name.to_lowercase();
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        let versionless = || {
            let (before, after) = name.rsplit_once('-')?;
            let version = after.strip_prefix('v').unwrap_or(after);
            version.starts_with(|it: char| it.is_ascii_digit()).then_some(before)
        };
        names.contains(name) || versionless().is_some_and(|it| names.contains(it))
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
        let named = self.is_miners_name(&entry.name());
        if first.starts_with(b"\x7fELF") {
            let strings =
                self.met.insert(number_of(&stat)) && self.program(&file, size_of(&stat), recorder);
            if strings {
                self.trace(&entry.path, "miner-strings", recorder);
            } else if named {
                self.trace(&entry.path, "program-named", recorder);
            }
        } else if first.starts_with(b"MZ") {
            if named {
                self.trace(&entry.path, "program-named", recorder);
            }
        } else if first.starts_with(b"#!") {
            let Ok(file) = self.scene.root.read(&entry.path, MAX_SCRIPT) else { return };
            self.spend(file.bytes.len());
            let text = String::from_utf8_lossy(&file.bytes);
            let lines = autostart::logical_lines(&text);
            for (line, command) in lines.iter().take(MAX_LINES) {
                protection::scripted(self.scene, &entry.path, Some(*line), command, recorder);
            }
            let miner = |it: &str| command::in_text(it).is_some_and(|it| it.conclusive);
            if lines.iter().any(|it| miner(&it.1)) {
                self.trace(&entry.path, "launch-script", recorder);
            } else if named {
                self.trace(&entry.path, "script-named", recorder);
            }
        } else if (first.trim_ascii_start().starts_with(b"{") || is_options(&entry.name()))
            && size_of(&stat) <= MAX_CONFIG as u64
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
        if self.program(&file, size_of(&stat), recorder) {
            let sha256 = super::root::digest(&file, MAX_PROGRAM);
            let path = process.program.exe.clone().unwrap_or_default();
            recorder.note(FileTrace { path, sha256, shape: "miner-strings".to_owned() }, link);
        }
    }

    /// Whether a program holds the strings of a miner. Reads with a position of its own.
    fn program(&mut self, file: &File, size: u64, recorder: &mut Recorder<'_>) -> bool {
        if !(MIN_PROGRAM..=MAX_PROGRAM).contains(&size) {
            return false;
        }
        if size > self.bytes_left {
            recorder.gap(FactKind::FileTrace, "budget");
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

/// Whether a file is called as `PhoenixMiner` and Claymore's miners call their options.
fn is_options(name: &str) -> bool {
    matches!(name, "config.txt" | "epools.txt" | "dpools.txt")
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
    for kind in KINDS {
        recorder.unusable(kind, path, error);
    }
}

fn both(recorder: &mut Recorder<'_>, gap: &str) {
    for kind in KINDS {
        recorder.gap(kind, gap);
    }
}

/// Names the first places that were not searched, each once.
fn name_places(places: impl Iterator<Item = PathBuf>, recorder: &mut Recorder<'_>) {
    let mut named = BTreeSet::new();
    for place in places {
        if named.len() == MAX_PLACES {
            return both(recorder, "not-searched-more");
        }
        let place = format!("not-searched:{}", place.display());
        if named.insert(place.clone()) {
            both(recorder, &place);
        }
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
