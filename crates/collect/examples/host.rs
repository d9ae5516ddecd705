//! Inspects this machine, or the root given, and prints what was seen per kind, what it cost and
//! what could not be seen: `cargo run --release -p minehound-collect --example host [ROOT]`.
//! With `MINEHOUND_SAMPLE` set to a number of milliseconds, it samples that long; with
//! `MINEHOUND_BUNDLE`, it writes the bundle there.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use minehound_collect::Collected;
use minehound_collect::host::{HostLimits, HostOptions, collect, write_bundle};
use minehound_model::{ArtefactId, Fact, FactKind};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::args_os().nth(1).map(PathBuf::from);
    let sample = std::env::var("MINEHOUND_SAMPLE").ok().and_then(|it| it.parse().ok());
    let limits = if root.is_some() { HostLimits::offline() } else { HostLimits::default() };
    let sample = Duration::from_millis(sample.unwrap_or(0));
    let options = HostOptions { root, sample, limits, ..HostOptions::default() };
    let mut collected = Collected::default();
    let began = Instant::now();
    collect(&options, ArtefactId(0), &mut collected)?;
    let took = began.elapsed();
    let mut out = io::stdout().lock();
    let mut counts: BTreeMap<FactKind, u64> = BTreeMap::new();
    for observation in &collected.observations {
        *counts.entry(FactKind::from(&observation.fact)).or_default() += 1;
        if is_odd(&observation.fact) {
            writeln!(out, "{}", serde_json::to_string(&observation)?)?;
        }
    }
    for examined in &collected.examined {
        let seen = counts.get(&examined.kind).copied().unwrap_or(0);
        let gaps = examined.gaps.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let (kind, records) = (examined.kind, examined.extent.records);
        writeln!(out, "{kind:20} {seen:6} seen in {records:7} records; gaps: {gaps}")?;
    }
    writeln!(out, "skipped {:?}; took {took:?}", collected.skips.counts)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    writeln!(out, "{}", status.lines().find(|it| it.starts_with("VmHWM")).unwrap_or_default())?;
    if let Some(path) = std::env::var_os("MINEHOUND_BUNDLE") {
        write_bundle(&collected, std::fs::File::create(path)?)?;
    }
    Ok(())
}

/// What is worth printing of a machine: what would not stand on most.
fn is_odd(fact: &Fact) -> bool {
    match fact {
        Fact::Program(it) => {
            it.command.is_some()
                || it.role.to_string() != "user"
                || !it.memory.dataset_mib.is_empty()
        }
        Fact::Autostart(it) => it.miner.is_some() || !it.shapes.is_empty() || it.borrowed_time,
        Fact::Device(_) | Fact::AddressLease(_) => false,
        _ => true,
    }
}
