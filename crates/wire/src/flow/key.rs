//! What a flow is found by: both ends in an order that does not depend on who speaks.

use std::hash::Hash;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Transport;
use crate::packet::{Addresses, Packet};

/// Which of the two ends of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Low,
    High,
}

/// A flow's key.
pub(super) trait Key: Copy + Eq + Hash {
    /// The lower and the higher end.
    fn ends(&self) -> (SocketAddr, SocketAddr);
    /// What the flow runs over.
    fn transport(&self) -> Transport;
}

/// Two IPv4 ends in sixteen bytes: each an address and a port, and the transport above the low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct V4 {
    low: u64,
    high: u64,
}

/// Two IPv6 ends in forty bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct V6 {
    low: [u64; 2],
    high: [u64; 2],
    ports: u64,
}

/// A key of either family.
pub(super) enum Either {
    V4(V4),
    V6(V6),
}

/// The key of a packet's flow, and which side sent the packet.
pub(super) fn of(packet: &Packet<'_>) -> (Either, Side) {
    let tcp = packet.tcp.is_some();
    let (sp, tp) = (packet.source_port, packet.target_port);
    match packet.addresses {
        Addresses::V4 { source, target } => {
            // As numbers, the ends are ordered without a branch that no processor could foretell.
            let source = (u64::from(source) << 16) | u64::from(sp);
            let target = (u64::from(target) << 16) | u64::from(tp);
            let side = if source <= target { Side::Low } else { Side::High };
            let low = source.min(target) | (u64::from(tcp) << 48);
            (Either::V4(V4 { low, high: source.max(target) }), side)
        }
        Addresses::V6 { source, target } => {
            let (low, high, side) = order((source, sp), (target, tp));
            let ports = ports(low.1, high.1, tcp);
            (Either::V6(V6 { low: halves(low.0), high: halves(high.0), ports }), side)
        }
    }
}

fn order<A: Ord>(source: (A, u16), target: (A, u16)) -> ((A, u16), (A, u16), Side) {
    if source <= target { (source, target, Side::Low) } else { (target, source, Side::High) }
}

fn ports(low: u16, high: u16, tcp: bool) -> u64 {
    (u64::from(low) << 17) | (u64::from(high) << 1) | u64::from(tcp)
}

fn halves(address: u128) -> [u64; 2] {
    #[expect(clippy::cast_possible_truncation, reason = "the halves are what is asked for")]
    let halves = [(address >> 64) as u64, address as u64];
    halves
}

#[expect(clippy::cast_possible_truncation, reason = "unpacks what `ports` packed")]
fn unpack(ports: u64) -> (u16, u16, Transport) {
    let transport = if ports & 1 == 1 { Transport::Tcp } else { Transport::Udp };
    ((ports >> 17) as u16, (ports >> 1) as u16, transport)
}

impl Key for V4 {
    fn ends(&self) -> (SocketAddr, SocketAddr) {
        #[expect(clippy::cast_possible_truncation, reason = "unpacks what `of` packed")]
        let end = |end: u64| (Ipv4Addr::from_bits((end >> 16) as u32), end as u16).into();
        (end(self.low), end(self.high))
    }

    fn transport(&self) -> Transport {
        if self.low >> 48 == 0 { Transport::Udp } else { Transport::Tcp }
    }
}

impl Key for V6 {
    fn ends(&self) -> (SocketAddr, SocketAddr) {
        let (low, high, _) = unpack(self.ports);
        let join = |[upper, lower]: [u64; 2]| {
            Ipv6Addr::from_bits((u128::from(upper) << 64) | u128::from(lower))
        };
        ((join(self.low), low).into(), (join(self.high), high).into())
    }

    fn transport(&self) -> Transport {
        unpack(self.ports).2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both directions give one key, whose ends are those of the packet.
    fn check(there: Addresses, back: Addresses) {
        let packet = |addresses, source_port, target_port| Packet {
            addresses,
            source_port,
            target_port,
            tcp: None,
            payload: &[],
            payload_on_wire: 0,
        };
        let ends = |packet: &Packet<'_>| {
            let (key, side) = of(packet);
            let (low, high) = match &key {
                Either::V4(key) => key.ends(),
                Either::V6(key) => key.ends(),
            };
            if side == Side::Low { (low, high) } else { (high, low) }
        };
        let (there, back) = (packet(there, 65_535, 53), packet(back, 53, 65_535));
        let from: SocketAddr = (there.addresses.source(), 65_535).into();
        let to: SocketAddr = (there.addresses.target(), 53).into();
        assert_eq!(ends(&there), (from, to));
        assert_eq!(ends(&back), (to, from));
    }

    #[test]
    fn keys_keep_addresses_and_ports_of_both_directions() {
        let (source, target) = (u32::MAX, 0x0a00_0001);
        let back = Addresses::V4 { source: target, target: source };
        check(Addresses::V4 { source, target }, back);
        let (source, target) = (1_u128 << 127 | 7, (1_u128 << 127) | (1 << 64) | 5);
        let back = Addresses::V6 { source: target, target: source };
        check(Addresses::V6 { source, target }, back);
    }
}
