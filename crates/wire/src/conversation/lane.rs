//! One direction of a connection.

mod http;

use std::collections::VecDeque;

use crate::jsonrpc::{Framed, Framer};
use crate::mining::{Cutter, Said, Talk};
use crate::session::Carrier;
use crate::websocket;

use super::gzip::Inflated;
use super::opening::{Opening, opening};
use super::socks;
use http::{Asked, HttpLane};

/// Most bytes held while it is not clear what they are.
const MAX_HELD: usize = 64;
/// Most bytes of one segment that are looked at for what they are.
const MAX_SEGMENT: usize = 4096;
/// Most segments in the middle of a connection that are tried.
const MAX_TRIES: u8 = 16;
/// Most tunnels inside each other.
const MAX_TUNNELS: u8 = 4;

/// What the two directions must know of each other.
#[derive(Debug)]
pub(super) struct Shared {
    from_start: bool,
    /// What was asked over HTTP and not answered yet.
    requests: VecDeque<Asked>,
    /// Whether a SOCKS client was seen.
    pub(super) socks: bool,
    tunnels: u8,
    /// Whether nothing can come of it: TLS was found inside, or mere web traffic.
    pub(super) hopeless: bool,
}

impl Shared {
    pub(super) fn new(from_start: bool) -> Self {
        Self { from_start, requests: VecDeque::new(), socks: false, tunnels: 0, hopeless: false }
    }

    /// Whether the beginning of the connection was captured.
    pub(super) fn saw_start(&self) -> bool {
        self.from_start
    }

    /// Whether a proxy was asked for another host.
    pub(super) fn is_tunnel(&self) -> bool {
        self.tunnels > 0
    }

    /// Whether that proxy has led on as well.
    pub(super) fn is_agreed_tunnel(&self) -> bool {
        self.tunnels > 1
    }

    /// Enters a tunnel, unless there are too many already.
    pub(super) fn enter_tunnel(&mut self) -> bool {
        self.tunnels = self.tunnels.saturating_add(1);
        // Both directions enter each tunnel.
        self.tunnels <= MAX_TUNNELS * 2
    }
}

/// Where the bytes of a fresh lane begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// At the beginning of a protocol.
    Start,
    /// Somewhere; so many segments could not be told.
    Middle(u8),
}

/// One direction of a connection.
#[derive(Debug)]
pub(super) enum Lane {
    /// Not known yet.
    Fresh(Vec<u8>, Beginning),
    /// JSON messages.
    Json(Framer),
    /// HTTP messages.
    Http(Box<HttpLane>),
    /// A SOCKS handshake.
    Socks(socks::Reader),
    /// WebSocket frames.
    WebSocket(Box<websocket::Reader>, Framer),
    /// Stratum version 2 in plain framing.
    StratumV2(Cutter),
    /// JSON messages, compressed.
    Gzip(Box<Inflated>, Framer),
    /// Nothing known.
    Dead,
}

/// The next lane and the bytes for it.
type Change = Option<(Lane, Vec<u8>)>;

impl Lane {
    pub(super) fn fresh(middle: bool) -> Self {
        Self::Fresh(Vec::new(), if middle { Beginning::Middle(0) } else { Beginning::Start })
    }

    pub(super) fn is_dead(&self) -> bool {
        matches!(self, Self::Dead)
    }

    /// Takes bytes; what comes next if the protocol changed.
    pub(super) fn push(
        &mut self,
        talk: &mut Talk,
        shared: &mut Shared,
        said: Said,
        bytes: &[u8],
    ) -> Change {
        talk.over_http = matches!(self, Self::Http(_));
        match self {
            Self::Fresh(held, beginning) => {
                let keep_on = talk.ledger.proven();
                decide(held, beginning, keep_on, shared, said, bytes)
            }
            Self::Json(framer) => {
                let rest = frame(talk, said, framer, bytes);
                (!rest.is_empty()).then(|| (Self::gzip(), rest.to_vec()))
            }
            Self::Http(lane) => lane.push(talk, shared, said, bytes),
            Self::Socks(reader) => reader.push(talk, shared, said, bytes),
            Self::WebSocket(reader, framer) => {
                let alive = reader.push(bytes, &mut |content| {
                    frame(talk, said, framer, content);
                });
                if talk.ledger.proven() {
                    talk.ledger.carried_by(Carrier::Websocket, said.at);
                }
                (!alive).then_some((Self::Dead, Vec::new()))
            }
            Self::StratumV2(cutter) => {
                (!cutter.push(talk, said, bytes)).then_some((Self::Dead, Vec::new()))
            }
            Self::Gzip(inflated, framer) => {
                let alive = inflated.push(bytes, &mut |content| {
                    frame(talk, said, framer, content);
                });
                if talk.ledger.proven() {
                    talk.ledger.carried_by(Carrier::Gzip, said.at);
                }
                (!alive).then_some((Self::Dead, Vec::new()))
            }
            Self::Dead => None,
        }
    }

