//! `NetFlow` version 5 (Cisco's white paper), version 9 (RFC 3954) and IPFIX (RFC 7011, files of
//! RFC 5655).

#![expect(clippy::cast_possible_truncation, reason = "counters of these formats have 32 bits")]

use std::io;
use std::net::IpAddr;

use super::datagrams::Carries;
use super::flow_cache::{Protocol, Record};

fn address(ip: IpAddr) -> [u8; 4] {
    match ip {
        IpAddr::V4(it) => it.octets(),
        IpAddr::V6(_) => [0; 4],
    }
}

/// Big-endian numbers one after the other.
#[derive(Default)]
struct Words(Vec<u8>);

impl Words {
    fn u16(&mut self, value: u16) -> &mut Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    fn u32(&mut self, value: u64) -> &mut Self {
        self.0.extend((value as u32).to_be_bytes());
        self
    }

    fn u64(&mut self, value: u64) -> &mut Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend(bytes);
        self
    }
}

fn protocol(record: &Record) -> u8 {
    if record.tcp { 6 } else { 17 }
}

/// Version 5.
pub(super) struct NetFlow5<C: Carries> {
    pub(super) out: C,
    /// When the router was started, nanoseconds since 1970.
    pub(super) boot_ns: u64,
    pub(super) sampling: u16,
    pub(super) sequence: u64,
}

impl<C: Carries> Protocol for NetFlow5<C> {
    const MOST: usize = 30;

    fn send(&mut self, now_ns: u64, records: &[Record]) -> io::Result<()> {
        let up = |time: u64| time.saturating_sub(self.boot_ns) / 1_000_000;
        let mut to = Words::default();
        to.u16(5).u16(records.len() as u16).u32(up(now_ns));
        to.u32(now_ns / 1_000_000_000).u32(now_ns % 1_000_000_000).u32(self.sequence);
        // engine 0; random sampling in the top bits (mode 2) when there is any
        let mode = if self.sampling > 1 { 0x8000 | (self.sampling & 0x3fff) } else { 0 };
        to.u16(0).u16(mode);
        for it in records {
            to.raw(&address(it.from.ip())).raw(&address(it.to.ip())).u32(0).u16(1).u16(2);
            to.u32(it.packets).u32(it.bytes).u32(up(it.first_ns)).u32(up(it.last_ns));
            to.u16(it.from.port()).u16(it.to.port());
            to.raw(&[0, it.flags, protocol(it), 0]).u16(0).u16(0).raw(&[24, 24]).u16(0);
        }
        self.sequence += records.len() as u64;
        self.out.send(now_ns, to.0)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.finish()
    }
}

/// Field and length of each element of the template.
const V9: [(u16, u16); 12] = [
    (8, 4),
    (12, 4),
    (7, 2),
    (11, 2),
    (4, 1),
    (6, 1),
    (2, 4),
    (1, 4),
    (22, 4),
    (21, 4),
    (10, 2),
    (14, 2),
];

/// Version 9.
pub(super) struct NetFlow9<C: Carries> {
    pub(super) out: C,
    pub(super) boot_ns: u64,
    pub(super) sequence: u64,
}

impl<C: Carries> Protocol for NetFlow9<C> {
    const MOST: usize = 24;

    fn send(&mut self, now_ns: u64, records: &[Record]) -> io::Result<()> {
        let up = |time: u64| time.saturating_sub(self.boot_ns) / 1_000_000;
        // the template goes out with every twentieth datagram
        let template = self.sequence.is_multiple_of(20);
        let mut to = Words::default();
        to.u16(9).u16(records.len() as u16 + u16::from(template)).u32(up(now_ns));
        to.u32(now_ns / 1_000_000_000).u32(self.sequence).u32(1);
        if template {
            to.u16(0).u16(8 + 4 * V9.len() as u16).u16(256).u16(V9.len() as u16);
            for (field, length) in V9 {
                to.u16(field).u16(length);
            }
        }
        let mut set = Words::default();
        for it in records {
            set.raw(&address(it.from.ip())).raw(&address(it.to.ip()));
            set.u16(it.from.port()).u16(it.to.port()).raw(&[protocol(it), it.flags]);
            set.u32(it.packets).u32(it.bytes).u32(up(it.first_ns)).u32(up(it.last_ns));
            set.u16(1).u16(2);
        }
        let padding = set.0.len().wrapping_neg() & 3;
        set.0.resize(set.0.len() + padding, 0);
        to.u16(256).u16(set.0.len() as u16 + 4).raw(&set.0);
        self.sequence += 1;
        self.out.send(now_ns, to.0)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.finish()
    }
}

/// The template of IPFIX: times are absolute, counters have 64 bits.
const IPFIX: [(u16, u16); 12] = [
    (8, 4),
    (12, 4),
    (7, 2),
    (11, 2),
    (4, 1),
    (6, 1),
    (2, 8),
    (1, 8),
    (152, 8),
    (153, 8),
    (10, 4),
    (14, 4),
];

/// IPFIX messages one after the other, as RFC 5655 has them in files.
pub(super) struct Ipfix<C: Carries> {
    pub(super) out: C,
    pub(super) sequence: u64,
    pub(super) messages: u64,
}

impl<C: Carries> Protocol for Ipfix<C> {
    const MOST: usize = 20;

    fn send(&mut self, now_ns: u64, records: &[Record]) -> io::Result<()> {
        let mut sets = Words::default();
        if self.messages.is_multiple_of(20) {
            sets.u16(2).u16(8 + 4 * IPFIX.len() as u16).u16(256).u16(IPFIX.len() as u16);
            for (field, length) in IPFIX {
                sets.u16(field).u16(length);
            }
        }
        let mut set = Words::default();
        for it in records {
            set.raw(&address(it.from.ip())).raw(&address(it.to.ip()));
            set.u16(it.from.port()).u16(it.to.port()).raw(&[protocol(it), it.flags]);
            set.u64(it.packets).u64(it.bytes);
            set.u64(it.first_ns / 1_000_000).u64(it.last_ns / 1_000_000).u32(1).u32(2);
        }
        sets.u16(256).u16(set.0.len() as u16 + 4).raw(&set.0);
        let mut to = Words::default();
        to.u16(10).u16(sets.0.len() as u16 + 16).u32(now_ns / 1_000_000_000);
        to.u32(self.sequence).u32(1).raw(&sets.0);
        self.sequence += records.len() as u64;
        self.messages += 1;
        self.out.send(now_ns, to.0)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.finish()
    }
}
