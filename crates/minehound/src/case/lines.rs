//! The lines that the steps of an answer rest on, from the files that were imported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use minehound_collect::logs::quoted;
use minehound_model::{Answer, LineRef, Log, LogClock, LogId};

/// The lines of all steps, as far as their files are still those that were imported.
pub(super) fn of<'a>(
    answers: impl Iterator<Item = &'a Answer>,
    logs: &BTreeMap<LogId, (Log, LogClock, f64)>,
) -> BTreeMap<LineRef, String> {
    let steps = answers.flat_map(|it| &it.candidates).flat_map(|it| &it.steps);
    // Several logs may stand in one file, which is read once.
    let mut wanted = BTreeMap::<(&str, &str), BTreeSet<LineRef>>::new();
    for line in steps.filter_map(|it| it.line) {
        if let Some((log, ..)) = logs.get(&line.log) {
            wanted.entry((&log.path, &log.sha256)).or_default().insert(line);
        }
    }
    let mut lines = BTreeMap::new();
    for ((path, sha256), refs) in wanted {
        let numbers = refs.iter().map(|it| it.line).collect();
        // A file that is gone or another by now is told as such on the sheet.
        let Ok(Some(found)) = quoted(Path::new(path), sha256, &numbers) else { continue };
        let told = refs.into_iter().filter_map(|it| Some((it, found.get(&it.line)?.clone())));
        lines.extend(told);
    }
    lines
}

/// Those of the lines that an answer rests on.
pub(super) fn needed(
    answer: &Answer,
    lines: &BTreeMap<LineRef, String>,
) -> BTreeMap<LineRef, String> {
    let steps = answer.candidates.iter().flat_map(|it| &it.steps);
    steps.filter_map(|it| it.line).filter_map(|it| Some((it, lines.get(&it)?.clone()))).collect()
}
