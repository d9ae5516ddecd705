//! Hosts of which only counts of half seconds are known: learned on the range alone, tested on
//! counts that others took of real hosts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use minehound_range::score::upper_95;
use minehound_series::features::{BINS, Bin, of_bins};
use minehound_series::trees::Model;
use minehound_wire::capture::{Cutter, Step};
use minehound_wire::packet::{Peeled, peel};

use super::goals::Goal;
use super::unread::bounded;
use crate::train::boost::{Rows, Settings, boost};
use crate::train::calibrate::{alarm, knots};
use crate::train::examples::play;
use crate::train::measure::part;
use crate::train::split::{Chosen, Split, Use};

/// Bins of ten minutes.
const WINDOW: usize = 1_200;
/// A host of fewer bins with anything in them is not looked at.
const LEAST_ACTIVE: usize = 5;
/// Of innocent windows at most this part stands out.
const FALSE_ALARMS: f64 = 0.000_5;
/// The files of counts, and whether somebody mined; the name of each begins with `nypto_`.
const MINING: &str = "mining";

type Windows = Vec<(Vec<f64>, bool)>;

/// What came of it.
#[derive(Default)]
pub(super) struct Measured {
    /// The section of the page; empty without such counts.
    pub(super) text: String,
    /// Windows of miners, and those of them that stand out.
    mining: (u64, u64),
    /// The same of the innocent.
    innocent: (u64, u64),
}

impl Measured {
    /// What was aimed at with such counts.
    pub(super) fn goal(&self, goals: &mut Vec<Goal>) {
        let ((all, found), (others, called)) = (self.mining, self.innocent);
        if all == 0 {
            return;
        }
        goals.push(Goal {
            wanted: "real miners of which only half seconds were counted".to_owned(),
            measured: format!("{} of {all}; false alarms {}", part(found, all), bounded(called, others)),
            with_model: String::new(),
            met: found > 0,
            note: "a host's counts hold no session: shares, answers, jobs and everything else of the host are \
                   one row; what is left of the rhythm does not stand out, and no claim is made of such data"
                .to_owned(),
        });
    }
}

/// Learns on the range and measures on the counts of others.
pub(super) fn measure(split: &Split, data: Option<&Path>) -> anyhow::Result<Measured> {
    let Some(folder) = data.map(|it| it.join("network/flowmeta")).filter(|it| it.is_dir()) else {
        return Ok(Measured::default());
    };
    let (learned, calibrated) = (of_worlds(split, Use::Learn)?, of_worlds(split, Use::Calibrate)?);
    let model = learn(&learned, &calibrated);
    let mut text = format!(
        "\n### Hosts of which only half seconds were counted\n\nReal hosts, mining and not, of which bytes \
         and packets of every half second are known (nypto, MIT). The counter of one direction runs \
         on into the next row in that data, which is undone as far as rows show it; sizes are rough, \
         times exact. A model of {} trees learned from {} windows of ten minutes of the range \
         alone ({} of miners), and stands out to at most 0.05 % of {} innocent windows of other worlds. \
         Videos in a VPN are 95-97 % silent there, which is implausible; they stand in the table all \
         the same.\n\n| counts | windows of ten minutes | stand out | ranked above 99 % of the innocent |\n|---|---|---|---|\n",
        model.trees.len(),
        learned.len(),
        learned.iter().filter(|it| it.1).count(),
        calibrated.iter().filter(|it| !it.1).count(),
    );
    let loose = alarm(&scored(&model, &calibrated), 0.01);
    let (mut innocent, mut called) = (0_u64, 0_u64);
    let (mut mining, mut found) = (0_u64, 0_u64);
    for (name, windows) in counts(&folder)? {
        let scores: Vec<f64> = windows.iter().map(|it| model.score(it)).collect();
        let above = |least: f64| scores.iter().filter(|it| **it >= least).count();
        writeln!(
            text,
            "| {name} | {} | {} | {} |",
            scores.len(),
            above(model.alarm),
            above(loose)
        )?;
        let (all, out) = (scores.len() as u64, above(model.alarm) as u64);
        if name.contains(MINING) {
            (mining, found) = (mining + all, found + out);
        } else {
            (innocent, called) = (innocent + all, called + out);
        }
    }
    let most = upper_95(called, innocent).unwrap_or(1.0);
    writeln!(
        text,
        "\nFalse alarms on real innocent windows: {called} of {innocent} (at most {:.2} %).",
        100.0 * most
    )?;
    Ok(Measured { text, mining: (mining, found), innocent: (innocent, called) })
}

fn learn(learned: &Windows, calibrated: &Windows) -> Model {
    let mut rows = Rows::default();
    for (row, mining) in learned {
        rows.add(row, *mining);
    }
    let inputs: Vec<&str> = BINS.iter().map(|it| it.name).collect();
    let mut model = boost(&rows, &inputs, &Settings::default());
    let scored = scored(&model, calibrated);
    (model.knots, model.alarm) = (knots(&scored), alarm(&scored, FALSE_ALARMS));
    model
}

