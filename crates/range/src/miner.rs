//! The life of one mining connection: when jobs come, when shares are found, what the pool says.
//!
//! Shares come as a Poisson process of rate hashrate / (work per share), which is what hashing is;
//! the pool steers the work per share towards a number of shares a minute; blocks come as a
//! Poisson process of the coin's interval. Nothing is hashed.

use std::collections::VecDeque;

use crate::dialogue::{Side, Turn, nanos, seconds};
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
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) turns: Vec<Turn>,
    pub(crate) shares: Shares,
    pub(crate) accepted_work: f64,
    pub(crate) jobs: u64,
    pub(crate) logged_in_ns: u64,
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

struct Life<'a> {
    plan: &'a Plan,
    speaker: &'a mut dyn Speaker,
    rng: Rng,
    out: Played,
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
}

/// Plays a connection from its first message to its end.
pub(crate) fn play(plan: &Plan, speaker: &mut dyn Speaker, rng: Rng) -> Played {
    let mut life = Life {
        plan,
        speaker,
        rng,
        out: Played::default(),
        now: plan.ready_ns,
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
    };
    life.open();
    while life.step() {}
    let mut out = life.out;
    out.turns.sort_by_key(|turn| turn.time_ns);
    out
}

impl Life<'_> {
    fn say(&mut self, time_ns: u64, from: Side, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.out.turns.push(Turn { time_ns, from, bytes });
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
            self.say(self.now, from, bytes);
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
            self.refresh_ns = self.after(30.0 + 30.0 * 0.5);
        }
        self.block_ns = self.next_block();
        self.retarget_ns = self.after(self.plan.retarget_seconds);
        self.keepalive_ns = self.after(self.plan.keepalive_seconds);
        self.report_ns = self.after(self.plan.report_seconds);
    }

    fn next_block(&mut self) -> u64 {
        let gap = self.rng.exponential(self.plan.block_seconds).max(0.3);
        self.after(gap)
    }

    fn new_share(&mut self) {
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
        self.now = self.now.max(first.0.min(self.plan.end_ns));
        match first.1 {
            Next::End => return false,
            Next::Answer => self.answer(),
            Next::Share => self.share(),
            Next::Block => self.block(),
            Next::Refresh => self.push_job(false),
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

    fn expect_answer(&mut self, due: Due) {
        let time = self.now + self.plan.rtt_ns + nanos(self.rng.between(0.000_4, 0.004));
        let time = self.due.back().map_or(time, |(last, _)| time.max(*last + 20_000));
        self.due.push_back((time, due));
    }

    fn answer(&mut self) {
        let Some((_, due)) = self.due.pop_front() else { return };
        let bytes = match due {
            Due::Ready(bytes) => bytes,
            Due::Fetched => {
                let (unix, clean) = (self.unix(), std::mem::take(&mut self.new_block));
                let bytes = self.speaker.job(unix, clean);
                let first = self.out.jobs == 0;
                self.out.jobs += 1;
                if first {
                    self.out.logged_in_ns = self.now;
                    self.counted_since = self.now;
                }
                if first || (self.working - self.settled).abs() > 0.0 {
                    self.working = self.settled;
                    self.new_share();
                }
                bytes
            }
            Due::Share { id, answer, work } => {
                if answer == Answer::Accepted {
                    self.out.shares.accepted += 1;
                    self.out.accepted_work += work;
                } else {
                    self.out.shares.rejected += 1;
                }
                self.speaker.answer(id, answer)
            }
        };
        self.say(self.now, Side::Server, bytes);
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
        self.counted += 1;
        self.say(self.now, Side::Client, bytes);
        self.expect_answer(Due::Share { id, answer, work: self.working });
        self.new_share();
    }

    fn block(&mut self) {
        self.block_ns = self.next_block();
        if self.polled {
            self.new_block = true;
        } else {
            self.push_job(true);
        }
    }

    fn push_job(&mut self, clean: bool) {
        let bytes = self.speaker.job(self.unix(), clean);
        self.say(self.now, Side::Server, bytes);
        self.out.jobs += 1;
        let pause = self.rng.between(30.0, 60.0);
        self.refresh_ns = self.after(pause);
        if (self.working - self.settled).abs() > 0.0 {
            self.working = self.settled;
            self.new_share();
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of shares are small")]
    fn retarget(&mut self) {
        self.retarget_ns = self.after(self.plan.retarget_seconds);
        let minutes = seconds(self.now - self.counted_since) / 60.0;
        let ratio = self.counted as f64 / (minutes * self.plan.shares_per_minute);
        self.counted = 0;
        self.counted_since = self.now;
        if (0.7..=1.4).contains(&ratio) {
            return;
        }
        let settled = self.speaker.settle(self.settled * ratio.clamp(0.25, 4.0));
        if (settled - self.settled).abs() <= 0.0 {
            return;
        }
        self.settled = settled;
        if self.polled {
            return;
        }
        match self.speaker.retarget() {
            Some(bytes) => {
                self.say(self.now, Side::Server, bytes);
                if !self.plan.lazy {
                    self.now += 100_000;
                    self.push_job(false);
                }
            }
            None => self.push_job(false),
        }
    }

    fn keepalive(&mut self) {
        self.keepalive_ns = self.after(self.plan.keepalive_seconds);
        if let Some((ask, answer)) = self.speaker.keepalive() {
            self.say(self.now, Side::Client, ask);
            self.expect_answer(Due::Ready(answer));
        } else {
            self.keepalive_ns = u64::MAX;
        }
    }

    fn report(&mut self) {
        let noise = self.rng.between(0.97, 1.03);
        self.report_ns = self.after(self.plan.report_seconds);
        if let Some((ask, answer)) = self.speaker.report(self.rate * noise) {
            self.say(self.now, Side::Client, ask);
            self.expect_answer(Due::Ready(answer));
        } else {
            self.report_ns = u64::MAX;
        }
    }

    fn poll(&mut self) {
        self.poll_ns = self.after(self.plan.poll_seconds);
        if let Some(bytes) = self.speaker.fetch() {
            self.say(self.now, Side::Client, bytes);
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
