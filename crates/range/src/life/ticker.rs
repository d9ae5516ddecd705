//! What servers push to whoever watches: prices over a secure WebSocket, dashboards, event streams
//! (WHATWG HTML §9.2) and long polling. Records of nearly constant size come down at an even or a
//! Poisson pace, and nothing or a small answer goes up: as job pushes do.
//!
//! Public exchange feeds push trades of 120-250 bytes many times a second down to once a minute per
//! symbol and ask for a pong every 20 s to 3 min; dashboards refresh every 5-60 s; event streams
//! send a comment of a few bytes every 15-45 s.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

fn pushed(
    place: &Place,
    rng: &mut Rng,
    service: (&'static str, &'static str),
    beats: fn(&Place, &mut Rng) -> Vec<Beat>,
) -> Vec<Life> {
    let (kind, host) = service;
    let server =
        SocketAddr::new(Place::outside(host, 8, rng), rng.pick(&[443, 443, 443, 9443, 8443]));
    let family = Family::any(rng);
    let (at, habits) = (place.clone(), rng.next_u64());
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 7_000.0, 1.3, rng);
            let mut hello = hello(family, host, rng);
            hello.alpn = rng.chance(0.6).then_some("http/1.1");
            let mut all = vec![Beat::new(
                Gap::Once(0.01),
                vec![
                    Step::up(Size::Between(400, 700)),
                    Step::down(Size::Between(129, 260)),
                    Step::up(Size::Between(60, 200)).wait(0.01, 0.2),
                    Step::down(Size::Between(40, 120)),
                ],
            )];
            all.extend(beats(&at, &mut Rng::new(habits)));
            at.call(&Route::tls(kind, server, hello), start, end, all, rng)
        }),
    )]
}

pub(super) fn prices(place: &Place, rng: &mut Rng) -> Vec<Life> {
    pushed(place, rng, ("ticker-tls", "stream.exchange.example"), |place, rng| {
        let size = 120 + u32::try_from(rng.below(320)).unwrap_or(0);
        let mean = scale(rng, 0.4, 60.0) / place.rate;
        let gap = if rng.chance(0.5) { Gap::Poisson(mean) } else { Gap::Every(mean, mean * 0.05) };
        let pong = rng.pick(&[20.0, 30.0, 60.0, 180.0]);
        let mut beats = vec![
            Beat::new(gap, vec![Step::down(Size::Between(size, size + 2))]),
            Beat::new(
                Gap::Every(pong, 0.05),
                vec![Step::down(Size::Is(6)), Step::up(Size::Is(10)).wait(0.001, 0.02)],
            ),
        ];
        if rng.chance(0.3) {
            // orders: something goes up, its answer comes at once
            let order = Size::Is(160 + u32::try_from(rng.below(120)).unwrap_or(0));
            let mean = scale(rng, 10.0, 600.0);
            beats.push(Beat::new(
                Gap::Poisson(mean),
                vec![Step::up(order), Step::down(Size::Between(90, 92))],
            ));
        }
        beats
    })
}

pub(super) fn dashboard(place: &Place, rng: &mut Rng) -> Vec<Life> {
    pushed(place, rng, ("dashboard-tls", "grafana.example.com"), |place, rng| {
        let every = rng.pick(&[5.0, 10.0, 15.0, 20.0, 30.0, 60.0]) / place.rate;
        let size = scale(rng, 200.0, 6_000.0);
        let ask = Size::Is(80 + u32::try_from(rng.below(300)).unwrap_or(0));
        let asks = rng.chance(0.5);
        let answer = Step::down(Size::About(size, 0.03));
        let steps = if asks { vec![Step::up(ask), answer] } else { vec![answer] };
        vec![
            Beat::new(Gap::Every(every, 0.03), steps),
            Beat::new(Gap::Every(25.0, 0.02), vec![Step::up(Size::Is(6)), Step::down(Size::Is(2))]),
        ]
    })
}

pub(super) fn event_stream(place: &Place, rng: &mut Rng) -> Vec<Life> {
    pushed(place, rng, ("event-stream", "events.example.com"), |place, rng| {
        let (every, mean) =
            (rng.pick(&[15.0, 20.0, 30.0, 45.0]), scale(rng, 10.0, 600.0) / place.rate);
        let size = scale(rng, 90.0, 900.0);
        vec![
            Beat::new(Gap::Every(every, 0.02), vec![Step::down(Size::Between(3, 15))]),
            Beat::new(Gap::Poisson(mean), vec![Step::down(Size::About(size, 0.1))]),
        ]
    })
}

pub(super) fn long_polling(place: &Place, rng: &mut Rng) -> Vec<Life> {
    pushed(place, rng, ("long-polling", "poll.example.com"), |place, rng| {
        let hold = rng.pick(&[20.0, 25.0, 30.0, 55.0, 60.0, 90.0]) / place.rate;
        let ask = Size::Is(350 + u32::try_from(rng.below(400)).unwrap_or(0));
        let empty = Size::Between(180, 182);
        vec![
            Beat::new(
                Gap::Every(hold, 0.05),
                vec![Step::down(empty), Step::up(ask).wait(0.001, 0.02)],
            ),
            Beat::new(
                Gap::Poisson(hold * 4.0),
                vec![Step::down(Size::About(600.0, 0.6)), Step::up(ask).wait(0.001, 0.02)],
            ),
        ]
    })
}
