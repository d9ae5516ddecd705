//! What is found in captures of live runs, where the words go through real programs and tunnels:
//! by program, by the tests, by the model, and by the whole program with the times of blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use minehound_model::QuietFlow;
use minehound_range::scenario_file::{Deed, LiveGroup, Software};
use minehound_range::score::Sheet;
use minehound_series::trees::Model;
use serde_json::Value;

use super::unread::{bounded, shipped};
use crate::compare::live::{group, played, runs};
use crate::program;
use crate::train::Kind;
use crate::train::examples::{Held, LONG_S, held, is_unread};
use crate::train::measure::part;

/// From so many seconds on the block clock has a chance.
const BLOCK_CLOCK_S: f64 = 3_600.0;
/// What this part of the page begins with.
const HEADING: &str = "\n## Through real programs and tunnels\n";

const INTRODUCTION: &str = "\n**The learned model, which stands out to most imitated tunnels of OpenVPN and WireGuard, carries over to few of the \
    real ones below; there the block clock tells, and no run of twelve minutes is long enough for it: eight blocks must come \
    (of XMR sixteen minutes on average), and they must stand out of what else is pushed. Flows of an hour or more stand \
    apart.**\n\nWritten by `cargo xtask evaluate --live DIR` from runs of `minehound range run`: miners and \
    pools of the range over real sockets, through real software, in network namespaces; what they say is the range's, how it \
    looks outside is the software's. *Tests* and *model* as under [What cannot be read](#what-cannot-be-read), from nine \
    quiet minutes on as in the program. *Host \
    accused* is the whole program on the capture with the times of the run's blocks (`--blocks`): the host of the flow is \
    suspected or confirmed. Nothing is learned from these runs. Those with an odd seed were looked into for the reasons \
    of what is missed; those with an even seed were only measured. Upper bounds are one-sided at 95 % (Clopper and \
    Pearson).\n";

/// The page without this part, and this part.
pub(super) fn halves(page: &str) -> (String, String) {
    let at = page.find(HEADING).unwrap_or(page.len());
    let (first, second) = page.split_at(at);
    (first.to_owned(), second.to_owned())
}

/// Measures all runs in a folder.
pub(super) fn section(folder: &Path, program: &Path) -> anyhow::Result<String> {
    let model = shipped(Kind::Session)?;
    let (mut even, mut odd) = (Half::default(), Half::default());
    for run in runs(folder)? {
        let sheet = Sheet::read(&fs::read(run.join("truth.json"))?)?;
        let Some(scenario) = played(&sheet)? else {
            println!("notice: {}: no live scenario of the program's own", run.display());
            continue;
        };
        let capture = run.join("capture.pcapng");
        let accused = accused(program, &capture, &sheet, &run)?;
        let miners = miners(&sheet);
        let looked_into = sheet.heading.seed % 2 == 1;
        let half = if looked_into { &mut odd } else { &mut even };
        half.runs.push(Run::of(&scenario.name, &sheet, &capture)?);
        for flow in held(&capture, &sheet)? {
            let Some(group) = group(&scenario, flow.answer.flow.client) else { continue };
            let mut found = Found::of(&flow, &model, &accused);
            // A host that mines is rightly accused, whatever else it does.
            let host = flow.answer.flow.client.ip();
            found.host &= flow.answer.flow.mining.is_some() || !miners.contains(&host);
            let missed = flow.answer.flow.mining.is_some() && !found.tests;
            if looked_into && missed && flow.seconds >= LONG_S {
                println!("{} seed {}: {}", scenario.name, sheet.heading.seed, why(&flow, group));
            }
            half.add(&flow, group, found);
        }
    }
    Ok(format!(
        "{HEADING}{INTRODUCTION}\n### Measured alone (even seeds)\n{}\n### Looked into (odd seeds)\n{}",
        even.told(),
        odd.told()
    ))
}

