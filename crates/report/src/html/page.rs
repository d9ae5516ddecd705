//! A page under construction: escaping, both languages, links to evidence.

use std::fmt::Write;

use minehound_model::{Decibans, Verdict};

use crate::Reader;

const SCRIPT: &str = include_str!("report.js");

/// A page that speaks both languages.
pub(super) struct Page<'a> {
    readers: &'a [Reader<'a>; 2],
    html: String,
    /// Evidence up to this number has an entry to link to.
    linked: usize,
}

impl<'a> Page<'a> {
    pub(super) fn new(readers: &'a [Reader<'a>; 2], linked: usize) -> Self {
        Self { readers, html: String::with_capacity(1 << 18), linked }
    }

    /// Markup of our own.
    pub(super) fn raw(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// Markup of our own with numbers in it.
    pub(super) fn put(&mut self, html: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.html.write_fmt(html);
    }

    /// A text, escaped.
    pub(super) fn text(&mut self, text: &str) {
        escape(text, &mut self.html);
    }

    /// What the reader of one language says.
    pub(super) fn one<T>(&self, lang: &str, say: impl Fn(&Reader<'_>) -> T) -> T {
        let [zh, en] = self.readers;
        say(if lang == "zh" { zh } else { en })
    }

    /// What both readers say, escaped; once, if they say the same.
    pub(super) fn both(&mut self, say: impl Fn(&Reader<'_>) -> String) {
        let [zh, en] = self.readers.each_ref().map(say);
        if zh == en {
            return self.text(&zh);
        }
        self.raw("<span lang=\"zh\">");
        self.text(&zh);
        self.raw("</span><span lang=\"en\">");
        self.text(&en);
        self.raw("</span>");
    }

    /// The same inside a drawing.
    pub(super) fn drawn(&mut self, at: &str, say: impl Fn(&Reader<'_>) -> String) {
        let [zh, en] = self.readers.each_ref().map(say);
        if zh == en {
            self.put(format_args!("<text {at}>"));
            self.text(&zh);
        } else {
            self.put(format_args!("<text {at} lang=\"zh\">"));
            self.text(&zh);
            self.put(format_args!("</text><text {at} lang=\"en\">"));
            self.text(&en);
        }
        self.raw("</text>");
    }

    pub(super) fn say(&mut self, message: &str) {
        self.both(|it| it.say(message));
    }

    /// A section with its heading.
    pub(super) fn section(&mut self, id: &str, heading: &str) {
        self.put(format_args!("<section id=\"{id}\"><h2>"));
        self.say(heading);
        self.raw("</h2>");
    }

    pub(super) fn end_section(&mut self) {
        self.raw("</section>\n");
    }

    /// The headings of a table, which repeat on every printed page.
    pub(super) fn head(&mut self, class: &str, columns: &[&str]) {
        self.put(format_args!("<table class=\"{class}\"><thead><tr>"));
        for column in columns {
            self.raw("<th scope=\"col\">");
            self.say(column);
            self.raw("</th>");
        }
        self.raw("</tr></thead><tbody>");
    }

    pub(super) fn end_table(&mut self) {
        self.raw("</tbody></table>");
    }

    /// A table cell with a text.
    pub(super) fn cell(&mut self, class: &str, text: &str) {
        self.open_cell(class);
        self.text(text);
        self.raw("</td>");
    }

    pub(super) fn cell_of(&mut self, class: &str, say: impl Fn(&Reader<'_>) -> String) {
        self.open_cell(class);
        self.both(say);
        self.raw("</td>");
    }

    pub(super) fn open_cell(&mut self, class: &str) {
        if class.is_empty() {
            self.raw("<td>");
        } else {
            self.put(format_args!("<td class=\"{class}\">"));
        }
    }

    /// A verdict with its mark and its word; the colour only repeats them.
    pub(super) fn verdict(&mut self, verdict: Verdict) {
        self.verdict_in(verdict, |it| it.verdict(verdict));
    }

    /// A verdict in words of its own.
    pub(super) fn verdict_in(&mut self, verdict: Verdict, words: impl Fn(&Reader<'_>) -> String) {
        let mark = mark(verdict);
        self.put(format_args!(
            "<span class=\"verdict {verdict}\"><i aria-hidden=\"true\">{mark}</i>"
        ));
        self.both(words);
        self.raw("</span>");
    }

    /// How strong a piece of evidence is, in words.
    pub(super) fn strength(&mut self, weight: Decibans) {
        let class = match weight.0 {
            10.. => "strong",
            1.. => "weak",
            0 => "none",
            _ => "against",
        };
        self.put(format_args!("<span class=\"strength {class}\">"));
        self.both(|it| it.strength(weight));
        self.raw("</span>");
    }

    /// Links to numbers of the evidence: the first few, then how many more.
    pub(super) fn evidence(&mut self, numbers: &[usize]) {
        const SHOWN: usize = 6;
        let mut sorted = numbers.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        for number in sorted.iter().take(SHOWN) {
            if *number <= self.linked {
                self.put(format_args!("<a class=\"ev\" href=\"#E{number}\">E{number}</a> "));
            } else {
                self.put(format_args!("<span class=\"ev\">E{number}</span> "));
            }
        }
        if let Some(more) = sorted.len().checked_sub(SHOWN).filter(|it| *it > 0) {
            self.put(format_args!("<small>+{more}</small>"));
        }
    }

    /// A number that is a link to what it rests on.
    pub(super) fn linked(&mut self, numbers: &[usize], text: &str) {
        match numbers.iter().min().filter(|it| **it <= self.linked) {
            Some(number) => {
                self.put(format_args!("<a class=\"num\" href=\"#E{number}\">"));
                self.text(text);
                self.raw("</a>");
            }
            None => self.text(text),
        }
    }

    /// Says that only the first of many are shown.
    pub(super) fn rest(&mut self, shown: usize, total: usize) {
        if total > shown {
            let [n, m] = [shown, total].map(|it| crate::quantity::grouped(it as u64));
            self.raw("<p class=\"rest\">");
            self.both(|it| it.fill("unit.rows", &[("n", &n), ("m", &m)]));
            self.raw("</p>");
        }
    }

    /// The whole page.
    pub(super) fn finish(mut self, nonce: &str) -> String {
        self.put(format_args!(
            "</main><script nonce=\"{nonce}\">{SCRIPT}</script></body></html>\n"
        ));
        self.html
    }
}

/// The mark of a verdict: a shape of its own, so that colour never stands alone.
pub(super) fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "■",
        Verdict::Suspected => "▲",
        Verdict::Clue => "◆",
        Verdict::Inconclusive => "◐",
        Verdict::NotAssessed => "○",
        Verdict::Clear => "✓",
        Verdict::Excluded => "×",
    }
}

/// Writes a text so that nothing in it is markup.
pub(crate) fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(letter),
        }
    }
}
