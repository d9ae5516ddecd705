//! The proof sheet as a page to print: one sheet for each question.

use std::io::{self, Write};

use minehound_model::Candidate;

use super::Proof;
use super::words::{ALONE, NAMED, Words, percent};
use crate::html::escape;
use crate::{Catalogue, Lang, Options, visible};

const STYLE: [&str; 2] = [include_str!("../html/report.css"), include_str!("proof.css")];
const SCRIPT: &str = include_str!("../html/report.js");

/// Candidates whose trail is shown; the others are listed.
const TRAILS: usize = 5;

pub(super) fn write(
    proofs: &[Proof],
    catalogues: &[Catalogue; 2],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let words = catalogues.each_ref().map(|it| Words::new(it, &options.tz));
    let mut sheet = Sheet { words: &words, html: String::new() };
    for proof in proofs {
        sheet.proof(proof);
    }
    let nonce = crate::json::sha256(sheet.html.as_bytes());
    let (lang, title) = match options.lang {
        Lang::Zh => ("zh-CN", words[0].say("title")),
        Lang::En => ("en", words[1].say("title")),
    };
    write!(
        out,
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; \
         form-action 'none'\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"referrer\" content=\"no-referrer\"><title>{title}</title>\
         <style nonce=\"{nonce}\">{}{}</style></head><body><header><div><div><h1>",
        STYLE[0], STYLE[1]
    )?;
    let mut head = Sheet { words: &words, html: String::new() };
    head.say("title");
    head.html.push_str(
        "</h1></div><div class=\"tools\"><button data-lang=\"zh-CN\">中文</button>\
         <button data-lang=\"en\">English</button><button data-act=\"print\">⎙</button></div>\
         </div></header><main>",
    );
    out.write_all(head.html.as_bytes())?;
    out.write_all(sheet.html.as_bytes())?;
    writeln!(out, "</main><script nonce=\"{nonce}\">{SCRIPT}</script></body></html>")
}

struct Sheet<'a> {
    words: &'a [Words<'a>; 2],
    html: String,
}

