//! Captures: pcap and pcapng, packed or not, whole or cut off, in rotated parts.
//!
//! Flow state ends with the file, unless the next file of the same link type begins within five
//! seconds after it: then both are parts of one capture.

mod addresses;
mod clocks;
mod cover;
mod cut;
mod hidden;
mod name;
mod places;
mod polling;
mod ports;
mod quiet;
mod reduce;
mod served;
mod session;
mod sight;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::net::IpAddr;

use minehound_model::{ArtefactId, EntityId, Examined, Extent, FactKind, Interest, Span};
use minehound_wire::Stamp;
use minehound_wire::capture::{self as format, Format};
use minehound_wire::flow::{Limits, Tracker};

use crate::{Reason, Sink, Skips};

use addresses::{Addresses, Unseen};
pub(crate) use cut::{Ending, Head, head};
use hidden::Blind;
pub(crate) use places::sealed;
use reduce::Reduction;
use sight::Sight;

/// The longest silence between two parts of one capture.
const MAX_PART_GAP_NS: i64 = 5_000_000_000;
/// Most captures whose flow state is kept while waiting for a further part.
const MAX_OPEN: usize = 4;
/// Frame numbers and part numbers share one number on their way through the tracker.
const FRAME_BITS: u32 = 40;

/// What one capture file came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read1 {
    /// Packet records read.
    pub(crate) records: u64,
    /// From the first to the last packet.
    pub(crate) span: Option<Span>,
    /// Records that could not be used.
    pub(crate) skips: Skips,
    /// How reading ended.
    pub(crate) ending: Ending,
    /// Why nothing of it could be used, if that is so.
    pub(crate) not_read: Option<&'static str>,
    /// Counts worth showing.
    pub(crate) counts: std::collections::BTreeMap<String, u64>,
}

/// Reads captures one after the other, in the order of their first packets.
pub(crate) struct Captures<'i> {
    interest: &'i Interest,
    watch: &'i BTreeSet<IpAddr>,
    open: Vec<Open<'i>>,
    /// The addresses that opened a flow.
    pub(crate) openers: Addresses,
}

/// A capture that a further part may continue.
struct Open<'i> {
    parts: Vec<Part>,
    link_type: u32,
    last_ns: i64,
    tracker: Tracker,
    reduction: Reduction<'i>,
}

/// One file of a capture.
#[derive(Clone, Debug)]
struct Part {
    artefact: ArtefactId,
    records: u64,
    span: Option<Span>,
    longest: u32,
    /// Whether the file ends within a record.
    cut_off: bool,
    sight: Sight,
}

impl<'i> Captures<'i> {
    /// Begins; `watch` names addresses whose mere presence in a capture is to be told.
    pub(crate) fn new(interest: &'i Interest, watch: &'i BTreeSet<IpAddr>) -> Self {
        Self { interest, watch, open: Vec::new(), openers: Addresses::default() }
    }

    /// Reads one file; what earlier captures came to is poured out as they end.
    pub(crate) fn read(
        &mut self,
        artefact: ArtefactId,
        head: Head,
        reader: impl Read,
        into: &mut dyn Sink,
    ) -> Read1 {
        let at = self.continued(head);
        while at.is_none() && self.open.len() >= MAX_OPEN {
            let ended = self.open.remove(0);
            ended.pour(&mut self.openers, into);
        }
        let mut open = match at {
            Some(at) => self.open.remove(at),
            None => Open::new(head, self.interest, self.watch),
        };
        let read = open.read(artefact, reader);
        self.open.push(open);
        read
    }

    /// The capture that a file beginning so continues: the one that ended last before it.
    fn continued(&self, head: Head) -> Option<usize> {
        let gap = |it: &Open<'_>| head.first_ns.saturating_sub(it.last_ns);
        let fits = |it: &Open<'_>| {
            it.link_type == head.link_type && (0..=MAX_PART_GAP_NS).contains(&gap(it))
        };
        let fitting = self.open.iter().enumerate().filter(|(_, it)| fits(it));
        fitting.min_by_key(|(_, it)| gap(it)).map(|(at, _)| at)
    }

    /// Ends every capture; returns the addresses that opened a flow.
    pub(crate) fn finish(mut self, into: &mut dyn Sink) -> Addresses {
        for ended in std::mem::take(&mut self.open) {
            ended.pour(&mut self.openers, into);
        }
        self.openers
    }
}

impl<'i> Open<'i> {
    fn new(head: Head, interest: &'i Interest, watch: &'i BTreeSet<IpAddr>) -> Self {
        Self {
            parts: Vec::new(),
            link_type: head.link_type,
            last_ns: i64::MIN,
            tracker: Tracker::new(Limits::default()),
            reduction: Reduction::new(interest, watch),
        }
    }

