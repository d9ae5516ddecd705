//! Pools of database connections: many idle ones with a ping now and then, a few busy ones.
//!
//! `HikariCP` keeps connections alive every 2 min (`keepaliveTime`) for 30 min (`maxLifetime`);
//! `SELECT 1` is 14 bytes up and 66 down in `PostgreSQL`, `COM_PING` 5 and 11 in `MySQL`; Redis answers
//! `PING` (14 bytes) with 7.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

fn pool(
    place: &Place,
    rng: &mut Rng,
    kind: &'static str,
    port: u16,
    ping: (u32, u32),
) -> Vec<Life> {
    let server = SocketAddr::new(place.inside(9), port);
    let sealed = rng.chance(0.4);
    let count = 2 + rng.index(9);
    let every = rng.pick(&[10.0, 30.0, 60.0, 120.0]);
    (0..count)
        .map(|place_in_pool| {
            let busy = place_in_pool == 0;
            let mean =
                if busy { scale(rng, 1.5, 60.0) } else { scale(rng, 20.0, 1_500.0) } / place.rate;
            let (ask, answer) = (scale(rng, 60.0, 500.0), scale(rng, 60.0, 3_000.0));
            let at = place.clone();
            Life::lasting(
                place,
                rng,
                Box::new(move |start, rng| {
                    let end = at.until(start, 1_790.0, 0.02, rng);
                    let mut hello = hello(Family::OpenSsl, "db.example.lan", rng);
                    (hello.sni, hello.own) = (None, true);
                    let beats = vec![
                        Beat::new(
                            Gap::Every(every, 0.01),
                            vec![Step::up(Size::Is(ping.0)), Step::down(Size::Is(ping.1))],
                        ),
                        Beat::new(
                            Gap::Poisson(mean),
                            vec![
                                Step::up(Size::About(ask, 0.2)),
                                Step::down(Size::About(answer, 0.7)).wait(0.0005, 0.02),
                            ],
                        ),
                    ];
                    let route = if sealed {
                        Route::tls(kind, server, hello)
                    } else {
                        Route::tcp(kind, server)
                    };
                    at.call(&route.near(), start, end, beats, rng)
                }),
            )
        })
        .collect()
}

pub(super) fn pools(place: &Place, rng: &mut Rng) -> Vec<Life> {
    if rng.chance(0.5) {
        pool(place, rng, "sql-pool", 5_432, (14, 66))
    } else {
        pool(place, rng, "sql-pool", 3_306, (5, 11))
    }
}

pub(super) fn cache(place: &Place, rng: &mut Rng) -> Vec<Life> {
    pool(place, rng, "cache-pool", 6_379, (14, 7))
}
