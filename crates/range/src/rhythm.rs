//! The rhythm of pools and miners: when a pool sends jobs, and at which hours somebody mines.

use crate::chain::{Chain, salt};
use crate::dialogue::{nanos, seconds};
use crate::rng::Rng;

/// When a pool sends a new job though no block has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refresh {
    /// Never: jobs come with blocks alone.
    Never,
    /// Evenly between so many seconds after the last job of the connection, which draws this for
    /// itself.
    Between(f64, f64),
    /// So many seconds after the pool's last job, whatever caused that: a timer that every job
    /// sets back. All connections of a pool get these jobs at the same moment.
    AfterJob(f64),
    /// Every so many seconds, whatever else happens; at the same moment for all connections.
    Steady(f64),
}

impl Refresh {
    /// The name for the truth.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Between(..) => "between",
            Self::AfterJob(_) => "after-job",
            Self::Steady(_) => "steady",
        }
    }

    /// The seconds of a timer.
    #[must_use]
    pub fn seconds(self) -> Option<f64> {
        match self {
            Self::AfterJob(seconds) | Self::Steady(seconds) => Some(seconds),
            Self::Never | Self::Between(..) => None,
        }
    }
}

/// One job that a pool sends to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobTime {
    pub(crate) time_ns: u64,
    /// It came with a block, and older jobs are void.
    pub(crate) clean: bool,
}

/// The loop of a pool looks at its timers about so often.
const TICK_SECONDS: f64 = 0.1;

/// What a pool named `pool` sends to all its miners from the chain's first block to `end_ns`.
/// `bursts` is the mean of seconds between changes of the template that are no blocks; each
/// brings one or a few jobs.
pub(crate) fn jobs(
    chain: &Chain,
    pool: &str,
    refresh: Refresh,
    bursts: f64,
    end_ns: u64,
) -> Vec<JobTime> {
    let noticed = chain.noticed_by(pool);
    let Some(start) = noticed.first().map(|block| block.time_ns) else { return Vec::new() };
    let mut rng = Rng::new(salt(pool) ^ start).fork("jobs");
    let after = |now: u64, wait: f64| {
        if wait.is_finite() { now.saturating_add(nanos(wait)) } else { u64::MAX }
    };
    let mut blocks = noticed.into_iter().skip(1).map(|block| block.time_ns).peekable();
    let first = refresh.seconds().unwrap_or(f64::INFINITY);
    let mut timer = after(start, first);
    let mut beat = after(start, first * rng.unit());
    let mut burst = after(start, rng.exponential(bursts));
    let mut sent = vec![JobTime { time_ns: start, clean: true }];
    loop {
        let block = blocks.peek().copied().unwrap_or(u64::MAX);
        let due = if matches!(refresh, Refresh::Steady(_)) { beat } else { timer };
        let now = block.min(due).min(burst);
        if now >= end_ns {
            return sent;
        }
        sent.push(JobTime { time_ns: now, clean: now == block });
        if now == block {
            blocks.next();
        } else if now == burst {
            // a burst goes on with a second job soon, or is over
            let more =
                if rng.chance(0.4) { rng.between(0.3, 1.4) } else { rng.exponential(bursts) };
            burst = after(now, more);
        } else {
            beat = after(beat, first);
        }
        timer = after(now, first + rng.between(0.0, TICK_SECONDS));
    }
}

/// How hard somebody mines at each hour of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hours {
    /// The part of the full rate from each hour on, 0 for none.
    pub factors: [f64; 24],
    /// Hours east of Greenwich.
    pub utc_offset_hours: i8,
    /// The connection is closed while nothing is mined; otherwise it stays and only listens.
    pub disconnect: bool,
}

impl Hours {
    /// All day at a part of the full rate.
    #[must_use]
    pub fn throttled(factor: f64) -> Self {
        Self { factors: [factor; 24], utc_offset_hours: 0, disconnect: false }
    }

    /// At full rate from one hour to another (which may lie after midnight), else not.
    #[must_use]
    pub fn only(from: u8, to: u8, disconnect: bool) -> Self {
        let mut factors = [0.0; 24];
        for (hour, factor) in (0_u8..).zip(&mut factors) {
            let inside =
                if from <= to { (from..to).contains(&hour) } else { hour >= from || hour < to };
            *factor = f64::from(u8::from(inside));
        }
        Self { factors, utc_offset_hours: 0, disconnect }
    }

