//! Look-ups of names (RFC 1035): a question of one socket each, mostly for names that look like
//! nothing, now and then for one with a word of mining in it.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::place::{Life, Place};
use crate::dialogue::{Side, Transport, nanos};
use crate::rng::Rng;
use crate::world::body::Body;
use crate::world::chance::Gap;
use crate::world::notes::{DnsNote, Notes};
use crate::world::script::{Call, Said, Told};

/// One look-up.
pub(crate) fn look_up(
    place: &Place,
    name: &str,
    answer: Option<IpAddr>,
    at_ns: u64,
    rng: &mut Rng,
) -> Call {
    let id = u16::try_from(rng.below(65_536)).unwrap_or(0);
    let rtt_ns = nanos(rng.between(0.000_4, 0.03));
    let note = DnsNote { id, name: name.to_owned(), answer, ttl: 300 };
    let (ask, told) = messages(&note);
    let said = [(at_ns, Side::Client, ask), (at_ns + rtt_ns, Side::Server, told)];
    let said: VecDeque<Said> = said
        .into_iter()
        .map(|(time_ns, from, bytes)| Said { time_ns, from, body: Body::bytes(bytes) })
        .collect();
    Call {
        transport: Transport::Udp,
        client: SocketAddr::new(place.host, Place::port(rng)),
        server: SocketAddr::new(place.resolver, 53),
        start_ns: at_ns,
        rtt_ns,
        kind: "dns-lookups",
        pace_ns: 10_000,
        script: Box::new(Told(said)),
        notes: Notes::Dns(note),
    }
}

fn messages(note: &DnsNote) -> (Vec<u8>, Vec<u8>) {
    let mut question = Vec::new();
    for label in note.name.split('.') {
        question.push(u8::try_from(label.len()).unwrap_or(0));
        question.extend(label.bytes());
    }
    question.extend([0, 0, 1, 0, 1]);
    let id = note.id.to_be_bytes();
    let ask = [&id[..], &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0], &question].concat();
    let told = match note.answer {
        Some(IpAddr::V4(address)) => [
            &id[..],
            &[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
            &question,
            &[0xc0, 12, 0, 1, 0, 1],
            &note.ttl.to_be_bytes(),
            &[0, 4],
            &address.octets(),
        ]
        .concat(),
        _ => [&id[..], &[0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0], &question].concat(),
    };
    (ask, told)
}

pub(super) fn names(place: &Place, rng: &mut Rng) -> Vec<Life> {
    const ODD: [&str; 6] = [
        "pool-supplies.example.com",
        "minerals.example.org",
        "stratum.geology.example.edu",
        "moneropolitics.example.org",
        "xmr-price.example.net",
        "carpool.example.com",
    ];
    let at = place.clone();
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        let name = match rng.below(60) {
            0 => rng.pick(&ODD).to_owned(),
            it => format!(
                "{}{}.example.{}",
                rng.pick(&["www", "api", "cdn", "img", "s"]),
                rng.below(4_000),
                if it % 2 == 0 { "com" } else { "net" }
            ),
        };
        let address = IpAddr::V4(Ipv4Addr::from(
            0xc612_0000 + u32::try_from(rng.below(131_072)).unwrap_or(0),
        ));
        let answer = (!rng.chance(0.05)).then_some(address);
        (look_up(&at, &name, answer, start, rng), start + 100_000_000)
    });
    vec![Life::new(place, 60.0, Gap::People(180.0 / place.rate), rng, make)]
}
