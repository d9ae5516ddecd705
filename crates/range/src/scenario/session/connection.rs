//! One connection of a session, played step by step.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::vec;

use super::Session;
use crate::carrier::{self, Destination, Opened, Padding};
use crate::dialogue::{Dialogue, Turn, nanos};
use crate::miner::Life;
use crate::rng::Rng;
use crate::speech;
use crate::truth::{LoginTruth, Mining};
use crate::world::notes::TlsNote;

/// A connection on its way: what was said is handed out and forgotten.
pub(crate) struct Connection {
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    /// When its first packet leaves and when it is closed.
    pub(crate) start_ns: u64,
    pub(crate) end_ns: u64,
    pub(crate) rtt_ns: u64,
    session: Session,
    logins: Vec<LoginTruth>,
    life: Life,
    opened: Opened,
    spaces: Option<(Padding, Rng)>,
    mask: Rng,
    queue: VecDeque<Turn>,
    /// Nothing that is still to come is seen before.
    until_ns: u64,
    over: bool,
}

impl Connection {
    pub(super) fn new(
        session: Session,
        (start_ns, end_ns): (u64, u64),
        port: u16,
        logins: &[LoginTruth],
        work: f64,
        rng: &mut Rng,
    ) -> Self {
        let client = SocketAddr::new(session.client, port);
        let mut dialogue = Dialogue::tcp(client, session.server, start_ns, "mining");
        dialogue.rtt_ns = nanos(session.rtt_ms / 1e3);
        let to = Destination { host: &session.host, port: session.port };
        let carrier = session.carrier.padded(session.padding);
        let opened = carrier::open(carrier, &to, dialogue.ready_ns(), dialogue.rtt_ns, rng);
        let mut seat = session.seat(logins, rng);
        let mut plan = session.plan(opened.ready_ns + 200_000, end_ns, work, logins.len());
        if !session.keeps_own_time() {
            // the first job is a clean one, and clean jobs are for the next height
            seat.height = session.blocks().height_at(plan.ready_ns);
            plan.jobs = Some(match &session.script.jobs {
                Some(jobs) => jobs.clone(),
                None => session.sent_by_pool(end_ns),
            });
        }
        let life = Life::new(plan, speech::speaker(session.dialect, seat), rng.fork("miner"));
        let in_text = carrier == session.carrier && session.padding != Padding::None;
        let spaces = in_text.then(|| (session.padding, rng.fork("padding")));
        Self {
            client,
            server: session.server,
            start_ns,
            end_ns,
            rtt_ns: dialogue.rtt_ns,
            session,
            logins: logins.to_vec(),
            life,
            opened,
            spaces,
            mask: rng.fork("mask"),
            queue: VecDeque::new(),
            until_ns: 0,
            over: false,
        }
    }

    /// The next write, in order of time; `None` when the connection is over.
    pub(crate) fn next(&mut self) -> Option<Turn> {
        loop {
            if let Some(turn) = self.queue.front()
                && (self.over || turn.time_ns <= self.until_ns)
            {
                return self.queue.pop_front();
            }
            if self.over {
                return None;
            }
            self.go_on();
        }
    }

    fn go_on(&mut self) {
        let turn = self.life.next();
        self.over = turn.is_none();
        let carried = turn.and_then(|mut turn| {
            self.until_ns = turn.time_ns;
            if let Some((padding, rng)) = &mut self.spaces {
                carrier::pad_text(&mut turn.bytes, *padding, rng);
            }
            self.opened.put(turn, &mut self.mask)
        });
        // the last flight of the handshake may have taken the first message along
        for turn in std::mem::take(&mut self.opened.turns).into_iter().chain(carried) {
            let place = self.queue.partition_point(|it| it.time_ns <= turn.time_ns);
            self.queue.insert(place, turn);
        }
    }

    /// The truth up to the last message that was made.
    pub(crate) fn mining(&self) -> Mining {
        let (plan, played) = (self.life.plan(), self.life.played());
        self.session.truth(plan, played, &self.logins, self.opened.shown.clone())
    }

    /// What a sensor that reads handshakes would note.
    pub(crate) fn note(&self) -> Option<TlsNote> {
        self.opened.note.clone()
    }

    /// All of it at once.
    pub(crate) fn whole(mut self) -> Dialogue {
        let mut dialogue = Dialogue::tcp(self.client, self.server, self.start_ns, "mining");
        (dialogue.rtt_ns, dialogue.end_ns) = (self.rtt_ns, self.end_ns);
        while let Some(turn) = self.next() {
            dialogue.turns.push(turn);
        }
        dialogue.mining = Some(self.mining());
        dialogue
    }
}

/// The connections of a session, each made when it is asked for.
pub(crate) struct Connections {
    session: Session,
    logins: Vec<LoginTruth>,
    work: f64,
    pub(super) rng: Rng,
    port: u16,
    count: usize,
    /// From when to when the next connection may stand.
    upcoming: Option<(u64, u64)>,
    stretches: vec::IntoIter<(u64, u64)>,
}

impl Connections {
    /// Those of this session, in order.
    pub(crate) fn new(session: Session) -> Self {
        let mut rng = Rng::new(session.seed).fork("session");
        let logins = session.logins(&mut rng);
        let work = session.first_work(&mut rng);
        let mut stretches = session.stretches().into_iter();
        let port = 32_768 + u16::try_from(rng.below(20_000)).unwrap_or(0);
        let upcoming = stretches.next();
        Self { session, logins, work, rng, port, count: 0, upcoming, stretches }
    }

    /// When the next connection is opened.
    pub(crate) fn next_ns(&self) -> Option<u64> {
        self.upcoming.map(|(start, _)| start)
    }
}

impl Iterator for Connections {
    type Item = Connection;

    fn next(&mut self) -> Option<Connection> {
        let (start, end) = self.upcoming?;
        let stop = match self.session.reconnect_seconds {
            Some(every) => {
                let spread = self.session.reconnect_spread;
                let off = if spread > 0.0 { self.rng.between(-spread, spread) } else { 0.0 };
                (start + nanos((every * (1.0 + off)).max(5.0))).min(end)
            }
            None => end,
        };
        let at = self.session.at_pool(self.count);
        let times = (start, stop);
        let made = Connection::new(at, times, self.port, &self.logins, self.work, &mut self.rng);
        self.count += 1;
        let again = stop + nanos(self.rng.between(1.0, 4.0));
        let apart = 1 + u16::try_from(self.rng.below(40)).unwrap_or(0);
        self.port = self.port.wrapping_add(apart).max(32_768);
        self.upcoming = if again < end { Some((again, end)) } else { self.stretches.next() };
        Some(made)
    }
}
