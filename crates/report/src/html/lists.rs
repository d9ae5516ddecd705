//! Nodes, devices, programs, and what was looked at.

use super::page::Page;
use super::{Report, most};
use crate::quantity::grouped;
use crate::visible;

pub(super) fn nodes(page: &mut Page<'_>, report: &Report<'_>) {
    let nodes = &report.case.nodes;
    if nodes.is_empty() {
        return;
    }
    page.section("nodes", "heading.nodes");
    page.head(
        "",
        &[
            "column.node-client",
            "column.node-server",
            "column.network",
            "column.frames",
            "column.evidence",
        ],
    );
    for it in nodes.iter().take(most::NODES) {
        let numbers = report.ledger.numbers(&it.evidence);
        page.raw("<tr>");
        page.cell("mono", &it.client.to_string());
        page.cell("mono", &it.server.to_string());
        page.cell_of("", |reader| reader.network(&it.network));
        page.raw("<td>");
        page.linked(&numbers, &grouped(it.frames));
        page.raw("</td><td>");
        page.evidence(&numbers);
        page.raw("</td></tr>");
    }
    page.end_table();
    page.rest(most::NODES, nodes.len());
    page.end_section();
}

pub(super) fn devices(page: &mut Page<'_>, report: &Report<'_>) {
    let devices = &report.case.devices;
    if devices.is_empty() {
        return;
    }
    page.section("devices", "heading.devices");
    page.head(
        "",
        &["column.entity", "column.address", "column.name", "column.known-as", "column.evidence"],
    );
    for it in devices.iter().take(most::LISTED) {
        page.raw("<tr>");
        page.cell_of("", |reader| reader.entity(&it.about));
        page.cell("mono", &visible(&it.address));
        page.cell("", &visible(&it.name));
        page.cell_of("", |reader| reader.named("device", &it.known_as));
        page.raw("<td>");
        page.evidence(&report.ledger.numbers(&it.evidence));
        page.raw("</td></tr>");
    }
    page.end_table();
    page.rest(most::LISTED, devices.len());
    page.end_section();
}

pub(super) fn programs(page: &mut Page<'_>, report: &Report<'_>) {
    let programs = &report.case.programs;
    if programs.is_empty() {
        return;
    }
    page.section("programs", "heading.programs");
    page.head(
        "",
        &[
            "column.entity",
            "column.pid",
            "column.name",
            "column.exe",
            "column.cpu",
            "column.why",
            "column.evidence",
        ],
    );
    for it in programs.iter().take(most::LISTED) {
        let numbers = report.ledger.numbers(&it.evidence);
        page.raw("<tr>");
        page.cell_of("", |reader| reader.entity(&it.about));
        page.cell("", &it.pid.to_string());
        page.cell("", &visible(&it.name));
        page.cell("mono", &it.exe.as_deref().map(visible).unwrap_or_default());
        page.raw("<td>");
        page.linked(&numbers, &it.cpu_percent.map(crate::quantity::plain).unwrap_or_default());
        page.raw("</td>");
        page.cell_of("", |reader| reader.list(it.why.iter().map(|it| reader.named("why", it))));
        page.raw("<td>");
        page.evidence(&numbers);
        page.raw("</td></tr>");
    }
    page.end_table();
    page.rest(most::LISTED, programs.len());
    page.end_section();
}

pub(super) fn coverage(page: &mut Page<'_>, report: &Report<'_>) {
    let coverage = &report.case.coverage;
    page.section("coverage", "heading.coverage");
    if !coverage.detection_limits.is_empty() {
        page.raw("<h3>");
        page.say("heading.detection-limit");
        page.raw("</h3><ul>");
        let groups = page.one("zh", |it| it.detection_limits(&coverage.detection_limits)).len();
        for place in 0..groups.min(most::LISTED) {
            page.raw("<li>");
            page.both(|reader| {
                let groups = reader.detection_limits(&coverage.detection_limits);
                groups.into_iter().nth(place).unwrap_or_default()
            });
            page.raw("</li>");
        }
        page.raw("</ul>");
        page.rest(most::LISTED, groups);
    }
    page.raw("<h3>");
    page.say("heading.examined");
    page.raw("</h3>");
    page.head(
        "looked",
        &["column.fact", "column.span", "column.records", "column.entity", "column.gaps"],
    );
    for it in coverage.examined.0.iter().take(most::LISTED) {
        page.raw("<tr>");
        page.cell_of("", |reader| reader.fact(it.kind));
        page.cell_of("", |reader| {
            let (low, high) = (reader.moment(it.span.from_ms), reader.moment(it.span.to_ms));
            reader.fill("say.range", &[("low", &low), ("high", &high)])
        });
        page.cell("n", &grouped(it.extent.records));
        page.cell_of("", |reader| match &it.extent.entities {
            None => reader.say("say.scope-case"),
            Some(entities) => match (entities.first(), entities.len()) {
                (Some(only), 1) => reader.entity(only),
                (_, many) => grouped(many as u64),
            },
        });
        page.cell_of("", |reader| reader.gaps(it));
        page.raw("</tr>");
    }
    page.end_table();
    page.rest(most::LISTED, coverage.examined.0.len());
    page.end_section();
}
