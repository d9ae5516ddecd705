//! The numbers of a score.

#![expect(clippy::cast_precision_loss, reason = "counts become rates")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use super::{Claim, Sheet};
use crate::dialogue::seconds;
use crate::truth::Mining;

/// A flow is long from so many seconds on.
const LONG_S: f64 = 600.0;

/// Claims with a probability of about the same size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Probabilities from this on, below this plus 0.1.
    pub from: f64,
    /// How many.
    pub count: u64,
    /// Their mean.
    pub said: f64,
    /// The part of them that mines.
    pub true_part: f64,
}

/// How good a tool was on one world.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// All flows of the world.
    pub flows: u64,
    /// Hosts times days.
    pub host_days: f64,
    /// Mining flows long enough to count.
    pub mining: u64,
    /// Of those, accused.
    pub found: u64,
    /// Innocent flows that were accused.
    pub false_alarms: u64,
    /// Innocent hosts that were accused without a flow being named.
    pub false_hosts: u64,
    /// Claims that met no flow.
    pub lost_claims: u64,
    /// Right accusations among all; `None` without any.
    pub precision: Option<f64>,
    /// Accused among those that mine; `None` if nobody mines.
    pub recall: Option<f64>,
    /// False alarms per million flows.
    pub false_per_million_flows: f64,
    /// False alarms (flows and hosts) per 1,000 host-days.
    pub false_per_1000_host_days: f64,
    /// Recall by carrier, or by the tunnel around it: found and all.
    pub by_carrier: BTreeMap<String, (u64, u64)>,
    /// Recall by what was done to escape notice, "none" for nothing: found and all.
    pub by_evasion: BTreeMap<String, (u64, u64)>,
    /// Innocent flows of ten minutes or more.
    pub innocent_long: u64,
    /// Of those, accused.
    pub false_long: u64,
    /// The same by innocent kind: accused and all.
    pub long_by_kind: BTreeMap<String, (u64, u64)>,
    /// The exact upper bound, one-sided at 95 %, of the part of such flows that is accused.
    pub false_long_at_most: Option<f64>,
    /// False alarms by innocent kind.
    pub by_kind: BTreeMap<String, u64>,
    /// Median seconds from login to the tool's word, if it says when.
    pub median_seconds_to_detect: Option<f64>,
    /// Median of |told / true - 1| of rates.
    pub median_rate_error: Option<f64>,
    /// The part of the told intervals that hold the true rate.
    pub intervals_hold: Option<f64>,
    /// Sessions whose rate was told.
    pub rates_told: u64,
    /// Median of |told / expected - 1| of shares per minute.
    pub median_share_rate_error: Option<f64>,
    /// The part of the told intervals of shares per minute that hold the expected number.
    pub share_intervals_hold: Option<f64>,
    /// Sessions whose shares per minute were told.
    pub share_rates_told: u64,
    /// Mean square of probability minus truth.
    pub brier: Option<f64>,
    /// Reliability of probabilities.
    pub reliability: Vec<Bin>,
}

/// The score as one JSON object.
///
/// # Errors
///
/// None but what the serialiser itself may find.
pub fn json(score: &Score) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(score)
}

fn median(mut all: Vec<f64>) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}

/// Estimates next to what is true.
#[derive(Default)]
struct Told {
    errors: Vec<f64>,
    held: Vec<bool>,
}

impl Told {
    fn compare(&mut self, told: Option<(f64, f64, f64)>, truth: f64) {
        if let Some((point, low, high)) = told
            && truth > 0.0
        {
            self.errors.push((point / truth - 1.0).abs());
            self.held.push((low..=high).contains(&truth));
        }
    }

    /// The median error, and the part of the intervals that hold.
    fn summed_up(self) -> (Option<f64>, Option<f64>) {
        let right = self.held.iter().filter(|it| **it).count() as f64;
        let held = (!self.held.is_empty()).then(|| right / self.held.len() as f64);
        (median(self.errors), held)
    }
}

