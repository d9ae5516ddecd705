//! The card of the models: `docs/model.md`.

use std::fmt::Write as _;
use std::fs;

use anyhow::Context;
use minehound_series::trees::Model;
use toml::{Table, Value};

use super::boost::Settings;
use super::examples::{Examples, LONG_S};
use super::measure::{self, Measured};
use super::split::{Split, Use};
use super::{Kind, Sources};

const CHINESE: &str = include_str!("card/zh.md");
const ENGLISH: &str = include_str!("card/en.md");

/// The card in both languages, Chinese first.
pub(super) fn render(
    split: &Split,
    sources: &Sources,
    models: &[(Kind, Model)],
) -> anyhow::Result<String> {
    let mut text = String::new();
    for (page, language) in [(CHINESE, "zh-CN"), (ENGLISH, "en")] {
        let zh = language == "zh-CN";
        let page = page
            .replace("{{worlds}}", &worlds(split, zh)?)
            .replace("{{examples}}", &examples(sources, zh))
            .replace("{{settings}}", &settings(zh))
            .replace("{{calibration}}", &calibration(sources, models, zh))
            .replace("{{features}}", &features(language)?);
        text += &page;
        text += if zh { "\n" } else { "" };
    }
    Ok(text)
}

fn worlds(split: &Split, zh: bool) -> anyhow::Result<String> {
    let mut text = String::from(if zh {
        "| 用途 | 场景 | 种子 | 分钟 | 规模 |\n|---|---|---|---|---|\n"
    } else {
        "| for | scenario | seed | minutes | scale |\n|---|---|---|---|---|\n"
    });
    for it in &split.world {
        let used = match (it.is_for, zh) {
            (Use::Learn, true) => "训练",
            (Use::Calibrate, true) => "校准",
            (Use::Test, true) => "检验",
            (Use::Blind, true) => "盲测",
            (Use::Learn, false) => "learning",
            (Use::Calibrate, false) => "calibration",
            (Use::Test, false) => "tests",
            (Use::Blind, false) => "blind tests",
        };
        let (scenario, seed) = (&it.scenario, it.seed);
        writeln!(text, "| {used} | {scenario} | {seed} | {} | {} |", it.minutes, it.scale)?;
    }
    Ok(text)
}

fn examples(sources: &Sources, zh: bool) -> String {
    let count = |it: &Examples| {
        let described = it.all.iter().filter(|it| !it.session.is_empty());
        let mining = described.clone().filter(|it| it.mining).count();
        (mining, described.count() - mining)
    };
    let (learn, calibrate, real) =
        (count(&sources.learn), count(&sources.calibrate), count(&sources.real));
    let long = sources.real.all.iter().filter(|it| it.quiet_s >= super::LEAST_S).count();
    if zh {
        format!(
            "训练：靶场挖矿会话 {} 条、正常流 {} 条；他人抓包中的正常流 {} 条，其中足够长而被采用的 {long} 条。\
             校准：挖矿会话 {} 条、正常流 {} 条。",
            learn.0, learn.1, real.1, calibrate.0, calibrate.1
        )
    } else {
        format!(
            "Learned from: {} mining sessions and {} innocent flows of the range, and {long} of {} \
             innocent flows in captures of others, those long enough. Calibrated on: {} mining \
             sessions and {} innocent flows.",
            learn.0, learn.1, real.1, calibrate.0, calibrate.1
        )
    }
}

fn settings(zh: bool) -> String {
    let it = Settings::default();
    let (trees, levels, rate) = (it.trees, it.levels, it.rate);
    if zh {
        format!("{trees} 棵，每棵 {levels} 层，步长 {rate}，每棵树随机可用 {} 的输入", it.offered)
    } else {
        format!(
            "{trees} trees of {levels} levels, steps of {rate}, each tree offered {} of the inputs",
            it.offered
        )
    }
}

/// What the models came to on the flows that they were calibrated on.
fn calibration(sources: &Sources, models: &[(Kind, Model)], zh: bool) -> String {
    let mut text = String::new();
    for (kind, model) in models {
        let all = &sources.calibrate.all;
        let measured = Measured::of(all, *kind, model, LONG_S);
        let ranking = Measured::ranking(all, *kind, model);
        let (innocent, brier) = (measured.innocent_all, measured.brier());
        let (name, alarm) = (kind.name(), model.alarm);
        let _ = if zh {
            writeln!(
                text,
                "`{name}`：排序 AUC {ranking:.5}，Brier {brier:.5}，标出的得分界限 {alarm}；正常长连接 {} 条，标出 {} 条。\n",
                innocent.all, innocent.by_model
            )
        } else {
            writeln!(
                text,
                "`{name}`: ranking (AUC) {ranking:.5}, Brier {brier:.5}, stands out from a score of \
                 {alarm}; of {} innocent long flows {} stand out.\n",
                innocent.all, innocent.by_model
            )
        };
        let head = if zh {
            "| 载体 | 会话 | 检验 | 模型 | 任一 |\n|---|---|---|---|---|\n"
        } else {
            "| carrier | sessions | tests | model | either |\n|---|---|---|---|---|\n"
        };
        text += head;
        let rows = measure::table(&measured.mining);
        text += &if zh { rows.replace(", shared |", "，与其他流量共用 |") } else { rows };
        text += "\n";
        text += if zh {
            "| 概率自 | 条数 | 平均概率 | 真实比例 |\n|---|---|---|---|\n"
        } else {
            "| probability from | flows | mean | part that mines |\n|---|---|---|---|\n"
        };
        for (from, count, said, mines) in measured.reliability() {
            let _ = writeln!(text, "| {from} | {count} | {said:.4} | {mines:.4} |");
        }
        text += "\n";
    }
    text.trim_end().to_owned()
}

/// The inputs with their units, in words of the reports.
fn features(language: &str) -> anyhow::Result<String> {
    let path = crate::root().join(format!("crates/report/catalogue/signs.{language}.toml"));
    let words: Table = fs::read_to_string(&path)?.parse().context("the catalogue of signs")?;
    let terms = words.get("term").and_then(Value::as_table).context("no terms")?;
    let zh = language == "zh-CN";
    let mut text = String::new();
    for kind in Kind::ALL {
        write!(text, "\n`{}`\n\n", kind.name())?;
        text += if zh {
            "| 名称 | 单位 | 含义 |\n|---|---|---|\n"
        } else {
            "| name | unit | what |\n|---|---|---|\n"
        };
        for it in kind.inputs() {
            let term = terms.get(&format!("feature-{}", it.name)).and_then(Value::as_str);
            let about = term.filter(|_| zh).unwrap_or(it.about);
            writeln!(text, "| {} | {} | {about} |", it.name, it.unit)?;
        }
    }
    Ok(text.trim_start().to_owned())
}
