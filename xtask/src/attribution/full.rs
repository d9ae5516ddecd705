//! The same on a campus of 300,000 terminals, once: how long, in how much memory, and how well.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use minehound_range::score::{Rows, trails};

use super::{FIRST_SEED, HELD, TOP, WHOLE, add, line, part, sources, yes};
use crate::bench::Machine;
use crate::program;
use crate::watch::{Took, watched};

const SCENARIO: &str = "campus-logs-full";
/// 10,000 clues are imported, attributed and answered within so many seconds.
const WITHIN_S: f64 = 60.0;

/// Plays the large campus, attributes its list and writes docs/attribution-full.md.
pub(crate) fn run() -> anyhow::Result<()> {
    let program = program::build()?;
    let scratch = tempfile::Builder::new().prefix("campus").tempdir()?;
    let (logs, case) = (scratch.path().join("logs"), scratch.path().join("case"));
    let (list, site) = (logs.join("list.csv"), logs.join("site.toml"));
    let seed = FIRST_SEED.to_string();
    let mut took = Vec::new();
    let mut step = |what, command: &mut Command| -> anyhow::Result<()> {
        // 1 is an error and 2 a wrong command line; the others say how sure the answers are.
        let it = watched(what, command, &[0, 5, 30])?;
        println!("{what}: {:.1} s, {} MiB", it.seconds, it.peak_mib);
        took.push(it);
        Ok(())
    };
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.args(arguments);
        command
    };
    let generate = ["range", "gen", SCENARIO, "--seed", &seed, "--quiet", "--out"];
    step("write the logs", command(&generate).arg(&logs))?;
    let sources = sources(&logs)?;
    let import = ["import", "--log-tz", "+8", "--latest", "2026-11-26", "--case"];
    step("import them", command(&import).arg(&case).args(&sources))?;
    let clues = ["clue", "import", "--tz", "+8", "--sender", "above", "--case"];
    let clues = &mut command(&clues);
    step("`clue import`", clues.arg(&case).arg("--site").arg(&site).arg(&list))?;
    let answer = scratch.path().join("answer.csv");
    let feedback = ["clue", "feedback", "--tz", "+8", "--case"];
    step("`clue feedback`", command(&feedback).arg(&case).arg("--out").arg(&answer))?;
    let told = scratch.path().join("told.json");
    let attribute = &mut command(&["attribute", "--tz", "+8", "--format", "json", "--case"]);
    attribute.arg(&case).arg("--list").arg(&list).arg("--site").arg(&site);
    step("`attribute --list`", attribute.arg("--out").arg(&told))?;
    let score = trails(&fs::read(logs.join("truth.json"))?, &fs::read(&told)?)?;
    let (lines, bytes) = counted(&sources)?;
    let page = page(&took, &score.by_sort, lines, bytes)?;
    let path = crate::root().join("docs/attribution-full.md");
    fs::write(&path, page)?;
    println!("wrote {}", path.display());
    Ok(())
}

fn counted(sources: &[PathBuf]) -> anyhow::Result<(u64, u64)> {
    let (mut lines, mut bytes) = (0, 0);
    let mut buffer = vec![0; 1 << 20];
    for path in sources {
        let mut file = fs::File::open(path)?;
        loop {
            let read = std::io::Read::read(&mut file, &mut buffer)?;
            let some = buffer.get(..read).context("more than there is room for")?;
            if some.is_empty() {
                break;
            }
            bytes += some.len() as u64;
            lines += some.split(|it| *it == b'\n').count() as u64 - 1;
        }
    }
    Ok((lines, bytes))
}

#[expect(clippy::cast_precision_loss, reason = "lines of an hour")]
fn page(
    took: &[Took],
    by_sort: &std::collections::BTreeMap<String, Rows>,
    lines: u64,
    bytes: u64,
) -> anyhow::Result<String> {
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let machine = Machine::this();
    let mut text = format!(
        "# Attribution on a large campus\n\nWritten by `cargo xtask attribution --full` on {date}: `{SCENARIO}`, seed \
         {FIRST_SEED}, {lines} lines of logs, {:.1} GB. On {} cores of {}, {} GiB of memory. **Synthetic**: the same people \
         wrote both sides.\n\n| step | seconds | peak memory, MiB |\n|---|---|---|\n",
        bytes as f64 / 1e9,
        machine.cores,
        machine.processor,
        machine.memory_bytes >> 30,
    );
    for it in took {
        writeln!(text, "| {} | {:.1} | {} |", it.what, it.seconds, it.peak_mib)?;
    }
    text += "\n| rows | how many | first | in the set | wrong | behind | mean set |\n|---|---|---|---|---|---|---|\n";
    for (sort, rows) in by_sort {
        line(&mut text, sort, rows)?;
    }
    let seconds = |what: &str| took.iter().find(|it| it.what == what).map_or(0.0, |it| it.seconds);
    let clues_s = seconds("`clue import`") + seconds("`clue feedback`");
    let whole = by_sort.get(WHOLE).cloned().unwrap_or_default();
    let top = part(whole.top, whole.rows);
    let mut removed = Rows::default();
    for sort in ["removed, port and second", "removed, vague"] {
        add(&mut removed, &by_sort.get(sort).cloned().unwrap_or_default());
    }
    let (named, held) =
        (part(removed.held, removed.rows), part(removed.held + removed.behind, removed.rows));
    text += "\n| goal | reached | met |\n|---|---|---|\n";
    let pace = lines as f64 / seconds("import them").max(0.001);
    for (goal, reached, met) in [
        ("98 % first with complete logs", format!("{:.1} %", 100.0 * top), top >= TOP),
        (
            "95 % in the set where the line is missing, by name",
            format!("{:.1} % of {}", 100.0 * named, removed.rows),
            named >= HELD,
        ),
        (
            "the same, by name or as everyone behind a translator",
            format!("{:.1} %", 100.0 * held),
            held >= HELD,
        ),
        (
            "10,000 clues imported, attributed and answered in 60 s",
            format!("{clues_s:.1} s"),
            clues_s <= WITHIN_S,
        ),
        (
            "20,000 lines a second are kept up with",
            format!("{pace:.0} lines a second"),
            pace >= 20_000.0,
        ),
    ] {
        writeln!(text, "| {goal} | {reached} | {} |", yes(met))?;
    }
    Ok(text)
}