fn scored(model: &Model, windows: &Windows) -> Vec<(f64, bool)> {
    windows.iter().map(|(row, mining)| (model.score(row), *mining)).collect()
}

/// Windows of the hosts of short worlds.
fn of_worlds(split: &Split, is_for: Use) -> anyhow::Result<Windows> {
    let mut all = Vec::new();
    let worlds = split.world.iter().filter(|it| it.is_for == is_for && it.minutes <= 20.0);
    for chosen in worlds {
        all.extend(of_world(chosen)?);
    }
    Ok(all)
}

fn of_world(chosen: &Chosen) -> anyhow::Result<Windows> {
    let folder = tempfile::tempdir()?;
    let (capture, sheet) = play(chosen, folder.path())?;
    let mut hosts: BTreeMap<IpAddr, (bool, Vec<Bin>)> = BTreeMap::new();
    for it in &sheet.heading.hosts {
        hosts.insert(it.address, (it.mining, Vec::new()));
    }
    let from_ns = i64::try_from(sheet.heading.span_ns.0).unwrap_or(0);
    let (bytes, mut cutter, mut at) = (fs::read(capture)?, Cutter::new(), 0);
    loop {
        match cutter.next(bytes.get(at..).unwrap_or_default(), true)? {
            Step::Record { consumed, record } => {
                at += consumed;
                let peeled = peel(record.link_type, record.captured, record.wire_len);
                let Ok(Peeled::Packet(packet)) = peeled else { continue };
                let after_ns = record.time_ns.unwrap_or(from_ns).saturating_sub(from_ns);
                let place = usize::try_from(after_ns / 500_000_000).unwrap_or(0);
                let ends = [(packet.addresses.source(), true), (packet.addresses.target(), false)];
                for (address, up) in ends {
                    let Some((_, bins)) = hosts.get_mut(&address) else { continue };
                    if bins.len() <= place {
                        bins.resize(place + 1, Bin::default());
                    }
                    if let Some(bin) = bins.get_mut(place) {
                        let side = if up { &mut bin.up } else { &mut bin.down };
                        // Those who counted did so above Ethernet.
                        *side = side.saturating_add(record.wire_len.saturating_sub(14));
                    }
                }
            }
            Step::Skip { consumed, .. } => at += consumed,
            Step::Cut { .. } | Step::Need(_) | Step::End => break,
        }
    }
    let windows = |(mining, bins): (bool, Vec<Bin>)| {
        windows(&bins).into_iter().map(move |it| (it, mining)).collect::<Vec<_>>()
    };
    Ok(hosts.into_values().flat_map(windows).collect())
}

/// The features of every whole window with something in it.
fn windows(bins: &[Bin]) -> Vec<Vec<f64>> {
    let active = |it: &&[Bin]| it.iter().filter(|it| **it != Bin::default()).count();
    let whole = bins.chunks_exact(WINDOW).filter(|it| active(it) >= LEAST_ACTIVE);
    whole.map(|it| of_bins(it).to_vec()).collect()
}

/// The windows of every file of counts, in order of name.
fn counts(folder: &Path) -> anyhow::Result<Vec<(String, Vec<Vec<f64>>)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(name) = name.strip_prefix("nypto_")
            && path.extension().is_some_and(|it| it == "dat")
        {
            all.push((name.to_owned(), windows(&read(&fs::read_to_string(&path)?))));
        }
    }
    all.sort_by(|one, two| one.0.cmp(&two.0));
    Ok(all)
}

/// Rows of bytes to the host and from it. Of the two counters only one was set back after each row
/// with anything in it, that of the direction that spoke next; the other runs on. Which one, the row
/// shows where either fell; else both directions must have had something, and the more of it.
fn read(text: &str) -> Vec<Bin> {
    let mut bins = Vec::new();
    let mut before = (0, 0);
    for line in text.lines() {
        let mut numbers = line.split_whitespace().map(|it| it.parse::<u32>().unwrap_or(0));
        let now = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if now == (0, 0) {
            bins.push(Bin::default());
            continue;
        }
        let down_ran_on = now.0.checked_sub(before.0).map(|down| Bin { down, up: now.1 });
        let up_ran_on = now.1.checked_sub(before.1).map(|up| Bin { down: now.0, up });
        let worth = |it: &Bin| (it.up > 0 && it.down > 0, u64::from(it.up) + u64::from(it.down));
        let best = [down_ran_on, up_ran_on].into_iter().flatten().max_by_key(worth);
        bins.push(best.unwrap_or(Bin { down: now.0, up: now.1 }));
        before = now;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_runs_on_counts_once() {
        let bins =
            read("0 0 0 0\n346 3113 1 2\n159 3153 1 3\n0 0 0 0\n279 3033 1 2\n425 3033 2 2\n");
        let expected = [(0, 0), (3113, 346), (40, 159), (0, 0), (3033, 120), (3033, 146)];
        assert_eq!(bins, expected.map(|(up, down)| Bin { up, down }));
    }
}
