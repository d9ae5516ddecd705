//! How much of one file could be seen, and what that takes from saying that there was nothing.
//!
//! Each gap comes in two strengths: what a report should mention, and what makes silence mean
//! nothing.

use std::collections::BTreeSet;

use minehound_model::FactKind;
use minehound_wire::flow::Counters;

/// From this share on, in percent, what was not seen makes silence mean nothing: a tenth of the
/// frames can hold every word of a miner, who sends a few packets a minute.
const MOST_UNSEEN_PERCENT: u64 = 10;

/// What was counted of one file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sight {
    records: u64,
    /// Frames shorter than they were on the wire.
    pub(crate) cut_frames: u64,
    unknown_link: u64,
    encrypted_link: u64,
    malformed: u64,
    /// Frames of protocols that carry data and are not read: other than IP, than TCP and UDP.
    not_ip: u64,
    other_transport: u64,
    /// Frames whose headers were cut.
    headless: u64,
    /// TCP segments that can hold a message of a miner, and how many of them were cut too short
    /// for one.
    messages: u64,
    cut_messages: u64,
    /// Bytes of TCP that passed by while flows were followed, and how many of them are missing.
    sequence_bytes: u64,
    pub(crate) missing_bytes: u64,
    /// Frames that are read here: TCP, UDP, ARP.
    known: u64,
    /// Frames that carry nobody's data.
    upkeep: u64,
}

impl Sight {
    /// What was counted between two readings of the counters.
    pub(crate) fn between(before: &Counters, after: &Counters, cut_frames: u64) -> Self {
        let known = |it: &Counters| it.tcp_segments + it.udp_datagrams + it.fragments + it.arp;
        // Where even the headers were cut, nobody knows what they announced.
        let headless = if cut_frames > 0 { after.truncated - before.truncated } else { 0 };
        let late = after.late_bytes - before.late_bytes;
        Self {
            headless,
            messages: after.messages - before.messages + headless,
            cut_messages: after.cut_messages - before.cut_messages + headless,
            sequence_bytes: after.sequence_bytes - before.sequence_bytes,
            missing_bytes: (after.missing_bytes - before.missing_bytes).saturating_sub(late),
            records: after.frames - before.frames,
            cut_frames,
            unknown_link: after.unknown_link - before.unknown_link,
            encrypted_link: after.encrypted_link - before.encrypted_link,
            malformed: after.malformed - before.malformed,
            not_ip: after.not_ip - before.not_ip,
            other_transport: after.other_transport - before.other_transport,
            known: known(after) - known(before),
            upkeep: after.upkeep - before.upkeep,
        }
    }

    /// Why nothing of the file can be used, if that is so.
    pub(crate) fn not_read(&self) -> Option<&'static str> {
        let unread = self.unknown_link + self.encrypted_link;
        let known = self.known + self.other_transport;
        (known == 0 && unread > 0).then_some("unknown-link")
    }

    /// Whether silence means nothing.
    pub(crate) fn is_blind(&self) -> bool {
        self.parts(FactKind::PoolSession).iter().any(Part::is_much)
    }

    /// What could not be seen of facts of this kind.
    pub(crate) fn gaps(&self, kind: FactKind) -> BTreeSet<String> {
        let parts = self.parts(kind).into_iter().filter(|it| it.unseen > 0);
        let names = parts.map(|it| if it.is_much() { it.much } else { it.some });
        names.filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    fn parts(&self, kind: FactKind) -> [Part; 8] {
        let part = |unseen, whole, much, some| Part { unseen, whole, much, some };
        let fine = self.known + self.upkeep;
        let of_frames = |unseen, much, some| part(unseen, unseen + fine, much, some);
        // A look-up is short, and its question stands in front; a rhythm needs lengths alone.
        let cut = match kind {
            FactKind::NameLookup => 0,
            FactKind::QuietFlow => self.headless,
            _ => self.cut_messages,
        };
        let unread = self.not_ip + self.other_transport;
        let strange =
            self.unknown_link + self.encrypted_link + self.malformed + self.cut_frames + unread;
        let silent = if strange == 0 && self.known == 0 { self.records } else { 0 };
        [
            of_frames(self.unknown_link, "unknown-link", "some-unknown-link"),
            of_frames(self.encrypted_link, "encrypted-link", "some-encrypted-link"),
            of_frames(self.malformed, "malformed-frames", ""),
            of_frames(self.not_ip, "not-ip", "some-not-ip"),
            of_frames(self.other_transport, "other-transport", "some-other-transport"),
            part(silent, silent, "no-network", ""),
            part(cut, self.messages, "snaplen", ""),
            part(
                self.missing_bytes,
                self.sequence_bytes,
                "packets-missing",
                "some-packets-missing",
            ),
        ]
    }
}

/// What was not seen of a whole, and what to call it where that is much and where it is not.
struct Part {
    unseen: u64,
    whole: u64,
    much: &'static str,
    some: &'static str,
}

impl Part {
    /// Whether silence means nothing.
    fn is_much(&self) -> bool {
        let limit = self.whole.saturating_mul(MOST_UNSEEN_PERCENT);
        self.unseen > 0 && self.unseen.saturating_mul(100) > limit
    }
}
