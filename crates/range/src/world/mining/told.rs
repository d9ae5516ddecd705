//! Mining sessions as connections of a world.

use std::collections::VecDeque;

use crate::dialogue::{Dialogue, Turn};
use crate::life::Place;
use crate::rng::Rng;
use crate::scenario::Connection;
use crate::world::answers::MiningAnswer;
use crate::world::body::Body;
use crate::world::notes::Notes;
use crate::world::script::{Call, Said, Script, Told};

/// Nanoseconds between two full segments of a pool.
const PACE_NS: u64 = 12_000;

fn said(turn: Turn, keep: usize) -> Said {
    Said { time_ns: turn.time_ns, from: turn.from, body: Body::head(turn.bytes, keep) }
}

/// A connection that is told while it lasts.
struct Lasting {
    connection: Connection,
    /// The most bytes of a message that anybody looks at.
    keep: usize,
}

impl Script for Lasting {
    fn next(&mut self, _: &mut Rng) -> Option<Said> {
        self.connection.next().map(|turn| said(turn, self.keep))
    }

    fn answer(&self, _: u64) -> Option<Box<MiningAnswer>> {
        Some(Box::new(MiningAnswer { mining: self.connection.mining(), mixed: false }))
    }

    fn ends_ns(&self) -> u64 {
        self.connection.end_ns
    }
}

/// A dialogue that was made as a whole.
struct Made {
    said: VecDeque<Said>,
    end_ns: u64,
    answer: Option<MiningAnswer>,
}

impl Script for Made {
    fn next(&mut self, _: &mut Rng) -> Option<Said> {
        self.said.pop_front()
    }

    fn answer(&self, _: u64) -> Option<Box<MiningAnswer>> {
        self.answer.clone().map(Box::new)
    }

    fn ends_ns(&self) -> u64 {
        self.end_ns
    }
}

/// A connection of a session.
pub(super) fn connection(connection: Connection, keep: usize) -> Call {
    Call {
        transport: crate::dialogue::Transport::Tcp,
        client: connection.client,
        server: connection.server,
        start_ns: connection.start_ns,
        rtt_ns: connection.rtt_ns,
        kind: "mining",
        pace_ns: PACE_NS,
        notes: connection.note().map_or(Notes::None, |note| Notes::Tls(Box::new(note))),
        script: Box::new(Lasting { connection, keep }),
    }
}

/// A dialogue; `mixed` says whether others than mining share a tunnel.
pub(super) fn dialogue(dialogue: Dialogue, mixed: bool, keep: usize) -> Call {
    let kind = if dialogue.mining.is_some() { "mining" } else { "tunnel" };
    let answer = dialogue.mining.map(|mining| {
        // shadowsocks does not put connections together
        let shared = mining.tunnel.as_deref().is_some_and(|it| it != "shadowsocks");
        MiningAnswer { mixed: mixed && shared, mining }
    });
    let said = dialogue.turns.into_iter().map(|turn| said(turn, keep)).collect();
    Call {
        transport: dialogue.transport,
        client: dialogue.client,
        server: dialogue.server,
        start_ns: dialogue.start_ns,
        rtt_ns: dialogue.rtt_ns,
        kind,
        pace_ns: PACE_NS,
        script: Box::new(Made { said, end_ns: dialogue.end_ns, answer }),
        notes: Notes::None,
    }
}

/// A connection on which nothing happens, for a life that is over.
pub(super) fn nothing(place: &Place, start_ns: u64) -> Call {
    Call {
        transport: crate::dialogue::Transport::Udp,
        client: (place.host, 9).into(),
        server: (place.resolver, 9).into(),
        start_ns,
        rtt_ns: 1,
        kind: "mining",
        pace_ns: PACE_NS,
        script: Box::new(Told(VecDeque::new())),
        notes: Notes::None,
    }
}
