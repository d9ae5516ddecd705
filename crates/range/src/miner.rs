//! The life of one mining connection: when jobs come, when shares are found, what the pool says.
//!
//! Shares come as a Poisson process of rate hashrate / (work per share), which is what hashing is;
//! the pool steers the work per share towards a number of shares a minute; blocks come as a
//! Poisson process of the coin's interval, or as a given chain has them. Nothing is hashed.

mod pool;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::dialogue::{Side, Turn, nanos, seconds};
use crate::rhythm::{JobTime, Refresh};
use crate::rng::Rng;
use crate::speech::{Answer, Speaker};
use crate::truth::Shares;

/// The settings of one connection.
pub(crate) struct Plan {
    /// When the first message may be sent.
    pub(crate) ready_ns: u64,
    /// When the miner leaves.
    pub(crate) end_ns: u64,
    pub(crate) rtt_ns: u64,
    /// Rates from absolute times on, in order; the first holds from the start.
    pub(crate) rates: Vec<(u64, f64)>,
    pub(crate) block_seconds: f64,
    pub(crate) shares_per_minute: f64,
    /// The first work per share.
    pub(crate) work: f64,
    /// Seconds between looks at the share rate; infinite for a fixed difficulty.
    pub(crate) retarget_seconds: f64,
    /// A new difficulty waits for the next regular job instead of bringing its own.
    pub(crate) lazy: bool,
    pub(crate) stale: f64,
    pub(crate) rejected: f64,
    pub(crate) keepalive_seconds: f64,
    pub(crate) report_seconds: f64,
    pub(crate) poll_seconds: f64,
    pub(crate) workers: usize,
    /// When the pool sends a job of its own accord, if not by `jobs`.
    pub(crate) refresh: Refresh,
    /// What the pool sends to everybody, blocks included; without it the connection draws its own.
    pub(crate) jobs: Option<Arc<[JobTime]>>,
    /// The times of `jobs` are those at which they arrive, to the nanosecond.
    pub(crate) handed_on: bool,
    /// When shares are sent, where a proxy sends those of others.
    pub(crate) shares: Option<Arc<[u64]>>,
    /// The probability that a good share is followed by a job at once.
    pub(crate) job_after_share: f64,
    /// What is sent is held back by up to so many seconds.
    pub(crate) jitter_seconds: f64,
}

/// What has come of it so far.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) shares: Shares,
    /// The integral of the rate over the work per share.
    pub(crate) expected_shares: f64,
    pub(crate) accepted_work: f64,
    pub(crate) jobs: u64,
    pub(crate) logged_in_ns: u64,
    /// When a job came with a block.
    pub(crate) blocks_ns: Vec<u64>,
}

/// What the pool still has to answer.
enum Due {
    Share { id: u64, answer: Answer, work: f64 },
    Ready(Vec<u8>),
    Fetched,
}

/// The next thing that happens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Answer,
    Share,
    Block,
    Refresh,
    Retarget,
    Keepalive,
    Report,
    Poll,
    Rate,
    End,
}

/// One connection that is played step by step: nothing that was said is kept.
pub(crate) struct Life {
    plan: Plan,
    speaker: Box<dyn Speaker + Send>,
    rng: Rng,
    out: Played,
    /// What was said and not yet taken, in order of time.
    said: VecDeque<Turn>,
    now: u64,
    /// What a share found now stands for, and what the pool will ask from its next job on.
    working: f64,
    settled: f64,
    rate: f64,
    rate_at: usize,
    due: VecDeque<(u64, Due)>,
    share_ns: u64,
    block_ns: u64,
    refresh_ns: u64,
    retarget_ns: u64,
    keepalive_ns: u64,
    report_ns: u64,
    poll_ns: u64,
    counted: u64,
    counted_since: u64,
    new_block: bool,
    polled: bool,
    /// The next of the jobs that the pool sends to everybody.
    job_at: usize,
    /// The next of the shares of others.
    share_at: usize,
    /// How long such a job needs to this connection.
    behind_ns: u64,
    /// The last write, in either direction.
    said_ns: u64,
}

