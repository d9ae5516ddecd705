//! The tables of tunnels.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use minehound_range::score::upper_95;
use minehound_range::tunnel::TunnelKind;

use super::clock::{Found, Miner, crowd};
use super::together::Together;
use super::{ASKED, COINS, Cell, HOURS, INNOCENT, MINERS, SITES};
use crate::evaluate::goals::Goal;

/// Times that a goal is set for: idle tunnels and those with light traffic.
const GOALS: [u32; 2] = [60, 720];

pub(super) fn render(
    found: &BTreeMap<Cell, Found>,
    together: &BTreeMap<Cell, Together>,
) -> anyhow::Result<String> {
    let mut text = format!(
        "\n## Tunnels by the block clock\n\nGenerated tunnels of {HOURS} hours, {SITES} sites with {MINERS} miners \
         of each coin and {INNOCENT} innocent tunnels in every line below; pools differ in when they notice \
         a block, and in timers between blocks. *Idle* is nothing but what the tunnel and the miner \
         say; *light* is 0.1 to 1 packet a second of other traffic (of shadowsocks a connection of its \
         own). Blocks come from a file, as with `--blocks`: arrivals at a node of the site, two in a hundred \
         missing, mostly in whole seconds, by a clock up to 3 s off. A miner counts as found after so \
         many minutes when the test passes for a capture of that length, as the only miner among all \
         innocent tunnels of its site and against all coins (up to {} tests, of which one in a thousand \
         found may be false). Asked after {} to {} minutes. False alarms are innocent tunnels called at any \
         of these times; bounds are one-sided at 95 %.\n\n",
        crowd(),
        ASKED.first().copied().unwrap_or_default(),
        ASKED.last().copied().unwrap_or_default(),
    );
    text += "| tunnel | other traffic | miners | median min | 90 % by min | within 1 h | within 12 h | another coin named | innocent tunnels | false alarms |\n|---|---|---|---|---|---|---|---|---|---|\n";
    for (cell, it) in found {
        let bound = upper_95(it.called, it.innocent).unwrap_or(1.0);
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} (at most {:.1} %) |",
            cell.kind.name(),
            traffic(cell.light),
            cells(&it.miners.iter().collect::<Vec<_>>()),
            it.otherwise,
            it.innocent,
            it.called,
            100.0 * bound
        )?;
    }
    let (called, innocent) =
        found.values().fold((0, 0), |sum, it| (sum.0 + it.called, sum.1 + it.innocent));
    let bound = upper_95(called, innocent).unwrap_or(1.0);
    writeln!(
        text,
        "\nFalse alarms in all: {called} of {innocent} (at most {:.2} %).",
        100.0 * bound
    )?;
    text += "\nHow long it takes is first a matter of how often the coin's blocks come; eight must have come \
             at all, which of a coin with a block in ten minutes takes more than an hour.\n\n";
    writeln!(
        text,
        "| coin | seconds between blocks | other traffic | {HEADS} |\n|---|---|---|{RULES}"
    )?;
    for (place, (coin, _)) in COINS.iter().enumerate() {
        for light in [false, true] {
            let of = miners(found, light, |it| it.coin == place);
            let (name, seconds) = (coin.ticker(), coin.block_seconds());
            writeln!(text, "| {name} | {seconds} | {} | {} |", traffic(light), cells(&of))?;
        }
    }
    let quick = |it: &Miner| COINS.get(it.coin).is_some_and(|it| it.0.block_seconds() <= QUICK_S);
    for light in [false, true] {
        let of = miners(found, light, quick);
        writeln!(
            text,
            "| **all but BTC** | at most {QUICK_S} | {} | {} |",
            traffic(light),
            cells(&of)
        )?;
    }
    text += "\nThen of what else is pushed, since it comes within two seconds after a block by chance: what the pool \
             sends between blocks, and the padding of Tor, every few seconds. All coins but BTC, all tunnels but Tor:\n\n";
    writeln!(
        text,
        "| the pool sends between blocks | other traffic | {HEADS} |\n|---|---|{RULES}"
    )?;
    let all = found.values().flat_map(|it| &it.miners).map(|it| it.between);
    for between in all.collect::<BTreeSet<_>>() {
        for light in [false, true] {
            let open = found.iter().filter(|it| it.0.kind != TunnelKind::Tor);
            let open = open.filter(|it| it.0.light == light).flat_map(|it| &it.1.miners);
            let of: Vec<&Miner> = open.filter(|it| it.between == between && quick(it)).collect();
            writeln!(text, "| {between} | {} | {} |", traffic(light), cells(&of))?;
        }
    }
    text += "\nWithout a file of blocks, and without a miner that can be read, only machines that are pushed to \
             together tell (a circumstance): four miners of one coin at two or three pools, among twenty \
             innocent tunnels of the same kind.\n\n\
             | tunnel | other traffic | miners | median min | named within 1 h | within 12 h | false alarms |\n|---|---|---|---|---|---|---|\n";
    for (cell, it) in together {
        let within = |minutes: u32| {
            let found = it.since.iter().filter(|it| it.is_some_and(|it| it <= minutes)).count();
            part(found, it.since.len())
        };
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} of {} |",
            cell.kind.name(),
            traffic(cell.light),
            it.since.len(),
            quantile(&it.since, 0.5),
            within(GOALS[0]),
            within(GOALS[1]),
            it.called,
            it.innocent
        )?;
    }
    Ok(text)
}

