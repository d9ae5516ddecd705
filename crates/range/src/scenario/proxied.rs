//! A pool proxy inside a network: many miners log in to it, one connection leads to the pool.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::carrier::Carrier;
use crate::dialogue::{Dialogue, Side, nanos};
use crate::packets::Shape;
use crate::rhythm::JobTime;
use crate::rng::Rng;
use crate::scenario::{Generated, Session};

/// What others decide for a session: a proxy in between, or a pool for all who mine there.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// When jobs arrive, and which void older ones.
    pub(crate) jobs: Option<Arc<[JobTime]>>,
    /// When shares are sent.
    pub(crate) shares: Option<Arc<[u64]>>,
    /// What pools (`host:port`) send to everybody, where that is known already.
    pub(crate) sent: BTreeMap<String, Arc<[JobTime]>>,
    pub(crate) role: &'static str,
}

/// Miners behind a proxy. Jobs of the pool reach all of them at once, and each of their shares
/// goes on to the pool, so what comes in as many connections goes out as one.
#[derive(Clone, Debug)]
pub struct PoolProxy {
    /// The proxy's own session at the pool; its hashrate and difficulty are those of the miners.
    pub upstream: Session,
    /// Where the proxy listens.
    pub listen: SocketAddr,
    /// The miners; where they connect to and their difficulty is set by the proxy.
    pub miners: Vec<Session>,
}

impl PoolProxy {
    /// The miners' connections and then the upstream one.
    #[must_use]
    pub fn dialogues(&self) -> Vec<Dialogue> {
        let mut rng = Rng::new(self.upstream.seed).fork("proxy");
        let rate: f64 = self.miners.iter().map(|miner| miner.hashrate).sum();
        // all share one difficulty, at which each sends a few shares a minute
        let slowest = self.miners.iter().map(|miner| miner.hashrate).fold(f64::INFINITY, f64::min);
        let slowest = if slowest.is_finite() { slowest.max(1e-6) } else { 1.0 };
        let work = self.upstream.work.unwrap_or(slowest * 60.0 / self.upstream.shares_per_minute);
        let mut upstream = Session {
            hashrate: rate,
            work: Some(work),
            retarget_seconds: f64::INFINITY,
            ..self.upstream.clone()
        };
        let end_ns = upstream.start_ns + nanos(upstream.seconds);
        let travel = nanos(upstream.rtt_ms / 2e3) + nanos(rng.between(0.001, 0.02));
        let later = |jobs: &[JobTime], rng: &mut Rng, least: f64, most: f64| -> Arc<[JobTime]> {
            let mut shift = |job: &JobTime| JobTime {
                time_ns: job.time_ns + nanos(rng.between(least, most)),
                clean: job.clean,
            };
            jobs.iter().map(&mut shift).collect()
        };
        let mut sent = upstream.sent_by_pool(end_ns).to_vec();
        for job in &mut sent {
            job.time_ns += travel;
        }
        let arrived = later(&sent, &mut rng, 0.0, 0.004);
        let mut all = Vec::new();
        let mut shares = Vec::new();
        for miner in &self.miners {
            let miner = Session {
                coin: upstream.coin,
                server: self.listen,
                host: self.listen.ip().to_string(),
                port: self.listen.port(),
                work: Some(work),
                retarget_seconds: f64::INFINITY,
                rtt_ms: miner.rtt_ms.min(2.0),
                chain: upstream.chain.clone(),
                script: Script {
                    jobs: Some(later(&arrived, &mut rng, 0.000_2, 0.001_5)),
                    role: "behind-proxy",
                    ..Script::default()
                },
                ..miner.clone()
            };
            for dialogue in miner.dialogues() {
                shares.extend(shared(&miner, &dialogue));
                all.push(dialogue);
            }
        }
        shares.sort_unstable();
        for share in &mut shares {
            *share += nanos(rng.between(0.000_2, 0.001));
        }
        upstream.script = Script {
            jobs: Some(arrived),
            shares: Some(shares.into()),
            role: "proxy-upstream",
            ..Script::default()
        };
        all.extend(upstream.dialogues());
        all
    }

    /// The proxy and its miners as frames with their truth.
    #[must_use]
    pub fn generate(&self) -> Generated {
        Generated::from_dialogues(&self.dialogues(), &Shape::default(), self.upstream.seed)
    }
}

/// When a miner sent its shares. The writes tell it for miners in the clear, which is what a
/// proxy inside a network is talked to in, and for dialects whose shares say `submit`; others
/// are not handed on.
fn shared<'a>(miner: &Session, dialogue: &'a Dialogue) -> impl Iterator<Item = u64> + 'a {
    let clear = miner.carrier == Carrier::Tcp;
    let says = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|at| at == word);
    let is_share = move |bytes: &[u8]| {
        says(bytes, b"submit") && !says(bytes, b"submitLogin") && !says(bytes, b"submitHashrate")
    };
    let turns = dialogue.turns.iter().filter(move |turn| clear && turn.from == Side::Client);
    turns.filter(move |turn| is_share(&turn.bytes)).map(|turn| turn.time_ns)
}
