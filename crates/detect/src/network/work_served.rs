//! # Work served
//!
//! A node or pool gave work on request: `getwork`, `getblocktemplate` or `eth_getWork` was answered
//! with a job. Who asks for work as mining programs do wants to mine; whether anything was found is
//! not shown.
//!
//! Source: requests and answers in clear text, over HTTP or a byte stream, by a program that calls
//! itself a miner, claims what only those do, waits for the next template by its `longpollid`, names
//! a wallet or hands in work; `getwork` and `eth_getWork` also where they are polled: three or more
//! on one connection, or six or more of one client to one server on connections of their own, none
//! later than twelve seconds after the one before. A `getblocktemplate` polled like this without
//! any of it is what monitors of fees and blocks do too: a circumstance.
//!
//! ## False positives
//!
//! A pool's own server asks its node for work on behalf of its miners. A monitor that looks whether
//! a node is in step does so once or a few times a minute, which is not reported; one that asks
//! every few seconds is reported as a circumstance. Developers try the call by hand.
//!
//! ## Response
//!
//! Find the program that asks. If it is a pool's server, its miners are the ones to look for.

use minehound_model::{DetectorId, Dimension, Dossier, FactKind, Nature, Sign};

use super::session::{Step, findings};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct WorkServed;

const SERVED: (Sign, Nature) = (Sign("work-served"), Nature::Direct);
const POLLED: (Sign, Nature) = (Sign("work-polled"), Nature::Circumstance);
const REQUESTED: (Sign, Nature) = (Sign("work-requested"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-NET-003"),
    name: "work-served",
    dimension: Dimension::Network,
    items: &["NET-1", "NET-10"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::PoolSession],
    needs_any: &[],
    signs: &[SERVED, POLLED, REQUESTED],
    source: include_str!("work_served.rs"),
    chinese: include_str!("work_served.zh.md"),
};

impl Detector for WorkServed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let sign = |step| match step {
            Step::WorkServed => Some(SERVED),
            Step::WorkPolled => Some(POLLED),
            Step::WorkRequested => Some(REQUESTED),
            _ => None,
        };
        findings(&META, dossier, knowledge, |it| sign(it.step)).into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "one node gave work, another did not",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:8332"
            dialect = "getblocktemplate"
            carrier = "http"
            grade = "logged_in"
            because = ["work_served"]
            jobs = 9
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.8:8332"
            dialect = "getwork"
            carrier = "http"
            grade = "connected"
            because = ["work_requested"]
        "#,
        expect: Expect::Found(&[SERVED.0, REQUESTED.0]),
    },
    Example {
        title: "work fetched over one connection per request, each closed at once",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:8332"
            dialect = "getblocktemplate"
            carrier = "http"
            grade = "logged_in"
            because = ["work_served", "polled"]
            jobs = 1
            first_job_ms = 100
            marks = { closed = 6 }
            seen_s = [0, 1]
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.7:8332"
            dialect = "getblocktemplate"
            carrier = "http"
            grade = "logged_in"
            because = ["work_served", "polled"]
            jobs = 1
            first_job_ms = 5100
            marks = { closed = 12 }
            seen_s = [5, 6]
        "#,
        expect: Expect::Found(&[SERVED.0]),
    },
    Example {
        title: "templates fetched every ten seconds, as a monitor of fees does",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:8332"
            dialect = "getblocktemplate"
            carrier = "http"
            grade = "logged_in"
            because = ["words_alone", "jobs_seen", "work_served"]
            jobs = 9
        "#,
        expect: Expect::Found(&[POLLED.0]),
    },
    Example {
        title: "a login is told by another detector",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            because = ["login_accepted"]
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of traffic without a mining dialect",
        given: "pool_session = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
