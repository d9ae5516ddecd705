//! How far clocks of translators and firewalls are apart.
//!
//! Translators leave the far end of a connection as it is, and the inner end of an outer log is the
//! outer end of the log further in. So most connections stand in two logs, and the difference of their
//! beginnings is that of the clocks, give or take what each rounds. Ports are used again and again,
//! which adds pairs that do not belong together: they scatter, the true ones pile up.

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{LogClock, LogId, Ties};

use super::{FARTHEST_MS, UNKNOWN_SD_MS, around, further_in, further_out, of_each, shows_sessions};

/// True pairs lie within this many milliseconds: what is rounded, and a drift over the file.
const PILE_MS: i64 = 20_000;
/// Fewer pairs that agree prove nothing.
const MIN_PAIRS: usize = 8;
/// A drift needs so many pairs, over so many milliseconds.
const DRIFT_PAIRS: usize = 30;
const DRIFT_OVER_MS: i64 = 600_000;
/// Lines are written to the second at best; nothing is surer than that.
const LEAST_SD_MS: f64 = 500.0;
/// The standard deviation of a normal distribution over its median absolute deviation.
const SD_OF_MEDIAN: f64 = 1.4826;

/// When a session began by the first clock, and how much later by the second.
type Pair = (i64, i64);

/// Clocks by their log, each with the reference that it is told by: the first log of its group.
pub(super) type Grouped = BTreeMap<LogId, (LogClock, LogId)>;

/// The clocks of all logs that share sessions.
pub(super) fn estimate(ties: &dyn Ties) -> Grouped {
    let mut pairs = BTreeMap::<(LogId, LogId), Vec<Pair>>::new();
    let logs: Vec<_> = ties.logs().iter().filter(|it| shows_sessions(it.kind)).collect();
    for log in &logs {
        for tie in ties.sample(log.id, of_each(logs.len())) {
            let began = tie.span.from_ms;
            let window = |_| Some(around(began, FARTHEST_MS));
            for it in further_in(ties, &tie, &window) {
                let later = it.span.from_ms.saturating_sub(began);
                pairs.entry((log.id, it.line.log)).or_default().push((began, later));
            }
            // An exit shows hundreds of logs further in, each of them seldom; they all show it.
            for it in further_out(ties, &tie, &window) {
                let later = began.saturating_sub(it.span.from_ms);
                pairs.entry((it.line.log, log.id)).or_default().push((it.span.from_ms, later));
            }
        }
    }
    let middles = ties.logs().iter().map(|it| it.span.from_ms.midpoint(it.span.to_ms));
    let mut middles: Vec<i64> = middles.collect();
    middles.sort_unstable();
    let anchor_ms = middles.get(middles.len() / 2).copied().unwrap_or_default();
    let mut edges: Vec<_> = pairs
        .into_iter()
        .filter_map(|((a, b), pairs)| Some((piled(pairs, anchor_ms)?, a, b)))
        .collect();
    edges.sort_by_key(|(clock, a, b)| (std::cmp::Reverse(clock.pairs), *a, *b));
    spread(&edges, anchor_ms)
}

/// Where most differences pile up, if they do: the second clock over the first.
pub(super) fn piled(mut pairs: Vec<Pair>, anchor_ms: i64) -> Option<LogClock> {
    pairs.sort_unstable_by_key(|it| it.1);
    let best = densest(&pairs);
    let elsewhere = |it: &Pair| match (pairs.get(best.start), pairs.get(best.end.saturating_sub(1)))
    {
        (Some(first), Some(last)) => it.1 < first.1 - PILE_MS || it.1 > last.1 + PILE_MS,
        _ => false,
    };
    let others: Vec<Pair> = pairs.iter().copied().filter(elsewhere).collect();
    // What scatters piles up nowhere, and two piles of a size leave the answer open.
    if best.len() < MIN_PAIRS || best.len() < 2 * densest(&others).len() {
        return None;
    }
    let pile = pairs.get(best)?;
    let slope = drift(pile).unwrap_or(0.0);
    let at_anchor = |it: &Pair| ms(it.1) - slope * ms(it.0 - anchor_ms);
    let mut levels: Vec<f64> = pile.iter().map(at_anchor).collect();
    let offset = median(&mut levels)?;
    let mut off: Vec<f64> = levels.iter().map(|it| (it - offset).abs()).collect();
    let sd_ms = (median(&mut off)? * SD_OF_MEDIAN).max(LEAST_SD_MS);
    #[expect(clippy::cast_possible_truncation, reason = "hours in milliseconds")]
    let offset_ms = offset.round() as i64;
    Some(LogClock { offset_ms, drift_ppm: slope * 1e6, anchor_ms, sd_ms, pairs: pile.len() })
}

