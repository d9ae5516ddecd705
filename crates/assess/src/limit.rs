//! The detection limit: what would have been found, had it been there.

use minehound_model::{Coverage, FactKind};

use crate::Scoring;
use crate::case::DetectionLimit;

/// How often a pool must speak to a miner of a coin, however slow the miner.
#[derive(Clone, Debug, PartialEq)]
pub struct CoinRhythm {
    /// The coin.
    pub coin: String,
    /// The unit of its hashrate.
    pub unit: String,
    /// The mean time between blocks, in seconds.
    pub block_interval_s: f64,
}

/// Pools refresh their job at least this often between blocks, as measured on real sessions
/// (network.md: refresh 30 to 60 s).
const REFRESH_S: f64 = 60.0;

/// Windows after which a first job has come with 95 % probability: -ln 0.05 mean intervals.
const MEAN_INTERVALS: f64 = 2.995_732_273_553_991;

/// A look that lost packets, at most a tenth of all (more blinds it), must last so much longer: a
/// job is heard where it and the message before it, which shows where it begins, were both kept.
const LOST: (&str, f64) = ("some-packets-missing", 1.0 / (0.9 * 0.9));

/// The limits for plaintext sessions in the window that was examined.
///
/// A pool pushes jobs to every miner that is logged in, whatever its hashrate, and a job seen is a
/// direct sign. So any hashrate is seen once the window is long enough for a job; before that, no
/// limit can be given, nor where packets were cut.
pub(crate) fn limits(
    examined: &Coverage,
    scoring: &Scoring,
    coins: &[CoinRhythm],
) -> Vec<DetectionLimit> {
    let looks: Vec<_> = examined.0.iter().filter(|it| it.kind == FactKind::PoolSession).collect();
    if looks.is_empty() {
        return Vec::new();
    }
    let blind = looks.iter().any(|it| !it.gaps.is_disjoint(&scoring.blinding_gaps));
    let lost = looks.iter().any(|it| it.gaps.contains(LOST.0));
    let intervals = MEAN_INTERVALS * if lost { LOST.1 } else { 1.0 };
    // The shortest look decides: what is true of it is true of all.
    let window_s = looks.iter().map(|it| it.span.seconds()).fold(f64::INFINITY, f64::min);
    let limit = |it: &CoinRhythm| {
        let enough = window_s >= intervals * it.block_interval_s.min(REFRESH_S);
        DetectionLimit {
            coin: it.coin.clone(),
            carrier: "plaintext".to_owned(),
            hashrate: (enough && !blind).then_some(0.0),
            unit: it.unit.clone(),
            window_s,
        }
    };
    coins.iter().map(limit).collect()
}
