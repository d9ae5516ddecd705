//! # Pool probe
//!
//! Connections that look at pools rather than mine at them: logins or introductions to five pools
//! or more within ten minutes, or connections closed within a minute after the first job without a share. This is
//! context: it says how to read the logins of the same client, and weighs nothing.
//!
//! Source: the times and ends of the sessions of one client address. That a connection was closed
//! is known by its end on the wire, or by two minutes of silence while traffic was still watched.
//!
//! ## False positives
//!
//! A miner whose pools are all down tries its fallbacks one after another; a farm behind one
//! translated address logs in to many pools at once. Sessions with accepted shares are never
//! counted as probes.
//!
//! ## Response
//!
//! Ask who runs the monitor or the scan, and whether it was approved. Without an approval treat the
//! logins as any other.

use std::collections::BTreeMap;

use minehound_model::{Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Sign};

use super::session::{Watched, server, watched};
use crate::detector::evidence;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct PoolProbe;

const PROBE: (Sign, Nature) = (Sign("pool-probe"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-NET-007"),
    name: "pool-probe",
    dimension: Dimension::Network,
    items: &["NET-1"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::PoolSession],
    needs_any: &[],
    signs: &[PROBE],
    source: include_str!("pool_probe.rs"),
    chinese: include_str!("pool_probe.zh.md"),
};

impl Detector for PoolProbe {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let sessions = watched(dossier);
        let mut clients = BTreeMap::<_, Vec<&Watched<'_>>>::new();
        for it in sessions.iter().filter(|it| it.probe) {
            let key = (&it.seen.entity, it.session.client.ip());
            clients.entry(key).or_default().push(it);
        }
        let finding = |((_, client), group): ((_, std::net::IpAddr), Vec<&Watched<'_>>)| {
            let first = group.first()?;
            let places: Vec<_> = group.iter().map(|it| &it.seen.provenance).collect();
            let servers: std::collections::BTreeSet<_> =
                group.iter().map(|it| server(it.session)).collect();
            let evidence = evidence(&first.seen.provenance, places);
            let finding = META.finding_at(PROBE, first.seen, evidence);
            let finding = finding.with("client", Arg::Text(client.to_string()));
            let finding = finding.with("servers", Arg::Count(servers.len() as u64));
            Some(finding.with("sessions", Arg::Count(group.len() as u64)))
        };
        clients.into_iter().filter_map(finding).collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "five pools in four minutes",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.1:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
            accounts = [{ login = "alice" }]
            seen_s = [0, 30]
            [[pool_session]]
            client = "10.0.0.5:40002"
            server = "192.0.2.2:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
            accounts = [{ login = "alice" }]
            seen_s = [60, 90]
            [[pool_session]]
            client = "10.0.0.5:40003"
            server = "192.0.2.3:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            because = ["login_accepted"]
            seen_s = [120, 150]
            [[pool_session]]
            client = "10.0.0.5:40004"
            server = "192.0.2.4:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
            accounts = [{ login = "alice" }]
            seen_s = [180, 210]
            [[pool_session]]
            client = "10.0.0.5:40005"
            server = "192.0.2.5:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
            accounts = [{ login = "alice" }]
            seen_s = [240, 270]
        "#,
        expect: Expect::Found(&[PROBE.0]),
    },
    Example {
        title: "a miner that stays",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.1:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            because = ["login_accepted"]
            first_job_ms = 1000
            jobs = 60
            seen_s = [0, 1800]
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a capture that ends half a minute after the login",
        given: r#"
            [[pool_session]]
            client = "10.0.0.5:40001"
            server = "192.0.2.1:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "logged_in"
            because = ["login_accepted"]
            first_job_ms = 3570000
            jobs = 1
            seen_s = [3569, 3600]
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
