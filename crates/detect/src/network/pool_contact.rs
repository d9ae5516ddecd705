//! # Pool contact
//!
//! A connection to a name of a pool whose inside could not be read: named in a TLS hello, named to a
//! proxy, or known by a DNS answer in the same capture. It shows contact, not mining: what was said
//! is hidden. Names of mining servers weigh; web pages of pools, addresses that pools share with
//! other sites, and names of coin networks' nodes are context. Names known from old lists weigh
//! less, since they may have found a new owner.
//!
//! Source: the hello, the request or the DNS answer, compared with the list of pools by whole
//! labels. A bare address is never compared: addresses change hands and content networks serve
//! pools and parcel services from the same ones.
//!
//! ## False positives
//!
//! People read their balance on a pool's page. Resolvers, threat feeds and scanners contact the
//! names they watch. A list's name may have expired and been bought by someone else.
//!
//! ## Response
//!
//! Look at the hours and the length of the connections: mining stays, reading leaves. Find the
//! process on the machine. Ask for the capture of a longer time.

use std::collections::BTreeMap;

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, Element, EntityId, FactKind, NameSource, Nature,
    Observation, PoolContact, Sign,
};

use super::session_row;
use crate::detector::evidence;
use crate::knowledge::PoolMatch;
use crate::knowledge::schema::PoolKind;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct PoolContacts;

const IN_HELLO: (Sign, Nature) = (Sign("pool-name-in-hello"), Nature::Circumstance);
const TO_PROXY: (Sign, Nature) = (Sign("pool-name-to-proxy"), Nature::Circumstance);
const BY_DNS: (Sign, Nature) = (Sign("pool-address-by-dns"), Nature::Circumstance);
const EXPIRED: (Sign, Nature) = (Sign("pool-name-expired"), Nature::Circumstance);
const WEB_VISIT: (Sign, Nature) = (Sign("pool-web-visit"), Nature::Context);
const SHARED: (Sign, Nature) = (Sign("pool-address-shared"), Nature::Context);
const UNANSWERED: (Sign, Nature) = (Sign("pool-unanswered"), Nature::Context);
const NODE_NAME: (Sign, Nature) = (Sign("node-name-contacted"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-NET-004"),
    name: "pool-contact",
    dimension: Dimension::Network,
    items: &["NET-2"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::PoolContact],
    needs_any: &[],
    signs: &[IN_HELLO, TO_PROXY, BY_DNS, EXPIRED, WEB_VISIT, SHARED, UNANSWERED, NODE_NAME],
    source: include_str!("pool_contact.rs"),
    chinese: include_str!("pool_contact.zh.md"),
};

impl Detector for PoolContacts {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut rows = Vec::new();
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut places = BTreeMap::new();
        for (seen, contact) in dossier.facts::<PoolContact>() {
            let Some(pool) = knowledge.pool_for_host(&contact.name.name) else { continue };
            let kind = kind(contact, &pool, knowledge);
            if kind.1 != Nature::Context {
                rows.push(session_row::of_contact(seen, contact, &pool));
            }
            let key: (&EntityId, _, _, &str) =
                (&seen.entity, kind.0, contact.client.ip(), &contact.name.name);
            let place = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.contacts.push((seen, contact)),
                None => groups.push(Group { kind, pool, contacts: vec![(seen, contact)] }),
            }
        }
        Judgement { findings: groups.iter().filter_map(Group::finding).collect(), rows }
    }
}

/// What a contact with a name of a pool is a sign of.
fn kind(contact: &PoolContact, pool: &PoolMatch<'_>, knowledge: &Knowledge) -> (Sign, Nature) {
    let mining_port = knowledge.mining_port(pool, contact.server.port());
    let by_address = contact.name.by == NameSource::Dns;
    let web = matches!(pool.pool.kind, PoolKind::WebOnly | PoolKind::FarmManager);
    match () {
        () if pool.pool.kind == PoolKind::NodeService => NODE_NAME,
        () if web || !(pool.stratum_host || mining_port) => WEB_VISIT,
        () if by_address && pool.pool.shared => SHARED,
        () if by_address && !contact.answered && contact.bytes_up == 0 => UNANSWERED,
        () if pool.expired => EXPIRED,
        () => match contact.name.by {
            NameSource::Sni => IN_HELLO,
            NameSource::Host => TO_PROXY,
            NameSource::Dns => BY_DNS,
        },
    }
}