impl Score {
    pub(super) fn of(
        sheet: &Sheet,
        met: &BTreeMap<usize, Vec<&Claim>>,
        accused: &BTreeSet<IpAddr>,
        lost: u64,
        least_s: f64,
    ) -> Self {
        let (from, to) = sheet.heading.span_ns;
        let days = seconds(to.saturating_sub(from)) / 86_400.0;
        let mut score = Self {
            flows: sheet.flows.len() as u64,
            host_days: sheet.heading.hosts.len() as f64 * days,
            false_hosts: accused.len() as u64,
            lost_claims: lost,
            ..Self::default()
        };
        let (mut waits, mut said) = (Vec::new(), Vec::new());
        let (mut rates, mut share_rates) = (Told::default(), Told::default());
        for (place, answer) in sheet.flows.iter().enumerate() {
            let claims = met.get(&place).map(Vec::as_slice).unwrap_or_default();
            let blamed = claims.iter().any(|claim| claim.accuses);
            let truth = answer.flow.mining.as_ref();
            let probability = claims.iter().filter_map(|it| it.probability).reduce(f64::max);
            said.extend(probability.map(|it| (it, truth.is_some())));
            let lasted = seconds(answer.flow.end_ns.saturating_sub(answer.flow.start_ns));
            let Some(truth) = truth else {
                score.innocent(&answer.flow.kind, lasted, blamed);
                continue;
            };
            if lasted >= least_s {
                score.guilty(truth, blamed);
            }
            let known = claims.iter().filter(|it| it.accuses).filter_map(|it| it.known_ns).min();
            waits.extend(known.map(|it| seconds(it.saturating_sub(truth.logged_in_ns))));
            rates.compare(claims.iter().find_map(|it| it.rate), truth.hashrate);
            let minutes = seconds(truth.ended_ns.saturating_sub(truth.logged_in_ns)) / 60.0;
            let expected = truth.expected_shares / minutes.max(1e-9);
            share_rates.compare(claims.iter().find_map(|it| it.share_rate), expected);
        }
        score.rates();
        score.median_seconds_to_detect = median(waits);
        score.rates_told = rates.held.len() as u64;
        (score.median_rate_error, score.intervals_hold) = rates.summed_up();
        score.share_rates_told = share_rates.held.len() as u64;
        (score.median_share_rate_error, score.share_intervals_hold) = share_rates.summed_up();
        (score.brier, score.reliability) = bins(&said);
        score
    }

    fn innocent(&mut self, kind: &str, lasted: f64, blamed: bool) {
        let long = lasted >= LONG_S;
        self.innocent_long += u64::from(long);
        if long {
            let counted = self.long_by_kind.entry(kind.to_owned()).or_default();
            *counted = (counted.0 + u64::from(blamed), counted.1 + 1);
        }
        if blamed {
            self.false_long += u64::from(long);
            self.false_alarms += 1;
            *self.by_kind.entry(kind.to_owned()).or_default() += 1;
        }
    }

    fn guilty(&mut self, truth: &Mining, blamed: bool) {
        self.mining += 1;
        self.found += u64::from(blamed);
        let count = |all: &mut BTreeMap<String, (u64, u64)>, name: &str| {
            let counted = all.entry(name.to_owned()).or_default();
            *counted = (counted.0 + u64::from(blamed), counted.1 + 1);
        };
        count(&mut self.by_carrier, truth.tunnel.as_ref().unwrap_or(&truth.carrier));
        for evasion in &truth.evasion {
            count(&mut self.by_evasion, evasion);
        }
        if truth.evasion.is_empty() {
            count(&mut self.by_evasion, "none");
        }
    }

    fn rates(&mut self) {
        self.false_long_at_most = super::bound::upper_95(self.false_long, self.innocent_long);
        let wrong = self.false_alarms + self.false_hosts;
        let all = self.found + wrong;
        self.precision = (all > 0).then(|| self.found as f64 / all as f64);
        self.recall = (self.mining > 0).then(|| self.found as f64 / self.mining as f64);
        self.false_per_million_flows =
            self.false_alarms as f64 * 1e6 / (self.flows as f64).max(1.0);
        self.false_per_1000_host_days = wrong as f64 * 1e3 / self.host_days.max(1e-9);
    }
}

/// The mean square of probability minus truth, and how often what was said with a probability is true.
pub(super) fn bins(said: &[(f64, bool)]) -> (Option<f64>, Vec<Bin>) {
    if said.is_empty() {
        return (None, Vec::new());
    }
    let square = |(said, truth): &(f64, bool)| (said - f64::from(u8::from(*truth))).powi(2);
    let brier = said.iter().map(square).sum::<f64>() / said.len() as f64;
    let mut bins = Vec::new();
    for tenth in 0..10_u8 {
        let from = f64::from(tenth) / 10.0;
        let to = if tenth == 9 { 1.1 } else { from + 0.1 };
        let inside: Vec<_> = said.iter().filter(|it| (from..to).contains(&it.0)).collect();
        if !inside.is_empty() {
            let count = inside.len() as f64;
            bins.push(Bin {
                from,
                count: inside.len() as u64,
                said: inside.iter().map(|it| it.0).sum::<f64>() / count,
                true_part: inside.iter().filter(|it| it.1).count() as f64 / count,
            });
        }
    }
    (Some(brier), bins)
}
