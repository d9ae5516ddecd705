//! How fast captures are read, beside others who read them, in the same run.

mod capture;
mod generation;
mod library;
mod machine;
mod page;
mod shift;
mod usage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use minehound_range::capture::PcapStyle;
use minehound_range::innocent::Innocent;
use minehound_range::scenario::{Dialect, Session};
use serde::Deserialize;

use self::capture::Big;
use self::library::Library;
pub(crate) use self::machine::Machine;
use self::usage::Usage;
use crate::program;

/// Runs of each program; the median by processor time counts.
const RUNS: usize = 3;
/// Packets of the big capture that `tshark` is given: it is many times slower.
const FEW_PACKETS: u64 = 250_000;

/// What a program used for so many packets.
struct Read {
    packets: u64,
    bytes: u64,
    usage: Usage,
}

/// Everything that was measured with one big capture.
struct Outcome {
    name: &'static str,
    big: Big,
    whole: Usage,
    sessions: u64,
    library: Library,
    ndpi: Option<Usage>,
    tshark: Option<Read>,
}

/// The part of a report that is looked at.
#[derive(Deserialize)]
struct Report {
    counts: Counts,
}

#[derive(Deserialize)]
struct Counts {
    records: u64,
    sessions: u64,
}

/// Measures and writes `docs/performance.md`.
pub(crate) fn run(data: Option<&Path>, bytes: u64) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return optimised(data, bytes);
    }
    let program = program::build()?;
    let scratch = tempfile::tempdir()?;
    let data = data.map(Path::to_owned).or_else(crate::shared_data);
    let corpus = match data.map(|it| it.join("network")).filter(|it| it.is_dir()) {
        Some(network) => network,
        None => generated(&scratch.path().join("range"))?,
    };
    let mut outcomes = Vec::new();
    for (name, folders) in [
        ("corpus", vec![corpus.join("negative"), corpus.join("mining")]),
        ("without mining", vec![corpus.join("negative")]),
    ] {
        let path = scratch.path().join("big.pcap");
        let big = Big::write(&folders, bytes, &path).context("the big capture")?;
        println!("{name}: {} packets, {} bytes", big.packets, big.bytes);
        outcomes.push(measure(name, &program, big, &path, scratch.path())?);
        fs::remove_file(&path)?;
    }
    let out = scratch.path().join("report.json");
    let walk = usage::measure(inspect(&program, &out).arg(&corpus))?;
    let here = usage::measure(inspect(&program, &out).args(["--sample", "0"]))?;
    let path = crate::root().join("docs/performance.md");
    let written = generation::measure(&program, scratch.path())?;
    let mut text = page::render(&outcomes, &walk, &here, &Machine::this())?;
    page::generation(&mut text, &written)?;
    fs::write(&path, text)?;
    println!("wrote {}", path.display());
    Ok(())
}

/// Does it all again in an optimised build: figures of any other mean nothing.
fn optimised(data: Option<&Path>, bytes: u64) -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--release", "--quiet", "--package", "xtask", "--", "bench"]);
    command.args(["--bytes", &bytes.to_string()]).current_dir(crate::root());
    if let Some(data) = data {
        command.arg("--data").arg(std::path::absolute(data)?);
    }
    ensure!(command.status()?.success(), "the optimised build failed to measure");
    Ok(())
}

fn measure(
    name: &'static str,
    program: &Path,
    big: Big,
    path: &Path,
    scratch: &Path,
) -> anyhow::Result<Outcome> {
    let out = scratch.join("report.json");
    let (mut ours, mut ndpi) = (Vec::new(), Vec::new());
    // In turns, so that both meet the same weather on a shared machine.
    for _ in 0..RUNS {
        ours.push(usage::measure(inspect(program, &out).arg(path))?);
        ndpi.extend(peer(Command::new("ndpiReader").arg("-q").arg("-i").arg(path))?);
    }
    let few = big.packets.min(FEW_PACKETS);
    let mut tshark = Command::new("tshark");
    tshark.args(["-n", "-q", "-z", "conv,tcp", "-c", &few.to_string()]).arg("-r").arg(path);
    let few_bytes = big.bytes / big.packets.max(1) * few;
    let tshark = peer(&mut tshark)?.map(|usage| Read { packets: few, bytes: few_bytes, usage });
    let Report { counts } = serde_json::from_slice(&fs::read(&out)?)?;
    ensure!(counts.records == big.packets, "not all packets were read");
    let sessions = counts.sessions;
    let library = library::measure(path, RUNS)?;
    let whole = usage::median(ours).context("no run")?;
    Ok(Outcome { name, big, whole, sessions, library, ndpi: usage::median(ndpi), tshark })
}

/// The inspection as its users run it.
fn inspect(program: &Path, out: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["inspect", "--quiet", "--format", "json", "--out"]).arg(out);
    command
}

/// Runs a program of others; none where it is not installed.
fn peer(command: &mut Command) -> anyhow::Result<Option<Usage>> {
    let name = command.get_program().to_string_lossy().into_owned();
    if machine::version_of(&name).is_none() {
        println!("notice: `{name}` is not installed; not compared");
        return Ok(None);
    }
    usage::measure(command).map(Some)
}

/// Captures of the range, where there are none of others.
fn generated(folder: &Path) -> anyhow::Result<PathBuf> {
    println!("notice: no captures of others; the range's own are measured");
    for part in ["negative", "mining"] {
        fs::create_dir_all(folder.join(part))?;
    }
    for (number, dialect) in (1..).zip(Dialect::ALL) {
        let capture = Session::new(dialect, number).generate().to_pcap(PcapStyle::default());
        fs::write(folder.join(format!("mining/{}.pcap", dialect.name())), capture)?;
    }
    for (number, kind) in (1..).zip(Innocent::ALL) {
        let client = std::net::Ipv4Addr::new(192, 168, 9, u8::try_from(number).unwrap_or(1));
        let start_ns = 1_768_000_000_000_000_000 + number * 3_600_000_000_000;
        let capture = kind.generate(client.into(), start_ns, 600.0, number);
        let path = folder.join(format!("negative/{}.pcap", kind.name()));
        fs::write(path, capture.to_pcap(PcapStyle::default()))?;
    }
    Ok(folder.to_owned())
}
