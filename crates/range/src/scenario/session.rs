//! One miner at one pool.

mod connection;
mod logins;
mod told;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::carrier::{Carrier, Padding};
use crate::chain::Chain;
use crate::coin::Coin;
use crate::dialogue::{Dialogue, nanos};
use crate::miner::Plan;
use crate::packets::Shape;
use crate::rhythm::{self, Hours, JobTime, Refresh};
use crate::rng::Rng;
use crate::scenario::{Dialect, Generated, Gzip, JsonStyle, Script, requests};
use crate::speech::Seat;
use crate::truth::LoginTruth;
use crate::tunnel::Tunnel;

pub(crate) use connection::{Connection, Connections};

/// How a miner names itself to the pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// `wallet.worker`.
    #[default]
    WalletAndWorker,
    /// The wallet alone; the worker stands elsewhere or nowhere.
    Wallet,
    /// `account.worker`, where the account is a name at the pool.
    Account,
}

/// Where to mine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The pool's (or the proxy's) address.
    pub server: SocketAddr,
    /// The pool's name.
    pub host: String,
    /// The pool's port.
    pub port: u16,
}

/// A mining session to generate. Start from [`Session::new`] and change what matters.
#[derive(Clone, Debug)]
pub struct Session {
    /// What is spoken.
    pub dialect: Dialect,
    /// What is mined.
    pub coin: Coin,
    /// Units per second; 0 for a miner that logs in and never finds a share.
    pub hashrate: f64,
    /// Later rates: seconds after the start, units per second.
    pub rate_changes: Vec<(f64, f64)>,
    /// How long the whole session lasts, reconnects included.
    pub seconds: f64,
    /// Nanoseconds since 1970.
    pub start_ns: u64,
    /// The seed of everything random.
    pub seed: u64,
    /// The miner's address; its port comes from the seed.
    pub client: IpAddr,
    /// The pool's (or the proxy's) address.
    pub server: SocketAddr,
    /// The pool's name, where the dialect or the carrier says it.
    pub host: String,
    /// The pool's port, where the dialect or the carrier says it.
    pub port: u16,
    /// How the miner names itself.
    pub naming: Naming,
    /// The workers' names; more than one logs in where the dialect allows it.
    pub workers: Vec<String>,
    /// What the program calls itself.
    pub agent: String,
    /// What carries the dialogue; the HTTP dialects take only `Tcp`, `HttpConnect` and `Socks5`.
    pub carrier: Carrier,
    /// The pool's aim.
    pub shares_per_minute: f64,
    /// Seconds between the pool's looks at the share rate; infinite for a fixed difficulty.
    pub retarget_seconds: f64,
    /// A new difficulty waits for the next regular job.
    pub lazy_difficulty: bool,
    /// The fraction of shares that come too late.
    pub stale: f64,
    /// The fraction of shares that the pool finds too easy.
    pub rejected: f64,
    /// Seconds between signs of life, for dialects that have them; infinite for none.
    pub keepalive_seconds: f64,
    /// Seconds between reports of the own rate, for dialects that have them; infinite for none.
    pub report_seconds: f64,
    /// Seconds between fetches of work, for the HTTP dialects.
    pub poll_seconds: f64,
    /// For the HTTP dialects without a carrier: a small script rather than a known program, whose
    /// requests claim nothing and have a connection each.
    pub by_script: bool,
    /// Closes and opens again after so many seconds, again and again.
    pub reconnect_seconds: Option<f64>,
    /// Round trip to the pool in milliseconds.
    pub rtt_ms: f64,
    /// When the pool sends jobs between blocks.
    pub refresh: Refresh,
    /// The mean of seconds between jobs that come with neither a block nor the refresh, such as
    /// new transactions; infinite for none. Only with a `chain` or a timer.
    pub burst_seconds: f64,
    /// The coin's blocks, to be shared by all who mine it. Without one, and without a timer, each
    /// connection draws its own.
    pub chain: Option<Chain>,
    /// The probability that a good share is followed by a job at once.
    pub job_after_share: f64,
    /// The first work per share, where the pool does not fit it to the rate.
    pub work: Option<f64>,
    /// From when to when (nanoseconds since 1970) the program runs; empty for all the time.
    pub running: Vec<(u64, u64)>,
    /// At which hours the miner works how hard.
    pub hours: Option<Hours>,
    /// Everything is held back by up to so many seconds.
    pub jitter_seconds: f64,
    /// What hides the length of messages: zeros in records of TLS 1.3, else spaces in JSON.
    pub padding: Padding,
    /// How far the time of a reconnect may lie from `reconnect_seconds`, as a part of it.
    pub reconnect_spread: f64,
    /// What else is done to escape notice, in words of the truth.
    pub evasion: Vec<String>,
    /// Other pools: each reconnect goes to the next of them and then to the first again.
    pub fail_over: Vec<Pool>,
    /// A tunnel around everything; the pool is then at its far end.
    pub tunnel: Option<Tunnel>,
    /// What a [`PoolProxy`] in between decides.
    ///
    /// [`PoolProxy`]: crate::scenario::PoolProxy
    pub script: Script,
    /// How both ends write JSON.
    pub style: JsonStyle,
    /// For Alephium.
    pub gzip: Gzip,
    /// How packets are cut and wrapped.
    pub shape: Shape,
}

