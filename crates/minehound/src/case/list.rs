//! A list that somebody sent, read and turned into questions.

use std::path::Path;

use anyhow::Context;
use jiff::tz::TimeZone;
use minehound_clues::{Given, List, Reading, Role, read};
use minehound_model::{Clue, LogClock, Question};
use minehound_sheets::Book;

use crate::locale::{filled, word};
use crate::usage::{Usage, wrong};

/// What was said that columns mean.
pub(super) fn given(columns: Option<&str>) -> anyhow::Result<Given> {
    let Some(columns) = columns else { return Ok(Given::default()) };
    Given::parse(columns).map_err(|wrong| {
        let meanings: Vec<_> = Role::all().map(Role::id).collect();
        let what = filled("bad-columns", &[("meanings", &meanings.join(" "))]);
        Usage::error(format!("`{}`{}{what}", wrong.0, crate::locale::colon()))
    })
}

/// Reads a list; one without a table that can be understood is refused.
pub(super) fn list(path: &Path, given: Given, tz: &TimeZone) -> anyhow::Result<List> {
    let shown = || path.display().to_string();
    let book = Book::open(path).with_context(shown)?;
    let list = read(&book, &Reading { given, tz: tz.clone() }).with_context(shown)?;
    if list.clues.is_empty() {
        let beside = format!("{}{}", crate::locale::colon(), word("no-clues"));
        anyhow::bail!("`{}`{beside}", path.display());
    }
    Ok(list)
}

/// What a clue asks; nothing where it does not say when.
pub(super) fn question(clue: &Clue, clock: LogClock) -> Option<Question> {
    Some(Question {
        address: clue.address,
        port: clue.port,
        proto: clue.proto,
        far: clue.pool.address.map(|it| (it, clue.pool.port)),
        moment: clue.seen?,
        clock,
    })
}

/// A day as people write it.
pub(super) fn day(text: &str) -> anyhow::Result<jiff::civil::Date> {
    text.parse().map_err(|_| wrong(&text, "bad-day"))
}
