//! What is like a mining session, if not enough to say so.
//!
//! The patterns ask for much of each stretch. A miner that hands in little, a coin whose blocks come
//! every second, jobs of more lengths than three or messages that are held back show the same
//! machine with less certainty: what is asked is answered in turn, by something shorter, and what is
//! pushed is longer than that. So does some innocent life. By itself a likeness says nothing; it is
//! what a second, independent look can be held against.

use std::ops::RangeInclusive;

use super::{Cadence, Exchange};

/// How long an answer to a share is, in bytes: from an id and nothing else in JSON (nine bytes, as
/// in Ethereum Stratum 2) in a TLS record (22 more) to one in TLS in a tunnel.
const ANSWERS: RangeInclusive<u32> = 31..=160;

impl Cadence {
    /// Whether everything said in the stretch has its place in a mining session: most of what is
    /// asked is answered, shortly and in one form; most of what is pushed is longer than that and of
    /// few forms.
    #[must_use]
    pub fn is_alike(&self) -> bool {
        let (jobs, shares) = (&self.jobs, &self.shares);
        let (least, most) = jobs.lengths();
        jobs.count >= 4
            && jobs.alike >= 0.7
            && least > shares.answer.high
            && least >= 80
            && most <= 4_000
            && self.unexplained <= 0.5
            && [shares, &self.clock].into_iter().all(Exchange::is_answered_shortly)
    }
}

impl Exchange {
    /// Whether what was asked, if anything, got answers of one form as short as those to shares are.
    fn is_answered_shortly(&self) -> bool {
        self.form.count == 0
            || self.answered >= 0.8
                && self.alike >= 0.7
                && (50..=3_000).contains(&self.form.low)
                && ANSWERS.contains(&self.answer.low)
    }
}
