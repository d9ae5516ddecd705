//! Whether the first bytes of a direction are worth listening to.

use super::key::Key;
use super::names;
use super::table::Table;
use crate::Stamp;
use crate::conversation::{Conversation, Sniff};
use crate::p2p::{self, Network};

/// The first byte of a TLS handshake record, RFC 8446 section 5.1.
pub(super) const TLS_HANDSHAKE: u8 = 0x16;

/// What the first bytes look like.
pub(super) enum Glance {
    /// Nothing this crate decodes.
    Nothing,
    /// A node of a coin's own network.
    Node(Network),
    /// Perhaps mining, TLS or DNS: worth putting in order.
    Listen,
}

/// Looks at the first bytes of a direction.
pub(super) fn glance(payload: &[u8], ports: (u16, u16)) -> Glance {
    if let Some(network) = p2p::recognise_stream(payload) {
        return Glance::Node(network);
    }
    let dns = ports.0 == names::PORT || ports.1 == names::PORT;
    if dns || looks_like_tls(payload) || Conversation::sniff(payload) == Sniff::Maybe {
        return Glance::Listen;
    }
    Glance::Nothing
}

/// Whether bytes begin like a TLS handshake.
pub(super) fn looks_like_tls(payload: &[u8]) -> bool {
    matches!(payload, [TLS_HANDSHAKE] | [TLS_HANDSHAKE, 3, ..])
}

/// A note that a flow was listened to from some time on.
#[derive(Clone, Copy)]
pub(super) struct Listened {
    pub(super) v6: bool,
    pub(super) number: u32,
    pub(super) first: Stamp,
}

impl Listened {
    /// Whether the flow is still there and still listened to.
    pub(super) fn is_in<K: Key>(self, table: &mut Table<K>) -> bool {
        table
            .get_mut(self.number)
            .is_some_and(|(_, entry)| entry.first == self.first && entry.stream.is_some())
    }
}
