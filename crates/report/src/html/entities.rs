//! Entities: three elements, how likely, reasons, counter-reasons and what is missing.

use minehound_assess::case::{Assessed, ElementState, Weighed};
use minehound_model::{Element, Probability};

use super::page::Page;
use super::{Report, most, table};
use crate::Reader;
use crate::reader::row::element_state;
use crate::visible;

/// Findings of each kind shown for one entity.
const SHOWN: usize = 25;

pub(super) fn write(page: &mut Page<'_>, report: &Report<'_>) {
    page.section("entities", "heading.entities");
    page.raw("<p>");
    page.both(|it| it.entity_counts(&report.counts));
    page.raw("</p>");
    for (place, it) in report.case.entities.iter().enumerate().take(most::ENTITIES) {
        entity(page, report, place + 1, it);
    }
    page.rest(most::ENTITIES, report.case.entities.len());
    page.end_section();
}

fn entity(page: &mut Page<'_>, report: &Report<'_>, number: usize, it: &Assessed) {
    page.put(format_args!("<article id=\"entity-{number}\"><h3>"));
    page.both(|reader| reader.entity(&it.id));
    page.raw("<small class=\"mono\">");
    page.text(&visible(&it.id.to_string()));
    page.raw("</small>");
    page.verdict(it.verdict);
    page.raw("</h3><div><div class=\"strip\">");
    for element in [Element::Device, Element::Software, Element::PoolAccess] {
        let state = it.elements.get(&element).map_or("not_examined", |it| element_state(*it));
        page.put(format_args!("<div class=\"{state}\"><small>"));
        page.both(|reader| reader.named("element", &element.to_string()));
        page.raw("</small><b>");
        page.both(|reader| reader.named("element-state", state));
        page.raw("</b></div>");
    }
    page.raw("<div><small>");
    page.both(|reader| reader.likelihood(it));
    page.raw(" ");
    let prior = it.probability.prior_deciban.probability();
    page.both(|reader| reader.fill("likelihood.prior", &[("prior", &reader.percent(prior))]));
    page.raw("</small>");
    if !Reader::is_unseen(it) {
        interval(page, it.probability);
    }
    page.raw("</div></div>");
    if it.verdict != it.machine_verdict {
        page.raw("<p class=\"people\">");
        page.both(|reader| {
            reader.fill("say.excluded-by", &[("verdict", &reader.verdict(it.machine_verdict))])
        });
        page.raw("</p>");
    }
    page.raw("<div class=\"why\"><div>");
    let [reasons, counter, context] = Reader::sorted(it);
    findings(page, "heading.reasons", &reasons, "say.none");
    findings(page, "heading.context", &context, "");
    classification(page, it);
    page.raw("</div><div>");
    findings(page, "heading.counter-reasons", &counter, "say.counter-none");
    missing(page, it);
    page.raw("</div></div>");
    if let Some(manual) = report.case.manual.get(&it.id.to_string()) {
        table::people(page, manual);
    }
    page.raw("</div></article>");
}

/// The likelihood and how far it may be off, between nought and one.
fn interval(page: &mut Page<'_>, it: Probability) {
    let at = |share: f64| (share.clamp(0.0, 1.0) * 980.0 + 10.0).round();
    let [low, value, high] = [it.low, it.value, it.high].map(at);
    page.raw("<svg viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" role=\"img\" aria-hidden=\"true\">");
    page.raw("<rect x=\"10\" y=\"16\" width=\"980\" height=\"8\" fill=\"#e6eaef\"/>");
    let width = (high - low).max(6.0);
    page.put(format_args!(
        "<rect x=\"{low}\" y=\"12\" width=\"{width}\" height=\"16\" fill=\"#8fa9c8\"/>"
    ));
    page.put(format_args!(
        "<rect x=\"{}\" y=\"4\" width=\"6\" height=\"32\" fill=\"#1f3a5c\"/></svg>",
        value - 3.0
    ));
}

fn findings(page: &mut Page<'_>, heading: &str, findings: &[(usize, &Weighed)], none: &str) {
    if findings.is_empty() && none.is_empty() {
        return;
    }
    page.raw("<h3>");
    page.say(heading);
    page.raw("</h3>");
    if findings.is_empty() {
        page.raw("<p class=\"soft\">");
        page.say(none);
        page.raw("</p>");
        return;
    }
    page.raw("<ul>");
    for (_, it) in findings.iter().take(SHOWN) {
        page.raw("<li>");
        page.both(|reader| reader.statement(&it.finding));
        page.raw(" ");
        page.strength(it.weight_deciban);
        page.put(format_args!(" <small class=\"nb\">{}</small> ", it.finding.detector));
        page.evidence(&it.evidence);
        page.raw("</li>");
    }
    page.raw("</ul>");
    page.rest(SHOWN, findings.len());
}

fn missing(page: &mut Page<'_>, it: &Assessed) {
    page.raw("<h3>");
    page.say("heading.missing");
    page.raw("</h3><p>");
    let unseen = it.elements.iter().filter(|it| *it.1 == ElementState::NotExamined);
    let unseen: Vec<_> = unseen.map(|it| format!("element.{}", it.0)).collect();
    if it.missing.is_empty() && unseen.is_empty() {
        page.say("say.missing-none");
    } else if it.missing.is_empty() {
        page.both(|reader| {
            let elements = reader.list(unseen.iter().map(|it| reader.say(it)));
            reader.fill("say.missing-elements", &[("elements", &elements)])
        });
    } else {
        page.both(|reader| reader.facts(&it.missing));
        page.raw("<br><small>");
        page.both(|reader| reader.assess_by(&it.missing));
        page.raw("</small>");
    }
    page.raw("</p>");
}

fn classification(page: &mut Page<'_>, it: &Assessed) {
    page.raw("<h3>");
    page.say("heading.intent");
    page.raw("</h3><p>");
    page.both(|reader| reader.intent(&it.intent));
    page.raw("</p>");
    if !it.scenarios.is_empty() {
        page.raw("<h3>");
        page.say("heading.scenarios");
        page.raw("</h3><ul>");
        for fit in &it.scenarios {
            page.raw("<li>");
            page.both(|reader| reader.scenario(fit));
            if !fit.missing.is_empty() {
                page.raw(" <small>");
                page.both(|reader| {
                    reader.fill("say.decide", &[("kinds", &reader.facts(&fit.missing))])
                });
                page.raw("</small>");
            }
            page.raw("</li>");
        }
        page.raw("</ul>");
    }
    if !it.joins.is_empty() {
        page.raw("<h3>");
        page.say("heading.joins");
        page.raw("</h3><ul>");
        for join in it.joins.iter().take(SHOWN) {
            page.raw("<li>");
            page.both(|reader| reader.join(join));
            page.raw("</li>");
        }
        page.raw("</ul>");
        page.rest(SHOWN, it.joins.len());
    }
}
