//! # Pushed to together
//!
//! Connections of several machines that cannot be read are sent something at the same instants, at the
//! pace at which blocks of a known coin are found: at moments without memory, perhaps with a timer
//! between them that each one sets back. A pool tells all its miners of a block at once, through
//! whatever tunnel.
//!
//! Source: the moments at which the other end sent something unasked, of at least three machines.
//! Each pair of flows is held against the same moments moved in time; pairs count up to a false
//! discovery rate of one in a thousand (Benjamini and Hochberg 1995), and join into groups. What at
//! least half of a group's machines hear together must come like blocks and as often as blocks of
//! some coin in the knowledge do, between 30 s and 15 min: coins with faster blocks are not found
//! so. Flows whose words can be read, and flows outside tunnels whose pushes have many lengths, are
//! left out. At most two hundred flows are compared, tunnels and the longest first.
//!
//! It is a circumstance and never more: a notice that is sent to many at irregular moments looks
//! alike. Clocks (NTP, MQTT), tickers, which come every second or steadily, and talk, which comes
//! in bouts, follow another law and are not listed.
//!
//! ## False positives
//!
//! Alarms and notices pushed to a whole office; a board that follows a chain; full nodes of a coin.
//!
//! ## Response
//!
//! Import block times of likely coins (`--blocks`): the block clock then tells whether it is one of
//! them. Ask what the machines have in common, and look at one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, EntityKind, FactKind, Finding, Nature, Observation,
    QuietFlow, Sign,
};
use minehound_series::false_discovery::ACCEPTED;
use minehound_series::together::{Group, Law, Pushed, groups, law};

use super::tunnel_use::is_tunnel;
use crate::detector::with_names;
use crate::hashrate::rate;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct PushedTogether;

const TOGETHER: (Sign, Nature) = (Sign("pushed-together"), Nature::Circumstance);

/// Coins whose blocks come so often can be told from tickers and from chance.
const BLOCK_SECONDS: std::ops::RangeInclusive<f64> = 30.0..=900.0;
/// Outside tunnels, at least this part of pushes has one of a few lengths.
const MIN_ALIKE: f64 = 0.8;
/// A member hears at least this part of what its group hears together.
const MIN_PART: f64 = 0.5;
/// Two moments within this are one.
const ONE_MS: i64 = 1_000;

static META: Meta = Meta {
    id: DetectorId("MH-NET-015"),
    name: "pushed-together",
    dimension: Dimension::Network,
    items: &["NET-6"],
    techniques: &["T1496.001", "T1572"],
    since: "0.2.0",
    needs: &[FactKind::QuietFlow],
    needs_any: &[],
    signs: &[TOGETHER],
    source: include_str!("pushed_together.rs"),
    chinese: include_str!("pushed_together.zh.md"),
};

impl Detector for PushedTogether {
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
        let flows = candidates(dossier);
        let pushed = pushed(&flows);
        let mut findings = Vec::new();
        for group in groups(&pushed, ACCEPTED) {
            let Some(law) = law(&group.bursts_ms) else { continue };
            if is_pace_of_blocks(&law, knowledge) {
                findings.extend(told(&flows, &group, &law));
            }
        }
        findings.into()
    }
}

/// The flows that may be compared: tunnels first, then the longest.
fn candidates(dossier: &Dossier) -> Vec<(&Observation, &QuietFlow)> {
    let all = dossier.facts::<Box<QuietFlow>>().map(|(seen, it)| (seen, it.as_ref()));
    let mut all: Vec<_> =
        all.filter(|(_, it)| is_tunnel(it) || it.stretch.pushed_alike >= MIN_ALIKE).collect();
    all.sort_by_key(|(seen, it)| {
        let long = seen.span.to_ms - seen.span.from_ms;
        (!is_tunnel(it), std::cmp::Reverse(long), it.client, it.server)
    });
    all
}