/// Why the goals are missed.
const PADDED: &str = "Tor pads every few seconds, which hides pushes that are rare";
const FEW_BLOCKS: &str = "eight blocks must come at all, which of BTC takes 80 minutes on average; what the \
                          tunnel itself sends, Tor most of all, hides them";

/// What is wanted of the block clock, and what it reaches.
pub(super) fn goals(found: &BTreeMap<Cell, Found>, goals: &mut Vec<Goal>) {
    let wanted =
        ["mining in an idle tunnel told within 1 h", "in one with light traffic within 12 h"];
    for (light, (minutes, wanted)) in [false, true].into_iter().zip(GOALS.into_iter().zip(wanted)) {
        let all = miners(found, light, |_| true);
        let place = ASKED.iter().position(|it| *it == minutes).unwrap_or(0);
        let hits = |of: &[&Miner]| of.iter().filter(|it| it.at.get(place) == Some(&true)).count();
        let mut groups: Vec<String> = Vec::new();
        for (coin, (name, _)) in COINS.iter().enumerate() {
            let of = miners(found, light, |it| it.coin == coin);
            groups.push(format!("{} {}", name.ticker(), part(hits(&of), of.len())));
        }
        for kind in TunnelKind::ALL {
            let cells = found.iter().filter(|it| it.0.light == light && it.0.kind == kind);
            let of: Vec<&Miner> = cells.flat_map(|it| &it.1.miners).collect();
            if hits(&of) < of.len() {
                groups.push(format!("{} {}", kind.name(), part(hits(&of), of.len())));
            }
        }
        let innocent: u64 =
            found.iter().filter(|it| it.0.light == light).map(|it| it.1.innocent).sum();
        let called: u64 = found.iter().filter(|it| it.0.light == light).map(|it| it.1.called).sum();
        goals.push(Goal {
            wanted: format!("block clock: {wanted}"),
            measured: format!(
                "{} of {}; false alarms {called} of {innocent}",
                part(hits(&all), all.len()),
                all.len()
            ),
            with_model: String::new(),
            met: hits(&all) == all.len(),
            note: format!("{}; {}", groups.join(", "), if light { PADDED } else { FEW_BLOCKS }),
        });
    }
}

fn traffic(light: bool) -> &'static str {
    if light { "light" } else { "idle" }
}

/// Columns that are the same in all tables of the test.
const HEADS: &str = "miners | median min | 90 % by min | within 1 h | within 12 h";
const RULES: &str = "---|---|---|---|---|";
/// Coins with blocks as often as this, in seconds, are apart.
const QUICK_S: f64 = 150.0;

fn miners(found: &BTreeMap<Cell, Found>, light: bool, of: impl Fn(&Miner) -> bool) -> Vec<&Miner> {
    let cells = found.iter().filter(|it| it.0.light == light);
    cells.flat_map(|it| &it.1.miners).filter(|it| of(it)).collect()
}

/// How many, and when they were found.
fn cells(miners: &[&Miner]) -> String {
    let first = |it: &&Miner| {
        let place = it.at.iter().position(|it| *it)?;
        ASKED.get(place).copied()
    };
    let since: Vec<Option<u32>> = miners.iter().map(first).collect();
    let (median, most) = (quantile(&since, 0.5), quantile(&since, 0.9));
    let [hour, half_day] = GOALS.map(|it| at(miners, it));
    format!("{} | {median} | {most} | {hour} | {half_day}", miners.len())
}

/// The minutes after which so great a part was found.
fn quantile(since: &[Option<u32>], part: f64) -> String {
    let mut all: Vec<u32> = since.iter().map(|it| it.unwrap_or(u32::MAX)).collect();
    all.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a place in a short list"
    )]
    let place = ((all.len() as f64 * part).ceil() as usize).saturating_sub(1);
    match all.get(place) {
        Some(&u32::MAX) | None => "never".to_owned(),
        Some(it) => it.to_string(),
    }
}

/// How many a capture of so many minutes finds.
fn at(miners: &[&Miner], minutes: u32) -> String {
    let place = ASKED.iter().position(|it| *it == minutes).unwrap_or(0);
    let found = miners.iter().filter(|it| it.at.get(place) == Some(&true));
    part(found.count(), miners.len())
}

#[expect(clippy::cast_precision_loss, reason = "counts of miners")]
fn part(found: usize, of: usize) -> String {
    format!("{found} ({:.0} %)", 100.0 * found as f64 / of.max(1) as f64)
}
