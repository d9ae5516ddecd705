//! A scenario brought to life: hosts that open connections, and a sensor that sees their packets in
//! order of time.
//!
//! Everything is made when it is due. A heap holds the next moment of every life and of every open
//! connection, so that memory grows with what happens at the same time and not with how long it
//! lasts.

pub(crate) mod answers;
pub(crate) mod body;
pub(crate) mod chance;
pub(crate) mod cut;
pub(crate) mod der;
pub(crate) mod frame;
pub(crate) mod hello;
mod mining;
pub(crate) mod notes;
mod people;
pub(crate) mod script;
pub(crate) mod sink;
mod stream;

pub use answers::{FlowAnswer, Heading, HostAnswer};
pub use stream::Summary;

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use crate::chain::Chain;
use crate::coin::Coin;
use crate::dialogue::nanos;
use crate::rng::Rng;
use crate::scenario::Session;
use crate::scenario_file::{Miners, Scenario};
use sink::Sink;

/// A scenario with its seed.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) scenario: Scenario,
    pub(crate) seed: u64,
    /// The blocks of each coin, the same for all who mine it or keep a node.
    pub(crate) chains: BTreeMap<&'static str, Chain>,
}

impl World {
    /// Settles what all share: when blocks are found, as files tell or as a Poisson process.
    #[must_use]
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        let mut chains = scenario.blocks.clone();
        let rng = Rng::new(seed).fork("blocks");
        // nodes hear of blocks of these two whether somebody mines them or not
        let coins =
            [Coin::Btc, Coin::Xmr].into_iter().chain(scenario.miners.iter().map(|it| it.coin));
        for coin in coins {
            let seed = rng.clone().fork(coin.ticker()).next_u64();
            chains
                .entry(coin.ticker())
                .or_insert_with(|| Chain::poisson(coin, scenario.start_ns, scenario.seconds, seed));
        }
        Self { scenario, seed, chains }
    }

    /// The session of one miner at this address, for whoever plays it elsewhere.
    pub(crate) fn one_session(&self, group: &Miners, client: IpAddr, rng: &mut Rng) -> Session {
        let made = mining::one(self, group, client, rng);
        made.unwrap_or_else(|| Session::new(group.dialect, self.seed))
    }

    /// When blocks of a coin arrived while the scenario lasts.
    pub(crate) fn block_times(&self, ticker: &str) -> Arc<[u64]> {
        let start = self.scenario.start_ns;
        let end = start.saturating_add(nanos(self.scenario.seconds));
        let blocks = self.chains.get(ticker).map(Chain::blocks).unwrap_or_default();
        let times = blocks.iter().map(|block| block.time_ns);
        times.filter(|time| (start..end).contains(time)).collect()
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
                .chains
                .keys()
                .map(|coin| ((*coin).to_owned(), self.block_times(coin).to_vec()))
                .collect(),
            hosts,
        }
    }
}
