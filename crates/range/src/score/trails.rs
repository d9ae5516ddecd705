//! How well the machines behind the rows of a list were named.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Bin;
use super::report::bins;
use crate::campus_logs::LogsTruth;

/// From this on an answer names one machine and no several, as `attribute` has it.
const ALONE: f64 = 0.98;
/// Whoever has less is not in the set: one of thousands is not told from anybody.
const IN_THE_SET: f64 = 0.000_5;

/// What `attribute --list --format json` says, as far as it is compared.
#[derive(Debug, Deserialize)]
struct Told {
    attributions: Vec<Attribution>,
}

#[derive(Debug, Deserialize)]
struct Attribution {
    row: Option<Row>,
    candidates: Vec<Candidate>,
}

#[derive(Debug, Deserialize)]
struct Row {
    row: u32,
}

#[derive(Debug, Deserialize)]
struct Candidate {
    who: String,
    #[serde(default)]
    name: Option<String>,
    probability: f64,
}

/// Rows of one sort: whether every line of the trail is there, and whether port and second are told.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rows {
    /// How many there are.
    pub rows: u64,
    /// Those answered at all.
    pub answered: u64,
    /// The right machine is the likeliest.
    pub top: u64,
    /// Another machine is named alone: a wrong accusation.
    pub wrong: u64,
    /// The set holds the right machine, its address where no log says who held it, or the router of its
    /// room where nothing leads further.
    pub held: u64,
    /// The set only says behind which translator, and that is on the way to the right machine.
    pub behind: u64,
    /// Machines and addresses in the sets, in the mean.
    pub mean_set: f64,
}

/// The score of attributions.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TrailScore {
    /// Rows by sort.
    pub by_sort: BTreeMap<String, Rows>,
    /// The same by the number of translators, of complete trails with port and second.
    pub by_levels: BTreeMap<usize, Rows>,
    /// Mean square of probability minus truth, over all candidates.
    pub brier: Option<f64>,
    /// Reliability of the probabilities of machines.
    pub reliability: Vec<Bin>,
}

/// Compares answers with the truth.
///
/// # Errors
///
/// Why one of the texts is not what it should be.
pub fn trails(truth: &[u8], told: &[u8]) -> Result<TrailScore, serde_json::Error> {
    let truth: LogsTruth = serde_json::from_slice(truth)?;
    let told: Told = serde_json::from_slice(told)?;
    let answers: BTreeMap<u32, Vec<Candidate>> =
        told.attributions.into_iter().filter_map(|it| Some((it.row?.row, it.candidates))).collect();
    let mut score = TrailScore::default();
    let mut said = Vec::new();
    for row in &truth.rows {
        let trail = if row.complete { "complete" } else { "removed" };
        let sort = format!("{trail}, {}", if row.exact { "port and second" } else { "vague" });
        let none = Vec::new();
        let candidates = answers.get(&row.row).unwrap_or(&none);
        let right = |it: &Candidate| {
            it.who == "machine" && it.name.as_deref() == Some(row.mac.as_str())
                || it.who == "holder" && it.name.as_deref() == Some(row.inner.as_str())
        };
        // Who stands at the router of the room has come as far as the logs lead.
        let near = |it: &Candidate| {
            !row.router.is_empty() && it.name.as_deref() == Some(row.router.as_str())
        };
        // Everyone behind a translator that is on the way: the set is not named one by one.
        let around = |it: &Candidate| {
            it.who == "behind" && it.name.as_ref().is_some_and(|it| row.trail.contains(it))
        };
        let mut counts = vec![score.by_sort.entry(sort).or_default()];
        if row.complete && row.exact {
            counts.push(score.by_levels.entry(row.levels).or_default());
        }
        for it in counts {
            it.count(candidates, &right, &near, &around);
        }
        let machines = candidates.iter().filter(|it| it.who == "machine");
        said.extend(machines.map(|it| (it.probability, right(it) || near(it))));
    }
    for it in score.by_sort.values_mut().chain(score.by_levels.values_mut()) {
        #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
        let answered = it.answered.max(1) as f64;
        it.mean_set /= answered;
    }
    (score.brier, score.reliability) = bins(&said);
    Ok(score)
}

impl Rows {
    fn count(
        &mut self,
        candidates: &[Candidate],
        right: &dyn Fn(&Candidate) -> bool,
        near: &dyn Fn(&Candidate) -> bool,
        around: &dyn Fn(&Candidate) -> bool,
    ) {
        self.rows += 1;
        let likeliest = candidates.iter().max_by(|a, b| a.probability.total_cmp(&b.probability));
        let Some(likeliest) = likeliest else { return };
        self.answered += 1;
        self.top += u64::from(right(likeliest));
        let sure = likeliest.who == "machine" && likeliest.probability >= ALONE;
        self.wrong += u64::from(sure && !right(likeliest) && !near(likeliest));
        let set = candidates.iter().filter(|it| it.probability >= IN_THE_SET);
        let (behind, named): (Vec<_>, Vec<_>) = set.partition(|it| it.who == "behind");
        let held = named.iter().any(|it| right(it) || near(it));
        self.held += u64::from(held);
        self.behind += u64::from(!held && behind.iter().any(|it| around(it)));
        #[expect(clippy::cast_precision_loss, reason = "counts of machines")]
        let size = named.len() as f64;
        self.mean_set += size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_by_what_could_be_known() {
        let truth = r#"{"schema":"s","scenario":"x","seed":1,"devices":[],"sender_offset_ms":0,"rows":[
            {"row":1,"kind":"mining","address":"a","port":1,"at_ms":0,"mac":"m1","inner":"i1","account":"","levels":2,"complete":true,"exact":true},
            {"row":2,"kind":"mining","address":"a","port":2,"at_ms":0,"mac":"m2","inner":"i2","account":"","levels":3,"complete":false,"exact":true},
            {"row":3,"kind":"mining","address":"a","port":3,"at_ms":0,"mac":"m3","inner":"i3","account":"","levels":3,"trail":["b"],"complete":false,"exact":true}]}"#;
        let told = r#"{"attributions":[
            {"row":{"sheet":0,"row":1},"candidates":[{"who":"machine","name":"m1","probability":0.9},{"who":"behind","name":"b","probability":0.1}]},
            {"row":{"sheet":0,"row":2},"candidates":[{"who":"machine","name":"m9","probability":0.99},{"who":"holder","name":"i2","probability":0.01}]},
            {"row":{"sheet":0,"row":3},"candidates":[{"who":"behind","name":"b","probability":1.0}]}]}"#;
        let score = trails(truth.as_bytes(), told.as_bytes()).unwrap();
        let whole = &score.by_sort["complete, port and second"];
        assert_eq!((whole.rows, whole.top, whole.wrong, whole.held), (1, 1, 0, 1));
        let removed = &score.by_sort["removed, port and second"];
        assert_eq!((removed.rows, removed.top, removed.wrong), (2, 0, 1));
        assert_eq!((removed.held, removed.behind), (1, 1));
        assert_eq!(score.by_levels[&2].top, 1);
        assert!(score.brier.is_some());
        assert!(trails(b"{}", b"{}").is_err());
    }
}
