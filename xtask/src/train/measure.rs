//! How well examples are found, by the tests alone and by a model.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use minehound_series::trees::Model;

use super::Kind;
use super::examples::{Example, LONG_S};

/// How many there were, how many the tests suspect, how many a model calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) all: u64,
    pub(crate) by_tests: u64,
    pub(crate) by_model: u64,
    pub(crate) by_either: u64,
    /// How many the tests would suspect if the model had no word in it.
    pub(crate) by_bare_tests: u64,
}

impl Found {
    fn add(&mut self, suspected: bool, called: bool) {
        self.all += 1;
        self.by_tests += u64::from(suspected);
        self.by_model += u64::from(called);
        self.by_either += u64::from(suspected || called);
    }
}

/// What a model and the tests made of long flows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// Mining, by carrier or tunnel.
    pub(crate) mining: BTreeMap<String, Found>,
    /// Mining outside of tunnels, by dialect.
    pub(crate) dialect: BTreeMap<String, Found>,
    /// Mining, by what was done to escape notice.
    pub(crate) evasion: BTreeMap<String, Found>,
    /// Innocent flows, by kind.
    pub(crate) innocent: BTreeMap<String, Found>,
    /// All innocent flows.
    pub(crate) innocent_all: Found,
    /// Probability and truth of every described flow.
    said: Vec<(f64, bool)>,
}

impl Measured {
    /// Measures on all flows of at least so many seconds; one that was not even noted is not found.
    pub(crate) fn of(examples: &[Example], kind: Kind, model: &Model, least_s: f64) -> Self {
        let mut all = Self::default();
        for it in examples.iter().filter(|it| it.seconds >= least_s) {
            let row = kind.of(it);
            let score = (!row.is_empty()).then(|| model.score(row));
            let called = score.is_some_and(|it| it >= model.alarm);
            all.said.extend(score.map(|score| (model.probability(score), it.mining)));
            if !it.mining {
                all.innocent.entry(it.group.clone()).or_default().add(it.suspected, called);
                all.innocent_all.add(it.suspected, called);
                all.innocent_all.by_bare_tests += u64::from(it.passes);
                continue;
            }
            if !it.evasion.iter().any(|it| it == "tunnel") {
                all.dialect.entry(it.dialect.clone()).or_default().add(it.suspected, called);
            }
            let group = if it.mixed { format!("{}, shared", it.group) } else { it.group.clone() };
            all.mining.entry(group).or_default().add(it.suspected, called);
            let plain = ["none".to_owned()];
            let evasion = if it.evasion.is_empty() { &plain[..] } else { &it.evasion };
            for name in evasion {
                all.evasion.entry(name.clone()).or_default().add(it.suspected, called);
            }
        }
        all
    }

    /// Mean square of probability minus truth; 0 where nothing was said.
    pub(crate) fn brier(&self) -> f64 {
        let square = |(said, mines): &(f64, bool)| (said - f64::from(u8::from(*mines))).powi(2);
        self.said.iter().map(square).sum::<f64>() / real(self.said.len()).max(1.0)
    }

    /// Reliability: from, how many, mean probability, part that mines.
    pub(crate) fn reliability(&self) -> Vec<(f64, usize, f64, f64)> {
        let mut bins = Vec::new();
        let edges = [0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.1];
        for (from, to) in edges.iter().zip(edges.iter().skip(1)) {
            let inside: Vec<_> =
                self.said.iter().filter(|it| (*from..*to).contains(&it.0)).collect();
            let count = real(inside.len());
            if !inside.is_empty() {
                let said = inside.iter().map(|it| it.0).sum::<f64>() / count;
                let mines = real(inside.iter().filter(|it| it.1).count()) / count;
                bins.push((*from, inside.len(), said, mines));
            }
        }
        bins
    }

    /// The part of mining that ranks above innocent life (area under the curve).
    pub(crate) fn ranking(examples: &[Example], kind: Kind, model: &Model) -> f64 {
        let long = examples.iter().filter(|it| it.seconds >= LONG_S && !kind.of(it).is_empty());
        let mut scored: Vec<_> = long.map(|it| (model.score(kind.of(it)), it.mining)).collect();
        scored.sort_by(|one, two| one.0.total_cmp(&two.0).then(two.1.cmp(&one.1)));
        let (mut below, mut sum, mut mining) = (0_usize, 0.0, 0_usize);
        for (_, mines) in &scored {
            if *mines {
                sum += real(below);
                mining += 1;
            } else {
                below += 1;
            }
        }
        sum / (real(mining) * real(below)).max(1.0)
    }
}

/// Rows of a table: what, how many, found by the tests, by the model, by either.
pub(crate) fn table(groups: &BTreeMap<String, Found>) -> String {
    let mut text = String::new();
    for (name, it) in groups {
        let of = |found: u64| part(found, it.all);
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} |",
            it.all,
            of(it.by_tests),
            of(it.by_model),
            of(it.by_either)
        );
    }
    text
}

/// So many of so many, in percent.
pub(crate) fn part(found: u64, all: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts of flows")]
    let percent = 100.0 * found as f64 / (all.max(1) as f64);
    format!("{found} ({percent:.1} %)")
}

#[expect(clippy::cast_precision_loss, reason = "counts of flows")]
fn real(count: usize) -> f64 {
    count as f64
}
