//! What lies outside a tree stays outside.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use super::*;

fn tree() -> TempDir {
    let outside = tempfile::tempdir().unwrap();
    let top = outside.path().join("top");
    fs::create_dir_all(top.join("etc/deep")).unwrap();
    fs::write(outside.path().join("secret"), "outside").unwrap();
    fs::write(top.join("secret"), "inside").unwrap();
    symlink("/secret", top.join("etc/absolute")).unwrap();
    symlink("../../../../secret", top.join("etc/climbing")).unwrap();
    symlink("../../etc", top.join("etc/deep/up")).unwrap();
    symlink("loop-b", top.join("etc/loop-a")).unwrap();
    symlink("loop-a", top.join("etc/loop-b")).unwrap();
    rustix::fs::mknodat(
        CWD,
        top.join("etc/pipe"),
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        rustix::fs::makedev(0, 0),
    )
    .unwrap();
    outside
}

fn check(test: impl Fn(&Root)) {
    let outside = tree();
    let top = outside.path().join("top");
    test(&Root::at(&top).unwrap());
    test(&Root::resolved_by_hand(&top).unwrap());
}

#[test]
fn links_resolve_inside_the_tree() {
    check(|root| {
        for path in ["/etc/absolute", "/etc/climbing", "../../secret", "etc/deep/up/../secret"] {
            let read = root.read(Path::new(path), 100).unwrap();
            assert_eq!(read.bytes, b"inside", "{path}");
        }
    });
}

#[test]
fn a_loop_of_links_ends() {
    check(|root| assert!(root.read(Path::new("/etc/loop-a"), 100).is_err()));
}

#[test]
fn a_pipe_is_refused_without_blocking() {
    check(|root| assert!(root.read(Path::new("/etc/pipe"), 100).is_err()));
}

#[test]
fn reading_and_listing_stop_at_their_caps() {
    check(|root| {
        let read = root.read(Path::new("/secret"), 3).unwrap();
        assert_eq!((read.bytes.as_slice(), read.cut), (b"ins".as_slice(), true));
        let listing = root.list(Path::new("/etc"), 2).unwrap();
        assert_eq!((listing.entries.len(), listing.cut), (2, true));
    });
}

#[test]
fn a_link_is_seen_as_one() {
    check(|root| {
        let target = root.link_target(Path::new("/etc/absolute")).unwrap();
        assert_eq!(target, Path::new("/secret"));
        assert_eq!(root.link_target(Path::new("/secret")), None);
    });
}
