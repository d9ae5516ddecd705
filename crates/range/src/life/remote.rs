//! People on other machines: shells that stay open, forwarded ports, remote desktops.
//!
//! SSH: `ServerAliveInterval` of 15-60 s, each a packet of 36-60 bytes and its answer; a key press is
//! one packet up and its echo down (RFC 4253). RDP and VNC over TLS: input events of 30-120 bytes up,
//! screen updates of 0.2-60 kB down.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::dialogue::Side;
use crate::rng::Rng;
use crate::world::body::Body;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Cover, Said, Step};

/// Banners, key exchange and login, as OpenSSH does it with Ed25519.
fn ssh_opening() -> Vec<Said> {
    let banner = |text: &str| Body::bytes(text.as_bytes());
    let said = [
        (0, Side::Client, banner("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")),
        (1, Side::Server, banner("SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13\r\n")),
        (2, Side::Client, Body::opaque(1_536)),
        (2, Side::Server, Body::opaque(1_080)),
        (3, Side::Client, Body::opaque(1_208)),
        (4, Side::Server, Body::opaque(1_564)),
        (5, Side::Client, Body::opaque(60)),
        (6, Side::Client, Body::opaque(44)),
        (7, Side::Server, Body::opaque(44)),
        (8, Side::Client, Body::opaque(500)),
        (9, Side::Server, Body::opaque(28)),
        (10, Side::Client, Body::opaque(112)),
        (11, Side::Server, Body::opaque(500)),
    ];
    said.into_iter()
        .map(|(step, from, body)| Said { time_ns: step * 30_000_000, from, body })
        .collect()
}

pub(super) fn ssh_idle(place: &Place, rng: &mut Rng) -> Vec<Life> {
    ssh(place, rng, "ssh-idle", |place, rng| {
        let typing = scale(rng, 20.0, 900.0) / place.rate;
        vec![Beat::new(
            Gap::People(typing),
            (0..12)
                .flat_map(|_| {
                    [Step::up(Size::Is(1)).wait(0.06, 0.4), Step::down(Size::Between(1, 3))]
                })
                .chain([Step::down(Size::About(700.0, 1.0)).wait(0.01, 0.3)])
                .collect(),
        )]
    })
}

pub(super) fn ssh_forward(place: &Place, rng: &mut Rng) -> Vec<Life> {
    ssh(place, rng, "ssh-forward", |place, rng| {
        // a forwarded database, dashboard or broker: request and answer, or pushes
        let mean = scale(rng, 3.0, 200.0) / place.rate;
        let (ask, answer) = (scale(rng, 30.0, 400.0), scale(rng, 30.0, 900.0));
        if rng.chance(0.5) {
            vec![Beat::new(
                Gap::Poisson(mean),
                vec![Step::up(Size::About(ask, 0.1)), Step::down(Size::About(answer, 0.2))],
            )]
        } else {
            vec![Beat::new(Gap::Every(mean, 0.1), vec![Step::down(Size::About(answer, 0.02))])]
        }
    })
}

fn ssh(
    place: &Place,
    rng: &mut Rng,
    kind: &'static str,
    inner: fn(&Place, &mut Rng) -> Vec<Beat>,
) -> Vec<Life> {
    let server = SocketAddr::new(
        Place::outside("shell.example.org", 300, rng),
        rng.pick(&[22, 22, 22, 2_222, 443]),
    );
    let (at, habits) = (place.clone(), rng.next_u64());
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 6_000.0, 1.3, rng);
            let mut fixed = Rng::new(habits);
            let every = fixed.pick(&[15.0, 30.0, 60.0, 60.0, 300.0]);
            let mut beats = inner(&at, &mut fixed);
            beats.push(Beat::new(
                Gap::Every(every, 0.01),
                vec![Step::up(Size::Is(27)), Step::down(Size::Is(5))],
            ));
            let route = Route { cover: Cover::Ssh(8), ..Route::tcp(kind, server) };
            at.call_after(&route, start, end, ssh_opening(), beats, rng)
        }),
    )]
}

pub(super) fn desktop(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(place.inside(11), rng.pick(&[3_389, 5_900]));
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 2_400.0, 1.0, rng);
            let mut hello = hello(Family::OpenSsl, "desk.example.lan", rng);
            hello.own = true;
            let beats = vec![
                Beat::new(
                    Gap::People(0.9 / at.rate),
                    vec![
                        Step::up(Size::Between(30, 120)),
                        Step::down(Size::About(900.0, 1.4)).wait(0.01, 0.08).maybe(0.7),
                    ],
                ),
                Beat::new(
                    Gap::Every(30.0, 0.5),
                    vec![Step::up(Size::Is(14)), Step::down(Size::Is(14))],
                ),
            ];
            at.call(&Route::tls("remote-desktop", server, hello).near(), start, end, beats, rng)
        }),
    )]
}
