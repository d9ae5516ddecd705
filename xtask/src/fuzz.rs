//! Fuzzing: builds the targets once, gives each its minutes in short turns, and keeps the account
//! in `docs/fuzzing.md`.
//!
//! What the fuzzer learnt stays in `fuzz/corpus`, so a further run goes on where this one ended.

mod account;
mod captures;
mod certificates;
mod dialogues;
mod records;
mod seeds;
#[cfg(test)]
mod tests;
mod written;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use account::{Account, Turn};
use anyhow::{Context, bail, ensure};
use minehound_fuzz::TARGETS;

pub(crate) use captures::small as small_captures;

/// The longest turn of one target, in seconds, so that all are run evenly whenever a run stops.
const TURN_S: f64 = 60.0;
/// The most memory a target may take, in MiB, the fuzzer's own included.
const MEMORY_MIB: u32 = 1024;
/// The most seconds one input may take.
const INPUT_S: u32 = 20;

/// Runs the targets that are named, or all of them, for `minutes` each.
pub(crate) fn run(minutes: f64, wanted: &[String]) -> anyhow::Result<()> {
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    for target in wanted {
        ensure!(
            names.contains(&target.as_str()),
            "no target `{target}`; there are: {}",
            names.join(", ")
        );
    }
    let chosen =
        names.into_iter().filter(|name| wanted.is_empty() || wanted.iter().any(|it| it == name));
    let mut left: Vec<(&str, f64)> = chosen.map(|name| (name, minutes * 60.0)).collect();
    let programs = build()?;
    let mut account = Account::read()?;
    let mut crashed = Vec::new();
    while !left.is_empty() {
        for (name, seconds) in &mut left {
            let share = seconds.clamp(1.0, TURN_S);
            *seconds -= share;
            let turn = one_turn(&programs, name, share)?;
            println!("{name}: {turn}");
            if let Some(input) = &turn.crash {
                crashed.push(format!("{name}: {}", input.display()));
                *seconds = 0.0;
            }
            account.add(name, &turn);
            account.write()?;
        }
        left.retain(|(_, seconds)| *seconds > 0.0);
    }
    if !crashed.is_empty() {
        bail!(
            "these inputs break a target; fix it and keep them as seeds:\n{}",
            crashed.join("\n")
        );
    }
    Ok(())
}

/// Writes the seeds that the range and a few lines by hand give.
pub(crate) fn write_seeds() -> anyhow::Result<()> {
    let mut written = 0;
    for seed in seeds::all() {
        let folder = root().join("seeds").join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(&seed.name), &seed.bytes)?;
        written += 1;
    }
    println!("wrote {written} seeds to {}", root().join("seeds").display());
    Ok(())
}

/// The folder of the fuzz package.
fn root() -> PathBuf {
    crate::root().join("fuzz")
}

/// Builds all targets and says where they lie.
fn build() -> anyhow::Result<PathBuf> {
    let target_dir =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["fuzz", "build", "-O", "--debug-assertions", "--sanitizer", "none"])
        .env("CARGO_TARGET_DIR", &target_dir)
        .current_dir(root())
        .status()?;
    ensure!(built.success(), "the targets do not build; `cargo install cargo-fuzz` may be missing");
    let version = Command::new("rustc").arg("-vV").output()?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(target_dir.join(host.context("rustc names no host")?).join("release"))
}

/// Gives one target some seconds.
fn one_turn(programs: &Path, name: &str, seconds: f64) -> anyhow::Result<Turn> {
    let [corpus, seeds, artifacts] =
        ["corpus", "seeds", "artifacts"].map(|it| root().join(it).join(name));
    for folder in [&corpus, &seeds, &artifacts] {
        fs::create_dir_all(folder)?;
    }
    let before = artefacts(&artifacts)?;
    let began = Instant::now();
    let mut child = Command::new(programs.join(name))
        .arg(format!("-max_total_time={seconds:.0}"))
        .arg(format!("-timeout={INPUT_S}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg("-max_len=8192")
        .arg("-print_final_stats=1")
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args([&corpus, &seeds])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let mut log = Vec::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_end(&mut log)?;
    }
    let status = child.wait()?;
    let log = String::from_utf8_lossy(&log);
    let fresh = artefacts(&artifacts)?.into_iter().find(|it| !before.contains(it));
    let crash = fresh.filter(|_| !status.success());
    ensure!(status.success() || crash.is_some(), "{name} failed, {status}:\n{}", end_of(&log));
    if crash.is_some() {
        println!("{}", end_of(&log));
    }
    Ok(Turn::of_log(&log, began.elapsed(), fs::read_dir(&corpus)?.count(), crash))
}

fn artefacts(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|it| Ok(it?.path()));
    paths.collect()
}

/// The last lines of a log.
fn end_of(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n")
}