    /// Bytes were lost: what can find its place again, does.
    pub(super) fn gap(&mut self, talk: &mut Talk, said: Said) {
        match self {
            Self::Json(framer) => framer.gap(&mut |framed| take(talk, said, framed)),
            Self::StratumV2(cutter) => cutter.gap(),
            _ => *self = Self::fresh(true),
        }
    }

    /// Bytes held at the moment, without a decompressor's window.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Fresh(held, _) => held.capacity(),
            Self::Json(framer) | Self::WebSocket(_, framer) | Self::Gzip(_, framer) => {
                framer.held()
            }
            Self::Http(lane) => lane.held(),
            Self::Socks(_) | Self::StratumV2(_) | Self::Dead => 0,
        }
    }

    fn gzip() -> Self {
        Self::Gzip(Box::default(), Framer::default())
    }
}

/// Hands the messages in the bytes to the talk; the bytes not taken.
fn frame<'a>(talk: &mut Talk, said: Said, framer: &mut Framer, bytes: &'a [u8]) -> &'a [u8] {
    framer.push(bytes, &mut |framed| take(talk, said, framed))
}

fn take(talk: &mut Talk, said: Said, framed: Framed) {
    match framed {
        Framed::Value(value) => talk.value(said, &value),
        Framed::Beginning(value) => talk.beginning(said, &value),
        Framed::Malformed => {
            talk.ledger.malformed();
            talk.foreign();
        }
    }
}

/// Says what the first bytes of a lane are. After lost bytes each segment is a new chance, a few of them
/// as long as this may not be mining at all.
fn decide(
    held: &mut Vec<u8>,
    beginning: &mut Beginning,
    keep_on: bool,
    shared: &mut Shared,
    said: Said,
    bytes: &[u8],
) -> Change {
    held.extend_from_slice(bytes.get(..MAX_SEGMENT).unwrap_or(bytes));
    let rest = bytes.get(MAX_SEGMENT..).unwrap_or_default();
    let middle = *beginning != Beginning::Start;
    let lane = match opening(held, middle) {
        Opening::More if held.len() < MAX_HELD => return None,
        Opening::Json => Lane::Json(Framer::default()),
        Opening::Http => Lane::Http(Box::default()),
        Opening::Socks => {
            let answer = shared.socks
                || shared.from_start && said.from == crate::End::Answerer
                || held.first() == Some(&0)
                || held.starts_with(&[5, 0]);
            shared.socks = true;
            Lane::Socks(socks::Reader::new(answer))
        }
        Opening::StratumV2 => Lane::StratumV2(Cutter::default()),
        Opening::WebSocket => Lane::WebSocket(Box::default(), Framer::default()),
        Opening::Gzip => Lane::gzip(),
        Opening::Tls => {
            shared.hopeless = true;
            Lane::Dead
        }
        Opening::Middle => {
            let mut framer = Framer::default();
            framer.gap(&mut |_| {});
            Lane::Json(framer)
        }
        Opening::More | Opening::Unknown => {
            if let Beginning::Middle(tries) = beginning
                && (keep_on || *tries < MAX_TRIES)
            {
                *tries = tries.saturating_add(1);
                held.clear();
                return None;
            }
            Lane::Dead
        }
    };
    let mut bytes = std::mem::take(held);
    bytes.extend_from_slice(rest);
    Some((lane, bytes))
}