/// 2026-01-05T08:00:00Z.
pub(crate) const MONDAY_NS: u64 = 1_767_600_000_000_000_000;

/// A tunnel is opened so long before the miner in it starts.
pub(crate) const TUNNEL_LEAD_NS: u64 = 5_000_000_000;

impl Session {
    /// A usual device on a usual pool for ten minutes.
    #[must_use]
    pub fn new(dialect: Dialect, seed: u64) -> Self {
        let coin = dialect.usual_coin();
        let port = dialect.usual_port();
        let fixed = dialect == Dialect::GetBlockTemplate;
        Self {
            dialect,
            coin,
            hashrate: coin.usual_rate(),
            rate_changes: Vec::new(),
            seconds: 600.0,
            start_ns: MONDAY_NS,
            seed,
            client: IpAddr::V4(Ipv4Addr::new(192, 168, 1, 23)),
            server: SocketAddr::from(([203, 0, 113, 7], port)),
            host: "pool.example".to_owned(),
            port,
            naming: Naming::WalletAndWorker,
            workers: vec!["rig1".to_owned()],
            agent: dialect.usual_agent().to_owned(),
            carrier: if dialect == Dialect::Coinhive { Carrier::WebSocket } else { Carrier::Tcp },
            shares_per_minute: 6.0,
            retarget_seconds: if fixed { f64::INFINITY } else { 90.0 },
            lazy_difficulty: false,
            stale: 0.01,
            rejected: 0.005,
            keepalive_seconds: 60.0,
            report_seconds: f64::INFINITY,
            poll_seconds: match dialect {
                Dialect::EthGetWork => 2.0,
                Dialect::GetWork => 20.0,
                _ => 10.0,
            },
            by_script: false,
            reconnect_seconds: None,
            rtt_ms: 40.0,
            refresh: Refresh::Between(30.0, 60.0),
            burst_seconds: f64::INFINITY,
            chain: None,
            job_after_share: 0.0,
            work: None,
            running: Vec::new(),
            hours: None,
            jitter_seconds: 0.0,
            padding: Padding::None,
            reconnect_spread: 0.0,
            evasion: Vec::new(),
            fail_over: Vec::new(),
            tunnel: None,
            script: Script::default(),
            style: JsonStyle::Compact,
            gzip: Gzip::Off,
            shape: Shape::default(),
        }
    }

    fn rates(&self) -> Vec<(u64, f64)> {
        let mut rates = vec![(self.start_ns, self.hashrate)];
        rates.extend(
            self.rate_changes.iter().map(|(after, rate)| (self.start_ns + nanos(*after), *rate)),
        );
        match &self.hours {
            Some(hours) => rhythm::scaled(&rates, hours, self.start_ns + nanos(self.seconds)),
            None => rates,
        }
    }

    /// The first work per share: within a factor of two of what the pool aims at.
    fn first_work(&self, rng: &mut Rng) -> f64 {
        let rate = if self.hashrate > 0.0 { self.hashrate } else { self.coin.usual_rate() };
        let spread = if self.retarget_seconds.is_finite() { rng.between(0.5, 1.6) } else { 1.0 };
        self.work.unwrap_or(rate * 60.0 / self.shares_per_minute * spread)
    }

    /// From when to when the program runs and is connected.
    fn stretches(&self) -> Vec<(u64, u64)> {
        let end_ns = self.start_ns + nanos(self.seconds);
        let running = if self.running.is_empty() {
            vec![(self.start_ns, end_ns)]
        } else {
            self.running.clone()
        };
        let connected = |(from, to): &(u64, u64)| match &self.hours {
            Some(hours) => hours.connected(*from, *to),
            None => vec![(*from, *to)],
        };
        running.iter().flat_map(connected).filter(|(from, to)| from < to).collect()
    }

