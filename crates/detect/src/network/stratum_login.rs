//! # Pool login
//!
//! A pool accepted a login, pushed jobs, or was handed shares, and no accepted share was seen.
//! Little besides mining gets that far, but work was not shown: this suspects and never confirms.
//! Logins that were refused or not answered, and introductions without a login, are circumstances;
//! so are shares that nobody took, the other end having sent nothing, and shares alone in words
//! that other services use too (`job_id`, `nonce`, `result`), no job or login having been seen and
//! their hashes not being as small as only a target makes them; and so is a login by the methods' names alone, the answers and notices having another shape than a
//! pool's and no wallet being named.
//!
//! Source: the messages of the dialect in clear text; a login counts as accepted by the pool's
//! answer, or by jobs that only a connection that is logged in gets; that it is a pool shows in a
//! subscription that hands out a part of the nonce, in jobs, difficulties and targets.
//!
//! ## False positives
//!
//! Security research, honeypots, monitors that log in to see whether a pool is up, mining programs
//! that are led past a list of pools. Such tours are named: logins to five pools or more within
//! ten minutes, or connections closed within a minute after the first job without a share. A slow
//! miner may find no share in the time watched.
//!
//! ## Response
//!
//! Preserve the capture and keep capturing: a machine that mines hands in shares within minutes to
//! hours. Find the process that owns the connection. Ask whether research was approved.

use minehound_model::{DetectorId, Dimension, Dossier, FactKind, Nature, Sign};

use super::session::{Step, Watched, findings};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct StratumLogin;

const LOGGED_IN: (Sign, Nature) = (Sign("pool-login-accepted"), Nature::Direct);
const BY_PROBE: (Sign, Nature) = (Sign("pool-login-by-probe"), Nature::Direct);
const JOBS: (Sign, Nature) = (Sign("pool-jobs-received"), Nature::Direct);
const SHARES_UNANSWERED: (Sign, Nature) = (Sign("shares-unanswered"), Nature::Direct);
const ALL_REJECTED: (Sign, Nature) = (Sign("shares-all-rejected"), Nature::Direct);
const UNSURE: (Sign, Nature) = (Sign("shares-acceptance-unsure"), Nature::Direct);
const UNANSWERED: (Sign, Nature) = (Sign("pool-login-unanswered"), Nature::Circumstance);
const REFUSED: (Sign, Nature) = (Sign("pool-login-refused"), Nature::Circumstance);
const SUBSCRIBED: (Sign, Nature) = (Sign("pool-subscribed"), Nature::Circumstance);
const SPOKEN: (Sign, Nature) = (Sign("pool-dialect-spoken"), Nature::Circumstance);

static META: Meta = Meta {
    id: DetectorId("MH-NET-002"),
    name: "stratum-login",
    dimension: Dimension::Network,
    items: &["NET-1"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::PoolSession],
    needs_any: &[],
    signs: &[
        LOGGED_IN,
        BY_PROBE,
        JOBS,
        SHARES_UNANSWERED,
        ALL_REJECTED,
        UNSURE,
        UNANSWERED,
        REFUSED,
        SUBSCRIBED,
        SPOKEN,
    ],
    source: include_str!("stratum_login.rs"),
    chinese: include_str!("stratum_login.zh.md"),
};

impl Detector for StratumLogin {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        findings(&META, dossier, knowledge, sign).into()
    }
}

fn sign(it: &Watched<'_>) -> Option<(Sign, Nature)> {
    match it.step {
        Step::Accepted | Step::WorkServed | Step::WorkPolled | Step::WorkRequested => None,
        Step::AcceptanceUnsure => Some(UNSURE),
        Step::SharesUnanswered => Some(SHARES_UNANSWERED),
        Step::AllRejected => Some(ALL_REJECTED),
        Step::LoginAccepted | Step::JobsReceived if it.probe => Some(BY_PROBE),
        Step::LoginAccepted => Some(LOGGED_IN),
        Step::JobsReceived => Some(JOBS),
        Step::LoginUnanswered => Some(UNANSWERED),
        Step::LoginRefused => Some(REFUSED),
        Step::Subscribed => Some(SUBSCRIBED),
        Step::Spoken => Some(SPOKEN),
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a login to a pool, known or not, and no share in ten minutes",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            because = ["login_accepted", "no_share_seen"]
            accounts = [{ login = "alice.rig1", state = "accepted" }]
            jobs = 12
            first_job_ms = 1000
            seen_s = [0, 600]
        "#,
        expect: Expect::Found(&[LOGGED_IN.0]),
    },
    Example {
        title: "a monitor that logs in, takes a job and leaves",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            because = ["login_accepted"]
            accounts = [{ login = "monitor", state = "accepted" }]
            jobs = 1
            first_job_ms = 1000
            seen_s = [0, 3]
        "#,
        expect: Expect::Found(&[BY_PROBE.0]),
    },
    Example {
        title: "jobs on a connection whose beginning was not captured, and shares one way or another",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "cryptonote"
            carrier = "tcp"
            grade = "logged_in"
            because = ["mid_session", "jobs_seen"]
            jobs = 12
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "shares_submitted"
            because = ["only_miner_seen", "shares_unanswered"]
            accounts = [{ login = "alice" }]
            shares = { submitted = 3 }
            [[pool_session]]
            client = "10.0.0.5:40002"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "shares_submitted"
            because = ["shares_rejected"]
            accounts = [{ login = "alice", state = "accepted" }]
            shares = { submitted = 3, rejected = 3 }
            [[pool_session]]
            client = "10.0.0.5:40003"
            server = "192.0.2.7:3333"
            dialect = "stratum-other"
            carrier = "tcp"
            grade = "shares_submitted"
            jobs = 4
            shares = { submitted = 3, accepted = 3 }
        "#,
        expect: Expect::Found(&[JOBS.0, SHARES_UNANSWERED.0, ALL_REJECTED.0, UNSURE.0]),
    },
    Example {
        title: "logins that lead nowhere are circumstances",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
            because = ["login_unanswered"]
            accounts = [{ login = "alice" }]
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
            because = ["login_refused"]
            accounts = [{ login = "alice", state = "refused" }]
            [[pool_session]]
            client = "10.0.0.5:40002"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
            because = ["subscribed_only"]
            [[pool_session]]
            client = "10.0.0.5:40003"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
        "#,
        expect: Expect::Found(&[UNANSWERED.0, REFUSED.0, SUBSCRIBED.0, SPOKEN.0]),
    },
    Example {
        title: "another service's results, and lines that nobody answers, are circumstances",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:9000"
            dialect = "cryptonote"
            carrier = "tcp"
            grade = "shares_submitted"
            because = ["shares_alone", "shares_accepted"]
            shares = { submitted = 30, accepted = 30 }
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.8:9001"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "shares_submitted"
            because = ["mid_session", "other_end_silent", "shares_unanswered"]
            accounts = [{ login = "alice" }]
            shares = { submitted = 30 }
        "#,
        expect: Expect::Found(&[SPOKEN.0, SPOKEN.0]),
    },
    Example {
        title: "the words of a login to a service that never says what a pool says",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:9000"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            because = ["words_alone", "login_accepted", "no_share_seen"]
            accounts = [{ login = "alice", state = "accepted" }]
        "#,
        expect: Expect::Found(&[SPOKEN.0]),
    },
    Example {
        title: "a session with accepted shares is the act itself, told by another detector",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "shares_submitted"
            jobs = 4
            shares = { submitted = 3, accepted = 3 }
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
