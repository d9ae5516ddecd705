//! What the counters of the tracker are called in a report.

use std::collections::BTreeMap;

use minehound_wire::flow::Counters;

use super::sight::Sight;
use crate::{Reason, Skips};

/// What was counted between two readings of the counters, without zeroes.
pub(crate) fn counts(
    before: &Counters,
    after: &Counters,
    sight: &Sight,
    hellos: u64,
) -> BTreeMap<String, u64> {
    let rows = [
        ("bytes-on-wire", after.bytes - before.bytes),
        ("tcp-segments", after.tcp_segments - before.tcp_segments),
        ("udp-datagrams", after.udp_datagrams - before.udp_datagrams),
        ("tcp-flows", after.tcp_flows - before.tcp_flows),
        ("udp-flows", after.udp_flows - before.udp_flows),
        ("dns-messages", after.dns_messages - before.dns_messages),
        ("fragments", after.fragments - before.fragments),
        ("arp-frames", after.arp - before.arp),
        ("upkeep-frames", after.upkeep - before.upkeep),
        ("not-ip-frames", after.not_ip - before.not_ip),
        ("other-transport-frames", after.other_transport - before.other_transport),
        ("flows-given-up", after.evicted_flows - before.evicted_flows),
        ("conversations-given-up", after.evicted_streams - before.evicted_streams),
        ("cut-frames", sight.cut_frames),
        ("bytes-missing", sight.missing_bytes),
        ("tls-hellos", hellos),
    ];
    rows.into_iter().filter(|it| it.1 > 0).map(|(name, count)| (name.to_owned(), count)).collect()
}

/// Adds the frames that the tracker could not use; which ones is not kept.
pub(crate) fn skips(before: &Counters, after: &Counters, skips: &mut Skips) {
    let rows = [
        ("unknown-link", after.unknown_link - before.unknown_link),
        ("encrypted-link", after.encrypted_link - before.encrypted_link),
        ("malformed-headers", after.malformed - before.malformed),
        ("cut-headers", after.truncated - before.truncated),
    ];
    for (reason, count) in rows {
        if count > 0 {
            *skips.counts.entry(Reason(reason)).or_default() += count;
        }
    }
}
