//! shadowsocks with an AEAD cipher of 32-byte keys (shadowsocks.org, "AEAD Ciphers"): a salt, then
//! chunks of an encrypted length (2 + 16) and an encrypted payload (n + 16).

use super::{Piece, Span};
use crate::dialogue::{Side, Turn};
use crate::rng::Rng;

const SALT: usize = 32;
const OVERHEAD: usize = 2 + 16 + 16;
/// The most payload in a chunk.
const MOST: usize = 0x3fff;
/// Kind, name of about twenty letters with its length, port.
const ADDRESS: usize = 1 + 1 + 20 + 2;

/// All writes of one connection.
pub(super) fn turns(pieces: &[Piece], span: &Span, mut rng: Rng) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut salted = [false; 2];
    for piece in pieces {
        let [up, down] = &mut salted;
        let said = if piece.from == Side::Client { up } else { down };
        let mut length = sealed(piece.length);
        if !*said {
            *said = true;
            length += SALT;
            if piece.from == Side::Client {
                length += sealed(ADDRESS);
            }
        }
        let time_ns = piece.time_ns.max(span.ready_ns());
        turns.push(Turn { time_ns, from: piece.from, bytes: rng.bytes(length) });
    }
    turns
}

fn sealed(length: usize) -> usize {
    length + length.div_ceil(MOST) * OVERHEAD
}
