//! Checks `knowledge/*.toml` and packs the tables into one file that the crate includes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

#[allow(unreachable_pub, dead_code, reason = "written for the crate, which uses all of it")]
#[path = "src/knowledge/check.rs"]
mod check;
#[allow(
    unreachable_pub,
    dead_code,
    unused_imports,
    reason = "written for the crate, which uses all of it"
)]
#[path = "src/knowledge/schema.rs"]
mod schema;

/// Weights are read by another crate.
const NOT_OURS: &str = "scoring.toml";

fn main() -> ExitCode {
    match pack() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("knowledge: {message}");
            ExitCode::FAILURE
        }
    }
}

fn pack() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut tables = schema::Tables::default();
    for path in toml_files(&folder)? {
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let read: schema::Tables =
            toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        check::check(&read).map_err(|problem| format!("{}: {problem}", path.display()))?;
        if tables.absorb(read) > 0 {
            return Err(format!("{}: holds an entry that another file has too", path.display()));
        }
    }
    check::check(&tables).map_err(|problem| problem.to_string())?;
    let packed = postcard::to_allocvec(&tables).map_err(|e| e.to_string())?;
    let out = env::var_os("OUT_DIR").ok_or("`OUT_DIR` is not set; build with cargo")?;
    fs::write(Path::new(&out).join("knowledge.postcard"), packed).map_err(|e| e.to_string())
}

/// Sorted, so that the packed tables do not hang on the file system.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listing = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = listing
        .filter_map(Result::ok)
        .map(|it| it.path())
        .filter(|it| it.extension().is_some_and(|ext| ext == "toml"))
        .filter(|it| it.file_name().is_some_and(|name| name != NOT_OURS))
        .collect();
    files.sort();
    Ok(files)
}
