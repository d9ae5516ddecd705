//! Where collectors pour what they read.

use std::collections::BTreeMap;

use minehound_model::{Examined, Observation};
use serde::Serialize;

/// How many skipped records are listed one by one; the rest is counted.
pub const MAX_LISTED_SKIPS: usize = 100;

/// Takes what a collector reads, as it reads it.
pub trait Sink {
    /// Takes an observation.
    fn observe(&mut self, observation: Observation);

    /// Takes note of what was looked at.
    fn examined(&mut self, examined: Examined);

    /// Takes note of a record that could not be used.
    fn skip(&mut self, record: u64, reason: Reason);
}

/// Why one record was not used: the id of a message in the catalogues, for example `not-ip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Reason(pub &'static str);

/// The records that could not be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Skips {
    /// How many, per reason.
    pub counts: BTreeMap<Reason, u64>,
    /// The first [`MAX_LISTED_SKIPS`], by record number.
    pub first: Vec<(u64, Reason)>,
}

impl Skips {
    /// Counts one more.
    pub fn add(&mut self, record: u64, reason: Reason) {
        *self.counts.entry(reason).or_default() += 1;
        if self.first.len() < MAX_LISTED_SKIPS {
            self.first.push((record, reason));
        }
    }

    /// How many in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// A sink that keeps everything: for inputs that are small once reduced.
#[derive(Debug, Default)]
pub struct Collected {
    /// What was seen.
    pub observations: Vec<Observation>,
    /// What was looked at.
    pub examined: Vec<Examined>,
    /// What could not be used.
    pub skips: Skips,
}

impl Sink for Collected {
    fn observe(&mut self, observation: Observation) {
        self.observations.push(observation);
    }

    fn examined(&mut self, examined: Examined) {
        self.examined.push(examined);
    }

    fn skip(&mut self, record: u64, reason: Reason) {
        self.skips.add(record, reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_skip_is_counted_and_the_first_hundred_are_listed() {
        let mut skips = Skips::default();
        for record in 1..=250 {
            skips.add(record, Reason("too-long"));
        }
        assert_eq!(skips.total(), 250);
        assert_eq!(skips.first.len(), MAX_LISTED_SKIPS);
        assert_eq!(skips.first.last(), Some(&(100, Reason("too-long"))));
    }
}
