//! Worked examples: shown in the manual, run as tests.

use minehound_model::Sign;

/// Some facts and what the detector makes of them.
#[derive(Debug)]
pub struct Example {
    /// What the example shows, as a sentence without a full stop.
    pub title: &'static str,
    /// What was examined and seen, as TOML: an array of facts per kind examined, maybe empty. A
    /// fact may say from and to which second it held: `seen_s = [0, 60]`.
    pub given: &'static str,
    /// What must come of it.
    pub expect: Expect,
}

/// The expected outcome of an [`Example`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// These signs, in this order.
    Found(&'static [Sign]),
    /// Examined, and silent.
    Silent,
    /// Examined, alike at first sight, and silent but for context.
    LookAlike,
    /// Not examined.
    NotExamined,
}

#[cfg(test)]
mod tests;
