//! What is known of the clocks of logs, and of how many of their lines are missing: read off what
//! two logs both show.

mod apart;
mod asker;
mod held;
mod losses;

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{Ask, Log, LogClock, LogId, LogKind, Question, Span, Tie, Tied, Ties};
use serde::{Deserialize, Serialize};

/// How far apart clocks are believed to be at all, in milliseconds: a zone that was forgotten.
const FARTHEST_MS: i64 = 15 * 3_600_000;
/// So many ties of a log are looked for in others, and so many of all logs together.
const SAMPLE: usize = 400;
const SAMPLES: usize = 40_000;
/// Of a log among thousands so many are looked for all the same.
const LEAST_SAMPLE: usize = 12;
/// More candidates for one session than this tell nothing.
const MANY: usize = 64;

/// The share of what passes a translator that a log further in shows, where no translator tells.
const USUAL_REACH: f64 = 0.95;

/// The standard deviation of a clock of which nothing is known, in milliseconds.
pub const UNKNOWN_SD_MS: f64 = 30_000.0;
/// The share of lines that is missing where nothing tells.
pub const UNKNOWN_LOSS: f64 = 0.01;

/// The clock of every log, and how many of its lines are missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clocks {
    apart: BTreeMap<LogId, LogClock>,
    /// Logs that share sessions, by the reference of their group: how the references of two groups stand
    /// to each other is not known.
    groups: BTreeMap<LogId, LogId>,
    losses: BTreeMap<LogId, f64>,
    /// The share of the lines of translators that logs further in show as well.
    reaches: BTreeMap<LogId, f64>,
    /// Logs of leases whose devices translate as well.
    of_routers: BTreeSet<LogId>,
    /// The devices that lease addresses, and the logs of each that say who holds one.
    leasing: BTreeMap<String, Vec<LogId>>,
}

impl Clocks {
    /// The name under which clocks are kept: it changes with the way they are estimated.
    pub const KEPT_AS: &str = "clocks/3";

    /// The clock of a log.
    #[must_use]
    pub fn of(&self, log: LogId) -> LogClock {
        self.apart.get(&log).copied().unwrap_or_else(|| LogClock::assumed(UNKNOWN_SD_MS))
    }

    /// The share of a log's lines that is missing.
    #[must_use]
    pub fn loss(&self, log: LogId) -> f64 {
        self.losses.get(&log).copied().unwrap_or(UNKNOWN_LOSS)
    }

    /// The share of what a translator's log shows that a log further in shows as well, where it was read
    /// off.
    #[must_use]
    pub fn reach(&self, log: LogId) -> Option<f64> {
        self.reaches.get(&log).copied()
    }

    /// The same of a translator of which nothing is known: as it is with the others, in the middle.
    #[must_use]
    pub fn usual_reach(&self) -> f64 {
        let mut all: Vec<f64> = self.reaches.values().copied().filter(|it| *it > 0.0).collect();
        all.sort_unstable_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(USUAL_REACH)
    }

    /// The reference that a log's clock is told by, where it shares sessions with others.
    #[must_use]
    pub fn group(&self, log: LogId) -> Option<LogId> {
        self.groups.get(&log).copied()
    }

    /// A device of this name that leases addresses.
    #[must_use]
    pub fn leasing(&self, name: &str) -> Option<&str> {
        self.leasing.get_key_value(name).map(|it| it.0.as_str())
    }

