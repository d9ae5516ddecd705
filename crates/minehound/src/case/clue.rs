//! `minehound clue`: lists of clues from above, and what is answered to them.

mod feedback;
mod import;
mod judge;
mod sheets;
mod status;
mod stored;

use std::process::ExitCode;

use minehound_report::Lang;

use crate::args::ClueCommand;

pub(crate) fn run(command: &ClueCommand, lang: Lang) -> anyhow::Result<ExitCode> {
    match command {
        ClueCommand::Import(args) => import::run(args, lang),
        ClueCommand::Feedback(args) => feedback::run(args, lang),
        ClueCommand::Dispute(args) => sheets::dispute(args, lang),
        ClueCommand::Next(args) => sheets::next(args, lang),
        ClueCommand::Status(args) => status::run(args, lang),
    }
}