    /// Whether the program runs at all.
    pub(crate) fn runs(&self) -> bool {
        !self.stretches().is_empty()
    }

    /// The connections of the session, in order.
    #[must_use]
    pub fn dialogues(&self) -> Vec<Dialogue> {
        let mut connections = Connections::new(self.clone());
        let mut all = Vec::new();
        for connection in connections.by_ref() {
            let connection = connection.whole();
            if self.by_script && self.dialect.over_http() {
                all.extend(requests::apart(&connection));
            } else {
                all.push(connection);
            }
        }
        match &self.tunnel {
            // the tunnel stood for a while before
            Some(tunnel) => {
                let before = self.start_ns.saturating_sub(TUNNEL_LEAD_NS);
                let end_ns = self.start_ns + nanos(self.seconds);
                tunnel.around(&all, self.client, before, end_ns, connections.rng.next_u64())
            }
            None => all,
        }
    }

    /// The session at the pool of its n-th connection.
    fn at_pool(&self, connection: usize) -> Self {
        let mut at = self.clone();
        let turn = connection % (self.fail_over.len() + 1);
        if let Some(pool) = turn.checked_sub(1).and_then(|place| self.fail_over.get(place)) {
            at.server = pool.server;
            at.host.clone_from(&pool.host);
            at.port = pool.port;
        }
        at
    }

    /// The coin's blocks as this session knows them.
    fn blocks(&self) -> Chain {
        self.chain.clone().unwrap_or_else(|| {
            Chain::poisson(self.coin, self.start_ns, self.seconds + 60.0, self.seed)
        })
    }

    /// What the pool sends to everybody.
    pub(super) fn sent_by_pool(&self, until_ns: u64) -> Arc<[JobTime]> {
        let pool = format!("{}:{}", self.host, self.port);
        if let Some(sent) = self.script.sent.get(&pool) {
            return sent.clone();
        }
        rhythm::jobs(&self.blocks(), &pool, self.refresh, self.burst_seconds, until_ns).into()
    }

    /// Makes what its pools send once for all who mine there: until the session's end.
    pub(crate) fn with_jobs_of_pools(mut self) -> Self {
        if self.keeps_own_time() {
            return self;
        }
        let until_ns = self.start_ns + nanos(self.seconds);
        for connection in 0..=self.fail_over.len() {
            let at = self.at_pool(connection);
            let jobs = at.sent_by_pool(until_ns);
            self.script.sent.insert(format!("{}:{}", at.host, at.port), jobs);
        }
        self
    }

    /// Whether the connections draw their own blocks and refreshes.
    fn keeps_own_time(&self) -> bool {
        self.chain.is_none() && self.refresh.seconds().is_none() && self.script.jobs.is_none()
    }

    fn seat(&self, logins: &[LoginTruth], rng: &mut Rng) -> Seat {
        let mut seat = Seat::new(rng.fork("seat"), self.coin, logins.to_vec());
        seat.agent.clone_from(&self.agent);
        seat.host.clone_from(&self.host);
        seat.port = self.port;
        seat.style = self.style;
        seat.gzip = self.gzip;
        seat.rate = self.hashrate;
        seat.bare = self.by_script;
        if self.naming == Naming::Wallet && self.dialect == Dialect::CryptoNote {
            seat.password = self.workers.first().cloned().unwrap_or_else(|| "x".to_owned());
        }
        seat
    }

    fn plan(&self, ready_ns: u64, end_ns: u64, work: f64, workers: usize) -> Plan {
        Plan {
            ready_ns,
            end_ns,
            rtt_ns: nanos(self.rtt_ms / 1e3),
            rates: self.rates(),
            block_seconds: self.coin.block_seconds(),
            shares_per_minute: self.shares_per_minute,
            work,
            retarget_seconds: self.retarget_seconds,
            lazy: self.lazy_difficulty,
            stale: self.stale,
            rejected: self.rejected,
            keepalive_seconds: self.keepalive_seconds,
            report_seconds: self.report_seconds,
            poll_seconds: self.poll_seconds,
            workers,
            refresh: self.refresh,
            jobs: None,
            handed_on: self.script.jobs.is_some(),
            shares: self.script.shares.clone(),
            job_after_share: self.job_after_share,
            jitter_seconds: self.jitter_seconds,
        }
    }

    /// The session as frames with their truth.
    #[must_use]
    pub fn generate(&self) -> Generated {
        Generated::from_dialogues(&self.dialogues(), &self.shape, self.seed)
    }
}
