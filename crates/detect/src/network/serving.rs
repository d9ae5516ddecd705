//! A machine that gives work to miners, and what that makes of its own connections.
//!
//! What a pool proxy hands in at its pool are the shares of the miners behind it. So the hashrate of
//! its own connection is the sum of theirs, which counts there and draws its power there.

use std::net::{IpAddr, SocketAddr};

use minehound_model::{Dossier, Estimate, MinersServed, Observation};

use super::coin::algorithm_of;
use crate::Knowledge;
use crate::hashrate::of_work;
use crate::knowledge::schema::Algorithm;

/// Work given to others, with where that was seen.
pub(super) type Serving<'a> = (&'a Observation, &'a MinersServed);

/// The work that the machine of a dossier gave to others.
pub(super) fn serving(dossier: &Dossier) -> Vec<Serving<'_>> {
    dossier.facts::<Box<MinersServed>>().map(|(seen, it)| (seen, it.as_ref())).collect()
}

/// What is served by the machine that opened a connection to a server, if it serves.
pub(super) fn behind<'a>(
    serving: &[Serving<'a>],
    client: IpAddr,
    server: SocketAddr,
) -> Option<Serving<'a>> {
    let of_client = |it: &&Serving<'a>| it.1.server.ip() == client && it.1.server != server;
    serving.iter().filter(of_client).max_by_key(|it| it.1.sessions).copied()
}

/// The hashrate of all who are served, where all speak of one kind of work.
pub(super) fn sum<'k>(
    (seen, served): Serving<'_>,
    knowledge: &'k Knowledge,
) -> Option<(&'k Algorithm, Estimate)> {
    let [done] = served.work.as_slice() else { return None };
    if served.unread > 0 {
        return None;
    }
    let algorithm = algorithm_of(&done.dialect, done.algorithm.as_deref(), knowledge)?;
    Some((algorithm, of_work(done, seen.span.seconds(), Some(algorithm))?))
}
