//! The page of the outcome.

use std::fmt::Write as _;

use super::generation::Written;
use super::machine::{Machine, version_of};
use super::usage::Usage;
use super::{Outcome, RUNS};

/// The goals: how many times `ndpiReader`, million packets per processor second, gigabits per
/// processor second, and bytes of memory.
const TIMES: f64 = 5.0;
const MEGAPACKETS: f64 = 3.0;
const GIGABITS: f64 = 8.0;
const PEAK_BYTES: u64 = 300 << 20;
/// The goals for the walk over all small captures and for this machine.
const WALK_CPU_S: f64 = 5.0;
const HERE_WALL_S: f64 = 2.0;
const HERE_PEAK_BYTES: u64 = 100 << 20;

/// The goals for what the range writes.
const GENERATED_MB_S: f64 = 50.0;
const GENERATED_PEAK_BYTES: u64 = 2 << 30;

/// The page `docs/performance.md`.
pub(super) fn render(
    outcomes: &[Outcome],
    walk: &Usage,
    here: &Usage,
    machine: &Machine,
) -> anyhow::Result<String> {
    let mut text = introduction(machine)?;
    for it in outcomes {
        section(&mut text, it)?;
    }
    text += "\n## Small captures and this machine\n\n";
    text += "| what | CPU s | wall s | peak memory | goal | met |\n|---|---|---|---|---|---|\n";
    writeln!(
        text,
        "| all small captures in one run | {:.2} | {:.2} | {} | {WALK_CPU_S} s of CPU | {} |",
        walk.cpu_s(),
        walk.wall_s,
        mebibytes(walk.peak_bytes),
        met(walk.cpu_s() <= WALK_CPU_S),
    )?;
    writeln!(
        text,
        "| this machine, {} processes, `--sample 0` | {:.2} | {:.2} | {} | {HERE_WALL_S} s of wall \
         time, {} | {} |",
        machine.processes,
        here.cpu_s(),
        here.wall_s,
        mebibytes(here.peak_bytes),
        mebibytes(HERE_PEAK_BYTES),
        met(here.wall_s <= HERE_WALL_S && here.peak_bytes <= HERE_PEAK_BYTES),
    )?;
    Ok(text)
}

/// How fast the range writes.
pub(super) fn generation(text: &mut String, all: &[Written]) -> anyhow::Result<()> {
    *text += "\n## The range\n\n`minehound range gen SCENARIO --seed 7 --out FOLDER`: all files of a scenario, once each, \
              in its own length (`campus`: 24 hours, two thousand hosts).\n\n\
              | scenario | MB | wall s | MB/s | CPU s | peak memory | 50 MB/s | 2 GiB |\n|---|---|---|---|---|---|---|---|\n";
    for it in all {
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let megabytes = it.bytes as f64 / 1e6;
        let rate = megabytes / it.usage.wall_s.max(1e-3);
        writeln!(
            text,
            "| {} | {megabytes:.1} | {:.2} | {rate:.0} | {:.2} | {} | {} | {} |",
            it.scenario,
            it.usage.wall_s,
            it.usage.cpu_s(),
            mebibytes(it.usage.peak_bytes),
            met(rate >= GENERATED_MB_S),
            met(it.usage.peak_bytes <= GENERATED_PEAK_BYTES),
        )?;
    }
    Ok(())
}

fn introduction(machine: &Machine) -> anyhow::Result<String> {
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let mut text = format!("# Performance\n\nWritten by `cargo xtask bench` on {date}.\n\n");
    writeln!(
        text,
        "Machine: {}, {} cores, {} of memory, Linux {}; load {} at the end, so that processor time \
         counts and wall time does not.",
        machine.processor,
        machine.cores,
        mebibytes(machine.memory_bytes),
        machine.kernel,
        machine.load,
    )?;
    let versions = ["ndpiReader", "tshark"]
        .map(|it| version_of(it).unwrap_or_else(|| format!("`{it}` was not installed")));
    writeln!(
        text,
        "Beside: {}. Each program ran {RUNS} times in turns on one file in the page cache; the median \
         by processor time is shown. `tshark` ran once, on the first packets only.",
        versions.join("; ")
    )?;
    text += "\nThe big capture holds the Ethernet frames of all small ones, one after the other in \
             time, in copies with other addresses. Bytes are those captured, without the headers of \
             the file. The program is `minehound inspect BIG --format json --quiet --out FILE`: \
             reading, judging and writing the report. The library is cutting, tracking and decoding \
             alone, on one thread. Sealing (SHA-256) is shown apart, and taken off where it says so.\n";
    Ok(text)
}

