//! Look-ups (RFC 1035).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Stage;
use crate::dialogue::{Dialogue, nanos};
use crate::rng::Rng;

/// One question for an address and its answer, by a resolver at 192.168.1.1.
#[must_use]
pub fn lookup(host: IpAddr, name: &str, address: Ipv4Addr, at_ns: u64, seed: u64) -> Dialogue {
    let mut rng = Rng::new(seed).fork(name);
    let client = SocketAddr::new(host, super::high_port(&mut rng));
    let mut dialogue =
        Dialogue::udp(client, SocketAddr::from(([192, 168, 1, 1], 53)), at_ns, "dns");
    dialogue.rtt_ns = nanos(rng.between(0.004, 0.03));
    exchange(&mut dialogue, &mut rng, name, address, at_ns);
    dialogue
}

fn exchange(dialogue: &mut Dialogue, rng: &mut Rng, name: &str, address: Ipv4Addr, at_ns: u64) {
    let id = rng.bytes(2);
    let mut question = Vec::new();
    for label in name.split('.') {
        question.push(u8::try_from(label.len()).unwrap_or(0));
        question.extend(label.bytes());
    }
    question.extend([0, 0, 1, 0, 1]);
    let mut ask = id.clone();
    ask.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    ask.extend(&question);
    let mut answer = id;
    answer.extend([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    answer.extend(&question);
    // the name again by reference, type A, class IN, five minutes
    answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4]);
    answer.extend(address.octets());
    dialogue.ask(at_ns, ask, answer);
}

/// A handful of ordinary names.
pub(super) fn ordinary(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    const NAMES: [&str; 10] = [
        "www.example.com",
        "mail.example.org",
        "cdn.example.net",
        "updates.example.com",
        "minerals.example.org",
        "pool-supplies.example.com",
        "stratum.geology.example.edu",
        "api.example.com",
        "ntp.example.net",
        "moneropolitics.example.org",
    ];
    stage
        .times(rng, stage.start_ns, 25.0)
        .into_iter()
        .map(|at| {
            let mut dialogue = stage.udp(rng, [192, 168, 1, 1], 53, at);
            let name = rng.pick(&NAMES);
            let last = u8::try_from(1 + rng.below(250)).unwrap_or(1);
            exchange(&mut dialogue, rng, name, Ipv4Addr::new(198, 51, 100, last), at);
            dialogue
        })
        .collect()
}
