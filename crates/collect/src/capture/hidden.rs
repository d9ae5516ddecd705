//! Connections that hide what they say, and whose silence therefore means nothing or less.

use std::collections::{BTreeSet, HashSet};
use std::net::IpAddr;

use minehound_model::QuietFlow;
use minehound_wire::flow::{Contact, Flow};
use minehound_wire::wrap::Wrap;

/// Most ends and most live tunnels kept.
const MAX_KEPT: usize = 100_000;

/// What hides its words.
#[derive(Default)]
pub(super) struct Hidden {
    /// The ends of connections that are encrypted or tunnels, as far as kept.
    ends: BTreeSet<IpAddr>,
    /// The ends of lasting tunnels, in which there may be connections of any kind.
    tunnel_ends: BTreeSet<IpAddr>,
    live_tunnels: HashSet<Flow>,
}

impl Hidden {
    /// A connection begins that is wrapped so.
    pub(super) fn begins(&mut self, flow: &Flow, wrap: Wrap) {
        self.encrypted(flow);
        if wrap.is_tunnel() && self.live_tunnels.len() < MAX_KEPT {
            self.live_tunnels.insert(*flow);
        }
    }

    /// A connection is encrypted, from its beginning or behind what was said first.
    pub(super) fn encrypted(&mut self, flow: &Flow) {
        if self.ends.len() < MAX_KEPT {
            self.ends.extend([flow.opener.ip(), flow.answerer.ip()]);
        }
    }

    /// A connection has ended.
    pub(super) fn ended(&mut self, flow: &Flow, contact: &Contact) {
        if !self.live_tunnels.remove(flow) {
            return;
        }
        let lasted = contact.last.time_ns.saturating_sub(flow.since.time_ns);
        #[expect(clippy::cast_precision_loss, reason = "a time of a capture")]
        let seconds = lasted as f64 / 1e9;
        if seconds >= QuietFlow::LEAST_S && self.tunnel_ends.len() < MAX_KEPT {
            self.tunnel_ends.extend([flow.opener.ip(), flow.answerer.ip()]);
        }
    }

    /// What is left to say of a capture that lasted `seconds`.
    pub(super) fn told(self, seconds: f64) -> Blind {
        let short = seconds < QuietFlow::ENOUGH_S;
        Blind {
            any: !self.ends.is_empty(),
            tunnels: self.tunnel_ends,
            short: if short { self.ends } else { BTreeSet::new() },
        }
    }
}

/// Whose rhythm means nothing where it is silent.
pub(super) struct Blind {
    /// Whether anything was encrypted.
    pub(super) any: bool,
    /// The ends of lasting tunnels.
    pub(super) tunnels: BTreeSet<IpAddr>,
    /// The ends of what is encrypted, if the capture was too short to judge it.
    pub(super) short: BTreeSet<IpAddr>,
}

impl Blind {
    /// All of them.
    pub(super) fn all(&self) -> BTreeSet<IpAddr> {
        self.tunnels.union(&self.short).copied().collect()
    }

    /// Why an end's silence means nothing, as message ids.
    pub(super) fn reasons(&self, end: IpAddr) -> BTreeSet<String> {
        let reasons = [(&self.tunnels, "tunnels-not-read"), (&self.short, "too-short-for-rhythm")];
        let these = reasons.into_iter().filter(|it| it.0.contains(&end));
        these.map(|it| it.1.to_owned()).collect()
    }
}
