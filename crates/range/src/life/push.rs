//! Push services of phones and browsers: one connection that stays open all day, a heartbeat of
//! constant size, and pushes from the server at times of people.
//!
//! Firebase Cloud Messaging holds TCP 5228 (or 443) open with heartbeats of 4-28 minutes; Apple's
//! push service holds 5223 or 443 with heartbeats of 5-30 minutes and acknowledges each push;
//! browsers hold a WebSocket with pings of 5-30 minutes (their public documentation).

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

fn connection(
    place: &Place,
    rng: &mut Rng,
    service: (&'static str, &'static str, u16, Family),
    often: f64,
) -> Life {
    let (kind, host, port, family) = service;
    let server = SocketAddr::new(Place::outside(host, 12, rng), port);
    let heartbeat = rng.pick(&[240.0, 280.0, 300.0, 540.0, 900.0, 1_680.0]);
    let beat = 10 + u32::try_from(rng.below(30)).unwrap_or(0);
    let pushes = scale(rng, 120.0, 2_400.0) / often;
    let usual = 250.0 * scale(rng, 0.6, 4.0);
    let at = place.clone();
    Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 20_000.0, 1.0, rng);
            let mut hello = hello(family, host, rng);
            hello.alpn = None;
            let beats = vec![
                Beat::new(
                    Gap::Every(heartbeat, heartbeat * 0.02),
                    vec![Step::up(Size::Is(beat)), Step::down(Size::Is(beat))],
                ),
                Beat::new(
                    Gap::People(pushes),
                    vec![
                        Step::down(Size::About(usual, 0.5)),
                        Step::up(Size::Is(beat + 9)).wait(0.002, 0.2).maybe(0.7),
                    ],
                ),
            ];
            at.call(&Route::tls(kind, server, hello), start, end, beats, rng)
        }),
    )
}

pub(super) fn phone(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let service = if rng.chance(0.5) {
        ("push-phone", "mtalk.example.com", 5228, Family::Phone)
    } else {
        (
            "push-phone",
            "courier.push.example.com",
            if rng.chance(0.5) { 5223 } else { 443 },
            Family::Phone,
        )
    };
    vec![connection(place, rng, service, place.rate)]
}

pub(super) fn desktop(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let service = ("push-desktop", "push.services.example.com", 443, Family::Browser);
    vec![connection(place, rng, service, 0.5 * place.rate)]
}
