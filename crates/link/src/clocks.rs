//! How the clocks of logs differ: read off sessions that two logs both show.
//!
//! Translators leave the far end of a connection as it is, and the inner end of an outer log is the
//! outer end of the log further in. So most connections stand in two logs, and the difference
//! of their beginnings is the difference of the clocks, give or take what each rounds. A port is used
//! again and again, which adds pairs that do not belong together: they scatter, the true ones pile up.

use std::collections::BTreeMap;

use minehound_model::{LogId, LogKind, Span, Tie, Tied};

use minehound_model::{Ask, Ties};

/// How far apart clocks are believed to be at all, in milliseconds: a zone that was forgotten.
const FARTHEST_MS: i64 = 15 * 3_600_000;
/// Pairs within this many milliseconds of each other say the same.
const PILE_MS: i64 = 4_000;
/// Fewer pairs that agree prove nothing.
const MIN_PAIRS: usize = 8;
/// So many ties of a log are looked for in others.
const SAMPLE: usize = 400;
/// More candidates for one session than this tell nothing.
const MANY: usize = 64;

/// What is known of a clock: it shows the reference's time plus `offset_ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// How much it is ahead of the reference, in milliseconds.
    pub offset_ms: i64,
    /// The standard deviation of that, in milliseconds.
    pub sd_ms: f64,
    /// How many sessions that is read off; none where it is assumed.
    pub pairs: usize,
}

impl Clock {
    /// A clock of which nothing is known but that somebody sets it now and then.
    #[must_use]
    pub fn assumed(sd_ms: f64) -> Self {
        Self { offset_ms: 0, sd_ms, pairs: 0 }
    }

    /// A span of the reference's time by this clock.
    #[must_use]
    pub fn shown(&self, span: Span) -> Span {
        Span {
            from_ms: span.from_ms.saturating_add(self.offset_ms),
            to_ms: span.to_ms.saturating_add(self.offset_ms),
        }
    }

    /// A span that this clock showed, in the reference's time.
    #[must_use]
    pub fn true_span(&self, shown: Span) -> Span {
        Span {
            from_ms: shown.from_ms.saturating_sub(self.offset_ms),
            to_ms: shown.to_ms.saturating_sub(self.offset_ms),
        }
    }
}

/// The clock of every log, and how many of its lines are missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clocks {
    clocks: BTreeMap<LogId, Clock>,
    losses: BTreeMap<LogId, f64>,
}

/// The clock of a log of which nothing is known, in milliseconds of standard deviation.
pub const UNKNOWN_SD_MS: f64 = 30_000.0;
/// The share of lines that is missing where nothing tells.
pub const UNKNOWN_LOSS: f64 = 0.01;

impl Clocks {
    /// The clock of a log.
    #[must_use]
    pub fn of(&self, log: LogId) -> Clock {
        self.clocks.get(&log).copied().unwrap_or_else(|| Clock::assumed(UNKNOWN_SD_MS))
    }

    /// The share of a log's lines that is missing.
    #[must_use]
    pub fn loss(&self, log: LogId) -> f64 {
        self.losses.get(&log).copied().unwrap_or(UNKNOWN_LOSS)
    }

    /// Reads the clocks off the ties of all logs. The log with the most shared sessions is the
    /// reference; logs that share sessions with it, straight or by others, follow.
    pub fn estimate(ties: &dyn Ties) -> Self {
        let mut apart = BTreeMap::new();
        let mut found = BTreeMap::<LogId, (usize, usize)>::new();
        for log in ties.logs().iter().filter(|it| shows_sessions(it.kind)) {
            for tie in ties.sample(log.id, SAMPLE) {
                note_pairs(ties, &tie, &mut apart, &mut found);
            }
        }
        let mut edges: Vec<_> = apart
            .into_iter()
            .filter_map(|((a, b), mut differences)| Some((piled(&mut differences)?, a, b)))
            .collect();
        edges.sort_by_key(|(clock, a, b)| (std::cmp::Reverse(clock.pairs), *a, *b));
        Self { clocks: spread(&edges), losses: BTreeMap::new() }
    }

    /// Sets the clock of a log: what somebody knows of it.
    pub fn set(&mut self, log: LogId, clock: Clock) {
        self.clocks.insert(log, clock);
    }

    /// Sets the share of a log's lines that is missing.
    pub fn set_loss(&mut self, log: LogId, loss: f64) {
        self.losses.insert(log, loss.clamp(0.0, 1.0));
    }
}

fn shows_sessions(kind: LogKind) -> bool {
    matches!(kind, LogKind::Translation | LogKind::Session)
}

