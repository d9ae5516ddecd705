//! # Block clock
//!
//! Somebody inside a tunnel, or any connection that cannot be read, is told something just after
//! blocks of a coin were found, far more often than chance allows. Pools tell their miners of each
//! block within seconds, through whatever tunnel.
//!
//! Source: the moments at which the other end sent something unasked, compared with the moments at
//! which blocks arrived (`--blocks XMR=FILE`; where to get them: a node's log, the jobs of another
//! miner). The same blocks moved in time are the measure of chance, an offset of the clocks of up
//! to five seconds is searched for, and over all flows and coins the false discovery rate is held
//! at one in a thousand (Benjamini and Hochberg 1995). Without block times nothing is tested; what
//! was tested and not found is listed with the time that would have been needed.
//!
//! ## False positives
//!
//! A full node of the coin hears of blocks as well; so do wallets and price boards that follow the
//! chain. Times from block headers instead of arrivals blur the test and never make it find more.
//!
//! ## Response
//!
//! Find the program that sends through the tunnel: node, wallet or miner. Watch for as long as the
//! list says. Ask for the use of the tunnel.

use std::collections::BTreeMap;
use std::net::IpAddr;

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, Element, EntityId, FactKind, Finding, Nature, Observation,
    QuietFlow, Sign,
};
use minehound_series::block_clock::{ClockTest, test};

use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct BlockClock;

const FOLLOWED: (Sign, Nature) = (Sign("block-clock-followed"), Nature::Direct);
const NOT_FOLLOWED: (Sign, Nature) = (Sign("block-clock-not-followed"), Nature::Context);

/// The part of false ones among all found that is accepted.
const FALSE_DISCOVERIES: f64 = 0.001;
/// Flows tested at the most, the longest first: each takes milliseconds.
const MAX_TESTED: usize = 2_000;
/// What hides its words so well that its rhythm is worth this test and a line even when silent.
const TUNNELS: &[&str] = &["ssh", "wireguard", "openvpn", "ipsec", "l2tp"];

static META: Meta = Meta {
    id: DetectorId("MH-NET-012"),
    name: "block-clock",
    dimension: Dimension::Network,
    items: &["NET-6"],
    techniques: &["T1496.001", "T1572"],
    since: "0.2.0",
    needs: &[FactKind::QuietFlow],
    needs_any: &[],
    signs: &[FOLLOWED, NOT_FOLLOWED],
    source: include_str!("block_clock.rs"),
    chinese: include_str!("block_clock.zh.md"),
};

impl Detector for BlockClock {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let flows: Vec<_> = dossier.facts::<Box<QuietFlow>>().collect();
        let mut tested = tested(&flows, knowledge);
        let limit = discoverable(&tested);
        tested.retain(|it| it.outcome.p_value <= limit || it.is_tunnel());
        // Of one client and one server the best test speaks.
        let mut best = BTreeMap::<(&EntityId, IpAddr, IpAddr), &Tested<'_>>::new();
        for it in &tested {
            let key = (&it.seen.entity, it.flow.client.ip(), it.flow.server.ip());
            let held = best.entry(key).or_insert(it);
            if it.outcome.p_value < held.outcome.p_value {
                *held = it;
            }
        }
        best.values().map(|it| it.finding(limit)).collect::<Vec<_>>().into()
    }
}

/// A flow held against the blocks of a coin.
struct Tested<'a> {
    seen: &'a Observation,
    flow: &'a QuietFlow,
    coin: &'a str,
    outcome: ClockTest,
}

fn tested<'a>(
    flows: &[(&'a Observation, &'a Box<QuietFlow>)],
    knowledge: &'a Knowledge,
) -> Vec<Tested<'a>> {
    let mut flows = flows.to_vec();
    flows.sort_by_key(|(seen, _)| std::cmp::Reverse(seen.span.to_ms - seen.span.from_ms));
    let mut tested = Vec::new();
    for (seen, flow) in flows.into_iter().take(MAX_TESTED) {
        for (coin, blocks) in knowledge.blocks() {
            let (from, to) = (seen.span.from_ms, seen.span.to_ms);
            if let Some(outcome) = test(&flow.pushes_ms, blocks, from, to) {
                tested.push(Tested { seen, flow, coin, outcome });
            }
        }
    }
    tested
}

/// The greatest probability under chance that still counts, after Benjamini and Hochberg.
fn discoverable(tested: &[Tested<'_>]) -> f64 {
    let mut values: Vec<f64> = tested.iter().map(|it| it.outcome.p_value).collect();
    values.sort_unstable_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "counts of tests")]
    let line = |place: usize| FALSE_DISCOVERIES * (place + 1) as f64 / values.len() as f64;
    let below = values.iter().enumerate().rev().find(|(place, it)| **it <= line(*place));
    below.map_or(0.0, |(_, it)| *it)
}

