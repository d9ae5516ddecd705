//! The inspection table.

use minehound_assess::case::{Manual, TableRow};
use minehound_model::Verdict;

use super::Report;
use super::page::Page;
use crate::manual::filled;
use crate::reader::RowFinding;
use crate::reader::row::row_coverage;
use crate::visible;
use crate::visible::whole;

/// Findings shown behind one row.
const SHOWN: usize = 6;

const COLUMNS: [&str; 6] = [
    "column.item",
    "column.title",
    "column.verdict",
    "column.coverage",
    "column.finding",
    "column.evidence",
];

pub(super) fn write(page: &mut Page<'_>, report: &Report<'_>) {
    page.section("table", "heading.table");
    page.raw("<table class=\"checklist\"><colgroup>");
    for column in 1..=COLUMNS.len() {
        page.put(format_args!("<col class=\"c{column}\">"));
    }
    page.raw("</colgroup><thead><tr>");
    for column in COLUMNS {
        page.raw("<th scope=\"col\">");
        page.say(column);
        page.raw("</th>");
    }
    page.raw("</tr></thead>");
    for rows in report.case.table.chunk_by(|one, two| one.dimension == two.dimension) {
        page.raw("<tbody>");
        group(page, report, rows);
        for it in rows {
            row(page, report, it);
        }
        page.raw("</tbody>");
    }
    page.raw("</table><p class=\"soft\">");
    page.say("say.machine-word");
    page.raw("</p>");
    page.end_section();
}

fn group(page: &mut Page<'_>, report: &Report<'_>, rows: &[TableRow]) {
    let Some(dimension) = rows.first().map(|it| it.dimension) else { return };
    page.raw("<tr class=\"group\"><th colspan=\"6\" scope=\"rowgroup\">");
    page.say(&format!("dimension.{dimension}"));
    let of = report.case.coverage.dimensions.iter().find(|it| it.dimension == dimension);
    page.verdict(of.map_or(Verdict::NotAssessed, |it| it.verdict));
    page.raw("</th></tr>");
}

fn row(page: &mut Page<'_>, report: &Report<'_>, row: &TableRow) {
    page.raw("<tr id=\"row-");
    page.text(&row.item);
    page.put(format_args!("\" data-verdict=\"{}\"><td class=\"id\">", row.verdict));
    page.text(&visible(&row.item));
    page.raw("</td><td>");
    page.both(|it| it.title(row));
    page.raw("<small>");
    page.both(|it| it.method(row));
    page.raw("</small></td><td>");
    page.verdict_in(row.verdict, |it| it.row_verdict(row));
    page.raw("</td>");
    page.cell_of("", |it| it.named("coverage", row_coverage(row.coverage)));
    page.raw("<td>");
    let findings = RowFinding::of(report.case, row);
    let mut about = None;
    for it in findings.iter().take(SHOWN) {
        page.raw("<p>");
        // Whom it is about stands once over everything that is about it.
        if about.replace(it.position) != Some(it.position) {
            page.put(format_args!("<a href=\"#entity-{}\">", it.position + 1));
            page.both(|reader| reader.entity(&it.entity.id));
            page.raw("</a><br>");
        }
        page.both(|reader| reader.brief(&it.weighed.finding));
        page.raw(" ");
        page.strength(it.weighed.weight_deciban);
        page.raw("</p>");
    }
    page.rest(SHOWN, findings.len());
    page.raw("<p class=\"soft\">");
    page.both(|it| it.reason(row));
    page.raw("</p>");
    if let Some(manual) = report.case.manual.get(&row.item) {
        people(page, manual);
    }
    page.raw("</td><td>");
    page.evidence(&row.evidence);
    page.raw("</td></tr>");
}

/// What people wrote.
pub(super) fn people(page: &mut Page<'_>, manual: &Manual) {
    page.raw("<div class=\"people\">");
    for (place, (name, text)) in filled(manual).enumerate() {
        if place > 0 {
            page.raw(" · ");
        }
        page.both(|it| it.named("manual", name));
        page.raw(": ");
        for (place, line) in text.split('\n').enumerate() {
            page.raw(if place > 0 { "<br>" } else { "" });
            page.text(&whole(line));
        }
    }
    page.raw("</div>");
}
