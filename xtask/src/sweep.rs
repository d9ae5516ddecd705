//! The sweep: every capture of a folder, whole, cut off at many points and with flipped bits, read
//! in one process that must not crash, hang or take more memory than allowed.

mod damage;
mod reading;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use minehound_collect::walk;
use minehound_wire::capture;

use damage::Damage;
use reading::Reader;

/// The most memory the process may take, in MiB.
const MEMORY_MIB: u64 = 300;
/// The most time one input may take.
const INPUT_TIME: Duration = Duration::from_secs(20);
/// Per so many cuts, one copy with flipped bits.
const CUTS_PER_FLIP: usize = 4;

/// What is swept, and how thoroughly.
#[derive(Clone, Debug)]
pub(crate) struct Sweep {
    /// The folder with captures; the range's own without one.
    pub(crate) data: Option<PathBuf>,
    /// The share of the files that are taken, always the same ones.
    pub(crate) share: f64,
    /// At how many points each file is cut off.
    pub(crate) points: usize,
}

/// What became of one group of files.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    files: u64,
    inputs: u64,
    bytes: u64,
    panics: u64,
    observations: u64,
    slowest: Duration,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.inputs += other.inputs;
        self.bytes += other.bytes;
        self.panics += other.panics;
        self.observations += other.observations;
        self.slowest = self.slowest.max(other.slowest);
    }
}

/// Sweeps, and prints what was found.
///
/// # Errors
///
/// If any input crashed a decoder or the memory bound was passed. An input that hangs ends the
/// process.
pub(crate) fn run(sweep: &Sweep) -> anyhow::Result<()> {
    let began = Instant::now();
    let captures = captures(sweep)?;
    let mut reader = Reader::start(INPUT_TIME)?;
    let mut groups: BTreeMap<String, Tally> = BTreeMap::new();
    let mut broken = Vec::new();
    for (group, name, bytes) in captures {
        let bytes = bytes.read()?;
        let tally = one(&mut reader, &name, &bytes, sweep.points, &mut broken)?;
        groups.entry(group).or_default().add(&tally);
    }
    ensure!(!groups.is_empty(), "no captures to sweep");
    print(&groups, began.elapsed());
    let peak = peak_memory_mib();
    println!(
        "peak memory: {}",
        peak.map_or("unknown".to_owned(), |it| format!("{it} MiB of {MEMORY_MIB}"))
    );
    if !broken.is_empty() {
        bail!("these inputs crash:\n{}", broken.join("\n"));
    }
    ensure!(peak.is_none_or(|it| it <= MEMORY_MIB), "more than {MEMORY_MIB} MiB were taken");
    Ok(())
}

/// A capture that is read when its turn comes.
enum Source {
    File(PathBuf),
    Made(Vec<u8>),
}

impl Source {
    fn read(self) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::File(path) => fs::read(&path).with_context(|| path.display().to_string()),
            Self::Made(bytes) => Ok(bytes),
        }
    }
}

/// Group, name and bytes of all that is swept.
fn captures(sweep: &Sweep) -> anyhow::Result<Vec<(String, String, Source)>> {
    let found = if let Some(data) = sweep.data.clone().or_else(crate::shared_data) {
        files(&data.join("network"))?
    } else {
        println!("notice: no captures beside the project; the range's own are swept");
        let made = crate::fuzz::small_captures().into_iter();
        made.map(|(name, bytes)| ("range".to_owned(), name, Source::Made(bytes))).collect()
    };
    Ok(sample(found, sweep.share))
}

/// The same share of every group, at least one of each.
fn sample(mut found: Vec<(String, String, Source)>, share: f64) -> Vec<(String, String, Source)> {
    found.sort_by_cached_key(|(group, name, _)| (group.clone(), damage::number(name)));
    let mut sizes: BTreeMap<String, u32> = BTreeMap::new();
    for (group, _, _) in &found {
        *sizes.entry(group.clone()).or_default() += 1;
    }
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    found.retain(|(group, _, _)| {
        let size = sizes.get(group).copied().unwrap_or(0);
        let count = taken.entry(group.clone()).or_default();
        *count += 1;
        f64::from(*count) <= (f64::from(size) * share).ceil()
    });
    found
}

