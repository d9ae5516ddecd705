//! What proves that this is mining, in which dialect, and who mines.

use super::{Ledger, Surety};
use crate::End;
use crate::session::Dialect;

/// One in 2^32 queues whose results are of any size looks like shares.
const CHANCE_BITS: u32 = 32;
/// Below is no difficulty that a pool gives, above none that anything meets: padding has more zeros.
const SMALL_BITS: std::ops::RangeInclusive<u32> = 4..=60;

/// What the hashes handed in have in common.
#[derive(Debug)]
pub(super) struct SmallHashes {
    count: u32,
    fewest_bits: u32,
    last: Box<str>,
}

impl Default for SmallHashes {
    fn default() -> Self {
        Self { count: 0, fewest_bits: u32::MAX, last: Box::default() }
    }
}

/// What proves that this is mining.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Proof {
    /// Nothing yet.
    Nothing,
    /// Methods by their names, or questions that others put too.
    Words,
    /// Shares of a shape that another service's may have too.
    Share,
    /// A message that only mining has.
    Message,
}

impl Ledger {
    pub(crate) fn proven(&self) -> bool {
        self.proof > Proof::Nothing
    }

    /// Whether a message was seen that only mining has.
    pub(crate) fn is_message_proven(&self) -> bool {
        self.proof == Proof::Message
    }

    /// A message that only mining has: who mines, and in which dialect.
    pub(crate) fn prove(&mut self, dialect: Dialect, surety: Surety, miner: End) {
        self.prove_as(Proof::Message, dialect, surety, miner);
    }

    /// A share in words that are everyone's: mining by its shape, though other services that hand
    /// out jobs may have it.
    pub(crate) fn prove_by_share(&mut self, dialect: Dialect, surety: Surety, miner: End) {
        self.prove_as(Proof::Share, dialect, surety, miner);
    }

    /// A hash handed in, of which so many upper bits are zero; the one before once more is none.
    /// Results of other work are of any size: once so many bits are zero in all as chance does not
    /// make, they are shares.
    pub(crate) fn hands_in_hash(&mut self, zero_bits: u32, hash: &str) {
        let small = &mut self.small_hashes;
        if *small.last == *hash {
            return;
        }
        small.last = hash.into();
        small.count = small.count.saturating_add(1);
        let plausible = if SMALL_BITS.contains(&zero_bits) { zero_bits } else { 0 };
        small.fewest_bits = small.fewest_bits.min(plausible);
        if small.count > 1 && small.count.saturating_mul(small.fewest_bits) >= CHANCE_BITS {
            self.proof = Proof::Message;
        }
    }

    /// A method of the dialect by its name, or a question that a monitor puts too: mining until
    /// nothing better comes.
    pub(crate) fn prove_by_words(&mut self, dialect: Dialect, surety: Surety, miner: End) {
        self.prove_as(Proof::Words, dialect, surety, miner);
    }

    fn prove_as(&mut self, proof: Proof, dialect: Dialect, surety: Surety, miner: End) {
        self.proof = self.proof.max(proof);
        self.hint(dialect, surety);
        self.mines(miner);
    }

    /// A message that tells the dialect, if this is mining at all.
    pub(crate) fn hint(&mut self, dialect: Dialect, surety: Surety) {
        if surety > self.surety {
            self.surety = surety;
            self.session.dialect = dialect;
        }
    }

    /// Who mines, if this is mining at all.
    pub(crate) fn mines(&mut self, miner: End) {
        self.session.miner = *self.miner.get_or_insert(miner);
        self.contradictions += u64::from(self.session.miner != miner);
    }
}
