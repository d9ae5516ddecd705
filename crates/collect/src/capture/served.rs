//! Who gave work to miners here: the other ends of mining sessions, as far as they are of the network
//! itself or mine at somebody else's.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::{IpAddr, SocketAddr};

use minehound_model::{
    Because, Grade, MAX_MINERS, MinersServed, PoolSession, QuietFlow, WorkDone, is_tunnel,
};
use minehound_wire::Stamp;

/// Most servers kept.
const MAX_SERVERS: usize = 4096;
/// Most addresses counted of one server, and most kinds of work.
const MAX_COUNTED: usize = 65_536;
const MAX_KINDS: usize = 8;

/// Everybody who gave work.
#[derive(Default)]
pub(super) struct Served {
    servers: BTreeMap<SocketAddr, Account>,
    /// Who mined.
    miners: HashSet<IpAddr>,
    /// Who only leads on to others, and gives no work.
    proxies: HashSet<SocketAddr>,
}

struct Account {
    miners: BTreeSet<IpAddr>,
    first: Stamp,
    last: Stamp,
    fact: MinersServed,
}

impl Served {
    /// Nobody yet; these are known to lead on to others.
    pub(super) fn beside(proxies: HashSet<SocketAddr>) -> Self {
        Self { proxies, ..Self::default() }
    }

    /// Takes a session that could be read.
    pub(super) fn session(&mut self, session: &PoolSession, first: Stamp, last: Stamp) {
        if is_tunnel(&session.carrier) {
            self.proxies.insert(session.server);
        }
        if !is_served(session) {
            return;
        }
        let Some(it) = self.account(session.client, session.server, (first, last)) else { return };
        it.shares += session.shares.submitted;
        let Some(done) = work(session) else { return };
        let same = |held: &&mut WorkDone| {
            (&held.dialect, &held.algorithm, held.difficulty_unit)
                == (&done.dialect, &done.algorithm, done.difficulty_unit)
        };
        if let Some(held) = it.work.iter_mut().find(same) {
            held.amount += done.amount;
            held.variance += done.variance;
        } else if it.work.len() < MAX_KINDS {
            it.work.push(done);
        }
    }

    /// Takes a flow that could not be read.
    pub(super) fn flow(&mut self, flow: &QuietFlow, first: Stamp, last: Stamp) {
        if flow.pattern.is_none() || flow.patterned * 2 < flow.stretches {
            return;
        }
        if let Some(it) = self.account(flow.client, flow.server, (first, last)) {
            it.unread += 1;
            it.shares += flow.shares;
        }
    }

    fn account(
        &mut self,
        client: SocketAddr,
        server: SocketAddr,
        (first, last): (Stamp, Stamp),
    ) -> Option<&mut MinersServed> {
        if self.miners.len() < MAX_COUNTED {
            self.miners.insert(client.ip());
        }
        if self.servers.len() >= MAX_SERVERS && !self.servers.contains_key(&server) {
            return None;
        }
        let it = self.servers.entry(server).or_insert_with(|| Account {
            miners: BTreeSet::new(),
            first,
            last,
            fact: MinersServed {
                server,
                miners: Vec::new(),
                miners_beyond: 0,
                sessions: 0,
                unread: 0,
                shares: 0,
                work: Vec::new(),
            },
        });
        if it.miners.len() < MAX_COUNTED {
            it.miners.insert(client.ip());
        }
        (it.first, it.last) = (it.first.min(first), it.last.max(last));
        it.fact.sessions += 1;
        Some(&mut it.fact)
    }

    /// The facts, each with its first and last moment.
    pub(super) fn facts(self) -> impl Iterator<Item = (MinersServed, Stamp, Stamp)> {
        let (miners, proxies) = (self.miners, self.proxies);
        let tells = move |server: &SocketAddr| {
            !proxies.contains(server) && (is_inner(server.ip()) || miners.contains(&server.ip()))
        };
        self.servers.into_iter().filter(move |it| tells(&it.0)).map(|(_, it)| {
            let beyond = it.miners.len().saturating_sub(MAX_MINERS) as u64;
            let miners = it.miners.into_iter().take(MAX_MINERS).collect();
            (MinersServed { miners, miners_beyond: beyond, ..it.fact }, it.first, it.last)
        })
    }
}

