//! Folders that something else is mounted on, told from the kernel's list without touching them:
//! to look into a share whose server is gone may hang for minutes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// What keeps a search out of a mounted folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foreign {
    /// It lies on another machine, or a program of a user answers for it.
    Elsewhere,
    /// It holds no files of its own: the kernel's own tables, or layers that lie elsewhere on the
    /// same disk.
    NoFiles,
}

/// File systems without files of their own (fs(5), `/proc/filesystems`).
const NO_FILES: [&str; 20] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nsfs",
    "overlay",
    "proc",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "sysfs",
    "tracefs",
];
/// File systems that are served by another machine, or by the host of a virtual one.
const ELSEWHERE: [&str; 16] = [
    "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4",
    "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs",
];

/// The foreign folders below `root`, by their path inside it.
pub(super) fn below(root: &Path) -> BTreeMap<PathBuf, Foreign> {
    let text = super::super::read_live("/proc/self/mounts", 4 << 20).unwrap_or_default();
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    parsed(&text, &root)
}

/// Reads fstab(5) lines: what is mounted, where, and of which type. Of several mounts on one
/// folder the last is the one that shows.
fn parsed(text: &[u8], root: &Path) -> BTreeMap<PathBuf, Foreign> {
    let mut folders = BTreeMap::new();
    for line in text.split(|it| *it == b'\n') {
        let mut words = line.split(|it| *it == b' ').skip(1);
        let (Some(at), Some(kind)) = (words.next(), words.next()) else { continue };
        let at = PathBuf::from(unescaped(at));
        let Ok(inside) = at.strip_prefix(root) else { continue };
        if inside.as_os_str().is_empty() {
            continue;
        }
        let path = Path::new("/").join(inside);
        match foreign(std::str::from_utf8(kind).unwrap_or_default()) {
            Some(foreign) => folders.insert(path, foreign),
            None => folders.remove(&path),
        };
    }
    folders
}

fn foreign(kind: &str) -> Option<Foreign> {
    match kind {
        it if NO_FILES.contains(&it) => Some(Foreign::NoFiles),
        // `fuseblk` is a disk; a plain `fuse` may be anything.
        it if ELSEWHERE.contains(&it) || it == "fuse" || it.starts_with("fuse.") => {
            Some(Foreign::Elsewhere)
        }
        _ => None,
    }
}

/// A path with its octal escapes resolved (getmntent(3)).
fn unescaped(path: &[u8]) -> OsString {
    let mut plain = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'\\').then(|| after.get(..3)).flatten();
        let code = code.and_then(|it| u8::from_str_radix(std::str::from_utf8(it).ok()?, 8).ok());
        plain.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    OsString::from_vec(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_tables_of_the_kernel_are_told_from_disks() {
        let text = b"server:/x /mnt/my\\040share nfs4 rw 0 0\n/dev/sdb1 /mnt/disk ext4 rw 0 0\n\
            proc /proc proc rw 0 0\noverlay / overlay rw 0 0\nx /var/lib/m overlay rw 0 0\n\
            gvfsd-fuse /run/user/1/gvfs fuse.gvfsd-fuse rw 0 0\n/dev/sdc1 /media/usb fuseblk rw 0 0\n\
            a:/b /srv/gone nfs rw 0 0\n/dev/sdd /srv/gone xfs rw 0 0\nbroken";
        let found = parsed(text, Path::new("/"));
        let found: Vec<_> =
            found.iter().map(|(path, it)| (path.to_str().unwrap_or_default(), *it)).collect();
        assert_eq!(
            found,
            [
                ("/mnt/my share", Foreign::Elsewhere),
                ("/proc", Foreign::NoFiles),
                ("/run/user/1/gvfs", Foreign::Elsewhere),
                ("/var/lib/m", Foreign::NoFiles),
            ]
        );
        let inside: Vec<_> = parsed(text, Path::new("/mnt")).into_keys().collect();
        assert_eq!(inside, [Path::new("/my share")], "paths are those inside the root");
    }
}
