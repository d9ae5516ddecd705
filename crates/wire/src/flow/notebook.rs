//! Whose rhythm is noted.

use super::Events;
use super::engine::Seen;
use super::entry::{Entry, Marks};
use super::key::Key;
use super::rhythm::{Noted, Rhythm};
use crate::End;

/// Keeps the rhythms of flows, so many at the most.
pub(super) struct Notebook {
    limit: usize,
    live: usize,
    /// Flows whose rhythm was not noted because there were too many.
    pub(super) unnoted: u64,
}

impl Notebook {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, live: 0, unnoted: 0 }
    }

    /// Notes when a payload came, who sent it and how long it was.
    pub(super) fn note(
        &mut self,
        key: &impl Key,
        entry: &mut Entry,
        from: End,
        seen: &Seen<'_>,
        out: &mut dyn Events,
    ) {
        if entry.rhythm.is_none() {
            if self.live >= self.limit {
                if !entry.marks.has(Marks::UNNOTED) {
                    entry.marks.set(Marks::UNNOTED);
                    self.unnoted += 1;
                }
                return;
            }
            self.live += 1;
            entry.rhythm = Some(Box::new(Rhythm::new(seen.at, seen.packet)));
        }
        let Some(rhythm) = &mut entry.rhythm else { return };
        if rhythm.note(from, seen.at, seen.packet) == Noted::Quietly {
            return;
        }
        let mut rhythm = entry.rhythm.take();
        if let Some(full) = &mut rhythm {
            out.rhythm(&entry.flow(key), full);
            full.turn();
        }
        entry.rhythm = rhythm;
    }

    /// Hands on what is left of a flow that is over.
    pub(super) fn close(&mut self, key: &impl Key, entry: &mut Entry, out: &mut dyn Events) {
        let Some(rhythm) = entry.rhythm.take() else { return };
        self.live -= 1;
        if !rhythm.is_empty() {
            out.rhythm(&entry.flow(key), &rhythm);
        }
    }
}
