//! Keys under which ties are found: the part an end plays, its address and its port.
//!
//! IPv4 addresses keep their order, so that a prefix is a range of keys; IPv6 addresses are hashed
//! to 32 bits, and who is found is compared in full.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use minehound_model::{Ask, HardwareAddress, LogId, Tied};

#[derive(Clone, Copy)]
enum Role {
    Outer = 1,
    Block = 2,
    Inner = 3,
    Far = 4,
    Holder = 5,
    Machine = 6,
}

fn key(role: Role, address: u32, port: u16) -> u64 {
    (role as u64) << 56 | u64::from(address) << 16 | u64::from(port)
}

fn end(role: Role, of: SocketAddr) -> u64 {
    key(role, number(of.ip()), of.port())
}

fn machine(mac: HardwareAddress) -> u64 {
    let bytes = mac.0.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    (Role::Machine as u64) << 56 | bytes
}

fn number(ip: IpAddr) -> u32 {
    match ip.to_canonical() {
        IpAddr::V4(it) => it.into(),
        // FNV-1a: stable over versions, which a file on disk needs.
        IpAddr::V6(it) => it
            .octets()
            .iter()
            .fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)),
    }
}

/// In place of a port, for those who hold addresses: the log that says so, as far as there is room.
fn holder(address: IpAddr, log: LogId) -> u64 {
    let [_, _, high, low] = log.0.to_be_bytes();
    key(Role::Holder, number(address), u16::from_be_bytes([high, low]))
}

/// The keys of a tie of a log, at most four.
pub(super) fn of(tied: &Tied, log: LogId, mut put: impl FnMut(u64)) {
    match tied {
        Tied::Translation { outer, inner, far, .. } => {
            put(end(Role::Outer, *outer));
            put(end(Role::Inner, *inner));
            if let Some(far) = far {
                put(end(Role::Far, *far));
            }
        }
        Tied::PortBlock { outer, ports, .. } => put(key(Role::Block, number(*outer), ports.0)),
        Tied::Session { inner, far, .. } => {
            put(end(Role::Inner, *inner));
            put(end(Role::Far, *far));
        }
        Tied::Lease { address, .. } => put(holder(*address, log)),
        Tied::Account { address, mac, .. } => {
            if let Some(address) = address {
                put(holder(*address, log));
            }
            if let Some(mac) = mac {
                put(machine(*mac));
            }
        }
        Tied::Attachment { mac, .. } => put(machine(*mac)),
    }
}

/// The keys that may answer.
pub(super) fn asked(ask: Ask) -> Vec<RangeInclusive<u64>> {
    let ends = |role, ip, port: Option<u16>| {
        let ip = number(ip);
        key(role, ip, port.unwrap_or(0))..=key(role, ip, port.unwrap_or(u16::MAX))
    };
    match ask {
        // A block begins at or below the port.
        Ask::Outer { ip, port } => vec![
            ends(Role::Outer, ip, port),
            key(Role::Block, number(ip), 0)
                ..=key(Role::Block, number(ip), port.unwrap_or(u16::MAX)),
        ],
        Ask::Inner { ip, port } => vec![ends(Role::Inner, ip, port)],
        Ask::Far { ip, port } => vec![ends(Role::Far, ip, port)],
        Ask::Holder(ip) => vec![ends(Role::Holder, ip, None)],
        Ask::HolderIn(ip, log) => vec![holder(ip, log)..=holder(ip, log)],
        Ask::HoldersWithin(IpAddr::V4(prefix), length) => {
            let host_bits = u32::MAX.checked_shr(length.into()).unwrap_or(0);
            let first = u32::from(prefix) & !host_bits;
            vec![key(Role::Holder, first, 0)..=key(Role::Holder, first | host_bits, u16::MAX)]
        }
        Ask::HoldersWithin(IpAddr::V6(_), _) => {
            vec![key(Role::Holder, 0, 0)..=key(Role::Holder, u32::MAX, u16::MAX)]
        }
        Ask::Machine(mac) => vec![machine(mac)..=machine(mac)],
    }
}
