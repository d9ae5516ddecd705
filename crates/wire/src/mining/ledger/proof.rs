//! What proves that this is mining, in which dialect, and who mines.

use super::{Ledger, Surety};
use crate::End;
use crate::session::Dialect;

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
