//! A scenario brought to life: hosts that open connections, and a sensor that sees their packets in
//! order of time.
//!
//! Everything is made when it is due. A heap holds the next moment of every life and of every open
//! connection, so that memory grows with what happens at the same time and not with how long it
//! lasts.

pub(crate) mod answers;
pub(crate) mod body;
pub(crate) mod chance;
mod covered;
pub(crate) mod cut;
pub(crate) mod der;
pub(crate) mod frame;
pub(crate) mod hello;
mod mining;
pub(crate) mod notes;
mod people;
mod rhythm;
pub(crate) mod script;
pub(crate) mod sink;
mod stream;
mod told_session;

pub use answers::{FlowAnswer, Heading, HostAnswer};
pub use stream::Summary;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::coin::Coin;
use crate::dialogue::nanos;
use crate::rng::Rng;
use crate::scenario_file::Scenario;
use sink::Sink;

/// A scenario with its seed.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) scenario: Scenario,
    pub(crate) seed: u64,
    pub(crate) blocks: BTreeMap<&'static str, Arc<[u64]>>,
}

impl World {
    /// Settles what all share: when blocks are found.
    #[must_use]
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        let mut blocks = BTreeMap::new();
        // nodes hear of blocks of these two whether somebody mines them or not
        let coins =
            [Coin::Btc, Coin::Xmr].into_iter().chain(scenario.miners.iter().map(|it| it.coin));
        for coin in coins {
            blocks.entry(coin.ticker()).or_insert_with(|| block_times(coin, &scenario, seed));
        }
        Self { scenario, seed, blocks }
    }

    /// Shortens (or stretches) it to so many hours.
    #[must_use]
    pub fn hours(scenario: Scenario, hours: f64) -> Scenario {
        Scenario { seconds: hours * 3_600.0, ..scenario }
    }

    /// Makes it smaller (or larger): every group has so many times as many hosts, one at least.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "counts of hosts are small and positive"
    )]
    pub fn scaled(mut scenario: Scenario, factor: f64) -> Scenario {
        let scale = |count: u64| ((count as f64 * factor).round() as u64).max(1);
        for group in &mut scenario.miners {
            group.count = scale(group.count);
        }
        for group in &mut scenario.innocents {
            group.count = scale(group.count);
        }
        scenario
    }

    /// Plays it from the first to the last packet.
    pub(crate) fn play(&self, sink: &mut dyn Sink) -> io::Result<Summary> {
        let mut rng = Rng::new(self.seed).fork("world");
        let (hosts, lives) = people::settle(self, &mut rng);
        stream::run(self, &hosts, lives, sink, &mut rng)
    }

    /// The head of the truth.
    pub(crate) fn heading(&self) -> Heading {
        let mut rng = Rng::new(self.seed).fork("world");
        let (hosts, _) = people::settle(self, &mut rng);
        let start = self.scenario.start_ns;
        Heading {
            schema: "minehound.truth/1".to_owned(),
            scenario: self.scenario.name.clone(),
            seed: self.seed,
            span_ns: (start, start + nanos(self.scenario.seconds)),
            impairments: self.scenario.capture.impairments(),
            blocks: self
                .blocks
                .iter()
                .map(|(coin, times)| ((*coin).to_owned(), times.to_vec()))
                .collect(),
            hosts,
        }
    }
}

/// When blocks of a coin reach everybody: a Poisson process of the coin's interval.
fn block_times(coin: Coin, scenario: &Scenario, seed: u64) -> Arc<[u64]> {
    let mut rng = Rng::new(seed).fork("blocks").fork(coin.ticker());
    // a pool pushes at most about one job a second
    let mean = coin.block_seconds().max(1.0);
    let end = scenario.start_ns + nanos(scenario.seconds);
    let (mut now, mut times) = (scenario.start_ns, Vec::new());
    while now < end {
        now += nanos(rng.exponential(mean).max(0.3));
        times.push(now);
    }
    Arc::from(times)
}
