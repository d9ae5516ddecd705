//! Which ends of the session were heard, and what each said.

use super::{Ledger, slot};
use crate::End;
use crate::mining::Said;

/// Messages closer to each other than this were sent at once.
const AT_ONCE_NS: i64 = 20_000_000;

impl Ledger {
    pub(crate) fn heard_from(&mut self, end: End) {
        if let Some(heard) = self.heard.get_mut(slot(end)) {
            *heard = true;
        }
    }

    /// Whether nothing was ever heard from the miner's end.
    pub(crate) fn miner_is_silent(&self) -> bool {
        self.miner.is_some_and(|miner| !self.heard(miner))
    }

    /// Whether anything was heard from an end.
    pub(crate) fn heard(&self, end: End) -> bool {
        self.heard.get(slot(end)).copied().unwrap_or_default()
    }

    pub(crate) fn lost(&mut self, end: End) {
        self.session.gaps = true;
        if let Some(lost) = self.lost.get_mut(slot(end)) {
            *lost = true;
        }
    }

    /// Counts a message that belongs to a dialect of mining.
    pub(crate) fn message(&mut self, said: Said) {
        self.session.messages += 1;
        if let Some(spoke) = self.spoke.get_mut(slot(said.from)) {
            *spoke = true;
        }
        let at_once = |it: Said| {
            it.from == said.from && said.at.time_ns.saturating_sub(it.at.time_ns) < AT_ONCE_NS
        };
        self.rapid += u64::from(self.spoken.is_some_and(at_once));
        self.spoken = Some(said);
    }

    /// Whether an end said anything that belongs to a dialect.
    pub(crate) fn spoke(&self, end: End) -> bool {
        self.spoke.get(slot(end)).copied().unwrap_or_default()
    }

    /// A message that the end which said it cannot have said in a session.
    pub(crate) fn contradicts(&mut self) {
        self.contradictions += 1;
    }
}
