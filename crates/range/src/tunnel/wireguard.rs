//! `WireGuard`'s datagrams (Donenfeld, "`WireGuard`: Next Generation Kernel Network Tunnel", 2017;
//! §5.4 messages, §6 timers).

use super::{Piece, Span};
use crate::dialogue::{Side, Turn};
use crate::rng::Rng;

const SECOND_NS: u64 = 1_000_000_000;
/// The initiator makes new keys when it sends this long after the last handshake.
const REKEY_AFTER_NS: u64 = 120 * SECOND_NS;
/// Nothing is sent with keys older than this.
const REJECT_AFTER_NS: u64 = 180 * SECOND_NS;
/// Who was sent data and has been silent for so long says that it is alive.
const KEEPALIVE_TIMEOUT_NS: u64 = 10 * SECOND_NS;

struct Wire<'a> {
    span: &'a Span,
    rng: Rng,
    turns: Vec<Turn>,
    indices: [u32; 2],
    counters: [u64; 2],
    keyed_ns: Option<u64>,
    sent_ns: [u64; 2],
    owed_ns: [u64; 2],
}

/// All datagrams from the first handshake on.
pub(super) fn turns(pieces: &[Piece], span: &Span, rng: Rng) -> Vec<Turn> {
    let mut wire = Wire {
        span,
        rng,
        turns: Vec::new(),
        indices: [0; 2],
        counters: [0; 2],
        keyed_ns: None,
        sent_ns: [span.start_ns; 2],
        owed_ns: [u64::MAX; 2],
    };
    if span.keepalive_seconds.is_finite() {
        // a persistent keepalive makes the tunnel stand from the start
        wire.send(Piece { time_ns: span.start_ns, from: Side::Client, length: 0 });
    }
    for piece in pieces {
        wire.wait_until(piece.time_ns);
        wire.send(*piece);
    }
    wire.wait_until(span.end_ns);
    wire.turns
}

fn place(side: Side) -> usize {
    usize::from(side == Side::Server)
}

fn of<T: Copy>(pair: [T; 2], side: Side) -> T {
    let [client, server] = pair;
    if side == Side::Client { client } else { server }
}

fn set<T>(pair: &mut [T; 2], side: Side, value: T) {
    if let Some(slot) = pair.get_mut(place(side)) {
        *slot = value;
    }
}

impl Wire<'_> {
    /// Sends the signs of life that are due before a time.
    fn wait_until(&mut self, time_ns: u64) {
        loop {
            let persistent = of(self.sent_ns, Side::Client).saturating_add(self.span.patience_ns());
            let client = of(self.owed_ns, Side::Client).min(persistent);
            let server = of(self.owed_ns, Side::Server);
            let (due, from) =
                if client <= server { (client, Side::Client) } else { (server, Side::Server) };
            if due >= time_ns || due >= self.span.end_ns {
                return;
            }
            self.send(Piece { time_ns: due, from, length: 0 });
        }
    }

    /// A data message: 16 bytes of header, the packet filled up to 16, a tag of 16. Nothing inside
    /// is a keepalive of 32 bytes.
    fn send(&mut self, piece: Piece) {
        let Piece { time_ns, from, length } = piece;
        let age = self.keyed_ns.map_or(u64::MAX, |keyed| time_ns.saturating_sub(keyed));
        let mut time_ns = time_ns;
        if age >= REJECT_AFTER_NS {
            time_ns = self.handshake(time_ns, from);
        } else if age >= REKEY_AFTER_NS && from == Side::Client {
            self.handshake(time_ns, from);
        }
        let mut bytes = vec![4, 0, 0, 0];
        bytes.extend(of(self.indices, from.other()).to_le_bytes());
        let counter = of(self.counters, from);
        set(&mut self.counters, from, counter + 1);
        bytes.extend(counter.to_le_bytes());
        bytes.extend(self.rng.bytes(length.next_multiple_of(16) + 16));
        self.turns.push(Turn { time_ns, from, bytes });
        set(&mut self.sent_ns, from, time_ns);
        set(&mut self.owed_ns, from, u64::MAX);
        let other = from.other();
        if length > 0 && of(self.owed_ns, other) == u64::MAX {
            set(&mut self.owed_ns, other, time_ns + KEEPALIVE_TIMEOUT_NS);
        }
    }

    /// 148 bytes and 92; the answer is when data can be sent with the new keys.
    fn handshake(&mut self, time_ns: u64, from: Side) -> u64 {
        // what the far end begins has its answer beside us at once
        let travel = if from == Side::Client { self.span.rtt_ns } else { 0 };
        let answered = time_ns + travel + 400_000 + self.rng.below(1_500_000);
        for (kind, size, time_ns, from) in
            [(1, 148, time_ns, from), (2, 92, answered, from.other())]
        {
            let mut bytes = vec![kind, 0, 0, 0];
            bytes.extend(self.rng.bytes(size - 4));
            if let (Some(index), slot) = (bytes.get(4..8), place(from)) {
                let index = index.iter().rev().fold(0, |sum, byte| (sum << 8) | u32::from(*byte));
                if let Some(to) = self.indices.get_mut(slot) {
                    *to = index;
                }
            }
            self.turns.push(Turn { time_ns, from, bytes });
        }
        self.counters = [0; 2];
        self.keyed_ns = Some(answered);
        answered + 150_000
    }
}
