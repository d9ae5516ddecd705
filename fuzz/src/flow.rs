//! Captures followed to the end: flows, sessions, nodes, names.

use std::net::IpAddr;

use minehound_wire::Stamp;
use minehound_wire::capture::{Cutter, Step};
use minehound_wire::flow::{Contact, Events, Flow, Limits, Lookup, Tracker};
use minehound_wire::p2p::Network;
use minehound_wire::session::{Carrier, Session};
use minehound_wire::tls::{Certificate, Hello};

use crate::talk::sound;

/// Limits that a small input reaches.
const TIGHT: Limits =
    Limits { flows: 8, streams: 3, waiting_bytes: 3_000, unproven_bytes: 8_000, rhythms: 4 };

/// Everything heard, as text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    events: Vec<String>,
    contacts: usize,
}

impl Events for Heard {
    fn session(&mut self, flow: &Flow, session: Session) {
        sound(&session);
        self.events.push(format!("{flow:?} {session:?}"));
    }

    fn contact(&mut self, flow: &Flow, contact: &Contact) {
        assert!(contact.frames > 0, "a flow without frames");
        self.contacts += 1;
        self.events.push(format!("{flow:?} {contact:?}"));
    }

    fn node(&mut self, flow: &Flow, network: Network, _: &Contact) {
        self.events.push(format!("{flow:?} {network:?}"));
    }

    fn tls_hello(&mut self, flow: &Flow, at: Stamp, hello: &Hello, tunnel: Option<&str>) {
        self.events.push(format!("{flow:?} {at:?} {hello:?} {tunnel:?}"));
    }

    fn tls_certificate(&mut self, flow: &Flow, certificate: Certificate) {
        self.events.push(format!("{flow:?} {certificate:?}"));
    }

    fn proxied(&mut self, flow: &Flow, proxy: Carrier, target: &str) {
        self.events.push(format!("{flow:?} {proxy} {target}"));
    }

    fn name_lookup(&mut self, client: IpAddr, by: IpAddr, name: &str, at: Stamp, lookup: Lookup) {
        assert_eq!(name, name.to_ascii_lowercase());
        self.events.push(format!("{client} {by} {name} {at:?} {lookup:?}"));
    }

    fn address_name(&mut self, address: IpAddr, name: &str, at: Stamp) {
        self.events.push(format!("{address} {name} {at:?}"));
    }
}

/// The same capture gives the same events, within the limits.
pub(crate) fn follow(bytes: &[u8]) {
    for limits in [TIGHT, Limits::default()] {
        assert_eq!(heard(bytes, limits), heard(bytes, limits), "one capture, two stories");
    }
}

fn heard(file: &[u8], limits: Limits) -> Heard {
    let mut cutter = Cutter::new();
    let (mut tracker, mut heard) = (Tracker::new(limits), Heard::default());
    let mut rest = file;
    while let Ok(step) = cutter.next(rest, true) {
        let consumed = match step {
            Step::Record { consumed, record } => {
                let at = Stamp { time_ns: record.time_ns.unwrap_or(0), frame: record.frame };
                tracker.packet(record.link_type, at, record.captured, record.wire_len, &mut heard);
                assert!(tracker.live_flows() <= limits.flows.saturating_mul(2));
                assert!(tracker.waiting_bytes() <= limits.waiting_bytes);
                consumed
            }
            Step::Skip { consumed, .. } => consumed,
            Step::Need(_) | Step::Cut { .. } | Step::End => break,
        };
        rest = rest.get(consumed..).unwrap_or_default();
    }
    tracker.finish(&mut heard);
    assert_eq!(tracker.live_flows(), 0);
    let flows = tracker.counters().tcp_flows + tracker.counters().udp_flows;
    assert_eq!(u64::try_from(heard.contacts).ok(), Some(flows), "every flow ends once");
    heard
}
