//! What is counted while flows are followed.

use crate::packet::{Packet, Skip};

/// Messages of miners and pools are as long as this, in bytes: from a short share to a long job
/// (network.md section 3: logins and jobs of up to 700 bytes). A longer segment is bulk.
const SHORT_MESSAGE: u32 = 128;
const LONG_MESSAGE: u32 = 1024;
/// What is kept of a segment of bulk shows that a message in its place could have been read.
const LEGIBLE: usize = 256;

/// What was counted on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames given.
    pub frames: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// TCP segments followed.
    pub tcp_segments: u64,
    /// TCP segments long enough to hold a message of a miner, or cut.
    pub messages: u64,
    /// Of these, segments of which the capture kept too little for such a message.
    pub cut_messages: u64,
    /// Bytes that the sequence numbers of TCP passed over, seen or not.
    pub sequence_bytes: u64,
    /// Of these, bytes that were missing when later ones came.
    pub missing_bytes: u64,
    /// Bytes missing at first that came late.
    pub late_bytes: u64,
    /// UDP datagrams followed.
    pub udp_datagrams: u64,
    /// Fragments of IP datagrams.
    pub fragments: u64,
    /// DNS messages read.
    pub dns_messages: u64,
    /// Frames skipped: ARP.
    pub arp: u64,
    /// Frames skipped: a link type not known here.
    pub unknown_link: u64,
    /// Frames skipped: encrypted on the link.
    pub encrypted_link: u64,
    /// Frames skipped: upkeep of the network, without data.
    pub upkeep: u64,
    /// Frames skipped: not IP.
    pub not_ip: u64,
    /// Frames skipped: neither TCP nor UDP.
    pub other_transport: u64,
    /// Frames skipped: malformed, or stacked absurdly deep.
    pub malformed: u64,
    /// Frames skipped: the capture cut their headers.
    pub truncated: u64,
    /// TCP flows.
    pub tcp_flows: u64,
    /// UDP flows.
    pub udp_flows: u64,
    /// Flows ended early because there were too many.
    pub evicted_flows: u64,
    /// Flows no longer listened to because there were too many.
    pub evicted_streams: u64,
    /// Times bytes were given up because too many waited in all.
    pub overfull: u64,
}

impl Counters {
    /// Counts a TCP segment, and whether a message in it could be read.
    pub(super) fn segment(&mut self, packet: &Packet<'_>) {
        self.tcp_segments += 1;
        let (on_wire, kept) = (packet.payload_on_wire, packet.payload.len());
        let cut = usize::try_from(on_wire).is_ok_and(|on_wire| kept < on_wire);
        if cut || on_wire >= SHORT_MESSAGE {
            self.messages += 1;
            self.cut_messages += u64::from(cut && (on_wire <= LONG_MESSAGE || kept < LEGIBLE));
        }
    }

    pub(super) fn skipped(&mut self, skip: Skip) {
        let counter = match skip {
            Skip::Arp => &mut self.arp,
            Skip::UnknownLink => &mut self.unknown_link,
            Skip::Upkeep => &mut self.upkeep,
            Skip::NotIp => &mut self.not_ip,
            Skip::Encrypted => &mut self.encrypted_link,
            Skip::OtherTransport => &mut self.other_transport,
            Skip::Malformed | Skip::TooDeep => &mut self.malformed,
            Skip::Truncated => &mut self.truncated,
        };
        *counter += 1;
    }
}
