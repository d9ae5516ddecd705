//! Inputs with their digests, and the evidence list that every number leads to.

use std::collections::BTreeMap;

use super::page::Page;
use super::{Report, most};
use crate::quantity::grouped;
use crate::visible;

/// Backward links shown for one place.
const SHOWN: usize = 8;

/// What a place is cited by.
#[derive(Clone, Copy)]
enum Citation<'c> {
    Row(&'c str),
    Entity(usize),
    Session(usize),
}

/// Who cites what.
pub(super) struct Citations<'c>(BTreeMap<usize, Vec<Citation<'c>>>);

impl<'c> Citations<'c> {
    pub(super) fn of(report: &Report<'c>) -> Self {
        let mut cited = BTreeMap::<usize, Vec<Citation<'c>>>::new();
        let case = report.case;
        for row in &case.table {
            row.evidence
                .iter()
                .for_each(|it| cited.entry(*it).or_default().push(Citation::Row(&row.item)));
        }
        for (place, it) in case.entities.iter().enumerate().take(most::ENTITIES) {
            let mut numbers: Vec<_> =
                it.findings.iter().flat_map(|it| it.evidence.clone()).collect();
            numbers.sort_unstable();
            numbers.dedup();
            for number in numbers {
                cited.entry(number).or_default().push(Citation::Entity(place + 1));
            }
        }
        for (place, it) in case.sessions.iter().enumerate().take(most::SESSIONS) {
            for number in report.ledger.numbers(&it.evidence) {
                cited.entry(number).or_default().push(Citation::Session(place + 1));
            }
        }
        Self(cited)
    }
}

pub(super) fn inputs(page: &mut Page<'_>, report: &Report<'_>) {
    let inputs = &report.case.inputs;
    page.section("inputs", "heading.inputs");
    page.raw("<p>");
    page.both(|it| it.input_counts(&report.counts));
    page.raw("</p>");
    page.head(
        "inputs",
        &[
            "column.number",
            "column.path",
            "column.kind",
            "column.records",
            "column.skipped",
            "column.remarks",
        ],
    );
    for it in inputs.iter().take(most::INPUTS) {
        let number = u64::from(it.id.0) + 1;
        page.put(format_args!("<tr id=\"input-{number}\"><td class=\"id\">{number}</td><td>"));
        page.text(&visible(&it.path));
        page.raw("<br><code>");
        page.text(if it.sha256.is_empty() { "—" } else { &it.sha256 });
        page.raw("</code>");
        if let Some(span) = it.span {
            page.raw("<br><small>");
            page.both(|reader| {
                let ends = (reader.moment(span.from_ms), reader.moment(span.to_ms));
                reader.fill("say.range", &[("low", &ends.0), ("high", &ends.1)])
            });
            page.raw("</small>");
        }
        page.raw("</td>");
        page.cell_of("", |reader| reader.input_kind(it));
        page.cell("n", &grouped(it.records));
        page.cell("n", &grouped(it.skipped.values().fold(0, |sum, it| sum.saturating_add(*it))));
        page.cell_of("", |reader| reader.list(reader.remarks(it)));
        page.raw("</tr>");
    }
    page.end_table();
    page.rest(most::INPUTS, inputs.len());
    page.end_section();
}

pub(super) fn write(page: &mut Page<'_>, report: &Report<'_>, citations: &Citations<'_>) {
    let places = report.ledger.places();
    page.section("evidence", "heading.evidence");
    if places.is_empty() {
        page.raw("<p class=\"soft\">");
        page.say("say.nothing");
        page.raw("</p>");
    } else {
        page.head("places", &["column.number", "column.place", "column.input", "column.cited-by"]);
        for (place, it) in places.iter().enumerate().take(most::EVIDENCE) {
            let number = place + 1;
            page.put(format_args!("<tr id=\"E{number}\"><td class=\"id\">E{number}</td>"));
            page.cell_of("", |reader| reader.place(it, &report.ledger));
            let input = u64::from(it.artefact.0) + 1;
            page.put(format_args!("<td><a href=\"#input-{input}\">#{input}</a> "));
            if let Some(input) = report.ledger.input(it) {
                page.text(&visible(input.path.rsplit(['/', '\\']).next().unwrap_or_default()));
                page.raw("<br><code>");
                page.text(&input.sha256);
                page.raw("</code>");
            }
            page.raw("</td><td>");
            cited(page, citations.0.get(&number).map_or(&[], Vec::as_slice));
            page.raw("</td></tr>");
        }
        page.end_table();
        page.rest(most::EVIDENCE, places.len());
    }
    page.end_section();
}

fn cited(page: &mut Page<'_>, citations: &[Citation<'_>]) {
    for citation in citations.iter().take(SHOWN) {
        match *citation {
            Citation::Row(item) => {
                page.raw("<a class=\"tag\" href=\"#row-");
                page.text(item);
                page.raw("\">");
                page.text(&visible(item));
            }
            Citation::Entity(number) => {
                page.put(format_args!("<a class=\"tag\" href=\"#entity-{number}\">"));
                page.both(|it| format!("{} {number}", it.say("column.entity")));
            }
            Citation::Session(number) => {
                page.put(format_args!("<a class=\"tag\" href=\"#s-{number}\">"));
                page.both(|it| format!("{} {number}", it.say("sheet.sessions")));
            }
        }
        page.raw("</a>");
    }
    if let Some(more) = citations.len().checked_sub(SHOWN).filter(|it| *it > 0) {
        page.put(format_args!("<small>+{more}</small>"));
    }
}
