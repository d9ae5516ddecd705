//! What must pass before a change lands.

use std::process::Command;
use std::time::Instant;

use anyhow::ensure;

/// The steps of the base lane, in order; each is a cargo command.
const STEPS: [(&str, &[&str]); 4] = [
    ("format", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]),
    ("tests", &["test", "--workspace", "--no-fail-fast"]),
    ("docs", &["doc", "--workspace", "--no-deps", "--quiet"]),
];

/// Runs the base lane: all steps, even after one failed, so that one run tells everything.
pub(crate) fn run() -> anyhow::Result<()> {
    notices();
    let mut failed = Vec::new();
    for (name, arguments) in STEPS {
        let began = Instant::now();
        println!("== {name}: cargo {}", arguments.join(" "));
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(arguments)
            .env("RUSTDOCFLAGS", "-D warnings")
            .current_dir(crate::root())
            .status()?;
        println!("== {name}: {status}, {:.0} s", began.elapsed().as_secs_f64());
        if !status.success() {
            failed.push(name);
        }
    }
    println!("== sweep: cargo xtask sweep-corpus --share 0.05");
    let sweep = crate::sweep::Sweep { data: None, share: 0.05, points: 200 };
    if let Err(error) = crate::sweep::run(&sweep) {
        println!("{error:#}");
        failed.push("sweep");
    }
    println!("== campus: cargo xtask campus --seeds 1 --minutes 20");
    if let Err(error) = crate::campus::run(1, 20.0) {
        println!("{error:#}");
        failed.push("campus");
    }
    println!("== attribution: cargo xtask attribution --seeds 1 --check");
    if let Err(error) = crate::attribution::run(1, true) {
        println!("{error:#}");
        failed.push("attribution");
    }
    println!("== thresholds: cargo xtask evaluate --check");
    if let Err(error) = crate::evaluate::run(None, true) {
        println!("{error:#}");
        failed.push("thresholds");
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    println!("all steps passed");
    Ok(())
}

/// Says which checks will be skipped because their tool is not installed.
fn notices() {
    for (tool, what) in [
        ("tshark", "captures of the range are not compared with tshark's reading"),
        ("chromium", "the HTML report is not opened in a browser"),
        ("soffice", "answered lists are not opened in LibreOffice"),
    ] {
        let found = Command::new(tool).arg("--version").output().is_ok();
        if !found {
            println!("notice: `{tool}` is not installed; {what}");
        }
    }
    if crate::shared_data().is_none() {
        println!("notice: no labelled data beside the project; the range's captures are used");
    }
}
