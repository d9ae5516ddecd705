//! A sheet of headings, sentences and tables in one language, for a terminal or to print.

use std::io::{self, Write};

use crate::Lang;
use crate::html::escape;
use crate::terminal::width;
use crate::visible::whole;

const STYLE: &str = include_str!("html/report.css");

/// A sheet to print or to read in a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it is.
    pub title: String,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Heading(String),
    /// A sentence or several.
    Text(String),
    /// A table: the heads of its columns and its rows.
    Table(Vec<String>, Vec<Vec<String>>),
}

impl Page {
    /// Writes it for a terminal.
    ///
    /// # Errors
    ///
    /// Returns what the system says where `out` refuses.
    pub fn plain(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", whole(&self.title))?;
        for part in &self.parts {
            match part {
                Part::Heading(text) => writeln!(out, "\n== {}", whole(text))?,
                Part::Text(text) => writeln!(out, "{}", whole(text))?,
                Part::Table(heads, rows) => grid(heads, rows, out)?,
            }
        }
        out.flush()
    }

    /// Writes it as a page without scripts, to print.
    ///
    /// # Errors
    ///
    /// Returns what the system says where `out` refuses.
    pub fn html(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let mut body = String::new();
        tagged("h1", &self.title, &mut body);
        for part in &self.parts {
            match part {
                Part::Heading(text) => tagged("h2", text, &mut body),
                Part::Text(text) => tagged("p", text, &mut body),
                Part::Table(heads, rows) => table(heads, rows, &mut body),
            }
        }
        let mut title = String::new();
        escape(&self.title, &mut title);
        let nonce = crate::json::sha256(body.as_bytes());
        let lang = if lang == Lang::Zh { "zh-CN" } else { "en" };
        write!(
            out,
            "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"referrer\" content=\"no-referrer\"><title>{title}</title>\
             <style nonce=\"{nonce}\">{STYLE}</style></head><body><main>"
        )?;
        out.write_all(body.as_bytes())?;
        writeln!(out, "</main></body></html>")?;
        out.flush()
    }
}

fn tagged(tag: &str, text: &str, html: &mut String) {
    for part in ["<", tag, ">"] {
        html.push_str(part);
    }
    escape(&whole(text), html);
    for part in ["</", tag, ">"] {
        html.push_str(part);
    }
}

fn table(heads: &[String], rows: &[Vec<String>], html: &mut String) {
    html.push_str("<table><thead><tr>");
    for it in heads {
        tagged("th", it, html);
    }
    html.push_str("</tr></thead><tbody>");
    for row in rows {
        html.push_str("<tr>");
        for it in row {
            tagged("td", it, html);
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
}

/// Columns as wide as their widest cell; the last may be as long as it is.
fn grid(heads: &[String], rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    let shown = |row: &[String]| row.iter().map(|it| whole(it)).collect::<Vec<_>>();
    let all: Vec<Vec<String>> =
        std::iter::once(shown(heads)).chain(rows.iter().map(|it| shown(it))).collect();
    let mut widths = vec![0; heads.len()];
    for row in &all {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    for row in &all {
        let mut line = String::new();
        for (place, (cell, widest)) in row.iter().zip(&widths).enumerate() {
            line.push_str(cell);
            if place + 1 < row.len() {
                line.extend(std::iter::repeat_n(' ', widest - width(cell) + 2));
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_from_outside_are_shown_and_never_interpreted() {
        let page = Page {
            title: "<b>".to_owned(),
            parts: vec![
                Part::Text("a\u{1b}[31m".to_owned()),
                Part::Table(
                    vec!["矿池".to_owned(), "x".to_owned()],
                    vec![vec!["<script>".to_owned(), "1".to_owned()]],
                ),
            ],
        };
        let (mut html, mut plain) = (Vec::new(), Vec::new());
        page.html(Lang::Zh, &mut html).unwrap();
        page.plain(&mut plain).unwrap();
        let (html, plain) = (String::from_utf8(html).unwrap(), String::from_utf8(plain).unwrap());
        assert!(
            html.contains("&lt;script&gt;") && !html.contains("<script>") && !html.contains("<b>")
        );
        assert!(!plain.contains('\u{1b}'));
        assert!(plain.contains("矿池      x\n<script>  1\n"), "{plain}");
    }
}