/// The captures below a folder, grouped by its subfolders.
fn files(folder: &Path) -> anyhow::Result<Vec<(String, String, Source)>> {
    ensure!(folder.is_dir(), "{} is no folder; name one with `network/` in it", folder.display());
    let mut found = Vec::new();
    for named in walk(&[folder.to_owned()]).files {
        let inside = named.path.strip_prefix(folder).unwrap_or(&named.path);
        let group = inside.components().next().map(|it| it.as_os_str().display().to_string());
        let name = inside.display().to_string();
        let prefix = head(&named.path)?;
        if capture::recognise(&prefix).is_some() {
            found.push((group.unwrap_or_default(), name, Source::File(named.path.clone())));
        }
    }
    Ok(found)
}

/// The first bytes of a file.
fn head(path: &Path) -> anyhow::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut prefix = Vec::new();
    let file = fs::File::open(path).with_context(|| path.display().to_string())?;
    file.take(64).read_to_end(&mut prefix)?;
    Ok(prefix)
}

/// One capture, whole and damaged.
fn one(
    reader: &mut Reader,
    name: &str,
    whole: &[u8],
    points: usize,
    broken: &mut Vec<String>,
) -> anyhow::Result<Tally> {
    let mut tally = Tally { files: 1, ..Tally::default() };
    let mut damage = Damage::of(name);
    let mut copy = Vec::new();
    let flips = points.div_ceil(CUTS_PER_FLIP);
    for turn in 0..=points + flips {
        let (input, what) = match turn {
            0 => (whole, "whole".to_owned()),
            cut if cut <= points => {
                let length = damage.cut(whole.len());
                (whole.get(..length).unwrap_or(whole), format!("cut off after {length} bytes"))
            }
            _ => {
                copy.clear();
                copy.extend_from_slice(whole);
                let count = damage.flip(&mut copy);
                (copy.as_slice(), format!("{count} bits flipped, copy {}", turn - points))
            }
        };
        let label = format!("{name}, {what}");
        let read = reader.read(&label, input)?;
        tally.inputs += 1;
        tally.bytes += input.len() as u64;
        tally.slowest = tally.slowest.max(read.time);
        if let Some(count) = read.observations {
            tally.observations += count;
        } else {
            tally.panics += 1;
            broken.push(label);
        }
    }
    Ok(tally)
}

fn print(groups: &BTreeMap<String, Tally>, took: Duration) {
    println!("| captures | files | inputs | MB read | observations | slowest input | crashes |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut all = Tally::default();
    for it in groups.values() {
        all.add(it);
    }
    for (name, it) in groups.iter().map(|(name, it)| (name.as_str(), it)).chain([("all", &all)]) {
        println!(
            "| {name} | {} | {} | {} | {} | {} ms | {} |",
            it.files,
            it.inputs,
            it.bytes / 1_000_000,
            it.observations,
            it.slowest.as_millis(),
            it.panics
        );
    }
    println!("took {:.0} s", took.as_secs_f64());
}

/// The most memory this process has taken, by the kernel's word.
fn peak_memory_mib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_takes_its_share_of_every_group() {
        let file = |at: u32| {
            let group = if at < 100 { "many" } else { "few" };
            (group.to_owned(), at.to_string(), Source::Made(Vec::new()))
        };
        let taken = sample((0..103).map(file).collect(), 0.05);
        assert_eq!(taken.iter().filter(|it| it.0 == "many").count(), 5);
        assert_eq!(taken.iter().filter(|it| it.0 == "few").count(), 1);
    }

    #[test]
    fn damaged_captures_of_the_range_never_crash() {
        // The labelled captures take minutes in a test build; `cargo xtask ci` sweeps their sample.
        let mut reader = Reader::start(INPUT_TIME).unwrap();
        let mut broken = Vec::new();
        for (name, bytes) in crate::fuzz::small_captures() {
            one(&mut reader, &name, &bytes, 12, &mut broken).unwrap();
        }
        assert!(broken.is_empty(), "{broken:?}");
    }
}
