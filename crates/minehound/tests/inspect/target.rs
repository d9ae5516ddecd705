//! No report is ever written over what it rests on.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::program::{fixture, run, text};

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        fs::copy(fixture("office/office.pcapng"), folder.path().join("in/a.json")).unwrap();
        Self(folder)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Every file with what it holds.
    fn everything(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut all = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    all.push((path.clone(), fs::read(&path).unwrap_or_default()));
                }
            }
        }
        all.sort();
        all
    }

    /// The command is refused as wrong, says so and changes nothing.
    #[track_caller]
    fn refuses(&self, arguments: &[&Path], words: &str) {
        let before = self.everything();
        let arguments: Vec<_> = arguments.iter().map(|it| it.to_str().unwrap()).collect();
        let output = run(&[&["inspect", "--quiet"], &arguments[..]].concat());
        let told = text(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words) && output.stdout.is_empty(), "{told}");
        assert!(before == self.everything(), "{arguments:?} changed something");
    }
}

fn out() -> &'static Path {
    Path::new("--out")
}

#[test]
fn a_capture_is_not_written_over_by_any_of_its_names() {
    let desk = Desk::new();
    let capture = desk.at("in/a.json");
    fs::hard_link(&capture, desk.at("hard.json")).unwrap();
    symlink(&capture, desk.at("soft.json")).unwrap();
    for name in ["in/a.json", "in/../in/a.json", "hard.json", "soft.json"] {
        desk.refuses(&[&capture, out(), &desk.at(name)], "would destroy it");
    }
    let folder = desk.at("in");
    desk.refuses(&[&folder, out(), &desk.at("hard.json")], "would destroy it");
    let snapshot =
        [Path::new("--root"), &fixture("host-clean-root"), Path::new("--save")].map(Path::to_owned);
    let [root, at, save] = &snapshot;
    desk.refuses(&[&capture, root, at, save, &desk.at("hard.json")], "would destroy it");
    desk.refuses(
        &[root, at, save, &desk.at("x.json"), out(), &desk.at("in/../x.json")],
        "are one file",
    );
}

#[test]
fn nothing_is_written_into_what_is_inspected() {
    let desk = Desk::new();
    let folder = desk.at("in");
    symlink(&folder, desk.at("way")).unwrap();
    for name in ["in/report.html", "way/report.html"] {
        desk.refuses(&[&folder, out(), &desk.at(name)], "would change the evidence");
    }
    fs::create_dir_all(desk.at("disk/etc")).unwrap();
    fs::write(desk.at("disk/etc/hostname"), "desk").unwrap();
    let root = desk.at("disk");
    for name in ["disk/etc/hostname", "disk/report.txt"] {
        let format = Path::new("--format=table");
        let arguments = [Path::new("--root"), &root, format, out(), &desk.at(name)];
        desk.refuses(&arguments, "would change the evidence");
    }
}

#[test]
fn what_people_hand_in_beside_the_evidence_is_not_written_over() {
    let desk = Desk::new();
    for option in ["--manual", "--site", "--declare", "--knowledge", "--geo"] {
        let file = desk.at("beside.json");
        fs::write(&file, "somebody's work").unwrap();
        let arguments = [&desk.at("in/a.json"), Path::new(option), &file, out(), &file];
        desk.refuses(&arguments, "would destroy it");
    }
}

#[test]
fn an_earlier_report_beside_the_evidence_is_replaced() {
    let desk = Desk::new();
    let report = desk.at("report.json");
    fs::write(&report, "earlier").unwrap();
    let (folder, out) = (desk.at("in").display().to_string(), report.display().to_string());
    let arguments = ["inspect", &folder, "--out", &out];
    assert_eq!(run(&arguments).status.code(), Some(20));
    assert!(fs::read_to_string(&report).unwrap().contains("minehound.assessment/1"));
}
