//! Where a report may go: never over what was handed in, never into what is inspected.
//!
//! Evidence is what a report rests on: whoever names it as the place to write, by whatever name,
//! is told so before anything is read.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use minehound_collect as collect;

use crate::args::Inspect;
use crate::locale;
use crate::usage::Usage;

/// A file or folder, whatever it is called: its device and its inode.
type Node = (u64, u64);

/// Refuses to write over an input, or into a folder that is inspected.
pub(super) fn check(args: &Inspect) -> anyhow::Result<()> {
    let targets = [("--out", &args.out), ("--save", &args.save)];
    for (option, path) in targets {
        let Some(path) = path else { continue };
        let target = Target::of(path);
        if let Some(input) = target.over(args) {
            return Err(refused("target-is-input", option, path, &input));
        }
        if let Some(folder) = target.inside(args) {
            return Err(refused("target-in-input", option, path, &folder));
        }
    }
    if let (Some(out), Some(save)) = (&args.out, &args.save)
        && Target::of(out).is(&Target::of(save))
    {
        return Err(refused("target-is-target", "--out", out, save));
    }
    Ok(())
}

fn refused(why: &str, option: &str, path: &Path, input: &Path) -> anyhow::Error {
    let [path, input] = [path, input].map(|it| it.display().to_string());
    Usage::error(locale::filled(why, &[("option", option), ("path", &path), ("input", &input)]))
}

/// A place to write to.
struct Target {
    /// The file that is there already, its links followed; devices and pipes are not replaced.
    there: Option<Metadata>,
    /// Where it lies: as it is named, and where its last link leads.
    places: Vec<PathBuf>,
}

impl Target {
    fn of(path: &Path) -> Self {
        let there = fs::metadata(path).ok().filter(|it| !is_device(it));
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok();
        let named = folder.zip(path.file_name()).map(|(folder, name)| folder.join(name));
        let led = there.as_ref().and_then(|_| fs::canonicalize(path).ok());
        Self { there, places: named.into_iter().chain(led).collect() }
    }

    fn node(&self) -> Option<Node> {
        self.there.as_ref().map(node)
    }

    fn is(&self, other: &Self) -> bool {
        self.places.iter().any(|it| other.places.contains(it))
            || self.node().is_some() && self.node() == other.node()
    }

    /// The input that this is.
    fn over(&self, args: &Inspect) -> Option<PathBuf> {
        let own = self.node()?;
        let stated = [&args.declare, &args.site, &args.manual].into_iter().flatten();
        let tables = args.knowledge.iter().chain(&args.geo).chain(stated);
        let blocks = args.blocks.iter().filter_map(|it| it.split_once('='));
        let blocks = blocks.map(|(_, it)| PathBuf::from(it));
        let mut named = args.sources.iter().chain(tables).cloned().chain(blocks);
        if let Some(it) = named.find(|it| node_of(it) == Some(own)) {
            return Some(it);
        }
        // Under another name it may also lie in a folder that is walked.
        let linked = self.there.as_ref().is_some_and(|it| it.nlink() > 1);
        let walked = linked.then(|| collect::walk(&args.sources));
        let mut files = walked.into_iter().flat_map(|it| it.files).map(|it| it.path);
        files.find(|it| node_of(it) == Some(own))
    }

    /// The inspected folder that this lies in.
    fn inside(&self, args: &Inspect) -> Option<PathBuf> {
        let folder = |it: &&PathBuf| fs::metadata(it).is_ok_and(|it| it.is_dir());
        let mut folders = args.sources.iter().chain(&args.root).filter(folder);
        let ancestors = self.places.iter().flat_map(|it| it.ancestors().skip(1));
        let above: Vec<Node> = ancestors.filter_map(node_of).collect();
        // Nothing lies outside the running system's own root: there only what exists is spared.
        let spared = |it: &PathBuf| Some(it) == args.root.as_ref() && is_own_root(it);
        let holds = |it: &&PathBuf| {
            node_of(it).is_some_and(|it| above.contains(&it))
                && (self.there.is_some() || !spared(it))
        };
        folders.find(holds).cloned()
    }
}

fn is_own_root(folder: &Path) -> bool {
    node_of(folder) == node_of(Path::new("/"))
}

fn is_device(it: &Metadata) -> bool {
    !it.is_file() && !it.is_dir()
}

fn node(it: &Metadata) -> Node {
    (it.dev(), it.ino())
}

/// What a path leads to; `-` is whatever stands at standard input.
fn node_of(path: impl AsRef<Path>) -> Option<Node> {
    let path = path.as_ref();
    if path.as_os_str() == "-" {
        let stat = rustix::fs::fstat(std::io::stdin()).ok()?;
        return Some((stat.st_dev, stat.st_ino));
    }
    fs::metadata(path).ok().as_ref().map(node)
}
