//! The inspection table on a terminal: rows that say something, then the others in a few lines.

use minehound_assess::Case;
use minehound_assess::case::TableRow;
use minehound_model::{Dimension, Verdict};

use super::Page;
use super::grid::Grid;
use super::lists::numbers;
use crate::reader::row::row_coverage;
use crate::{Reader, visible};

/// Statements shown behind one row.
const STATEMENTS: usize = 2;

/// Reasons for which rows were not assessed, each with its message; then all others.
const SILENT: [(&str, &str); 4] = [
    ("row-no-source", "say.rows-no-source"),
    ("row-no-detector", "say.rows-no-detector"),
    ("row-by-people", "say.rows-by-people"),
    ("", "say.rows-other"),
];

pub(super) fn write(page: &mut Page<'_>, case: &Case) {
    let reader = page.reader;
    page.heading(&reader.say("heading.table"));
    let (told, silent): (Vec<_>, Vec<_>) = case.table.iter().partition(|it| tells(case, it));
    let columns = ["item", "title", "verdict", "coverage", "finding", "evidence"];
    let mut grid = Grid::brief(page.columns(&columns));
    for row in &told {
        grid.row([
            visible(&row.item),
            reader.title(row),
            reader.verdict(row.verdict),
            reader.named("coverage", row_coverage(row.coverage)),
            said(reader, case, row).join("\n"),
            numbers(&row.evidence),
        ]);
    }
    let mut lines = grid.lines(page.width).into_iter();
    let head = lines.next().filter(|_| !told.is_empty()).unwrap_or_default();
    for it in head {
        let head = page.paint(&it, "1");
        page.line(&head);
    }
    let mut lines = told.iter().zip(lines).peekable();
    for rows in case.table.chunk_by(|one, other| one.dimension == other.dimension) {
        let Some(dimension) = rows.first().map(|it| it.dimension) else { continue };
        let name = format!("· {} ·", reader.say(&format!("dimension.{dimension}")));
        let name = page.paint(&name, "1");
        page.line(&name);
        while let Some((row, lines)) = lines.next_if(|it| it.0.dimension == dimension) {
            for it in lines {
                let line = page.tinted(&it, row.verdict);
                page.line(&line);
            }
        }
        collapsed(page, &silent, dimension);
    }
    if !silent.is_empty() {
        page.paragraph("", &reader.say("say.rows-elsewhere"));
    }
}

/// Whether a row has more to say than that nobody looked.
fn tells(case: &Case, row: &TableRow) -> bool {
    let filled = case.manual.get(&row.item).is_some_and(|it| crate::manual::filled(it).count() > 0);
    row.verdict != Verdict::NotAssessed || !row.findings.is_empty() || filled
}

/// The rows of a dimension that were not assessed, by their reason.
fn collapsed(page: &mut Page<'_>, silent: &[&TableRow], dimension: Dimension) {
    let reader = page.reader;
    let named = |row: &TableRow| SILENT.iter().any(|it| it.0 == row.reason);
    for (reason, message) in SILENT {
        let rows = silent.iter().filter(|it| it.dimension == dimension);
        let rows =
            rows.filter(|it| if reason.is_empty() { !named(it) } else { it.reason == reason });
        let items: Vec<_> =
            rows.map(|it| format!("{} {}", visible(&it.item), short(&reader.title(it)))).collect();
        if !items.is_empty() {
            let n = items.len().to_string();
            let items = reader.list(items);
            page.paragraph("  ", &reader.fill(message, &[("n", &n), ("items", &items)]));
        }
    }
}

/// A title up to its first explanation.
fn short(title: &str) -> &str {
    title.split(['（', '：', '(', ':', '，', ',']).next().unwrap_or(title).trim_end()
}

/// What was found behind a row, why it came out so, and what people wrote.
fn said(reader: &Reader<'_>, case: &Case, row: &TableRow) -> Vec<String> {
    let mut said = reader.row_statements(case, row);
    let more = said.len().saturating_sub(STATEMENTS);
    said.truncate(STATEMENTS);
    if let Some(last) = said.last_mut().filter(|_| more > 0) {
        last.insert_str(0, &format!("(+{more}) "));
    }
    // What was found already says why.
    if said.is_empty() {
        said.push(reader.reason(row));
    }
    if let Some(manual) = case.manual.get(&row.item) {
        said.extend(
            crate::manual::filled(manual).map(|(field, text)| {
                format!("{}: {}", reader.named("manual", field), visible(text))
            }),
        );
    }
    said
}
