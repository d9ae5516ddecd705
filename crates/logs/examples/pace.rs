//! How many lines a second each grammar reads, on one core: its samples over and over, with
//! addresses and ports that vary. Run with `--release`; a grammar's id as argument measures it
//! alone.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use minehound_logs::{Assumed, Grammar, Grammars, Line, Lines, Reader, Split};
use toml::Table;

/// Bytes of text per grammar.
const BYTES: usize = 48 << 20;
/// 2026-11-26T00:00:00Z.
const HANDED_IN_MS: i64 = 1_795_651_200_000;

/// The lines of a grammar's samples, each sample's first one beside them.
fn samples(id: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge/logs");
    let text = fs::read_to_string(folder.join(format!("{id}.toml"))).unwrap_or_default();
    let table: Table = text.parse().unwrap_or_default();
    let samples = table.get("sample").and_then(|it| it.as_array()).cloned().unwrap_or_default();
    let texts = samples.iter().filter_map(|it| it.get("text")?.as_str().map(str::to_owned));
    texts.collect()
}

/// Each sample over and over, the numbers in it varied. A header stands in all of them and is
/// read once, as in a file.
fn multiplied(samples: &[String]) -> String {
    let mut text = String::with_capacity(BYTES + (64 << 10));
    for (place, sample) in (1..).zip(samples) {
        let mut round = 0_u32;
        while text.len() < BYTES * place / samples.len() {
            let address = format!("10.{}.{}.{}", round >> 16 & 255, round >> 8 & 255, round & 255);
            let port = (round.wrapping_mul(7919) % 50_000 + 10_000).to_string();
            text.push_str(&sample.replace("10.1.2.3", &address).replace("51234", &port));
            round += 1;
        }
    }
    text
}

struct Pace {
    lines: u64,
    entries: u64,
    refused: u64,
    seconds: f64,
}

fn measure(grammar: &Grammar, text: &str) -> Pace {
    let assumed = Assumed { zone_s: 28_800, no_later_than_ms: HANDED_IN_MS, years_back: 0 };
    let mut reader = Reader::new(grammar, assumed);
    let mut lines = Lines::new(text.as_bytes());
    let mut pace = Pace { lines: 0, entries: 0, refused: 0, seconds: 0.0 };
    let begin = Instant::now();
    while let Ok(Some(line)) = lines.next_line() {
        let Split::Text(text) = line.what else { continue };
        pace.lines += u64::from(!text.is_empty());
        match black_box(reader.line(text)) {
            Line::Entry(_) => pace.entries += 1,
            Line::Refused(_) => pace.refused += 1,
            Line::Nothing => {}
        }
    }
    pace.seconds = begin.elapsed().as_secs_f64();
    pace
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn row(id: &str, bytes: usize, pace: &Pace) -> String {
    let per_second = pace.lines as f64 / pace.seconds;
    let mut row = String::new();
    let _ = write!(
        row,
        "{id:20} {:>9} {:>9} {:>8} {per_second:>12.0} {:>8.0}",
        pace.lines,
        pace.entries,
        pace.refused,
        bytes as f64 / pace.seconds / 1e6,
    );
    row
}

/// What no grammar may fall below, in lines a second.
const GOAL: f64 = 300_000.0;

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn per_second(pace: &Pace) -> f64 {
    pace.lines as f64 / pace.seconds
}

/// The page of all grammars, the slowest first.
fn page(mut paces: Vec<(String, usize, Pace)>) -> String {
    paces.sort_by(|a, b| per_second(&a.2).total_cmp(&per_second(&b.2)));
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let cpu = cpu.lines().find_map(|it| it.strip_prefix("model name")?.split_once(':'));
    let slow = paces.iter().filter(|it| per_second(&it.2) < GOAL).count();
    let mut text = format!(
        "# Pace of the log formats\n\nWritten by `cargo run --release -p minehound-logs --example pace -- --write`: each grammar's own \
         samples over and over with other addresses, {} MB, one core, the best of three rounds. On {}. Below {GOAL:.0} lines a second: \
         {slow} of {}.\n\n| format | lines/s | MB/s |\n|---|---|---|\n",
        BYTES >> 20,
        cpu.map_or("", |it| it.1.trim()),
        paces.len(),
    );
    for (id, bytes, pace) in &paces {
        #[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
        let megabytes = *bytes as f64 / pace.seconds / 1e6;
        let _ = writeln!(text, "| `{id}` | {:.0} | {megabytes:.0} |", per_second(pace));
    }
    text
}

#[allow(clippy::print_stdout, reason = "the table is what it is run for")]
fn main() {
    let only = env::args().nth(1);
    let write = only.as_deref() == Some("--write");
    println!(
        "{:20} {:>9} {:>9} {:>8} {:>12} {:>8}",
        "grammar", "lines", "entries", "refused", "lines/s", "MB/s"
    );
    let mut paces = Vec::new();
    for grammar in Grammars::shipped().iter() {
        if !write && only.as_deref().is_some_and(|it| it != grammar.id()) {
            continue;
        }
        let text = multiplied(&samples(grammar.id()));
        let best = (0..3).map(|_| measure(grammar, &text));
        let best = best.min_by(|a, b| a.seconds.total_cmp(&b.seconds));
        if let Some(pace) = best {
            println!("{}", row(grammar.id(), text.len(), &pace));
            paces.push((grammar.id().to_owned(), text.len(), pace));
        }
    }
    let page_path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/log-pace.md");
    if write && fs::write(&page_path, page(paces)).is_err() {
        println!("{} could not be written", page_path.display());
    }
}
