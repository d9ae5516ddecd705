//! What happens to a flow with each packet.

use std::collections::VecDeque;

use super::entry::{Entry, Marks};
use super::key::{Key, Side};
use super::listen::{Glance, Listened, glance};
use super::notebook::Notebook;
use super::stream::{Outcome, Stream};
use super::table::Table;
use super::{Counters, Events, Limits, Transport};
use crate::p2p;
use crate::packet::{Packet, TcpHeader};
use crate::tcp::Segment;
use crate::{End, Stamp};

/// How many flows are compared to find one to make room.
const COMPARED: usize = 64;
/// How many notes of streams, per stream allowed, before those of ended ones are cleared.
const NOTES: usize = 4;

/// A packet and when it was seen.
pub(super) struct Seen<'a> {
    pub(super) packet: &'a Packet<'a>,
    pub(super) at: Stamp,
}

/// The rules, and what they count over all flows.
pub(super) struct Engine {
    pub(super) limits: Limits,
    pub(super) counters: Counters,
    waiting_bytes: usize,
    unproven_bytes: usize,
    streams: usize,
    pub(super) notebook: Notebook,
    listened: VecDeque<Listened>,
}

impl Engine {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            counters: Counters::default(),
            waiting_bytes: 0,
            unproven_bytes: 0,
            streams: 0,
            notebook: Notebook::new(limits.rhythms),
            listened: VecDeque::new(),
        }
    }

    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Takes a packet of the flow with this key.
    pub(super) fn follow<K: Key>(
        &mut self,
        table: &mut Table<K>,
        key: K,
        side: Side,
        seen: &Seen<'_>,
        out: &mut dyn Events,
    ) {
        let mut found = table.find(&key);
        if let Some(number) = found
            && let Some((_, entry)) = table.get_mut(number)
            && (entry.is_over(key.transport(), seen.at)
                || seen.packet.tcp.is_some_and(|tcp| entry.is_replaced_by(side, seen.at, tcp)))
        {
            self.end(table, number, out);
            found = None;
        }
        let Some(number) = found.or_else(|| self.open(table, key, side, seen, out)) else { return };
        let Some((_, entry)) = table.get_mut(number) else { return };
        let from = entry.end(side);
        entry.count(from, seen.at, seen.packet.payload_on_wire);
        if seen.packet.payload_on_wire > 0 {
            self.notebook.note(&key, entry, from, seen, out);
        }
        match seen.packet.tcp {
            Some(tcp) => {
                let length = seen.packet.payload_on_wire;
                let passed = entry.pass(from, tcp, data_sequence(tcp), length);
                self.counters.sequence_bytes += u64::from(passed.bytes);
                self.counters.missing_bytes += u64::from(passed.missing);
                self.counters.late_bytes += u64::from(passed.late);
                let listening = entry.stream.is_some();
                self.segment(&key, entry, from, tcp, seen, out);
                if !listening && entry.stream.is_some() {
                    let v6 = matches!(key.ends().0, std::net::SocketAddr::V6(_));
                    self.listened.push_back(Listened { v6, number, first: entry.first });
                }
            }
            None => datagram(entry, from, seen.packet),
        }
    }

    fn open<K: Key>(
        &mut self,
        table: &mut Table<K>,
        key: K,
        side: Side,
        seen: &Seen<'_>,
        out: &mut dyn Events,
    ) -> Option<u32> {
        if table.len() >= self.limits.flows {
            self.make_room(table, out);
        }
        match key.transport() {
            Transport::Tcp => self.counters.tcp_flows += 1,
            Transport::Udp => self.counters.udp_flows += 1,
        }
        table.insert(key, Entry::new(seen.at, side, seen.packet.tcp))
    }

    fn segment(
        &mut self,
        key: &impl Key,
        entry: &mut Entry,
        from: End,
        tcp: TcpHeader,
        seen: &Seen<'_>,
        out: &mut dyn Events,
    ) {
        entry.flags(from, tcp);
        if entry.stream.is_some() {
            self.listen(key, entry, from, tcp, seen, out);
        } else if let Some(first) = seen.packet.payload.first()
            && !tcp.has(TcpHeader::RST)
        {
            if entry.wants_look(from) {
                self.look(key, entry, from, tcp, seen, out);
            } else if matches!(first, b'{' | b'P') && entry.revivals > 0 {
                self.revive(key, entry, from, tcp, seen, out);
            }
        }
        if seen.packet.payload_on_wire > 0 {
            entry.spoke(from);
        }
    }

    /// Looks at the first payload of one direction.
    fn look(
        &mut self,
        key: &impl Key,
        entry: &mut Entry,
        from: End,
        tcp: TcpHeader,
        seen: &Seen<'_>,
        out: &mut dyn Events,
    ) {
        let payload = seen.packet.payload;
        match entry.first_sequence(from) {
            Some(expected) => {
                match data_sequence(tcp).wrapping_sub(expected).cast_signed() {
                    0 => {}
                    ..0 => return,
                    // Something else comes first, perhaps a moment late.
                    1.. => {
                        self.start(entry, Stream::unheard(entry));
                        return self.listen(key, entry, from, tcp, seen, out);
                    }
                }
            }
            // A keepalive probe repeats a byte from before.
            None if payload == [0] => return,
            None => {}
        }
        match glance(payload, (seen.packet.source_port, seen.packet.target_port)) {
            Glance::Nothing => entry.looked(from),
            Glance::Node(network) => {
                entry.network = Some(network);
                entry.settle();
            }
            Glance::Listen => {
                self.start(entry, Stream::unheard(entry));
                self.listen(key, entry, from, tcp, seen, out);
            }
        }
    }

    /// Listens once more to a flow given up, where a message may begin.
    fn revive(
        &mut self,
        key: &impl Key,
        entry: &mut Entry,
        from: End,
        tcp: TcpHeader,
        seen: &Seen<'_>,
        out: &mut dyn Events,
    ) {
        let payload = seen.packet.payload;
        if entry.network.is_none() && (payload.starts_with(b"{") || payload.starts_with(b"POST ")) {
            entry.revivals -= 1;
            self.start(entry, Stream::unheard(entry));
            self.listen(key, entry, from, tcp, seen, out);
        }
    }

    fn start(&mut self, entry: &mut Entry, stream: Stream) {
        self.streams += 1;
        entry.stream = Some(Box::new(stream));
    }

    /// Puts a segment in its place and hears what is in order now.
    fn listen(
        &mut self,
        key: &impl Key,
        entry: &mut Entry,
        from: End,
        tcp: TcpHeader,
        seen: &Seen<'_>,
        out: &mut dyn Events,
    ) {
        let Some(mut stream) = entry.stream.take() else { return };
        let flow = entry.flow(key);
        self.discount(&stream);
        let broken = tcp.has(TcpHeader::RST);
        let segment = Segment {
            sequence: data_sequence(tcp),
            payload: if broken { &[] } else { seen.packet.payload },
            on_wire: if broken { 0 } else { seen.packet.payload_on_wire },
            at: seen.at,
        };
        let mut outcome = stream.push(&flow, from, tcp, segment, out);
        if self.waiting_bytes + stream.waiting_bytes() > self.limits.waiting_bytes {
            self.counters.overfull += 1;
            outcome = outcome.max(stream.flush(&flow, out));
        }
        match outcome {
            Outcome::Listening | Outcome::Mining => {
                if outcome == Outcome::Mining {
                    entry.marks.set(Marks::MINING);
                }
                self.waiting_bytes += stream.waiting_bytes();
                self.unproven_bytes += stream.unproven_bytes();
                entry.stream = Some(stream);
                return;
            }
            Outcome::Nothing => entry.looked(from),
            Outcome::Done => entry.settle(),
            Outcome::Node(network) => {
                entry.network = Some(network);
                entry.settle();
            }
        }
        self.streams -= 1;
    }

    /// Takes a stream's bytes off the counts.
    fn discount(&mut self, stream: &Stream) {
        self.waiting_bytes -= stream.waiting_bytes();
        self.unproven_bytes -= stream.unproven_bytes();
    }

    /// Says what is to be said of a flow that is over, and forgets it.
    fn end<K: Key>(&mut self, table: &mut Table<K>, number: u32, out: &mut dyn Events) {
        let Some((key, mut entry)) = table.remove(number) else { return };
        self.hear_out(&key, &mut entry, out);
        self.notebook.close(&key, &mut entry, out);
        let (flow, contact) = (entry.flow(&key), entry.contact());
        if let Some(network) = entry.network {
            out.node(&flow, network, &contact);
        }
        out.contact(&flow, &contact);
    }

    /// Takes what still waits in the stream of a flow, and its session if it was one.
    fn hear_out(&mut self, key: &impl Key, entry: &mut Entry, out: &mut dyn Events) {
        let Some(stream) = entry.stream.take() else { return };
        self.streams -= 1;
        self.discount(&stream);
        let flow = entry.flow(key);
        match stream.end(&flow, entry, out) {
            Some(Outcome::Node(network)) => entry.network = Some(network),
            _ => entry.settle(),
        }
    }

    /// Ends some flows that fell silent.
    pub(super) fn sweep<K: Key>(
        &mut self,
        table: &mut Table<K>,
        count: usize,
        now: Stamp,
        out: &mut dyn Events,
    ) {
        for _ in 0..count.min(table.places()) {
            let number = table.turn();
            let entry = table.get_mut(number);
            if entry.is_some_and(|(key, entry)| entry.is_over(key.transport(), now)) {
                self.end(table, number, out);
            }
        }
    }

    /// Ends the flow not seen for longest among some, those that mine last.
    fn make_room<K: Key>(&mut self, table: &mut Table<K>, out: &mut dyn Events) {
        let oldest = (0..COMPARED)
            .filter_map(|_| {
                let number = table.turn();
                let (_, entry) = table.get_mut(number)?;
                Some((entry.marks.has(Marks::MINING), entry.last, number))
            })
            .min();
        if let Some((_, _, number)) = oldest {
            self.counters.evicted_flows += 1;
            self.end(table, number, out);
        }
    }

    pub(super) fn end_all<K: Key>(&mut self, table: &mut Table<K>, out: &mut dyn Events) {
        for _ in 0..table.places() {
            let number = table.turn();
            self.end(table, number, out);
        }
        *table = Table::default();
        self.listened.clear();
    }

    /// Whether more streams are listened to, or noted, than allowed.
    pub(super) fn listens_too_much(&self) -> bool {
        self.must_listen_less() || self.listened.len() > self.limits.streams.saturating_mul(NOTES)
    }

    /// Whether more streams are listened to than allowed.
    pub(super) fn has_too_many_streams(&self) -> bool {
        self.streams > self.limits.streams
    }

    fn must_listen_less(&self) -> bool {
        self.has_too_many_streams() || self.unproven_bytes > self.limits.unproven_bytes
    }

    /// Clears the notes of streams that ended.
    pub(super) fn forget_unlistened(&mut self, is_listened: impl FnMut(&Listened) -> bool) {
        if self.listened.len() > self.limits.streams.saturating_mul(NOTES) {
            let mut is_listened = is_listened;
            self.listened.retain(|listened| is_listened(listened));
        }
    }

    /// The stream listened to longest, while there are too many.
    pub(super) fn longest_listened(&mut self) -> Option<Listened> {
        if self.must_listen_less() { self.listened.pop_front() } else { None }
    }

    /// Stops listening to a flow.
    pub(super) fn stop_listening<K: Key>(
        &mut self,
        table: &mut Table<K>,
        listened: Listened,
        spare_mining: bool,
        out: &mut dyn Events,
    ) {
        if !listened.is_in(table) {
            return;
        }
        let Some((key, entry)) = table.get_mut(listened.number) else { return };
        if spare_mining && entry.marks.has(Marks::MINING) {
            self.listened.push_back(listened);
        } else {
            self.counters.evicted_streams += 1;
            self.hear_out(&key, entry, out);
        }
    }
}

/// Looks at a UDP payload.
fn datagram(entry: &mut Entry, from: End, packet: &Packet<'_>) {
    if packet.payload_on_wire > 0 {
        entry.spoke(from);
    }
    if entry.wants_look(from) && !packet.payload.is_empty() {
        entry.looked(from);
        entry.network = p2p::recognise_datagram(packet.payload);
        if entry.network.is_some() {
            entry.settle();
        }
    }
}

/// The sequence number of a segment's first payload byte: a SYN takes one itself.
fn data_sequence(tcp: TcpHeader) -> u32 {
    tcp.sequence.wrapping_add(u32::from(tcp.has(TcpHeader::SYN)))
}
