//! Follows every connection of a capture and says what is worth saying of it.
//!
//! Almost all traffic is not mining, so almost all of it must cost almost nothing: the first
//! payload of each direction decides whether anybody listens, and a connection nobody listens to
//! costs one table look-up and one byte compare per packet. Only connections that may be mining
//! have their bytes put in order.

mod counters;
mod engine;
mod entry;
mod key;
mod listen;
mod names;
mod notebook;
mod rhythm;
mod stream;
mod table;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};

use crate::Stamp;
use crate::fragment::Fragments;
use crate::p2p::Network;
use crate::packet::{self, Packet, Peeled, Skip};
use crate::session::{Carrier, Session};
use crate::tls::{Certificate, Hello};

pub use self::counters::Counters;
pub use self::rhythm::{Beat, MAX_BEATS, Rhythm};

use self::engine::{Engine, Seen};
use self::key::{V4, V6};
use self::table::Table;

/// How much may be remembered at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections followed, per version of IP; beyond, those not seen for long make room.
    pub flows: usize,
    /// Connections listened to; beyond, the ones listened to longest without a result make room.
    pub streams: usize,
    /// Bytes that wait in all for missing ones.
    pub waiting_bytes: usize,
    /// Bytes read in all of connections that have not turned out to be anything yet, of each at
    /// most what its decoders can hold; beyond, those listened to longest make room.
    pub unproven_bytes: usize,
    /// Flows whose rhythm is noted, about 2 KiB each when long; beyond, new ones are not.
    pub rhythms: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            flows: 1_000_000,
            streams: 16_384,
            waiting_bytes: 64 << 20,
            unproven_bytes: 64 << 20,
            rhythms: 65_536,
        }
    }
}

/// The transport of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Which flow is spoken of; with `since` it is unique within a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// The end that opened it, or was seen first.
    pub opener: SocketAddr,
    /// The other end.
    pub answerer: SocketAddr,
    /// What it ran over.
    pub transport: Transport,
    /// Its first packet.
    pub since: Stamp,
}

/// What is known of any flow when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The last packet.
    pub last: Stamp,
    /// Packets both ways.
    pub frames: u64,
    /// Those that the opener sent.
    pub frames_sent: u64,
    /// Payload bytes on the wire, sent by the opener.
    pub sent: u64,
    /// Payload bytes on the wire, sent by the answerer.
    pub received: u64,
    /// Whether the beginning was seen.
    pub from_start: bool,
    /// Whether the answerer took part: a SYN/ACK, or payload both ways.
    pub answered: bool,
}

/// What became of a name somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The question.
    Asked,
    /// The answer, with at least one record.
    Found,
    /// The answer, with none.
    NotFound,
}

/// Hears what the flows of a capture say. Everything defaults to not caring.
pub trait Events {
    /// A flow that spoke a mining dialect has ended.
    fn session(&mut self, flow: &Flow, session: Session) {
        let _ = (flow, session);
    }

    /// A flow has ended on which work was asked for over HTTP, too seldom to be mining by itself:
    /// some programs open a connection for each request.
    fn asked(&mut self, flow: &Flow, asked: Session) {
        let _ = (flow, asked);
    }

    /// A flow has ended; called for each one.
    fn contact(&mut self, flow: &Flow, contact: &Contact) {
        let _ = (flow, contact);
    }

    /// A stretch of a flow that stayed quiet: a full window of its rhythm, or what was left of one
    /// when the flow ended.
    fn rhythm(&mut self, flow: &Flow, window: &Rhythm) {
        let _ = (flow, window);
    }

    /// A flow between nodes of a coin's own network has ended.
    fn node(&mut self, flow: &Flow, network: Network, contact: &Contact) {
        let _ = (flow, network, contact);
    }

    /// A TLS client introduced itself, perhaps inside a tunnel opened to `tunnel`.
    fn tls_hello(&mut self, flow: &Flow, at: Stamp, hello: &Hello, tunnel: Option<&str>) {
        let _ = (flow, at, hello, tunnel);
    }

    /// A proxy led on to the host and port that it was asked for.
    fn proxied(&mut self, flow: &Flow, proxy: Carrier, target: &str) {
        let _ = (flow, proxy, target);
    }

    /// The server of such a client showed its certificate, before everything was encrypted.
    fn tls_certificate(&mut self, flow: &Flow, certificate: Certificate) {
        let _ = (flow, certificate);
    }

    /// A name was asked for or answered. The name is in lower case.
    fn name_lookup(
        &mut self,
        client: IpAddr,
        resolver: IpAddr,
        name: &str,
        at: Stamp,
        lookup: Lookup,
    ) {
        let _ = (client, resolver, name, at, lookup);
    }

    /// An answer gave an address for the name that was asked for.
    fn address_name(&mut self, address: IpAddr, name: &str, at: Stamp) {
        let _ = (address, name, at);
    }
}

/// Follows the flows of one capture.
pub struct Tracker {
    v4: Table<V4>,
    v6: Table<V6>,
    fragments: Fragments,
    engine: Engine,
}

