//! Online games: small datagrams both ways at the server's tick.
//!
//! Tick rates of 10-64 Hz, 40-120 bytes up and 80-400 down (published measurements of shooters and
//! battle arenas). A match lasts 10-40 minutes.

use std::net::SocketAddr;

use super::place::{Life, Place, Route};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size};
use crate::world::script::{Beat, Step};

pub(super) fn ticks(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(
        Place::outside("match.game.example", 90, rng),
        27_015 + u16::try_from(rng.below(60)).unwrap_or(0),
    );
    let tick = 1.0 / rng.pick(&[10.0, 15.0, 20.0, 30.0]);
    let at = place.clone();
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let end = at.until(start, 1_200.0, 0.4, rng);
        let beats = vec![
            Beat::new(Gap::Every(tick, tick * 0.1), vec![Step::up(Size::Between(40, 110))]),
            Beat::new(Gap::Every(tick, tick * 0.1), vec![Step::down(Size::About(160.0, 0.4))]),
        ];
        at.call(&Route::udp("game", server), start, end, beats, rng)
    });
    let mut life = Life::new(place, 3_600.0, Gap::People(9_000.0 / place.rate), rng, make);
    life.chained = true;
    vec![life]
}
