//! gRPC streams: one HTTP/2 connection, messages of nearly constant size one way or both, pings of
//! 8 bytes (17 with the frame's header) every 10-300 s (gRPC keepalive guide).

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

pub(super) fn grpc(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let host = rng.pick(&["xds.example.com", "watch.example.com", "ingest.example.com"]);
    let inside = rng.chance(0.5);
    let address = if inside { place.inside(10) } else { Place::outside(host, 4, rng) };
    let server = SocketAddr::new(address, rng.pick(&[443, 8_443, 50_051]));
    let message = 20 + u32::try_from(rng.below(500)).unwrap_or(0);
    let (mean, ping) =
        (scale(rng, 0.5, 120.0) / place.rate, rng.pick(&[10.0, 20.0, 30.0, 60.0, 300.0]));
    let (up, answered) = (rng.chance(0.5), rng.chance(0.5));
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 12_000.0, 1.2, rng);
            let mut hello = hello(Family::Go, host, rng);
            (hello.alpn, hello.own) = (Some("h2"), inside);
            let said = Size::Between(message, message + 3);
            let mut steps = vec![if up { Step::up(said) } else { Step::down(said) }];
            if answered {
                steps.push(if up {
                    Step::down(Size::Is(14))
                } else {
                    Step::up(Size::Is(14)).wait(0.0005, 0.01)
                });
            }
            let beats = vec![
                Beat::new(Gap::Poisson(mean), steps),
                Beat::new(
                    Gap::Every(ping, 0.01),
                    vec![Step::up(Size::Is(17)), Step::down(Size::Is(17))],
                ),
            ];
            at.call(&Route::tls("grpc-stream", server, hello), start, end, beats, rng)
        }),
    )]
}
