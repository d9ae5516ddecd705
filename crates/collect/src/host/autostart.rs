//! What starts by itself: every place of Linux where a command waits for a time, an event or a
//! login.
//!
//! What a distribution itself ships is read like the rest, but only kept where a command has a
//! shape worth a look; what an administrator or an intruder wrote is kept always.

mod container;
mod cron;
mod login;
mod supervised;
mod systemd;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use minehound_model::{Autostart, AutostartPlace, FactKind, MinerCommand};
use rustix::fs::FileType;

use super::configs;
use super::recorder::Recorder;
use super::root::{Contents, Entry, mtime};
use super::shapes::{self, cut};
use super::{Scene, command, protection, secrets};

/// How much of one file is read, in bytes.
const MAX_FILE: usize = 256 * 1024;
/// How many names of one folder are read.
const MAX_NAMES: usize = 4096;
/// How many entries of one file are kept.
const MAX_ENTRIES_OF_FILE: usize = 64;
/// How much of a command is kept, in bytes.
const MAX_KEPT: usize = 1024;
/// How many files of `/etc` are asked for their time.
const MAX_TIMED: usize = 4096;

/// Reads all places; returns where configuration files of the programs started may lie.
pub(super) fn collect(scene: &Scene<'_>, recorder: &mut Recorder<'_>) -> Vec<PathBuf> {
    let mut reader = Reader {
        scene,
        recorder,
        kept: 0,
        read: BTreeSet::new(),
        shell_time: shell_time(scene),
        hints: BTreeSet::new(),
    };
    cron::read(&mut reader);
    systemd::read(&mut reader);
    login::read(&mut reader);
    supervised::read(&mut reader);
    container::read(&mut reader);
    reader.hints.into_iter().collect()
}

/// Whether entries without any shape are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    All,
    /// Where a distribution ships hundreds of its own.
    Notable,
}

struct Reader<'a, 'b> {
    scene: &'a Scene<'a>,
    recorder: &'a mut Recorder<'b>,
    kept: usize,
    /// Files read before under another name.
    read: BTreeSet<(u64, u64)>,
    /// The time of `/bin/sh`, where bearing it means something.
    shell_time: Option<(i64, i64)>,
    hints: BTreeSet<PathBuf>,
}

/// A file under way.
struct Source<'a> {
    place: AutostartPlace,
    path: &'a Path,
    file: &'a Contents,
    keep: Keep,
}

impl Source<'_> {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.file.bytes).into_owned()
    }
}

