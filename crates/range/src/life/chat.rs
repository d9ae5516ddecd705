//! Messengers: XMPP (RFC 6120, pings of XEP-0199, white space as a sign of life) and the
//! proprietary ones whose short records come and go all day.
//!
//! A message is 300-1,500 bytes of stanza with its receipt; typing notices and presence are
//! 100-300. Ping periods of 30-300 s are what servers and clients set.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

pub(super) fn xmpp(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server =
        SocketAddr::new(Place::outside("xmpp.example.org", 3, rng), rng.pick(&[5222, 5223, 443]));
    let ping = rng.pick(&[30.0, 60.0, 60.0, 120.0, 300.0]);
    let (stanza, mean) = (
        Size::Is(100 + u32::try_from(rng.below(60)).unwrap_or(0)),
        scale(rng, 40.0, 1_500.0) / place.rate,
    );
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 25_000.0, 1.0, rng);
            let mut hello = hello(Family::OpenSsl, "xmpp.example.org", rng);
            hello.alpn = rng.chance(0.3).then_some("xmpp-client");
            let beats = vec![
                Beat::new(Gap::Every(ping, 0.05), vec![Step::up(stanza), Step::down(stanza)]),
                Beat::new(Gap::Every(180.0, 1.0), vec![Step::up(Size::Is(1)).maybe(0.5)]),
                Beat::new(
                    Gap::People(mean),
                    vec![
                        Step::down(Size::About(120.0, 0.2)).maybe(0.5),
                        Step::down(Size::About(420.0, 0.4)).wait(0.5, 8.0),
                        Step::up(Size::About(160.0, 0.1)).wait(0.01, 0.3),
                    ],
                ),
                Beat::new(
                    Gap::People(mean * 1.5),
                    vec![Step::up(Size::About(400.0, 0.4)), Step::down(Size::About(170.0, 0.1))],
                ),
            ];
            at.call(&Route::tls("chat-xmpp", server, hello), start, end, beats, rng)
        }),
    )]
}

pub(super) fn app(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let service = rng.pick(&["im-long.example.cn", "edge-chat.example.com", "gateway.example.gg"]);
    let server = SocketAddr::new(Place::outside(service, 20, rng), rng.pick(&[443, 443, 80, 8080]));
    let beat = rng.pick(&[30.0, 41.25, 60.0, 180.0, 270.0]);
    let small = 20 + u32::try_from(rng.below(60)).unwrap_or(0);
    let (down, up) =
        (scale(rng, 20.0, 1_500.0) / place.rate, scale(rng, 60.0, 2_000.0) / place.rate);
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 15_000.0, 1.2, rng);
            let mut hello = hello(Family::any(rng), service, rng);
            hello.alpn = None;
            let beats = vec![
                Beat::new(
                    Gap::Every(beat, 0.2),
                    vec![Step::up(Size::Is(small)), Step::down(Size::Is(small - 8))],
                ),
                Beat::new(
                    Gap::People(down),
                    vec![
                        Step::down(Size::About(350.0, 0.8)),
                        Step::up(Size::Is(small + 4)).maybe(0.6),
                    ],
                ),
                Beat::new(
                    Gap::People(up),
                    vec![Step::up(Size::About(300.0, 0.6)), Step::down(Size::Is(small + 22))],
                ),
            ];
            at.call(&Route::tls("chat-app", server, hello), start, end, beats, rng)
        }),
    )]
}