/// Fragments of tunnels that carry fragments: how often that may nest.
const MAX_DATAGRAMS: usize = 3;
/// How many packets pass between two looks for flows that ended in silence.
const SWEEP_EVERY: u64 = 64;
/// How many flows such a look takes in.
const SWEEP_FLOWS: usize = 32;
/// How many mining connections are passed over in search of one to stop listening to.
const SPARED_MINING: u32 = 32;

impl Tracker {
    /// Begins with nothing seen.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            v4: Table::default(),
            v6: Table::default(),
            fragments: Fragments::default(),
            engine: Engine::new(limits),
        }
    }

    /// What was counted so far.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.engine.counters
    }

    /// How many flows are followed now.
    #[must_use]
    pub fn live_flows(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// How many flows there were whose rhythm was not noted because others' were.
    #[must_use]
    pub fn unnoted_flows(&self) -> u64 {
        self.engine.notebook.unnoted
    }

    /// How many bytes wait now for missing ones, in TCP.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.engine.waiting_bytes()
    }

    /// Takes the next frame of the capture.
    ///
    /// `link_type` is the capture's (`LINKTYPE_` registry), `wire_len` the frame's length before
    /// the capture cut it. Time may run backwards.
    pub fn packet(
        &mut self,
        link_type: u32,
        at: Stamp,
        captured: &[u8],
        wire_len: u32,
        out: &mut dyn Events,
    ) {
        self.engine.counters.frames += 1;
        self.engine.counters.bytes += u64::from(wire_len);
        self.peeled(packet::peel(link_type, captured, wire_len), at, out);
        if self.engine.counters.frames.is_multiple_of(SWEEP_EVERY) {
            self.engine.sweep(&mut self.v4, SWEEP_FLOWS, at, out);
            self.engine.sweep(&mut self.v6, SWEEP_FLOWS, at, out);
        }
        if self.engine.listens_too_much() {
            self.listen_less(out);
        }
    }

    /// Stops listening to those longest listened to until the rest is few enough.
    fn listen_less(&mut self, out: &mut dyn Events) {
        let (v4, v6) = (&mut self.v4, &mut self.v6);
        self.engine.forget_unlistened(|listened| {
            if listened.v6 { listened.is_in(v6) } else { listened.is_in(v4) }
        });
        let mut spared = 0;
        while let Some(listened) = self.engine.longest_listened() {
            spared += 1;
            let spare_mining = spared < SPARED_MINING || !self.engine.has_too_many_streams();
            if listened.v6 {
                self.engine.stop_listening(&mut self.v6, listened, spare_mining, out);
            } else {
                self.engine.stop_listening(&mut self.v4, listened, spare_mining, out);
            }
        }
    }

    /// Ends all flows.
    pub fn finish(&mut self, out: &mut dyn Events) {
        self.engine.end_all(&mut self.v4, out);
        self.engine.end_all(&mut self.v6, out);
        self.fragments = Fragments::default();
    }

    fn peeled(&mut self, peeled: Result<Peeled<'_>, Skip>, at: Stamp, out: &mut dyn Events) {
        let mut fragment = match peeled {
            Ok(Peeled::Packet(packet)) => return self.follow(&packet, at, out),
            Ok(Peeled::Fragment(fragment)) => fragment,
            Err(skip) => return self.engine.counters.skipped(skip),
        };
        let mut datagram;
        for _ in 0..MAX_DATAGRAMS {
            self.engine.counters.fragments += 1;
            match self.fragments.push(at.time_ns, &fragment) {
                Some(whole) => datagram = whole,
                None => return,
            }
            let (protocol, on_wire) = (datagram.protocol, datagram.on_wire);
            match packet::peel_datagram(datagram.addresses, protocol, &datagram.bytes, on_wire) {
                Ok(Peeled::Packet(packet)) => return self.follow(&packet, at, out),
                Ok(Peeled::Fragment(inner)) => fragment = inner,
                Err(skip) => return self.engine.counters.skipped(skip),
            }
        }
        self.engine.counters.malformed += 1;
    }

    fn follow(&mut self, packet: &Packet<'_>, at: Stamp, out: &mut dyn Events) {
        if packet.tcp.is_none() {
            self.engine.counters.udp_datagrams += 1;
            let dns = packet.source_port == names::PORT || packet.target_port == names::PORT;
            let between = (packet.addresses.source(), packet.addresses.target());
            if dns && names::message(packet.payload, between, at, out) {
                self.engine.counters.dns_messages += 1;
                return;
            }
        } else {
            self.engine.counters.segment(packet);
        }
        match key::of(packet) {
            (key::Either::V4(key), side) => {
                self.engine.follow(&mut self.v4, key, side, &Seen { packet, at }, out);
            }
            (key::Either::V6(key), side) => {
                self.engine.follow(&mut self.v6, key, side, &Seen { packet, at }, out);
            }
        }
    }
}
