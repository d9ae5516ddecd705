//! The flows on the outer link, counted packet by packet.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::sniffer::Caught;

/// What was counted of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) first_ns: u64,
    pub(super) last_ns: u64,
    pub(super) packets: u64,
    /// Of IP packets.
    pub(super) bytes: u64,
}

/// TCP or UDP, who is inside, who is outside.
pub(super) type Key = (bool, SocketAddr, SocketAddr);

/// All flows; they are all opened from inside.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) flows: BTreeMap<Key, Counted>,
    pub(super) packets: u64,
    pub(super) wire_bytes: u64,
}

impl Ledger {
    /// Adds a packet.
    pub(super) fn add(&mut self, caught: &Caught) {
        self.packets += 1;
        self.wire_bytes += caught.wire_len as u64;
        let Some((key, bytes)) = flow(&caught.bytes) else { return };
        let (time, fresh) = (caught.time_ns, (caught.time_ns, caught.time_ns));
        let counted = self.flows.entry(key).or_insert(Counted {
            first_ns: fresh.0,
            last_ns: fresh.1,
            packets: 0,
            bytes: 0,
        });
        counted.first_ns = counted.first_ns.min(time);
        counted.last_ns = counted.last_ns.max(time);
        counted.packets += 1;
        counted.bytes += bytes;
    }
}

/// The flow of an Ethernet frame and the length of its IP packet, if it is TCP or UDP over IPv4.
fn flow(frame: &[u8]) -> Option<(Key, u64)> {
    let short = |at: usize| Some(u16::from_be_bytes(frame.get(at..at + 2)?.try_into().ok()?));
    if short(12)? != 0x0800 {
        return None;
    }
    let head = usize::from(frame.get(14)? & 15) * 4;
    let tcp = match frame.get(23)? {
        6 => true,
        17 => false,
        _ => return None,
    };
    let length = u64::from(short(16)?);
    // a later part of a packet has no ports
    if short(20)? & 0x1fff != 0 {
        return None;
    }
    let address = |at: usize| {
        let four: [u8; 4] = frame.get(at..at + 4)?.try_into().ok()?;
        Some(IpAddr::V4(Ipv4Addr::from(four)))
    };
    let source = SocketAddr::new(address(26)?, short(14 + head)?);
    let target = SocketAddr::new(address(30)?, short(16 + head)?);
    let up = matches!(source.ip(), IpAddr::V4(it) if it.is_private());
    Some((if up { (tcp, source, target) } else { (tcp, target, source) }, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Dialect, Session};

    #[test]
    fn both_directions_are_one_flow_with_all_its_packets() {
        let session = Session { seconds: 60.0, ..Session::new(Dialect::CryptoNote, 1) };
        let made = session.generate();
        let mut ledger = Ledger::default();
        for frame in &made.frames {
            let (bytes, wire_len) = (frame.bytes.clone(), frame.bytes.len());
            ledger.add(&Caught { time_ns: frame.time_ns, wire_len, bytes });
        }
        let (key, counted) = ledger.flows.first_key_value().unwrap();
        assert_eq!(ledger.flows.len(), 1);
        assert_eq!((key.1, key.2), (made.truth.flows[0].client, made.truth.flows[0].server));
        assert_eq!(counted.packets, made.frames.len() as u64);
        assert_eq!(ledger.packets, counted.packets);
    }

    #[test]
    fn what_is_no_flow_is_only_counted() {
        let mut ledger = Ledger::default();
        ledger.add(&Caught { time_ns: 1, wire_len: 42, bytes: vec![0; 42] });
        assert_eq!((ledger.packets, ledger.flows.len()), (1, 0));
    }
}
