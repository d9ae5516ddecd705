//! The scenarios that come with the program, smallest first.

use super::Scenario;
use super::problem::Problem;

/// Name and text of each, in order of what they write.
pub const SHIPPED: [(&str, &str); 11] = [
    ("smoke", include_str!("../../scenarios/smoke.toml")),
    ("one-miner-each-dialect", include_str!("../../scenarios/one-miner-each-dialect.toml")),
    ("pool-proxy", include_str!("../../scenarios/pool-proxy.toml")),
    ("sv2", include_str!("../../scenarios/sv2.toml")),
    ("office", include_str!("../../scenarios/office.toml")),
    ("farm", include_str!("../../scenarios/farm.toml")),
    ("tls-pool", include_str!("../../scenarios/tls-pool.toml")),
    ("botnet-slow-victims", include_str!("../../scenarios/botnet-slow-victims.toml")),
    ("block-clock-tunnel", include_str!("../../scenarios/block-clock-tunnel.toml")),
    ("look-alikes", include_str!("../../scenarios/look-alikes.toml")),
    ("campus", include_str!("../../scenarios/campus.toml")),
];

/// Scenarios of logs, smallest first.
pub const SHIPPED_LOGS: [(&str, &str); 3] = [
    ("campus-logs", include_str!("../../scenarios/campus-logs.toml")),
    ("campus-logs-holes", include_str!("../../scenarios/campus-logs-holes.toml")),
    ("campus-logs-full", include_str!("../../scenarios/campus-logs-full.toml")),
];

/// Live scenarios, smallest first.
pub const SHIPPED_LIVE: [(&str, &str); 5] = [
    ("live-smoke", include_str!("../../scenarios/live-smoke.toml")),
    ("live-tls", include_str!("../../scenarios/live-tls.toml")),
    ("live-tunnels", include_str!("../../scenarios/live-tunnels.toml")),
    ("live-look-alikes", include_str!("../../scenarios/live-look-alikes.toml")),
    ("live-block-clock", include_str!("../../scenarios/live-block-clock.toml")),
];

/// The scenario with this name; `None` when none comes with the program.
#[must_use]
pub fn shipped(name: &str) -> Option<Result<Scenario, Problem>> {
    let (name, text) = SHIPPED.iter().find(|(it, _)| *it == name)?;
    Some(Scenario::parse(&format!("{name}.toml"), text))
}
