//! # Pool port
//!
//! A lasting, quiet connection to a port that mining pools like and ordinary programs seldom use (3333,
//! 4444, 14444 and others), of which nothing else is known. A port is a number: this is context, it
//! says where to look next, and weighs nothing, alone or in any company.
//!
//! Source: TCP connections of five minutes and more, answered, with bytes both ways and fewer than
//! two thousand of them a second. What spoke a mining dialect at such a port is listed too and told
//! by its own detector, as is what belonged to a node or went to a name of a pool. Scans and short visits never count, nor do ports that
//! every web server uses, though a fifth of the pools sit there too.
//!
//! ## False positives
//!
//! Debuggers, games, remote control, message queues and backups use such ports. In captures without
//! any mining a list of eighteen ports named 114 flows.
//!
//! ## Response
//!
//! Look whether other signs speak of the same machine: a pool's name, a program that holds the
//! socket. Take a longer capture with whole packets, and ask for flow logs of the hours before.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, EntityId, FactKind, Finding, Nature, Observation,
    PoolSession, PortContact, Sign,
};

use crate::detector::{evidence, with_names};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct PoolPort;

const PORT: (Sign, Nature) = (Sign("pool-port"), Nature::Context);
const SESSION: (Sign, Nature) = (Sign("pool-port-of-session"), Nature::Context);

/// A session of mining lasts longer than this, in seconds.
const LASTING_S: f64 = 300.0;
/// A session of mining is quieter than this, in bytes a second: measured ones need 70 to 420.
const QUIET_BYTES_PER_S: f64 = 2_000.0;

static META: Meta = Meta {
    id: DetectorId("MH-NET-010"),
    name: "pool-port",
    dimension: Dimension::Network,
    items: &["NET-3"],
    techniques: &[],
    since: "0.1.0",
    needs: &[],
    needs_any: &[FactKind::PortContact, FactKind::PoolSession],
    signs: &[PORT, SESSION],
    source: include_str!("pool_port.rs"),
    chinese: include_str!("pool_port.zh.md"),
};

impl Detector for PoolPort {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut clients = BTreeMap::<(&EntityId, IpAddr), Vec<(&Observation, &PortContact)>>::new();
        for (seen, it) in dossier.facts::<PortContact>() {
            if knowledge.pool_port(it.server.port()) && lasts_quietly(seen, it) {
                clients.entry((&seen.entity, it.client.ip())).or_default().push((seen, it));
            }
        }
        let findings = clients.into_iter().filter_map(|((_, client), group)| {
            let (seen, _) = group.first()?;
            let places = evidence(&seen.provenance, group.iter().map(|it| &it.0.provenance));
            let servers: BTreeSet<_> = group.iter().map(|it| it.1.server).collect();
            let seconds: f64 = group.iter().map(|it| it.0.span.seconds()).sum();
            let finding = META
                .finding_at(PORT, seen, places)
                .with("client", Arg::Text(client.to_string()))
                .with("connections", Arg::Count(group.len() as u64))
                .with("minutes", Arg::Number((seconds / 6.0).round() / 10.0));
            Some(with_names(finding, "server", servers.into_iter().map(|it| it.to_string())))
        });
        findings.chain(of_sessions(dossier, knowledge)).collect::<Vec<_>>().into()
    }
}

/// Sessions of mining at such ports: the row of ports must not read as if there were none.
fn of_sessions(dossier: &Dossier, knowledge: &Knowledge) -> Vec<Finding> {
    let mut clients = BTreeMap::<(&EntityId, IpAddr), Vec<(&Observation, SocketAddr)>>::new();
    for (seen, it) in dossier.facts::<Box<PoolSession>>() {
        if knowledge.pool_port(it.server.port()) {
            clients.entry((&seen.entity, it.client.ip())).or_default().push((seen, it.server));
        }
    }
    let finding = |((_, client), group): (_, Vec<(&Observation, SocketAddr)>)| {
        let (seen, _) = group.first()?;
        let places = evidence(&seen.provenance, group.iter().map(|it| &it.0.provenance));
        let servers: BTreeSet<_> = group.iter().map(|it| it.1).collect();
        let finding = META.finding_at(SESSION, seen, places);
        let finding = finding.with("client", Arg::Text(IpAddr::to_string(&client)));
        let finding = finding.with("connections", Arg::Count(group.len() as u64));
        Some(with_names(finding, "server", servers.into_iter().map(|it| it.to_string())))
    };
    clients.into_iter().filter_map(finding).collect()
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a capture are far fewer than 2^53")]
fn lasts_quietly(seen: &Observation, contact: &PortContact) -> bool {
    let seconds = seen.span.seconds();
    let bytes = contact.bytes_up.saturating_add(contact.bytes_down);
    contact.bytes_up > 0
        && contact.bytes_down > 0
        && seconds >= LASTING_S
        && bytes as f64 <= QUIET_BYTES_PER_S * seconds
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "ten quiet minutes on port 3333",
        given: r#"
            [[port_contact]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            bytes_up = 9000
            bytes_down = 60000
            frames = 200
            seen_s = [0, 600]
        "#,
        expect: Expect::Found(&[PORT.0]),
    },
    Example {
        title: "a session of mining at port 3333",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
        "#,
        expect: Expect::Found(&[SESSION.0]),
    },
    Example {
        title: "a short visit, a download, silence after a SYN, and a port of the web",
        given: r#"
            [[port_contact]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            bytes_up = 900
            bytes_down = 6000
            frames = 20
            seen_s = [0, 60]
            [[port_contact]]
            client = "10.0.0.5:40001"
            server = "192.0.2.7:4444"
            bytes_up = 9000
            bytes_down = 600000000
            frames = 400000
            seen_s = [0, 600]
            [[port_contact]]
            client = "10.0.0.5:40002"
            server = "192.0.2.7:3333"
            frames = 9
            seen_s = [0, 600]
            [[port_contact]]
            client = "10.0.0.5:40003"
            server = "192.0.2.7:8080"
            bytes_up = 9000
            bytes_down = 60000
            frames = 200
            seen_s = [0, 600]
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of traffic to other ports",
        given: "port_contact = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
