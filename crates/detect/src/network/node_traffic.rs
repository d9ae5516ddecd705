//! # Node traffic
//!
//! A node of a cryptocurrency network exchanges messages with its peers. A node keeps the ledger; it
//! is not pool mining, and weighs nothing here. It is listed, because a node is what solo mining
//! and private pools stand on.
//!
//! Source: the handshakes of the networks, read from the packets, never a port alone.
//!
//! ## False positives
//!
//! Exchanges, researchers and wallets run nodes. A node says nothing about mining.
//!
//! ## Response
//!
//! Look for work requested from the node (`getblocktemplate`, `getwork`), and for machines that mine
//! at it.

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, Evidence, FactKind, Nature, NodeRow, NodeTraffic,
    Observation, Row, Sign,
};

use crate::detector::evidence;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct Nodes;

const NODE: (Sign, Nature) = (Sign("p2p-node"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-NET-006"),
    name: "node-traffic",
    dimension: Dimension::Network,
    items: &["NET-10"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::NodeTraffic],
    needs_any: &[],
    signs: &[NODE],
    source: include_str!("node_traffic.rs"),
    chinese: include_str!("node_traffic.zh.md"),
};

impl Detector for Nodes {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let mut networks = BTreeMap::<_, Vec<(&Observation, &NodeTraffic)>>::new();
        for (seen, traffic) in dossier.facts::<NodeTraffic>() {
            let key = (&seen.entity, traffic.network.as_str());
            networks.entry(key).or_default().push((seen, traffic));
        }
        let findings = networks.iter().filter_map(|((_, network), group)| {
            let (seen, first) = group.first()?;
            let places = evidence(&seen.provenance, group.iter().map(|it| &it.0.provenance));
            let ends: BTreeSet<_> =
                group.iter().map(|it| (it.1.client.ip(), it.1.server)).collect();
            let finding = META.finding_at(NODE, seen, places);
            let finding = finding.with("network", Arg::Text((*network).to_owned()));
            let finding = finding.with("client", Arg::Text(first.client.ip().to_string()));
            Some(finding.with("peers", Arg::Count(ends.len() as u64)))
        });
        Judgement { findings: findings.collect(), rows: rows(dossier) }
    }
}

/// A line per pair of ends, however often they connected.
fn rows(dossier: &Dossier) -> Vec<Row> {
    let mut rows: Vec<NodeRow> = Vec::new();
    let mut places = BTreeMap::new();
    for (seen, traffic) in dossier.facts::<NodeTraffic>() {
        let key = (&seen.entity, traffic.client.ip(), traffic.server, &traffic.network);
        let place = *places.entry(key).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(row) => row.frames = row.frames.saturating_add(traffic.frames),
            None => rows.push(NodeRow {
                about: seen.entity.clone(),
                client: traffic.client,
                server: traffic.server,
                network: traffic.network.clone(),
                frames: traffic.frames,
                evidence: Evidence::at(seen.provenance.clone()),
            }),
        }
    }
    rows.into_iter().map(Row::Node).collect()
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a node of Bitcoin with two peers",
        given: r#"
            [[node_traffic]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:8333"
            network = "bitcoin"
            frames = 20
            [[node_traffic]]
            client = "10.0.0.5:40001"
            server = "192.0.2.8:8333"
            network = "bitcoin"
            frames = 12
        "#,
        expect: Expect::Found(&[NODE.0]),
    },
    Example {
        title: "a pool session beside it is told by other detectors",
        given: r#"
            node_traffic = []
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3333"
            dialect = "stratum-v1"
            carrier = "tcp"
            grade = "connected"
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of traffic without nodes",
        given: "node_traffic = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
