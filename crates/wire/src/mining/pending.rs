//! Requests waiting for their answers.

use std::collections::VecDeque;

use serde_json::Value;

use crate::End;
use crate::jsonrpc::Id;

use super::ledger::Share;

/// Most requests remembered; the oldest is forgotten first.
const MAX_PENDING: usize = 64;

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Work by subscription.
    Subscribe,
    /// To be let in, under this account.
    Login(Option<usize>),
    /// That this share be counted.
    Share(Share),
    /// For work, once.
    Work,
    /// Anything else.
    Other,
}

/// Requests waiting for their answers, oldest first: many miners give all their shares one identifier.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    asked: VecDeque<(End, Id, Ask)>,
}

impl Pending {
    pub(crate) fn ask(&mut self, from: End, id: Id, ask: Ask) {
        if self.asked.len() >= MAX_PENDING {
            self.asked.pop_front();
        }
        self.asked.push_back((from, id, ask));
    }

    /// The oldest request of the other end with this identifier. Where answers come `in_order`, as over
    /// HTTP, the only request open is the one answered: some pools do not care for identifiers.
    pub(crate) fn answered(&mut self, answerer: End, id: &Id, in_order: bool) -> Option<Ask> {
        let asker = answerer.other();
        let open = self.asked.iter().filter(|(from, _, _)| *from == asker).count();
        let any = in_order && open == 1;
        let index = self
            .asked
            .iter()
            .position(|(from, known, _)| *from == asker && (known == id || any))?;
        self.asked.remove(index).map(|(_, _, ask)| ask)
    }

    /// Whether an end answers its own question, as a recording of both ends does: a miner has the
    /// pool's questions to answer too, but not as a pool answers shares and logins.
    pub(crate) fn answers_itself(&mut self, from: End, id: &Id, result: &Value) -> bool {
        let fits = |ask: &Ask| match ask {
            Ask::Share(_) | Ask::Login(_) => {
                matches!(result, Value::Bool(_) | Value::Null) || result.get("status").is_some()
            }
            Ask::Subscribe => result.is_array(),
            Ask::Work | Ask::Other => false,
        };
        let own = |(end, known, ask): &(End, Id, Ask)| {
            *end == from && known == id && *id != Id::None && fits(ask)
        };
        let index = self.asked.iter().position(own);
        index.and_then(|index| self.asked.remove(index)).is_some()
    }

    /// The oldest share of the other end, for dialects without identifiers.
    pub(crate) fn share_answered(&mut self, answerer: End) -> Option<Share> {
        let asker = answerer.other();
        let found =
            |(from, _, ask): &(End, Id, Ask)| *from == asker && matches!(ask, Ask::Share(_));
        let index = self.asked.iter().position(found)?;
        match self.asked.remove(index)?.2 {
            Ask::Share(share) => Some(share),
            _ => None,
        }
    }

    /// The oldest login of the other end, for dialects without identifiers.
    pub(crate) fn login_answered(&mut self, answerer: End) -> Option<Ask> {
        let asker = answerer.other();
        let found =
            |(from, _, ask): &(End, Id, Ask)| *from == asker && matches!(ask, Ask::Login(_));
        let index = self.asked.iter().position(found)?;
        self.asked.remove(index).map(|(_, _, ask)| ask)
    }
}