impl Sheet<'_> {
    fn raw(&mut self, markup: &str) {
        self.html.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.html);
    }

    /// What both languages say; once, if they say the same.
    fn both(&mut self, say: impl Fn(&Words<'_>) -> String) {
        let [zh, en] = self.words.each_ref().map(say);
        if zh == en {
            return self.text(&zh);
        }
        self.raw("<span lang=\"zh\">");
        self.text(&zh);
        self.raw("</span><span lang=\"en\">");
        self.text(&en);
        self.raw("</span>");
    }

    fn say(&mut self, message: &str) {
        self.both(|it| it.say(message));
    }

    fn cell(&mut self, say: impl Fn(&Words<'_>) -> String) {
        self.raw("<td>");
        self.both(say);
        self.raw("</td>");
    }

    fn head(&mut self, columns: &[&str]) {
        self.raw("<table><thead><tr>");
        for column in columns {
            self.raw("<th scope=\"col\">");
            self.say(column);
            self.raw("</th>");
        }
        self.raw("</tr></thead><tbody>");
    }

    fn proof(&mut self, proof: &Proof) {
        self.raw("<section class=\"proof\"><h2>");
        self.both(|it| it.asked(&proof.question));
        self.raw("</h2><p class=\"soft\">");
        self.both(|it| it.asker(&proof.question.clock));
        self.raw("</p>");
        self.candidates(proof);
        let candidates = &proof.answer.candidates;
        for it in candidates.iter().filter(|it| it.probability >= NAMED).take(TRAILS) {
            self.trail(proof, it);
        }
        self.logs(proof);
        self.raw("<p class=\"soft\"><b>");
        self.say("method");
        self.raw("</b> ");
        self.say("method-text");
        self.raw("</p></section>");
    }

    fn candidates(&mut self, proof: &Proof) {
        let candidates = &proof.answer.candidates;
        self.raw("<h3>");
        self.say("candidates");
        self.raw("</h3><ol class=\"candidates\">");
        for it in candidates.iter().filter(|it| it.probability >= NAMED) {
            self.raw("<li><b>");
            self.text(&percent(it.probability));
            self.raw("</b> ");
            self.both(|words| words.who(&it.who));
            self.raw("<br><small>");
            self.both(|words| words.known(it).join(words.comma()));
            self.raw("</small></li>");
        }
        self.raw("</ol>");
        let rest: f64 = candidates.iter().map(|it| it.probability).filter(|it| *it < NAMED).sum();
        if rest > 0.001 {
            let count = candidates.iter().filter(|it| it.probability < NAMED).count();
            self.raw("<p>");
            self.text(&format!("{} … +{count}", percent(rest)));
            self.raw("</p>");
        }
        if candidates.first().is_none_or(|it| it.probability < ALONE) {
            self.raw("<p class=\"warning\">");
            self.say(if candidates.is_empty() { "nobody" } else { "several" });
            self.raw("</p>");
        }
        self.raw("<p>");
        self.say("not-a-person");
        self.raw("</p>");
        if !proof.answer.missing.is_empty() {
            self.raw("<h3>");
            self.say("missing");
            self.raw("</h3><ul>");
            for it in proof.answer.missing.iter().take(10) {
                self.raw("<li>");
                self.both(|words| words.missing(it));
                self.raw("</li>");
            }
            self.raw("</ul>");
        }
    }

    fn trail(&mut self, proof: &Proof, candidate: &Candidate) {
        if candidate.steps.is_empty() {
            return;
        }
        self.raw("<h3>");
        self.both(|it| format!("{} · {}", it.say("steps"), it.who(&candidate.who)));
        self.raw("</h3>");
        self.head(&["step", "says", "when", "log", "share"]);
        for (number, step) in candidate.steps.iter().enumerate() {
            self.raw("<tr><td class=\"id\">");
            self.text(&(number + 1).to_string());
            self.raw("</td>");
            self.cell(|it| it.says(step));
            self.cell(|it| it.span(step.span));
            self.raw("<td>");
            let place = step.line.and_then(|it| Some((it, proof.logs.get(&it.log)?)));
            if let Some((line, (log, ..))) = place {
                self.text(&visible(&log.device));
                self.raw(" ");
                self.both(|it| it.line(line.line));
                self.raw("<br><code>");
                self.text(&log.sha256);
                self.raw("</code><br>");
                if let Some(text) = proof.lines.get(&line) {
                    self.raw("<code class=\"line\">");
                    self.text(&visible(text));
                    self.raw("</code>");
                } else {
                    self.raw("<small>");
                    self.say("line-not-there");
                    self.raw("</small>");
                }
            } else {
                self.say("no-line");
                self.raw("<br><small>");
                self.say("no-line-why");
                self.raw("</small>");
            }
            self.raw("</td>");
            self.cell(|_| percent(step.probability));
            self.raw("</tr>");
        }
        self.raw("</tbody></table>");
    }

    /// The logs that steps rest on.
    fn logs(&mut self, proof: &Proof) {
        let steps = proof.answer.candidates.iter().flat_map(|it| &it.steps);
        let used: std::collections::BTreeSet<_> =
            steps.filter_map(|it| it.line.map(|it| it.log)).collect();
        if used.is_empty() {
            return;
        }
        self.raw("<h3>");
        self.say("logs");
        self.raw("</h3>");
        self.head(&["device", "kind", "clock-title", "loss", "reach", "digest"]);
        for (log, clock, loss) in used.iter().filter_map(|it| proof.logs.get(it)) {
            self.raw("<tr><td>");
            self.text(&visible(&log.device));
            self.raw("</td>");
            self.cell(|it| it.log_kind(log.kind));
            self.cell(|it| it.clock(clock, proof.question.moment.from_ms));
            self.cell(|_| percent(*loss));
            self.cell(|it| it.span(log.span));
            self.raw("<td>");
            self.text(&visible(&log.path));
            self.raw("<br><code>");
            self.text(&log.sha256);
            self.raw("</code></td></tr>");
        }
        self.raw("</tbody></table>");
    }
}
