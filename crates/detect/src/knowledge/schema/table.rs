//! The inspection table's rows and the four scenarios.

use serde::{Deserialize, Serialize};

use super::{Entry, Text};

/// The five dimensions, as written in the files.
const DIMENSIONS: [&str; 5] = ["hardware", "network", "system", "resources", "business"];

/// A row of the inspection table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistRow {
    /// `HW-1`, `NET-1`, `SYS-1`, `RES-1`, `BIZ-1`; never reused.
    pub id: String,
    /// `hardware`, `network`, `system`, `resources` or `business`.
    pub dimension: String,
    /// What is looked at.
    pub item: Text,
    /// How, and with which tools.
    pub method: Text,
    /// What to give the program so that the row can be assessed.
    pub give: Text,
    /// Who fills the row: `program`, `both` (the program proposes, a person confirms) or `person`.
    pub filled_by: String,
    /// Kinds of sources, each of which must have been examined.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Detectors whose findings belong here.
    #[serde(default)]
    pub detectors: Vec<String>,
    /// Whether the row asks for what is listed, suspicious or not: pools abroad, sleep switched off.
    #[serde(default)]
    pub asks_for_listed: bool,
    /// Signs of those detectors that speak of other rows alone.
    #[serde(default)]
    pub leaves_out: Vec<String>,
    /// Requirement ids.
    #[serde(default)]
    pub requirements: Vec<String>,
}

impl Entry for ChecklistRow {
    fn key(&self) -> String {
        self.id.clone()
    }

    fn lint(&self) -> Result<(), String> {
        if !DIMENSIONS.contains(&self.dimension.as_str()) {
            return Err(format!(
                "`dimension` = \"{}\" is none of {}",
                self.dimension,
                DIMENSIONS.join(", ")
            ));
        }
        if !["program", "both", "person"].contains(&self.filled_by.as_str()) {
            return Err(format!(
                "`filled_by` = \"{}\" is none of program, both, person",
                self.filled_by
            ));
        }
        self.item.lint("item")?;
        self.method.lint("method")?;
        self.give.lint("give")
    }
}

/// One of the scenarios that mining cases fall into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// What it means.
    pub summary: Text,
    /// Signs and circumstances that speak for it.
    pub speaks_for: Vec<Hint>,
    /// Those that speak against it.
    #[serde(default)]
    pub speaks_against: Vec<Hint>,
    /// What to look for next.
    pub next: Text,
    /// Requirement ids.
    #[serde(default)]
    pub requirements: Vec<String>,
}

/// A circumstance with the signs that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// Names of signs, fact kinds or site facts; any of them will do.
    pub signs: Vec<String>,
    /// The circumstance in words.
    pub text: Text,
}

impl Entry for Scenario {
    fn key(&self) -> String {
        self.id.clone()
    }

    fn lint(&self) -> Result<(), String> {
        self.title.lint("title")?;
        self.summary.lint("summary")?;
        self.next.lint("next")?;
        if self.speaks_for.is_empty() {
            return Err(format!("`{}`: `speaks_for` is empty", self.id));
        }
        self.speaks_for.iter().chain(&self.speaks_against).try_for_each(|it| it.text.lint("text"))
    }
}
