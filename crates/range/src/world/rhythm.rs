//! The rhythm of one mining connection whose contents nobody can read: when what size is said.
//!
//! Jobs come when a block reaches everybody, and by the pool's own timer, which at most pools starts
//! anew with every job; shares come as a Poisson process and are answered within a round trip.
//! Sizes are those that a readable session of the same dialect has, taken from one that is played
//! for some minutes. Nothing is hashed.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::dialogue::{Side, nanos, seconds};
use crate::rng::Rng;
use crate::scenario::Session;
use crate::truth::Mining;

/// A message before it is covered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) time_ns: u64,
    pub(crate) from: Side,
    pub(crate) size: u32,
}

/// How a pool and its miner behave.
#[derive(Clone, Debug)]
pub(crate) struct Habits {
    /// When blocks reach everybody, ascending.
    pub(crate) blocks: Arc<[u64]>,
    /// Seconds from job to job without a block; `None` for a pool that waits for blocks.
    pub(crate) refresh_s: Option<f64>,
    /// Whether a block starts that timer anew.
    pub(crate) restarts: bool,
    /// How much later than everybody this pool hears of blocks, seconds.
    pub(crate) late_s: f64,
    pub(crate) shares_per_minute: f64,
    pub(crate) keepalive_s: Option<f64>,
    /// Waits of the client before it speaks, at most so many seconds.
    pub(crate) jitter_s: f64,
    /// From when (nanoseconds since 1970) which part of the full rate is worked.
    pub(crate) throttle: Vec<(u64, f64)>,
}

impl Habits {
    /// A pool's habits, drawn: refresh timers of 10 to 60 s or none are what pools have.
    pub(crate) fn draw(blocks: Arc<[u64]>, shares_per_minute: f64, rng: &mut Rng) -> Self {
        let refresh = rng.pick(&[0.0, 10.0, 20.0, 22.0, 30.0, 30.0, 55.0, 60.0]);
        Self {
            blocks,
            refresh_s: (refresh > 0.0).then_some(refresh),
            restarts: rng.chance(0.8),
            late_s: rng.between(0.05, 1.6),
            shares_per_minute,
            keepalive_s: rng.chance(0.5).then_some(60.0),
            jitter_s: 0.0,
            throttle: Vec::new(),
        }
    }
}

/// The sizes of a dialect's messages.
#[derive(Clone, Debug, Default)]
struct Sizes {
    opening: Vec<(Side, u32)>,
    jobs: Vec<u32>,
    shares: Vec<u32>,
    answers: Vec<u32>,
}

/// One connection's rhythm.
pub(crate) struct Rhythm {
    habits: Habits,
    sizes: Sizes,
    rtt_ns: u64,
    end_ns: u64,
    queue: VecDeque<Word>,
    now_ns: u64,
    job_ns: u64,
    share_ns: u64,
    keepalive_ns: u64,
    full_rate: f64,
    mining: Mining,
}

impl Rhythm {
    /// The rhythm of `session` from `ready_ns` on; `None` for a dialect without messages.
    pub(crate) fn new(
        session: &Session,
        habits: Habits,
        ready_ns: u64,
        rng: &mut Rng,
    ) -> Option<Self> {
        let rtt_ns = nanos(session.rtt_ms / 1e3);
        let (sizes, mut mining) = sizes(session)?;
        mining.hashrate = session.hashrate;
        mining.shares = crate::truth::Shares::default();
        (mining.accepted_work, mining.jobs) = (0.0, 0);
        let end_ns = session.start_ns + nanos(session.seconds);
        let mut rhythm = Self {
            habits,
            sizes,
            rtt_ns,
            end_ns,
            queue: VecDeque::new(),
            now_ns: ready_ns,
            job_ns: u64::MAX,
            share_ns: u64::MAX,
            keepalive_ns: u64::MAX,
            full_rate: session.hashrate,
            mining,
        };
        rhythm.open(rng);
        Some(rhythm)
    }

    fn open(&mut self, rng: &mut Rng) {
        let mut last = None;
        for (from, size) in std::mem::take(&mut self.sizes.opening) {
            self.now_ns += match (last, from) {
                (Some(Side::Client), Side::Server) => {
                    self.rtt_ns + nanos(rng.between(0.000_5, 0.01))
                }
                _ => nanos(rng.between(0.000_1, 0.001)),
            };
            self.queue.push_back(Word { time_ns: self.now_ns, from, size });
            last = Some(from);
        }
        self.mining.logged_in_ns = self.now_ns;
        self.mining.jobs = 1;
        self.plan_job(self.now_ns, rng);
        self.plan_share(self.now_ns, rng);
        if let Some(every) = self.habits.keepalive_s {
            self.keepalive_ns = self.now_ns + nanos(every);
        }
    }

    /// The next block or the next tick of the timer.
    fn plan_job(&mut self, now_ns: u64, rng: &mut Rng) {
        let late = nanos(self.habits.late_s);
        let next = self.habits.blocks.partition_point(|time| time.saturating_add(late) <= now_ns);
        let block = self.habits.blocks.get(next).map_or(u64::MAX, |time| {
            time.saturating_add(late).saturating_add(nanos(rng.exponential(0.15)))
        });
        let timer = self.habits.refresh_s.map_or(u64::MAX, |every| {
            let from = if self.habits.restarts {
                now_ns
            } else {
                // ticks of the pool's own clock
                let period = nanos(every).max(1);
                now_ns / period * period
            };
            from + nanos(every) + nanos(rng.between(0.0, 0.05))
        });
        self.job_ns = block.min(timer).max(now_ns + 1_000_000);
    }