fn section(text: &mut String, it: &Outcome) -> anyhow::Result<()> {
    writeln!(
        text,
        "\n## Big capture: {}\n\n{} captures, {} copies, {} packets, {} bytes, {} bytes a packet. \
         Sessions reported: {}; the library alone hears {}.\n",
        it.name,
        it.big.captures,
        it.big.copies,
        it.big.packets,
        it.big.bytes,
        it.big.mean(),
        it.sessions,
        it.library.sessions,
    )?;
    *text += "| what | CPU s (user + system) | Mpackets/CPU s | Gbit/CPU s | peak memory |\n";
    *text += "|---|---|---|---|---|\n";
    let (packets, bytes) = (it.big.packets, it.big.bytes);
    let mut row = |name: &str, cpu: &str, cpu_s: f64, packets: u64, bytes: u64, peak: &str| {
        let (rate, bits) = rates(cpu_s, packets, bytes);
        writeln!(text, "| {name} | {cpu} | {rate:.2} | {bits:.2} | {peak} |")
    };
    let both = |it: &Usage| format!("{:.2} ({:.2} + {:.2})", it.cpu_s(), it.user_s, it.system_s);
    let (whole, sealing_s) = (&it.whole, it.library.sealing_s);
    let peak = mebibytes(whole.peak_bytes);
    row("minehound", &both(whole), whole.cpu_s(), packets, bytes, &peak)?;
    let unsealed_s = whole.cpu_s() - sealing_s;
    row("minehound without sealing", &format!("{unsealed_s:.2}"), unsealed_s, packets, bytes, "")?;
    let alone_s = it.library.cpu_s;
    row("the library alone", &format!("{alone_s:.2}"), alone_s, packets, bytes, "")?;
    row("sealing alone", &format!("{sealing_s:.2}"), sealing_s, packets, bytes, "")?;
    if let Some(ndpi) = &it.ndpi {
        let peak = mebibytes(ndpi.peak_bytes);
        row("ndpiReader", &both(ndpi), ndpi.cpu_s(), packets, bytes, &peak)?;
    }
    if let Some(few) = &it.tshark {
        let (usage, peak) = (&few.usage, mebibytes(few.usage.peak_bytes));
        let name = format!("tshark -q -z conv,tcp, first {} packets", few.packets);
        row(&name, &both(usage), usage.cpu_s(), few.packets, few.bytes, &peak)?;
    }
    goals(text, it, unsealed_s)
}

/// Each goal beside what was reached.
fn goals(text: &mut String, it: &Outcome, unsealed_s: f64) -> anyhow::Result<()> {
    *text += "\n| goal | program without sealing | library alone |\n|---|---|---|\n";
    let both = [unsealed_s, it.library.cpu_s];
    let mut row = |goal: String, reached: [f64; 2], least: f64| {
        let cells = reached.map(|it| format!("{it:.2} ({})", met(it >= least)));
        writeln!(text, "| {goal} | {} |", cells.join(" | "))
    };
    if let Some(ndpi) = &it.ndpi {
        row(format!("{TIMES} times `ndpiReader`"), both.map(|it| ndpi.cpu_s() / it), TIMES)?;
    }
    let rated = both.map(|cpu_s| rates(cpu_s, it.big.packets, it.big.bytes));
    row(format!("{MEGAPACKETS} Mpackets/CPU s, or"), rated.map(|it| it.0), MEGAPACKETS)?;
    row(format!("{GIGABITS} Gbit/CPU s"), rated.map(|it| it.1), GIGABITS)?;
    let (peak, goal) = (it.whole.peak_bytes, mebibytes(PEAK_BYTES));
    writeln!(text, "| {goal} | {} ({}) | |", mebibytes(peak), met(peak <= PEAK_BYTES))?;
    if unsealed_s > 2.0 * it.library.cpu_s {
        let share = 100.0 * (1.0 - it.library.cpu_s / unsealed_s);
        writeln!(
            text,
            "\nWhere the program falls short: {share:.0} % of its time and most of its memory go into \
             judging and writing {} sessions one by one, not into packets.",
            it.sessions
        )?;
    }
    Ok(())
}

/// Million packets and gigabits per processor second.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn rates(cpu_s: f64, packets: u64, bytes: u64) -> (f64, f64) {
    (packets as f64 / cpu_s / 1e6, bytes as f64 * 8e-9 / cpu_s)
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

fn met(it: bool) -> &'static str {
    if it { "met" } else { "missed" }
}
