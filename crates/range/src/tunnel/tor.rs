//! Tor to its first relay (torspec: `tor-spec` for cells, `padding-spec` for signs of life): cells
//! of 514 bytes that hold 498, in TLS 1.3 whose hello asks for a name that does not exist.

use super::{Piece, Span};
use crate::carrier::Tls;
use crate::dialogue::{Dialogue, Side, Turn, nanos};
use crate::rng::Rng;

/// A cell on a link of version 4 or later, and what of it a stream may fill.
const CELL: usize = 514;
const FILLED: usize = 498;
/// The mean of what `padding-spec` draws evenly from 1.5 to 9.5 seconds.
pub(super) const KEEPALIVE_SECONDS: f64 = 5.5;

/// What opens a link and a circuit of three relays: versions, certificates, addresses, and a pair
/// of cells for each relay.
const OPENING: [(Side, usize); 10] = [
    (Side::Client, 11),
    (Side::Server, 11 + 1_500 + 514),
    (Side::Client, CELL),
    (Side::Client, CELL),
    (Side::Server, CELL),
    (Side::Client, CELL),
    (Side::Server, CELL),
    (Side::Client, CELL),
    (Side::Server, CELL),
    (Side::Client, CELL),
];

struct Link<'a> {
    span: &'a Span,
    rng: Rng,
    turns: Vec<Turn>,
    /// When either end says that it is alive if nothing else is said before.
    alive_ns: [u64; 2],
}

/// All writes before they are sealed.
pub(super) fn turns(pieces: &[Piece], streams: usize, span: &Span, rng: Rng) -> Vec<Turn> {
    let mut link = Link { span, rng, turns: Vec::new(), alive_ns: [u64::MAX; 2] };
    let mut now = span.ready_ns();
    let ends = [(Side::Client, CELL), (Side::Server, CELL)];
    let streams = ends.iter().cycle().take(streams * 2);
    let mut last = Side::Client;
    for (from, length) in OPENING.iter().chain(streams) {
        let travel = if (last, *from) == (Side::Client, Side::Server) { span.rtt_ns } else { 0 };
        now += travel + nanos(link.rng.between(0.000_5, 0.03));
        link.say(now, *from, *length);
        last = *from;
    }
    let ready = now;
    for piece in pieces {
        let time_ns = piece.time_ns.max(ready);
        link.wait_until(time_ns);
        link.say(time_ns, piece.from, piece.length.div_ceil(FILLED).max(1) * CELL);
    }
    link.wait_until(span.end_ns);
    link.turns
}

impl Link<'_> {
    fn say(&mut self, time_ns: u64, from: Side, length: usize) {
        let bytes = self.rng.bytes(length);
        self.turns.push(Turn { time_ns, from, bytes });
        let spread = self.span.keepalive_seconds / KEEPALIVE_SECONDS;
        let wait = self.rng.between(1.5, 9.5) * spread;
        if let Some(alive) = self.alive_ns.get_mut(usize::from(from == Side::Server)) {
            *alive = if wait.is_finite() { time_ns + nanos(wait) } else { u64::MAX };
        }
    }

    /// Cells that only say that somebody is there.
    fn wait_until(&mut self, time_ns: u64) {
        loop {
            let [up, down] = self.alive_ns;
            let (due, from) = if up <= down { (up, Side::Client) } else { (down, Side::Server) };
            if due >= time_ns.min(self.span.end_ns) {
                return;
            }
            self.say(due, from, CELL);
        }
    }
}

/// The link in its TLS.
pub(super) fn sealed(flow: Dialogue, rng: &mut Rng) -> Dialogue {
    let host = format!("www.{}.com", rng.token(14));
    flow.over_tls(Tls { certificates: 1, ..Tls::default() }, &host, rng.next_u64())
}
