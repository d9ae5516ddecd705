//! The pool's end of a connection: answers, jobs, difficulty.

use super::{Due, Life};
use crate::dialogue::{Side, nanos, seconds};
use crate::rhythm::Refresh;
use crate::speech::Answer;

impl Life {
    /// Sets the clocks of jobs when the miner has logged in.
    pub(super) fn first_jobs(&mut self) {
        if let Some(jobs) = &self.plan.jobs {
            self.job_at = jobs.partition_point(|job| job.time_ns <= self.now);
            if !self.plan.handed_on {
                self.behind_ns = self.plan.rtt_ns / 2 + nanos(self.rng.between(0.0, 0.03));
            }
        }
        if !self.polled {
            self.refresh_ns = match self.plan.refresh {
                Refresh::Between(low, high) if !self.plan.handed_on => {
                    self.after(f64::midpoint(low, high))
                }
                _ => self.next_refresh(),
            };
        }
        self.block_ns = self.next_block();
    }

    fn next_block(&mut self) -> u64 {
        let Some(jobs) = &self.plan.jobs else {
            let gap = self.rng.exponential(self.plan.block_seconds).max(0.3);
            return self.after(gap);
        };
        let Some(job) = jobs.get(self.job_at) else { return u64::MAX };
        if self.plan.handed_on {
            return job.time_ns;
        }
        job.time_ns + self.behind_ns + nanos(self.rng.between(0.0, 0.004))
    }

    fn next_refresh(&mut self) -> u64 {
        match self.plan.refresh {
            Refresh::Never => u64::MAX,
            // a proxy has no timer of its own
            _ if self.plan.handed_on => u64::MAX,
            // what the pool sends to everybody has its timer in it
            Refresh::AfterJob(_) | Refresh::Steady(_) if self.plan.jobs.is_some() => u64::MAX,
            Refresh::Between(low, high) => {
                let pause = self.rng.between(low, high);
                self.after(pause)
            }
            Refresh::AfterJob(seconds) | Refresh::Steady(seconds) => self.after(seconds),
        }
    }

    pub(super) fn expect_answer(&mut self, due: Due) {
        let asked = self.now.max(self.said_ns);
        // most answers come within some milliseconds of the way itself, some take longer
        let work = (0.000_5 + self.rng.exponential(0.006)).min(0.03);
        let time = asked + self.plan.rtt_ns + nanos(work);
        let time = self.due.back().map_or(time, |(last, _)| time.max(*last + 20_000));
        self.due.push_back((time, due));
    }

    pub(super) fn answer(&mut self) {
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
                let good = answer == Answer::Accepted;
                if good {
                    self.out.shares.accepted += 1;
                    self.out.accepted_work += work;
                } else {
                    self.out.shares.rejected += 1;
                }
                let bytes = self.speaker.answer(id, answer);
                self.say(Side::Server, bytes);
                let eager = self.plan.job_after_share;
                if good && eager > 0.0 && !self.polled && self.rng.chance(eager) {
                    self.now += nanos(self.rng.between(0.000_2, 0.05));
                    self.push_job(false);
                }
                return;
            }
        };
        self.say(Side::Server, bytes);
    }

    /// A block, or whatever the pool sends to everybody next.
    pub(super) fn block(&mut self) {
        let clean = match &self.plan.jobs {
            None => true,
            Some(jobs) => {
                let clean = jobs.get(self.job_at).is_none_or(|job| job.clean);
                self.job_at += 1;
                clean
            }
        };
        self.block_ns = self.next_block();
        if self.polled {
            self.new_block |= clean;
            return;
        }
        self.push_job(clean);
        if clean {
            self.out.blocks_ns.push(self.said_ns);
        }
    }

    pub(super) fn refresh(&mut self) {
        self.push_job(false);
    }

    fn push_job(&mut self, clean: bool) {
        let bytes = self.speaker.job(self.unix(), clean);
        self.say(Side::Server, bytes);
        self.out.jobs += 1;
        self.refresh_ns = self.next_refresh();
        if (self.working - self.settled).abs() > 0.0 {
            self.working = self.settled;
            self.new_share();
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of shares are small")]
    pub(super) fn retarget(&mut self) {
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
                self.say(Side::Server, bytes);
                if !self.plan.lazy {
                    self.now += 100_000;
                    self.push_job(false);
                }
            }
            None => self.push_job(false),
        }
    }
}
