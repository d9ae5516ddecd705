//! The inspection table on a terminal: rows that say something, then the others in a few lines.

use minehound_assess::Case;
use minehound_assess::case::{RowCoverage, TableRow};
use minehound_model::{Dimension, Verdict};

use super::Page;
use super::grid::Grid;
use super::lists::numbers;
use crate::reader::row::row_coverage;
use crate::{Reader, visible};

/// Statements shown behind one row.
const STATEMENTS: usize = 2;

/// What stands before rows in few lines.
const SPACE: &str = "  ";

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
    let columns = ["item", "title", "verdict", "coverage", "evidence"];
    let mut grid = Grid::new(page.columns(&columns));
    for row in &told {
        grid.row([
            visible(&row.item),
            reader.title(row),
            reader.row_verdict(row),
            reader.named("coverage", row_coverage(row.coverage)),
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
        let mut lead = format!("{name} ");
        while let Some((row, lines)) = lines.next_if(|it| it.0.dimension == dimension) {
            if lead != SPACE {
                SPACE.clone_into(&mut lead);
                let name = page.paint(&name, "1");
                page.line(&name);
            }
            for it in lines {
                let line = page.tinted(&it, row.verdict);
                page.line(&line);
            }
            for (text, most) in said(reader, case, row) {
                page.brief("        ", &text, most);
            }
        }
        let collapsed = collapsed(reader, &silent, dimension);
        if !collapsed.is_empty() {
            page.paragraph(&lead, &collapsed);
        }
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
fn collapsed(reader: &Reader<'_>, silent: &[&TableRow], dimension: Dimension) -> String {
    let named = |row: &TableRow| SILENT.iter().any(|it| it.0 == row.reason);
    let part = |(reason, message): (&str, &str)| {
        let rows = silent.iter().filter(|it| it.dimension == dimension);
        let rows =
            rows.filter(|it| if reason.is_empty() { !named(it) } else { it.reason == reason });
        let title = |it: &&TableRow| format!("{} {}", visible(&it.item), reader.short_title(it));
        let items: Vec<_> = rows.map(title).collect();
        let n = items.len().to_string();
        let items = [("n", &*n), ("items", &*reader.list(items))];
        (n != "0").then(|| reader.fill(message, &items))
    };
    let parts: Vec<_> = SILENT.into_iter().filter_map(part).collect();
    reader.clauses(&parts)
}

/// What was found behind a row, why it came out so, and what people wrote; each with the most
/// lines it takes. Findings stand in full among the entities.
fn said(reader: &Reader<'_>, case: &Case, row: &TableRow) -> Vec<(String, usize)> {
    let statements = reader.row_statements(case, row);
    let more = statements.len().saturating_sub(STATEMENTS);
    let mut said: Vec<_> = statements.into_iter().take(STATEMENTS).map(|it| (it, 1)).collect();
    if more > 0 {
        said.push((format!("… (+{more})"), 1));
    }
    // What was found already says why, and so do the verdict and the coverage of a silent row.
    let silent = row.verdict == Verdict::Clear && row.coverage == RowCoverage::Examined;
    if said.is_empty() && !silent {
        said.push((reader.reason(row), 2));
    }
    if let Some(manual) = case.manual.get(&row.item) {
        said.extend(crate::manual::filled(manual).map(|(field, text)| {
            let field = reader.named("manual", field);
            (format!("{field}{}{}", reader.colon(), visible(text)), 2)
        }));
    }
    said
}
