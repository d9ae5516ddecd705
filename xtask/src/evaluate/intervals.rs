//! Whether the interval of a hashrate holds the truth as often as it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use minehound_range::capture::PcapStyle;
use minehound_range::scenario::{Dialect, merge};
use serde_json::Value;

use super::generated;
use crate::program;

/// What the intervals of one dialect came to.
#[derive(Debug)]
pub(crate) struct Intervals {
    /// The dialect.
    pub(crate) dialect: &'static str,
    /// Sessions generated.
    pub(crate) sessions: u64,
    /// Of these, with an interval.
    pub(crate) estimated: u64,
    /// Of these, with the truth inside.
    pub(crate) held: u64,
    /// The mean of estimate over truth.
    pub(crate) mean_ratio: f64,
}

/// Measures every dialect.
pub(crate) fn measure(folder: &Path, program: &Path) -> anyhow::Result<Vec<Intervals>> {
    Dialect::ALL.into_iter().map(|it| one(it, folder, program)).collect()
}

fn one(dialect: Dialect, folder: &Path, program: &Path) -> anyhow::Result<Intervals> {
    let generated = generated::sessions(dialect);
    let mut truth: BTreeMap<String, f64> = BTreeMap::new();
    for (flow, mining) in generated.iter().flat_map(|it| it.truth.mining()) {
        truth.insert(flow.client.to_string(), mining.hashrate);
    }
    let path = folder.join(format!("intervals-{}.pcap", dialect.name()));
    fs::write(&path, merge(generated).to_pcap(PcapStyle::default()))?;
    let assessment = program::assess(program, &[&path])?;
    fs::remove_file(&path)?;
    let (mut estimated, mut held, mut ratios) = (0, 0, 0.0);
    let sessions = assessment.get("sessions").and_then(Value::as_array);
    for session in sessions.into_iter().flatten() {
        let client = session.get("client").and_then(Value::as_str).unwrap_or_default();
        let (Some(truth), Some((value, low, high))) = (truth.get(client), interval(session)) else {
            continue;
        };
        estimated += 1;
        held += u64::from(low <= *truth && *truth <= high);
        ratios += value / truth;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of sessions")]
    let mean_ratio = ratios / (estimated.max(1) as f64);
    let (dialect, sessions) = (dialect.name(), truth.len() as u64);
    Ok(Intervals { dialect, sessions, estimated, held, mean_ratio })
}

fn interval(session: &Value) -> Option<(f64, f64, f64)> {
    let hashrate = session.get("hashrate")?;
    let number = |name: &str| hashrate.get(name)?.as_f64();
    Some((number("value")?, number("low")?, number("high")?))
}
