//! What a tool said about a world, compared with the truth: who was found, who was accused in
//! vain, how soon, and how well rates and probabilities were told.
//!
//! A claim meets a flow when the two addresses and ports are the same, whichever end is named
//! first, and their times overlap; a claim about a host alone meets all flows of that host.

mod bound;
mod claims;
mod report;
mod trails;

pub use bound::upper_95;
pub use claims::{Claim, Tool, Unreadable, read};
pub use report::{Bin, Score, json};
pub use trails::{Rows, TrailScore, trails};

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::world::{FlowAnswer, Heading};

/// A tool's clock and ours may differ by this much where a time is all that tells flows apart.
const SLACK_NS: u64 = 120_000_000_000;

/// The truth of a world as far as scoring needs it.
#[derive(Debug)]
pub struct Sheet {
    /// What stands before the flows.
    pub heading: Heading,
    /// Every flow.
    pub flows: Vec<FlowAnswer>,
}

impl Sheet {
    /// Reads `truth.json`.
    ///
    /// # Errors
    ///
    /// Why it is no truth of a world.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(serde::Deserialize)]
        struct Flows {
            flows: Vec<FlowAnswer>,
        }
        let heading = serde_json::from_slice(bytes)?;
        let Flows { flows } = serde_json::from_slice(bytes)?;
        Ok(Self { heading, flows })
    }
}

fn pair(one: SocketAddr, other: SocketAddr) -> (SocketAddr, SocketAddr) {
    if one <= other { (one, other) } else { (other, one) }
}

/// Compares claims with the truth. Mining flows that lasted less than `least_s` seconds count
/// neither as found nor as missed.
#[must_use]
pub fn score(sheet: &Sheet, claims: &[Claim], least_s: f64) -> Score {
    let mut by_pair: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    let mut by_host: BTreeMap<IpAddr, Vec<usize>> = BTreeMap::new();
    for (place, answer) in sheet.flows.iter().enumerate() {
        by_pair.entry(pair(answer.flow.client, answer.flow.server)).or_default().push(place);
        by_host.entry(answer.flow.client.ip()).or_default().push(place);
    }
    let mut met: BTreeMap<usize, Vec<&Claim>> = BTreeMap::new();
    let (mut lost, mut accused) = (0, BTreeSet::new());
    for claim in claims {
        let places = match claim.ends {
            Some((one, other)) => by_pair.get(&pair(one, other)),
            None => claim.host.and_then(|host| by_host.get(&host)),
        };
        let overlaps = |place: &&usize| {
            let flow = sheet.flows.get(**place).map(|it| (it.flow.start_ns, it.flow.end_ns));
            let Some((start, end)) = flow else { return false };
            claim.span_ns.is_none_or(|(from, to)| {
                from <= end.saturating_add(SLACK_NS) && to.saturating_add(SLACK_NS) >= start
            })
        };
        let mut places: Vec<usize> =
            places.into_iter().flatten().filter(overlaps).copied().collect();
        if claim.ends.is_none() {
            // a host is rightly accused if anything on it mines: then only that counts
            let mines =
                |place: &usize| sheet.flows.get(*place).is_some_and(|it| it.flow.mining.is_some());
            if places.iter().any(mines) {
                places.retain(mines);
            } else if !places.is_empty() {
                accused.extend(claim.host);
                continue;
            }
        }
        if places.is_empty() {
            lost += 1;
        }
        for place in places {
            met.entry(place).or_default().push(claim);
        }
    }
    report::Score::of(sheet, &met, &accused, lost, least_s)
}
