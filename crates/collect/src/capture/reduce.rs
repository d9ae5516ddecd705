//! From what the flows of a capture say to a handful of facts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use minehound_model::{
    ArtefactId, Clock, Fact, Interest, NameLookup, NameSource, NodeTraffic, Observation,
    PoolContact, ServerName, Span,
};
use minehound_wire::Stamp;
use minehound_wire::flow::{Contact, Events, Flow, Lookup, Rhythm, Transport};
use minehound_wire::p2p::Network;
use minehound_wire::session::{Carrier, Session};
use minehound_wire::tls::{Certificate, Hello};

use super::addresses::{Addresses, MAX_ADDRESSES, Unseen};
use super::cover::Cover;
use super::hidden::Hidden;
use super::places::{Places, ms};
use super::ports::{at_port, lasts, port_contact};
use super::quiet::QuietFlows;
use super::served::Served;
use super::{clocks, polling, session};

use crate::Sink;

/// Most addresses whose names are remembered, and how many names each.
const MAX_NAMED: usize = 100_000;
const MAX_NAMES: usize = 3;
/// Most different look-ups, greetings, contacts and nodes kept.
const MAX_KEPT: usize = 100_000;
/// Most sessions kept.
const MAX_SESSIONS: usize = 262_144;
/// Most connections kept that only asked for work.
const MAX_ASKED: usize = 65_536;

/// What is kept of one capture while it is read.
pub(crate) struct Reduction<'i> {
    interest: &'i Interest,
    watch: &'i BTreeSet<IpAddr>,
    names: HashMap<IpAddr, Vec<Box<str>>>,
    pools: HashMap<IpAddr, Box<str>>,
    lookups: BTreeMap<(IpAddr, IpAddr, Box<str>), Asked>,
    greetings: HashMap<Flow, Greeting>,
    sessions: Vec<(Flow, Box<Session>)>,
    /// Flows that asked for work too seldom to be mining alone.
    asked: Vec<(Flow, Box<Session>)>,
    contacts: Vec<(Flow, Contact, ServerName, &'static str)>,
    /// Lasting connections to ports of interest: client, server.
    ports: Vec<(Flow, Contact, (SocketAddr, SocketAddr))>,
    nodes: BTreeMap<(Flow, Network), Contact>,
    openers: HashSet<IpAddr>,
    watched: BTreeSet<IpAddr>,
    quiet: QuietFlows,
    cover: Cover,
    /// Ends that were asked to lead on to somebody else.
    proxies: HashSet<SocketAddr>,
    /// TLS introductions heard.
    pub(crate) hellos: u64,
}

struct Asked {
    questions: u64,
    replies: u64,
    first: Stamp,
    last: Stamp,
    answers: BTreeSet<IpAddr>,
}

struct Greeting {
    name: Box<str>,
    source: NameSource,
    carrier: &'static str,
}

impl<'i> Reduction<'i> {
    pub(crate) fn new(interest: &'i Interest, watch: &'i BTreeSet<IpAddr>) -> Self {
        Self {
            interest,
            watch,
            names: HashMap::new(),
            pools: HashMap::new(),
            lookups: BTreeMap::new(),
            greetings: HashMap::new(),
            sessions: Vec::new(),
            asked: Vec::new(),
            contacts: Vec::new(),
            ports: Vec::new(),
            nodes: BTreeMap::new(),
            openers: HashSet::new(),
            watched: BTreeSet::new(),
            quiet: QuietFlows::default(),
            cover: Cover::default(),
            proxies: HashSet::new(),
            hellos: 0,
        }
    }

    /// What hides its words, of all that was read.
    pub(crate) fn hidden(&mut self) -> Hidden {
        std::mem::take(&mut self.quiet.hidden)
    }

