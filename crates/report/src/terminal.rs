//! The report for a terminal: a summary for anybody, then tables for an engineer.

mod grid;
mod lists;
mod people;
mod table;

use std::io::Write;

use minehound_assess::Case;
use minehound_model::Verdict;

use self::grid::cut;
pub(crate) use self::grid::width;
use crate::ledger::Ledger;
use crate::reader::{Summary, nothing_read};
use crate::{Counts, Reader, RenderError, View, counts, moment, visible};

/// The narrowest and the widest page that is laid out.
const WIDTHS: (usize, usize) = (60, 160);

/// The longest lead that the lines of a paragraph are set in by.
const LEAD: usize = 8;

/// A page of text lines.
struct Page<'a> {
    reader: &'a Reader<'a>,
    width: usize,
    colour: bool,
    text: String,
}

/// Writes the report.
pub(crate) fn write(
    case: &Case,
    reader: &Reader<'_>,
    view: &View<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let (least, most) = WIDTHS;
    let width = view.options.width.clamp(least, most);
    let mut page = Page { reader, width, colour: view.options.colour, text: String::new() };
    let (counts, ledger) = (counts(case), Ledger::of(case));
    page.front(case, &counts, view);
    // Where nothing could be read, every table would only say so once more.
    let unread = nothing_read(case);
    if !unread {
        table::write(&mut page, case);
        lists::entities(&mut page, case, &counts);
        people::write(&mut page, case);
        lists::sessions(&mut page, case, &ledger);
        lists::nodes(&mut page, case, &ledger);
        lists::devices_and_programs(&mut page, case, &ledger);
        lists::coverage(&mut page, case, &counts);
    }
    lists::inputs(&mut page, case, &counts);
    if !unread {
        lists::evidence(&mut page, &ledger);
    }
    page.back(case)?;
    Ok(out.write_all(page.text.as_bytes())?)
}

impl Page<'_> {
    fn front(&mut self, case: &Case, counts: &Counts, view: &View<'_>) {
        let reader = self.reader;
        let title = reader.say("heading.title");
        let title = self.paint(&title, "1");
        self.line(&title);
        for line in identity(case, reader, view) {
            self.paragraph("", &line);
        }
        let Summary { headline, meaning, found, next, not_looked } = reader.summary(case, counts);
        self.text.push('\n');
        let verdict = format!("[ {} ]", reader.verdict(case.verdict));
        let verdict = self.verdict(&verdict, case.verdict);
        self.line(&verdict);
        self.paragraph("", &headline);
        self.paragraph("", &meaning);
        for (heading, lines) in [
            ("heading.found", found),
            ("heading.next", next),
            ("heading.not-looked-at", not_looked),
        ] {
            self.text.push('\n');
            let heading = self.paint(&reader.say(heading), "1");
            self.line(&heading);
            for it in &lines {
                self.paragraph("  - ", it);
            }
        }
    }

    fn back(&mut self, case: &Case) -> Result<(), RenderError> {
        let reader = self.reader;
        self.text.push('\n');
        self.rule("");
        self.paragraph("", &reader.say("say.machine-word"));
        let stamp = &case.knowledge;
        let args = [("version", &*stamp.version), ("digest", &*stamp.digest)];
        self.paragraph("", &reader.fill("say.knowledge", &args));
        let digest = crate::json::result_sha256(case, reader)?;
        self.paragraph("", &reader.fill("say.result", &[("digest", &digest)]));
        Ok(())
    }

    /// A heading over a list.
    fn heading(&mut self, text: &str) {
        self.text.push('\n');
        self.rule(text);
    }

    fn rule(&mut self, text: &str) {
        let lead = if text.is_empty() { String::new() } else { format!("── {text} ") };
        let rest = self.width.saturating_sub(width(&lead));
        let line = self.paint(&format!("{lead}{}", "─".repeat(rest)), "2");
        self.line(&line);
    }

    /// A text broken into lines that begin with `lead`, or with as much space.
    fn paragraph(&mut self, lead: &str, text: &str) {
        self.lines(lead, text, usize::MAX);
    }

    /// The same, cut to a few lines.
    fn brief(&mut self, lead: &str, text: &str, most: usize) {
        self.lines(lead, text, most);
    }

    fn lines(&mut self, lead: &str, text: &str, most: usize) {
        // A long lead is a heading: the lines after it do not stand under its end.
        let indent = if width(lead) > LEAD { 2 } else { width(lead) };
        let ahead = "x".repeat(width(lead) - indent);
        let inside = self.width.saturating_sub(indent).max(20);
        for (place, line) in cut(&format!("{ahead}{text}"), inside, most).iter().enumerate() {
            let line = match (place, line.strip_prefix(&*ahead)) {
                (0, Some(rest)) => format!("{lead}{rest}"),
                _ => format!("{}{line}", " ".repeat(indent)),
            };
            self.line(&line);
        }
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn paint(&self, text: &str, code: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A verdict in its colour; the word is always there.
    fn verdict(&self, text: &str, verdict: Verdict) -> String {
        self.paint(text, colour(verdict))
    }
}

/// The terminal's code for the colour of a verdict.
fn colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "1;31",
        Verdict::Suspected => "1;33",
        Verdict::Clue => "33",
        Verdict::Inconclusive => "35",
        Verdict::NotAssessed | Verdict::Excluded => "36",
        Verdict::Clear => "32",
    }
}

/// What, where and when: the lines under the title.
pub(crate) fn identity(case: &Case, reader: &Reader<'_>, view: &View<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(site) = &case.site {
        let mut site_words = vec![reader.fill("say.site", &[("name", &visible(&site.name))])];
        site_words.extend(site.industry.as_deref().map(visible));
        site_words
            .extend(site.area_m2.map(|it| {
                reader.fill("unit.square-metres", &[("n", &crate::quantity::plain(it))])
            }));
        site_words
            .extend(site.racks.map(|it| reader.fill("unit.racks", &[("n", &it.to_string())])));
        lines.push(reader.list(site_words));
    }
    let spans = case.inputs.iter().filter_map(|it| it.span);
    if let Some(span) = spans.reduce(minehound_model::Span::hull) {
        let (from, to) = (reader.moment(span.from_ms), reader.moment(span.to_ms));
        let window = reader.fill("say.evidence-window", &[("from", &from), ("to", &to)]);
        let offset = moment::offset(span.from_ms, reader.tz());
        let offset = reader.fill("say.times", &[("offset", &offset)]);
        lines.push(reader.sentences(&[format!("{window}{}", stop(reader)), offset]));
    }
    if let Some(run) = &view.options.run {
        let time = reader.moment(run.started_ms);
        let made = [("time", &*time), ("seconds", &*crate::quantity::plain(run.seconds))];
        let tool = reader.fill("say.tool", &[("version", &run.version)]);
        lines.push(reader.list([tool, reader.fill("say.generated", &made)]));
    }
    if view.masked {
        lines.push(reader.say("say.masked"));
    }
    lines
}

fn stop(reader: &Reader<'_>) -> &'static str {
    match reader.lang() {
        crate::Lang::Zh => "。",
        crate::Lang::En => ".",
    }
}
