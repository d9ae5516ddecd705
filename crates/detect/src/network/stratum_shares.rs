//! # Accepted shares
//!
//! A pool accepted shares from this machine. A share is proof of work done: this is the act
//! itself, whoever ordered it. Every session that spoke a mining dialect is listed with what was
//! read of it: server, dialect, coin, account, wallet, shares, hashrate and power.
//!
//! Source: the answers of the pool in clear text, joined to the shares they answer; of work fetched
//! over one connection per request, all connections of a client with a server are one. Acceptances
//! whose shares were not captured, and dialects that nobody checked against a specification or a
//! capture, are left to the detector of logins. The hashrate is the number of shares over the
//! integral of time by difficulty, with the interval of Jeffreys' prior.
//!
//! ## False positives
//!
//! A pool operator's own test client, a laboratory that mines on purpose. A victim of malware or of
//! a web page mines too: the act says nothing about who is responsible. Behind a translated
//! address the machine is some host behind it.
//!
//! ## Response
//!
//! Preserve the capture, find the host by lease and translation logs, then the process that owns the
//! socket, then its owner. Ask for the time of day and the account; do not stop the program before
//! its evidence is secured.

use minehound_model::{DetectorId, Dimension, Dossier, FactKind, Nature, Sign};

use super::session::{Step, findings_of, watched};
use super::session_row;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct StratumShares;

const ACCEPTED: (Sign, Nature) = (Sign("shares-accepted"), Nature::Act);

static META: Meta = Meta {
    id: DetectorId("MH-NET-001"),
    name: "stratum-shares",
    dimension: Dimension::Network,
    items: &["NET-1", "NET-5"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::PoolSession],
    needs_any: &[],
    signs: &[ACCEPTED],
    source: include_str!("stratum_shares.rs"),
    chinese: include_str!("stratum_shares.zh.md"),
};

impl Detector for StratumShares {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let sessions = watched(dossier);
        let accepted = findings_of(&META, &sessions, knowledge, |it| {
            (it.step == Step::Accepted).then_some(ACCEPTED)
        });
        let rows = sessions.iter().map(|it| session_row::of_session(it, knowledge)).collect();
        Judgement { findings: accepted, rows }
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "two of three shares were accepted",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            server_names = [{ name = "xmr.pool.example", by = "dns" }]
            dialect = "cryptonote"
            carrier = "tcp"
            grade = "shares_submitted"
            because = ["login_accepted", "shares_accepted"]
            accounts = [{ login = "alice.rig1", account = "alice", worker = "rig1", state = "accepted" }]
            jobs = 4
            shares = { submitted = 3, accepted = 2, rejected = 1 }
            exposure = 0.06
            exposed_shares = 2
            difficulty_unit = "hashes"
        "#,
        expect: Expect::Found(&[ACCEPTED.0]),
    },
    Example {
        title: "a block accepted on its own connection, the work fetched on others",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:8332"
            dialect = "getblocktemplate"
            carrier = "http"
            grade = "logged_in"
            because = ["work_served", "polled"]
            jobs = 1
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.7:8332"
            dialect = "getblocktemplate"
            carrier = "http"
            grade = "shares_submitted"
            because = ["polled", "shares_accepted"]
            shares = { submitted = 1, accepted = 1 }
        "#,
        expect: Expect::Found(&[ACCEPTED.0]),
    },
    Example {
        title: "a block accepted, and work fetched by another client only",
        given: r#"
            [[pool_session]]
            client = "10.0.0.6:40000"
            server = "192.0.2.7:8332"
            dialect = "getblocktemplate"
            carrier = "http"
            grade = "logged_in"
            because = ["work_served", "polled"]
            jobs = 1
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.7:8332"
            dialect = "getblocktemplate"
            carrier = "http"
            grade = "shares_submitted"
            because = ["shares_accepted"]
            shares = { submitted = 1, accepted = 1 }
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "shares without an answer prove no work",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "shares_submitted"
            because = ["only_miner_seen", "shares_unanswered"]
            shares = { submitted = 3 }
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "acceptances alone, the shares themselves not captured",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            because = ["only_pool_seen"]
            shares = { accepted = 3 }
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
