//! Dialogues cut into packets: TCP with handshake, segments, acknowledgements and end; UDP
//! datagrams; IPv4, IPv6 and their fragments; and what may be wrapped around them.

#![expect(
    clippy::cast_possible_truncation,
    reason = "lengths written here fit their header fields: payloads are cut to a segment before"
)]

mod impair;
mod link;
mod tcp;

pub use link::{Link, Tag};
pub(crate) use link::{hardware, inner};

use std::net::{IpAddr, SocketAddr};

use crate::dialogue::{Dialogue, Side, Transport};
use crate::rng::Rng;

/// One captured frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub time_ns: u64,
    /// The bytes that were captured.
    pub bytes: Vec<u8>,
    /// How long the frame was on the wire.
    pub wire_len: usize,
    /// Who sent it.
    pub from: Side,
}

/// How packets are cut and wrapped.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// What a frame begins with.
    pub link: Link,
    /// What is wrapped around the IP packet, outermost first.
    pub tags: Vec<Tag>,
    /// The most payload bytes in one TCP segment; 1 gives one byte a packet.
    pub segment: usize,
    /// IPv4 packets with more payload are sent in fragments of about this size.
    pub fragment: Option<usize>,
    /// What one side says within a millisecond goes out in one write, so that segments hold
    /// several messages.
    pub coalesce: bool,
    /// The probability that a write is sent again, cut in other places, so that it overlaps what
    /// was sent before.
    pub resend: f64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            link: Link::Ethernet,
            tags: Vec::new(),
            segment: 1_448,
            fragment: None,
            coalesce: false,
            resend: 0.0,
        }
    }
}

/// One transport packet before it is wrapped.
struct Packet {
    time_ns: u64,
    from: Side,
    /// 6 or 17.
    protocol: u8,
    /// Transport header and payload; the checksum field is zero.
    bytes: Vec<u8>,
}

/// The frames of one dialogue, in order of time.
#[must_use]
pub(crate) fn of_dialogue(dialogue: &Dialogue, shape: &Shape, rng: &mut Rng) -> Vec<Frame> {
    let packets = match dialogue.transport {
        Transport::Tcp => tcp::packets(dialogue, shape, rng),
        Transport::Udp => datagrams(dialogue),
    };
    let mut ids = [rng.next_u64() as u16, rng.next_u64() as u16];
    let mut frames = Vec::with_capacity(packets.len());
    for packet in packets {
        let [up, down] = &mut ids;
        let id = if packet.from == Side::Client { up } else { down };
        *id = id.wrapping_add(1);
        let (from, to) = ends(dialogue, packet.from);
        for (piece, ip) in
            internet(&packet, from.ip(), to.ip(), *id, shape.fragment).into_iter().enumerate()
        {
            let bytes = link::wrap(shape, ip, from.ip(), to.ip());
            frames.push(Frame {
                // pieces follow each other on the wire
                time_ns: packet.time_ns + 2_000 * piece as u64,
                wire_len: bytes.len(),
                bytes,
                from: packet.from,
            });
        }
    }
    frames
}

/// When which side sends an IP packet of which length, for a tunnel that carries them. TCP has
/// time stamps there, as hosts really send them: 12 bytes more in each packet, 8 with a SYN.
pub(crate) fn sizes(dialogue: &Dialogue, segment: usize, rng: &mut Rng) -> Vec<(u64, Side, usize)> {
    let shape = Shape { segment, ..Shape::default() };
    let packets = match dialogue.transport {
        Transport::Tcp => tcp::packets(dialogue, &shape, rng),
        Transport::Udp => datagrams(dialogue),
    };
    let ip = if dialogue.client.is_ipv6() { 40 } else { 20 };
    let size = |packet: Packet| {
        let stamps = match (packet.protocol, packet.bytes.get(12)) {
            (6, Some(0x50)) => 12,
            (6, _) => 8,
            _ => 0,
        };
        (packet.time_ns, packet.from, ip + packet.bytes.len() + stamps)
    };
    packets.into_iter().map(size).collect()
}

