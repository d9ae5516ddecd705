//! Other tools on the same captures of the range, scored against the same truth.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use minehound_range::score::{Score, Sheet, Tool, read, score};

use crate::program;
use crate::train::examples::play;
use crate::train::split::{Chosen, Use};

/// What is played: name, seed, minutes.
const WORLDS: [(&str, u64, f64); 4] = [
    ("smoke", 71, 10.0),
    ("one-miner-each-dialect", 72, 30.0),
    ("tls-pool", 73, 30.0),
    ("sv2", 74, 30.0),
];

/// What people who look for mining with tshark type: words of the dialects, and names that speak.
const FILTER: &str = "tcp contains \"mining.subscribe\" or tcp contains \"mining.submit\" or \
    tcp contains \"mining.notify\" or tcp contains \"eth_submitLogin\" or \
    tcp contains \"eth_getWork\" or tcp contains \"getblocktemplate\" or \
    (tcp contains \"\\\"method\\\":\\\"login\\\"\" and tcp contains \"agent\") or \
    tls.handshake.extensions_server_name matches \"(?i)(pool|mining|xmr|stratum)\" or \
    http.request.method == \"POST\" and tcp contains \"getwork\"";

/// Sessions shorter than this count neither way.
const LEAST_S: f64 = 60.0;

/// The table as a section of the page.
pub(crate) fn section(program: &Path) -> anyhow::Result<String> {
    let mut text = String::from(
        "\n## Beside other tools\n\nThe same captures of the range, each scored against their truth as \
         by `minehound range score`; sessions of a minute or more. ndpiReader runs with its usual \
         settings; tshark with the display filter below, which has the names of pools in it that \
         the range's pools happen to have (*pool*), and knows no rhythm. The time to detect is from \
         the login; ndpiReader does not tell it, and this program tells it for what it can read.\n\n\
         | world | tool | sessions found | precision | recall | false alarms | per million flows | seconds to detect |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for (scenario, seed, minutes) in WORLDS {
        let folder = tempfile::tempdir()?;
        let (scenario, is_for) = (scenario.to_owned(), Use::Test);
        let chosen = Chosen { is_for, scenario, seed, minutes, scale: 1.0 };
        let (capture, sheet) = play(&chosen, folder.path())?;
        let own = program::assess(program, &[&capture])?.to_string();
        let mut rows = vec![("minehound", scored(Tool::Own, &own, &sheet)?)];
        match ndpi(&capture, folder.path())? {
            Some(told) => rows.push(("ndpiReader", scored(Tool::Ndpi, &told, &sheet)?)),
            None => println!("notice: no `ndpiReader`; it is left out of the table"),
        }
        match tshark(&capture)? {
            Some(told) => rows.push(("tshark", scored(Tool::Zeek, &told, &sheet)?)),
            None => println!("notice: no `tshark`; it is left out of the table"),
        }
        for (tool, score) in rows {
            text += &row(&chosen.scenario, tool, &score);
        }
    }
    let played = WORLDS
        .iter()
        .map(|(name, seed, minutes)| format!("`{name}` seed {seed}, {minutes:.0} minutes"));
    writeln!(
        text,
        "\nPlayed: {}; each as `minehound range gen NAME --seed N --hours H`, `minehound inspect --format json`, \
         `minehound range score --least 60`. One seed each: ten minutes of `smoke` are the least that a rhythm can be told \
         in, and its encrypted session is found in some seeds and not in others.",
        played.collect::<Vec<_>>().join("; ")
    )?;
    write!(text, "\n```text\n{FILTER}\n```\n")?;
    Ok(text)
}

fn scored(tool: Tool, told: &str, sheet: &Sheet) -> anyhow::Result<Score> {
    let claims =
        read(tool, told).map_err(|it| anyhow::anyhow!("{tool:?}, line {}: {}", it.line, it.why))?;
    Ok(score(sheet, &claims, LEAST_S))
}

fn row(world: &str, tool: &str, it: &Score) -> String {
    let part =
        |it: Option<f64>| it.map_or_else(|| "-".to_owned(), |it| format!("{:.1} %", 100.0 * it));
    let wait = it.median_seconds_to_detect.map_or_else(|| "-".to_owned(), |it| format!("{it:.1}"));
    format!(
        "| {world} | {tool} | {} of {} | {} | {} | {} | {:.1} | {wait} |\n",
        it.found,
        it.mining,
        part(it.precision),
        part(it.recall),
        it.false_alarms + it.false_hosts,
        it.false_per_million_flows,
    )
}

fn ndpi(capture: &Path, folder: &Path) -> anyhow::Result<Option<String>> {
    let out = folder.join("ndpi.csv");
    let ran = Command::new("ndpiReader")
        .args(["-q", "-C"])
        .arg(&out)
        .arg("-i")
        .arg(capture)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if ran.is_err() || !out.is_file() {
        return Ok(None);
    }
    Ok(Some(fs::read_to_string(out)?))
}

/// What the filter lets through, once a flow, as Zeek would tell it.
fn tshark(capture: &Path) -> anyhow::Result<Option<String>> {
    const FIELDS: [&str; 5] =
        ["frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport"];
    let mut command = Command::new("tshark");
    command.arg("-r").arg(capture).args(["-n", "-Y", FILTER, "-T", "fields"]);
    for field in FIELDS {
        command.args(["-e", field]);
    }
    let Ok(ran) = command.stderr(Stdio::null()).output() else { return Ok(None) };
    let mut text = String::from("#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tnote\n");
    for line in String::from_utf8_lossy(&ran.stdout).lines() {
        writeln!(text, "{line}\tmining")?;
    }
    Ok(Some(text))
}
