//! Lasting connections to ports of interest.

use std::net::SocketAddr;

use minehound_model::{Fact, Interest, PortContact};
use minehound_wire::flow::{Contact, Flow, Transport};

/// A connection to a port of interest that was shorter than this was a visit, if not a scan.
const LASTING_NS: i64 = 60_000_000_000;

/// Whether both ends of a TCP flow had something to say for a while.
pub(super) fn lasts(flow: &Flow, contact: &Contact) -> bool {
    let lasted_ns = contact.last.time_ns.saturating_sub(flow.since.time_ns);
    flow.transport == Transport::Tcp
        && contact.sent > 0
        && contact.received > 0
        && lasted_ns >= LASTING_NS
}

/// The client and the server of a flow to a port of interest. Who opened a flow that began before
/// the capture is not known; then the port decides, unless both ends have one.
pub(super) fn at_port(
    flow: &Flow,
    contact: &Contact,
    interest: &Interest,
) -> Option<(SocketAddr, SocketAddr)> {
    let (opener, answerer) = (flow.opener, flow.answerer);
    let covers = |end: SocketAddr| interest.covers_port(end.port());
    match (covers(answerer), covers(opener)) {
        (true, false) => Some((opener, answerer)),
        (true, true) if contact.from_start => Some((opener, answerer)),
        (false, true) if !contact.from_start => Some((answerer, opener)),
        _ => None,
    }
}

/// What is told of one.
pub(super) fn port_contact(flow: &Flow, contact: &Contact, ends: (SocketAddr, SocketAddr)) -> Fact {
    let (client, server) = ends;
    let (mut bytes_up, mut bytes_down) = (contact.sent, contact.received);
    if client == flow.answerer {
        (bytes_up, bytes_down) = (bytes_down, bytes_up);
    }
    let frames = contact.frames;
    Fact::PortContact(PortContact { client, server, bytes_up, bytes_down, frames })
}
