//! What else goes through a tunnel: small exchanges, a request and a few answers each.

use super::{Piece, Tunnel};
use crate::dialogue::{Side, nanos};
use crate::rng::Rng;

/// Pieces of one exchange on average: a request, two and a half answers, and for packets an
/// acknowledgement.
const MESSAGES: f64 = 3.5;
const PACKETS: f64 = 4.5;

pub(super) fn traffic(tunnel: &Tunnel, start_ns: u64, end_ns: u64, rng: &mut Rng) -> Vec<Piece> {
    let packets = tunnel.kind.takes_packets();
    let per_exchange = if packets { PACKETS } else { MESSAGES };
    let mean = per_exchange / tunnel.other_per_second;
    let mut pieces = Vec::new();
    if tunnel.other_per_second <= 0.0 {
        return pieces;
    }
    // after the tunnel's own handshake
    let mut now = start_ns + 2_000_000_000;
    loop {
        now = now.saturating_add(nanos(rng.exponential(mean)));
        if now >= end_ns {
            return pieces;
        }
        pieces.push(Piece { time_ns: now, from: Side::Client, length: size(rng, 60.0, 700.0) });
        let mut at = now + nanos(rng.between(0.02, 0.12));
        for _ in 0..=rng.below(4) {
            pieces.push(Piece {
                time_ns: at,
                from: Side::Server,
                length: size(rng, 60.0, 1_380.0),
            });
            at += nanos(rng.between(0.000_02, 0.01));
        }
        if packets {
            pieces.push(Piece { time_ns: at, from: Side::Client, length: 52 });
        }
    }
}

/// A length with every order of magnitude equally likely, as mixed traffic has about.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths lie between the two ends, which are small and positive"
)]
fn size(rng: &mut Rng, least: f64, most: f64) -> usize {
    (least * (most / least).powf(rng.unit())) as usize
}