    /// The part of the full rate at a time.
    #[must_use]
    pub fn factor_at(&self, time_ns: u64) -> f64 {
        let hour = time_ns / HOUR_NS + 24;
        let hour = hour.saturating_add_signed(i64::from(self.utc_offset_hours)) % 24;
        let place = usize::try_from(hour).unwrap_or(0);
        self.factors.get(place).copied().unwrap_or(1.0)
    }

    /// The full hours between two times.
    pub(crate) fn changes(from_ns: u64, to_ns: u64) -> impl Iterator<Item = u64> {
        let first = from_ns / HOUR_NS + 1;
        (first..).map(|hour| hour * HOUR_NS).take_while(move |time| *time < to_ns)
    }

    /// The stretches between two times in which the connection stands.
    pub(crate) fn connected(&self, from_ns: u64, to_ns: u64) -> Vec<(u64, u64)> {
        if !self.disconnect {
            return vec![(from_ns, to_ns)];
        }
        let mut out: Vec<(u64, u64)> = Vec::new();
        let mut start = from_ns;
        for end in Self::changes(from_ns, to_ns).chain([to_ns]) {
            if self.factor_at(start) > 0.0 {
                match out.last_mut() {
                    Some(last) if last.1 == start => last.1 = end,
                    _ => out.push((start, end)),
                }
            }
            start = end;
        }
        out
    }

    /// What this is called among the evasions: "night-only" or the like.
    #[must_use]
    pub fn evasion(&self) -> &'static str {
        if self.factors.contains(&0.0) { "hours" } else { "throttled" }
    }
}

const HOUR_NS: u64 = 3_600_000_000_000;

/// Rates that change at their own times, each scaled by the hour.
pub(crate) fn scaled(rates: &[(u64, f64)], hours: &Hours, end_ns: u64) -> Vec<(u64, f64)> {
    let Some((start, _)) = rates.first() else { return Vec::new() };
    let mut times: Vec<u64> = rates.iter().map(|(time, _)| *time).collect();
    times.extend(Hours::changes(*start, end_ns));
    times.sort_unstable();
    times.dedup();
    let mut out: Vec<(u64, f64)> = Vec::new();
    for time in times {
        let rate =
            rates.iter().rev().find(|(from, _)| *from <= time).map_or(0.0, |(_, rate)| *rate);
        let rate = rate * hours.factor_at(time);
        // hours without a change are no change
        if out.last().is_none_or(|(_, last)| (last - rate).abs() > 0.0) {
            out.push((time, rate));
        }
    }
    out
}

/// The gaps between jobs in seconds; for tests and tables.
#[must_use]
pub fn gaps(times_ns: &[u64]) -> Vec<f64> {
    times_ns.iter().zip(times_ns.iter().skip(1)).map(|(one, two)| seconds(two - one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coin::Coin;

    const START: u64 = 1_767_600_000_000_000_000;

    #[test]
    fn a_timer_that_jobs_set_back_never_runs_over_a_job() {
        let chain = Chain::poisson(Coin::Xmr, START, 7_200.0, 5);
        let end = START + 7_200_000_000_000;
        let all = jobs(&chain, "pool.example:3333", Refresh::AfterJob(22.0), f64::INFINITY, end);
        assert!(all.is_sorted_by_key(|job| job.time_ns));
        for pair in all.windows(2) {
            let gap = seconds(pair[1].time_ns - pair[0].time_ns);
            assert!(
                if pair[1].clean { gap <= 22.11 } else { (22.0..22.11).contains(&gap) },
                "{gap}"
            );
        }
    }

    #[test]
    fn a_steady_timer_keeps_its_beat_whatever_blocks_do() {
        let chain = Chain::poisson(Coin::Xmr, START, 7_200.0, 6);
        let end = START + 7_200_000_000_000;
        let all = jobs(&chain, "pool.example:3333", Refresh::Steady(30.0), f64::INFINITY, end);
        let beats: Vec<u64> = all.iter().filter(|job| !job.clean).map(|job| job.time_ns).collect();
        assert!(gaps(&beats).iter().all(|gap| (gap - 30.0).abs() < 1e-6));
    }

    #[test]
    fn hours_say_when_somebody_mines() {
        let mut night = Hours::only(22, 6, true);
        // the start is at eight in the morning
        assert!(night.factor_at(START) < 0.1);
        let day = night.connected(START, START + 24 * HOUR_NS);
        assert_eq!(day, [(START + 14 * HOUR_NS, START + 22 * HOUR_NS)]);
        night.utc_offset_hours = -8;
        assert!(night.factor_at(START) > 0.9);
        let rates = scaled(&[(START, 10.0)], &Hours::throttled(0.3), START + 5 * HOUR_NS);
        assert_eq!(rates, [(START, 3.0)]);
    }
}
