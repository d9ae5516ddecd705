//! What cannot be read: how much mining is found in it, and how often innocent flows are taken for
//! it, by the tests and by the models, by source.

mod wanted;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use minehound_range::score::upper_95;
use minehound_series::trees::Model;

use super::goals::Goal;
use super::{bins, headers};
use crate::train::examples::{self, Example, Examples, LONG_S, Reader};
use crate::train::measure::{Found, Measured, table};
use crate::train::split::{Split, Use};
use crate::train::{Kind, Sources, learn, real};

/// Real flows are few: those of a minute or more are all told.
const SHORT_S: f64 = 60.0;

/// What was measured, as a section of the page.
pub(crate) fn section(data: Option<&Path>, goals: &mut Vec<Goal>) -> anyhow::Result<String> {
    let split = Split::read()?;
    let sources = Sources::gather(&split, data)?;
    let mut text = INTRODUCTION.to_owned();
    let reality = data.map(|it| Reality::read(&it.join("network"), &split)).transpose()?;
    if let Some(reality) = &reality {
        let alone = learn(Kind::Session, &sources, false);
        text += "\n### A model of the range alone, on real captures\n\n";
        text += &reality.told(Kind::Session, &alone)?;
        text += "\n### The models that come with the program, on real captures\n";
        for kind in Kind::ALL {
            write!(text, "\n`{}`\n\n", kind.name())?;
            text += &reality.told(kind, &shipped(kind)?)?;
        }
    }
    let bins = bins::measure(&split, data)?;
    text += &bins.text;
    let session = shipped(Kind::Session)?;
    let blind = examples::of_worlds(&split, Use::Blind)?;
    text += &worlds("Blind worlds", &blind, Kind::Session, &session)?;
    let tests = examples::of_worlds(&split, Use::Test)?;
    let of = |all: &Examples, kind, model| Measured::of(&all.all, kind, model, LONG_S);
    wanted::of_worlds(
        &of(&blind, Kind::Session, &session),
        &of(&tests, Kind::Session, &session),
        &of(&tests, Kind::Record, &shipped(Kind::Record)?),
        goals,
    );
    if let Some(reality) = &reality {
        wanted::of_reality(&reality.innocent, &session, goals);
    }
    bins.goal(goals);
    for kind in Kind::ALL {
        text += &worlds("Test worlds", &tests, kind, &shipped(kind)?)?;
    }
    Ok(text)
}

const INTRODUCTION: &str = "\n## What cannot be read\n\n\
    Mining under TLS, WSS, Noise or in a tunnel, in sessions of ten minutes or more. *Tests* \
    counts what those of `mining-rhythm` suspect: a passed test whose verdict the model does not \
    contradict. *Model* is the learned model at the score that it was calibrated to, \
    a circumstance only. Who is tested is never learned from (`evaluation/split.toml`, [model \
    card](model.md)): test worlds have other seeds, pools, timers and programs, and are **named \
    synthetic**; of real captures the sources are divided. The test worlds were read more than \
    once, so they are no blind trial of everything: features, trees and the bounds of the tests \
    were chosen without them, but a first run showed two mistakes in reading (the answer of an \
    HTTP proxy made a whole connection count as text where little of it was captured; the \
    counters of half seconds run on over silent rows too), and a later one 11 false alarms of \
    the model. Since then what stands out must be more likely mining than not, a campus is among \
    what is learned from and calibrated on, and what a test and the model disagree on suspects \
    nobody, but for the opening of Stratum V2 and the block clock, which stand by themselves; \
    and the least length of an answer is now that of EIP-1571, whose dialect had been missed; examples are \
    learned from once more with other lengths. A rule that let a test accuse where the model is merely unsure (0.3 to 0.5) \
    was tried on worlds of the seeds 321 to 323: it accused one innocent ticker of \
    16,267 long flows, and was dropped. The *blind worlds* below were read first after all that. Days that nothing was chosen on: [Days on a campus](campus.md). Upper bounds are \
    one-sided at 95 % (Clopper and Pearson).\n";

/// A model as the program has it.
pub(super) fn shipped(kind: Kind) -> anyhow::Result<Model> {
    let path = crate::root().join(format!("crates/detect/models/{}.txt", kind.name()));
    Model::parse(&fs::read_to_string(&path)?).with_context(|| format!("`{}`", path.display()))
}

/// Real captures that nothing was learned from.
struct Reality {
    /// Innocent flows, by source.
    innocent: Vec<Example>,
    /// Mining sessions, each with a name.
    mining: Vec<(String, Example)>,
}

impl Reality {
    fn read(network: &Path, split: &Split) -> anyhow::Result<Self> {
        let innocent = real::read(network, &split.real.test)?.all;
        let mut mining = Vec::new();
        for path in files(&network.join("trojan"), "pcap")? {
            mining.extend(longest(&path, "trojan, headers alone")?);
        }
        let scratch = tempfile::tempdir()?;
        for path in files(&network.join("mining"), "pcapng")? {
            if path.to_string_lossy().contains("copy") {
                continue;
            }
            let cut = scratch.path().join("headers.pcap");
            headers::cut(&path, &cut)?;
            mining.extend(longest(&cut, "in the clear, cut to headers")?);
        }
        Ok(Self { innocent, mining })
    }

