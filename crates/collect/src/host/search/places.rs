//! Where to search: places where miners are hidden are searched file by file, everything else by
//! name, the likeliest folders first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::path::{Path, PathBuf};

/// How the files of a folder are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Care {
    /// Only those whose name or kind of name is of interest.
    ByName,
    /// Every file, so many levels deep.
    Every(u32),
    /// Every file with a hidden name, so many levels deep; the others by name.
    Hidden(u32),
}

use Care::{ByName, Every, Hidden};

/// Places where miners are hidden.
const PLACES: [(&str, Care); 24] = [
    ("/tmp", Every(3)),
    ("/var/tmp", Every(3)),
    ("/dev/shm", Every(3)),
    ("/root", Every(2)),
    ("/opt", Every(2)),
    ("/srv", Every(2)),
    ("/", Hidden(2)),
    ("/dev", Hidden(2)),
    ("/etc", Hidden(2)),
    ("/usr", Hidden(2)),
    ("/usr/bin", Hidden(1)),
    ("/usr/sbin", Hidden(1)),
    ("/usr/lib", Hidden(2)),
    ("/usr/share", Hidden(3)),
    ("/usr/local", Every(2)),
    ("/usr/local/lib", Every(2)),
    ("/usr/local/share", Every(2)),
    ("/usr/lib/udev", Hidden(2)),
    ("/usr/lib/systemd", Hidden(1)),
    ("/var", Hidden(2)),
    ("/var/lib", Hidden(2)),
    ("/var/www", Every(2)),
    ("/var/run", Hidden(2)),
    ("/var/spool", Hidden(2)),
];
/// How a home is searched.
const HOME: Care = Every(2);
/// Folders full of files of developers, too many to be read one by one.
const BY_NAME_ONLY: [&str; 11] = [
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
/// Folders at the top that every distribution has (Filesystem Hierarchy Standard 3.0), and those
/// that servers keep their data in.
const TOP: [&str; 24] = [
    "bin",
    "boot",
    "data",
    "dev",
    "etc",
    "home",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "lost+found",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "snap",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
];

/// A folder to be searched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Folder {
    /// How much it takes to name it: deep folders and those among many cost more.
    cost: u32,
    pub(super) path: PathBuf,
    pub(super) care: Care,
}

/// The folders still to be searched, the cheapest to name first.
///
/// A miner lies somewhere that a person or a script chose; caches, packages and histories of
/// versions lie in folders of hundreds. So what is a few names down a narrow path comes long before
/// what is one of a thousand, whatever either is called.
pub(super) struct Frontier {
    folders: BinaryHeap<Reverse<Folder>>,
    places: BTreeMap<PathBuf, Care>,
}

impl Frontier {
    pub(super) fn new(homes: &[PathBuf]) -> Self {
        let homes = homes.iter().map(|it| (it.clone(), HOME));
        let places = PLACES.iter().map(|(path, care)| (PathBuf::from(path), *care));
        let places: BTreeMap<_, _> = homes.chain(places).collect();
        let folder =
            |(path, care): (&PathBuf, &Care)| Folder { cost: 0, path: path.clone(), care: *care };
        Self { folders: places.iter().map(folder).map(Reverse).collect(), places }
    }

    pub(super) fn next(&mut self) -> Option<Folder> {
        self.folders.pop().map(|it| it.0)
    }

    /// Takes one of the folders in `above`, one of so many.
    pub(super) fn add(&mut self, above: &Folder, path: PathBuf, siblings: usize) {
        // A place of its own is under way already.
        if self.places.contains_key(&path) {
            return;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let care = match above.care {
            Every(levels) | Hidden(levels) if levels > 1 => {
                let chosen = matches!(above.care, Every(_)) || name.starts_with('.');
                let read = chosen && !BY_NAME_ONLY.contains(&&*name);
                if read { Every(levels - 1) } else { ByName }
            }
            _ => ByName,
        };
        let cost = above.cost.saturating_add(1 + siblings.checked_ilog2().unwrap_or(0));
        self.folders.push(Reverse(Folder { cost, path, care }));
    }

    /// The folders that were not searched, by the place they lie in, the places of most folders
    /// first.
    pub(super) fn places_left(self) -> Vec<PathBuf> {
        let mut places: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for Reverse(folder) in self.folders {
            *places.entry(place_of(&folder.path)).or_default() += 1;
        }
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_by_key(|(path, folders)| (Reverse(*folders), path.clone()));
        places.into_iter().map(|it| it.0).collect()
    }
}

/// The first two names of a path: what a reader knows a place by.
pub(super) fn place_of(path: &Path) -> PathBuf {
    path.components().take(3).collect()
}

/// Whether every distribution has such a folder at the top.
pub(super) fn is_known_top(name: &str) -> bool {
    TOP.contains(&name) || name.starts_with("data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_deep_path_comes_before_one_of_a_thousand() {
        let mut frontier = Frontier::new(&[]);
        let top = frontier.next().unwrap();
        assert_eq!((top.path.as_path(), top.care), (Path::new("/"), Hidden(2)));
        for package in 0..1000 {
            frontier.add(&top, format!("/cache/{package}").into(), 1000);
        }
        let mut above = top;
        for path in ["/a", "/a/b", "/a/b/c", "/a/b/c/d"] {
            frontier.add(&above, path.into(), 1);
            while let Some(folder) = frontier.next() {
                assert!(!folder.path.starts_with("/cache"), "{path}");
                if folder.path == Path::new(path) {
                    above = folder;
                    break;
                }
            }
        }
        assert_eq!(above.care, ByName);
        assert_eq!(frontier.places_left().len(), 1000);
    }

    #[test]
    fn hidden_names_are_read_and_those_of_developers_are_not() {
        let mut frontier = Frontier::new(&["/home/alice".into()]);
        let care = |frontier: &mut Frontier, above: Care, path: &str| {
            let above = Folder { cost: 0, path: "/".into(), care: above };
            frontier.folders.clear();
            frontier.add(&above, path.into(), 1);
            frontier.next().map(|it| it.care)
        };
        for (above, path, expected) in [
            (Hidden(2), "/usr/share/.x", Some(Every(1))),
            (Hidden(2), "/usr/share/x", Some(ByName)),
            (Every(2), "/home/alice/x", Some(Every(1))),
            (Every(2), "/home/alice/node_modules", Some(ByName)),
            (Every(1), "/home/alice/x/y", Some(ByName)),
            (ByName, "/home/alice", None),
        ] {
            assert_eq!(care(&mut frontier, above, path), expected, "{path}");
        }
    }
}
