//! Peels one captured frame down to addresses, ports and payload.
//!
//! Checksums are never looked at: offloading makes them wrong on the sending machine, and a
//! capture that is otherwise readable must not be lost over them. Lengths inside the packet win
//! over the length of the frame (Ethernet pads), except where they are zero, as segmentation
//! offload leaves them.

mod internet;
mod link;
mod transport;
mod tunnel;
mod wireless;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most headers peeled off one frame; real stacks of VLAN, MPLS and tunnels stay under ten.
const MAX_HEADERS: usize = 20;
/// Longest payload believed when the packet does not say its own length.
const MAX_UNSTATED: u32 = 1 << 20;

/// Who sent a packet and whom it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Addresses {
    /// IPv4, as numbers in host order.
    V4 {
        /// The sender.
        source: u32,
        /// The receiver.
        target: u32,
    },
    /// IPv6, as numbers in host order.
    V6 {
        /// The sender.
        source: u128,
        /// The receiver.
        target: u128,
    },
}

impl Addresses {
    /// The sender.
    #[must_use]
    pub fn source(self) -> IpAddr {
        match self {
            Self::V4 { source, .. } => Ipv4Addr::from_bits(source).into(),
            Self::V6 { source, .. } => Ipv6Addr::from_bits(source).into(),
        }
    }

    /// The receiver.
    #[must_use]
    pub fn target(self) -> IpAddr {
        match self {
            Self::V4 { target, .. } => Ipv4Addr::from_bits(target).into(),
            Self::V6 { target, .. } => Ipv6Addr::from_bits(target).into(),
        }
    }
}

/// What of a TCP header matters for following a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpHeader {
    /// The sequence number of the first payload byte, or of the SYN.
    pub sequence: u32,
    /// The next byte expected from the other end; meaningful with [`TcpHeader::ACK`] only.
    pub acknowledged: u32,
    /// The eight low flag bits, RFC 9293 section 3.1.
    pub flags: u8,
}

impl TcpHeader {
    /// No more data from the sender.
    pub const FIN: u8 = 0x01;
    /// The sender's first sequence number.
    pub const SYN: u8 = 0x02;
    /// The connection is broken off.
    pub const RST: u8 = 0x04;
    /// `acknowledged` is meaningful.
    pub const ACK: u8 = 0x10;

    /// Whether all of these flags are set.
    #[must_use]
    pub fn has(self, flags: u8) -> bool {
        self.flags & flags == flags
    }
}

/// One TCP segment or UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The innermost IP addresses.
    pub addresses: Addresses,
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub target_port: u16,
    /// The TCP header; `None` for UDP.
    pub tcp: Option<TcpHeader>,
    /// What was captured of the payload.
    pub payload: &'a [u8],
    /// How long the payload was on the wire, at least `payload.len()`.
    pub payload_on_wire: u32,
}

/// One piece of a fragmented IP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// The IP addresses.
    pub addresses: Addresses,
    /// The protocol of the payload, by IANA number.
    pub protocol: u8,
    /// The identification that the pieces share.
    pub identification: u32,
    /// Where in the datagram's payload this piece starts, in bytes.
    pub offset: u32,
    /// Whether further pieces follow.
    pub more: bool,
    /// What was captured of the piece.
    pub bytes: &'a [u8],
    /// How long the piece was on the wire.
    pub on_wire: u32,
}

/// What a frame turned out to carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peeled<'a> {
    /// A whole segment or datagram.
    Packet(Packet<'a>),
    /// A piece to be put together first.
    Fragment(Fragment<'a>),
}

/// Why a frame is not followed further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Skip {
    /// ARP or reverse ARP.
    Arp,
    /// The link type of the capture is not known here.
    UnknownLink,
    /// Upkeep of the network itself, which carries nobody's data: spanning trees, routing, pings.
    Upkeep,
    /// The link carries something that is not IP.
    NotIp,
    /// The link encrypts what it carries.
    Encrypted,
    /// IP, but neither TCP nor UDP.
    OtherTransport,
    /// A header contradicts itself.
    Malformed,
    /// The capture ends before the headers do.
    Truncated,
    /// More headers than any real network stacks.
    TooDeep,
}

