//! The proof sheet for a terminal.

use std::io::{self, Write};

use super::Proof;
use super::words::{ALONE, NAMED, Words, percent};
use crate::visible;

pub(super) fn write(proof: &Proof, words: &Words<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}", words.say("question"), words.asked(&proof.question))?;
    let candidates = &proof.answer.candidates;
    if candidates.is_empty() {
        writeln!(out, "  {}", words.say("nobody"))?;
    }
    for candidate in candidates.iter().filter(|it| it.probability >= NAMED) {
        let share = percent(candidate.probability);
        writeln!(out, "{share:>9}  {}", words.who(&candidate.who))?;
        let known = words.known(candidate);
        if !known.is_empty() {
            writeln!(out, "           {}", known.join(words.comma()))?;
        }
        for (number, step) in candidate.steps.iter().enumerate() {
            let log = step.line.and_then(|it| Some((it, proof.logs.get(&it.log)?)));
            let place = log.map_or_else(
                || words.say("no-line"),
                |(line, (log, ..))| format!("{} {}", visible(&log.device), words.line(line.line)),
            );
            let (says, when) = (words.says(step), words.span(step.span));
            writeln!(out, "           {}. {says}  ({place}{}{when})", number + 1, words.comma())?;
        }
    }
    let rest: f64 = candidates.iter().map(|it| it.probability).filter(|it| *it < NAMED).sum();
    if rest > 0.001 {
        let count = candidates.iter().filter(|it| it.probability < NAMED).count();
        writeln!(out, "{:>9}  … +{count}", percent(rest))?;
    }
    if candidates.first().is_some_and(|it| it.probability < ALONE) {
        writeln!(out, "  {}", words.say("several"))?;
    }
    for missing in proof.answer.missing.iter().take(5) {
        writeln!(out, "  {}: {}", words.say("missing"), words.missing(missing))?;
    }
    if candidates.iter().any(|it| !it.accounts.is_empty()) {
        writeln!(out, "  {}", words.say("not-a-person"))?;
    }
    Ok(())
}
