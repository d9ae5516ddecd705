//! Nodes of coins that do not mine. They hear of every block as pools do, at the same instants,
//! which makes them the hardest to tell from mining by the block clock; but they also hear of
//! every transaction.
//!
//! Bitcoin: messages of 24 bytes and payload (protocol documentation), `inv` in batches every few
//! seconds, ping and pong (32) every 2 min, compact blocks of 10-30 kB. BIP324 opens with 64 bytes
//! of chance and garbage of 0-4,095 each way, then 20 bytes more per message. Monero: Levin
//! messages (33 bytes of header), timed syncs of about 250-700 bytes every 60 s, fluffy blocks.

use std::net::SocketAddr;

use super::place::{Life, Place, Route};
use crate::dialogue::Side;
use crate::rng::Rng;
use crate::world::body::Body;
use crate::world::chance::{Gap, Size, scale};
use crate::world::script::{Beat, Said, Step};

/// Where peers listen; a node keeps eight outgoing and here up to five are seen.
fn peers(place: &Place, rng: &mut Rng, one: fn(&Place, &mut Rng) -> Life) -> Vec<Life> {
    (0..2 + rng.index(4)).map(|_| one(place, rng)).collect()
}

fn gossip(place: &Place, more: u32, rng: &mut Rng) -> Vec<Beat> {
    let is = |size: u32| Size::Is(size + more);
    let busy = scale(rng, 1.0, 9.0);
    let [blocks, _] = place.blocks.clone();
    vec![
        Beat::new(Gap::Every(120.0, 0.5), vec![Step::up(is(32)), Step::down(is(32))]),
        Beat::new(
            Gap::Poisson(busy),
            vec![
                Step::down(Size::Between(61 + more, 400)),
                Step::up(Size::Between(61 + more, 200)).wait(0.01, 0.2).maybe(0.4),
                Step::down(Size::About(450.0, 0.7)).maybe(0.4),
            ],
        ),
        Beat::new(Gap::Poisson(busy * 1.3), vec![Step::up(Size::Between(61 + more, 400))]),
        Beat::new(
            Gap::Clock(blocks),
            vec![
                Step::down(is(106)).wait(0.1, 2.5).maybe(0.6),
                Step::up(is(61)).wait(0.001, 0.02).maybe(0.2),
                Step::down(Size::About(14_000.0, 0.5)).maybe(0.3),
            ],
        ),
    ]
}

pub(super) fn bitcoin(place: &Place, rng: &mut Rng) -> Vec<Life> {
    peers(place, rng, |place, rng| {
        let server = SocketAddr::new(Place::outside("bitcoin-peer", 9_000, rng), 8_333);
        let at = place.clone();
        Life::lasting(
            place,
            rng,
            Box::new(move |start, rng| {
                let end = at.until(start, 9_000.0, 1.5, rng);
                let hello =
                    |from: Side, time_ns: u64| Said { time_ns, from, body: Body::bytes(version()) };
                let opening = vec![hello(Side::Client, 0), hello(Side::Server, 90_000_000)];
                let beats = gossip(&at, 0, rng);
                at.call_after(&Route::tcp("bitcoin-node", server), start, end, opening, beats, rng)
            }),
        )
    })
}

/// `version` of the main network with a body of 102 zero bytes: enough to be recognised.
fn version() -> Vec<u8> {
    let mut out = vec![0xf9, 0xbe, 0xb4, 0xd9];
    out.extend(b"version\0\0\0\0\0");
    out.extend(102_u32.to_le_bytes());
    out.extend([0; 4]);
    out.extend(70_016_u32.to_le_bytes());
    out.extend([0; 98]);
    out
}

pub(super) fn bitcoin_sealed(place: &Place, rng: &mut Rng) -> Vec<Life> {
    peers(place, rng, |place, rng| {
        let server = SocketAddr::new(Place::outside("bitcoin-peer", 9_000, rng), 8_333);
        let at = place.clone();
        Life::lasting(
            place,
            rng,
            Box::new(move |start, rng| {
                let end = at.until(start, 9_000.0, 1.5, rng);
                // most programs send no garbage at first, some send any amount
                let mut opening = Vec::new();
                for (from, time_ns) in [(Side::Client, 0), (Side::Server, 80_000_000)] {
                    let garbage = if rng.chance(0.4) { 0 } else { rng.below(4_096) };
                    opening.push(Said { time_ns, from, body: Body::opaque(64 + garbage) });
                }
                for (from, time_ns) in [(Side::Client, 81_000_000), (Side::Server, 160_000_000)] {
                    opening.push(Said { time_ns, from, body: Body::opaque(16 + 20 + 20 + 126) });
                }
                let beats = gossip(&at, 9, rng);
                at.call_after(
                    &Route::tcp("bitcoin-node-v2", server),
                    start,
                    end,
                    opening,
                    beats,
                    rng,
                )
            }),
        )
    })
}

pub(super) fn monero(place: &Place, rng: &mut Rng) -> Vec<Life> {
    peers(place, rng, |place, rng| {
        let server = SocketAddr::new(Place::outside("monero-peer", 3_000, rng), 18_080);
        let at = place.clone();
        Life::lasting(
            place,
            rng,
            Box::new(move |start, rng| {
                let end = at.until(start, 5_000.0, 1.5, rng);
                let sync = 250 + u32::try_from(rng.below(120)).unwrap_or(0);
                let [_, blocks] = at.blocks.clone();
                let levin =
                    |from: Side, size: usize| Step::clear(from, move |rng| levin(size, rng));
                let beats = vec![
                    Beat::new(
                        Gap::Once(0.0),
                        vec![levin(Side::Client, 226), levin(Side::Server, 400)],
                    ),
                    Beat::new(
                        Gap::Every(60.0, 0.5),
                        vec![Step::up(Size::Is(sync)), Step::down(Size::About(600.0, 0.3))],
                    ),
                    Beat::new(
                        Gap::Clock(blocks),
                        vec![
                            Step::down(Size::About(1_100.0, 0.5)).maybe(0.7),
                            Step::up(Size::Is(120)).maybe(0.2),
                        ],
                    ),
                    Beat::new(
                        Gap::Poisson(7.0),
                        vec![Step::down(Size::About(2_300.0, 0.5)).maybe(0.5)],
                    ),
                ];
                at.call(&Route::tcp("monero-node", server), start, end, beats, rng)
            }),
        )
    })
}

/// A Levin message (monero `contrib/epee`): signature, length, flags, command 1001, chance.
fn levin(size: usize, rng: &mut Rng) -> Vec<u8> {
    let mut out = vec![1, 0x21, 1, 1, 1, 1, 1, 1];
    out.extend((size as u64).to_le_bytes());
    out.push(1);
    out.extend(1_001_u32.to_le_bytes());
    out.extend([0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
    out.extend(rng.bytes(size));
    out
}
