//! Large transfers: adaptive video in segments (a burst every 2-10 s, DASH and HLS) and backups.
//!
//! Segments of 0.3-3 MB follow request records of 400-900 bytes; a nightly backup writes 20-400 MB.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

pub(super) fn video(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(Place::outside("video.cdn.example", 200, rng), 443);
    let (segment, every) = (scale(rng, 150_000.0, 1_500_000.0), rng.pick(&[2.0, 4.0, 5.0, 10.0]));
    let at = place.clone();
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let end = at.until(start, 600.0, 1.0, rng);
        let hello = hello(Family::Browser, "video.cdn.example", rng);
        let beats = vec![Beat::new(
            Gap::Every(every, 0.2),
            vec![
                Step::up(Size::Between(400, 900)),
                Step::down(Size::About(segment, 0.3)).wait(0.005, 0.05),
            ],
        )];
        at.call(
            &Route { speed: 60e6, ..Route::tls("video", server, hello) },
            start,
            end,
            beats,
            rng,
        )
    });
    let mut life = Life::new(place, 3_600.0, Gap::People(18_000.0 / place.rate), rng, make);
    life.chained = true;
    vec![life]
}

pub(super) fn backup(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(Place::outside("backup.example.com", 5, rng), 443);
    let at = place.clone();
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let end = at.until(start, 900.0, 0.6, rng);
        let hello = hello(Family::Go, "backup.example.com", rng);
        let beats = vec![Beat::new(
            Gap::Poisson(6.0),
            vec![Step::up(Size::About(600_000.0, 0.8)), Step::down(Size::Between(180, 260))],
        )];
        at.call(
            &Route { speed: 80e6, ..Route::tls("backup", server, hello) },
            start,
            end,
            beats,
            rng,
        )
    });
    vec![Life::new(place, 40_000.0, Gap::Every(86_400.0 / place.rate, 600.0), rng, make)]
}
