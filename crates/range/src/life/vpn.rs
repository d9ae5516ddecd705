//! Tunnels that nobody mines in: idle ones with signs of life only, and busy ones.
//!
//! `WireGuard`: handshake 148 and 92 bytes every 2 min while in use, keepalive 32 bytes (commonly
//! every 25 s), data padded to 16 and 32 more (its paper, §5.4). `OpenVPN`: pings every 10 s each way
//! (`keepalive 10 60`) of 40 bytes or so, data 25-70 more, TCP or UDP 1194. `IPsec` NAT traversal: a
//! keepalive of one byte on 4500/udp every 20 s (RFC 3948), ESP of 16-byte blocks.

use std::net::SocketAddr;

use super::place::{Life, Place, Route};
use crate::dialogue::Side;
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::script::{Beat, Step};

/// Signs of life and rekeying of one of three programs, and its port.
fn alive(rng: &mut Rng) -> (u16, Vec<Beat>) {
    match rng.below(3) {
        0 => {
            let every = rng.pick(&[15.0, 20.0, 25.0, 25.0, 25.0, 30.0, 60.0]);
            (
                rng.pick(&[51_820, 443, 2_408, 41_641]),
                vec![
                    Beat::new(
                        Gap::Every(120.0, 3.0),
                        vec![Step::up(Size::Is(148)), Step::down(Size::Is(92))],
                    ),
                    Beat::new(Gap::Every(every, 0.05), vec![Step::up(Size::Is(32))]),
                ],
            )
        }
        1 => {
            let (every, size) =
                (rng.pick(&[10.0, 15.0, 60.0]), 40 + u32::try_from(rng.below(24)).unwrap_or(0));
            (
                rng.pick(&[1_194, 443]),
                vec![
                    Beat::new(Gap::Every(every, 0.3), vec![Step::up(Size::Is(size))]),
                    Beat::new(Gap::Every(every, 0.3), vec![Step::down(Size::Is(size))]),
                    Beat::new(
                        Gap::Every(3_600.0, 20.0),
                        vec![
                            Step::up(Size::Between(100, 400)),
                            Step::down(Size::Between(800, 1_300)),
                            Step::up(Size::Between(300, 1_200)),
                        ],
                    ),
                ],
            )
        }
        _ => (
            4_500,
            vec![
                // one byte of ones (RFC 3948 §2.3)
                Beat::new(Gap::Every(20.0, 0.01), vec![Step::clear(Side::Client, |_| vec![0xff])]),
                Beat::new(
                    Gap::Every(30.0, 0.5),
                    vec![Step::up(Size::Is(84)), Step::down(Size::Is(84))],
                ),
            ],
        ),
    }
}

pub(super) fn idle(place: &Place, rng: &mut Rng) -> Vec<Life> {
    tunnel(place, rng, "vpn-idle", |place, rng| {
        // what an idle machine still says: name look-ups, a push now and then
        let mean = scale(rng, 30.0, 900.0) / place.rate;
        vec![Beat::new(
            Gap::Poisson(mean),
            vec![Step::up(Size::Between(96, 160)), Step::down(Size::Between(112, 300))],
        )]
    })
}

pub(super) fn busy(place: &Place, rng: &mut Rng) -> Vec<Life> {
    tunnel(place, rng, "vpn-busy", |place, rng| {
        let mean = scale(rng, 2.0, 60.0) / place.rate;
        vec![
            Beat::new(
                Gap::People(mean),
                vec![
                    Step::up(Size::About(500.0, 0.5)),
                    Step::down(Size::About(9_000.0, 1.3)).wait(0.01, 0.2),
                ],
            ),
            Beat::new(
                Gap::Poisson(mean * 2.0),
                vec![Step::up(Size::Between(96, 160)), Step::down(Size::Between(112, 300))],
            ),
            Beat::new(
                Gap::Every(30.0, 0.3),
                vec![Step::up(Size::Is(112)), Step::down(Size::Is(112))],
            ),
        ]
    })
}

fn tunnel(
    place: &Place,
    rng: &mut Rng,
    kind: &'static str,
    inner: fn(&Place, &mut Rng) -> Vec<Beat>,
) -> Vec<Life> {
    let (port, habits) = (alive(&mut rng.clone()).0, rng.next_u64());
    let server = SocketAddr::new(Place::outside("vpn.example.net", 60, rng), port);
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 25_000.0, 1.0, rng);
            let mut fixed = Rng::new(habits);
            let (_, mut beats) = alive(&mut fixed);
            beats.extend(inner(&at, &mut fixed));
            at.call(&Route { speed: 20e6, ..Route::udp(kind, server) }, start, end, beats, rng)
        }),
    )]
}
