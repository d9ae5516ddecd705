//! Do several machines hear something at the same instants?
//!
//! A pool tells all its miners of a block at once, and so does every pool that hears of it, each
//! through whatever tunnel. So flows of machines that mine one coin are pushed to together more
//! often than chance allows. Each pair of flows is tested against the same moments moved in time;
//! pairs that pass, at a false discovery rate over all of them, join their flows into groups. What
//! several heard together are the *bursts* of a group.
//!
//! Whatever is broadcast makes groups. [`law`] tells blocks from clocks, tickers and talk: blocks
//! come without memory, perhaps with a timer between them that each one sets back.

use crate::block_clock::{FEW_SHIFTS, PROMISING, gumbel_tail, score_of, shifts};
use crate::false_discovery::passing;
use crate::gaps::{Gaps, Timer};

/// The resolution of time; what comes in one of these or the next comes together.
const BIN_MS: i64 = 500;
/// Pushes closer than this to the one before belong to it.
const ONE_MS: i64 = 2_000;
/// Flows pushed to less often say nothing.
const MIN_PUSHES: usize = 8;
/// Two flows must be watched together for so long: moved moments stay within it.
const MIN_COMMON_MS: i64 = 1_200_000;
/// A flow that hears something in a greater part of all bins coincides with everything.
const MAX_FILLED: f64 = 0.25;
/// The longest stretch tested, in bins: a month.
const MAX_BINS: i64 = 31 * 86_400 * 2;
/// Fewer machines are no group.
const MIN_HOSTS: usize = 3;
/// Most flows compared with each other.
const MAX_FLOWS: usize = 200;

/// When a flow was pushed to.
#[derive(Clone, Copy, Debug)]
pub struct Pushed<'a> {
    /// The machine that it is of, as a number.
    pub host: usize,
    /// The moments, in milliseconds, in order.
    pub times_ms: &'a [i64],
    /// From when it was watched.
    pub from_ms: i64,
    /// Until when.
    pub to_ms: i64,
}

/// Flows of several machines that are pushed to together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Their places among the flows that were given, in order.
    pub members: Vec<usize>,
    /// How many machines they are of.
    pub hosts: usize,
    /// When at least half of the machines, and three, heard something within a second.
    pub bursts_ms: Vec<i64>,
    /// The least likely pair under chance.
    pub p_value: f64,
    /// How many pairs of flows were tested in all.
    pub tested: usize,
}

/// The groups among flows, of at most `MAX_FLOWS` the first ones; pairs count up to this part of
/// false ones among all that pass.
#[must_use]
pub fn groups(flows: &[Pushed<'_>], false_discoveries: f64) -> Vec<Group> {
    let heard: Vec<(usize, Heard)> = flows
        .iter()
        .enumerate()
        .filter_map(|(place, it)| Some((place, Heard::of(it)?)))
        .take(MAX_FLOWS)
        .collect();
    let mut pairs = Vec::new();
    for (at, (_, one)) in heard.iter().enumerate() {
        for (other_at, (_, other)) in heard.iter().enumerate().skip(at + 1) {
            if let Some(p_value) = one.alike(other).filter(|_| one.host != other.host) {
                pairs.push((p_value, at, other_at));
            }
        }
    }
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let p_values: Vec<f64> = pairs.iter().map(|it| it.0).collect();
    let joined = pairs.get(..passing(&p_values, false_discoveries)).unwrap_or_default();
    components(heard.len(), joined)
        .into_iter()
        .filter_map(|members| group(&heard, &members, joined, pairs.len()))
        .collect()
}

/// How bursts come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// The mean time between events without memory, in seconds.
    pub mean_s: f64,
    /// How many such events there were.
    pub events: usize,
    /// The timer between them that each sets back, in seconds; 0 for none.
    pub timer_s: f64,
}

/// The law of blocks, if bursts follow it: events without memory, or a timer that such events cut
/// short. Clocks, tickers and talk, which comes in bouts, follow another.
#[must_use]
pub fn law(bursts_ms: &[i64]) -> Option<Law> {
    let gaps = Gaps::between(bursts_ms);
    let watched_s = gaps.mean_s * count(gaps.count);
    if gaps.count < MIN_PUSHES {
        return None;
    }
    let timer = Timer::in_times(bursts_ms);
    let kept = timer.sharp >= 0.85
        && timer.beyond <= 0.05
        && (0.2..=0.95).contains(&timer.at_period)
        && timer.crowding <= 0.6
        && timer.cut_short >= 4;
    if kept {
        let mean_s = watched_s / count(timer.cut_short);
        return Some(Law { mean_s, events: timer.cut_short, timer_s: timer.period_s });
    }
    let chance = gaps.near_median <= 0.3 && (0.6..=1.5).contains(&gaps.variation);
    chance.then_some(Law { mean_s: gaps.mean_s, events: gaps.count, timer_s: 0.0 })
}

/// A flow as bins.
struct Heard {
    host: usize,
    from: i64,
    to: i64,
    /// The bins of its pushes, in order.
    bins: Vec<i64>,
    /// Those bins and their neighbours, as bits from `from` on.
    near: Vec<bool>,
}

