//! Things that report home over TLS: batches of program telemetry, and cameras that stay connected,
//! send a picture when something moves and otherwise a sign of life.
//!
//! Program telemetry posts 0.5-60 kB every 1-15 minutes on a fresh or a kept connection; cloud
//! cameras hold a connection with 20-60 s heartbeats and upload 50-900 kB per event.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

pub(super) fn batches(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let host =
        rng.pick(&["telemetry.example.com", "events.data.example.com", "metrics.example.io"]);
    let server = SocketAddr::new(Place::outside(host, 16, rng), 443);
    let every = scale(rng, 120.0, 3_600.0) / place.rate;
    let at = place.clone();
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let end = at.until(start, 6.0, 0.8, rng);
        let hello = hello(Family::any(rng), host, rng);
        let beats = vec![Beat::new(
            Gap::Once(0.02),
            vec![
                Step::up(Size::About(900.0, 1.2)),
                Step::down(Size::About(300.0, 0.6)).wait(0.01, 0.2),
            ],
        )];
        at.call(&Route::tls("telemetry-tls", server, hello), start, end, beats, rng)
    });
    vec![Life::new(place, every, Gap::Poisson(every), rng, make)]
}

pub(super) fn camera(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let host = rng.pick(&["relay.cam.example.cn", "p2p.cam.example.com"]);
    let server = SocketAddr::new(Place::outside(host, 9, rng), rng.pick(&[443, 8_443, 32_100]));
    let (beat, events) =
        (rng.pick(&[15.0, 20.0, 25.0, 30.0, 60.0]), scale(rng, 200.0, 5_000.0) / place.rate);
    let size = 30 + u32::try_from(rng.below(150)).unwrap_or(0);
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 30_000.0, 1.2, rng);
            let hello = hello(Family::Device, host, rng);
            let beats = vec![
                Beat::new(
                    Gap::Every(beat, 0.1),
                    vec![Step::up(Size::Is(size)), Step::down(Size::Is(size / 2 + 8))],
                ),
                Beat::new(
                    Gap::People(events),
                    vec![Step::up(Size::About(180_000.0, 0.7)), Step::down(Size::Is(60))],
                ),
            ];
            at.call(
                &Route { speed: 4e6, ..Route::tls("camera", server, hello) },
                start,
                end,
                beats,
                rng,
            )
        }),
    )]
}
