//! Datagrams of an exporter, and what takes them: here as a collector's own capture has them, a pcapng of UDP packets from
//! 192.0.2.1 to 192.0.2.2. Collectors keep files of formats of their own; a capture is what every
//! one of them can replay.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};

use super::pcapng::Pcapng;
use crate::dialogue::Side;
use crate::packets::Link;
use crate::rng::Rng;
use crate::world::body::Body;
use crate::world::cut::Shot;
use crate::world::frame::Frame;
use crate::world::sink::{Seen, Sink};

/// Takes what an exporter sends.
pub(crate) trait Carries {
    /// A datagram, sent at this time by the exporter's clock.
    fn send(&mut self, now_ns: u64, payload: Vec<u8>) -> io::Result<()>;
    /// All is over.
    fn finish(&mut self) -> io::Result<()>;
}

/// One after the other, with nothing between them.
pub(super) struct Bare<W: Write>(pub(super) W);

impl<W: Write> Carries for Bare<W> {
    fn send(&mut self, _: u64, payload: Vec<u8>) -> io::Result<()> {
        self.0.write_all(&payload)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Sends datagrams to one port.
pub(super) struct Datagrams<W: Write> {
    file: Pcapng<W>,
    port: u16,
    sent: u16,
    buffer: Vec<u8>,
}

impl<W: Write> Datagrams<W> {
    pub(super) fn new(out: W, port: u16) -> io::Result<Self> {
        Ok(Self { file: Pcapng::new(out, Link::Ethernet)?, port, sent: 0, buffer: Vec::new() })
    }
}

impl<W: Write> Carries for Datagrams<W> {
    fn send(&mut self, time_ns: u64, payload: Vec<u8>) -> io::Result<()> {
        self.sent = self.sent.wrapping_add(1);
        let client = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 50_000));
        let server = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 2), self.port));
        let len = payload.len();
        let body = Body::bytes(payload);
        let shot = Shot {
            time_ns,
            from: Side::Client,
            flags: 0,
            sequence: 0,
            acknowledged: 0,
            offset: 0,
            len,
        };
        let frame = Frame {
            link: Link::Ethernet,
            snap: usize::MAX,
            client,
            server,
            tcp: false,
            shot,
            id: self.sent,
            body: Some(&body),
        };
        let wire_len = frame.write(&mut self.buffer, &mut Rng::new(0));
        self.file.packet(&Seen {
            time_ns,
            bytes: &self.buffer,
            wire_len,
            flow: 0,
            client,
            server,
            tcp: false,
            from: Side::Client,
            flags: 0,
            ip_len: len + 28,
        })
    }

    fn finish(&mut self) -> io::Result<()> {
        self.file.finish(0, &[])
    }
}
