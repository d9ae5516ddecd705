//! Facts in logs: names that were asked for, connections to them, alerts of other sensors.
//!
//! Lines about the same matter are one fact with a count, so that memory follows what is of interest
//! and not the log.

use std::collections::btree_map::Entry as Place;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};

use minehound_logs::{Action, Entry, Kind, Peer};
use minehound_model::{
    ArtefactId, Clock, EntityId, Examined, Extent, Fact, FactKind, Interest, LoggedContact,
    NameLookup, Observation, Provenance, SensorAlert, Span,
};

use super::ties::end;
use crate::Sink;

/// Most facts of one kind that one log is read into.
const MAX_KEPT: usize = 100_000;
/// Most clients of one log that are told to have been in view.
const MAX_IN_VIEW: usize = 5_000;
/// Most addresses that answered names are remembered for.
const MAX_ANSWERS: usize = 100_000;

/// Which addresses names of interest were answered with, over all logs of a run.
pub type Answers = HashMap<IpAddr, String>;

/// What one log says of mining.
#[derive(Debug)]
pub struct LogFacts<'i> {
    interest: &'i Interest,
    answers: &'i mut Answers,
    /// What writes lines that do not name it.
    device: &'i str,
    /// How long one fact may last, in milliseconds.
    slot_ms: Option<i64>,
    lookups: Kept<(IpAddr, IpAddr, String), NameLookup>,
    contacts: Kept<(IpAddr, Option<SocketAddr>, String), LoggedContact>,
    alerts: Kept<(IpAddr, Option<SocketAddr>, String, String), SensorAlert>,
    in_view: BTreeMap<FactKind, BTreeSet<IpAddr>>,
    /// Those of whose connections some were logged without a name: they went to nobody knows whom.
    unnamed: BTreeSet<IpAddr>,
    /// The kinds of which there was more than is kept.
    beyond: BTreeSet<FactKind>,
    span: Option<Span>,
}

type Kept<K, F> = BTreeMap<(K, i64), Seen<F>>;

#[derive(Debug)]
struct Seen<F> {
    fact: F,
    span: Span,
    first: u64,
    last: u64,
}

impl<'i> LogFacts<'i> {
    /// Facts of a log of this device about what is of interest.
    pub fn new(interest: &'i Interest, answers: &'i mut Answers, device: &'i str) -> Self {
        Self {
            interest,
            answers,
            device,
            slot_ms: None,
            lookups: BTreeMap::new(),
            contacts: BTreeMap::new(),
            alerts: BTreeMap::new(),
            in_view: BTreeMap::new(),
            unnamed: BTreeSet::new(),
            beyond: BTreeSet::new(),
            span: None,
        }
    }

    /// The same with facts that last no longer than this: who holds an address may change.
    #[must_use]
    pub fn in_slots(mut self, slot_ms: i64) -> Self {
        self.slot_ms = Some(slot_ms.max(1));
        self
    }

    fn slot(&self, span: Span) -> i64 {
        self.slot_ms.map_or(0, |it| span.from_ms.div_euclid(it))
    }

    /// Takes an entry and the number of its line.
    pub fn hear(&mut self, entry: &Entry<'_>, line: u64) {
        let Some(at) = entry.at.or(entry.until) else { return };
        let to_ms = entry.until.map_or(at.ms, |it| it.ms).max(at.ms);
        let span = Span { from_ms: at.ms, to_ms };
        self.span = Some(self.span.map_or(span, |it| it.hull(span)));
        let Some(client) = address(entry.from) else { return };
        if let Some(alert) = &entry.alert {
            self.look(FactKind::SensorAlert, client);
            return self.alert(entry, alert, client, span, line);
        }
        match entry.kind {
            Kind::Query => {
                self.look(FactKind::NameLookup, client);
                self.query(entry, client, span, line);
            }
            Kind::Session | Kind::Translation | Kind::Request => {
                self.look(FactKind::LoggedContact, client);
                if entry.name.is_none() && self.unnamed.len() <= MAX_IN_VIEW {
                    self.unnamed.insert(client);
                }
                self.contact(entry, client, span, line);
            }
            _ => {}
        }
    }

    fn look(&mut self, kind: FactKind, client: IpAddr) {
        let clients = self.in_view.entry(kind).or_default();
        if clients.len() <= MAX_IN_VIEW {
            clients.insert(client);
        }
    }

    fn query(&mut self, entry: &Entry<'_>, client: IpAddr, span: Span, line: u64) {
        let Some(name) = self.of_interest(entry) else { return };
        if let Some(answer) = entry.answer
            && self.answers.len() < MAX_ANSWERS
        {
            self.answers.insert(answer.to_canonical(), name.clone());
        }
        let unsaid = IpAddr::from([0, 0, 0, 0]);
        let resolver = address(entry.to).unwrap_or(unsaid);
        let key = ((client, resolver, name.clone()), self.slot(span));
        let fact = || NameLookup { client, resolver, name, count: 0, answers: Vec::new() };
        if let Some(it) = keep(&mut self.lookups, key, fact, span, line) {
            it.count += 1;
            let answer = entry.answer.map(|it| it.to_canonical());
            if let Some(answer) = answer.filter(|new| !it.answers.contains(new)) {
                it.answers.push(answer);
            }
        } else {
            self.beyond.insert(FactKind::NameLookup);
        }
    }

