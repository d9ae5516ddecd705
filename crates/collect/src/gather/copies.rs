//! The same contact in two captures counts once.
//!
//! As with sessions ([`super::doubles`]): contacts of the same ends, or look-ups of the same name at the
//! same resolver, whose times overlap in different captures are one, and the fuller account stays.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use minehound_model::{Fact, FactKind, Observation};

use super::doubles::pairs;

/// Leaves out every contact of which another capture gives at least as full an account.
pub(crate) fn leave_out(observations: &mut Vec<Observation>) {
    let mut alike = BTreeMap::<_, Vec<usize>>::new();
    for (place, seen) in observations.iter().enumerate() {
        if let Some((key, _)) = contact(&seen.fact) {
            alike.entry(key).or_default().push(place);
        }
    }
    let mut lesser = BTreeSet::new();
    for (one, other) in alike.into_values().flat_map(|it| pairs(observations, it)) {
        if !lesser.contains(&one) && !lesser.contains(&other) {
            lesser.extend(copy(observations, one, other));
        }
    }
    let mut place = 0;
    observations.retain(|_| {
        place += 1;
        !lesser.contains(&(place - 1))
    });
}

/// Which of two contacts is the other's copy, if one is.
fn copy(observations: &[Observation], one: usize, other: usize) -> Option<usize> {
    let (a, b) = (observations.get(one)?, observations.get(other)?);
    let apart = a.provenance.artefact != b.provenance.artefact;
    // Of equals the first by number stays, and numbers do not hang on names or order.
    let size = |it: &Observation| Some((contact(&it.fact)?.1, Reverse(it.provenance.artefact)));
    let fuller = size(a)? >= size(b)?;
    (apart && a.span.overlaps(b.span)).then_some(if fuller { other } else { one })
}

/// What makes a contact the same: its kind, its ends, and the name that was asked for.
type Key<'a> = (FactKind, SocketAddr, SocketAddr, &'a str);

/// What makes a contact the same, and how much of it was seen.
fn contact(fact: &Fact) -> Option<(Key<'_>, u64)> {
    let (client, server, name, size) = match fact {
        Fact::PoolContact(it) => (it.client, it.server, "", it.frames),
        Fact::PortContact(it) => (it.client, it.server, "", it.frames),
        Fact::NodeTraffic(it) => (it.client, it.server, "", it.frames),
        Fact::QuietFlow(it) => (it.client, it.server, "", it.frames),
        Fact::NameLookup(it) => {
            let end = |address| SocketAddr::new(address, 0);
            (end(it.client), end(it.resolver), it.name.as_str(), it.count)
        }
        _ => return None,
    };
    Some(((FactKind::from(fact), client, server, name), size))
}

#[cfg(test)]
mod tests {
    use minehound_model::{ArtefactId, Clock, EntityId, EntityKind, NameLookup, Provenance, Span};

    use super::*;

    fn lookup(artefact: u32, from_ms: i64, count: u64) -> Observation {
        let client = "192.0.2.7".parse().unwrap();
        Observation {
            entity: EntityId::new(EntityKind::Endpoint, "192.0.2.7"),
            span: Span { from_ms, to_ms: from_ms + 10 },
            clock: Clock::Sensor,
            provenance: Provenance::at(ArtefactId(artefact), 1, 2),
            fact: Fact::NameLookup(NameLookup {
                client,
                resolver: client,
                name: "pool.example".to_owned(),
                count,
                answers: Vec::new(),
            }),
        }
    }

    #[test]
    fn a_copy_of_a_capture_adds_no_look_up_and_a_later_one_does() {
        let mut all = vec![lookup(0, 0, 1), lookup(1, 5, 2), lookup(1, 500, 1), lookup(0, 500, 1)];
        leave_out(&mut all);
        let left: Vec<_> =
            all.iter().map(|it| (it.provenance.artefact.0, it.span.from_ms)).collect();
        assert_eq!(left, [(1, 5), (0, 500)]);
    }
}
