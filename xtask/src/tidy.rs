//! What the compiler does not check: the dependency table, file lengths, module docs, names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use minehound_detect::detectors;
use serde_json::Value;

const MAX_LINES: usize = 400;

/// Names that say nothing about what a thing is.
const FORBIDDEN: [&str; 9] =
    ["manager", "helper", "util", "utils", "common", "handler", "data", "info", "misc"];

fn rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![crate::root().join("crates"), crate::root().join("xtask")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                None if path.is_dir() => folders.push(path),
                Some(extension) if extension == "rs" => files.push(path),
                _ => {}
            }
        }
    }
    files
}

/// Our dependencies per crate, as the table in `ARCHITECTURE.md` allows them.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let plan = fs::read_to_string(crate::root().join("ARCHITECTURE.md")).unwrap();
    let rows = plan.lines().filter(|it| it.starts_with("| `"));
    let cells = rows.map(|it| it.split('|').map(str::trim).collect::<Vec<_>>());
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    cells.map(|it| (it[1].trim_matches('`').to_owned(), names(it[2]))).collect()
}

/// Our dependencies per crate, as they are.
fn actual() -> BTreeMap<String, BTreeSet<String>> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let short = |name: &Value| name.as_str().unwrap().trim_start_matches("minehound-").to_owned();
    let ours = |it: &&Value| it["path"].is_string();
    let dependencies = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter().filter(ours).map(|it| short(&it["name"])).collect()
    };
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(|it| (short(&it["name"]), dependencies(it))).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn crates_depend_on_what_the_table_allows() {
    let allowed = allowed();
    for (name, dependencies) in actual() {
        let row = allowed.get(&name).unwrap_or_else(|| panic!("`{name}` has no row in the table"));
        let cheats: Vec<_> = dependencies.difference(row).collect();
        assert!(cheats.is_empty(), "`{name}` must not depend on {cheats:?}");
    }
}

#[test]
fn files_are_short_documented_and_named_for_what_they_hold() {
    for path in rust_files() {
        let text = fs::read_to_string(&path).unwrap();
        let shown = path.display();
        assert!(text.lines().count() <= MAX_LINES, "{shown}: longer than {MAX_LINES} lines");
        assert!(text.starts_with("//! "), "{shown}: no `//!` at the top");
        let declares = text.contains(concat!("macro_", "rules!"));
        assert!(!declares, "{shown}: a macro hides what it declares");
        let name = stem(&path);
        let forbidden = name.split('_').find(|it| FORBIDDEN.contains(it));
        assert!(forbidden.is_none(), "{shown}: `{forbidden:?}` says nothing");
    }
}

#[test]
fn every_detector_is_listed() {
    let listed: BTreeSet<_> = detectors().map(|it| it.meta().name.replace('-', "_")).collect();
    let detects = |it: &PathBuf| {
        it.starts_with(crate::root().join("crates/detect/src"))
            && fs::read_to_string(it).unwrap().contains("\nimpl Detector for ")
    };
    let files: Vec<_> = rust_files().into_iter().filter(detects).collect();
    assert!(!files.is_empty());
    for path in files {
        assert!(listed.contains(&stem(&path)), "{} declares no listed detector", path.display());
    }
}

#[test]
fn nothing_speaks_of_the_machine_it_was_made_on() {
    let forbidden = [concat!("/wo", "rk/"), concat!("/ro", "ot/.cargo")];
    for path in rust_files() {
        let text = fs::read_to_string(&path).unwrap();
        for it in forbidden {
            assert!(!text.contains(it), "{}: `{it}`", path.display());
        }
    }
}
