//! Clocks that are set (RFC 5905): 48 bytes each way every 64-1,024 s.

use std::net::SocketAddr;

use super::place::{Life, Place, Route};
use crate::dialogue::Side;
use crate::rng::Rng;
use crate::world::chance::Gap;
use crate::world::script::{Beat, Step};

pub(super) fn ntp(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(Place::outside("ntp.example.net", 40, rng), 123);
    let every = rng.pick(&[64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0]) / place.rate;
    let at = place.clone();
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let packet = |first: u8, stratum: u8| {
            move |rng: &mut Rng| [&[first, stratum, 10, 0xec][..], &rng.bytes(44)].concat()
        };
        let beats = vec![Beat::new(
            Gap::Once(0.0),
            vec![
                Step::clear(Side::Client, packet(0x23, 0)),
                Step::clear(Side::Server, packet(0x24, 2)),
            ],
        )];
        at.call(&Route::udp("clock", server), start, start + 300_000_000, beats, rng)
    });
    vec![Life::new(place, every, Gap::Every(every, every * 0.02), rng, make)]
}
