//! The end of the book: whether it was a session, and what is left of it.

use super::{Ledger, slot};
use crate::Stamp;
use crate::session::{Dialect, Mark, Session, Target};

impl Ledger {
    /// The session, if there was one; the flow was seen open until `end`.
    pub(crate) fn finish(mut self, end: Stamp) -> Option<Session> {
        // A transcript of a session, sent by one end, makes either end the miner in turn.
        let contradictions = self.contradictions;
        let transcript = contradictions > 1 && contradictions * 16 >= self.session.messages;
        if !self.proven || transcript {
            return None;
        }
        self.session.overheard = !self.heard(self.session.miner);
        self.settle(end);
        let pool = self.session.miner.other();
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
}
