//! The head of the page, and the summary that anybody understands.

use minehound_model::Verdict;

use super::Report;
use super::page::Page;
use crate::quantity::grouped;
use crate::{Lang, View};

const STYLE: &str = include_str!("report.css");

/// The sections, for the contents.
const SECTIONS: [(&str, &str); 12] = [
    ("table", "heading.table"),
    ("summary", "heading.summary"),
    ("charts", "heading.charts"),
    ("entities", "heading.entities"),
    ("people", "heading.people"),
    ("sessions", "heading.sessions"),
    ("nodes", "heading.nodes"),
    ("coverage", "heading.coverage"),
    ("inputs", "heading.inputs"),
    ("evidence", "heading.evidence"),
    ("limits", "heading.limits"),
    ("verification", "heading.verification"),
];

pub(super) fn open(page: &mut Page<'_>, lang: Lang, nonce: &str) {
    let lang = if lang == Lang::Zh { "zh-CN" } else { "en" };
    page.put(format_args!("<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">"));
    // The nonce is the digest of the result: no text inside the evidence can know it beforehand.
    page.put(format_args!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; \
         form-action 'none'\">"
    ));
    page.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
    page.raw("<meta name=\"referrer\" content=\"no-referrer\"><title>Minehound 寻矿</title>");
    page.put(format_args!("<style nonce=\"{nonce}\">{STYLE}</style></head><body>"));
}

/// What everybody needs to know, short enough that the table begins on the same screen or sheet.
pub(super) fn headline(page: &mut Page<'_>, report: &Report<'_>, view: &View<'_>) {
    title(page, report, view);
    let (case, counts) = (report.case, &report.counts);
    page.raw("<main><section id=\"headline\"><div class=\"lead\">");
    page.verdict(case.verdict);
    page.raw("<div><strong>");
    page.both(|it| it.summary(case, counts).headline);
    page.raw("</strong> <span class=\"soft\">");
    page.both(|it| it.summary(case, counts).meaning);
    page.raw("</span><p><b>");
    page.say("heading.next");
    page.raw("</b> ");
    page.both(|it| it.sentences(&it.summary(case, counts).next));
    page.raw("</p></div></div>");
    tiles(page, report);
    page.end_section();
}

/// What was found and what was not looked at, in sentences.
pub(super) fn summary(page: &mut Page<'_>, report: &Report<'_>) {
    let (case, counts) = (report.case, &report.counts);
    page.section("summary", "heading.summary");
    page.raw("<div class=\"halves\">");
    for (heading, pick) in PARTS {
        page.raw("<div><h3>");
        page.say(heading);
        page.raw("</h3>");
        for lang in ["zh", "en"] {
            page.put(format_args!("<ul lang=\"{lang}\">"));
            let lines = page.one(lang, |it| pick(it.summary(case, counts)));
            for line in lines {
                page.raw("<li>");
                page.text(&line);
                page.raw("</li>");
            }
            page.raw("</ul>");
        }
        page.raw("</div>");
    }
    page.raw("</div>");
    page.end_section();
}

type Part = (&'static str, fn(crate::reader::Summary) -> Vec<String>);

const PARTS: [Part; 2] =
    [("heading.found", |it| it.found), ("heading.not-looked-at", |it| it.not_looked)];

fn title(page: &mut Page<'_>, report: &Report<'_>, view: &View<'_>) {
    page.raw("<header><div><div><h1>");
    page.say("heading.title");
    page.raw("</h1>");
    for lang in ["zh", "en"] {
        let lines = page.one(lang, |it| crate::terminal::identity(report.case, it, view));
        for line in lines {
            page.put(format_args!("<p lang=\"{lang}\">"));
            page.text(&line);
            page.raw("</p>");
        }
    }
    page.raw("</div><div class=\"acts\"><button type=\"button\" data-lang=\"zh-CN\">中文</button>");
    page.raw("<button type=\"button\" data-lang=\"en\">English</button>");
    page.raw("<button type=\"button\" data-act=\"print\">");
    page.say("say.print");
    page.raw("</button></div></div></header><nav><div>");
    for (id, heading) in SECTIONS {
        if present(report, id) {
            page.put(format_args!("<a href=\"#{id}\">"));
            page.say(heading);
            page.raw("</a>");
        }
    }
    page.raw("</div></nav>");
}

fn present(report: &Report<'_>, id: &str) -> bool {
    match id {
        "sessions" | "charts" => !report.case.sessions.is_empty(),
        "nodes" => !report.case.nodes.is_empty(),
        "people" => report.case.workbook.is_some(),
        _ => true,
    }
}

/// The totals, each from the one counting function.
fn tiles(page: &mut Page<'_>, report: &Report<'_>) {
    let counts = &report.counts;
    page.raw("<div class=\"tiles\">");
    for (verdict, n) in counts.entities {
        let always = matches!(verdict, Verdict::Confirmed | Verdict::Suspected | Verdict::Clue);
        if n > 0 || always {
            page.put(format_args!("<div data-count=\"{verdict}\"><b>{}</b><span>", grouped(n)));
            page.both(|it| format!("{} · {}", it.say("heading.entities"), it.verdict(verdict)));
            page.raw("</span></div>");
        }
    }
    let shares = counts.shares;
    for (id, name, n) in [
        ("sessions", "heading.sessions", counts.sessions),
        ("submitted", "column.submitted", shares.submitted),
        ("accepted", "column.accepted", shares.accepted),
        ("evidence", "heading.evidence", counts.evidence),
        ("inputs", "column.input", counts.inputs),
    ] {
        page.put(format_args!("<div data-count=\"{id}\"><b>{}</b><span>", grouped(n)));
        if matches!(id, "submitted" | "accepted") {
            page.both(|it| format!("{} · {}", it.say("column.shares"), it.say(name)));
        } else {
            page.say(name);
        }
        page.raw("</span></div>");
    }
    page.raw("</div>");
}
