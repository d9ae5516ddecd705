//! What other sensors' rules are about.

use serde::{Deserialize, Serialize};

use super::Entry;

/// How much a rule of another sensor saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// A name that was asked for.
    Queried,
    /// A connection or a name in one.
    Connected,
    /// What was said: a login, work, shares.
    Payload,
}

/// Words by which a rule about mining is told, and how much such a rule saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// Its name.
    pub name: String,
    /// One of these stands in the rule's words or its class, in lower case.
    pub any: Vec<String>,
    /// One of these as well, where there are any.
    #[serde(default)]
    pub and_any: Vec<String>,
    /// How much it saw.
    pub sight: Sight,
}

impl AlertRule {
    /// Whether a rule with these words, in lower case, is one of those.
    #[must_use]
    pub fn covers(&self, words: &str) -> bool {
        let one_of = |all: &[String]| all.iter().any(|it| words.contains(it.as_str()));
        one_of(&self.any) && (self.and_any.is_empty() || one_of(&self.and_any))
    }
}

impl Entry for AlertRule {
    fn key(&self) -> String {
        self.name.to_lowercase()
    }

    fn lint(&self) -> Result<(), String> {
        let words = || self.any.iter().chain(&self.and_any);
        if self.any.is_empty() || words().any(|it| it.trim().len() < 2) {
            return Err(format!("`{}`: `any` needs words of two letters at least", self.name));
        }
        match words().find(|it| it.to_lowercase() != **it) {
            Some(word) => Err(format!("`{}`: write `{word}` in lower case", self.name)),
            None => Ok(()),
        }
    }
}
