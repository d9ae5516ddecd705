//! Hashrate from shares, and power from hashrate.
//!
//! Shares that meet their targets are Poisson events with mean `hashrate × exposure`, where the
//! exposure is the integral of `dt / hashes per share` while a target was in force, whatever the
//! pool did to the difficulty meanwhile. The interval is the one of Jeffreys' prior: the 5 % and
//! 95 % quantiles of a gamma distribution of shape `shares + 1/2` and rate `exposure` (Brown, Cai
//! and `DasGupta`, "Interval estimation in exponential families", Statistica Sinica 13, 2003). It
//! holds the truth nine times in ten on the average over hashrates.

mod gamma;

use minehound_model::{DifficultyUnit, Estimate, PoolSession, PowerRange, WorkDone};

use crate::Knowledge;
use crate::knowledge::schema::{Algorithm, DeviceClass};

/// The normal score of 95 %.
const Z95: f64 = 1.644_853_626_951_472_7;

/// A miner that reports this many times more, or less, than its shares can stand for contradicts
/// them.
const CONTRADICTION: f64 = 3.0;

/// Without a share a shorter time than this bounds nothing worth saying, in seconds.
const SHORTEST_S: f64 = 30.0;

/// A connection that would need more devices of a class than this is not made by that class.
const MOST_DEVICES: f64 = 1_000.0;

/// The smallest part of the smallest device of a class that still counts as that class, slowed.
const SLOWED: f64 = 0.3;

/// The estimate of a rate from a number of events and the exposure they had, in events per unit
/// of exposure: best, low, high. `None` without exposure.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "shares are far fewer than 2^53")]
pub fn rate(events: u64, exposure: f64) -> Option<(f64, f64, f64)> {
    if !exposure.is_finite() || exposure <= 0.0 {
        return None;
    }
    let events = events as f64;
    let shape = events + 0.5;
    // Nothing seen leaves zero possible.
    let low = if events < 0.5 { 0.0 } else { gamma::quantile(shape, -Z95) };
    let rate = (events / exposure, low / exposure, gamma::quantile(shape, Z95) / exposure);
    (rate.0.is_finite() && rate.2.is_finite()).then_some(rate)
}

/// The hashrate that a session's shares stand for. `algorithm` says what a difficulty of the
/// pool's own scale counts, and the unit.
#[must_use]
pub fn of_session(session: &PoolSession, algorithm: Option<&Algorithm>) -> Option<Estimate> {
    if session.exposed_shares == 0 && session.exposed_s < SHORTEST_S {
        return None;
    }
    let hashes = match session.difficulty_unit {
        DifficultyUnit::Hashes => 1.0,
        DifficultyUnit::PoolDifficulty => hashes_per_difficulty(&session.dialect, algorithm)?,
    };
    let (value, low, high) = rate(session.exposed_shares, session.exposure / hashes)?;
    Some(Estimate { value, low, high, unit: unit(&session.dialect, algorithm) })
}

/// The hashrate that work done by several over so many seconds stands for. Their numbers of shares
/// vary apart from each other, so variances add.
#[must_use]
pub fn of_work(done: &WorkDone, seconds: f64, algorithm: Option<&Algorithm>) -> Option<Estimate> {
    let hashes = match done.difficulty_unit {
        DifficultyUnit::Hashes => 1.0,
        DifficultyUnit::PoolDifficulty => hashes_per_difficulty(&done.dialect, algorithm)?,
    };
    let value = done.amount * hashes / seconds;
    let reach = Z95 * done.variance.sqrt() * hashes / seconds;
    let unit = unit(&done.dialect, algorithm);
    let told = Estimate { value, low: (value - reach).max(0.0), high: value + reach, unit };
    (seconds > 0.0 && told.high.is_finite()).then_some(told)
}

/// What a rate counts.
fn unit(dialect: &str, algorithm: Option<&Algorithm>) -> &'static str {
    match algorithm.map(|it| it.unit.as_str()) {
        Some("Sol/s") => "Sol/s",
        Some("G/s") => "G/s",
        None if dialect == "equihash" || dialect == "beam" => "Sol/s",
        None if dialect == "grin" => "G/s",
        _ => "H/s",
    }
}

/// What a difficulty of 1 counts, in the unit of the dialect's hashrate.
///
/// Sources: Grin's difficulty is the mean number of solutions of a share
/// (`mimblewimble/grin:servers/src/mining/stratumserver.rs`, `to_unscaled_difficulty`), and one
/// graph in 42 has one (Tromp, "Cuckoo Cycle"); Zcash's difficulty 1 is its limit `0x0007ffff…`
/// (protocol specification 7.7.3); `EthereumStratum/1.0.0` and Kaspa's dialect keep Bitcoin's
/// 2^32. Alephium's 2^30 is unverified.
fn hashes_per_difficulty(dialect: &str, algorithm: Option<&Algorithm>) -> Option<f64> {
    const BITCOIN: f64 = 4_294_967_296.0;
    match dialect {
        "grin" => Some(42.0),
        "equihash" => Some(8_192.0),
        "alephium" => Some(1_073_741_824.0),
        "stratum-other" => algorithm?.hashes_per_difficulty,
        _ => Some(algorithm.and_then(|it| it.hashes_per_difficulty).unwrap_or(BITCOIN)),
    }
}

/// Whether what a miner reports of itself cannot be what its shares stand for.
#[must_use]
pub fn contradicts(reported: f64, estimate: &Estimate) -> bool {
    reported > estimate.high * CONTRADICTION || reported * CONTRADICTION < estimate.low
}

/// The power that a hashrate takes, by class of device. `None` where no class is known for the
/// algorithm, or nothing was found that could draw power. `in_page` says whether a web page mined:
/// only then does a browser, and never a machine made for mining, do the work.
#[must_use]
pub fn power(
    estimate: &Estimate,
    algorithm: &str,
    in_page: bool,
    knowledge: &Knowledge,
) -> Option<PowerRange> {
    if estimate.value <= 0.0 {
        return None;
    }
    let fits = |it: &&DeviceClass| match it.class.as_str() {
        "browser" => in_page,
        class => !(in_page && class.starts_with("asic")),
    };
    let classes: Vec<&DeviceClass> =
        knowledge.device_classes(algorithm).map(|it| it.entry).filter(fits).collect();
    let plausible: Vec<_> = classes.iter().copied().filter(|it| could_be(estimate, it)).collect();
    let chosen = if plausible.is_empty() { classes } else { plausible };
    let watts = |it: &DeviceClass| {
        (it.class.clone(), estimate.low * it.joules_low, estimate.high * it.joules_high)
    };
    let by_class: Vec<_> = chosen.into_iter().map(watts).collect();
    let low = by_class.iter().map(|it| it.1).reduce(f64::min)?;
    let high = by_class.iter().map(|it| it.2).reduce(f64::max)?;
    Some(PowerRange { low, high, by_class })
}

fn could_be(estimate: &Estimate, class: &DeviceClass) -> bool {
    estimate.high >= class.hashrate_low * SLOWED
        && estimate.low <= class.hashrate_high * MOST_DEVICES
}

#[cfg(test)]
mod tests;