impl Reader<'_, '_> {
    /// Hands the file at `path` to `parse`, unless it was read before.
    fn file(
        &mut self,
        place: AutostartPlace,
        path: &Path,
        keep: Keep,
        parse: impl FnOnce(&mut Self, &Source<'_>),
    ) {
        let file = match self.scene.root.read(path, MAX_FILE) {
            Ok(file) => file,
            Err(error) => return self.recorder.unusable(FactKind::Autostart, path, &error),
        };
        if !self.read.insert(file.number) {
            return;
        }
        self.recorder.looked(FactKind::Autostart, 1);
        if file.cut {
            self.recorder.gap(FactKind::Autostart, "cut");
        }
        parse(self, &Source { place, path, file: &file, keep });
    }

    /// The files in a folder that are wanted, links to files included.
    fn files(&mut self, folder: &str, wanted: impl Fn(&Entry) -> bool) -> Vec<PathBuf> {
        let listing = match self.scene.root.list(Path::new(folder), MAX_NAMES) {
            Ok(listing) => listing,
            Err(error) => {
                self.recorder.unusable(FactKind::Autostart, Path::new(folder), &error);
                return Vec::new();
            }
        };
        if listing.cut {
            self.recorder.gap(FactKind::Autostart, "budget");
        }
        let is_file = |it: &Entry| matches!(it.kind, FileType::RegularFile | FileType::Symlink);
        let files = listing.entries.into_iter().filter(|it| is_file(it) && wanted(it));
        files.map(|it| it.path).collect()
    }

    /// The folders in a folder, and links, which may lead to folders.
    fn folders(&mut self, folder: &Path) -> Vec<PathBuf> {
        let listing = match self.scene.root.list(folder, MAX_NAMES) {
            Ok(listing) => listing,
            Err(error) => {
                self.recorder.unusable(FactKind::Autostart, folder, &error);
                return Vec::new();
            }
        };
        if listing.cut {
            self.recorder.gap(FactKind::Autostart, "budget");
        }
        let leads = |it: &Entry| matches!(it.kind, FileType::Directory | FileType::Symlink);
        let folders = listing.entries.into_iter().filter(leads);
        folders.map(|it| it.path).collect()
    }

    /// Keeps commands of one file, as many as are kept of one.
    fn entries(&mut self, source: &Source<'_>, commands: Vec<(u64, String)>) {
        if commands.len() > MAX_ENTRIES_OF_FILE {
            self.recorder.gap(FactKind::Autostart, "cut");
        }
        for (line, command) in commands.into_iter().take(MAX_ENTRIES_OF_FILE) {
            self.entry(source, Some(line), &command);
        }
    }

    /// Keeps one command, if it is to be kept; says whether it was notable.
    fn entry(&mut self, source: &Source<'_>, line: Option<u64>, command: &str) -> bool {
        let (shapes, miner) = (shapes::of(command), command::in_text(command));
        for words in shapes::programs(command) {
            self.hints.extend(configs::hinted(&words));
        }
        protection::scripted(self.scene, source.path, line, command, self.recorder);
        self.keep(source, line, command, shapes, miner)
    }

    /// Keeps a file as such, whose lines have no shape.
    fn whole(&mut self, source: &Source<'_>) {
        let path = source.path.to_string_lossy();
        self.keep(source, None, &path, Vec::new(), None);
    }

    fn keep(
        &mut self,
        source: &Source<'_>,
        line: Option<u64>,
        command: &str,
        shapes: Vec<String>,
        miner: Option<MinerCommand>,
    ) -> bool {
        let borrowed_time = self.shell_time == Some(source.file.mtime);
        let notable = !shapes.is_empty() || miner.is_some() || borrowed_time;
        if !notable && source.keep == Keep::Notable {
            return false;
        }
        if self.kept >= self.scene.options.limits.autostart {
            self.recorder.gap(FactKind::Autostart, "budget");
            return notable;
        }
        self.kept += 1;
        let path = source.path.to_string_lossy().into_owned();
        let place = line.map_or_else(|| path.clone(), |line| format!("{path}:{line}"));
        let of_miner = miner.is_some() || self.runs_a_miner_by_name(command);
        let shown = secrets::hidden(cut(command.trim(), shapes::MAX_COMMAND), of_miner);
        let fact = Autostart {
            place: source.place,
            path,
            line,
            command: cut(&shown.text, MAX_KEPT).to_owned(),
            logins: shown.logins,
            shapes,
            miner: miner.map(Box::new),
            borrowed_time,
            immutable: source.file.immutable,
        };
        self.recorder.note(fact, place);
        notable
    }

    /// Whether a program in a command is called like one that mines.
    fn runs_a_miner_by_name(&self, command: &str) -> bool {
        let names = &self.scene.options.interest.program_names;
        let name = |it: &Vec<String>| it.first()?.rsplit('/').next().map(str::to_lowercase);
        shapes::programs(command).iter().filter_map(name).any(|it| names.contains(&it))
    }

    /// Reads a script: each notable line is kept; if there is none, the script as such.
    fn script(&mut self, source: &Source<'_>) {
        let text = source.text();
        let quiet = Source { keep: Keep::All, ..*source };
        let mut notable = 0;
        for (line, command) in logical_lines(&text) {
            if notable >= MAX_ENTRIES_OF_FILE {
                self.recorder.gap(FactKind::Autostart, "cut");
                break;
            }
            let notable_line = !shapes::of(&command).is_empty()
                || command::in_text(&command).is_some()
                || self.runs_a_miner_by_name(&command);
            if notable_line {
                notable += 1;
                self.entry(&quiet, Some(line), &command);
            } else {
                protection::scripted(self.scene, source.path, Some(line), &command, self.recorder);
            }
        }
        if notable == 0 {
            self.whole(source);
        }
    }

    /// Reads every script in a folder.
    fn scripts(&mut self, place: AutostartPlace, folder: &str, keep: Keep) {
        for path in self.files(folder, |it| !it.name().starts_with('.')) {
            self.file(place, &path, keep, Self::script);
        }
    }
}

/// The lines of a text that hold anything but a comment, with continued lines joined, and the
/// number of the first line of each, counted from one.
pub(super) fn logical_lines(text: &str) -> Vec<(u64, String)> {
    let mut lines = Vec::new();
    let mut joined: Option<(u64, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if joined.is_none() && (line.is_empty() || line.starts_with('#')) {
            continue;
        }
        let (begin, mut command) = joined.take().unwrap_or((number, String::new()));
        let continued = line.strip_suffix('\\');
        command.push_str(continued.unwrap_or(line));
        if continued.is_some() && command.len() < shapes::MAX_COMMAND {
            command.push(' ');
            joined = Some((begin, command));
        } else {
            lines.push((begin, command));
        }
    }
    lines.extend(joined);
    lines
}

/// The time of `/bin/sh`, unless so many other files bear it that it means nothing: some images
/// give all their files one time.
fn shell_time(scene: &Scene<'_>) -> Option<(i64, i64)> {
    let time = mtime(&scene.root.stat(Path::new("/bin/sh"), true).ok()?);
    let mut folders = vec![(PathBuf::from("/etc"), 0)];
    let (mut files, mut alike) = (0, 0);
    while let Some((folder, depth)) = folders.pop() {
        let Ok(listing) = scene.root.list(&folder, MAX_NAMES) else { continue };
        for entry in listing.entries {
            if files >= MAX_TIMED {
                break;
            }
            match entry.kind {
                FileType::Directory if depth < 3 => folders.push((entry.path, depth + 1)),
                FileType::RegularFile => {
                    let stat = scene.root.stat(&entry.path, false);
                    files += 1;
                    alike += usize::from(stat.is_ok_and(|it| mtime(&it) == time));
                }
                _ => {}
            }
        }
    }
    (files >= 100 && alike * 100 < files).then_some(time)
}

#[cfg(test)]
mod tests;