/// Notes how far apart the lines of one session are in every log further in.
fn note_pairs(
    ties: &dyn Ties,
    tie: &Tie,
    apart: &mut BTreeMap<(LogId, LogId), Vec<i64>>,
    found: &mut BTreeMap<LogId, (usize, usize)>,
) {
    let Tied::Translation { inner, far: Some(far), proto, .. } = &tie.what else { return };
    let own = tie.line.log;
    let wide = Span {
        from_ms: tie.span.from_ms.saturating_sub(FARTHEST_MS),
        to_ms: tie.span.from_ms.saturating_add(FARTHEST_MS),
    };
    let window = |log: LogId| (log != own).then_some(wide);
    let mut further =
        ties.find(Ask::Outer { ip: inner.ip(), port: Some(inner.port()) }, &window, MANY);
    let same = |it: &Tied| match it {
        Tied::Translation { far: Some(other), proto: p, .. } => other == far && p == proto,
        _ => false,
    };
    further.retain(|it| same(&it.what));
    let counted = found.entry(own).or_default();
    counted.0 += 1;
    counted.1 += usize::from(!further.is_empty());
    for it in further {
        let difference = it.span.from_ms.saturating_sub(tie.span.from_ms);
        apart.entry((own, it.line.log)).or_default().push(difference);
    }
}

/// Where most differences pile up, if they do: the second clock over the first.
fn piled(differences: &mut [i64]) -> Option<Clock> {
    differences.sort_unstable();
    let mut best: &[i64] = &[];
    let mut from = 0;
    for (to, last) in differences.iter().enumerate() {
        while differences.get(from).is_some_and(|it| last - it > PILE_MS) {
            from += 1;
        }
        let pile = differences.get(from..=to).unwrap_or_default();
        if pile.len() > best.len() {
            best = pile;
        }
    }
    // What scatters evenly piles up nowhere: a third of all pairs must agree.
    if best.len() < MIN_PAIRS || best.len() * 3 < differences.len() {
        return None;
    }
    let middle = best.get(best.len() / 2).copied()?;
    let mut off: Vec<i64> = best.iter().map(|it| (it - middle).abs()).collect();
    off.sort_unstable();
    let median_off = off.get(off.len() / 2).copied().unwrap_or_default();
    // 1.4826 makes a standard deviation of a median deviation, if errors are normal; lines are
    // written to the second at best, so nothing is surer than that.
    #[expect(clippy::cast_precision_loss, reason = "seconds, not centuries")]
    let sd_ms = (median_off as f64 * 1.4826).max(500.0);
    Some(Clock { offset_ms: middle, sd_ms, pairs: best.len() })
}

/// Clocks relative to one reference per group of logs, along the edges with the most pairs first.
fn spread(edges: &[(Clock, LogId, LogId)]) -> BTreeMap<LogId, Clock> {
    let mut clocks = BTreeMap::new();
    while let Some((clock, a, _)) =
        edges.iter().find(|(_, a, b)| !clocks.contains_key(a) && !clocks.contains_key(b))
    {
        // Logs that share no session with the first group are not known to agree with it.
        let sd_ms = if clocks.is_empty() { 0.0 } else { UNKNOWN_SD_MS };
        clocks.insert(*a, Clock { offset_ms: 0, sd_ms, pairs: clock.pairs });
        let mut grown = true;
        while grown {
            grown = false;
            for (between, a, b) in edges {
                let (known, new, sign) = match (clocks.get(a), clocks.get(b)) {
                    (Some(known), None) => (*known, *b, 1),
                    (None, Some(known)) => (*known, *a, -1),
                    _ => continue,
                };
                clocks.insert(new, onwards(known, *between, sign));
                grown = true;
                // The best edge first, from wherever the group has grown to.
                break;
            }
        }
    }
    clocks
}

fn onwards(known: Clock, between: Clock, sign: i64) -> Clock {
    Clock {
        offset_ms: known.offset_ms + sign * between.offset_ms,
        sd_ms: known.sd_ms.hypot(between.sd_ms),
        pairs: between.pairs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_pile_up_where_the_clocks_are_apart() {
        let mut differences: Vec<i64> = (0..40).map(|it| 90_000 + it % 3 * 1_000).collect();
        differences.extend((0..40).map(|it| it * 617_000 - 9_000_000));
        let clock = piled(&mut differences).unwrap();
        assert!((90_000..=92_000).contains(&clock.offset_ms), "{clock:?}");
        assert!(clock.pairs >= 40);
    }

    #[test]
    fn what_scatters_proves_nothing() {
        let mut differences: Vec<i64> = (0..200).map(|it| it * 61_700 - 6_000_000).collect();
        assert_eq!(piled(&mut differences), None);
        assert_eq!(piled(&mut [5; 3]), None, "too few");
    }
}