/// The hosts that the program suspects or confirms, given the capture and the times of blocks.
fn accused(
    program: &Path,
    capture: &Path,
    sheet: &Sheet,
    run: &Path,
) -> anyhow::Result<BTreeSet<IpAddr>> {
    let mut sources = vec![capture.as_os_str().to_owned()];
    for coin in sheet.heading.blocks.keys() {
        let times = run.join(format!("blocks-{coin}.csv"));
        if times.is_file() {
            let mut named = OsString::from(format!("{coin}="));
            named.push(times);
            sources.extend(["--blocks".into(), named]);
        }
    }
    let case = program::assess(program, &sources)?;
    let entities = case.get("entities").and_then(Value::as_array).into_iter().flatten();
    let accused = entities.filter(|it| {
        matches!(it.get("verdict").and_then(Value::as_str), Some("confirmed" | "suspected"))
    });
    let address = |it: &Value| {
        it.get("id")?.as_str()?.strip_prefix("endpoint:").and_then(|it| it.parse().ok())
    };
    Ok(accused.filter_map(address).collect())
}

/// The hosts that mine.
fn miners(sheet: &Sheet) -> BTreeSet<IpAddr> {
    let mining = sheet.flows.iter().filter(|it| it.flow.mining.is_some());
    mining.map(|it| it.flow.client.ip()).collect()
}

/// What one flow was taken for.
#[derive(Clone, Copy, Default)]
struct Found {
    tests: bool,
    model: bool,
    host: bool,
}

impl Found {
    fn of(flow: &Held<'_>, model: &Model, accused: &BTreeSet<IpAddr>) -> Self {
        let example = flow.example();
        let row = Kind::Session.of(&example);
        Self {
            tests: example.suspected,
            model: example.quiet_s >= QuietFlow::LEAST_S
                && !row.is_empty()
                && model.score(row) >= model.alarm,
            host: accused.contains(&flow.answer.flow.client.ip()),
        }
    }
}

/// Flows of one kind.
#[derive(Clone, Copy, Default)]
struct Counted {
    all: u64,
    tests: u64,
    model: u64,
    either: u64,
    host: u64,
}

impl Counted {
    fn add(&mut self, found: Found) {
        self.all += 1;
        self.tests += u64::from(found.tests);
        self.model += u64::from(found.model);
        self.either += u64::from(found.tests || found.model);
        self.host += u64::from(found.host);
    }

    fn row(&self, name: &str) -> String {
        let of = |found| part(found, self.all);
        let (tests, model) = (of(self.tests), of(self.model));
        let (either, host) = (of(self.either), of(self.host));
        format!("| {name} | {} | {tests} | {model} | {either} | {host} |\n", self.all)
    }
}

/// One run, so that it can be told from others.
struct Run {
    scenario: String,
    seed: u64,
    minutes: f64,
    digest: String,
}

impl Run {
    fn of(scenario: &str, sheet: &Sheet, capture: &Path) -> anyhow::Result<Self> {
        let (from, to) = sheet.heading.span_ns;
        #[expect(clippy::cast_precision_loss, reason = "minutes of a run")]
        let minutes = to.saturating_sub(from) as f64 / 6e10;
        let digest = minehound_collect::sha256(&fs::read(capture)?);
        let digest = digest.chars().take(12).collect();
        Ok(Self { scenario: scenario.to_owned(), seed: sheet.heading.seed, minutes, digest })
    }
}

/// What was measured on runs of one half.
#[derive(Default)]
struct Half {
    /// The runs.
    runs: Vec<Run>,
    /// By whether flows mine, whether they are long, and what they went through.
    flows: BTreeMap<(bool, bool, String), Counted>,
}

impl Half {
    fn add(&mut self, flow: &Held<'_>, group: &LiveGroup, found: Found) {
        let (mines, long) = (flow.answer.flow.mining.is_some(), flow.seconds >= LONG_S);
        let long_enough = if flow.seconds >= BLOCK_CLOCK_S { ", an hour or more" } else { "" };
        let name = name(group, mines && is_unread(flow.answer), flow.answer.mixed) + long_enough;
        self.flows.entry((mines, long, name)).or_default().add(found);
    }

