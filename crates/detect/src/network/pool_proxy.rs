//! # Pool proxy
//!
//! A machine gives mining work to others and has a pool of its own: many miners meet at one machine,
//! and one connection leads outside. Whoever looks at the border alone sees one miner. Without a pool
//! of its own in sight a machine inside the network that gives work, and is handed shares, is a pool.
//!
//! Source: the other ends of mining sessions in the same captures, in words that can be read or with
//! the rhythm of mining, held against what those ends do themselves: sessions, connections with the
//! rhythm of mining, and connections to names of pools. What a proxy hands in are the shares of the
//! miners behind it: the hashrate of its own connection is their sum, is labelled so, and counts and
//! draws power with them alone. A connection in TLS with several shares a second is too busy for its rhythm to be
//! recognised; unless its server's name is a pool's, the proxy then shows as a pool. Nodes that give templates to whoever
//! asks are not meant here.
//!
//! ## False positives
//!
//! What leads on by HTTP CONNECT or SOCKS, as its connections say, is a proxy of the common kind and
//! not counted. A pool inside may be a test bench of somebody who writes mining software.
//!
//! ## Response
//!
//! Look at the machine first: its configuration names the pool and the wallet for all. The miners
//! behind it are listed one by one.

use std::net::SocketAddr;

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, Element, FactKind, Finding, Grade, Nature, Observation,
    PoolContact, QuietFlow, Sign,
};

use super::mining_rhythm::shown;
use super::serving::{Serving, serving, sum};
use crate::detector::{evidence, pool_sessions, with_names};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct PoolProxy;

const PROXY: (Sign, Nature) = (Sign("pool-proxy"), Nature::Direct);
const POOL: (Sign, Nature) = (Sign("pool-inside"), Nature::Direct);

static META: Meta = Meta {
    id: DetectorId("MH-NET-016"),
    name: "pool-proxy",
    dimension: Dimension::Network,
    items: &["NET-8"],
    techniques: &["T1496.001", "T1090.001"],
    since: "0.2.0",
    needs: &[FactKind::MinersServed],
    needs_any: &[],
    signs: &[PROXY, POOL],
    source: include_str!("pool_proxy.rs"),
    chinese: include_str!("pool_proxy.zh.md"),
};

impl Detector for PoolProxy {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let told = |it: Serving<'_>| finding(it, &upstreams(dossier, it.1.server), knowledge);
        serving(dossier).into_iter().filter_map(told).collect::<Vec<_>>().into()
    }
}

/// Where a machine that gives work takes it from.
struct Upstream<'a> {
    seen: &'a Observation,
    server: SocketAddr,
    name: Option<&'a str>,
}

/// The connections to pools of the machine that serves there, the surest first.
fn upstreams(dossier: &Dossier, serves: SocketAddr) -> Vec<Upstream<'_>> {
    let leads = |client: SocketAddr, server: SocketAddr| {
        client.ip() == serves.ip() && server.ip() != serves.ip()
    };
    let sessions = pool_sessions(dossier)
        .filter(|(_, it)| leads(it.client, it.server) && it.grade >= Grade::LoggedIn)
        .map(|(seen, it)| (seen, it.server, it.server_names.first()));
    let flows = dossier
        .facts::<Box<QuietFlow>>()
        .filter(|(_, it)| leads(it.client, it.server) && shown(it).is_some())
        .map(|(seen, it)| (seen, it.server, it.server_names.first()));
    let contacts = dossier
        .facts::<PoolContact>()
        .filter(|(_, it)| leads(it.client, it.server) && it.answered)
        .map(|(seen, it)| (seen, it.server, Some(&it.name)));
    sessions
        .chain(flows)
        .chain(contacts)
        .map(|(seen, server, name)| Upstream { seen, server, name: name.map(|it| &*it.name) })
        .collect()
}

fn finding(
    (seen, served): Serving<'_>,
    upstreams: &[Upstream<'_>],
    knowledge: &Knowledge,
) -> Option<Finding> {
    let miners = served.miners.len() as u64 + served.miners_beyond;
    let kind = match upstreams {
        [] if served.shares > 0 && served.sessions > served.unread => POOL,
        [] => return None,
        _ => PROXY,
    };
    let places = upstreams.iter().map(|it| &it.seen.provenance);
    let finding = META
        .finding_at(kind, seen, evidence(&seen.provenance, places))
        .with("server", Arg::Text(served.server.to_string()))
        .with("miners", Arg::Count(miners))
        .with("sessions", Arg::Count(served.sessions))
        .with("unread", Arg::Count(served.unread))
        .with("shares", Arg::Count(served.shares));
    let finding = with_names(finding, "names", served.miners.iter().map(ToString::to_string));
    let pools = upstreams.iter().map(|it| match it.name {
        Some(name) => format!("{name} ({})", it.server),
        None => it.server.to_string(),
    });
    let finding = with_names(finding, "upstream", pools);
    let rate = sum((seen, served), knowledge).map(|(_, it)| it);
    let finding = match rate {
        Some(it) => finding
            .with("rate", Arg::Number(it.value.round()))
            .with("unit", Arg::Text(it.unit.to_owned())),
        None => finding,
    };
    Some(finding.showing(Element::PoolAccess))
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "forty miners at one machine that has one session in TLS",
        given: r#"
            [[miners_served]]
            server = "10.0.0.5:3333"
            miners = ["10.0.0.6", "10.0.0.7"]
            miners_beyond = 38
            sessions = 40
            shares = 5342
            seen_s = [0, 3600]
            work = [{ dialect = "cryptonote", difficulty_unit = "hashes", amount = 5e8, variance = 5e13 }]
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            transport = "tcp"
            wrap = "tls"
            pattern = "shares_and_jobs"
            stretches = 30
            patterned = 30
            quiet_s = 3600.0
            shares = 5000
        "#,
        expect: Expect::Found(&[PROXY.0]),
    },
    Example {
        title: "a machine that gives work and takes it from nobody who was seen",
        given: r#"
            [[miners_served]]
            server = "10.0.0.5:3333"
            miners = ["10.0.0.6"]
            sessions = 1
            shares = 12
        "#,
        expect: Expect::Found(&[POOL.0]),
    },
    Example {
        title: "a server that is spoken to in the rhythm of mining, and speaks to nobody",
        given: r#"
            [[miners_served]]
            server = "10.0.0.5:443"
            miners = ["10.0.0.6"]
            sessions = 1
            unread = 1
            shares = 12
        "#,
        expect: Expect::LookAlike,
    },
    Example { title: "nobody gave work", given: "miners_served = []", expect: Expect::Silent },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
