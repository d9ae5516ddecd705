//! What was aimed at and what was reached, in one table.

use std::fmt::Write as _;

/// A goal, and how far it was reached.
pub(super) struct Goal {
    /// What is wanted.
    pub(super) wanted: String,
    /// What the tests alone reach, or what was measured.
    pub(super) measured: String,
    /// What is reached where the model counts too; empty where it has no part.
    pub(super) with_model: String,
    /// Whether what the tests reach is enough.
    pub(super) met: bool,
    /// Why not, or what it holds for.
    pub(super) note: String,
}

/// The head of the section on what cannot be read.
pub(super) fn table(goals: &[Goal]) -> anyhow::Result<String> {
    let mut text = String::from(
        "\n## Goals for what cannot be read\n\nWhat the sections below measure, beside what was aimed at. \
         *Tests*, as below, is what they suspect: a passed test \
         that the learned model does not contradict. A goal counts as met when that meets it: a model alone accuses \
         nobody, so what only it sees (*with the model*) is a circumstance for a person to look at. Days on a campus: \
         [campus](campus.md); speed and memory of the range: [performance](performance.md); real tunnels: at the end.\n\n\
         | goal | tests | with the model | met | note |\n|---|---|---|---|---|\n",
    );
    for it in goals {
        let model = if it.with_model.is_empty() { "-" } else { &it.with_model };
        let met = if it.met { "yes" } else { "**no**" };
        writeln!(text, "| {} | {} | {model} | {met} | {} |", it.wanted, it.measured, it.note)?;
    }
    Ok(text)
}

/// Whether so many of so many are at least such a part.
pub(super) fn reaches(found: u64, all: u64, part: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "counts of flows")]
    let reached = found as f64 >= part * all as f64;
    all > 0 && reached
}
