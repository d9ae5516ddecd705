//! A connection that is listened to.

use std::net::IpAddr;

use super::entry::{Entry, Marks};
use super::listen::{Glance, glance, looks_like_tls};
use super::names::{self, Framed};
use super::{Events, Flow};
use crate::conversation::{Conversation, Standing};
use crate::p2p::Network;
use crate::packet::TcpHeader;
use crate::session::Mark;
use crate::tcp::{Direction, Receive, Segment};
use crate::tls::{self, Answer, Opening};
use crate::{End, Stamp};

/// What the decoders of one connection hold at most, roughly: see [`crate::conversation`].
const MAX_HELD: usize = 128 << 10;
/// Most bytes read without a result.
const MAX_UNDECIDED: u64 = 32 << 20;

/// What listening came to; the later of two prevails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Nothing yet.
    Listening,
    /// It is mining; listening goes on.
    Mining,
    /// This direction does not begin like anything known.
    Nothing,
    /// All there was to hear was heard.
    Done,
    /// It is a node of a coin's own network.
    Node(Network),
}

/// What is being listened for.
enum Inside {
    /// Nothing was heard yet.
    Unheard { first: Stamp, from_start: bool },
    /// A conversation that may be mining.
    Talk(Box<Conversation>),
    /// A TLS introduction, perhaps in a tunnel.
    Hello { from: End, bytes: Vec<u8>, tunnel: Option<String> },
    /// What the server of a TLS client shows, after the client's introduction.
    Certificate { from: End, bytes: Vec<u8> },
    /// DNS.
    Names { opener: Framed, answerer: Framed },
}

/// A connection that is listened to.
pub(super) struct Stream {
    opener: Direction,
    answerer: Direction,
    inside: Inside,
    read: u64,
    mining: bool,
    /// Whether it was told that a proxy led on.
    proxied: bool,
}

impl Stream {
    /// Begins to listen.
    pub(super) fn unheard(entry: &Entry) -> Self {
        let direction =
            |end| entry.first_sequence(end).map_or_else(Direction::default, Direction::starting_at);
        let read = Marks::OPENER_SPOKE;
        let from_start = entry.marks.has(Marks::SYN_SEEN) && !entry.marks.has(read);
        Self {
            opener: direction(End::Opener),
            answerer: direction(End::Answerer),
            inside: Inside::Unheard { first: entry.first, from_start },
            read: 0,
            mining: false,
            proxied: false,
        }
    }

