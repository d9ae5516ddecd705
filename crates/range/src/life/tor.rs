//! A Tor client: cells of 514 bytes in TLS records, so that every size is a multiple; padding cells
//! every 1.5-9.5 s while a connection is used (Tor's padding specification).

use std::net::SocketAddr;

use super::place::{Life, Place, Route};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::{Family, Hello};
use crate::world::script::{Beat, Step};

pub(super) fn client(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server =
        SocketAddr::new(Place::outside("relay", 6_000, rng), rng.pick(&[443, 9_001, 9_001]));
    let pages = scale(rng, 20.0, 400.0) / place.rate;
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 9_000.0, 0.8, rng);
            let host = format!("www.{}.com", rng.token(14));
            let hello = Hello {
                family: Family::OpenSsl,
                sni: Some(&host),
                alpn: None,
                new: true,
                host: &host,
                own: true,
            };
            let cell = |count: u32| Size::Is(514 * count);
            let beats = vec![
                Beat::new(
                    Gap::Uneven(5.0, 0.4),
                    vec![Step::up(cell(1)).maybe(0.5), Step::down(cell(1)).maybe(0.5)],
                ),
                Beat::new(
                    Gap::People(pages),
                    (0..20)
                        .map(|_| Step::down(cell(4)).wait(0.005, 0.08))
                        .chain([Step::up(cell(1))])
                        .collect(),
                ),
                Beat::new(Gap::Uneven(60.0, 0.5), vec![Step::up(cell(1)), Step::down(cell(1))]),
            ];
            at.call(&Route::tls("tor-client", server, hello), start, end, beats, rng)
        }),
    )]
}
