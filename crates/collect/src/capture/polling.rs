//! Work fetched over one connection per request: which of many short connections are one act.
//!
//! Some programs that mine open a connection, ask for work and close it, every few seconds. A wallet
//! asks once, and a monitor once in a while: on a connection alone the three look alike, so those
//! of one client with one server are looked at together. Sessions remain one per flow.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use minehound_wire::End;
use minehound_wire::flow::Flow;
use minehound_wire::session::{Dialect, Session};

/// Requests that follow each other within this keep a miner's work fresh: pools and miners renew it
/// every few seconds, and what watches nodes asks every quarter of a minute at the soonest.
const MAX_PAUSE_NS: i64 = 12_000_000_000;
/// So many requests in a row are no curiosity, and no retrying either.
const POLLED: usize = 6;

/// A flow, what was heard on it, and whether it is one of many by which work was polled.
pub(super) type Told = (Flow, Box<Session>, bool);

/// Who fetches work, where, and in which dialect; behind a proxy, where it was sent on to.
type Act<'s> = (IpAddr, SocketAddr, Option<&'s str>, Dialect);

/// What the connections of an act come to.
#[derive(Debug, Default)]
struct Rhythm {
    requests_ns: Vec<i64>,
    /// From the first to the last request of each run of polling.
    runs: Vec<(i64, i64)>,
    /// Whether work done was handed in on one of them.
    handed_in: bool,
}

impl Rhythm {
    /// Whether a flow that began then is part of the polling.
    fn holds(&self, since_ns: i64) -> bool {
        self.handed_in || self.runs.iter().any(|(from, to)| (*from..=*to).contains(&since_ns))
    }
}

/// The sessions, with those of the flows that only asked for work that are part of a polling.
pub(super) fn join(
    sessions: Vec<(Flow, Box<Session>)>,
    asked: Vec<(Flow, Box<Session>)>,
) -> Vec<Told> {
    let polled = places(&sessions, &asked);
    let all =
        sessions.into_iter().map(|it| (it, true)).chain(asked.into_iter().map(|it| (it, false)));
    let told = all.zip(polled).filter(|((_, proven), polled)| *proven || *polled);
    told.map(|(((flow, session), _), polled)| (flow, session, polled)).collect()
}

/// Of each flow, whether it is part of a polling.
fn places(sessions: &[(Flow, Box<Session>)], asked: &[(Flow, Box<Session>)]) -> Vec<bool> {
    let all = || sessions.iter().chain(asked);
    let mut rhythms = BTreeMap::<Act<'_>, Rhythm>::new();
    for (flow, session) in all().filter(|it| fetches(&it.1)) {
        let rhythm = rhythms.entry(act(flow, session)).or_default();
        rhythm.handed_in |= session.submitted > 0;
        if session.work_requests > 0 {
            rhythm.requests_ns.push(flow.since.time_ns);
        }
    }
    for rhythm in rhythms.values_mut() {
        rhythm.requests_ns.sort_unstable();
        rhythm.runs = runs(&rhythm.requests_ns);
        // Work handed in on its own connection belongs to requests on others, where there are any.
        rhythm.handed_in &= rhythm.requests_ns.len() > 1;
    }
    let holds = |(flow, session): &(Flow, Box<Session>)| {
        let rhythm = rhythms.get(&act(flow, session)).filter(|_| fetches(session));
        rhythm.is_some_and(|it| it.holds(flow.since.time_ns))
    };
    all().map(holds).collect()
}

/// Whether a session is of the kind, and was answered with what counts: a node that gives no
/// template has nobody mine at it.
fn fetches(session: &Session) -> bool {
    match session.dialect {
        Dialect::Getblocktemplate | Dialect::Getwork => {
            session.work_answers > 0 || session.submitted > 0 || session.pool_unheard
        }
        Dialect::EthGetwork => true,
        _ => false,
    }
}

fn act<'s>(flow: &Flow, session: &'s Session) -> Act<'s> {
    let (client, server) = match session.miner {
        End::Opener => (flow.opener, flow.answerer),
        End::Answerer => (flow.answerer, flow.opener),
    };
    (client.ip(), server, session.named_host.as_deref(), session.dialect)
}

/// The runs of requests that came often enough, each by its first and last.
fn runs(requests_ns: &[i64]) -> Vec<(i64, i64)> {
    let mut runs = Vec::new();
    for run in requests_ns.chunk_by(|one, next| next - one <= MAX_PAUSE_NS) {
        if let (Some(first), Some(last), true) = (run.first(), run.last(), run.len() >= POLLED) {
            runs.push((*first, *last));
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(seconds: i64, count: i64) -> Vec<i64> {
        (0..count).map(|it| it * seconds * 1_000_000_000).collect()
    }

    #[test]
    fn only_requests_every_few_seconds_are_polling() {
        let last = |it: &[i64]| *it.last().unwrap();
        for (seconds, count) in [(1, 6), (5, 40), (10, 6), (12, 6)] {
            let times = every(seconds, count);
            assert_eq!(runs(&times), [(0, last(&times))], "{count} times every {seconds} s");
        }
        for (seconds, count) in [(60, 1_000), (15, 1_000), (5, 5), (1, 1), (0, 0)] {
            assert_eq!(runs(&every(seconds, count)), [], "{count} times every {seconds} s");
        }
    }

    #[test]
    fn a_pause_parts_two_runs() {
        let later = every(5, 6).iter().map(|it| it + 100_000_000_000).collect::<Vec<_>>();
        let times = [every(5, 6), later.clone(), vec![900_000_000_000]].concat();
        assert_eq!(runs(&times), [(0, 25_000_000_000), (later[0], later[5])]);
    }
}
