//! Checks `knowledge/logs/*.toml` and packs the grammars into one file that the crate includes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

#[allow(unreachable_pub, dead_code, reason = "written for the crate, which uses all of it")]
#[path = "src/grammar/schema.rs"]
mod schema;

fn main() -> ExitCode {
    match pack() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("knowledge/logs: {message}");
            ExitCode::FAILURE
        }
    }
}

fn pack() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge/logs");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut grammars: Vec<schema::GrammarFile> = Vec::new();
    for path in toml_files(&folder)? {
        println!("cargo::rerun-if-changed={}", path.display());
        let shown = path.display();
        let text = fs::read_to_string(&path).map_err(|e| format!("{shown}: {e}"))?;
        let mut read: schema::GrammarFile =
            toml::from_str(&text).map_err(|e| format!("{shown}: {e}"))?;
        if path.file_stem().and_then(|it| it.to_str()) != Some(read.id.as_str()) {
            return Err(format!("{shown}: its id `{}` is not the file's name", read.id));
        }
        if read.samples.is_empty() {
            return Err(format!("{shown}: has no [[sample]]"));
        }
        read.samples.clear();
        grammars.push(read);
    }
    let packed = postcard::to_allocvec(&grammars).map_err(|e| e.to_string())?;
    let out = env::var_os("OUT_DIR").ok_or("`OUT_DIR` is not set; build with cargo")?;
    fs::write(Path::new(&out).join("logs.postcard"), packed).map_err(|e| e.to_string())
}

/// Sorted, so that the packed grammars do not hang on the file system.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listing = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = listing
        .filter_map(Result::ok)
        .map(|it| it.path())
        .filter(|it| it.extension().is_some_and(|ext| ext == "toml"))
        .collect();
    files.sort();
    Ok(files)
}