impl Life {
    /// A connection that has said everything up to the first job.
    pub(crate) fn new(plan: Plan, speaker: Box<dyn Speaker + Send>, rng: Rng) -> Self {
        let mut life = Self {
            now: plan.ready_ns,
            plan,
            speaker,
            rng,
            out: Played::default(),
            said: VecDeque::new(),
            working: 0.0,
            settled: 0.0,
            rate: 0.0,
            rate_at: 0,
            due: VecDeque::new(),
            share_ns: u64::MAX,
            block_ns: u64::MAX,
            refresh_ns: u64::MAX,
            retarget_ns: u64::MAX,
            keepalive_ns: u64::MAX,
            report_ns: u64::MAX,
            poll_ns: u64::MAX,
            counted: 0,
            counted_since: 0,
            new_block: true,
            polled: false,
            job_at: 0,
            share_at: 0,
            behind_ns: 0,
            said_ns: 0,
        };
        life.open();
        life
    }

    /// The next thing said, in order of time; `None` when the connection is over.
    pub(crate) fn next(&mut self) -> Option<Turn> {
        while self.said.is_empty() && self.step() {}
        self.said.pop_front()
    }

    /// The plan it follows.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What has come of it up to the last thing that was said.
    pub(crate) fn played(&self) -> &Played {
        &self.out
    }

    /// Writes now; what is held back keeps its order with what the other end says, since an
    /// answer cannot come before its question.
    fn say(&mut self, from: Side, bytes: Vec<u8>) {
        let mut time_ns = self.now;
        if self.plan.jitter_seconds > 0.0 {
            let held = nanos(self.rng.between(0.0, self.plan.jitter_seconds));
            time_ns = (time_ns + held).max(self.said_ns + 50_000);
        }
        self.said_ns = time_ns;
        if !bytes.is_empty() {
            self.said.push_back(Turn { time_ns, from, bytes });
        }
    }

    fn after(&self, seconds: f64) -> u64 {
        if seconds.is_finite() { self.now.saturating_add(nanos(seconds)) } else { u64::MAX }
    }

    fn unix(&self) -> u64 {
        self.now / 1_000_000_000
    }

    fn open(&mut self) {
        self.settled = self.speaker.settle(self.plan.work);
        self.working = self.settled;
        let unix = self.unix();
        let said = self.speaker.opening(unix);
        self.polled = said.is_empty();
        let mut last = None;
        for (from, bytes) in said {
            let pause = match (last, from) {
                (None, _) => 0,
                (Some(Side::Client), Side::Server) => {
                    self.plan.rtt_ns + nanos(self.rng.between(0.000_5, 0.003))
                }
                (Some(_), _) => nanos(self.rng.between(0.000_1, 0.000_8)),
            };
            self.now += pause;
            self.say(from, bytes);
            self.now = self.said_ns;
            last = Some(from);
        }
        self.out.logged_in_ns = self.now;
        self.counted_since = self.now;
        while self.plan.rates.get(self.rate_at).is_some_and(|(from, _)| *from <= self.now) {
            self.rate = self.plan.rates.get(self.rate_at).map_or(0.0, |(_, rate)| *rate);
            self.rate_at += 1;
        }
        if self.polled {
            self.poll_ns = self.now;
        } else {
            self.out.jobs = 1;
            self.new_share();
        }
        self.first_jobs();
        self.retarget_ns = self.after(self.plan.retarget_seconds);
        self.keepalive_ns = self.after(self.plan.keepalive_seconds);
        self.report_ns = self.after(self.plan.report_seconds);
    }

    fn new_share(&mut self) {
        if let Some(shares) = &self.plan.shares {
            let due = shares.get(self.share_at..).unwrap_or_default();
            // shares from before the login are lost
            self.share_at += due.partition_point(|time| *time < self.out.logged_in_ns);
            self.share_ns = shares.get(self.share_at).map_or(u64::MAX, |time| *time.max(&self.now));
            return;
        }
        let mean = if self.rate > 0.0 { self.working / self.rate } else { f64::INFINITY };
        let gap = if mean.is_finite() { self.rng.exponential(mean) } else { f64::INFINITY };
        self.share_ns = self.after(gap);
    }

