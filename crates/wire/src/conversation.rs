//! Decoding of everything a connection says, as far as mining goes.
//!
//! Each direction is a lane of its own, because a capture may hold only one of them and may begin in
//! the middle. A lane finds out what its bytes are, peels off what carries them (HTTP, CONNECT, SOCKS,
//! WebSocket, gzip) and hands the messages inside to one talk, which keeps the book.
//!
//! Memory is bounded: per direction at most 32 KiB of one message, another 16 KiB of an HTTP head or 48
//! KiB of a decompressor's window, and some 50 KiB for the book; typically 2 KiB in all.

mod gzip;
mod lane;
mod opening;
mod socks;

use crate::mining::{Said, Talk};
use crate::session::{Carrier, Session};
use crate::{End, Stamp};

use lane::{Lane, Shared};
pub use opening::Sniff;

/// Bytes after which a connection that said nothing about mining is given up.
const MAX_UNPROVEN: u64 = 256 << 10;
/// The same, when work was asked for: a block template has megabytes.
const MAX_UNPROVEN_WORK: u64 = 64 << 20;
/// Most changes of protocol within one call.
const MAX_CHANGES: usize = 16;

/// What a connection has turned out to be so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It cannot be told yet.
    Undecided,
    /// Not mining in clear text; nothing more needs to be pushed.
    NotMining,
    /// Mining.
    Mining,
}

/// One connection, of which both directions are decoded as they come.
#[derive(Debug)]
pub struct Conversation {
    talk: Talk,
    opener: Lane,
    answerer: Lane,
    shared: Shared,
    pushed: u64,
}

impl Conversation {
    /// A connection first seen at `first`; `from_start` where its beginning was captured.
    #[must_use]
    pub fn new(first: Stamp, from_start: bool) -> Self {
        Self {
            talk: Talk::new(first, from_start),
            opener: Lane::fresh(!from_start),
            answerer: Lane::fresh(!from_start),
            shared: Shared::new(from_start),
            pushed: 0,
        }
    }

    /// Whether bytes that begin like this could open, or go on with, something decoded here. Looks at
    /// eight bytes at most; with fewer, the answer is [`Sniff::Maybe`] where they could begin one.
    #[must_use]
    pub fn sniff(prefix: &[u8]) -> Sniff {
        opening::sniff(prefix)
    }

    /// Takes the next bytes of one direction, in order.
    pub fn push(&mut self, from: End, at: Stamp, bytes: &[u8]) -> Standing {
        if bytes.is_empty() {
            return self.standing();
        }
        self.pushed = self.pushed.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.talk.ledger.heard_from(from);
        let said = Said { from, at };
        let lane = match from {
            End::Opener => &mut self.opener,
            End::Answerer => &mut self.answerer,
        };
        let mut change = lane.push(&mut self.talk, &mut self.shared, said, bytes);
        for _ in 0..MAX_CHANGES {
            let Some((next, rest)) = change else { break };
            *lane = next;
            if rest.is_empty() {
                break;
            }
            change = lane.push(&mut self.talk, &mut self.shared, said, &rest);
        }
        self.standing()
    }

    /// Says that bytes of one direction were lost here.
    pub fn gap(&mut self, from: End, at: Stamp) {
        self.talk.ledger.lost(from);
        let lane = match from {
            End::Opener => &mut self.opener,
            End::Answerer => &mut self.answerer,
        };
        lane.gap(&mut self.talk, Said { from, at });
    }

    /// Counts a frame of the flow, with or without bytes.
    pub fn frame(&mut self, at: Stamp) {
        self.talk.ledger.frame(at);
    }

    /// What the connection has turned out to be so far.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.talk.ledger.proven() {
            return Standing::Mining;
        }
        let limit =
            if self.talk.ledger.work_requests() > 0 { MAX_UNPROVEN_WORK } else { MAX_UNPROVEN };
        // Who opens a connection says first what it is for, except to servers that greet.
        let silent = self.opener.is_dead() && (self.shared.saw_start() || self.answerer.is_dead());
        if silent || self.shared.hopeless || self.pushed > limit || self.talk.is_foreign() {
            return Standing::NotMining;
        }
        Standing::Undecided
    }

    /// The host and port that a proxy was asked for, when the connection is a tunnel.
    #[must_use]
    pub fn tunnel_target(&self) -> Option<&str> {
        self.shared.is_tunnel().then(|| self.talk.ledger.named_host()).flatten()
    }

    /// The proxy that led on, and the host and port that it was asked for; once both ends have entered
    /// the tunnel.
    #[must_use]
    pub fn proxy(&self) -> Option<(Carrier, &str)> {
        let outermost = self.talk.ledger.carriers().first().copied();
        let proxy = outermost.filter(|it| it.is_proxy() && self.shared.is_agreed_tunnel())?;
        Some((proxy, self.talk.ledger.named_host()?))
    }

    /// What is left of the connection if it was mining; it was seen open until `end`.
    #[must_use]
    pub fn finish(self, end: Stamp) -> Option<Session> {
        self.talk.ledger.finish(end)
    }

    /// What is left of a connection that is not mining by itself, though it fetched work over HTTP
    /// (`getblocktemplate`, `getwork`, `eth_getWork`): one of many such connections, or a wallet's
    /// only question.
    #[must_use]
    pub fn finish_asking(self, end: Stamp) -> Option<Session> {
        self.talk.ledger.finish_asking(end)
    }
}

#[cfg(test)]
mod tests;
