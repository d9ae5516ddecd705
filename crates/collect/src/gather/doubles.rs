//! The same connection in two captures counts once.
//!
//! Copies of a capture, packed or cut off, and captures from two places on the way hold the same
//! connections. Two connections between the same ends cannot run at the same time, so sessions of
//! the same ends whose times overlap are one; the fuller account of it counts, the other is listed.
//! Accounts that each tell something the other does not, such as one of each direction, both count.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use minehound_model::{Fact, Observation, PoolSession};

/// How many later sessions of the same ends each is compared with.
const MAX_COPIES: usize = 64;

/// Marks every session of which another capture gives a fuller account.
pub(crate) fn mark_repeated(observations: &mut [Observation]) {
    let mut same_ends: BTreeMap<(SocketAddr, SocketAddr), Vec<usize>> = BTreeMap::new();
    for (place, seen) in observations.iter().enumerate() {
        if let Fact::PoolSession(it) = &seen.fact {
            same_ends.entry((it.client, it.server)).or_default().push(place);
        }
    }
    for mut places in same_ends.into_values().filter(|it| it.len() > 1) {
        places.sort_by_key(|it| observations.get(*it).map(|it| it.span));
        for (at, one) in places.iter().enumerate() {
            for other in places.iter().skip(at + 1).take(MAX_COPIES) {
                if let Some(lesser) = lesser(observations, *one, *other)
                    && let Some(Fact::PoolSession(it)) =
                        observations.get_mut(lesser).map(|it| &mut it.fact)
                {
                    it.repeated = true;
                }
            }
        }
    }
}

/// Which of two accounts of one connection tells nothing that the other does not.
fn lesser(observations: &[Observation], one: usize, other: usize) -> Option<usize> {
    let (a, b) = (observations.get(one)?, observations.get(other)?);
    let (Fact::PoolSession(said_a), Fact::PoolSession(said_b)) = (&a.fact, &b.fact) else {
        return None;
    };
    let one_capture = a.provenance.artefact == b.provenance.artefact;
    if one_capture || said_a.repeated || said_b.repeated || !a.span.overlaps(b.span) {
        return None;
    }
    match (tells_all_of(said_a, said_b), tells_all_of(said_b, said_a)) {
        (true, _) => Some(other),
        (false, true) => Some(one),
        (false, false) => None,
    }
}

fn tells_all_of(fuller: &PoolSession, other: &PoolSession) -> bool {
    fuller.frames >= other.frames
        && fuller.jobs >= other.jobs
        && fuller.accounts.len() >= other.accounts.len()
        && fuller.shares.submitted >= other.shares.submitted
        && fuller.shares.accepted >= other.shares.accepted
        && fuller.shares.rejected >= other.shares.rejected
}
