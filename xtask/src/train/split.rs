//! What is learnt from, calibrated on and tested on: `evaluation/split.toml`.

use std::fs;

use anyhow::{Context, anyhow};
use minehound_range::scenario_file::{Scenario, shipped};
use minehound_range::world::World;
use serde::Deserialize;

/// What a source is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Use {
    /// Models learn from it.
    Learn,
    /// Probabilities and alarms are set on it.
    Calibrate,
    /// It is only measured on.
    Test,
    /// It is only measured on, and what came out changes nothing: no test was repaired after it.
    Blind,
}

/// A world of the range.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    /// What it is for.
    #[serde(rename = "use")]
    pub(crate) is_for: Use,
    /// A file of `evaluation/scenarios`, or a scenario that comes with the program.
    pub(crate) scenario: String,
    pub(crate) seed: u64,
    pub(crate) minutes: f64,
    /// So many times as many hosts.
    #[serde(default = "once")]
    pub(crate) scale: f64,
}

fn once() -> f64 {
    1.0
}

impl Chosen {
    /// The world, and its length in days.
    pub(crate) fn world(&self) -> anyhow::Result<World> {
        let path = crate::root().join(format!("evaluation/scenarios/{}.toml", self.scenario));
        let parsed = match shipped(&self.scenario) {
            Some(parsed) => parsed,
            None => Scenario::parse(&self.scenario, &fs::read_to_string(&path)?),
        };
        let scenario = parsed.map_err(|problem| anyhow!("{problem}"))?;
        let scenario = World::scaled(World::hours(scenario, self.minutes / 60.0), self.scale);
        Ok(World::new(scenario, self.seed))
    }
}

/// Captures of others, by the first word of the file's name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Real {
    pub(crate) learn: Vec<String>,
    pub(crate) test: Vec<String>,
}

/// The whole split.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Split {
    pub(crate) world: Vec<Chosen>,
    pub(crate) real: Real,
}

impl Split {
    /// Reads it.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let path = crate::root().join("evaluation/split.toml");
        toml::from_str(&fs::read_to_string(&path)?).context("evaluation/split.toml")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_world_can_be_made_and_no_source_is_learnt_from_and_tested_on() {
        let split = Split::read().unwrap();
        let of = |uses: &[Use]| -> BTreeSet<(String, u64)> {
            let chosen = split.world.iter().filter(|it| uses.contains(&it.is_for));
            chosen.map(|it| (it.scenario.clone(), it.seed)).collect()
        };
        for it in &split.world {
            it.world().unwrap();
        }
        let (known, tested) = (of(&[Use::Learn, Use::Calibrate]), of(&[Use::Test, Use::Blind]));
        let scenario = |it: &BTreeSet<(String, u64)>| -> BTreeSet<String> {
            it.iter().map(|it| it.0.clone()).collect()
        };
        assert!(scenario(&known).is_disjoint(&scenario(&tested)));
        assert!(split.real.learn.iter().all(|it| !split.real.test.contains(it)));
    }

    #[test]
    fn pools_that_are_tested_on_are_not_learnt_from() {
        let text = |name: &str| {
            let path = crate::root().join(format!("evaluation/scenarios/{name}.toml"));
            fs::read_to_string(path).unwrap()
        };
        let pools = |text: &str| -> BTreeSet<String> {
            let hosts = text.split("host = \"").skip(1);
            hosts.filter_map(|it| Some(it.split('"').next()?.to_owned())).collect()
        };
        let known: BTreeSet<String> =
            ["train", "validate"].iter().flat_map(|it| pools(&text(it))).collect();
        assert!(known.is_disjoint(&pools(&text("test"))));
    }
}
