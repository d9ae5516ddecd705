//! What is wrong with the command line, told apart from what goes wrong later.

use std::fmt;

use crate::locale;

/// A command line that cannot be followed; the program exits 2.
#[derive(Debug)]
pub(crate) struct Usage(String);

impl Usage {
    /// The error with this message: what is wrong and what to do.
    pub(crate) fn error(message: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Self(message.into()))
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// What of the command line cannot be followed, and what to write instead.
pub(crate) fn wrong(value: &dyn std::fmt::Display, what: &str) -> anyhow::Error {
    Usage::error(format!("`{value}`{}{}", locale::colon(), locale::word(what)))
}