fn pushed<'a>(flows: &[(&'a Observation, &'a QuietFlow)]) -> Vec<Pushed<'a>> {
    let mut hosts = BTreeMap::<IpAddr, usize>::new();
    let of = |(seen, flow): &(&'a Observation, &'a QuietFlow)| {
        let fresh = hosts.len();
        Pushed {
            host: *hosts.entry(flow.client.ip()).or_insert(fresh),
            times_ms: &flow.pushes_ms,
            from_ms: seen.span.from_ms,
            to_ms: seen.span.to_ms,
        }
    };
    flows.iter().map(of).collect()
}

/// Whether the events of a law come as often as blocks of any coin do. Which coin it is does not
/// show: pools push between blocks as well.
fn is_pace_of_blocks(law: &Law, knowledge: &Knowledge) -> bool {
    let watched_s = law.mean_s * count(law.events);
    let Some((_, low, high)) = rate(law.events as u64, watched_s) else { return false };
    let mut coins = knowledge.tables().coins.iter().flat_map(|it| &it.entries);
    let fits = |it: f64| BLOCK_SECONDS.contains(&it) && (low..=high).contains(&it.recip());
    coins.any(|it| it.ended.is_none() && it.block_seconds.is_some_and(fits))
}

/// A finding for each machine of a group that hears most of what the group hears.
fn told(flows: &[(&Observation, &QuietFlow)], group: &Group, law: &Law) -> Vec<Finding> {
    let members = group.members.iter().filter_map(|it| flows.get(*it));
    let members: Vec<_> = members.filter(|it| part(it.1, &group.bursts_ms) >= MIN_PART).collect();
    let names: BTreeSet<IpAddr> = members.iter().map(|it| it.1.client.ip()).collect();
    let mut spoken = BTreeSet::new();
    let fresh = members.iter().filter(|it| spoken.insert(it.1.client.ip()));
    let finding = |(seen, flow): &(&Observation, &QuietFlow)| {
        let others = names.iter().filter(|it| **it != flow.client.ip());
        let finding = META
            .finding(TOGETHER, seen)
            .with("client", Arg::Text(flow.client.to_string()))
            .with("server", Arg::Text(flow.server.to_string()))
            .with("wrap", Arg::Text(flow.carrier().to_owned()))
            .with("machines", Arg::Count(names.len() as u64))
            .with("bursts", Arg::Count(group.bursts_ms.len() as u64))
            .with("seconds", Arg::Number(law.mean_s.round()))
            .with("pairs", Arg::Count(group.tested as u64))
            .with("p", Arg::Text(format!("{:.1e}", group.p_value)));
        with_names(finding, "others", others.map(ToString::to_string))
    };
    if names.len() < 3 { Vec::new() } else { fresh.map(|it| finding(it)).collect() }
}