    /// Pours what is left; returns the addresses that observations are about or that were watched
    /// for.
    pub(crate) fn pour(
        self,
        parts: &[(ArtefactId, u64)],
        unseen: &Unseen<'_>,
        openers: &mut Addresses,
        into: &mut dyn Sink,
    ) -> BTreeSet<IpAddr> {
        let places = Places(parts);
        let mut seen = self.watched;
        let mut tell = |about: IpAddr, first: Stamp, last: Stamp, fact: Fact| {
            seen.insert(about);
            into.observe(observation(about, first, last, &places, fact));
        };
        let sessions = polling::join(self.sessions, self.asked);
        let spoken: HashSet<Flow> = sessions.iter().map(|it| it.0).collect();
        let clocks = clocks::chosen(&sessions);
        let mut served = Served::beside(self.proxies);
        // One by one: what was heard and the fact made of it are never both held for all.
        for (flow, heard, polled) in sessions {
            let names = named(&self.names, &self.pools, flow.answerer.ip());
            let mut fact = session::fact(&flow, &heard, polled, &names, &places);
            if clocks.contains(&flow) {
                fact.block_times_ms =
                    heard.block_times_ns.iter().map(|it| it / 1_000_000).collect();
            }
            let last = heard.marks.values().max().copied().unwrap_or(flow.since).max(flow.since);
            served.session(&fact, flow.since, last);
            tell(fact.client.ip(), flow.since, last, Fact::PoolSession(Box::new(fact)));
        }
        for (flow, contact, name, carrier) in self.contacts {
            if !spoken.contains(&flow) {
                let fact = pool_contact(&flow, &contact, name, carrier);
                tell(flow.opener.ip(), flow.since, contact.last, fact);
            }
        }
        let nodes: HashSet<Flow> = self.nodes.keys().map(|it| it.0).collect();
        for (flow, contact, ends) in self.ports {
            if !spoken.contains(&flow) && !nodes.contains(&flow) {
                let fact = port_contact(&flow, &contact, ends);
                tell(ends.0.ip(), flow.since, contact.last, fact);
            }
        }
        for ((client, resolver, name), asked) in self.lookups {
            let fact = NameLookup {
                client,
                resolver,
                name: name.into(),
                count: asked.questions.max(asked.replies),
                answers: asked.answers.into_iter().collect(),
            };
            tell(client, asked.first, asked.last, Fact::NameLookup(fact));
        }
        let of_nodes: HashSet<Flow> = self.nodes.keys().map(|it| it.0).collect();
        for ((flow, network), contact) in self.nodes {
            let fact = NodeTraffic {
                client: flow.opener,
                server: flow.answerer,
                network: network.to_string(),
                frames: contact.frames,
            };
            tell(flow.opener.ip(), flow.since, contact.last, Fact::NodeTraffic(fact));
        }
        for (flow, contact, mut fact) in self.quiet.facts(&spoken, &of_nodes) {
            let known = named(&self.names, &self.pools, fact.server.ip());
            fact.server_names.extend(known);
            served.flow(&fact, flow.since, contact.last);
            tell(fact.client.ip(), flow.since, contact.last, Fact::QuietFlow(Box::new(fact)));
        }
        let known = |address: IpAddr, name: &str| {
            self.names.get(&address).is_some_and(|all| all.iter().any(|it| **it == *name))
        };
        for (first, last, fact) in self.cover.facts(known) {
            tell(fact.client, first, last, Fact::ProxyUse(fact));
        }
        for (fact, first, last) in served.facts() {
            tell(fact.server.ip(), first, last, Fact::MinersServed(Box::new(fact)));
        }
        openers.absorb(self.openers, unseen);
        seen
    }
}

/// The names that answers in the capture gave an address, those of interest first.
fn named(
    names: &HashMap<IpAddr, Vec<Box<str>>>,
    pools: &HashMap<IpAddr, Box<str>>,
    address: IpAddr,
) -> Vec<ServerName> {
    let all = pools.get(&address).into_iter().chain(names.get(&address).into_iter().flatten());
    let mut told: Vec<ServerName> = Vec::new();
    for name in all {
        if told.iter().all(|it| *it.name != **name) {
            told.push(ServerName { name: name.to_string(), by: NameSource::Dns });
        }
    }
    told
}

/// A name that a TLS client said.
pub(super) fn by_sni(name: Box<str>) -> ServerName {
    ServerName { name: name.into(), by: NameSource::Sni }
}

fn pool_contact(flow: &Flow, contact: &Contact, name: ServerName, carrier: &str) -> Fact {
    Fact::PoolContact(PoolContact {
        client: flow.opener,
        server: flow.answerer,
        name,
        carrier: carrier.to_owned(),
        answered: contact.answered,
        bytes_up: contact.sent,
        bytes_down: contact.received,
        frames: contact.frames,
    })
}

fn observation(
    about: IpAddr,
    first: Stamp,
    last: Stamp,
    places: &Places<'_>,
    fact: Fact,
) -> Observation {
    Observation {
        entity: places.endpoint(about),
        span: Span { from_ms: ms(first), to_ms: ms(last).max(ms(first)) },
        clock: Clock::Sensor,
        provenance: places.of(first, last),
        fact,
    }
}

