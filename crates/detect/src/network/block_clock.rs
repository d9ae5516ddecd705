//! # Block clock
//!
//! Somebody inside a tunnel, or any connection that cannot be read, is told something just after
//! blocks of a coin were found, far more often than chance allows. Pools tell their miners of each
//! block within seconds, through whatever tunnel.
//!
//! Source: the moments at which the other end sent something unasked (signs of life and acknowledgements, which
//! are far shorter than its usual messages, left out), compared with the moments at
//! which blocks arrived: those of a file (`--blocks XMR=FILE`, for example from a node's log), and
//! without one those that the jobs of other miners in the same captures tell, as far as they can be
//! read: a job that builds on another block than the one before. Each finding names its source. The same blocks moved back in time, since
//! nothing before a block knows of it, are the measure of chance, an offset of the clocks of up
//! to five seconds is searched for, and over all flows and coins the false discovery rate is held
//! at one in a thousand (Benjamini and Hochberg 1995). Without block times nothing is tested, and only coins whose blocks are known are; what
//! was tested and not found is listed with the time that would have been needed. Each connection that follows blocks
//! is a line among the sessions, with the coin and the time by which a shorter capture would have shown it.
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
    Arg, DetectorId, Dimension, Dossier, Element, EntityId, EntityKind, FactKind, Finding, Nature,
    Observation, QuietFlow, Row, Sign,
};
use minehound_series::block_clock::{ClockTest, test};
use minehound_series::false_discovery::{ACCEPTED, passing};

use super::block_source::{Clock, clocks};
use super::tunnel_use::is_tunnel;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

mod row;

pub(super) struct BlockClock;

const FOLLOWED: (Sign, Nature) = (Sign("block-clock-followed"), Nature::Direct);
const NOT_FOLLOWED: (Sign, Nature) = (Sign("block-clock-not-followed"), Nature::Context);

/// Flows tested at the most, the longest first: each takes milliseconds.
const MAX_TESTED: usize = 2_000;
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

    fn judges(&self, kind: EntityKind) -> bool {
        kind == EntityKind::Network
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let flows: Vec<_> =
            dossier.facts::<Box<QuietFlow>>().map(|(seen, it)| (seen, it.as_ref())).collect();
        let clocks = clocks(dossier, knowledge);
        let mut tested = tested(&flows, &clocks);
        let limit = discoverable(&tested);
        let rows = rows(&tested, limit);
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
        Judgement { findings: best.values().map(|it| it.finding(limit)).collect(), rows }
    }
}

/// A line for every flow that follows a coin's blocks, with the coin that it follows best.
fn rows(tested: &[Tested<'_>], limit: f64) -> Vec<Row> {
    let mut best = BTreeMap::<_, &Tested<'_>>::new();
    for it in tested.iter().filter(|it| it.outcome.p_value <= limit) {
        let key = (&it.seen.provenance, it.flow.client, it.flow.server);
        let held = best.entry(key).or_insert(it);
        if it.outcome.p_value < held.outcome.p_value {
            *held = it;
        }
    }
    best.values().map(|it| it.row(limit)).collect()
}

/// A flow held against the blocks of a coin.
struct Tested<'a> {
    seen: &'a Observation,
    flow: &'a QuietFlow,
    clock: &'a Clock,
    outcome: ClockTest,
}

fn tested<'a>(flows: &[(&'a Observation, &'a QuietFlow)], clocks: &'a [Clock]) -> Vec<Tested<'a>> {
    let mut flows = flows.to_vec();
    flows.sort_by_key(|(seen, _)| std::cmp::Reverse(seen.span.to_ms - seen.span.from_ms));
    let mut tested = Vec::new();
    for (seen, flow) in flows.into_iter().take(MAX_TESTED) {
        for clock in clocks {
            let (from, to) = (seen.span.from_ms, seen.span.to_ms);
            if let Some(outcome) = test(&flow.pushes_ms, &clock.times_ms, from, to) {
                tested.push(Tested { seen, flow, clock, outcome });
            }
        }
    }
    tested
}

/// The line below which a probability under chance counts; 0 where none does.
fn discoverable(tested: &[Tested<'_>]) -> f64 {
    let mut values: Vec<f64> = tested.iter().map(|it| it.outcome.p_value).collect();
    values.sort_unstable_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "counts of tests")]
    let line = |count: usize| ACCEPTED * count as f64 / values.len() as f64;
    match passing(&values, ACCEPTED) {
        0 => 0.0,
        count => line(count),
    }
}

