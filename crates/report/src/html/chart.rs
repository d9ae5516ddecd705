//! Charts, where one rather looks than reads.

mod coverage;
mod hashrate;
mod shares;
mod timeline;

pub(super) use coverage::coverage;

use super::Report;
use super::page::Page;
use crate::{Reader, moment};

/// How wide every chart is drawn; the page scales it.
const WIDTH: f64 = 1150.0;

/// Sessions over time, shares over time, and hashrate.
pub(super) fn over_time(page: &mut Page<'_>, report: &Report<'_>) {
    if report.case.sessions.is_empty() {
        return;
    }
    page.section("charts", "heading.charts");
    timeline::draw(page, report);
    shares::draw(page, report);
    hashrate::draw(page, report);
    page.end_section();
}

/// A figure with its caption and a remark beside it.
fn figure(page: &mut Page<'_>, heading: &str, height: f64, remark: impl Fn(&Reader<'_>) -> String) {
    page.raw("<figure><figcaption>");
    page.say(heading);
    page.raw("<small>");
    page.both(remark);
    page.raw("</small></figcaption>");
    page.put(format_args!("<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">"));
}

fn end_figure(page: &mut Page<'_>) {
    page.raw("</svg></figure>");
}

fn line(page: &mut Page<'_>, class: &str, from: (f64, f64), to: (f64, f64)) {
    let ((x1, y1), (x2, y2)) = (from, to);
    page.put(format_args!(
        "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
    ));
}

/// A box; `class` names its fill.
fn rect(page: &mut Page<'_>, class: &str, at: (f64, f64), size: (f64, f64)) {
    let ((x, y), (width, height)) = (at, size);
    page.put(format_args!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
    ));
}

fn label(page: &mut Page<'_>, class: &str, (x, y): (f64, f64), text: &str) {
    page.put(format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">"));
    page.text(text);
    page.raw("</text>");
}

/// A stretch of time laid along the width of a chart.
struct TimeAxis {
    from_ms: i64,
    to_ms: i64,
    left: f64,
    right: f64,
}

impl TimeAxis {
    /// The axis that holds all these moments.
    fn over(moments: impl IntoIterator<Item = i64>, left: f64, right: f64) -> Option<Self> {
        let (mut from_ms, mut to_ms) = (i64::MAX, i64::MIN);
        for it in moments {
            from_ms = from_ms.min(it);
            to_ms = to_ms.max(it);
        }
        // A single instant still needs a width to be drawn at.
        (from_ms <= to_ms).then(|| Self {
            from_ms,
            to_ms: to_ms.max(from_ms.saturating_add(1000)),
            left,
            right,
        })
    }

    fn seconds(&self) -> f64 {
        minehound_model::Span { from_ms: self.from_ms, to_ms: self.to_ms }.seconds()
    }

    /// Where a moment lies.
    fn at(&self, time_ms: i64) -> f64 {
        let part = minehound_model::Span { from_ms: self.from_ms, to_ms: time_ms }.seconds();
        self.left + (self.right - self.left) * (part / self.seconds()).clamp(0.0, 1.0)
    }

    /// Vertical rules with their times under them, between `top` and `bottom`.
    fn draw(&self, page: &mut Page<'_>, top: f64, bottom: f64) {
        const TICKS: i64 = 5;
        let format = match self.seconds() {
            length if length < 7200.0 => "%H:%M:%S",
            length if length < 172_800.0 => "%m-%d %H:%M",
            _ => "%Y-%m-%d",
        };
        let length = self.to_ms.saturating_sub(self.from_ms);
        for tick in 0..=TICKS {
            let time_ms = self.from_ms.saturating_add(length / TICKS * tick);
            let x = self.at(time_ms);
            line(page, "rule", (x, top), (x, bottom));
            let class = match tick {
                0 => "",
                TICKS => "end",
                _ => "mid",
            };
            let text = page.one("en", |it| moment::stamped(time_ms, it.tz(), format));
            label(page, class, (x, bottom + 16.0), &text.unwrap_or_default());
        }
        line(page, "axis", (self.left, bottom), (self.right, bottom));
    }

    /// The whole stretch in words, with its offset.
    fn told(&self, reader: &Reader<'_>) -> String {
        let (low, high) = (reader.moment(self.from_ms), reader.moment(self.to_ms));
        reader.fill("say.range", &[("low", &low), ("high", &high)])
    }
}
