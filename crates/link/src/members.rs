//! What no single machine shows: the network as an entity of its own.
//!
//! One test over many flows has a place in the dossier of the network that the machines are members
//! of. Each observation there is still about its member, and so are the findings.

use minehound_model::{EntityId, EntityKind, Fact};

/// Fewer unasked messages say nothing in comparison.
const MIN_PUSHES: usize = 8;

/// The network that captures show: all of them together, since nobody said where one ends.
#[must_use]
pub fn captured() -> EntityId {
    EntityId::new(EntityKind::Network, "captured")
}

/// Whether an observation of a member also belongs to its network.
pub(crate) fn concerns(fact: &Fact) -> bool {
    match fact {
        Fact::QuietFlow(it) => it.pushes_ms.len() >= MIN_PUSHES,
        // The others' blocks are what the network's flows are held against.
        Fact::PoolSession(it) => !it.block_times_ms.is_empty(),
        _ => false,
    }
}
