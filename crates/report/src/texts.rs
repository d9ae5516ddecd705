//! Names and sentences that come from the knowledge, filled in by the caller.

use std::collections::BTreeMap;

use crate::Lang;

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bilingual {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Bilingual {
    /// The same thing said in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in one language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// What a row of the inspection table says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemText {
    /// What is looked at.
    pub title: Bilingual,
    /// How, and with which tools.
    pub method: Bilingual,
    /// What to give so that it can be assessed.
    pub give: Bilingual,
}

/// What a scenario is called and what to look for next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScenarioText {
    /// Its name.
    pub title: Bilingual,
    /// What it means.
    pub summary: Bilingual,
    /// What to look for next.
    pub next: Bilingual,
}

/// Names and sentences from the knowledge. What is missing is shown by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Rows of the inspection table, by id.
    pub items: BTreeMap<String, ItemText>,
    /// Scenarios, by id.
    pub scenarios: BTreeMap<String, ScenarioText>,
    /// Classes of devices, by id.
    pub device_classes: BTreeMap<String, Bilingual>,
    /// Coins, by symbol.
    pub coins: BTreeMap<String, Bilingual>,
    /// Pools, by id.
    pub pools: BTreeMap<String, Bilingual>,
    /// Networks of nodes, by id.
    pub networks: BTreeMap<String, Bilingual>,
    /// Detectors, by id.
    pub detectors: BTreeMap<String, Bilingual>,
}
