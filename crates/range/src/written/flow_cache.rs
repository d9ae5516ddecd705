//! What a router keeps about flows and when it reports them: after the active timeout, after the
//! inactive one, and when a flow ends. One record per direction, as `NetFlow` counts.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};

use crate::dialogue::Side;
use crate::scenario_file::CaptureStyle;
use crate::world::answers::HostAnswer;
use crate::world::sink::{Ended, Seen, Sink};

/// One direction of a flow, as far as it has not been reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) tcp: bool,
    pub(super) first_ns: u64,
    pub(super) last_ns: u64,
    pub(super) packets: u64,
    pub(super) bytes: u64,
    pub(super) flags: u8,
}

/// Writes records in a protocol's datagrams.
pub(super) trait Protocol {
    /// Sends some records at a time (nanoseconds since 1970); never more than [`Self::MOST`].
    fn send(&mut self, now_ns: u64, records: &[Record]) -> io::Result<()>;
    /// The most records in a datagram.
    const MOST: usize;
    /// All is over.
    fn finish(&mut self) -> io::Result<()>;
}

/// How often the cache is looked through for what has gone quiet.
const LOOK_NS: u64 = 10_000_000_000;

/// The cache of an exporter.
pub(super) struct FlowCache<P: Protocol> {
    protocol: P,
    active_ns: u64,
    inactive_ns: u64,
    open: BTreeMap<(u64, bool), Record>,
    ready: Vec<Record>,
    looked_ns: u64,
}

impl<P: Protocol> FlowCache<P> {
    pub(super) fn new(protocol: P, capture: &CaptureStyle) -> Self {
        Self {
            protocol,
            active_ns: crate::dialogue::nanos(capture.active_timeout_seconds),
            inactive_ns: crate::dialogue::nanos(capture.inactive_timeout_seconds),
            open: BTreeMap::new(),
            ready: Vec::new(),
            looked_ns: 0,
        }
    }

    fn report(&mut self, now_ns: u64, record: Record) -> io::Result<()> {
        self.ready.push(record);
        if self.ready.len() >= P::MOST { self.flush(now_ns) } else { Ok(()) }
    }

    fn flush(&mut self, now_ns: u64) -> io::Result<()> {
        if self.ready.is_empty() {
            return Ok(());
        }
        let records = std::mem::take(&mut self.ready);
        self.protocol.send(now_ns, &records)
    }

    /// Reports what has been quiet, and sends what waits.
    fn look(&mut self, now_ns: u64) -> io::Result<()> {
        self.looked_ns = now_ns;
        let limit = now_ns.saturating_sub(self.inactive_ns);
        let quiet: Vec<_> =
            self.open.iter().filter(|(_, it)| it.last_ns < limit).map(|(key, _)| *key).collect();
        for key in quiet {
            if let Some(record) = self.open.remove(&key) {
                self.report(now_ns, record)?;
            }
        }
        self.flush(now_ns)
    }
}

impl<P: Protocol> Sink for FlowCache<P> {
    fn packet(&mut self, seen: &Seen<'_>) -> io::Result<()> {
        let now = seen.time_ns;
        if now >= self.looked_ns + LOOK_NS {
            self.look(now)?;
        }
        // records of IPv4 only: the worlds here have no other
        if !matches!(seen.client.ip(), IpAddr::V4(_)) {
            return Ok(());
        }
        let down = seen.from == Side::Server;
        let (from, to) = if down { (seen.server, seen.client) } else { (seen.client, seen.server) };
        let fresh = Record {
            from,
            to,
            tcp: seen.tcp,
            first_ns: now,
            last_ns: now,
            packets: 0,
            bytes: 0,
            flags: 0,
        };
        let record = self.open.entry((seen.flow, down)).or_insert(fresh);
        let late = now.saturating_sub(record.first_ns) >= self.active_ns
            || now.saturating_sub(record.last_ns) >= self.inactive_ns;
        let finished = (late && record.packets > 0).then(|| std::mem::replace(record, fresh));
        record.last_ns = now;
        record.packets += 1;
        record.bytes += seen.ip_len as u64;
        record.flags |= seen.flags;
        finished.map_or(Ok(()), |it| self.report(now, it))
    }

    fn ended(&mut self, flow: &Ended<'_>) -> io::Result<()> {
        for down in [false, true] {
            if let Some(record) = self.open.remove(&(flow.flow, down)) {
                self.report(flow.last_ns, record)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, now_ns: u64, _: &[HostAnswer]) -> io::Result<()> {
        self.flush(now_ns)?;
        self.protocol.finish()
    }
}
