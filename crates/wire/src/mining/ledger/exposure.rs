//! The difficulties in force, and how long the miner was exposed to them.
//!
//! A hashrate is the number of shares divided by the integral of time over difficulty, whatever the pool
//! did to the difficulty meanwhile; this file keeps that integral.

use crate::Stamp;
use crate::session::{DifficultyUnit, Login, MAX_TARGETS, Mark, Target};

use super::Ledger;
use crate::mining::difficulty::plausible;

/// Most Stratum V2 channels whose difficulty is followed.
const MAX_CHANNELS: usize = 64;

/// A channel of Stratum V2, or the only one of the other dialects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channel {
    id: u32,
    difficulty: f64,
}

impl Ledger {
    /// A job that brings the difficulty announced before it into force.
    pub(crate) fn job(&mut self, at: Stamp) {
        self.settle(at);
        self.session.jobs += 1;
        self.job_seen = true;
        self.mark(Mark::Job, at);
        if let Some((difficulty, _)) = self.next.take() {
            self.in_force(0, difficulty, at);
        }
    }

    /// A difficulty that counts from the next job on.
    pub(crate) fn difficulty_next(&mut self, difficulty: f64, unit: DifficultyUnit, at: Stamp) {
        if let Some(difficulty) = plausible(difficulty)
            && self.counts_in(unit)
        {
            self.mark(Mark::Difficulty, at);
            self.next = Some((difficulty, at));
        }
    }

    /// A difficulty that counts from now on, for one channel (0 where there are none).
    pub(crate) fn difficulty_now(
        &mut self,
        channel: u32,
        difficulty: f64,
        unit: DifficultyUnit,
        at: Stamp,
    ) {
        if let Some(difficulty) = plausible(difficulty)
            && self.counts_in(unit)
        {
            self.settle(at);
            self.mark(Mark::Difficulty, at);
            self.next = None;
            self.in_force(channel, difficulty, at);
        }
    }

    /// A channel that ended.
    pub(crate) fn close_channel(&mut self, channel: u32, at: Stamp) {
        self.settle(at);
        self.channels.retain(|open| open.id != channel);
    }

    /// Hashes tell more than a pool's own difficulty: once seen, they are what counts.
    fn counts_in(&mut self, unit: DifficultyUnit) -> bool {
        let current = &mut self.session.difficulty_unit;
        let fresh = self.session.targets.is_empty() && self.next.is_none();
        if *current == unit || fresh {
            *current = unit;
            return true;
        }
        if unit == DifficultyUnit::PoolDifficulty {
            return false;
        }
        *current = unit;
        self.session.targets.clear();
        self.channels.clear();
        self.next = None;
        self.session.exposure = 0.0;
        self.session.exposed_s = 0.0;
        self.session.exposed_shares = 0;
        self.open_shares = 0;
        (self.target_stride, self.target_changes) = (1, 0);
        true
    }

    fn in_force(&mut self, id: u32, difficulty: f64, at: Stamp) {
        let room = self.channels.len() < MAX_CHANNELS;
        match self.channels.iter_mut().find(|channel| channel.id == id) {
            Some(channel) if same(channel.difficulty, difficulty) => return,
            Some(channel) => channel.difficulty = difficulty,
            None if room => self.channels.push(Channel { id, difficulty }),
            None => return,
        }
        self.note_target(difficulty, at);
    }

    fn note_target(&mut self, difficulty: f64, at: Stamp) {
        let targets = &mut self.session.targets;
        if targets.len() >= MAX_TARGETS {
            let mut index = 0_usize;
            targets.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.target_stride = self.target_stride.saturating_mul(2);
        }
        if self.target_changes.is_multiple_of(self.target_stride) {
            targets.push(Target { since: at, difficulty });
        }
        self.target_changes += 1;
    }

    fn logged_in(&self) -> bool {
        let accounts = &self.session.accounts;
        let answered = accounts.iter().any(|account| account.state == Login::Accepted);
        let unseen = accounts.is_empty()
            && !(self.session.from_start && self.heard(self.session.miner))
            || accounts.iter().all(|account| account.state == Login::Unanswered)
                && !self.session.from_start
                && self.session.submitted > 0;
        answered || self.admitted || self.session.accepted > 0 || unseen
    }

    pub(super) fn running(&self) -> bool {
        self.job_seen && !self.channels.is_empty() && self.logged_in()
    }

    /// Counts the time since the last call towards the exposure.
    pub(crate) fn settle(&mut self, at: Stamp) {
        let elapsed_ns = at.time_ns.saturating_sub(self.settled_ns).max(0);
        self.settled_ns = self.settled_ns.max(at.time_ns);
        if elapsed_ns > 0 && self.running() {
            let span_s = seconds(elapsed_ns);
            let rate: f64 = self.channels.iter().map(|channel| channel.difficulty.recip()).sum();
            self.session.exposure += span_s * rate;
            self.session.exposed_s += span_s;
        }
    }
}

/// Whether two difficulties are one, to the last bit that a pool would tell apart.
fn same(one: f64, other: f64) -> bool {
    (one - other).abs() <= one.abs() * 1e-12
}

#[allow(clippy::cast_precision_loss, reason = "a capture lasts far less than 2^53 nanoseconds")]
fn seconds(elapsed_ns: i64) -> f64 {
    elapsed_ns as f64 / 1e9
}
