//! Whether the first bytes of a direction are worth listening to.

use super::names;
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