    fn told(&self, kind: Kind, model: &Model) -> anyhow::Result<String> {
        let mut text = String::from(
            "| mining session | seconds | tests | score | probability | model |\n|---|---|---|---|---|---|\n",
        );
        for (name, it) in &self.mining {
            let row = kind.of(it);
            let score = model.score(row);
            let (found, called) = (yes(it.suspected), yes(!row.is_empty() && score >= model.alarm));
            let probability = model.probability(score);
            writeln!(
                text,
                "| {name} | {:.0} | {found} | {score:.2} | {probability:.4} | {called} |",
                it.seconds
            )?;
        }
        text += "\n| innocent flows of | flows | tests | model | either |\n|---|---|---|---|---|\n";
        let measured = Measured::of(&self.innocent, kind, model, SHORT_S);
        text += &table(&measured.innocent);
        let long = Measured::of(&self.innocent, kind, model, LONG_S).innocent_all;
        text += &table(&BTreeMap::from([
            ("**all of a minute or more**".to_owned(), measured.innocent_all),
            ("**all of ten minutes or more**".to_owned(), long),
        ]));
        writeln!(
            text,
            "\nFalse alarms on real flows of a minute or more: tests {}, model {}; of ten minutes or \
             more: tests {}, model {}.",
            bounded(measured.innocent_all.by_tests, measured.innocent_all.all),
            bounded(measured.innocent_all.by_model, measured.innocent_all.all),
            bounded(long.by_tests, long.all),
            bounded(long.by_model, long.all)
        )?;
        Ok(text)
    }
}

fn yes(it: bool) -> &'static str {
    if it { "yes" } else { "no" }
}

/// The session of a capture of one: its longest quiet flow, if it lasted a minute.
fn longest(path: &Path, what: &str) -> anyhow::Result<Option<(String, Example)>> {
    let all = Reader::new()?.read(&[path.to_owned()]);
    let all = all.iter().map(|it| (it.flow.server.port(), it.example()));
    let longest = all.max_by(|one, two| one.1.seconds.total_cmp(&two.1.seconds));
    Ok(longest
        .filter(|it| it.1.seconds >= SHORT_S)
        .map(|(port, it)| (format!("{what}, port {port}"), it)))
}

fn files(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        found.push(entry?.path());
    }
    found.retain(|it| it.extension().is_some_and(|it| it == extension));
    found.sort();
    Ok(found)
}

/// So many of so many, with the most that may be true.
pub(super) fn bounded(seen: u64, all: u64) -> String {
    let most = upper_95(seen, all)
        .map_or_else(String::new, |it| format!(" (at most {:.4} %)", 100.0 * it));
    format!("{seen} of {all}{most}")
}

/// Worlds of the range.
fn worlds(name: &str, tests: &Examples, kind: Kind, model: &Model) -> anyhow::Result<String> {
    let measured = Measured::of(&tests.all, kind, model, LONG_S);
    let mut text = format!("\n### {name} (synthetic), model `{}`\n\n", kind.name());
    text += "| carrier or tunnel | sessions | tests | model | either |\n|---|---|---|---|---|\n";
    text += &table(&measured.mining);
    text += "\n| dialect, outside of tunnels | sessions | tests | model | either |\n|---|---|---|---|---|\n";
    text += &table(&measured.dialect);
    text += "\n| evasion | sessions | tests | model | either |\n|---|---|---|---|---|\n";
    text += &table(&measured.evasion);
    let alarming = measured.innocent.iter().filter(|it| it.1.by_either > 0);
    let alarming: BTreeMap<String, Found> = alarming.map(|(k, v)| (k.clone(), *v)).collect();
    let all = measured.innocent_all;
    writeln!(
        text,
        "\nInnocent long flows: false alarms of the tests {}, of the model {}, of either {}.",
        bounded(all.by_tests, all.all),
        bounded(all.by_model, all.all),
        bounded(all.by_either, all.all)
    )?;
    let per = |count: u64| {
        #[expect(clippy::cast_precision_loss, reason = "counts of flows")]
        let count = count as f64;
        count * 1_000.0 / tests.host_days.max(1e-9)
    };
    writeln!(
        text,
        "Per 1,000 host-days ({:.1} were played; hosts of these worlds are mostly such as look like \
         mining): tests {:.2}, model {:.2}. All flows: {}. Making and reading them took {:.0} s.",
        tests.host_days,
        per(all.by_tests),
        per(all.by_model),
        tests.flows,
        tests.took_s
    )?;
    if !alarming.is_empty() {
        text +=
            "\n| false alarms by kind | flows | tests | model | either |\n|---|---|---|---|---|\n";
        text += &table(&alarming);
    }
    let ranking = Measured::ranking(&tests.all, kind, model);
    let brier = measured.brier();
    writeln!(text, "\nRanking (AUC) {ranking:.5}; Brier {brier:.5}; reliability:\n")?;
    text += "| probability from | flows | mean | part that mines |\n|---|---|---|---|\n";
    for (from, count, said, mines) in measured.reliability() {
        writeln!(text, "| {from} | {count} | {said:.4} | {mines:.4} |")?;
    }
    Ok(text)
}
