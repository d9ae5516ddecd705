//! Where packets and ended flows go.

use std::io;
use std::net::SocketAddr;

use super::answers::HostAnswer;
use super::answers::MiningAnswer;
use super::notes::Notes;
use crate::dialogue::Side;

/// One packet as the sensor kept it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// By the sensor's clock.
    pub(crate) time_ns: u64,
    pub(crate) bytes: &'a [u8],
    pub(crate) wire_len: usize,
    /// Which flow, counted from 0 in order of start.
    pub(crate) flow: u64,
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    pub(crate) tcp: bool,
    pub(crate) from: Side,
    pub(crate) flags: u8,
    /// Length of the IP packet.
    pub(crate) ip_len: usize,
}

/// Counts of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Count {
    pub(crate) packets: u64,
    /// Of IP packets.
    pub(crate) bytes: u64,
    /// Of payload.
    pub(crate) payload: u64,
    pub(crate) flags: u8,
}

/// One flow that ended, or that the capture left open.
#[derive(Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) flow: u64,
    pub(crate) kind: &'static str,
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    pub(crate) tcp: bool,
    /// By the sensor's clock.
    pub(crate) first_ns: u64,
    pub(crate) last_ns: u64,
    pub(crate) up: Count,
    pub(crate) down: Count,
    /// Zeek's letters: what was seen in which order, once each.
    pub(crate) history: &'a str,
    pub(crate) notes: &'a Notes,
    pub(crate) mining: Option<Box<MiningAnswer>>,
    /// How much the sensor's clock is ahead of the truth's, nanoseconds.
    pub(crate) ahead_ns: i64,
}

/// Takes what a world gives, in order of time.
pub(crate) trait Sink {
    /// A packet.
    fn packet(&mut self, seen: &Seen<'_>) -> io::Result<()>;
    /// A flow is over.
    fn ended(&mut self, flow: &Ended<'_>) -> io::Result<()>;
    /// All is over.
    fn finish(&mut self, now_ns: u64, hosts: &[HostAnswer]) -> io::Result<()>;
}
