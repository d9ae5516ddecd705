//! A directory tree read as if it were `/`: no symbolic link leads out of it, and nothing but
//! regular files and directories is ever opened.

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, IFlags, Mode, OFlags, ResolveFlags, Stat, fstat, ioctl_getflags,
    openat, openat2, readlinkat, statat,
};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use crate::hex;

/// How many symbolic links one path may pass, as in the kernel.
const MAX_LINKS: u32 = 40;

/// A directory tree and what resolves paths inside it.
#[derive(Debug)]
pub(super) struct Root {
    dir: OwnedFd,
    /// Whether the kernel resolves for us (`openat2`, Linux 5.6); otherwise [`Self::walk`] does.
    kernel_resolves: Cell<bool>,
}

/// What was read of a file.
#[derive(Debug)]
pub(super) struct Contents {
    /// The first bytes.
    pub(super) bytes: Vec<u8>,
    /// Whether there was more.
    pub(super) cut: bool,
    /// Its last change, in seconds and nanoseconds since 1970.
    pub(super) mtime: (i64, i64),
    /// Its file system and number there.
    pub(super) number: (u64, u64),
    /// Whether it was made unchangeable.
    pub(super) immutable: bool,
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The full path inside the tree.
    pub(super) path: PathBuf,
    /// What it is.
    pub(super) kind: FileType,
}

impl Entry {
    /// The last part of its path, for display.
    pub(super) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether its name ends in a dot and exactly this.
    pub(super) fn has_extension(&self, extension: &str) -> bool {
        self.path.extension().is_some_and(|it| it == extension)
    }
}

/// The names in a directory, sorted.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// As many as were asked for.
    pub(super) entries: Vec<Entry>,
    /// Whether there were more.
    pub(super) cut: bool,
    /// The file system of the directory and its number there.
    pub(super) number: (u64, u64),
}

impl Root {
    /// The tree below `path`, a path of this machine.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let dir = openat(CWD, path, flags, Mode::empty())?;
        Ok(Self { dir, kernel_resolves: Cell::new(true) })
    }

    /// The same tree, resolved without the help of the kernel.
    #[cfg(test)]
    pub(super) fn resolved_by_hand(path: &Path) -> io::Result<Self> {
        let root = Self::at(path)?;
        root.kernel_resolves.set(false);
        Ok(root)
    }

    /// Points at what lies at `path` without opening it.
    fn point(&self, path: &Path, follow: bool) -> io::Result<OwnedFd> {
        if self.kernel_resolves.get() {
            let mut flags = OFlags::PATH | OFlags::CLOEXEC;
            flags.set(OFlags::NOFOLLOW, !follow);
            match openat2(&self.dir, path, flags, Mode::empty(), ResolveFlags::IN_ROOT) {
                // A sandbox may answer EPERM for a call it does not know.
                Err(Errno::NOSYS | Errno::PERM) => self.kernel_resolves.set(false),
                done => return Ok(done?),
            }
        }
        self.walk(path, follow)
    }

    /// Resolves `path` one name at a time, as `openat2` with `RESOLVE_IN_ROOT` does.
    fn walk(&self, path: &Path, follow: bool) -> io::Result<OwnedFd> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let top = || openat(&self.dir, ".", flags, Mode::empty());
        let mut above = Vec::new();
        let mut here = top()?;
        let mut ahead = names(path);
        let mut links = 0;
        while let Some(name) = ahead.pop() {
            if name == ".." {
                here = above.pop().map_or_else(top, Ok)?;
                continue;
            }
            let next = openat(&here, name.as_os_str(), flags, Mode::empty())?;
            let is_link = kind_of(&fstat(&next)?) == FileType::Symlink;
            if !is_link || (ahead.is_empty() && !follow) {
                above.push(std::mem::replace(&mut here, next));
                continue;
            }
            links += 1;
            if links > MAX_LINKS {
                return Err(Errno::LOOP.into());
            }
            let target = OsString::from_vec(readlinkat(&next, "", Vec::new())?.into_bytes());
            let target = Path::new(&target);
            if target.is_absolute() {
                above.clear();
                here = top()?;
            }
            ahead.extend(names(target));
        }
        Ok(here)
    }

    /// The state of what lies at `path`.
    pub(super) fn stat(&self, path: &Path, follow: bool) -> io::Result<Stat> {
        Ok(fstat(self.point(path, follow)?)?)
    }

    /// Whether anything lies at `path`.
    pub(super) fn exists(&self, path: &Path) -> bool {
        self.stat(path, true).is_ok()
    }

    /// Where the symbolic link at `path` points, if it is one.
    pub(super) fn link_target(&self, path: &Path) -> Option<PathBuf> {
        let link = self.point(path, false).ok()?;
        let target = readlinkat(&link, "", Vec::new()).ok()?;
        Some(PathBuf::from(OsString::from_vec(target.into_bytes())))
    }

    /// Opens the regular file at `path`; pipes and devices are refused without being touched.
    pub(super) fn open(&self, path: &Path) -> io::Result<(File, Stat)> {
        let pointer = self.point(path, true)?;
        if kind_of(&fstat(&pointer)?) != FileType::RegularFile {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let file = File::from(reopen(&pointer, OFlags::RDONLY | OFlags::NONBLOCK)?);
        let stat = fstat(&file)?;
        Ok((file, stat))
    }

    /// Reads at most `cap` bytes of the regular file at `path`.
    pub(super) fn read(&self, path: &Path, cap: usize) -> io::Result<Contents> {
        let (file, stat) = self.open(path)?;
        let immutable = ioctl_getflags(&file).is_ok_and(|it| it.contains(IFlags::IMMUTABLE));
        let mut bytes = Vec::new();
        let cap_and_one = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
        file.take(cap_and_one).read_to_end(&mut bytes)?;
        let cut = bytes.len() > cap;
        bytes.truncate(cap);
        let number = number_of(&stat);
        Ok(Contents { bytes, cut, mtime: mtime(&stat), number, immutable })
    }

    /// The SHA-256 of the regular file at `path`, unless it is larger than `cap` bytes.
    pub(super) fn sha256(&self, path: &Path, cap: u64) -> Option<String> {
        let (file, stat) = self.open(path).ok()?;
        (size_of(&stat) <= cap).then(|| digest(file, cap)).flatten()
    }

    /// The first `cap` names in the directory at `path`.
    pub(super) fn list(&self, path: &Path, cap: usize) -> io::Result<Listing> {
        let dir = reopen(&self.point(path, true)?, OFlags::RDONLY | OFlags::DIRECTORY)?;
        let number = number_of(&fstat(&dir)?);
        let mut listing = Listing { number, ..Listing::default() };
        let mut unknown = Vec::new();
        for entry in Dir::new(dir)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            if listing.entries.len() >= cap {
                listing.cut = true;
                break;
            }
            let kind = entry.file_type();
            if kind == FileType::Unknown {
                unknown.push(listing.entries.len());
            }
            listing.entries.push(Entry { path: path.join(name), kind });
        }
        // Some file systems do not say in the listing what an entry is.
        for entry in unknown {
            if let Some(entry) = listing.entries.get_mut(entry) {
                entry.kind = self.stat(&entry.path, false).map_or(entry.kind, |it| kind_of(&it));
            }
        }
        listing.entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }
}