impl Tested<'_> {
    fn is_tunnel(&self) -> bool {
        self.flow.wrap.as_deref().is_some_and(|it| TUNNELS.contains(&it))
    }

    fn finding(&self, limit: f64) -> Finding {
        let outcome = &self.outcome;
        let found = outcome.p_value <= limit;
        let kind = if found { FOLLOWED } else { NOT_FOLLOWED };
        let hours = |seconds: f64| Arg::Number((seconds / 360.0).round() / 10.0);
        let wrap = self.flow.wrap.clone().unwrap_or_else(|| self.flow.transport.clone());
        let finding = META
            .finding(kind, self.seen)
            .with("client", Arg::Text(self.flow.client.to_string()))
            .with("server", Arg::Text(self.flow.server.to_string()))
            .with("wrap", Arg::Text(wrap))
            .with("coin", Arg::Text(self.coin.to_owned()))
            .with("blocks", Arg::Count(outcome.blocks as u64))
            .with("hits", Arg::Count(outcome.hits as u64))
            .with("expected", Arg::Number((outcome.expected * 10.0).round() / 10.0))
            .with("offset", Arg::Number(outcome.offset_s))
            .with("p", Arg::Text(format!("{:.1e}", outcome.p_value)))
            .with("hours", hours(self.seen.span.seconds()))
            .with("needed", hours(outcome.needed_s.min(8_784.0 * 3_600.0)));
        if found { finding.showing(Element::PoolAccess) } else { finding }
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "quiet flows, and no block times at hand to test them with",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            stretches = 1
            quiet_s = 36000.0
            pushes_ms = [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]
            seen_s = [0, 36000]
        "#,
        expect: Expect::LookAlike,
    },
    Example { title: "no quiet flow in a day", given: "quiet_flow = []", expect: Expect::Silent },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, run};
    use minehound_model::{
        ArtefactId, Clock, Coverage, EntityKind, Examined, Extent, Fact, Provenance, Span,
    };

    const HOUR_MS: i64 = 3_600_000;
    const BEGIN_MS: i64 = 1_767_600_000_000;

    /// Moments spread over a day without pattern: multiples of the golden ratio.
    fn moments(count: i64, seed: i64, hours: i64) -> Vec<i64> {
        let spread = |it: i64| (it + seed).wrapping_mul(11_400_714_819_323_198) % (hours * HOUR_MS);
        let mut all: Vec<i64> = (1..=count).map(|it| BEGIN_MS + spread(it).abs()).collect();
        all.sort_unstable();
        all
    }

    fn dossier(flows: Vec<Vec<i64>>, hours: i64) -> Dossier {
        let span = Span { from_ms: BEGIN_MS, to_ms: BEGIN_MS + hours * HOUR_MS };
        let observation = |(place, pushes_ms): (usize, Vec<i64>)| {
            let member = format!("10.0.0.{place}");
            let flow: QuietFlow = toml::from_str(&format!(
                "client = '{member}:51820'\nserver = '192.0.2.7:51820'\ntransport = 'udp'\nwrap = 'wireguard'"
            ))
            .unwrap();
            Observation {
                entity: EntityId::new(EntityKind::Endpoint, member),
                span,
                clock: Clock::Sensor,
                provenance: Provenance::at(ArtefactId(1), 1, 2),
                fact: Fact::QuietFlow(Box::new(QuietFlow { pushes_ms, ..flow })),
            }
        };
        let examined = Examined {
            kind: FactKind::QuietFlow,
            span,
            extent: Extent { entities: None, records: 1 },
            sampling: 1,
            limit: None,
            gaps: [].into(),
        };
        Dossier {
            entity: EntityId::new(EntityKind::Network, "captured"),
            coverage: Coverage(vec![examined]),
            observations: flows.into_iter().enumerate().map(observation).collect(),
        }
    }

    #[test]
    fn the_tunnel_that_follows_blocks_is_found_among_those_that_do_not() {
        let blocks = moments(180, 0, 6);
        let mining: Vec<i64> = blocks.iter().map(|it| it + 900).collect();
        let mut flows = vec![mining];
        flows.extend((1..20).map(|seed| moments(400, 1_000 * seed, 6)));
        let mut knowledge = Knowledge::built_in().unwrap();
        knowledge.learn_blocks("XMR", &blocks);
        let Outcome::Examined(judgement) = run(&BlockClock, &dossier(flows, 6), &knowledge) else {
            panic!("not examined");
        };
        let found: Vec<_> = judgement.findings.iter().filter(|it| it.sign == FOLLOWED.0).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].about.name(), "10.0.0.0");
        let silent = judgement.findings.iter().filter(|it| it.sign == NOT_FOLLOWED.0);
        assert_eq!(silent.count(), 19);
    }
}