    fn contact(&mut self, entry: &Entry<'_>, client: IpAddr, span: Span, line: u64) {
        let own = self.of_interest(entry);
        let by_answer = own.is_none();
        let answered = || {
            let server = address(entry.to)?;
            self.answers.get(&server).cloned()
        };
        let Some(name) = own.or_else(answered) else { return };
        let server = end(entry.to);
        let device = entry.device.as_deref().unwrap_or(self.device).to_owned();
        let key = ((client, server, name.clone()), self.slot(span));
        let fact = || LoggedContact {
            client,
            server,
            name,
            by_answer,
            device,
            connections: 0,
            refused: 0,
            bytes_up: 0,
            bytes_down: 0,
        };
        if let Some(it) = keep(&mut self.contacts, key, fact, span, line) {
            it.by_answer &= by_answer;
            it.connections += 1;
            it.refused += u64::from(entry.action == Some(Action::Denied));
            it.bytes_up = it.bytes_up.saturating_add(entry.bytes_up.unwrap_or(0));
            it.bytes_down = it.bytes_down.saturating_add(entry.bytes_down.unwrap_or(0));
        } else {
            self.beyond.insert(FactKind::LoggedContact);
        }
    }

    fn alert(
        &mut self,
        entry: &Entry<'_>,
        alert: &minehound_logs::Alert<'_>,
        client: IpAddr,
        span: Span,
        line: u64,
    ) {
        let text = |it: &Option<std::borrow::Cow<'_, str>>| it.as_deref().map(str::to_owned);
        let (rule, words) = (text(&alert.rule), text(&alert.words).unwrap_or_default());
        let sensor = entry.device.as_deref().unwrap_or(self.device).to_owned();
        let server = end(entry.to);
        let key =
            ((client, server, rule.clone().unwrap_or_default(), words.clone()), self.slot(span));
        let fact = || SensorAlert {
            sensor,
            rule,
            words,
            class: text(&alert.class),
            client,
            server,
            name: text(&entry.name).map(|it| it.to_ascii_lowercase()),
            count: 0,
        };
        if let Some(it) = keep(&mut self.alerts, key, fact, span, line) {
            it.count += 1;
        } else {
            self.beyond.insert(FactKind::SensorAlert);
        }
    }

    /// The name of an entry, if it is one of those.
    fn of_interest(&self, entry: &Entry<'_>) -> Option<String> {
        let name = host_of(entry.name.as_deref()?);
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.interest.covers(&name).then_some(name)
    }

    /// Hands everything over.
    pub fn pour(self, artefact: ArtefactId, records: u64, into: &mut dyn Sink) {
        let Some(span) = self.span else { return };
        let told: BTreeSet<IpAddr> = self
            .lookups
            .keys()
            .map(|it| it.0.0)
            .chain(self.contacts.keys().map(|it| it.0.0))
            .chain(self.alerts.keys().map(|it| it.0.0))
            .collect();
        pour(self.lookups, artefact, |it| it.client, into);
        pour(self.contacts, artefact, |it| it.client, into);
        pour(self.alerts, artefact, |it| it.client, into);
        let none = BTreeSet::new();
        for (kind, clients) in self.in_view {
            // Of more clients only those that something was found about are named.
            let named = if clients.len() <= MAX_IN_VIEW { &clients } else { &told };
            let unnamed = if kind == FactKind::LoggedContact { &self.unnamed } else { &none };
            let beyond = self.beyond.contains(&kind).then_some("log-beyond-count");
            for (blind, why) in [(false, None), (true, Some("names-unsaid"))] {
                let of = named.iter().filter(|it| unnamed.contains(it) == blind);
                let entities: BTreeSet<_> = of.copied().map(EntityId::endpoint).collect();
                if blind && entities.is_empty() {
                    continue;
                }
                let gaps = why.into_iter().chain(beyond).map(str::to_owned).collect();
                let extent = Extent { entities: Some(entities), records };
                into.examined(Examined { kind, span, extent, sampling: 1, limit: None, gaps });
            }
        }
    }
}

fn keep<K: Ord, F>(
    kept: &mut Kept<K, F>,
    key: (K, i64),
    fact: impl FnOnce() -> F,
    span: Span,
    line: u64,
) -> Option<&mut F> {
    let full = kept.len() >= MAX_KEPT;
    let seen = match kept.entry(key) {
        Place::Occupied(it) => it.into_mut(),
        Place::Vacant(_) if full => return None,
        Place::Vacant(it) => it.insert(Seen { fact: fact(), span, first: line, last: line }),
    };
    seen.span = seen.span.hull(span);
    (seen.first, seen.last) = (seen.first.min(line), seen.last.max(line));
    Some(&mut seen.fact)
}

fn pour<K, F: Into<Fact>>(
    kept: Kept<K, F>,
    artefact: ArtefactId,
    about: impl Fn(&F) -> IpAddr,
    into: &mut dyn Sink,
) {
    for seen in kept.into_values() {
        into.observe(Observation {
            entity: EntityId::endpoint(about(&seen.fact)),
            span: seen.span,
            clock: Clock::Sensor,
            provenance: Provenance::at(artefact, seen.first, seen.last),
            fact: seen.fact.into(),
        });
    }
}

fn address(peer: Peer) -> Option<IpAddr> {
    end(peer).map(|it| it.ip())
}

/// The host of what may be a URL, or a host with a port.
fn host_of(name: &str) -> &str {
    let name = name.split_once("://").map_or(name, |it| it.1);
    let name = name.split(['/', '?', '#']).next().unwrap_or(name);
    let name = name.rsplit_once('@').map_or(name, |it| it.1);
    match name.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.bytes().all(|it| it.is_ascii_digit()) => {
            host
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_taken_out_of_what_proxies_write() {
        for (text, host) in [
            ("pool.example:3333", "pool.example"),
            ("http://pool.example/a?b", "pool.example"),
            ("stratum+tcp://me@pool.example:1/", "pool.example"),
            ("2001:db8::1", "2001:db8::1"),
            ("pool.example", "pool.example"),
        ] {
            assert_eq!(host_of(text), host, "{text}");
        }
    }
}
