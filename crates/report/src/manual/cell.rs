//! What a cell of a workbook says.

use calamine::{DataRef, ExcelDateTime};

use crate::visible::like_formula;

/// The most characters that one cell holds, in any office program; one is left for the guard
/// against formulas.
pub(crate) const MAX_TEXT: usize = 32_766;

/// What a cell says; what only guards a text against being a formula is taken off.
pub(super) fn text(cell: &DataRef<'_>) -> String {
    let text = match cell {
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTimeIso(text) => without_midnight(&text.replacen('T', " ", 1)),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    };
    let text = text.trim();
    let guarded = text.strip_prefix('\'').filter(|it| like_formula(it));
    guarded.unwrap_or(text).chars().take(MAX_TEXT).collect()
}

/// A date as people write it, its time only where it has one.
fn date(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if moment.is_duration() {
        return time;
    }
    without_midnight(&format!("{year:04}-{month:02}-{day:02} {time}"))
}

/// Midnight means that only a day was written, and no seconds that only a minute was.
fn without_midnight(text: &str) -> String {
    let text = text.strip_suffix(" 00:00:00").unwrap_or(text);
    match text.strip_suffix(":00") {
        Some(rest) if rest.contains(':') => rest.to_owned(),
        _ => text.to_owned(),
    }
}