    /// How many bytes wait for missing ones.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.opener.waiting_bytes() + self.answerer.waiting_bytes()
    }

    /// How many bytes may be held of what has not turned out to be anything yet.
    pub(super) fn unproven_bytes(&self) -> usize {
        let read = usize::try_from(self.read).unwrap_or(usize::MAX);
        if self.mining { 0 } else { read.min(MAX_HELD) }
    }

    /// Takes a segment.
    pub(super) fn push(
        &mut self,
        flow: &Flow,
        from: End,
        tcp: TcpHeader,
        segment: Segment<'_>,
        out: &mut dyn Events,
    ) -> Outcome {
        if let Inside::Talk(conversation) = &mut self.inside {
            conversation.frame(segment.at);
        }
        let (this, other) = match from {
            End::Opener => (&mut self.opener, &mut self.answerer),
            End::Answerer => (&mut self.answerer, &mut self.opener),
        };
        if tcp.has(TcpHeader::ACK) {
            other.acknowledge(tcp.acknowledged);
        }
        if tcp.has(TcpHeader::SYN) {
            this.begin(segment.sequence);
        }
        let (inside, read, proxied) = (&mut self.inside, &mut self.read, &mut self.proxied);
        let outcome = if self.mining { Outcome::Mining } else { Outcome::Listening };
        let mut reading = Reading { inside, read, proxied, flow, from, out, outcome };
        this.push(segment, &mut reading);
        let outcome = reading.outcome;
        self.mining = outcome == Outcome::Mining;
        // The other direction may still begin with something once its hole is filled.
        if outcome == Outcome::Nothing && other.waiting_bytes() > 0 {
            return Outcome::Listening;
        }
        outcome
    }

    /// Takes everything that waits, missing bytes or not.
    pub(super) fn flush(&mut self, flow: &Flow, out: &mut dyn Events) -> Outcome {
        let mut outcome = if self.mining { Outcome::Mining } else { Outcome::Listening };
        for (from, direction) in
            [(End::Opener, &mut self.opener), (End::Answerer, &mut self.answerer)]
        {
            let (inside, read, proxied) = (&mut self.inside, &mut self.read, &mut self.proxied);
            let mut reading = Reading { inside, read, proxied, flow, from, out, outcome };
            direction.flush(&mut reading);
            outcome = reading.outcome;
        }
        self.mining = outcome == Outcome::Mining;
        outcome
    }

    /// Ends listening: gives the session if it was one, and what else was found at the last.
    pub(super) fn end(
        mut self,
        flow: &Flow,
        entry: &Entry,
        out: &mut dyn Events,
    ) -> Option<Outcome> {
        let mut outcome = self.flush(flow, out);
        if let Inside::Hello { from, .. } = self.inside
            && outcome == Outcome::Listening
        {
            let (inside, read, proxied) = (&mut self.inside, &mut self.read, &mut self.proxied);
            let mut reading = Reading { inside, read, proxied, flow, from, out, outcome };
            reading.cut_hello(entry.last);
            outcome = reading.outcome;
        }
        let Inside::Talk(conversation) = self.inside else {
            return (outcome > Outcome::Mining).then_some(outcome);
        };
        let mining = conversation.standing() == Standing::Mining;
        let left = if mining {
            conversation.finish(entry.last)
        } else {
            conversation.finish_asking(entry.last)
        };
        if let Some(mut session) = left {
            let of = |end| match end {
                End::Opener => self.opener.acknowledged_bytes(),
                End::Answerer => self.answerer.acknowledged_bytes(),
            };
            // A FIN is acknowledged like a byte.
            session.unanswered = session.overheard && of(session.miner) < 2
                || session.pool_unheard && of(session.miner.other()) < 2;
            // The conversation was begun with the first payload; the flow began before.
            session.frames = entry.frames;
            session.marks.insert(Mark::First, entry.first);
            session.marks.insert(Mark::Last, entry.last);
            if entry.was_left() {
                session.marks.insert(Mark::Closed, entry.last);
            }
            match mining {
                // A file that says what one end of a session says.
                _ if session.unanswered && session.at_once => {}
                true => out.session(flow, session),
                false => out.asked(flow, session),
            }
        }
        (outcome > Outcome::Mining).then_some(outcome)
    }
}

/// One direction being read.
struct Reading<'a> {
    inside: &'a mut Inside,
    read: &'a mut u64,
    proxied: &'a mut bool,
    flow: &'a Flow,
    from: End,
    out: &'a mut dyn Events,
    outcome: Outcome,
}

