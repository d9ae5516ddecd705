//! Calls: RTP-like datagrams of 20 ms of Opus (60-160 bytes) both ways, with silence suppressed
//! half of the time (RFC 3550, RFC 7587), for some minutes.

use std::net::SocketAddr;

use super::place::{Life, Place, Route};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size};
use crate::world::script::{Beat, Step};

pub(super) fn call(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(
        Place::outside("turn.example.com", 30, rng),
        3_478 + u16::try_from(rng.below(4)).unwrap_or(0),
    );
    let at = place.clone();
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let end = at.until(start, 240.0, 0.9, rng);
        let spell = |from_up: bool| {
            let word = move || {
                if from_up {
                    Step::up(Size::Between(70, 150))
                } else {
                    Step::down(Size::Between(70, 150))
                }
            };
            Beat::new(Gap::Poisson(2.4), (0..60).map(|_| word().wait(0.019, 0.021)).collect())
        };
        let beats = vec![
            spell(true),
            spell(false),
            Beat::new(Gap::Every(5.0, 0.4), vec![Step::up(Size::Is(52)), Step::down(Size::Is(52))]),
        ];
        at.call(&Route::udp("voice", server), start, end, beats, rng)
    });
    let mut life = Life::new(place, 1_800.0, Gap::People(6_000.0 / place.rate), rng, make);
    life.chained = true;
    vec![life]
}
