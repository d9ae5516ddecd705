//! Dimension 2: network traffic.

mod block_clock;
mod block_source;
mod browser_mining;
mod coin;
mod learned;
mod learned_rhythm;
mod logged_contact;
mod mining_rhythm;
mod node_traffic;
mod pool_abroad;
mod pool_contact;
mod pool_lookup;
mod pool_port;
mod pool_probe;
mod pool_proxy;
mod probe;
mod pushed_together;
mod reported_clue;
mod sensor_alert;
mod serving;
mod session;
mod session_row;
mod share_rate;
mod stratum_login;
mod stratum_shares;
mod tunnel_use;
mod work_served;

use crate::Detector;

pub(crate) static DETECTORS: &[&dyn Detector] = &[
    &stratum_shares::StratumShares,
    &stratum_login::StratumLogin,
    &work_served::WorkServed,
    &pool_contact::PoolContacts,
    &pool_lookup::PoolLookup,
    &node_traffic::Nodes,
    &pool_probe::PoolProbe,
    &pool_abroad::PoolAbroad,
    &browser_mining::BrowserMining,
    &pool_port::PoolPort,
    &mining_rhythm::MiningRhythm,
    &block_clock::BlockClock,
    &tunnel_use::TunnelUse,
    &pushed_together::PushedTogether,
    &pool_proxy::PoolProxy,
    &learned_rhythm::LearnedRhythm,
    &sensor_alert::SensorAlerts,
    &reported_clue::ReportedClues,
    &logged_contact::LoggedContacts,
];
