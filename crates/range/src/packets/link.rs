//! What is around an IP packet on the wire: the link's own header, tags and tunnels.

#![expect(
    clippy::cast_possible_truncation,
    reason = "lengths written here fit their header fields; sequence numbers wrap at 2^32"
)]

use std::net::IpAddr;

use crate::packets::{Shape, checksum, version4};

/// What a captured frame begins with, and its number in capture files (tcpdump.org "Link-layer
/// header types").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Ethernet, 1.
    Ethernet,
    /// Bare IP packets, 101.
    Raw,
    /// Linux "cooked", 113.
    Cooked,
    /// Linux "cooked" version 2, 276.
    Cooked2,
    /// BSD loopback with a little-endian family, 0.
    Loopback,
}

impl Link {
    /// The number in the header of a capture file.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Ethernet => 1,
            Self::Raw => 101,
            Self::Cooked => 113,
            Self::Cooked2 => 276,
            Self::Loopback => 0,
        }
    }

    /// How many bytes stand before an IP packet.
    pub(crate) fn header(self) -> usize {
        match self {
            Self::Ethernet => 14,
            Self::Raw => 0,
            Self::Cooked => 16,
            Self::Cooked2 => 20,
            Self::Loopback => 4,
        }
    }
}

/// A tag or tunnel around an IP packet. Only tunnels that start with IP (GRE, VXLAN) may be the
/// outermost on links without an Ethernet type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// IEEE 802.1Q with this VLAN.
    Vlan(u16),
    /// IEEE 802.1ad: service and customer VLAN.
    QinQ(u16, u16),
    /// A `PPPoE` session (RFC 2516).
    PppOE(u16),
    /// One MPLS label (RFC 3032); several make a stack.
    Mpls(u32),
    /// GRE between two routers (RFC 2784).
    Gre,
    /// VXLAN with this network number (RFC 7348).
    Vxlan(u32),
}

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const MPLS: u16 = 0x8847;

/// The frame around an IP packet.
pub(super) fn wrap(shape: &Shape, ip: Vec<u8>, from: IpAddr, to: IpAddr) -> Vec<u8> {
    let mut kind = if from.is_ipv6() { IPV6 } else { IPV4 };
    let mut bytes = ip;
    for tag in shape.tags.iter().rev() {
        (kind, bytes) = around(*tag, kind, &bytes, from, to);
    }
    match shape.link {
        Link::Ethernet => ethernet(kind, &bytes, from, to),
        Link::Raw => bytes,
        Link::Cooked => {
            // packet to us or from us, link type Ethernet, address of six bytes
            let mut out = vec![0, if inner(from) { 4 } else { 0 }, 0, 1, 0, 6];
            out.extend(hardware(from));
            out.extend([0, 0]);
            out.extend(kind.to_be_bytes());
            out.extend(bytes);
            out
        }
        Link::Cooked2 => {
            let mut out = kind.to_be_bytes().to_vec();
            out.extend([0, 0, 0, 0, 0, 2, 0, 1, if inner(from) { 4 } else { 0 }, 6]);
            out.extend(hardware(from));
            out.extend([0, 0]);
            out.extend(bytes);
            out
        }
        Link::Loopback => {
            // AF_INET, and FreeBSD's AF_INET6
            let family: u32 = if kind == IPV6 { 28 } else { 2 };
            [family.to_le_bytes().to_vec(), bytes].concat()
        }
    }
}

fn around(tag: Tag, kind: u16, bytes: &[u8], from: IpAddr, to: IpAddr) -> (u16, Vec<u8>) {
    let vlan = |id: u16, kind: u16, bytes: &[u8]| {
        let mut out = (id & 0xfff).to_be_bytes().to_vec();
        out.extend(kind.to_be_bytes());
        out.extend(bytes);
        out
    };
    match tag {
        Tag::Vlan(id) => (0x8100, vlan(id, kind, bytes)),
        Tag::QinQ(service, customer) => {
            (0x88a8, vlan(service, 0x8100, &vlan(customer, kind, bytes)))
        }
        Tag::PppOE(session) => {
            let protocol: u16 = if kind == IPV6 { 0x57 } else { 0x21 };
            let mut out = vec![0x11, 0];
            out.extend(session.to_be_bytes());
            out.extend(((bytes.len() + 2) as u16).to_be_bytes());
            out.extend(protocol.to_be_bytes());
            out.extend(bytes);
            (0x8864, out)
        }
        Tag::Mpls(label) => {
            let bottom = if kind == MPLS { 0 } else { 0x100 };
            let mut out = ((label << 12) | bottom | 0x3e).to_be_bytes().to_vec();
            out.extend(bytes);
            (MPLS, out)
        }
        Tag::Gre => {
            let mut out = vec![0, 0];
            out.extend(kind.to_be_bytes());
            out.extend(bytes);
            (IPV4, routed(47, &out, from))
        }
        Tag::Vxlan(network) => {
            let mut body = vec![8, 0, 0, 0];
            body.extend((network << 8).to_be_bytes());
            body.extend(ethernet(kind, bytes, from, to));
            let mut out = Vec::new();
            let length = (body.len() + 8) as u16;
            // the checksum may stay zero in IPv4 (RFC 7348 §5)
            for field in [0xc000 | (checksum(&[&body]) >> 2), 4789, length, 0] {
                out.extend(field.to_be_bytes());
            }
            out.extend(body);
            (IPV4, routed(17, &out, from))
        }
    }
}

/// Between the two routers of a tunnel.
fn routed(protocol: u8, body: &[u8], from: IpAddr) -> Vec<u8> {
    let (mut source, mut target) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    if !inner(from) {
        std::mem::swap(&mut source, &mut target);
    }
    version4(&source, &target, protocol, 62, 0, 0x4000, body)
}

/// Whether an address belongs to the watched network (private, unique local or loopback).
pub(crate) fn inner(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_loopback(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_loopback(),
    }
}

fn ethernet(kind: u16, bytes: &[u8], from: IpAddr, to: IpAddr) -> Vec<u8> {
    let mut out = hardware(to).to_vec();
    out.extend(hardware(from));
    out.extend(kind.to_be_bytes());
    out.extend(bytes);
    out
}

/// A locally administered address for hosts inside, the gateway's for all others.
pub(crate) fn hardware(address: IpAddr) -> [u8; 6] {
    if !inner(address) {
        return [2, 0, 0, 0, 0, 1];
    }
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            [2, 4, a, b, c, d]
        }
        IpAddr::V6(address) => {
            let [.., a, b, c, d] = address.octets();
            [2, 6, a, b, c, d]
        }
    }
}