    fn read(&mut self, artefact: ArtefactId, reader: impl Read) -> Read1 {
        let part_bits = (self.parts.len() as u64) << FRAME_BITS;
        let before = *self.tracker.counters();
        let hellos_before = self.reduction.hellos;
        let (tracker, reduction) = (&mut self.tracker, &mut self.reduction);
        let (mut first_ns, mut last_ns, mut now_ns) = (i64::MAX, i64::MIN, 0);
        let (mut cut_frames, mut longest) = (0_u64, 0_u32);
        let mut skips = Skips::default();
        let (records, ending) = cut::for_each(reader, &mut skips, |record, skips| {
            match record.time_ns {
                Some(time_ns) => now_ns = time_ns,
                None => skips.add(record.frame, Reason("no-time")),
            }
            first_ns = first_ns.min(now_ns);
            last_ns = last_ns.max(now_ns);
            let captured = u32::try_from(record.captured.len()).unwrap_or(u32::MAX);
            cut_frames += u64::from(captured < record.wire_len);
            longest = longest.max(captured);
            let at = Stamp { time_ns: now_ns, frame: part_bits | record.frame };
            tracker.packet(record.link_type, at, record.captured, record.wire_len, reduction);
        });
        let span = (first_ns <= last_ns).then(|| Span {
            from_ms: first_ns.div_euclid(1_000_000),
            to_ms: last_ns.div_euclid(1_000_000),
        });
        self.last_ns = self.last_ns.max(last_ns);
        let hellos = self.reduction.hellos - hellos_before;
        let sight = Sight::between(&before, self.tracker.counters(), cut_frames);
        let cut_off = ending == Ending::CutOff;
        self.parts.push(Part { artefact, records, span, longest, cut_off, sight });
        let counts = name::counts(&before, self.tracker.counters(), &sight, hellos);
        name::skips(&before, self.tracker.counters(), &mut skips);
        Read1 { records, span, skips, ending, not_read: sight.not_read(), counts }
    }

    /// Ends all flows and pours what is left of them.
    fn pour(mut self, openers: &mut Addresses, into: &mut dyn Sink) {
        self.tracker.finish(&mut self.reduction);
        let unnoted = self.tracker.unnoted_flows() > 0;
        let parts: Vec<_> = self.parts.iter().map(|it| (it.artefact, it.records)).collect();
        let blind = self.parts.iter().all(|it| it.sight.is_blind());
        let spans = self.parts.iter().filter_map(|it| it.span);
        let seconds = spans.reduce(Span::hull).map_or(0.0, Span::seconds);
        let veil = self.reduction.hidden().told(seconds);
        let unseen = Unseen { all: blind, these: &veil.all() };
        let seen = self.reduction.pour(&parts, &unseen, openers, into);
        let places = places::Places(&parts);
        let in_view: BTreeSet<EntityId> = seen.into_iter().map(|it| places.endpoint(it)).collect();
        let mut veiled = BTreeMap::<_, BTreeSet<EntityId>>::new();
        for end in veil.all() {
            veiled.entry(veil.reasons(end)).or_default().insert(places.endpoint(end));
        }
        let hidden: BTreeSet<EntityId> = veiled.values().flatten().cloned().collect();
        let in_plain_view = in_view.difference(&hidden).cloned().collect();
        for part in &self.parts {
            let Some(span) = part.span else { continue };
            let kinds = [
                FactKind::PoolSession,
                FactKind::PoolContact,
                FactKind::PortContact,
                FactKind::NameLookup,
                FactKind::NodeTraffic,
                FactKind::QuietFlow,
                FactKind::MinersServed,
                FactKind::ProxyUse,
            ];
            let look = |kind, entities: &BTreeSet<EntityId>, gaps| Examined {
                kind,
                span,
                extent: Extent { entities: Some(entities.clone()), records: part.records },
                sampling: 1,
                limit: (part.sight.cut_frames > 0).then_some(part.longest),
                gaps,
            };
            for kind in kinds {
                let gaps = part.gaps(kind, unnoted, &veil);
                if kind != FactKind::QuietFlow || veiled.is_empty() {
                    into.examined(look(kind, &in_view, gaps));
                    continue;
                }
                for (reasons, ends) in &veiled {
                    into.examined(look(kind, ends, gaps.union(reasons).cloned().collect()));
                }
                into.examined(look(kind, &in_plain_view, gaps));
            }
        }
    }
}

impl Part {
    /// What could not be seen in this file.
    fn gaps(&self, kind: FactKind, unnoted: bool, veil: &Blind) -> BTreeSet<String> {
        let mut gaps = self.sight.gaps(kind);
        if self.sight.cut_frames > 0 && !gaps.contains("snaplen") {
            gaps.insert("some-packets-cut".to_owned());
        }
        if self.cut_off {
            gaps.insert("cut-off".to_owned());
        }
        if unnoted && kind == FactKind::QuietFlow {
            gaps.insert("flows-beyond-count".to_owned());
        }
        if kind == FactKind::PoolSession && veil.any {
            gaps.insert("encrypted-not-read".to_owned());
        }
        if kind == FactKind::PoolSession && !veil.tunnels.is_empty() {
            gaps.insert("some-tunnels-not-read".to_owned());
        }
        gaps
    }
}

/// Whether a file that begins so is a capture, and what to call it.
pub(crate) fn recognise(prefix: &[u8]) -> Result<&'static str, Option<&'static str>> {
    match format::recognise(prefix) {
        Some(Format::Pcap) => Ok("pcap"),
        Some(Format::Pcapng) => Ok("pcapng"),
        Some(Format::Xz) => Err(Some("packed-xz")),
        Some(Format::Bzip2) => Err(Some("packed-bzip2")),
        Some(Format::Lz4) => Err(Some("packed-lz4")),
        Some(Format::Snoop) => Err(Some("capture-snoop")),
        Some(Format::NetworkMonitor) => Err(Some("capture-netmon")),
        Some(Format::Gzip | Format::Zstd) => Err(Some("packed-twice")),
        None => Err(None),
    }
}
