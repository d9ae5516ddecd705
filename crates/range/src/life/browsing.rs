//! People who read web pages: a page is a few connections with a burst of objects each, then
//! reading time.
//!
//! HTTP Archive: a page of 2024 is about 70 requests and 2 MB; most of it is cached on later pages.
//! A connection fetches 1-20 objects of 0.5-80 kB and is closed after 10 s to some minutes.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

pub(super) fn pages(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let at = place.clone();
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let host = format!("www{}.example.com", rng.below(4_000));
        let server = SocketAddr::new(Place::outside(&host, 3, rng), 443);
        let end = at.until(start, 25.0, 1.2, rng);
        let hello = hello(Family::Browser, &host, rng);
        let count = 1 + rng.index(9);
        let page = (0..count).flat_map(|_| {
            [
                Step::up(Size::Between(60, 600)).wait(0.001, 0.15),
                Step::down(Size::About(6_000.0, 1.5)).wait(0.002, 0.06),
            ]
        });
        let beats = vec![
            Beat::new(Gap::Once(0.01), page.collect()),
            Beat::new(
                Gap::Poisson(20.0),
                vec![
                    Step::up(Size::Between(60, 700)),
                    Step::down(Size::About(2_000.0, 1.2)).wait(0.002, 0.06),
                ],
            ),
        ];
        at.call(&Route::tls("browsing", server, hello), start, end, beats, rng)
    });
    vec![Life::new(place, 600.0, Gap::People(600.0 / place.rate), rng, make)]
}