/// Where most pairs lie within [`PILE_MS`]; pairs are sorted by their difference.
fn densest(pairs: &[Pair]) -> std::ops::Range<usize> {
    let (mut best, mut from) = (0..0, 0);
    for (to, last) in pairs.iter().enumerate() {
        while pairs.get(from).is_some_and(|it| last.1 - it.1 > PILE_MS) {
            from += 1;
        }
        if to + 1 - from > best.len() {
            best = from..to + 1;
        }
    }
    best
}

/// How fast the difference grows: the median slope between pairs that are far apart in time
/// (Theil and Sen), which a few wrong pairs do not move.
fn drift(pile: &[Pair]) -> Option<f64> {
    let first = pile.iter().map(|it| it.0).min()?;
    let last = pile.iter().map(|it| it.0).max()?;
    if pile.len() < DRIFT_PAIRS || last - first < DRIFT_OVER_MS {
        return None;
    }
    let mut by_time = pile.to_vec();
    by_time.sort_unstable();
    let half = by_time.len() / 2;
    let slopes = by_time.iter().zip(by_time.iter().skip(half)).filter(|(a, b)| b.0 > a.0);
    let mut slopes: Vec<f64> = slopes.map(|(a, b)| ms(b.1 - a.1) / ms(b.0 - a.0)).collect();
    median(&mut slopes)
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Clocks relative to one reference per group of logs, along the edges with the most pairs first: edges
/// come in that order.
fn spread(edges: &[(LogClock, LogId, LogId)], anchor_ms: i64) -> Grouped {
    let mut at = BTreeMap::<LogId, Vec<usize>>::new();
    for (place, (_, a, b)) in edges.iter().enumerate() {
        at.entry(*a).or_default().push(place);
        at.entry(*b).or_default().push(place);
    }
    let mut clocks = Grouped::new();
    for (between, first, _) in edges {
        if clocks.contains_key(first) {
            continue;
        }
        // No edge leads here from a group before, whose reference is not known to agree.
        let sd_ms = if clocks.is_empty() { 0.0 } else { UNKNOWN_SD_MS };
        let pairs = between.pairs;
        let clock = LogClock { offset_ms: 0, drift_ppm: 0.0, anchor_ms, sd_ms, pairs };
        clocks.insert(*first, (clock, *first));
        let mut leading: BTreeSet<usize> = at.get(first).into_iter().flatten().copied().collect();
        while let Some((between, a, b)) = leading.pop_first().and_then(|it| edges.get(it)) {
            let (log, clock) = match (clocks.get(a), clocks.get(b)) {
                (Some((known, _)), None) => (*b, onwards(known, between, 1.0)),
                (None, Some((known, _))) => (*a, onwards(known, between, -1.0)),
                _ => continue,
            };
            clocks.insert(log, (clock, *first));
            leading.extend(at.get(&log).into_iter().flatten());
        }
    }
    clocks
}

#[expect(clippy::cast_possible_truncation, reason = "hours in milliseconds")]
fn onwards(known: &LogClock, between: &LogClock, sign: f64) -> LogClock {
    LogClock {
        offset_ms: known.offset_ms + (sign * ms(between.offset_ms)) as i64,
        drift_ppm: known.drift_ppm + sign * between.drift_ppm,
        anchor_ms: between.anchor_ms,
        sd_ms: known.sd_ms.hypot(between.sd_ms),
        pairs: between.pairs,
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of years fit")]
fn ms(it: i64) -> f64 {
    it as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_pile_up_where_the_clocks_are_apart() {
        let mut pairs: Vec<Pair> = (0..40).map(|it| (it, 90_000 + it % 3 * 1_000)).collect();
        pairs.extend((0..40).map(|it| (it, it * 617_000 - 9_000_000)));
        let clock = piled(pairs, 0).unwrap();
        assert!((90_000..=92_000).contains(&clock.offset_ms), "{clock:?}");
        assert!(clock.pairs >= 40);
    }

    #[test]
    fn what_scatters_proves_nothing() {
        let pairs = (0..200).map(|it| (it, it * 61_700 - 6_000_000)).collect();
        assert_eq!(piled(pairs, 0), None);
        assert_eq!(piled(vec![(0, 5); 3], 0), None, "too few");
    }

    #[test]
    fn a_drift_is_read_off_and_told_at_any_time() {
        // Ahead by a minute at first, by three seconds an hour more.
        let pairs = (0..120).map(|it| (it * 60_000, 60_000 + it * 50 + it % 2 * 300)).collect();
        let clock = piled(pairs, 3_600_000).unwrap();
        assert!((clock.drift_ppm - 833.0).abs() < 80.0, "{clock:?}");
        let shown = clock.shown(minehound_model::Span::at(7_200_000));
        assert!((shown.from_ms - 7_266_100).abs() < 700, "{shown:?}");
    }
}
