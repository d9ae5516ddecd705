//! Writes a scenario to files, to look at with any capture viewer:
//!
//! `cargo run -p minehound-range --example gen -- NAME OUT.pcapng [SEED] [SECONDS]`
//!
//! NAME is a dialect, `script-` and a dialect that fetches work over HTTP, an innocent kind, `office`, or `list`. Beside OUT the truth is written as
//! OUT.truth.json.

use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;

use minehound_range::innocent::Innocent;
use minehound_range::scenario::{Dialect, Generated, Session, sample_office};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(message) => {
            let _ = writeln!(std::io::stdout(), "{message}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String, String> {
    let name = arguments.first().map_or("list", String::as_str);
    if name == "list" {
        return Ok(names().join("\n"));
    }
    let out = arguments.get(1).ok_or("usage: gen NAME OUT.pcapng [SEED] [SECONDS]")?;
    let seed = number(arguments.get(2), 1.0)?;
    let seconds = number(arguments.get(3), 600.0)?;
    let made = make(name, seed, seconds)
        .ok_or_else(|| format!("no scenario {name}; there are:\n{}", names().join("\n")))?;
    let write = |path: &str, bytes: &[u8]| {
        std::fs::write(path, bytes).map_err(|error| format!("{path}: {error}"))
    };
    let bytes = if Path::new(out).extension().is_some_and(|ending| ending == "pcap") {
        made.to_pcap(minehound_range::capture::PcapStyle::default())
    } else {
        made.to_pcapng(9)
    };
    write(out, &bytes)?;
    write(&format!("{out}.truth.json"), made.truth_json().as_bytes())?;
    Ok(format!("{out}: {} frames, {} bytes", made.frames.len(), bytes.len()))
}

fn number(text: Option<&String>, default: f64) -> Result<f64, String> {
    text.map_or(Ok(default), |text| text.parse().map_err(|_| format!("{text} is not a number")))
}

fn names() -> Vec<String> {
    let dialects = Dialect::ALL.iter().map(|dialect| dialect.name());
    let innocent = Innocent::ALL.iter().map(|kind| kind.name());
    std::iter::once("office").chain(dialects).chain(innocent).map(str::to_owned).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a seed given on the command line"
)]
fn make(name: &str, seed: f64, seconds: f64) -> Option<Generated> {
    let seed = seed as u64;
    if name == "office" {
        return Some(sample_office(seed));
    }
    if let Some(dialect) = Dialect::from_name(name) {
        return Some(Session { seconds, ..Session::new(dialect, seed) }.generate());
    }
    if let Some(dialect) = name.strip_prefix("script-").and_then(Dialect::from_name) {
        let agent = "Python-urllib/3.12".to_owned();
        let session = Session { seconds, by_script: true, agent, ..Session::new(dialect, seed) };
        return Some(Session { poll_seconds: 5.0, hashrate: 0.0, ..session }.generate());
    }
    let host = IpAddr::from([192, 168, 1, 40]);
    Innocent::from_name(name)
        .map(|kind| kind.generate(host, 1_767_600_000_000_000_000, seconds, seed))
}