impl Tested<'_> {
    fn is_tunnel(&self) -> bool {
        is_tunnel(self.flow)
    }

    /// Where the block times come from: the server whose jobs told, or the option that named a file.
    fn source(&self) -> Arg {
        Arg::Text(self.clock.server.clone().unwrap_or_else(|| "--blocks".to_owned()))
    }

    fn finding(&self, limit: f64) -> Finding {
        let outcome = &self.outcome;
        let found = outcome.p_value <= limit;
        let kind = if found { FOLLOWED } else { NOT_FOLLOWED };
        let hours = |seconds: f64| Arg::Number((seconds / 360.0).round() / 10.0);
        let finding = META
            .finding(kind, self.seen)
            .with("client", Arg::Text(self.flow.client.to_string()))
            .with("server", Arg::Text(self.flow.server.to_string()))
            .with("wrap", Arg::Text(self.flow.carrier().to_owned()))
            .with("coin", Arg::Text(self.clock.coin.clone()))
            .with("source", self.source())
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
        title: "of two tunnels one follows the forty blocks of its hour, less than a second later",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            seen_s = [0, 3700]
            pushes_ms = [
                98719, 212476, 282071, 367504, 468775, 585884, 658831, 747616, 852239, 912700,
                1048999, 1081136, 1189111, 1312924, 1392575, 1488064, 1539391, 1666556,
                1749559, 1848400, 1903079, 2033596, 2119951, 2162144, 2280175, 2354044,
                2443751, 2549296, 2670679, 2747900, 2840959, 2889856, 3014591, 3095164,
                3191575, 3243824, 3371911, 3455836, 3555599, 3611200,
            ]
            [[quiet_flow]]
            client = "10.0.0.6:40000"
            server = "192.0.2.8:51820"
            transport = "udp"
            wrap = "wireguard"
            seen_s = [0, 3700]
            pushes_ms = [
                8444, 23284, 56004, 122656, 218488, 302703, 428711, 475820, 532415, 555658,
                583032, 658882, 670428, 696652, 699286, 764680, 835202, 879523, 904793, 910030,
                1035201, 1045602, 1046768, 1072414, 1173234, 1214433, 1316549, 1504806,
                1560414, 1598014, 1634418, 1712909, 1866776, 1953962, 1968418, 2224148,
                2262667, 2281698, 2408283, 2590783, 2592770, 2613639, 2722996, 2735819,
                2896943, 3067806, 3104359, 3112280, 3196746, 3212685, 3245687, 3255606,
                3336283, 3344476, 3525675, 3530552, 3639387, 3643524, 3655936, 3660143,
            ]
        "#,
        expect: Expect::Found(&[FOLLOWED.0, NOT_FOLLOWED.0]),
    },
    Example {
        title: "a tunnel watched for a quarter of an hour, while too few blocks came",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            stretches = 1
            pushes_ms = [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]
            seen_s = [0, 600]
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
        ArtefactId, Because, Clock, Coverage, Examined, Extent, Fact, Grade, Provenance, Span,
    };

    const HOUR_MS: i64 = 3_600_000;
    const BEGIN_MS: i64 = 1_767_600_000_000;

    /// Moments by chance: `splitmix64` of Steele, Lea and Flood.
    fn moments(count: usize, seed: u64, hours: i64) -> Vec<i64> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut it = state;
            it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            it ^ (it >> 31)
        };
        let room = u64::try_from(hours * HOUR_MS).unwrap();
        let mut all: Vec<i64> =
            (0..count).map(|_| BEGIN_MS + i64::try_from(next() % room).unwrap()).collect();
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
        let [Row::Session(row)] = judgement.rows.as_slice() else {
            panic!("{:?}", judgement.rows);
        };
        assert_eq!((row.grade, row.carrier.as_str()), (Grade::Behaviour, "wireguard"));
        assert_eq!((row.about.name(), row.coin.as_deref()), ("10.0.0.0", Some("XMR")));
        assert_eq!(row.because, [Because::FollowsBlocks]);
        let minutes = (row.known_ms.unwrap() - BEGIN_MS) / (HOUR_MS / 60);
        assert!((15..90).contains(&minutes), "{minutes}");
        let silent = judgement.findings.iter().filter(|it| it.sign == NOT_FOLLOWED.0);
        assert_eq!(silent.count(), 19);
    }
}
