//! The same connection in two captures counts once.
//!
//! Copies of a capture, packed or cut off, and captures from two places on the way hold the same
//! connections. Two connections between the same ends cannot run at the same time, so sessions of
//! the same ends whose times overlap are one, and so are two whose shares came at the same pace, though
//! the clocks of the captures disagree; the fuller account of it counts, the other is listed.
//! Accounts that each tell something the other does not, such as one of each direction, are both
//! evidence, and are counted as one.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use minehound_model::{Fact, Observation, PoolSession};

/// How many later observations of the same ends each is compared with.
const MAX_COPIES: usize = 64;

/// So many shares at the same pace are no chance.
const SAME_PACE: usize = 5;
/// By how much two captures may differ in when a share came after the first, in milliseconds.
const PACE_MS: u64 = 1000;

/// Which account of a connection to mark.
enum Lesser {
    /// It tells nothing that the other does not.
    Repeated(usize),
    /// It tells less, and something that the other does not.
    Shared(usize),
}

/// Marks every session of which another capture gives a fuller account.
pub(crate) fn mark_repeated(observations: &mut [Observation]) {
    let mut same_ends: BTreeMap<(SocketAddr, SocketAddr), Vec<usize>> = BTreeMap::new();
    for (place, seen) in observations.iter().enumerate() {
        if let Fact::PoolSession(it) = &seen.fact {
            same_ends.entry((it.client, it.server)).or_default().push(place);
        }
    }
    let alike: Vec<_> = same_ends.into_values().flat_map(|it| pairs(observations, it)).collect();
    for (one, other) in alike {
        let (place, repeated) = match lesser(observations, one, other) {
            Some(Lesser::Repeated(place)) => (place, true),
            Some(Lesser::Shared(place)) => (place, false),
            None => continue,
        };
        if let Some(Fact::PoolSession(it)) = observations.get_mut(place).map(|it| &mut it.fact) {
            it.repeated |= repeated;
            it.shared |= !repeated;
        }
    }
}

/// Each with a number of those that come next in time, among observations that may be one.
pub(super) fn pairs(observations: &[Observation], mut places: Vec<usize>) -> Vec<(usize, usize)> {
    places.sort_by_key(|it| observations.get(*it).map(|it| it.span));
    let following = |(at, one): (usize, &usize)| {
        let (one, later) = (*one, places.get(at + 1..).unwrap_or_default());
        later.iter().take(MAX_COPIES).map(move |other| (one, *other)).collect::<Vec<_>>()
    };
    places.iter().enumerate().flat_map(following).collect()
}

/// Which of two accounts of one connection tells less than the other.
fn lesser(observations: &[Observation], one: usize, other: usize) -> Option<Lesser> {
    let (a, b) = (observations.get(one)?, observations.get(other)?);
    let (Fact::PoolSession(said_a), Fact::PoolSession(said_b)) = (&a.fact, &b.fact) else {
        return None;
    };
    let one_capture = a.provenance.artefact == b.provenance.artefact;
    let counted = !one_capture && !said_a.repeated && !said_b.repeated;
    // Between loopback addresses the same ends in two captures may be two machines: only a copy
    // tells of the very same moment.
    let loopback = said_a.server.ip().to_canonical().is_loopback();
    let overlap = if loopback { a.span.from_ms == b.span.from_ms } else { a.span.overlaps(b.span) };
    if !counted || !(overlap || same_pace(said_a, said_b)) {
        return None;
    }
    Some(match (tells_all_of(said_a, said_b), tells_all_of(said_b, said_a)) {
        (true, _) => Lesser::Repeated(other),
        (false, true) => Lesser::Repeated(one),
        (false, false) if said_a.frames >= said_b.frames => Lesser::Shared(other),
        (false, false) => Lesser::Shared(one),
    })
}

/// Whether two accounts tell of the same shares, each after the first as long as in the other.
fn same_pace(one: &PoolSession, other: &PoolSession) -> bool {
    let after_first = |it: &PoolSession| {
        let first = it.share_times_ms.first().copied().unwrap_or_default();
        it.share_times_ms.iter().map(move |at| at.saturating_sub(first)).collect::<Vec<_>>()
    };
    let (ours, theirs) = (&one.share_times_ms, &other.share_times_ms);
    ours.len() >= SAME_PACE
        && ours.len() == theirs.len()
        && one.accounts.first().map(|it| &it.login) == other.accounts.first().map(|it| &it.login)
        && after_first(one)
            .into_iter()
            .zip(after_first(other))
            .all(|(ours, theirs)| ours.abs_diff(theirs) <= PACE_MS)
}

fn tells_all_of(fuller: &PoolSession, other: &PoolSession) -> bool {
    fuller.frames >= other.frames
        && fuller.jobs >= other.jobs
        && fuller.accounts.len() >= other.accounts.len()
        && fuller.shares.submitted >= other.shares.submitted
        && fuller.shares.accepted >= other.shares.accepted
        && fuller.shares.rejected >= other.shares.rejected
}
