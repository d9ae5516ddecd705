//! Which sessions tell when blocks arrived: few are enough, and their moments are kept.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;

use minehound_wire::End;
use minehound_wire::flow::Flow;
use minehound_wire::session::{Dialect, Session};

use super::polling::Told;

/// Fewer blocks decide nothing.
const MIN_BLOCKS: usize = 8;
/// Sessions kept of one server and dialect, and of all.
const MAX_OF_SERVER: usize = 2;
const MAX_CLOCKS: usize = 16;

/// The sessions whose new blocks are told, those with the most first.
pub(super) fn chosen(sessions: &[Told]) -> HashSet<Flow> {
    let mut all: Vec<(&Flow, &Session)> =
        sessions.iter().map(|it| (&it.0, it.1.as_ref())).filter(|it| is_clock(it.1)).collect();
    all.sort_by_key(|(flow, it)| (std::cmp::Reverse(it.block_times_ns.len()), **flow));
    let mut of_server = BTreeMap::<(SocketAddr, Dialect), usize>::new();
    all.retain(|(flow, it)| {
        let server = match it.miner {
            End::Opener => flow.answerer,
            End::Answerer => flow.opener,
        };
        let held = of_server.entry((server, it.dialect)).or_default();
        *held += 1;
        *held <= MAX_OF_SERVER
    });
    all.into_iter().take(MAX_CLOCKS).map(|it| *it.0).collect()
}

fn is_clock(session: &Session) -> bool {
    session.block_times_ns.len() >= MIN_BLOCKS && !session.words_alone && !session.at_once
}
