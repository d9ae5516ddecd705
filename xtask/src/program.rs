//! The program itself, built for release and run as its users run it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

/// Builds the program and says where it lies.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "minehound"])
        .current_dir(crate::root())
        .status()?;
    ensure!(built.success(), "the program does not build");
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| crate::root().join("target"), PathBuf::from);
    Ok(target.join("release/minehound"))
}

/// Inspects sources and gives the assessment.
pub(crate) fn assess<S: AsRef<OsStr>>(program: &Path, sources: &[S]) -> anyhow::Result<Value> {
    let output = Command::new(program)
        .args(["inspect", "--quiet", "--format", "json", "--lang", "en", "--tz", "UTC"])
        .args(sources)
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(!output.stdout.is_empty(), "the inspection gave no report: {}", output.status);
    serde_json::from_slice(&output.stdout).context("the report is not JSON")
}

/// Runs a chore again as it is built for release, if this is not: what it measures or plays takes
/// minutes, and many more without optimisation. Whether that was done.
pub(crate) fn in_release(chore: &str, data: Option<&Path>) -> anyhow::Result<bool> {
    if !cfg!(debug_assertions) {
        return Ok(false);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--release", "--quiet", "--package", "xtask", "--", chore]);
    if let Some(data) = data {
        command.arg("--data").arg(data);
    }
    let done = command.current_dir(crate::root()).status()?;
    ensure!(done.success(), "`{chore}` failed");
    Ok(true)
}