/// The names of a path, last first; `/` and `.` are dropped.
fn names(path: &Path) -> Vec<OsString> {
    path.components()
        .rev()
        .filter_map(|it| match it {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some(OsString::from("..")),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        })
        .collect()
}

/// Opens what an `O_PATH` descriptor points at, without touching its time of access if allowed.
fn reopen(pointer: &OwnedFd, flags: OFlags) -> io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", pointer.as_fd().as_raw_fd());
    let flags = flags | OFlags::CLOEXEC;
    match openat(CWD, &path, flags | OFlags::NOATIME, Mode::empty()) {
        // Only the owner of a file may leave its time of access alone.
        Err(Errno::PERM) => Ok(openat(CWD, &path, flags, Mode::empty())?),
        done => Ok(done?),
    }
}

/// What a state says something is.
pub(super) fn kind_of(stat: &Stat) -> FileType {
    FileType::from_raw_mode(stat.st_mode)
}

/// The size of a file, in bytes.
pub(super) fn size_of(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}

/// The last change of a file, in seconds and nanoseconds since 1970.
#[allow(clippy::useless_conversion, clippy::cast_lossless, reason = "widths differ by target")]
#[allow(clippy::cast_possible_wrap, reason = "nanoseconds are below 10^9")]
pub(super) fn mtime(stat: &Stat) -> (i64, i64) {
    (i64::from(stat.st_mtime), stat.st_mtime_nsec as i64)
}

/// The file system a file lies on and its number there.
#[allow(clippy::useless_conversion, reason = "widths differ by target")]
pub(super) fn number_of(stat: &Stat) -> (u64, u64) {
    (u64::from(stat.st_dev), u64::from(stat.st_ino))
}

/// The SHA-256 of at most `cap` bytes; `None` if reading fails or there are more.
pub(super) fn digest(mut from: impl Read, cap: u64) -> Option<String> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 128 * 1024];
    let mut total = 0_u64;
    loop {
        let read = from.read(&mut chunk).ok()?;
        if read == 0 {
            return Some(hex(&hash.finalize()));
        }
        total = total.saturating_add(u64::try_from(read).ok()?);
        if total > cap {
            return None;
        }
        hash.update(chunk.get(..read)?);
    }
}

/// The state of `name` relative to an open directory, without following links.
pub(super) fn stat_in(dir: impl AsFd, name: &str) -> io::Result<Stat> {
    Ok(statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)?)
}

#[cfg(test)]
mod tests;
