//! The end of the book: whether it was a session, and what is left of it.

use super::proof::Proof;
use super::{Ledger, slot};
use crate::Stamp;
use crate::session::{Dialect, Mark, Session, Target};

/// Fewer messages say nothing of how they were sent: a pool sends three at once after a login.
const FEWEST_AT_ONCE: u64 = 4;

impl Ledger {
    /// The session, if there was one; the flow was seen open until `end`.
    pub(crate) fn finish(self, end: Stamp) -> Option<Session> {
        if self.proven() { self.close(end) } else { None }
    }

    /// What is left where work was asked for, too seldom to be mining on this connection alone.
    pub(crate) fn finish_asking(self, end: Stamp) -> Option<Session> {
        let fetches = matches!(
            self.session.dialect,
            Dialect::EthGetwork | Dialect::Getwork | Dialect::Getblocktemplate
        );
        let asked = !self.proven() && fetches && self.session.work_requests > 0;
        if asked { self.close(end) } else { None }
    }

    fn close(mut self, end: Stamp) -> Option<Session> {
        if self.is_transcript() || self.is_other_service() {
            return None;
        }
        self.session.overheard = !self.heard(self.session.miner);
        self.settle(end);
        let pool = self.session.miner.other();
        self.session.pool_unheard = !self.heard(pool);
        self.session.shares_alone = self.proof == Proof::Share;
        self.session.words_alone = match self.session.dialect {
            Dialect::Getblocktemplate => self.proof <= Proof::Words,
            _ => self.proof == Proof::Words,
        };
        self.session.at_once =
            self.session.messages >= FEWEST_AT_ONCE && self.rapid * 2 > self.session.messages;
        // Some pools say nothing of a share that they accept.
        let quiet = matches!(self.session.dialect, Dialect::Nimiq | Dialect::Alephium)
            && self.session.accepted == 0;
        let deaf =
            quiet || !self.heard(pool) || self.lost.get(slot(pool)).copied().unwrap_or_default();
        if deaf {
            self.session.exposed_shares += self.open_shares;
        }
        if let Some((difficulty, since)) = self.next.take()
            && self.session.targets.is_empty()
        {
            self.session.targets.push(Target { since, difficulty });
        }
        self.session.marks.insert(Mark::First, self.first);
        self.session.marks.insert(Mark::Last, self.last);
        Some(self.session)
    }

    /// Whether what was heard in full is another service's: answers to `getwork` that hold no work,
    /// or results handed in for which no job was ever given out.
    fn is_other_service(&self) -> bool {
        let it = &self.session;
        let handed_out_other = it.dialect == Dialect::Getwork
            && self.not_work > 0
            && it.work_answers + it.submitted == 0;
        let whole = it.from_start && !it.gaps && self.heard.iter().all(|heard| *heard);
        handed_out_other || self.proof == Proof::Share && whole && it.jobs == 0
    }

    /// Whether one end said what both ends of a session say: a recording of one, sent along.
    fn is_transcript(&self) -> bool {
        let contradictions = self.contradictions;
        // What one end says alone must be all of one side.
        let alone = self.spoke.iter().filter(|it| **it).count() < 2;
        alone && contradictions > 0
            || contradictions > 1 && contradictions * 16 >= self.session.messages
    }
}