    /// The logs of a device of this name that say who holds an address, if it leases any.
    #[must_use]
    pub fn holding(&self, name: &str) -> &[LogId] {
        self.leasing.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a log of leases is that of a router, which leases addresses that others behind other
    /// routers have too.
    #[must_use]
    pub fn is_of_router(&self, log: LogId) -> bool {
        self.of_routers.contains(&log)
    }

    /// Reads clocks and losses off the ties of all logs. One of the logs that share the most sessions is
    /// the reference; logs that share sessions with it, straight or by others, follow; the
    /// clocks of leases and accounts are held against the sessions of those who had the addresses.
    pub fn estimate(ties: &dyn Ties) -> Self {
        let mut clocks = Self::default();
        for (log, (clock, reference)) in apart::estimate(ties) {
            clocks.apart.insert(log, clock);
            clocks.groups.insert(log, reference);
        }
        clocks.apart.extend(held::estimate(ties, &clocks));
        clocks.of_the_same_hand(ties.logs());
        (clocks.losses, clocks.reaches) = losses::estimate(ties, &clocks);
        let of = |kind| ties.logs().iter().filter(move |it| it.kind == kind);
        let routers: BTreeSet<&str> =
            of(LogKind::Translation).map(|it| it.device.as_str()).collect();
        let leases = of(LogKind::Lease).filter(|it| routers.contains(it.device.as_str()));
        clocks.of_routers = leases.map(|it| it.id).collect();
        let of_leases = of(LogKind::Lease).map(|it| (it.device.clone(), Vec::new()));
        clocks.leasing = of_leases.collect();
        for log in of(LogKind::Lease).chain(of(LogKind::Account)) {
            clocks.leasing.entry(log.device.clone()).and_modify(|it| it.push(log.id));
        }
        clocks
    }

    /// What a device writes into one file it writes by one clock: the one that is known best.
    fn of_the_same_hand(&mut self, logs: &[Log]) {
        let mut best = BTreeMap::<(&str, &str), LogClock>::new();
        for log in logs {
            let Some(own) = self.apart.get(&log.id) else { continue };
            let known = best.entry((&log.sha256, &log.device)).or_insert(*own);
            if own.sd_ms < known.sd_ms {
                *known = *own;
            }
        }
        let told = logs
            .iter()
            .filter_map(|it| Some((it.id, *best.get(&(it.sha256.as_str(), it.device.as_str()))?)));
        self.apart.extend(told);
    }

    /// The clock of somebody who asked many questions, held against the lines that answer them.
    #[must_use]
    pub fn of_asker(&self, questions: &[Question], ties: &dyn Ties) -> Option<LogClock> {
        asker::estimate(questions, ties, self)
    }

    /// Sets the clock of a log: what somebody knows of it.
    pub fn set(&mut self, log: LogId, clock: LogClock) {
        self.apart.insert(log, clock);
    }

    /// Sets the share of a log's lines that is missing.
    pub fn set_loss(&mut self, log: LogId, loss: f64) {
        self.losses.insert(log, loss.clamp(0.0, 1.0));
    }
}

fn shows_sessions(kind: LogKind) -> bool {
    matches!(kind, LogKind::Translation | LogKind::Session)
}

/// How many ties of each of so many logs are looked for in others.
fn of_each(logs: usize) -> usize {
    (SAMPLES / logs.max(1)).clamp(LEAST_SAMPLE, SAMPLE)
}

fn around(at_ms: i64, reach_ms: i64) -> Span {
    Span { from_ms: at_ms.saturating_sub(reach_ms), to_ms: at_ms.saturating_add(reach_ms) }
}

/// The lines of the same connection in logs further in, within the window of each.
fn further_in(ties: &dyn Ties, tie: &Tie, window: &dyn Fn(LogId) -> Option<Span>) -> Vec<Tie> {
    let Tied::Translation { inner, far: Some(far), proto, .. } = &tie.what else {
        return Vec::new();
    };
    let own = tie.line.log;
    let others = |log: LogId| if log == own { None } else { window(log) };
    let (ip, port) = (inner.ip(), Some(inner.port()));
    let translated = ties.find(Ask::Outer { ip, port }, &others, MANY);
    let seen = ties.find(Ask::Inner { ip, port }, &others, MANY);
    let same = |it: &Tie| match &it.what {
        Tied::Translation { outer, far: Some(other), proto: p, .. } => {
            outer == inner && other == far && p == proto
        }
        Tied::Session { inner: from, far: other, proto: p } => {
            from == inner && other == far && p == proto
        }
        _ => false,
    };
    translated.into_iter().chain(seen).filter(same).collect()
}

/// The same in logs further out: who shows this end as an inner one.
fn further_out(ties: &dyn Ties, tie: &Tie, window: &dyn Fn(LogId) -> Option<Span>) -> Vec<Tie> {
    let (end, far, proto) = match &tie.what {
        Tied::Translation { outer, far: Some(far), proto, .. } => (outer, far, proto),
        Tied::Session { inner, far, proto } => (inner, far, proto),
        _ => return Vec::new(),
    };
    let own = tie.line.log;
    let others = |log: LogId| if log == own { None } else { window(log) };
    let ask = Ask::Inner { ip: end.ip(), port: Some(end.port()) };
    let mut found = ties.find(ask, &others, MANY);
    found.retain(|it| match &it.what {
        Tied::Translation { inner, far: Some(other), proto: p, .. } => {
            inner == end && other == far && p == proto
        }
        _ => false,
    });
    found
}

#[cfg(test)]
mod tests;