/// The part of these moments at which a flow hears something.
fn part(flow: &QuietFlow, bursts_ms: &[i64]) -> f64 {
    let near = |at: &&i64| {
        let place = flow.pushes_ms.partition_point(|it| *it < **at - ONE_MS);
        flow.pushes_ms.get(place).is_some_and(|it| *it <= **at + 2 * ONE_MS)
    };
    count(bursts_ms.iter().filter(near).count()) / count(bursts_ms.len()).max(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of pushes")]
fn count(number: usize) -> f64 {
    number as f64
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "three tunnels hear something at the same moments of an hour, without memory",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            seen_s = [0, 3600]
            pushes_ms = [
                66408, 156646, 440327, 509345, 587272, 684656, 707169, 785999, 895368, 1068581,
                1079422, 1119197, 1129716, 1312217, 1442189, 1446933, 1889995, 2258097, 2374746,
                2479915, 2498725, 2500382, 2583162, 2589895, 2613015, 2643512, 2646871, 2715548,
                2779430, 2982586, 3063176, 3175635, 3251873, 3371297, 3438538, 3474349,
            ]
            [[quiet_flow]]
            client = "10.0.0.6:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            seen_s = [0, 3600]
            pushes_ms = [
                66451, 156709, 440432, 509444, 587416, 684740, 707205, 786071, 895432, 1068677,
                1079510, 1119331, 1129831, 1312327, 1442281, 1446989, 1890103, 2258169, 2374811,
                2479957, 2498814, 2500529, 2583246, 2589960, 2613127, 2643662, 2647006, 2715544,
                2779461, 2982735, 3063230, 3175770, 3251971, 3371353, 3438628, 3474512,
            ]
            [[quiet_flow]]
            client = "10.0.0.7:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            seen_s = [0, 3600]
            pushes_ms = [
                66518, 156733, 440547, 509488, 587447, 684796, 707286, 786260, 895585, 1068800,
                1079637, 1119482, 1129826, 1312325, 1442379, 1447112, 1890271, 2258246, 2374971,
                2480119, 2498909, 2500565, 2583252, 2590015, 2613251, 2643698, 2647026, 2715708,
                2779572, 2982802, 3063402, 3175804, 3252012, 3371436, 3438674, 3474531,
            ]
        "#,
        expect: Expect::Found(&[TOGETHER.0, TOGETHER.0, TOGETHER.0]),
    },
    Example {
        title: "three tunnels whose keepalives fall on the same full minutes",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            seen_s = [0, 3600]
            pushes_ms = [
                60000, 120000, 180000, 240000, 300000, 360000, 420000, 480000, 540000, 600000,
                660000, 720000, 780000, 840000, 900000, 960000, 1020000, 1080000, 1140000,
                1200000, 1260000, 1320000, 1380000, 1440000, 1500000, 1560000, 1620000, 1680000,
                1740000, 1800000, 1860000, 1920000, 1980000, 2040000, 2100000, 2160000, 2220000,
                2280000, 2340000, 2400000, 2460000, 2520000, 2580000, 2640000, 2700000, 2760000,
                2820000, 2880000, 2940000, 3000000, 3060000, 3120000, 3180000, 3240000, 3300000,
                3360000, 3420000, 3480000,
            ]
            [[quiet_flow]]
            client = "10.0.0.6:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            seen_s = [0, 3600]
            pushes_ms = [
                60007, 120007, 180007, 240007, 300007, 360007, 420007, 480007, 540007, 600007,
                660007, 720007, 780007, 840007, 900007, 960007, 1020007, 1080007, 1140007,
                1200007, 1260007, 1320007, 1380007, 1440007, 1500007, 1560007, 1620007, 1680007,
                1740007, 1800007, 1860007, 1920007, 1980007, 2040007, 2100007, 2160007, 2220007,
                2280007, 2340007, 2400007, 2460007, 2520007, 2580007, 2640007, 2700007, 2760007,
                2820007, 2880007, 2940007, 3000007, 3060007, 3120007, 3180007, 3240007, 3300007,
                3360007, 3420007, 3480007,
            ]
            [[quiet_flow]]
            client = "10.0.0.7:40000"
            server = "192.0.2.7:51820"
            transport = "udp"
            wrap = "wireguard"
            seen_s = [0, 3600]
            pushes_ms = [
                60014, 120014, 180014, 240014, 300014, 360014, 420014, 480014, 540014, 600014,
                660014, 720014, 780014, 840014, 900014, 960014, 1020014, 1080014, 1140014,
                1200014, 1260014, 1320014, 1380014, 1440014, 1500014, 1560014, 1620014, 1680014,
                1740014, 1800014, 1860014, 1920014, 1980014, 2040014, 2100014, 2160014, 2220014,
                2280014, 2340014, 2400014, 2460014, 2520014, 2580014, 2640014, 2700014, 2760014,
                2820014, 2880014, 2940014, 3000014, 3060014, 3120014, 3180014, 3240014, 3300014,
                3360014, 3420014, 3480014,
            ]
        "#,
        expect: Expect::LookAlike,
    },
    Example { title: "no quiet flow in a day", given: "quiet_flow = []", expect: Expect::Silent },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickers_and_daily_notices_do_not_have_the_pace_of_blocks() {
        let knowledge = Knowledge::built_in().unwrap();
        let law = |mean_s, events| Law { mean_s, events, timer_s: 0.0 };
        for (mean_s, events, expected) in
            [(2.0, 5_000, false), (12.0, 300, false), (120.0, 60, true), (5_400.0, 16, false)]
        {
            assert_eq!(is_pace_of_blocks(&law(mean_s, events), &knowledge), expected, "{mean_s}");
        }
    }
}