    /// Does the next thing; false when the session is over.
    fn step(&mut self) -> bool {
        let rate_ns = self.plan.rates.get(self.rate_at).map_or(u64::MAX, |(from, _)| *from);
        let answer_ns = self.due.front().map_or(u64::MAX, |(time, _)| *time);
        // HTTP asks one thing at a time: what comes up waits for the answer before
        let busy = self.polled && !self.due.is_empty();
        let wait = |time: u64| {
            if busy && time <= answer_ns && time != u64::MAX { answer_ns + 1 } else { time }
        };
        let candidates = [
            (answer_ns, Next::Answer),
            (rate_ns, Next::Rate),
            (wait(self.share_ns), Next::Share),
            (self.block_ns, Next::Block),
            (self.refresh_ns, Next::Refresh),
            (self.retarget_ns, Next::Retarget),
            (wait(self.keepalive_ns), Next::Keepalive),
            (wait(self.report_ns), Next::Report),
            (wait(self.poll_ns), Next::Poll),
            (self.plan.end_ns, Next::End),
        ];
        let mut first = (u64::MAX, Next::End);
        for candidate in candidates {
            if candidate.0 < first.0 {
                first = candidate;
            }
        }
        let before = self.now;
        self.now = self.now.max(first.0.min(self.plan.end_ns));
        if self.working > 0.0 && !self.polled && self.plan.shares.is_none() {
            self.out.expected_shares += self.rate * seconds(self.now - before) / self.working;
        }
        match first.1 {
            Next::End => return false,
            Next::Answer => self.answer(),
            Next::Share => self.share(),
            Next::Block => self.block(),
            Next::Refresh => self.refresh(),
            Next::Retarget => self.retarget(),
            Next::Keepalive => self.keepalive(),
            Next::Report => self.report(),
            Next::Poll => self.poll(),
            Next::Rate => {
                self.rate = self.plan.rates.get(self.rate_at).map_or(0.0, |(_, rate)| *rate);
                self.rate_at += 1;
                self.new_share();
            }
        }
        true
    }

    fn share(&mut self) {
        let answer = if self.rng.chance(self.plan.stale) {
            Answer::Stale
        } else if self.rng.chance(self.plan.rejected) {
            Answer::TooEasy
        } else {
            Answer::Accepted
        };
        let worker = self.rng.index(self.plan.workers);
        let (id, bytes) = self.speaker.share(self.unix(), worker, answer == Answer::Stale);
        self.out.shares.submitted += 1;
        self.share_at += 1;
        self.counted += 1;
        self.say(Side::Client, bytes);
        self.expect_answer(Due::Share { id, answer, work: self.working });
        self.new_share();
    }

    fn keepalive(&mut self) {
        self.keepalive_ns = self.after(self.plan.keepalive_seconds);
        if let Some((ask, answer)) = self.speaker.keepalive() {
            self.say(Side::Client, ask);
            self.expect_answer(Due::Ready(answer));
        } else {
            self.keepalive_ns = u64::MAX;
        }
    }

    fn report(&mut self) {
        let noise = self.rng.between(0.97, 1.03);
        self.report_ns = self.after(self.plan.report_seconds);
        if let Some((ask, answer)) = self.speaker.report(self.rate * noise) {
            self.say(Side::Client, ask);
            self.expect_answer(Due::Ready(answer));
        } else {
            self.report_ns = u64::MAX;
        }
    }

    fn poll(&mut self) {
        self.poll_ns = self.after(self.plan.poll_seconds);
        if let Some(bytes) = self.speaker.fetch() {
            self.say(Side::Client, bytes);
            self.expect_answer(Due::Fetched);
        }
    }
}

/// The time-weighted mean of piecewise rates between two times.
pub(crate) fn mean_rate(rates: &[(u64, f64)], from_ns: u64, to_ns: u64) -> f64 {
    let mut work = 0.0;
    for (place, (start, rate)) in rates.iter().enumerate() {
        let end = rates.get(place + 1).map_or(to_ns, |(next, _)| *next).min(to_ns);
        let start = if place == 0 { from_ns } else { (*start).max(from_ns) };
        work += rate * seconds(end.saturating_sub(start));
    }
    work / seconds(to_ns.saturating_sub(from_ns)).max(1e-9)
}
