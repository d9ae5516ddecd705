//! # Pool contact in a log
//!
//! A firewall, translator or proxy logged connections to a name of a mining server, or to an address
//! that a log of names gave as the answer for one. That a connection stood shows contact, not mining.
//! One that the device refused shows that the machine tried.
//!
//! Source: the name in the line (server name of TLS, host of a request), or answers in logs of names
//! read in the same run; compared with the list of pools by whole labels.
//!
//! ## False positives
//!
//! Pages of pools are context. An address may serve other sites besides (its pool's entry says so), and
//! answers change: an address learnt from an answer is weaker than a name in the line. Behind a proxy
//! or a translator the client may stand for many.
//!
//! ## Response
//!
//! Ask the lease or login log who held the address then. Capture at the host for half an hour. Answer a
//! clue that rests on a refused connection as "tried, refused".

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, FactKind, LoggedContact, Nature, Observation, Sign,
};

use crate::detector::with_text;
use crate::knowledge::PoolMatch;
use crate::knowledge::schema::PoolKind;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct LoggedContacts;

const CONTACT: (Sign, Nature) = (Sign("logged-contact"), Nature::Circumstance);
const BY_ANSWER: (Sign, Nature) = (Sign("logged-contact-by-answer"), Nature::Circumstance);
const REFUSED: (Sign, Nature) = (Sign("logged-refused"), Nature::Circumstance);
const EXPIRED: (Sign, Nature) = (Sign("logged-expired"), Nature::Circumstance);
const WEB: (Sign, Nature) = (Sign("logged-web"), Nature::Context);
const SHARED: (Sign, Nature) = (Sign("logged-shared"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-NET-018"),
    name: "logged-contact",
    dimension: Dimension::Network,
    items: &["NET-11"],
    techniques: &["T1496.001"],
    since: "0.3.0",
    needs: &[FactKind::LoggedContact],
    needs_any: &[],
    signs: &[CONTACT, BY_ANSWER, REFUSED, EXPIRED, WEB, SHARED],
    source: include_str!("logged_contact.rs"),
    chinese: include_str!("logged_contact.zh.md"),
};

impl Detector for LoggedContacts {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let told = |(seen, contact): (&Observation, &LoggedContact)| {
            let pool = knowledge.pool_for_host(&contact.name)?;
            let finding = META
                .finding(kind(contact, &pool, knowledge), seen)
                .with("client", Arg::Text(contact.client.to_string()))
                .with("name", Arg::Text(contact.name.clone()))
                .with("pool", Arg::Text(pool.pool.name.clone()))
                .with("device", Arg::Text(contact.device.clone()))
                .with("count", Arg::Count(contact.connections))
                .with("refused", Arg::Count(contact.refused))
                .with("checked", Arg::Text(pool.group.checked.to_string()));
            Some(with_text(finding, "server", contact.server.map(|it| it.to_string())))
        };
        dossier.facts::<LoggedContact>().filter_map(told).collect::<Vec<_>>().into()
    }
}

fn kind(contact: &LoggedContact, pool: &PoolMatch<'_>, knowledge: &Knowledge) -> (Sign, Nature) {
    let mining_port = contact.server.is_some_and(|it| knowledge.mining_port(pool, it.port()));
    let other =
        |it| matches!(it, PoolKind::WebOnly | PoolKind::FarmManager | PoolKind::NodeService);
    match () {
        () if other(pool.pool.kind) || !(pool.stratum_host || mining_port) => WEB,
        () if contact.by_answer && pool.pool.shared => SHARED,
        () if pool.expired => EXPIRED,
        () if contact.refused == contact.connections => REFUSED,
        () if contact.by_answer => BY_ANSWER,
        () => CONTACT,
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a firewall saw a mining server's name, its address, refused one, and an old name",
        given: r#"
            [[logged_contact]]
            client = "10.0.0.5"
            server = "192.0.2.7:3333"
            name = "stratum.pool.example"
            device = "fw-1"
            connections = 12
            [[logged_contact]]
            client = "10.0.0.5"
            server = "192.0.2.8:3333"
            name = "stratum.pool.example"
            by_answer = true
            device = "fw-1"
            connections = 2
            [[logged_contact]]
            client = "10.0.0.5"
            server = "192.0.2.9:3333"
            name = "stratum.pool.example"
            device = "fw-1"
            connections = 40
            refused = 40
            [[logged_contact]]
            client = "10.0.0.5"
            name = "stratum.oldpool.example"
            device = "proxy-1"
            connections = 1
        "#,
        expect: Expect::Found(&[CONTACT.0, BY_ANSWER.0, REFUSED.0, EXPIRED.0]),
    },
    Example {
        title: "pages of a pool, and an address that other sites share",
        given: r#"
            [[logged_contact]]
            client = "10.0.0.5"
            server = "192.0.2.7:443"
            name = "www.pool.example"
            device = "proxy-1"
            connections = 3
            [[logged_contact]]
            client = "10.0.0.5"
            server = "192.0.2.7:3333"
            name = "stratum.cdnpool.example"
            by_answer = true
            device = "fw-1"
            connections = 3
        "#,
        expect: Expect::Found(&[WEB.0, SHARED.0]),
    },
    Example {
        title: "a name that no pool has",
        given: r#"
            [[logged_contact]]
            client = "10.0.0.5"
            server = "192.0.2.7:443"
            name = "www.example.org"
            device = "proxy-1"
            connections = 3
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of a firewall's log without such a name",
        given: "logged_contact = []",
        expect: Expect::Silent,
    },
    Example { title: "no such log was read", given: "", expect: Expect::NotExamined },
];