fn ends(dialogue: &Dialogue, from: Side) -> (SocketAddr, SocketAddr) {
    match from {
        Side::Client => (dialogue.client, dialogue.server),
        Side::Server => (dialogue.server, dialogue.client),
    }
}

fn datagrams(dialogue: &Dialogue) -> Vec<Packet> {
    let datagram = |turn: &crate::dialogue::Turn| {
        let (from, to) = ends(dialogue, turn.from);
        let length = u16::try_from(turn.bytes.len() + 8).unwrap_or(u16::MAX);
        let mut bytes = Vec::with_capacity(turn.bytes.len() + 8);
        for field in [from.port(), to.port(), length, 0] {
            bytes.extend(field.to_be_bytes());
        }
        bytes.extend(&turn.bytes);
        Packet { time_ns: turn.time_ns, from: turn.from, protocol: 17, bytes }
    };
    dialogue.turns.iter().map(datagram).collect()
}

/// The ones' complement sum of RFC 1071 over some parts, each taken to start at an even place.
pub(crate) fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0_u32;
    for part in parts {
        for pair in part.chunks(2) {
            let word = match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                [high] => u16::from_be_bytes([*high, 0]),
                _ => 0,
            };
            sum += u32::from(word);
        }
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// The packet as one IP packet or several fragments.
fn internet(
    packet: &Packet,
    from: IpAddr,
    to: IpAddr,
    id: u16,
    fragment: Option<usize>,
) -> Vec<Vec<u8>> {
    let mut body = packet.bytes.clone();
    let length = (body.len() as u32).to_be_bytes();
    let (source, target) = (octets(from), octets(to));
    let protocol = u32::from(packet.protocol).to_be_bytes();
    let mut sum = checksum(&[&source, &target, &length, &protocol, &body]);
    let place = if packet.protocol == 6 { 16 } else { 6 };
    if packet.protocol == 17 && sum == 0 {
        // zero would say that there is no checksum (RFC 768)
        sum = 0xffff;
    }
    if let Some(field) = body.get_mut(place..place + 2) {
        field.copy_from_slice(&sum.to_be_bytes());
    }
    let hops = if packet.from == Side::Client { 64 } else { 52 };
    if from.is_ipv6() {
        return vec![version6(&source, &target, packet.protocol, hops, &body)];
    }
    let size = fragment.map_or(usize::MAX, |size| (size & !7).max(8));
    if body.len() <= size {
        return vec![version4(&source, &target, packet.protocol, hops, id, 0x4000, &body)];
    }
    let count = body.len().div_ceil(size);
    body.chunks(size)
        .enumerate()
        .map(|(place, piece)| {
            let more = if place + 1 < count { 0x2000 } else { 0 };
            let offset = (place * size / 8) as u16;
            version4(&source, &target, packet.protocol, hops, id, more | offset, piece)
        })
        .collect()
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn version4(
    source: &[u8],
    target: &[u8],
    protocol: u8,
    hops: u8,
    id: u16,
    flags: u16,
    body: &[u8],
) -> Vec<u8> {
    let mut out = vec![0x45, 0];
    out.extend(((body.len() + 20) as u16).to_be_bytes());
    out.extend(id.to_be_bytes());
    out.extend(flags.to_be_bytes());
    out.extend([hops, protocol, 0, 0]);
    out.extend(source);
    out.extend(target);
    let sum = checksum(&[&out]);
    if let Some(field) = out.get_mut(10..12) {
        field.copy_from_slice(&sum.to_be_bytes());
    }
    out.extend(body);
    out
}

fn version6(source: &[u8], target: &[u8], protocol: u8, hops: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0x60, 0, 0, 0];
    out.extend((body.len() as u16).to_be_bytes());
    out.extend([protocol, hops]);
    out.extend(source);
    out.extend(target);
    out.extend(body);
    out
}
