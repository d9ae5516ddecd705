//! # Browser mining
//!
//! A web page mined, or a browser was connected to a service that makes web pages mine. Who looks at
//! such a page mines without knowing: the owner of the page, or whoever changed it, is paid.
//!
//! Source: sessions in the dialects of such services, or of pools inside WebSocket; names of the
//! services in hellos and look-ups of the same capture.
//!
//! ## False positives
//!
//! Pages that ask first and pay for themselves this way. Services that closed left names behind;
//! blockers and scanners still contact them.
//!
//! ## Response
//!
//! Find the page by the time and the browser's history; close the tab, and see whether an extension
//! brings it back. Tell the owner of the page.

use std::collections::BTreeSet;

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, Element, EntityId, FactKind, Finding, Nature, PoolContact,
    PoolSession, Sign,
};

use super::session::{Step, findings};
use super::session_row::in_page;
use crate::knowledge::schema::PoolKind;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct BrowserMining;

const MINING: (Sign, Nature) = (Sign("page-mining"), Nature::Act);
const LOGIN: (Sign, Nature) = (Sign("page-login"), Nature::Direct);
const CONTACT: (Sign, Nature) = (Sign("page-service-contact"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-NET-009"),
    name: "browser-mining",
    dimension: Dimension::Network,
    items: &["NET-9"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[],
    needs_any: &[FactKind::PoolSession, FactKind::PoolContact],
    signs: &[MINING, LOGIN, CONTACT],
    source: include_str!("browser_mining.rs"),
    chinese: include_str!("browser_mining.zh.md"),
};

impl Detector for BrowserMining {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let mut found = findings(&META, dossier, knowledge, |it| {
            if it.step < Step::WorkServed || !in_page(it.session, kind(it.session, knowledge)) {
                return None;
            }
            Some(if it.step == Step::Accepted { MINING } else { LOGIN })
        });
        found.extend(contacts(dossier, knowledge));
        found.into()
    }
}

fn kind(session: &PoolSession, knowledge: &Knowledge) -> Option<PoolKind> {
    let mut names = session.server_names.iter();
    names.find_map(|it| knowledge.pool_for_host(&it.name)).map(|it| it.pool.kind)
}

/// One finding per client and name of a service.
fn contacts(dossier: &Dossier, knowledge: &Knowledge) -> Vec<Finding> {
    let mut first = BTreeSet::<(&EntityId, _, &str)>::new();
    let contacts = dossier.facts::<PoolContact>().filter_map(|(seen, it)| {
        let pool = knowledge.pool_for_host(&it.name.name)?;
        let serves = pool.pool.kind == PoolKind::Browser && pool.stratum_host && !pool.expired;
        let key = (&seen.entity, it.client.ip(), it.name.name.as_str());
        let fresh = serves && first.insert(key);
        fresh.then(|| {
            META.finding(CONTACT, seen)
                .showing(Element::PoolAccess)
                .with("client", Arg::Text(it.client.to_string()))
                .with("name", Arg::Text(it.name.name.clone()))
                .with("pool", Arg::Text(pool.pool.name.clone()))
        })
    });
    contacts.collect()
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a page that mined, a page that logged in, and a service behind TLS",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:80"
            dialect = "coinhive"
            carrier = "websocket"
            grade = "shares_submitted"
            accounts = [{ login = "sitekey", state = "accepted" }]
            jobs = 4
            shares = { submitted = 3, accepted = 3 }
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.8:80"
            dialect = "cryptonote"
            carrier = "websocket"
            grade = "logged_in"
            because = ["login_accepted"]
            accounts = [{ login = "sitekey", state = "accepted" }]
            [[pool_contact]]
            client = "10.0.0.5:40002"
            server = "192.0.2.9:443"
            name = { name = "ws1.webminer.example", by = "sni" }
            carrier = "tls"
            answered = true
        "#,
        expect: Expect::Found(&[MINING.0, LOGIN.0, CONTACT.0]),
    },
    Example {
        title: "a program that mines at a pool is told by other detectors",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "cryptonote"
            carrier = "tcp"
            grade = "shares_submitted"
            jobs = 4
            shares = { submitted = 3, accepted = 3 }
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of traffic without either",
        given: "pool_session = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
