//! What no single machine shows: the network as an entity of its own.
//!
//! Bursts at the same instants, many machines behind one, one test over many flows: these have a
//! place in the dossier of the network that the machines are members of. Each observation there is
//! still about its member, and so are the findings.

use std::collections::BTreeSet;
use std::net::IpAddr;

use minehound_model::{EntityId, EntityKind, Fact, Observation, is_inner};

/// Fewer unasked messages say nothing in comparison.
const MIN_PUSHES: usize = 8;

/// The network that captures show: all of them together, since nobody said where one ends.
#[must_use]
pub fn captured() -> EntityId {
    EntityId::new(EntityKind::Network, "captured")
}

/// Which observations of members also belong to their network.
pub(crate) struct Members {
    /// Inner addresses that others mine through.
    served: BTreeSet<IpAddr>,
}

impl Members {
    pub(crate) fn of(observations: &[Observation]) -> Self {
        let mines = |it: &Observation| match &it.fact {
            Fact::PoolSession(it) => Some(it.server.ip()),
            Fact::QuietFlow(it) if it.pattern.is_some() => Some(it.server.ip()),
            _ => None,
        };
        Self { served: observations.iter().filter_map(mines).filter(|it| is_inner(*it)).collect() }
    }

    pub(crate) fn concerns(&self, fact: &Fact) -> bool {
        let meet = |ends: [IpAddr; 2]| ends.iter().any(|it| self.served.contains(it));
        match fact {
            Fact::QuietFlow(it) => {
                it.pushes_ms.len() >= MIN_PUSHES || meet([it.server.ip(), it.client.ip()])
            }
            Fact::PoolSession(it) => meet([it.server.ip(), it.client.ip()]),
            Fact::PoolContact(it) => self.served.contains(&it.client.ip()),
            _ => false,
        }
    }
}
