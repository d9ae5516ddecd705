//! DNS messages, in UDP and in TCP.

use std::net::IpAddr;

use super::{Events, Lookup};
use crate::Stamp;
use crate::dns::{self, Kind};

/// The port of DNS.
pub(super) const PORT: u16 = 53;
/// Most bytes read of one connection: zone transfers go on and on.
const MAX_READ: usize = 1 << 20;

/// Takes one message between two addresses; false when it is none.
pub(super) fn message(
    payload: &[u8],
    (source, target): (IpAddr, IpAddr),
    at: Stamp,
    out: &mut dyn Events,
) -> bool {
    // Most messages say nothing but their one question, and are read without allocating.
    let mut scratch = [0; 256];
    let answers = payload.get(6..8).is_some_and(|count| count != [0, 0]);
    if !answers && let Some(question) = dns::question(payload, &mut scratch) {
        if question.response {
            out.name_lookup(target, source, question.name, at, Lookup::NotFound);
        } else {
            out.name_lookup(source, target, question.name, at, Lookup::Asked);
        }
        return true;
    }
    let Ok(message) = dns::decode(payload) else { return false };
    let (client, resolver) = if message.response { (target, source) } else { (source, target) };
    let lookup = match (message.response, message.answers.is_empty()) {
        (false, _) => Lookup::Asked,
        (true, false) => Lookup::Found,
        (true, true) => Lookup::NotFound,
    };
    for (name, _) in &message.questions {
        out.name_lookup(client, resolver, name, at, lookup);
    }
    if message.response
        && let [(name, _)] = message.questions.as_slice()
    {
        for answer in &message.answers {
            match answer.kind {
                Kind::A(address) => out.address_name(address.into(), name, at),
                Kind::Aaaa(address) => out.address_name(address.into(), name, at),
                Kind::Cname(_) | Kind::Other(_) => {}
            }
        }
    }
    true
}

/// The messages of one direction of a TCP connection, RFC 1035 section 4.2.2.
#[derive(Default)]
pub(super) struct Framed {
    bytes: Vec<u8>,
    read: usize,
}

impl Framed {
    /// Takes bytes; false when this is no DNS, or enough of it.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        between: (IpAddr, IpAddr),
        at: Stamp,
        out: &mut dyn Events,
    ) -> bool {
        self.read = self.read.saturating_add(bytes.len());
        if self.read > MAX_READ {
            return false;
        }
        self.bytes.extend_from_slice(bytes);
        let mut rest = self.bytes.as_slice();
        while let Some((framed, length)) = dns::first_of_stream(rest) {
            if !message(framed, between, at, out) {
                return false;
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        let done = self.bytes.len() - rest.len();
        self.bytes.drain(..done);
        true
    }
}
