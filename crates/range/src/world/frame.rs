//! Frames written straight into a buffer, and no further than the sensor keeps them.

#![expect(
    clippy::cast_possible_truncation,
    reason = "lengths written here fit their header fields: payloads are cut to a segment before"
)]

use std::net::{IpAddr, SocketAddr};

use super::body::Body;
use super::cut::{SYN, Shot};
use crate::dialogue::Side;
use crate::packets::{self, Link};
use crate::rng::Rng;

/// Maximum segment size 1,460, selective acknowledgements, window scale 7.
const SYN_OPTIONS: [u8; 12] = [2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 1, 0];

/// What a frame is made of.
pub(crate) struct Frame<'a> {
    pub(crate) link: Link,
    /// The most bytes that are kept.
    pub(crate) snap: usize,
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    pub(crate) tcp: bool,
    pub(crate) shot: Shot,
    /// The IP identification.
    pub(crate) id: u16,
    pub(crate) body: Option<&'a Body>,
}

impl Frame<'_> {
    /// Replaces `out` by the captured bytes; the answer is the length on the wire.
    pub(crate) fn write(&self, out: &mut Vec<u8>, rng: &mut Rng) -> usize {
        out.clear();
        let (from, to) = match self.shot.from {
            Side::Client => (self.client, self.server),
            Side::Server => (self.server, self.client),
        };
        self.link_header(out, from.ip(), to.ip());
        let options = self.tcp && self.shot.flags & SYN != 0;
        let transport = match (self.tcp, options) {
            (false, _) => 8,
            (true, false) => 20,
            (true, true) => 20 + SYN_OPTIONS.len(),
        };
        let length = transport + self.shot.len;
        self.internet_header(out, from.ip(), to.ip(), length);
        let start = out.len();
        let wire = start + length;
        self.transport_header(out, from.port(), to.port(), length);
        let kept = self.snap.saturating_sub(out.len()).min(self.shot.len);
        let payload = out.len();
        out.resize(payload + kept, 0);
        if let (Some(body), Some(room)) = (self.body, out.get_mut(payload..)) {
            body.fill(self.shot.offset, room, rng);
        }
        self.seal(out, start, length, (from.ip(), to.ip()), rng);
        out.truncate(self.snap);
        wire
    }

    fn link_header(&self, out: &mut Vec<u8>, from: IpAddr, to: IpAddr) {
        let kind: u16 = if from.is_ipv6() { 0x86dd } else { 0x0800 };
        match self.link {
            Link::Raw => {}
            Link::Loopback => {
                out.extend(if from.is_ipv6() { 28_u32 } else { 2 }.to_le_bytes());
            }
            Link::Cooked => {
                out.extend([0, 0, 0, 1, 0, 6]);
                out.extend(packets::hardware(from));
                out.extend([0, 0]);
                out.extend(kind.to_be_bytes());
            }
            Link::Cooked2 => {
                out.extend(kind.to_be_bytes());
                out.extend([0, 0, 0, 0, 0, 2, 0, 1, 0, 6]);
                out.extend(packets::hardware(from));
                out.extend([0, 0]);
            }
            Link::Ethernet => {
                out.extend(packets::hardware(to));
                out.extend(packets::hardware(from));
                out.extend(kind.to_be_bytes());
            }
        }
    }

    fn internet_header(&self, out: &mut Vec<u8>, from: IpAddr, to: IpAddr, length: usize) {
        let protocol = if self.tcp { 6 } else { 17 };
        let hops = if self.shot.from == Side::Client { 64 } else { 52 };
        if let (IpAddr::V4(from), IpAddr::V4(to)) = (from, to) {
            let start = out.len();
            out.extend([0x45, 0]);
            out.extend(((length + 20) as u16).to_be_bytes());
            out.extend(self.id.to_be_bytes());
            out.extend([0x40, 0, hops, protocol, 0, 0]);
            out.extend(from.octets());
            out.extend(to.octets());
            let sum = out.get(start..).map_or(0, |header| packets::checksum(&[header]));
            patch(out, start + 10, sum);
            return;
        }
        out.extend([0x60, 0, 0, 0]);
        out.extend((length as u16).to_be_bytes());
        out.extend([protocol, hops]);
        for address in [from, to] {
            match address {
                IpAddr::V4(address) => out.extend(address.to_ipv6_mapped().octets()),
                IpAddr::V6(address) => out.extend(address.octets()),
            }
        }
    }

    fn transport_header(&self, out: &mut Vec<u8>, from: u16, to: u16, length: usize) {
        out.extend(from.to_be_bytes());
        out.extend(to.to_be_bytes());
        if !self.tcp {
            out.extend((length as u16).to_be_bytes());
            out.extend([0, 0]);
            return;
        }
        let syn = self.shot.flags & SYN != 0;
        out.extend(self.shot.sequence.to_be_bytes());
        out.extend(self.shot.acknowledged.to_be_bytes());
        out.extend([if syn { 0x80 } else { 0x50 }, self.shot.flags]);
        out.extend(if syn { 64_240_u16 } else { 502 }.to_be_bytes());
        out.extend([0; 4]);
        if syn {
            out.extend(SYN_OPTIONS);
        }
    }

    /// The checksum; over bytes that nobody keeps it is chance, as nobody can check it.
    fn seal(
        &self,
        out: &mut [u8],
        start: usize,
        length: usize,
        ends: (IpAddr, IpAddr),
        rng: &mut Rng,
    ) {
        let place = start + if self.tcp { 16 } else { 6 };
        let whole = out.len() == start + length;
        let mut sum = if whole {
            let segment = out.get(start..).unwrap_or_default();
            let protocol = if self.tcp { 6_u32 } else { 17 };
            let tail = [(length as u32).to_be_bytes(), protocol.to_be_bytes()].concat();
            match ends {
                (IpAddr::V4(from), IpAddr::V4(to)) => {
                    packets::checksum(&[&from.octets(), &to.octets(), &tail, segment])
                }
                (IpAddr::V6(from), IpAddr::V6(to)) => {
                    packets::checksum(&[&from.octets(), &to.octets(), &tail, segment])
                }
                _ => 0,
            }
        } else {
            rng.next_u64() as u16
        };
        if !self.tcp && sum == 0 {
            // zero would say that there is no checksum (RFC 768)
            sum = 0xffff;
        }
        patch(out, place, sum);
    }
}

fn patch(out: &mut [u8], place: usize, value: u16) {
    if let Some(field) = out.get_mut(place..place + 2) {
        field.copy_from_slice(&value.to_be_bytes());
    }
}
