//! How often shares were handed in that could only be counted, and the hashrate where more is known.
//!
//! A rhythm shows how many shares came in how much time. How much work a share stands for does not
//! show: pools steer the difficulty so that every miner hands in about equally many. So the rate of
//! shares is always told, and a hashrate only where somebody said what a share costs.

use minehound_model::{Estimate, QuietFlow, RhythmPattern};

use crate::Knowledge;
use crate::hashrate;
use crate::knowledge::schema::Algorithm;

/// The unit of a rate of shares.
const PER_MINUTE: &str = "/min";

/// Shares per minute with the interval that holds the truth nine times in ten; `None` where too
/// little was seen. Of a miner that hands in too little for a rhythm of shares, any question may be
/// a share or none: then the interval begins at zero.
pub(super) fn share_rate(flow: &QuietFlow) -> Option<Estimate> {
    let (value, low, high) = hashrate::rate(flow.shares, flow.share_s / 60.0)?;
    let told = matches!(
        flow.pattern,
        Some(RhythmPattern::SharesAndJobs | RhythmPattern::Padded | RhythmPattern::StratumV2)
    );
    let low = if told { low } else { 0.0 };
    Some(Estimate { value, low, high, unit: PER_MINUTE })
}

/// The hashrate that such a rate stands for, where the work of a share at this server is known.
pub(super) fn worth<'k>(
    flow: &QuietFlow,
    rate: &Estimate,
    knowledge: &'k Knowledge,
) -> Option<(&'k Algorithm, Estimate)> {
    let (algorithm, work) = knowledge.share_work(flow.server, &flow.server_names)?;
    let unit = match algorithm.unit.as_str() {
        "Sol/s" => "Sol/s",
        "G/s" => "G/s",
        _ => "H/s",
    };
    let of = |per_minute: f64| per_minute / 60.0 * work;
    let (value, low, high) = (of(rate.value), of(rate.low), of(rate.high));
    Some((algorithm, Estimate { value, low, high, unit }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(pattern: RhythmPattern, shares: u64) -> QuietFlow {
        let flow: QuietFlow = toml::from_str(
            "client = '10.0.0.5:40000'\nserver = '192.0.2.7:443'\ntransport = 'tcp'",
        )
        .unwrap();
        QuietFlow { pattern: Some(pattern), shares, share_s: 600.0, ..flow }
    }

    #[test]
    fn shares_are_told_by_the_minute_and_have_work_only_where_it_was_said() {
        let flow = flow(RhythmPattern::SharesAndJobs, 40);
        let rate = share_rate(&flow).unwrap();
        assert!((rate.value - 4.0).abs() < 1e-9 && rate.low < 3.2 && rate.high > 5.0, "{rate:?}");
        let mut knowledge = Knowledge::built_in().unwrap();
        assert!(worth(&flow, &rate, &knowledge).is_none());
        knowledge.learn_share_work("192.0.2.7:443", 15_000.0, "randomx").unwrap();
        let (algorithm, hashes) = worth(&flow, &rate, &knowledge).unwrap();
        assert_eq!(algorithm.name, "randomx");
        assert!((hashes.value - 1_000.0).abs() < 1e-9, "{hashes:?}");
    }

    #[test]
    fn what_may_be_shares_of_a_slow_miner_may_also_be_none() {
        let rate = share_rate(&flow(RhythmPattern::JobsAlone, 3)).unwrap();
        assert!(rate.low == 0.0 && rate.high > 0.3, "{rate:?}");
    }
}
