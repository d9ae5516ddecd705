//! Monitoring agents: they report at an even pace, in messages of nearly constant size, and are
//! answered within a round trip.
//!
//! Zabbix agents send active checks every 60 s (`RefreshActiveChecks`) and buffers every 5 s
//! (`BufferSend`) to 10051 and get about 100 bytes; Prometheus scrapes 9100 every 15-60 s and gets
//! 4-80 kB; statsd (8125/udp) sends lines of 30-400 bytes; SNMP pollers ask 40-300 bytes of
//! 161/udp; hosted agents post 1-40 kB over TLS every 10-60 s.

use std::net::SocketAddr;

use super::place::{Life, Place, Route, hello};
use crate::dialogue::Side;
use crate::rng::Rng;
use crate::world::chance::{Gap, Size, scale};
use crate::world::hello::Family;
use crate::world::script::Cover;
use crate::world::script::{Beat, Step};

pub(super) fn zabbix(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(place.inside(5), 10_051);
    let every = rng.pick(&[5.0, 10.0, 30.0, 60.0, 120.0]) / place.rate;
    let (name, at) = (format!("host-{}", rng.token(6)), place.clone());
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let (name, load) = (name.clone(), rng.unit());
        let ask = move |_: &mut Rng| {
            zbx(&format!(
                r#"{{"request":"agent data","session":"5d41402abc4b2a76b9719d911017c592","data":[{{"host":"{name}","key":"system.cpu.load","value":"{load:.4}","id":17,"clock":{},"ns":42}}],"clock":{},"ns":1}}"#,
                start / 1_000_000_000,
                start / 1_000_000_000
            ))
        };
        let answer = |_: &mut Rng| {
            zbx(
                r#"{"response":"success","info":"processed: 1; failed: 0; total: 1; seconds spent: 0.000055"}"#,
            )
        };
        let beats = vec![Beat::new(
            Gap::Once(0.0005),
            vec![Step::clear(Side::Client, ask), Step::clear(Side::Server, answer)],
        )];
        at.call(
            &Route::tcp("zabbix", server).near(),
            start,
            (start + 1_000_000_000).min(at.end_ns),
            beats,
            rng,
        )
    });
    vec![Life::new(place, every, Gap::Every(every, 0.1), rng, make)]
}

/// Zabbix's header: `ZBXD`, flags, length.
fn zbx(body: &str) -> Vec<u8> {
    [b"ZBXD\x01", &(body.len() as u64).to_le_bytes()[..], body.as_bytes()].concat()
}

pub(super) fn prometheus(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(place.inside(6), 9_100);
    let every = rng.pick(&[10.0, 15.0, 30.0, 60.0]) / place.rate;
    let (size, at) = (scale(rng, 3_000.0, 80_000.0), place.clone());
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 80_000.0, 1.0, rng);
            let ask = |_: &mut Rng| {
                b"GET /metrics HTTP/1.1\r\nHost: node:9100\r\nUser-Agent: Prometheus/2.53.0\r\nAccept: text/plain;version=0.0.4\r\nAccept-Encoding: gzip\r\nX-Prometheus-Scrape-Timeout-Seconds: 10\r\n\r\n".to_vec()
            };
            let beats = vec![Beat::new(
                Gap::Every(every, 0.01),
                vec![
                    Step::clear(Side::Client, ask),
                    Step::down(Size::About(size, 0.01)).wait(0.005, 0.04),
                ],
            )];
            at.call(&Route::tcp("prometheus", server).near(), start, end, beats, rng)
        }),
    )]
}

pub(super) fn statsd(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(place.inside(7), 8_125);
    let every = rng.pick(&[1.0, 2.0, 5.0, 10.0]) / place.rate;
    let at = place.clone();
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let line = |rng: &mut Rng| {
                format!(
                    "web.requests:{}|c\nweb.latency:{:.3}|ms|@0.1\n",
                    rng.below(500),
                    rng.between(1.0, 90.0)
                )
                .into_bytes()
            };
            let beats = vec![Beat::new(
                Gap::Every(every, every * 0.02),
                vec![Step::clear(Side::Client, line)],
            )];
            at.call(&Route::udp("statsd", server).near(), start, at.end_ns, beats, rng)
        }),
    )]
}

pub(super) fn snmp(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let server = SocketAddr::new(place.inside(8), 161);
    let every = rng.pick(&[10.0, 30.0, 60.0, 300.0]) / place.rate;
    let (count, at) = (1 + rng.index(8), place.clone());
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let mut steps = Vec::new();
            for _ in 0..count {
                // a version 2c request of one object and its counter
                steps.push(
                    Step::clear(Side::Client, |rng| get(0xa0, &[5, 0], rng)).wait(0.000_2, 0.004),
                );
                steps.push(Step::clear(Side::Server, |rng| {
                    get(0xa2, &[0x46, 8, 0, 0, 1, 7, 9, 3, 1, 4], rng)
                }));
            }
            let beats = vec![Beat::new(Gap::Every(every, 0.02), steps)];
            at.call(&Route::udp("snmp", server).near(), start, at.end_ns, beats, rng)
        }),
    )]
}

/// An SNMP message (RFC 3416) for `ifHCInOctets` of some interface.
fn get(kind: u8, value: &[u8], rng: &mut Rng) -> Vec<u8> {
    let tlv =
        |tag: u8, body: &[u8]| [&[tag, u8::try_from(body.len()).unwrap_or(0)][..], body].concat();
    let port = u8::try_from(1 + rng.below(48)).unwrap_or(1);
    let name = tlv(6, &[0x2b, 6, 1, 2, 1, 31, 1, 1, 1, 6, port]);
    let bound = tlv(0x30, &tlv(0x30, &[&name[..], value].concat()));
    let id = tlv(2, &[0x11, 7, 3, port]);
    let body = tlv(kind, &[&id[..], &[2, 1, 0, 2, 1, 0], &bound].concat());
    tlv(0x30, &[&[2, 1, 1][..], &tlv(4, b"public"), &body].concat())
}

pub(super) fn agent(place: &Place, rng: &mut Rng) -> Vec<Life> {
    let host =
        rng.pick(&["agent.apm.example.com", "intake.logs.example.com", "collector.example.io"]);
    let server = SocketAddr::new(Place::outside(host, 6, rng), 443);
    let every = rng.pick(&[10.0, 15.0, 20.0, 30.0, 60.0]) / place.rate;
    let (size, at) = (scale(rng, 180.0, 40_000.0), place.clone());
    vec![Life::lasting(
        place,
        rng,
        Box::new(move |start, rng| {
            let end = at.until(start, 10_000.0, 1.2, rng);
            let hello = hello(Family::Go, host, rng);
            let beats = vec![
                Beat::new(
                    Gap::Every(every, 0.2),
                    vec![Step::up(Size::About(size, 0.08)), Step::down(Size::Between(38, 42))],
                ),
                Beat::new(
                    Gap::Every(30.0, 0.01),
                    vec![Step::up(Size::Is(17)), Step::down(Size::Is(17))],
                ),
            ];
            let route = Route { cover: Cover::Tls(22), ..Route::tls("agent-tls", server, hello) };
            at.call(&route, start, end, beats, rng)
        }),
    )]
}
