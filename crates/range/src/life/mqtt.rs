//! Sensors on MQTT brokers: the nearest thing to mining that is not mining. A reading goes up with
//! quality of service 1 and is acknowledged within a round trip, commands come down at times of
//! their own, sizes are constant per device.
//!
//! Sizes: MQTT 3.1.1 (PINGREQ and PINGRESP 2 bytes, PUBACK 4, PUBLISH a topic of 20-60 and a
//! payload of 20-400 bytes). Keepalives of 30 s to 20 min are what device libraries (Paho 60 s,
//! `AWS IoT` 1,200 s, ESP-IDF 120 s) set.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::dialogue::Side;
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::{Beat, Step};

/// The broker of a maker: one of a few addresses, on 8883, or 443 with ALPN as clouds offer.
fn sealed(
    place: &Place,
    rng: &mut Rng,
    kind: &'static str,
    beats: fn(&Place, &mut Rng) -> Vec<Beat>,
) -> Vec<Life> {
    let maker = rng.below(14);
    let host = format!("iot{maker}.example.net");
    let port = if rng.chance(0.25) { 443 } else { 8883 };
    let server = SocketAddr::new(Place::outside(&host, 4, rng), port);
    let at = place.clone();
    let habits = rng.next_u64();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let mut hello = hello(Family::Device, &host, rng);
            hello.new = maker.is_multiple_of(3);
            hello.alpn = (port == 443).then_some("x-amzn-mqtt-ca");
            let end = at.until(start, 30_000.0, 1.2, rng);
            let beats = beats(&at, &mut Rng::new(habits));
            at.call(&Route::tls(kind, server, hello), start, end, beats, rng)
        }),
    )]
}

/// Signs of life that both ends expect.
fn keepalive(rng: &mut Rng) -> Beat {
    let every = rng.pick(&[30.0, 45.0, 60.0, 60.0, 120.0, 240.0, 300.0, 1_200.0]);
    Beat::new(Gap::Every(every, 0.02), vec![Step::up(Size::Is(2)), Step::down(Size::Is(2))])
}

/// A reading and its acknowledgement.
fn reading(gap: Gap, rng: &mut Rng) -> Beat {
    let topic = 20 + u32::try_from(rng.below(40)).unwrap_or(0);
    let body = topic + u32::try_from(rng.below(380)).unwrap_or(0);
    let digits = u32::try_from(rng.below(4)).unwrap_or(0);
    Beat::new(gap, vec![Step::up(Size::Between(body, body + digits)), Step::down(Size::Is(4))])
}

/// A command from the cloud and, mostly, the device's word that it was done.
fn command(gap: Gap, rng: &mut Rng) -> Beat {
    let size = 120 + u32::try_from(rng.below(420)).unwrap_or(0);
    let answered = rng.chance(0.5);
    let mut steps = vec![Step::down(Size::Of([size, size + 2, size]))];
    if answered {
        steps.push(Step::up(Size::Is(4)).wait(0.001, 0.05));
    }
    Beat::new(gap, steps)
}

/// Readings at an even pace.
pub(super) fn telemetry(place: &Place, rng: &mut Rng) -> Vec<Life> {
    sealed(place, rng, "mqtt-telemetry", |place, rng| {
        let every = scale(rng, 5.0, 600.0) / place.rate;
        let jitter = every * rng.between(0.0, 0.1);
        let mut beats = vec![keepalive(rng), reading(Gap::Every(every, jitter), rng)];
        if rng.chance(0.4) {
            let every = rng.pick(&[20.0, 22.0, 30.0, 55.0, 60.0, 120.0]);
            beats.push(command(Gap::Every(every, 0.1), rng));
        }
        beats
    })
}

/// Readings when something happens, and commands when someone wants something.
pub(super) fn events(place: &Place, rng: &mut Rng) -> Vec<Life> {
    sealed(place, rng, "mqtt-events", |place, rng| {
        let mean = scale(rng, 6.0, 900.0) / place.rate;
        let commands = scale(rng, 15.0, 900.0);
        vec![keepalive(rng), reading(Gap::Poisson(mean), rng), command(Gap::Poisson(commands), rng)]
    })
}

/// The same in the clear, to a broker in the house.
pub(super) fn plain(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(place.inside(3), 1883);
    let name = format!("sensor-{}", rng.token(8));
    let topic = format!("site/{}/temperature", rng.token(5));
    let every = scale(rng, 5.0, 300.0) / place.rate;
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 40_000.0, 1.0, rng);
            let connect = packet(
                0x10,
                &[&[0, 4][..], b"MQTT", &[4, 2, 0, 60, 0, length(&name)], name.as_bytes()].concat(),
            );
            let topic = topic.clone();
            let publish = move |rng: &mut Rng| {
                let text = format!("{{\"value\":{:.2}}}", rng.between(17.0, 26.0));
                let id = u16::try_from(1 + rng.below(65_000)).unwrap_or(1).to_be_bytes();
                packet(
                    0x32,
                    &[&[0, length(&topic)][..], topic.as_bytes(), &id, text.as_bytes()].concat(),
                )
            };
            let beats = vec![
                Beat::new(
                    Gap::Once(0.0),
                    vec![
                        Step::clear(Side::Client, move |_| connect.clone()),
                        Step::clear(Side::Server, |_| vec![0x20, 2, 0, 0]),
                    ],
                ),
                Beat::new(
                    Gap::Every(every, 0.3),
                    vec![
                        Step::clear(Side::Client, publish),
                        Step::clear(Side::Server, |rng| packet(0x40, &rng.bytes(2))),
                    ],
                ),
                Beat::new(
                    Gap::Every(60.0, 0.05),
                    vec![
                        Step::clear(Side::Client, |_| vec![0xc0, 0]),
                        Step::clear(Side::Server, |_| vec![0xd0, 0]),
                    ],
                ),
            ];
            at.call(&Route::tcp("mqtt-plain", server).near(), start, end, beats, rng)
        }),
    )]
}

fn length(text: &str) -> u8 {
    u8::try_from(text.len()).unwrap_or(0)
}

/// A control packet shorter than 128 bytes.
fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, u8::try_from(body.len()).unwrap_or(0)][..], body].concat()
}
