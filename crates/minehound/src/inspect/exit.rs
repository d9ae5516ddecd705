//! The exit code: the strongest verdict wins, except that not being able to tell beats a clue.

use minehound_assess::Case;
use minehound_model::Verdict;

/// Reasons that leave an input unread without taking anything from the coverage.
const NO_LOSS: [&str; 2] = ["same-content", "empty-folder"];

/// The exit code of an inspection.
pub(crate) fn code(case: &Case) -> u8 {
    let cannot_tell = ["inconclusive", "not_assessed"]
        .into_iter()
        .any(|it| case.coverage.entities.get(it).is_some_and(|count| *count > 0));
    // A source that was handed in and could not be read leaves the question open, unless it is a
    // file that merely lies in the same folder and is no evidence of any kind.
    let failed = case.inputs.iter().any(|it| match it.not_read.as_deref() {
        None | Some("unknown-format" | "empty-file") => false,
        Some(why) => !NO_LOSS.contains(&why),
    });
    match case.verdict {
        Verdict::Confirmed => 20,
        Verdict::Suspected => 10,
        _ if cannot_tell || failed => 30,
        Verdict::Clue => 5,
        Verdict::Inconclusive | Verdict::NotAssessed => 30,
        Verdict::Clear | Verdict::Excluded => 0,
    }
}
