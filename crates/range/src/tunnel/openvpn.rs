//! `OpenVPN` 2.6's packets with tls-crypt and AES-256-GCM (openvpn/openvpn, doc/doxygen and
//! `src/openvpn/ssl_pkt.h`; the data channel is `P_DATA_V2`).

use super::{Piece, Span};
use crate::dialogue::{Side, Turn, nanos};
use crate::rng::Rng;

/// Opcodes in the upper five bits.
const HARD_RESET_CLIENT: u8 = 7 << 3;
const HARD_RESET_SERVER: u8 = 8 << 3;
const SOFT_RESET: u8 = 3 << 3;
const CONTROL: u8 = 4 << 3;
const ACK: u8 = 5 << 3;
const DATA: u8 = 9 << 3;

/// Opcode and peer (4), packet number (4), tag (16).
const OVERHEAD: usize = 24;
/// The length of `OpenVPN`'s ping message.
const PING: usize = 16;
/// New keys are made this often (`--reneg-sec`).
const RENEGOTIATE_NS: u64 = 3_600_000_000_000;

/// What is said to make keys: opcode, side, least and most bytes. The first two are the resets.
const KEYING: [(u8, Side, usize, usize); 14] = [
    (HARD_RESET_CLIENT, Side::Client, 54, 54),
    (HARD_RESET_SERVER, Side::Server, 66, 66),
    (ACK, Side::Client, 62, 62),
    (CONTROL, Side::Client, 320, 420),
    (CONTROL, Side::Server, 1_200, 1_224),
    (CONTROL, Side::Server, 700, 1_150),
    (ACK, Side::Client, 62, 66),
    (CONTROL, Side::Client, 1_200, 1_224),
    (CONTROL, Side::Client, 600, 1_000),
    (ACK, Side::Server, 62, 66),
    (CONTROL, Side::Server, 280, 360),
    (CONTROL, Side::Client, 110, 130),
    (CONTROL, Side::Server, 260, 420),
    (ACK, Side::Client, 62, 62),
];

struct Wire<'a> {
    span: &'a Span,
    stream: bool,
    rng: Rng,
    turns: Vec<Turn>,
    numbers: [u32; 2],
    /// Of the control channel: what each end calls the session, and how much it has sent.
    sessions: [u64; 2],
    controls: [u32; 2],
    silent_since_ns: [u64; 2],
    keyed_ns: u64,
    key: u8,
}

/// All packets from the first reset on; with `stream`, each has its length in front.
pub(super) fn turns(pieces: &[Piece], span: &Span, stream: bool, rng: Rng) -> Vec<Turn> {
    let start = if stream { span.ready_ns() } else { span.start_ns };
    let (numbers, silent_since_ns) = ([0; 2], [start; 2]);
    let mut rng = rng;
    let sessions = [rng.next_u64(), rng.next_u64()];
    let mut wire = Wire {
        span,
        stream,
        rng,
        turns: Vec::new(),
        numbers,
        sessions,
        controls: [0; 2],
        silent_since_ns,
        keyed_ns: start,
        key: 0,
    };
    let ready = wire.make_keys(start);
    wire.silent_since_ns = [ready; 2];
    for piece in pieces {
        wire.wait_until(piece.time_ns);
        wire.data(Piece { time_ns: piece.time_ns.max(ready), ..*piece });
    }
    wire.wait_until(span.end_ns);
    wire.turns
}

impl Wire<'_> {
    fn make_keys(&mut self, mut now: u64) -> u64 {
        let mut last = Side::Client;
        for (opcode, from, least, most) in KEYING {
            let opcode = match opcode {
                // later keys are made on a soft reset, with the number of the key
                HARD_RESET_CLIENT | HARD_RESET_SERVER if self.key > 0 => SOFT_RESET,
                opcode => opcode,
            };
            let travel =
                if (last, from) == (Side::Client, Side::Server) { self.span.rtt_ns } else { 0 };
            now += travel + nanos(self.rng.between(0.000_1, 0.002));
            let length = least + self.rng.index(most - least + 1);
            // of tls-crypt the session, a number and the time are in the clear
            let side = usize::from(from == Side::Server);
            let session = self.sessions.get(side).copied().unwrap_or(0);
            let number = self.controls.get_mut(side).map_or(0, |number| {
                *number += 1;
                *number
            });
            let unix = u32::try_from(now / 1_000_000_000).unwrap_or(0);
            let mut bytes = vec![opcode | self.key];
            bytes.extend(session.to_be_bytes());
            bytes.extend(number.to_be_bytes());
            bytes.extend(unix.to_be_bytes());
            bytes.extend(self.rng.bytes(length - bytes.len()));
            self.push(now, from, bytes);
            last = from;
        }
        self.keyed_ns = now;
        self.key = if self.key == 7 { 1 } else { self.key + 1 };
        now
    }

    fn push(&mut self, time_ns: u64, from: Side, mut bytes: Vec<u8>) {
        if self.stream {
            let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
            bytes.splice(0..0, length.to_be_bytes());
        }
        self.turns.push(Turn { time_ns, from, bytes });
    }

    fn data(&mut self, piece: Piece) {
        let [up, down] = &mut self.numbers;
        let number = if piece.from == Side::Client { up } else { down };
        *number += 1;
        let mut bytes = vec![DATA | self.key.saturating_sub(1), 0, 0, 0];
        bytes.extend(number.to_be_bytes());
        bytes.extend(self.rng.bytes(piece.length + OVERHEAD - 8));
        self.push(piece.time_ns, piece.from, bytes);
        let [up, down] = &mut self.silent_since_ns;
        *(if piece.from == Side::Client { up } else { down }) = piece.time_ns;
    }

    /// Pings of whoever has been silent, and new keys, that are due before a time.
    fn wait_until(&mut self, time_ns: u64) {
        loop {
            let [up, down] = self.silent_since_ns;
            let patience = self.span.patience_ns();
            let (since, from) = if up <= down { (up, Side::Client) } else { (down, Side::Server) };
            let ping = since.saturating_add(patience);
            let keys = self.keyed_ns + RENEGOTIATE_NS;
            if ping.min(keys) >= time_ns.min(self.span.end_ns) {
                return;
            }
            if keys < ping {
                self.make_keys(keys);
            } else {
                self.data(Piece { time_ns: ping, from, length: PING });
            }
        }
    }
}