impl Events for Reduction<'_> {
    fn session(&mut self, flow: &Flow, session: Session) {
        if self.sessions.len() < MAX_SESSIONS {
            self.sessions.push((*flow, Box::new(session)));
        }
    }

    fn asked(&mut self, flow: &Flow, asked: Session) {
        if self.asked.len() < MAX_ASKED {
            self.asked.push((*flow, Box::new(asked)));
        }
    }

    fn contact(&mut self, flow: &Flow, contact: &Contact) {
        self.quiet.ended(flow, contact);
        self.cover.ended(flow, contact);
        let ends = [flow.opener.ip(), flow.answerer.ip()];
        if self.openers.len() < MAX_ADDRESSES {
            self.openers.insert(ends[0]);
        }
        if !self.watch.is_empty() {
            self.watched.extend(ends.iter().filter(|it| self.watch.contains(it)));
        }
        if self.contacts.len() >= MAX_KEPT {
            return;
        }
        let greeting = if self.greetings.is_empty() { None } else { self.greetings.remove(flow) };
        if let Some(it) = greeting {
            let name = ServerName { name: it.name.into(), by: it.source };
            self.contacts.push((*flow, *contact, name, it.carrier));
        } else if let Some(name) = self.pools.get(&ends[1]) {
            let name = ServerName { name: name.to_string(), by: NameSource::Dns };
            let carrier = if flow.transport == Transport::Tcp { "tcp" } else { "udp" };
            self.contacts.push((*flow, *contact, name, carrier));
        } else if self.ports.len() < MAX_KEPT && lasts(flow, contact) {
            let ends = at_port(flow, contact, self.interest);
            self.ports.extend(ends.map(|it| (*flow, *contact, it)));
        }
    }

    fn rhythm(&mut self, flow: &Flow, window: &Rhythm) {
        self.quiet.window(flow, window);
    }

    fn node(&mut self, flow: &Flow, network: Network, contact: &Contact) {
        if self.nodes.len() < MAX_KEPT {
            self.nodes.insert((*flow, network), *contact);
        }
    }

    fn tls_hello(&mut self, flow: &Flow, _: Stamp, hello: &Hello, tunnel: Option<&str>) {
        self.hellos += 1;
        self.quiet.hello(flow, hello);
        if tunnel.is_none() {
            self.cover.hello(flow, hello);
        }
        if tunnel.is_some() && self.proxies.len() < MAX_KEPT {
            self.proxies.insert(flow.answerer);
        }
        let name = hello.server_name.as_deref();
        let host = tunnel.map(|it| it.rsplit_once(':').map_or(it, |(host, _)| host));
        let interesting = |it: &&str| self.interest.covers(it);
        let found = match (name.filter(interesting), host.filter(interesting)) {
            (Some(name), Some(_)) => (name, NameSource::Sni, "http-connect+tls"),
            (Some(name), None) => (name, NameSource::Sni, "tls"),
            (None, Some(host)) => (host, NameSource::Host, "http-connect+tls"),
            (None, None) => return,
        };
        if self.greetings.len() < MAX_KEPT {
            let (name, source, carrier) = (found.0.into(), found.1, found.2);
            self.greetings.insert(*flow, Greeting { name, source, carrier });
        }
    }

    fn tls_certificate(&mut self, flow: &Flow, certificate: Certificate) {
        self.quiet.certificate(flow, certificate);
    }

    fn proxied(&mut self, flow: &Flow, proxy: Carrier, target: &str) {
        self.cover.proxied(flow, proxy, target);
    }

    fn name_lookup(
        &mut self,
        client: IpAddr,
        resolver: IpAddr,
        name: &str,
        at: Stamp,
        lookup: Lookup,
    ) {
        if !self.interest.covers(name) {
            return;
        }
        let key = (client, resolver, name.into());
        if self.lookups.len() >= MAX_KEPT && !self.lookups.contains_key(&key) {
            return;
        }
        let asked = self.lookups.entry(key).or_insert_with(|| Asked {
            questions: 0,
            replies: 0,
            first: at,
            last: at,
            answers: BTreeSet::new(),
        });
        asked.first = asked.first.min(at);
        asked.last = asked.last.max(at);
        match lookup {
            Lookup::Asked => asked.questions += 1,
            Lookup::Found | Lookup::NotFound => asked.replies += 1,
        }
    }

    fn address_name(&mut self, address: IpAddr, name: &str, _: Stamp) {
        if self.interest.covers(name) && self.pools.len() < MAX_NAMED {
            self.pools.insert(address, name.into());
            for (key, asked) in &mut self.lookups {
                if *key.2 == *name && asked.answers.len() < 16 {
                    asked.answers.insert(address);
                }
            }
        }
        if self.names.len() >= MAX_NAMED && !self.names.contains_key(&address) {
            return;
        }
        let names = self.names.entry(address).or_default();
        if names.len() < MAX_NAMES && names.iter().all(|it| **it != *name) {
            names.push(name.into());
        }
    }
}