impl Heard {
    fn of(flow: &Pushed<'_>) -> Option<Self> {
        let (from, to) = (flow.from_ms.div_euclid(BIN_MS), flow.to_ms.div_euclid(BIN_MS));
        let length = usize::try_from(to - from + 1).ok().filter(|_| to - from < MAX_BINS)?;
        let mut last = i64::MIN;
        let fresh = |at: &&i64| at.saturating_sub(std::mem::replace(&mut last, **at)) >= ONE_MS;
        let bins: Vec<i64> =
            flow.times_ms.iter().filter(fresh).map(|it| it.div_euclid(BIN_MS)).collect();
        let filled = 3.0 * count(bins.len()) / count(length);
        if bins.len() < MIN_PUSHES || filled > MAX_FILLED {
            return None;
        }
        let mut near = vec![false; length];
        for place in bins.iter().flat_map(|it| [it - 1 - from, it - from, it + 1 - from]) {
            if let Some(it) = usize::try_from(place).ok().and_then(|it| near.get_mut(it)) {
                *it = true;
            }
        }
        Some(Self { host: flow.host, from, to, bins, near })
    }

    /// The probability under chance of coinciding as often as two flows do; `None` if they were not
    /// watched together for long.
    fn alike(&self, other: &Self) -> Option<f64> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        if (to - from) * BIN_MS < MIN_COMMON_MS {
            return None;
        }
        let inside = |it: &&Self| {
            let first = it.bins.partition_point(|bin| *bin < from);
            let end = it.bins.partition_point(|bin| *bin <= to);
            end.saturating_sub(first)
        };
        // Those of the quieter are looked up.
        let (few, many) =
            if inside(&self) <= inside(&other) { (self, other) } else { (other, self) };
        let first = few.bins.partition_point(|bin| *bin < from);
        let end = few.bins.partition_point(|bin| *bin <= to);
        let bins = few.bins.get(first..end).filter(|it| it.len() >= MIN_PUSHES)?;
        let length = to - from + 1;
        let hits = |shift_ms: i64| {
            let moved = |bin: &i64| (bin + shift_ms / BIN_MS - from).rem_euclid(length) + from;
            bins.iter().filter(|it| many.hears(moved(it))).count()
        };
        let true_hits = hits(0);
        let moved = |it: i64| count(hits(it));
        let mut null: Vec<f64> = shifts().take(FEW_SHIFTS).map(moved).collect();
        let (.., score) = score_of(true_hits, &null);
        if score < PROMISING {
            return Some(gumbel_tail(score));
        }
        null.extend(shifts().skip(FEW_SHIFTS).map(moved));
        Some(gumbel_tail(score_of(true_hits, &null).2))
    }

    fn hears(&self, bin: i64) -> bool {
        usize::try_from(bin - self.from).ok().and_then(|it| self.near.get(it)) == Some(&true)
    }
}

/// The connected parts of a graph of so many nodes, each in order.
fn components(nodes: usize, edges: &[(f64, usize, usize)]) -> Vec<Vec<usize>> {
    let mut part: Vec<usize> = (0..nodes).collect();
    for (_, one, other) in edges {
        let (Some(a), Some(b)) = (part.get(*one).copied(), part.get(*other).copied()) else {
            continue;
        };
        for it in part.iter_mut().filter(|it| **it == a.max(b)) {
            *it = a.min(b);
        }
    }
    let mut parts = std::collections::BTreeMap::<usize, Vec<usize>>::new();
    for (node, it) in part.into_iter().enumerate() {
        parts.entry(it).or_default().push(node);
    }
    parts.into_values().filter(|it| it.len() >= MIN_HOSTS).collect()
}

fn group(
    heard: &[(usize, Heard)],
    nodes: &[usize],
    joined: &[(f64, usize, usize)],
    tested: usize,
) -> Option<Group> {
    let parts: Vec<&(usize, Heard)> = nodes.iter().filter_map(|it| heard.get(*it)).collect();
    let hosts: std::collections::BTreeSet<usize> = parts.iter().map(|it| it.1.host).collect();
    if hosts.len() < MIN_HOSTS {
        return None;
    }
    let needed = hosts.len().div_ceil(2).max(MIN_HOSTS);
    let mut moments: Vec<(i64, usize)> =
        parts.iter().flat_map(|it| it.1.bins.iter().map(|bin| (*bin, it.1.host))).collect();
    moments.sort_unstable();
    let p_value = joined.iter().find(|it| nodes.contains(&it.1)).map_or(1.0, |it| it.0);
    Some(Group {
        members: parts.iter().map(|it| it.0).collect(),
        hosts: hosts.len(),
        bursts_ms: bursts(&moments, needed),
        p_value,
        tested,
    })
}

/// When at least so many hosts have a moment within two bins.
fn bursts(moments: &[(i64, usize)], needed: usize) -> Vec<i64> {
    let mut found: Vec<i64> = Vec::new();
    for (place, (bin, _)) in moments.iter().enumerate() {
        let close = moments.iter().skip(place).take_while(|it| it.0 <= bin + 2);
        let hosts: std::collections::BTreeSet<usize> = close.map(|it| it.1).collect();
        let at = bin * BIN_MS;
        if hosts.len() >= needed && found.last().is_none_or(|last| at - last >= ONE_MS) {
            found.push(at);
        }
    }
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts of pushes")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;