impl Reading<'_> {
    /// Finds out what the first bytes are.
    fn begin(&mut self, first: Stamp, from_start: bool, bytes: &[u8]) {
        let ports = match self.from {
            End::Opener => (self.flow.opener.port(), self.flow.answerer.port()),
            End::Answerer => (self.flow.answerer.port(), self.flow.opener.port()),
        };
        match glance(bytes, ports) {
            Glance::Nothing => self.outcome = Outcome::Nothing,
            Glance::Node(network) => self.outcome = Outcome::Node(network),
            Glance::Listen if ports.0 == names::PORT || ports.1 == names::PORT => {
                *self.inside =
                    Inside::Names { opener: Framed::default(), answerer: Framed::default() };
            }
            Glance::Listen if looks_like_tls(bytes) => {
                *self.inside = Inside::Hello { from: self.from, bytes: Vec::new(), tunnel: None };
            }
            Glance::Listen => {
                let mut conversation = Conversation::new(first, from_start);
                conversation.frame(first);
                *self.inside = Inside::Talk(Box::new(conversation));
            }
        }
    }

    fn talk(&mut self, at: Stamp, bytes: &[u8]) {
        let Inside::Talk(conversation) = &mut *self.inside else { return };
        if self.outcome == Outcome::Listening
            && looks_like_tls(bytes)
            && let Some(tunnel) = conversation.tunnel_target()
        {
            let tunnel = Some(tunnel.to_owned());
            *self.inside = Inside::Hello { from: self.from, bytes: Vec::new(), tunnel };
            return self.hello(at, bytes);
        }
        let standing = conversation.push(self.from, at, bytes);
        if !*self.proxied
            && let Some((proxy, target)) = conversation.proxy()
        {
            *self.proxied = true;
            self.out.proxied(self.flow, proxy, target);
        }
        match standing {
            Standing::Mining => self.outcome = Outcome::Mining,
            Standing::NotMining => self.outcome = Outcome::Done,
            Standing::Undecided if *self.read > MAX_UNDECIDED => self.outcome = Outcome::Done,
            Standing::Undecided => {}
        }
    }

    fn hello(&mut self, at: Stamp, fresh: &[u8]) {
        let Inside::Hello { from, bytes, tunnel } = &mut *self.inside else { return };
        if *from != self.from {
            return;
        }
        let held = if bytes.is_empty() {
            fresh
        } else {
            bytes.extend_from_slice(fresh);
            bytes.as_slice()
        };
        match tls::open(held, false) {
            Opening::Hello(hello) => {
                self.out.tls_hello(self.flow, at, &hello, tunnel.as_deref());
                *self.inside = Inside::Certificate { from: from.other(), bytes: Vec::new() };
            }
            Opening::NeedMore => {
                if bytes.is_empty() {
                    bytes.extend_from_slice(fresh);
                }
            }
            Opening::NotTls => self.outcome = Outcome::Done,
        }
    }

    /// Reads what the server shows; a client that goes on unanswered is heard alone.
    fn certificate(&mut self, fresh: &[u8]) {
        let Inside::Certificate { from, bytes } = &mut *self.inside else { return };
        if *from != self.from {
            self.outcome = Outcome::Done;
            return;
        }
        bytes.extend_from_slice(fresh);
        match tls::answer(bytes, false) {
            Answer::NeedMore => return,
            Answer::Certificate(it) => self.out.tls_certificate(self.flow, it),
            Answer::None => {}
        }
        self.outcome = Outcome::Done;
    }

    /// Takes a TLS introduction for as far as it goes: no more of it will come.
    fn cut_hello(&mut self, at: Stamp) {
        if let Inside::Hello { bytes, tunnel, .. } = &*self.inside
            && let Opening::Hello(hello) = tls::open(bytes, true)
        {
            self.out.tls_hello(self.flow, at, &hello, tunnel.as_deref());
        }
        self.outcome = Outcome::Done;
    }

    fn names(&mut self, at: Stamp, bytes: &[u8]) {
        let Inside::Names { opener, answerer } = &mut *self.inside else { return };
        let (opening, answering) = (self.flow.opener.ip(), self.flow.answerer.ip());
        let (framed, between): (_, (IpAddr, IpAddr)) = match self.from {
            End::Opener => (opener, (opening, answering)),
            End::Answerer => (answerer, (answering, opening)),
        };
        if !framed.push(bytes, between, at, self.out) {
            self.outcome = Outcome::Done;
        }
    }
}

impl Receive for Reading<'_> {
    fn bytes(&mut self, at: Stamp, bytes: &[u8]) {
        if self.outcome > Outcome::Mining {
            return;
        }
        *self.read = self.read.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if let Inside::Unheard { first, from_start } = *self.inside {
            self.begin(first, from_start, bytes);
        }
        match self.inside {
            Inside::Unheard { .. } => {}
            Inside::Talk(_) => self.talk(at, bytes),
            Inside::Hello { .. } => self.hello(at, bytes),
            Inside::Certificate { .. } => self.certificate(bytes),
            Inside::Names { .. } => self.names(at, bytes),
        }
    }

    fn gap(&mut self, at: Stamp) {
        if self.outcome > Outcome::Mining {
            return;
        }
        match &mut *self.inside {
            Inside::Unheard { from_start, .. } => *from_start = false,
            Inside::Talk(conversation) => conversation.gap(self.from, at),
            Inside::Hello { from, .. } if *from != self.from => {}
            Inside::Hello { .. } => self.cut_hello(at),
            Inside::Names { .. } | Inside::Certificate { .. } => self.outcome = Outcome::Done,
        }
    }
}
