//! Tunnels made, written, and read as captures of anybody are.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use minehound_collect::blocks::block_times;
use minehound_collect::{gather, walk};
use minehound_model::{Fact, Interest, Observation};
use minehound_range::capture::PcapStyle;
use minehound_range::chain::Chain;
use minehound_range::packets::Shape;
use minehound_range::rhythm::Refresh;
use minehound_range::rng::Rng;
use minehound_range::scenario::{Generated, Session};
use minehound_range::tunnel::Tunnel;

use super::{COINS, Cell, HOURS};
use crate::train::examples::Silent;

/// 2026-01-05T00:00:00Z.
const START_NS: u64 = 1_767_571_200_000_000_000;
/// Other packets (or messages) a second where other traffic is light.
const LIGHT: (f64, f64) = (0.1, 1.0);
/// How far the clock of the site's node is off at the most, in seconds.
const CLOCK_OFF_S: f64 = 3.0;
/// The part of blocks that the node's log misses.
const MISSED: f64 = 0.02;

/// A tunnel to make.
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) cell: Cell,
    /// Its coin by place; none for an innocent tunnel.
    pub(super) coin: Option<usize>,
    pub(super) number: u64,
    pub(super) host: u16,
}

/// A tunnel as it was seen.
pub(super) struct Watched {
    pub(super) cell: Cell,
    pub(super) coin: Option<usize>,
    /// What the miner's pool sends between blocks, in words of the page; empty for innocent tunnels.
    pub(super) between: &'static str,
    /// The flow as it was noted, if it was.
    pub(super) seen: Option<Observation>,
}

/// A file of block times as the program read it: milliseconds since 1970.
pub(super) type Blocks = Vec<i64>;

/// The blocks of every coin at a site.
pub(super) fn chains(seed: u64) -> Vec<Chain> {
    let seconds = f64::from(HOURS) * 3_600.0;
    COINS.iter().map(|(coin, _)| Chain::poisson(*coin, START_NS, seconds, seed)).collect()
}

/// When the blocks came to a node of the site, by its log, through the importer.
pub(super) fn arrivals(chain: &Chain, seed: u64) -> anyhow::Result<Blocks> {
    let mut rng = Rng::new(seed).fork("node");
    let off_s = rng.between(-CLOCK_OFF_S, CLOCK_OFF_S);
    let whole = rng.chance(0.75);
    let mut text = String::from("time\n");
    for block in chain.noticed_by(&format!("node{seed}.example:8333")) {
        if rng.chance(MISSED) {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "to the microsecond")]
        let at_s = block.time_ns as f64 / 1e9 + off_s;
        let at_s = if whole { at_s.floor() } else { at_s };
        writeln!(text, "{at_s:.3}")?;
    }
    Ok(block_times(&text)?)
}

/// Makes a tunnel, writes its capture and reads it.
pub(super) fn watch(plan: &Plan, chains: &[Chain], folder: &Path) -> anyhow::Result<Watched> {
    let (made, between) = make(plan, chains);
    let path = folder.join("tunnel.pcap");
    fs::write(&path, made.to_pcap(PcapStyle::default()))?;
    // Of shadowsocks, other traffic has a connection of its own; the miner's is looked at.
    let flow = made.truth.mining().next().map(|it| it.0).or(made.truth.flows.first());
    let ends = flow.map(|it| (it.client, it.server));
    drop(made.frames);
    let read = gather(&walk(&[path]), &Interest::default(), &BTreeSet::new(), &mut Silent);
    let is_it = |it: &Observation| matches!(&it.fact, Fact::QuietFlow(flow) if is_between(ends, flow.client, flow.server));
    let seen = read.collected.observations.into_iter().find(is_it);
    Ok(Watched { cell: plan.cell, coin: plan.coin, between, seen })
}

fn is_between(ends: Option<(SocketAddr, SocketAddr)>, one: SocketAddr, other: SocketAddr) -> bool {
    ends == Some((one, other)) || ends == Some((other, one))
}

/// The tunnel, and what the pool of its miner sends between blocks.
fn make(plan: &Plan, chains: &[Chain]) -> (Generated, &'static str) {
    let Plan { seed, cell, coin, number, host } = *plan;
    let mut rng = Rng::new(seed ^ (u64::from(host) << 32)).fork("tunnel");
    let [high, low] = host.to_be_bytes();
    let client = IpAddr::V4(Ipv4Addr::new(10, 60, high, low));
    let mut tunnel = Tunnel::new(cell.kind);
    tunnel.rtt_ms = rng.between(8.0, 60.0);
    if cell.light {
        tunnel.other_per_second = LIGHT.0 * (LIGHT.1 / LIGHT.0).powf(rng.unit());
    }
    let seconds = f64::from(HOURS) * 3_600.0;
    let own = rng.next_u64();
    let mined = coin.and_then(|it| Some((COINS.get(it)?, chains.get(it)?)));
    let Some(((coin, dialect), chain)) = mined else {
        let end_ns = START_NS + 1_000_000_000 * 3_600 * u64::from(HOURS);
        let flows = tunnel.around(&[], client, START_NS, end_ns, own);
        return (Generated::from_dialogues(&flows, &Shape::default(), own), "");
    };
    let mut session = Session::new(*dialect, own);
    session.coin = *coin;
    session.hashrate = coin.usual_rate();
    session.client = client;
    session.start_ns = START_NS + 6_000_000_000;
    session.seconds = seconds - 6.0;
    session.rtt_ms = tunnel.rtt_ms + rng.between(5.0, 80.0);
    session.shares_per_minute = 6.0_f64.powf(rng.unit());
    session.host = format!("pool{}.site{seed}.example", number % 3);
    let (refresh, between) = match rng.below(6) {
        0 => (Refresh::Never, "nothing"),
        1 => (Refresh::Between(30.0, 60.0), "30 to 60 s after the last job"),
        2 => (Refresh::Steady(30.0), "every 30 s"),
        3 => (Refresh::Steady(60.0), "every 60 s"),
        4 => (Refresh::AfterJob(30.0), "30 s after the last job"),
        _ => (Refresh::AfterJob(55.0), "55 s after the last job"),
    };
    session.refresh = refresh;
    if rng.chance(0.3) {
        session.burst_seconds = 120.0;
    }
    if rng.chance(0.3) {
        session.keepalive_seconds = f64::INFINITY;
    }
    session.chain = Some(chain.clone());
    session.tunnel = Some(tunnel);
    (session.generate(), between)
}