    fn told(&self) -> String {
        if self.flows.is_empty() {
            return "\nNo runs.\n".to_owned();
        }
        let mut text = String::from(
            "\n| run | seed | minutes | first digits of the capture's SHA-256 |\n|---|---|---|---|\n",
        );
        for it in &self.runs {
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {} |",
                it.scenario, it.seed, it.minutes, it.digest
            );
        }
        let parts = [
            (true, true, "mining sessions of ten minutes or more"),
            (true, false, "shorter mining sessions"),
            (false, true, "innocent flows of ten minutes or more"),
            (false, false, "shorter innocent flows"),
        ];
        for (mines, long, what) in parts {
            let rows = self.flows.iter().filter(|it| (it.0.0, it.0.1) == (mines, long));
            let rows: Vec<_> = rows.map(|((_, _, name), counted)| (name, counted)).collect();
            if rows.is_empty() {
                continue;
            }
            let _ = write!(
                text,
                "\n| {what} | flows | tests | model | either | host accused |\n|---|---|---|---|---|---|\n"
            );
            let mut sum = Counted::default();
            for (name, it) in rows {
                text += &it.row(name);
                sum = sum.and(*it);
            }
            text += &sum.row("**all**");
            if !mines {
                text += &sum.false_alarms();
            }
        }
        text
    }
}

impl Counted {
    fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            tests: self.tests + other.tests,
            model: self.model + other.model,
            either: self.either + other.either,
            host: self.host + other.host,
        }
    }

    fn false_alarms(&self) -> String {
        format!(
            "\nFalse alarms: of the tests {}, of the model {}, of either {}; flows of accused hosts {}.\n",
            bounded(self.tests, self.all),
            bounded(self.model, self.all),
            bounded(self.either, self.all),
            bounded(self.host, self.all)
        )
    }
}

/// Who speaks through what.
fn name(group: &LiveGroup, hidden: bool, mixed: bool) -> String {
    let through = match group.through.software {
        Software::Nothing => "nothing",
        Software::SClient => "openssl s_client",
        Software::Stunnel => "stunnel",
        Software::Ssh => "OpenSSH -L",
        Software::SshSocks => "OpenSSH -D",
        Software::WireGuard => "wireguard-go",
        Software::OpenVpnUdp => "OpenVPN, UDP",
        Software::OpenVpnTcp => "OpenVPN, TCP",
        Software::OpenVpnStatic => "OpenVPN, static key",
        Software::Shadowsocks => "shadowsocks-libev",
    };
    match group.deed {
        Deed::Browse => format!("Chromium through {through}"),
        Deed::Mine(_) if !hidden && group.through.software == Software::Nothing => {
            "in the clear".to_owned()
        }
        _ if mixed => format!("{through}, shared"),
        _ => through.to_owned(),
    }
}

/// What was noted of a session that the tests do not find.
fn why(flow: &Held<'_>, group: &LiveGroup) -> String {
    let dialect = flow.answer.flow.mining.as_ref().map_or("", |it| it.dialect.as_str());
    let what = format!(
        "not found by the tests: {dialect} through {}, {:.0} s",
        name(group, true, flow.answer.mixed),
        flow.seconds
    );
    let Some(noted) = &flow.noted else { return format!("{what}: never noted as quiet") };
    let it = &noted.flow;
    let pattern = it.pattern.map_or_else(|| "none".to_owned(), |it| it.to_string());
    format!(
        "{what}: pattern {pattern} in {} of {} stretches, {:.0} s quiet and {:.0} s busy, {} irregular, {} heard; {:?}",
        it.patterned, it.stretches, it.quiet_s, it.busy_s, it.irregular, it.heard, it.stretch
    )
}

#[cfg(test)]
mod tests {
    use super::{Counted, Found, HEADING, halves};

    #[test]
    fn the_rest_of_the_page_stays() {
        let page = format!("# Evaluation\n\nmuch\n{HEADING}\nruns\n");
        let (rest, runs) = halves(&page);
        assert_eq!(rest, "# Evaluation\n\nmuch\n");
        assert_eq!(rest + &runs, page);
        assert_eq!(halves("# Evaluation\n").1, "");
    }

    #[test]
    fn either_counts_once() {
        let mut counted = Counted::default();
        counted.add(Found { tests: true, model: true, host: false });
        counted.add(Found { tests: false, model: true, host: true });
        counted.add(Found::default());
        let row = counted.row("it");
        assert_eq!(row, "| it | 3 | 1 (33.3 %) | 2 (66.7 %) | 2 (66.7 %) | 1 (33.3 %) |\n");
        assert!(counted.false_alarms().contains("of the tests 1 of 3 (at most 86.46"));
    }
}
