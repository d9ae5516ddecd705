//! From what the user named to the files to read.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Deepest folder that is entered below a named one.
const MAX_DEPTH: usize = 64;
/// Most files taken from all folders.
const MAX_FILES: usize = 1_000_000;

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Where it lies; `-` is standard input.
    pub path: PathBuf,
    /// Whether the user named it, not a folder above it.
    pub directly: bool,
}

/// A place that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Where.
    pub path: PathBuf,
    /// Why: a message id.
    pub reason: &'static str,
    /// What the system said: a message id where it is a usual error.
    pub cause: String,
}

impl Failed {
    fn at(path: &Path, cause: &io::Error) -> Self {
        Self { path: path.to_owned(), reason: reason(cause), cause: cause_of(cause) }
    }

    fn limit(path: PathBuf, reason: &'static str) -> Self {
        Self { path, reason, cause: String::new() }
    }
}

/// The message id for what the system said.
#[must_use]
pub(crate) fn reason(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::NotFound => "missing",
        io::ErrorKind::PermissionDenied => "no-permission",
        io::ErrorKind::Unsupported => "not-a-file",
        io::ErrorKind::InvalidData => "damaged",
        _ => "unreadable",
    }
}

/// What the system said about it: a message id where it is a usual error, nothing where the reason
/// says as much, else the words of whoever refused it.
#[must_use]
pub(crate) fn cause_of(cause: &io::Error) -> String {
    use io::ErrorKind::{NotFound, PermissionDenied, Unsupported};
    if matches!(cause.kind(), NotFound | PermissionDenied | Unsupported) {
        return String::new();
    }
    let Some(code) = cause.raw_os_error() else { return cause.to_string() };
    usual_error(code).map_or_else(|| cause.to_string(), str::to_owned)
}

/// The message id of an error number of Linux (errno(3)).
#[must_use]
pub fn usual_error(code: i32) -> Option<&'static str> {
    use rustix::io::Errno;
    let known = [
        (Errno::ACCESS, "os-denied"),
        (Errno::DQUOT, "os-quota"),
        (Errno::IO, "os-device"),
        (Errno::ISDIR, "os-folder"),
        (Errno::LOOP, "os-links"),
        (Errno::MFILE, "os-open-files"),
        (Errno::NAMETOOLONG, "os-long-name"),
        (Errno::NFILE, "os-open-files"),
        (Errno::NOENT, "os-missing"),
        (Errno::NOSPC, "os-full"),
        (Errno::NOTDIR, "os-no-folder"),
        (Errno::PERM, "os-denied"),
        (Errno::PIPE, "os-pipe"),
        (Errno::ROFS, "os-read-only"),
        (Errno::STALE, "os-stale"),
        (Errno::TIMEDOUT, "os-slow"),
    ];
    known.into_iter().find(|it| it.0.raw_os_error() == code).map(|it| it.1)
}

/// What the walk came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// The files, sorted, each once.
    pub files: BTreeSet<Named>,
    /// What could not be entered or does not exist.
    pub failed: Vec<Failed>,
    /// Folders that were named and hold no file.
    pub empty: Vec<PathBuf>,
}

/// Walks everything named; folders that are links are not entered, so there are no circles.
#[must_use]
pub fn walk(named: &[PathBuf]) -> Walk {
    let mut walk = Walk::default();
    for path in named {
        if path.as_os_str() == "-" {
            walk.files.insert(Named { path: path.clone(), directly: true });
            continue;
        }
        match fs::metadata(path) {
            Ok(it) if it.is_dir() => {
                let before = walk.files.len() + walk.failed.len();
                enter(path, 0, &mut walk);
                if walk.files.len() + walk.failed.len() == before {
                    walk.empty.push(path.clone());
                }
            }
            Ok(_) => {
                walk.files.insert(Named { path: path.clone(), directly: true });
            }
            Err(cause) => walk.failed.push(Failed::at(path, &cause)),
        }
    }
    walk
}

fn enter(folder: &Path, depth: usize, walk: &mut Walk) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) => return walk.failed.push(Failed::at(folder, &cause)),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(cause) => return walk.failed.push(Failed::at(folder, &cause)),
        };
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => enter(&path, depth + 1, walk),
            Ok(kind) if kind.is_dir() => {
                walk.failed.push(Failed::limit(path, "folders-too-deep"));
            }
            Ok(_) if walk.files.len() >= MAX_FILES => {
                return walk.failed.push(Failed::limit(path, "too-many-files"));
            }
            Ok(kind) if kind.is_symlink() && path.is_dir() => {}
            Ok(_) => {
                walk.files.insert(Named { path, directly: false });
            }
            Err(cause) => walk.failed.push(Failed::at(&path, &cause)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_is_said_and_an_empty_folder_too() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let walk = walk(&[folder.path().to_owned(), missing.clone()]);
        assert_eq!(walk.empty, [folder.path()]);
        assert_eq!((&walk.failed[0].path, walk.failed[0].reason), (&missing, "missing"));
    }

    #[test]
    fn folders_are_walked_without_circles() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("x"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path(), inner.join("up")).unwrap();
        let walk = walk(&[folder.path().to_owned()]);
        let paths: Vec<_> = walk.files.iter().map(|it| it.path.clone()).collect();
        assert_eq!(paths, [inner.join("x")]);
    }
}
