//! `minehound clue`: lists of clues from above, and what is answered to them.

mod feedback;
mod import;
mod judge;
mod sheets;
mod status;
mod stored;

use std::process::ExitCode;

use minehound_report::{JudgedClue, Lang};
use minehound_store::{Case, ClueList};

use crate::args::ClueCommand;

pub(crate) use stored::device;

/// Every list of a case with its clues as they were judged last.
pub(crate) fn clues_by_list(case: &Case) -> anyhow::Result<Vec<(ClueList, Vec<JudgedClue>)>> {
    let lists = stored::lists(case, None)?;
    Ok(lists.into_iter().map(|it| (it.list, it.clues)).collect())
}

pub(crate) fn run(command: &ClueCommand, lang: Lang) -> anyhow::Result<ExitCode> {
    match command {
        ClueCommand::Import(args) => import::run(args, lang),
        ClueCommand::Feedback(args) => feedback::run(args, lang),
        ClueCommand::Dispute(args) => sheets::dispute(args, lang),
        ClueCommand::Next(args) => sheets::next(args, lang),
        ClueCommand::Status(args) => status::run(args, lang),
    }
}