/// Whether a session was given work by a pool: in words that are sure, and pushed, since nodes give
/// templates to whoever asks.
fn is_served(session: &PoolSession) -> bool {
    const UNSURE: [Because; 4] =
        [Because::WordsAlone, Because::SharesAlone, Because::OtherEndSilent, Because::LoginRefused];
    const FETCHED: [&str; 3] = ["getwork", "getblocktemplate", "eth-getwork"];
    session.grade >= Grade::LoggedIn
        && session.jobs > 0
        && !UNSURE.iter().any(|it| session.because.contains(it))
        && !FETCHED.contains(&session.dialect.as_str())
}

/// The work that a session's shares stand for: a rate over the time that a difficulty was known.
#[expect(clippy::cast_precision_loss, reason = "counts of shares")]
fn work(session: &PoolSession) -> Option<WorkDone> {
    let shares = session.exposed_shares as f64;
    let amount = shares / session.exposure * session.exposed_s;
    (shares > 0.0 && amount.is_finite()).then(|| WorkDone {
        dialect: session.dialect.clone(),
        algorithm: session.algorithm.clone(),
        difficulty_unit: session.difficulty_unit,
        amount,
        variance: amount * amount / shares,
    })
}

/// Whether an address is of a network of one's own.
fn is_inner(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => it.is_private() || it.is_loopback() || it.is_link_local(),
        IpAddr::V6(it) => it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(client: &str, server: &str) -> PoolSession {
        let text = format!(
            "client = '{client}'\nserver = '{server}'\ndialect = 'cryptonote'\ncarrier = 'tcp'\n\
             grade = 'shares_submitted'\njobs = 3\nexposure = 0.06\nexposed_shares = 4\n\
             exposed_s = 60.0\ndifficulty_unit = 'hashes'\nshares = {{ submitted = 4 }}"
        );
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn those_inside_and_those_that_mine_themselves_are_told_of_and_pools_are_not() {
        let mut served = Served::default();
        for (client, server) in [
            ("10.0.0.6:1", "10.0.0.5:3333"),
            ("10.0.0.7:1", "10.0.0.5:3333"),
            ("10.0.0.7:2", "10.0.0.5:3333"),
            ("10.0.0.5:9", "203.0.113.9:443"),
            ("10.0.0.8:1", "203.0.113.5:3333"),
            ("203.0.113.5:1", "203.0.113.9:443"),
        ] {
            served.session(&session(client, server), Stamp::default(), Stamp::default());
        }
        let facts: Vec<_> = served.facts().map(|it| it.0).collect();
        let told: Vec<_> =
            facts.iter().map(|it| (it.server.to_string(), it.miners.len(), it.sessions)).collect();
        let expected = [("10.0.0.5:3333".to_owned(), 2, 3), ("203.0.113.5:3333".to_owned(), 1, 1)];
        assert_eq!(told, expected);
        let amount = facts[0].work[0].amount;
        assert!((amount / (3.0 * 4.0 / 0.06 * 60.0) - 1.0).abs() < 1e-9, "{amount}");
    }

    #[test]
    fn nodes_that_give_templates_and_words_that_are_unsure_are_no_pool() {
        let mut served = Served::default();
        let sure = session("10.0.0.6:1", "10.0.0.5:8332");
        let template = PoolSession { dialect: "getblocktemplate".to_owned(), ..sure.clone() };
        let words = PoolSession { because: vec![Because::WordsAlone], ..sure };
        for it in [template, words] {
            served.session(&it, Stamp::default(), Stamp::default());
        }
        assert_eq!(served.facts().count(), 0);
    }
}
