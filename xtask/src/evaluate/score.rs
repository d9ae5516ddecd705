//! What an inspection made of labelled captures.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::labels::{Flow, Labels, allows, base};

/// The outcome on one collection of captures.
#[derive(Debug, Default)]
pub(crate) struct Score {
    /// The name of the collection.
    pub(crate) name: String,
    /// Labelled mining flows.
    pub(crate) flows: Found,
    /// The same, without captures of a program that probes pools.
    pub(crate) sessions: Found,
    /// Files with mining.
    pub(crate) files: Found,
    /// Per family of dialects.
    pub(crate) families: BTreeMap<String, Found>,
    /// Flows found, in another dialect than labelled.
    pub(crate) other_dialect: u64,
    /// Flows reported and not labelled.
    pub(crate) unlabelled: Vec<Flow>,
    /// Flows labelled and not found.
    pub(crate) missed: Vec<Flow>,
    /// Captures without mining, and the entities in them.
    pub(crate) negative_files: u64,
    /// Entities on captures without mining.
    pub(crate) negative_entities: u64,
    /// Of these, confirmed.
    pub(crate) false_confirmed: u64,
    /// Of these, suspected.
    pub(crate) false_suspected: u64,
    /// Of these, clues.
    pub(crate) false_clues: u64,
    /// Captures of nodes, and how many are named as such without a verdict of mining.
    pub(crate) nodes: Found,
}

/// How many there were, and how many were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// How many there were.
    pub(crate) labelled: u64,
    /// How many were found.
    pub(crate) found: u64,
}

impl Found {
    fn add(&mut self, found: bool) {
        self.labelled += 1;
        self.found += u64::from(found);
    }

    /// The share found; one where there was nothing to find.
    pub(crate) fn recall(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts of flows")]
        let share = |it: u64| it as f64;
        if self.labelled == 0 { 1.0 } else { share(self.found) / share(self.labelled) }
    }
}

impl Score {
    /// Compares inspections with labels.
    pub(crate) fn of(
        name: &str,
        labels: &Labels,
        mining: &Value,
        negative: &Value,
        nodes: &Value,
    ) -> Self {
        let mut score = Self { name: name.to_owned(), ..Self::default() };
        score.judge_flows(labels, &sessions(mining));
        score.negative_files = labels.negative.len() as u64;
        let entities = |verdict: &str| {
            let counted = negative.pointer(&format!("/coverage/entities/{verdict}"));
            counted.and_then(Value::as_u64).unwrap_or(0)
        };
        score.negative_entities =
            ["confirmed", "suspected", "clue", "inconclusive", "not_assessed", "clear"]
                .into_iter()
                .map(entities)
                .sum();
        score.false_confirmed = entities("confirmed");
        score.false_suspected = entities("suspected");
        score.false_clues = entities("clue");
        let named: BTreeSet<_> = list(nodes, "nodes").filter_map(|it| file_of(nodes, it)).collect();
        let accused: BTreeSet<_> =
            list(nodes, "sessions").filter_map(|it| file_of(nodes, it)).collect();
        for path in &labels.nodes {
            let file = base(&path.display().to_string());
            score.nodes.add(named.contains(&file) && !accused.contains(&file));
        }
        score
    }

    fn judge_flows(&mut self, labels: &Labels, sessions: &BTreeMap<Flow, String>) {
        let mut files: BTreeMap<&str, bool> = BTreeMap::new();
        for (flow, family) in &labels.flows {
            let right = sessions.get(flow).is_some_and(|it| allows(family, it));
            self.flows.add(right);
            self.families.entry(family.clone()).or_default().add(right);
            *files.entry(&flow.file).or_default() |= right;
            if labels.kinds.get(&flow.file).is_none_or(|it| it != "pool-probe") {
                self.sessions.add(right);
            }
            if !right {
                self.other_dialect += u64::from(sessions.contains_key(flow));
                self.missed.push(flow.clone());
            }
        }
        for found in files.into_values() {
            self.files.add(found);
        }
        for it in self.missed.iter().take(20) {
            println!("missed: {} {:?}, reported as {:?}", it.file, it.ends, sessions.get(it));
        }
        let unlabelled = sessions.keys().filter(|it| !labels.flows.contains_key(*it));
        self.unlabelled = unlabelled.cloned().collect();
    }

    /// The outcome in one line.
    pub(crate) fn line(&self) -> String {
        let of = |it: Found| format!("{}/{}", it.found, it.labelled);
        format!(
            "{}: flows {} ({:.2} %), sessions {}, files {}; on {} captures without mining: \
             {} entities, {} confirmed, {} suspected, {} clues; nodes named {}; \
             {} flows reported beyond the labels",
            self.name,
            of(self.flows),
            100.0 * self.flows.recall(),
            of(self.sessions),
            of(self.files),
            self.negative_files,
            self.negative_entities,
            self.false_confirmed,
            self.false_suspected,
            self.false_clues,
            of(self.nodes),
            self.unlabelled.len(),
        )
    }
}

fn list<'v>(assessment: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    assessment.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The file a row was read from.
fn file_of(assessment: &Value, row: &Value) -> Option<String> {
    let digest = row.get("artefact")?;
    let input = list(assessment, "inputs").find(|it| it.get("sha256") == Some(digest))?;
    Some(base(input.get("path")?.as_str()?))
}

/// The dialect of every session whose content was read.
fn sessions(assessment: &Value) -> BTreeMap<Flow, String> {
    let mut paths = BTreeMap::new();
    for input in list(assessment, "inputs") {
        let text =
            |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        paths.entry(text("sha256")).or_insert_with(|| base(&text("path")));
    }
    let session = |it: &Value| {
        let text = |name: &str| it.get(name)?.as_str();
        let file = paths.get(text("artefact")?)?;
        let dialect = text("dialect").filter(|it| !it.is_empty())?;
        Some((Flow::new(file, text("client")?, text("server")?), dialect.to_owned()))
    };
    list(assessment, "sessions").filter_map(session).collect()
}