    fn part(&self, now_ns: u64) -> f64 {
        let held = self.habits.throttle.iter().rev().find(|(from, _)| *from <= now_ns);
        held.map_or(1.0, |(_, part)| *part)
    }

    fn plan_share(&mut self, now_ns: u64, rng: &mut Rng) {
        let rate = self.habits.shares_per_minute / 60.0 * self.part(now_ns);
        let none = self.full_rate <= 0.0 || rate <= 0.0;
        self.share_ns =
            if none { u64::MAX } else { now_ns.saturating_add(nanos(rng.exponential(1.0 / rate))) };
    }

    /// The next message; `None` when the session is over.
    pub(crate) fn next(&mut self, rng: &mut Rng) -> Option<Word> {
        loop {
            let due = self.job_ns.min(self.share_ns).min(self.keepalive_ns);
            if let Some(word) = self.queue.front()
                && word.time_ns <= due
            {
                return self.queue.pop_front();
            }
            if due >= self.end_ns {
                return self.queue.pop_front();
            }
            self.now_ns = due;
            if due == self.job_ns {
                let size = rng.pick(&self.sizes.jobs);
                self.put(due, Side::Server, size);
                self.mining.jobs += 1;
                self.plan_job(due, rng);
            } else if due == self.share_ns {
                self.share(due, rng);
            } else {
                self.put(due, Side::Client, 110);
                self.put(due + self.rtt_ns + 900_000, Side::Server, 64);
                self.keepalive_ns = due + nanos(self.habits.keepalive_s.unwrap_or(60.0));
            }
        }
    }

    fn share(&mut self, due: u64, rng: &mut Rng) {
        let said = due + nanos(rng.between(0.0, self.habits.jitter_s));
        let (share, answer) = (rng.pick(&self.sizes.shares), rng.pick(&self.sizes.answers));
        self.put(said, Side::Client, share);
        self.put(said + self.rtt_ns + nanos(rng.between(0.001, 0.03)), Side::Server, answer);
        self.mining.shares.submitted += 1;
        if rng.chance(0.985) {
            self.mining.shares.accepted += 1;
            let work = self.full_rate * 60.0 / self.habits.shares_per_minute;
            self.mining.accepted_work += work;
        } else {
            self.mining.shares.rejected += 1;
        }
        self.plan_share(due, rng);
    }

    fn put(&mut self, time_ns: u64, from: Side, size: u32) {
        let place = self.queue.partition_point(|word| word.time_ns <= time_ns);
        self.queue.insert(place, Word { time_ns, from, size });
    }

    /// The truth about it, until `ended_ns`, and the rate over time.
    pub(crate) fn truth(&self, ended_ns: u64) -> (Mining, Vec<(u64, f64)>) {
        let mut mining = self.mining.clone();
        mining.ended_ns = ended_ns.min(self.end_ns).max(mining.logged_in_ns);
        let mut rates = vec![(mining.logged_in_ns, self.full_rate)];
        for (from, part) in &self.habits.throttle {
            if *from <= mining.logged_in_ns {
                rates.clear();
            }
            if *from < mining.ended_ns {
                rates.push(((*from).max(mining.logged_in_ns), self.full_rate * part));
            }
        }
        let mut work = 0.0;
        for (place, (from, rate)) in rates.iter().enumerate() {
            let to = rates.get(place + 1).map_or(mining.ended_ns, |next| next.0);
            work += rate * seconds(to.saturating_sub(*from));
        }
        mining.hashrate = work / seconds(mining.ended_ns - mining.logged_in_ns).max(1e-9);
        (mining, rates)
    }
}

/// The sizes of what a session of the same kind says, and its truth.
fn sizes(session: &Session) -> Option<(Sizes, Mining)> {
    let sample = Session {
        seconds: 400.0,
        hashrate: session.coin.usual_rate(),
        rate_changes: Vec::new(),
        shares_per_minute: 12.0,
        retarget_seconds: f64::INFINITY,
        keepalive_seconds: f64::INFINITY,
        reconnect_seconds: None,
        ..session.clone()
    };
    let dialogue = sample.dialogues().into_iter().next()?;
    let mining = dialogue.mining?;
    let mut sizes = Sizes::default();
    let mut shared_ns = None;
    for turn in &dialogue.turns {
        let size = u32::try_from(turn.bytes.len()).unwrap_or(0);
        if turn.time_ns <= mining.logged_in_ns {
            sizes.opening.push((turn.from, size));
        } else if turn.from == Side::Client {
            sizes.shares.push(size);
            shared_ns = Some(turn.time_ns);
        } else if shared_ns.is_some_and(|time| turn.time_ns - time < dialogue.rtt_ns + 8_000_000) {
            sizes.answers.push(size);
            shared_ns = None;
        } else {
            sizes.jobs.push(size);
        }
    }
    for (list, usual) in
        [(&mut sizes.jobs, 400), (&mut sizes.shares, 230), (&mut sizes.answers, 64)]
    {
        if list.is_empty() {
            list.push(usual);
        }
    }
    Some((sizes, mining))
}
