//! Which patterns count as mining, and the conditions that each must meet.
//!
//! Lengths are bounded by what the dialects can say at all: the shortest share and job are those of
//! encrypted Stratum V2 (62 and 84 bytes), the longest share an Equihash solution, the shortest
//! answer that of EIP-1571, a bare `{"id":1}`, which takes 31 bytes in TLS 1.3. The other bounds were set on worlds of the range; `minehound range
//! score` says of any world how often they hold and how often innocent flows meet them.

use std::ops::RangeInclusive;

use super::{Cadence, MIN_SHARES};

/// How long an answer to a share is, in bytes: from a bare id in JSON to one in TLS in a tunnel.
const ANSWERS: RangeInclusive<u32> = 30..=160;

/// Which pattern of mining a stretch shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// Shares, answers and jobs.
    SharesAndJobs,
    /// Jobs alone, by a timer that blocks cut short.
    JobsAlone,
    /// Hardly anything but pushes of one form by chance: jobs of new blocks to a slow miner.
    BlocksAlone,
    /// Shares, answers and jobs, all padded at random.
    Padded,
    /// The opening of encrypted Stratum V2, and frames of its lengths.
    StratumV2,
}

impl Cadence {
    /// The pattern shown, if any: every condition holds.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern> {
        match () {
            () if self.opens_stratum_v2 => Some(Pattern::StratumV2),
            () if self.padded.is_some() => self.is_padded().then_some(Pattern::Padded),
            () if self.has_shares() && self.has_jobs() => Some(Pattern::SharesAndJobs),
            () if self.has_jobs_alone() => Some(Pattern::JobsAlone),
            () if self.has_blocks_alone() => Some(Pattern::BlocksAlone),
            () => None,
        }
    }

    fn has_shares(&self) -> bool {
        let it = &self.shares;
        it.form.count >= MIN_SHARES
            && it.is_acknowledged()
            && (60..=3_000).contains(&it.form.low)
            && ANSWERS.contains(&it.answer.low)
            && it.gaps.near_median <= 0.35
            && (0.45..=2.5).contains(&it.gaps.variation)
            && self.unexplained <= 0.2
    }

    fn has_jobs(&self) -> bool {
        let it = &self.jobs;
        let (least, _) = it.lengths();
        it.count >= 4
            && it.alike >= 0.8
            && least > self.shares.answer.high
            && (80..=4_000).contains(&least)
            && it.gaps.median_s <= 240.0
            // Only coins with blocks every second have jobs so often, and then shares are not rare.
            && (it.gaps.median_s >= 3.0 || it.count <= 15 * self.shares.form.count)
            // What comes about every so often is neither a timer nor chance, and no pool has a timer
            // of a few seconds.
            && (it.gaps.near_median <= 0.6 || it.timer.sharp >= 0.8 && it.timer.period_s >= 5.0)
    }

    /// Shares and jobs, told by when they come: their lengths say only that they are padded.
    fn is_padded(&self) -> bool {
        let (shares, jobs) = (&self.shares, &self.jobs);
        let (least, _) = jobs.lengths();
        shares.form.count >= 2 * MIN_SHARES
            && shares.answered >= 0.9
            && ANSWERS.contains(&shares.answer.low)
            && shares.answer.low < shares.form.low.min(least)
            && (60..=3_000).contains(&shares.form.low)
            && shares.gaps.near_median <= 0.35
            && (0.6..=2.0).contains(&shares.gaps.variation)
            && (80..=4_000).contains(&least)
            && (3.0..=240.0).contains(&jobs.gaps.median_s)
    }

    fn has_jobs_alone(&self) -> bool {
        let (it, timer) = (&self.jobs, &self.jobs.timer);
        let (least, most) = it.lengths();
        it.count >= 14
            && it.alike >= 0.95
            && self.unexplained <= 0.06
            && self.asks_little()
            && least >= 150
            && most <= 1_400
            && (5.0..=90.0).contains(&timer.period_s)
            && (0.3..=0.95).contains(&timer.at_period)
            && timer.sharp >= 0.85
            && timer.beyond <= 0.05
            && timer.cut_short >= 3
            && timer.crowding <= 0.6
    }

    fn has_blocks_alone(&self) -> bool {
        let it = &self.jobs;
        let (least, most) = it.lengths();
        it.count >= 8
            && self.shares.form.count <= it.count
            && it.alike >= 0.97
            && self.unexplained <= 0.03
            && self.asks_little()
            && most - least <= 4
            && (180..=1_200).contains(&least)
            && it.gaps.near_median <= 0.3
            && (0.55..=1.6).contains(&it.gaps.variation)
            && (10.0..=240.0).contains(&it.gaps.median_s)
    }

    /// Whether whatever is asked has shorter answers, shorter also than what is pushed.
    fn asks_little(&self) -> bool {
        let (least, _) = self.jobs.lengths();
        let short = |it: &super::Exchange| {
            it.form.count == 0
                || it.is_acknowledged()
                    && ANSWERS.contains(&it.answer.low)
                    && it.answer.high < least
        };
        short(&self.shares) && short(&self.clock)
    }
}
