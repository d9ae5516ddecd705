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
    /// Frames that named a network as it is read here: IP or ARP.
    known: u64,
}

impl Sight {
    /// What was counted between two readings of the counters.
    pub(crate) fn between(before: &Counters, after: &Counters, cut_frames: u64) -> Self {
        let known = |it: &Counters| {
            it.tcp_segments + it.udp_datagrams + it.fragments + it.other_transport + it.arp
        };
        Self {
            records: after.frames - before.frames,
            cut_frames,
            unknown_link: after.unknown_link - before.unknown_link,
            encrypted_link: after.encrypted_link - before.encrypted_link,
            malformed: after.malformed - before.malformed,
            known: known(after) - known(before),
        }
    }

    /// Why nothing of the file can be used, if that is so.
    pub(crate) fn not_read(&self) -> Option<&'static str> {
        let unread = self.unknown_link + self.encrypted_link;
        (self.known == 0 && unread > 0).then_some("unknown-link")
    }

    /// Whether silence means nothing.
    pub(crate) fn is_blind(&self) -> bool {
        self.gaps().iter().any(|it| it.1)
    }

    /// What could not be seen of facts of this kind.
    pub(crate) fn gaps_of(&self, kind: FactKind) -> BTreeSet<String> {
        let _ = kind;
        self.gaps().into_iter().map(|it| it.0.to_owned()).collect()
    }

    /// Each gap, and whether it makes silence mean nothing.
    fn gaps(&self) -> Vec<(&'static str, bool)> {
        let mut gaps = Vec::new();
        for (unseen, blinding, some) in [
            (self.unknown_link, "unknown-link", "some-unknown-link"),
            (self.encrypted_link, "encrypted-link", "some-encrypted-link"),
            (self.malformed, "malformed-frames", ""),
        ] {
            if is_much(unseen, unseen + self.known) {
                gaps.push((blinding, true));
            } else if unseen > 0 && !some.is_empty() {
                gaps.push((some, false));
            }
        }
        if self.known == 0 && self.records > 0 && gaps.is_empty() && self.cut_frames == 0 {
            gaps.push(("no-network", true));
        }
        gaps
    }
}

/// Whether what was not seen of a whole makes silence mean nothing.
fn is_much(unseen: u64, whole: u64) -> bool {
    unseen > 0 && unseen.saturating_mul(100) > whole.saturating_mul(MOST_UNSEEN_PERCENT)
}