/// What is left of a frame: the bytes captured and how many there were on the wire.
#[derive(Clone, Copy, Debug)]
struct Rest<'a> {
    bytes: &'a [u8],
    on_wire: u32,
}

impl<'a> Rest<'a> {
    /// Cuts `N` bytes off the front.
    fn take<const N: usize>(self) -> Result<(&'a [u8; N], Self), Skip> {
        let (head, bytes) = self.bytes.split_first_chunk::<N>().ok_or(Skip::Truncated)?;
        let spent = u32::try_from(N).unwrap_or(u32::MAX);
        Ok((head, Self { bytes, on_wire: self.on_wire.saturating_sub(spent) }))
    }

    /// Skips `count` bytes.
    fn skip(self, count: usize) -> Result<Self, Skip> {
        let bytes = self.bytes.get(count..).ok_or(Skip::Truncated)?;
        let spent = u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Self { bytes, on_wire: self.on_wire.saturating_sub(spent) })
    }

    /// Keeps what a length field says: trims padding, and knows more than the frame when the
    /// frame was cut.
    fn limit(self, length: usize) -> Self {
        let bytes = self.bytes.get(..length).unwrap_or(self.bytes);
        Self { bytes, on_wire: u32::try_from(length).unwrap_or(u32::MAX) }
    }
}

/// What the next header is.
#[derive(Clone, Copy, Debug)]
enum Layer {
    Ethernet,
    EtherType(u16),
    Llc,
    Ppp,
    Mpls,
    Ip,
    Payload { addresses: Addresses, protocol: u8 },
}

/// One header peeled.
enum Step<'a> {
    Next(Layer, Rest<'a>),
    Done(Peeled<'a>),
}

/// Peels one frame of a capture.
///
/// `link_type` is the number from the capture (`LINKTYPE_` registry of tcpdump.org), `on_wire` how
/// long the frame was before the capture cut it.
///
/// # Errors
///
/// Why the frame holds no TCP or UDP to follow.
pub fn peel(link_type: u32, captured: &[u8], on_wire: u32) -> Result<Peeled<'_>, Skip> {
    let length = u32::try_from(captured.len()).unwrap_or(u32::MAX);
    let rest = Rest {
        bytes: captured,
        on_wire: on_wire.max(length).min(length.saturating_add(MAX_UNSTATED)),
    };
    let (layer, rest) = link::enter(link_type, rest)?;
    descend(layer, rest)
}

/// Peels on from the payload of an IP datagram that was put together from fragments.
///
/// # Errors
///
/// Why the datagram holds no TCP or UDP to follow.
pub fn peel_datagram(
    addresses: Addresses,
    protocol: u8,
    bytes: &[u8],
    on_wire: u32,
) -> Result<Peeled<'_>, Skip> {
    descend(Layer::Payload { addresses, protocol }, Rest { bytes, on_wire })
}

fn descend(mut layer: Layer, mut rest: Rest<'_>) -> Result<Peeled<'_>, Skip> {
    for _ in 0..MAX_HEADERS {
        let step = match layer {
            Layer::Ethernet => link::ethernet(rest),
            Layer::EtherType(number) => link::ether_type(number, rest),
            Layer::Llc => link::llc(rest),
            Layer::Ppp => tunnel::ppp(rest),
            Layer::Mpls => tunnel::mpls(rest),
            Layer::Ip => internet::ip(rest),
            Layer::Payload { addresses, protocol } => transport::payload(addresses, protocol, rest),
        }?;
        match step {
            Step::Next(next, inner) => (layer, rest) = (next, inner),
            Step::Done(peeled) => return Ok(peeled),
        }
    }
    Err(Skip::TooDeep)
}