/// Contacts of one client with one name.
struct Group<'a> {
    kind: (Sign, Nature),
    pool: PoolMatch<'a>,
    contacts: Vec<(&'a Observation, &'a PoolContact)>,
}

impl Group<'_> {
    fn finding(&self) -> Option<minehound_model::Finding> {
        let (seen, first) = self.contacts.first()?;
        let places = self.contacts.iter().map(|it| &it.0.provenance);
        let client = match self.contacts.as_slice() {
            [_] => first.client.to_string(),
            _ => first.client.ip().to_string(),
        };
        let seconds: f64 = self.contacts.iter().map(|it| it.0.span.seconds()).sum();
        let checked = self.pool.group.checked.to_string();
        let finding = META
            .finding_at(self.kind, seen, evidence(&seen.provenance, places))
            .with("client", Arg::Text(client))
            .with("name", Arg::Text(first.name.name.clone()))
            .with("server", Arg::Text(first.server.to_string()))
            .with("pool", Arg::Text(self.pool.pool.name.clone()))
            .with("connections", Arg::Count(self.contacts.len() as u64))
            .with("minutes", Arg::Number((seconds / 6.0).round() / 10.0))
            .with("checked", Arg::Text(checked));
        let shows = self.kind.1 == Nature::Circumstance && self.kind != EXPIRED;
        Some(if shows { finding.showing(Element::PoolAccess) } else { finding })
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a mining server named in a hello, to a proxy, and by a DNS answer",
        given: r#"
            [[pool_contact]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            name = { name = "stratum.pool.example", by = "sni" }
            carrier = "tls"
            answered = true
            [[pool_contact]]
            client = "10.0.0.5:40001"
            server = "10.0.0.1:3128"
            name = { name = "stratum.pool.example", by = "host" }
            carrier = "http-connect"
            answered = true
            [[pool_contact]]
            client = "10.0.0.5:40002"
            server = "192.0.2.7:443"
            name = { name = "stratum.pool.example", by = "dns" }
            carrier = "tcp"
            answered = true
            [[pool_contact]]
            client = "10.0.0.5:40003"
            server = "192.0.2.8:443"
            name = { name = "stratum.oldpool.example", by = "sni" }
            carrier = "tls"
            answered = true
        "#,
        expect: Expect::Found(&[IN_HELLO.0, TO_PROXY.0, BY_DNS.0, EXPIRED.0]),
    },
    Example {
        title: "what is only context: pages, shared addresses, silence, nodes",
        given: r#"
            [[pool_contact]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            name = { name = "www.pool.example", by = "sni" }
            carrier = "tls"
            answered = true
            [[pool_contact]]
            client = "10.0.0.5:40001"
            server = "192.0.2.9:443"
            name = { name = "stratum.cdnpool.example", by = "dns" }
            carrier = "tcp"
            answered = true
            [[pool_contact]]
            client = "10.0.0.5:40002"
            server = "192.0.2.7:3333"
            name = { name = "stratum.pool.example", by = "dns" }
            carrier = "tcp"
            answered = false
            [[pool_contact]]
            client = "10.0.0.5:40003"
            server = "192.0.2.10:8333"
            name = { name = "seed.nodes.example", by = "dns" }
            carrier = "tcp"
            answered = true
        "#,
        expect: Expect::Found(&[WEB_VISIT.0, SHARED.0, UNANSWERED.0, NODE_NAME.0]),
    },
    Example {
        title: "someone reads a pool's page",
        given: r#"
            [[pool_contact]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            name = { name = "pool.example", by = "sni" }
            carrier = "tls"
            answered = true
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of traffic to other names",
        given: "pool_contact = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
