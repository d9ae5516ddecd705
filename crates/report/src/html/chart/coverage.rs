//! How much of each dimension was looked at.

use super::{Page, Report, end_figure, figure, rect};

const LEFT: f64 = 150.0;
const RIGHT: f64 = 800.0;
const STEP: f64 = 26.0;

pub(in crate::html) fn coverage(page: &mut Page<'_>, report: &Report<'_>) {
    let dimensions = &report.counts.dimensions;
    if dimensions.is_empty() {
        return;
    }
    page.raw("<section id=\"coverage-chart\">");
    #[expect(clippy::cast_precision_loss, reason = "five dimensions")]
    let height = 8.0 + STEP * dimensions.len() as f64;
    figure(page, "heading.coverage-chart", height, |_| String::new());
    page.raw(
        "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#dce6f1\"/>\
         <rect width=\"2.4\" height=\"6\" fill=\"#2f5d8f\"/></pattern></defs>",
    );
    let mut top = 4.0;
    for (dimension, [items, examined, partly, people]) in dimensions {
        let at = format!("x=\"0\" y=\"{:.1}\"", top + 15.0);
        page.drawn(&at, |it| it.say(&format!("dimension.{dimension}")));
        bar(page, [*items, *examined, *partly, *people], top);
        let silent = items.saturating_sub(examined + partly + people);
        let parts = [
            ("examined", *examined),
            ("partly", *partly),
            ("by_people", *people),
            ("not_examined", silent),
        ];
        let at = format!("x=\"{:.0}\" y=\"{:.1}\"", RIGHT + 14.0, top + 15.0);
        page.drawn(&at, |it| {
            let parts = parts.iter().filter(|it| it.1 > 0);
            it.list(parts.map(|(name, n)| format!("{} {n}", it.named("coverage", name))))
        });
        top += STEP;
    }
    end_figure(page);
    page.end_section();
}

#[expect(clippy::cast_precision_loss, reason = "drawn, not counted")]
fn bar(page: &mut Page<'_>, [items, examined, partly, people]: [u64; 4], top: f64) {
    rect(page, "none", (LEFT, top + 2.0), (RIGHT - LEFT, 18.0));
    let step = (RIGHT - LEFT) / items.max(1) as f64;
    let mut left = LEFT;
    for (class, n) in [("full", examined), ("partly", partly), ("peo", people)] {
        if n == 0 {
            continue;
        }
        let width = step * n as f64;
        if class == "partly" {
            page.put(format_args!(
                "<rect fill=\"url(#hatch)\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"18\"/>",
                top + 2.0
            ));
        } else {
            rect(page, class, (left, top + 2.0), (width, 18.0));
        }
        left += width;
    }
    for item in 1..items.min(60) {
        let x = LEFT + step * item as f64;
        page.put(format_args!(
            "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#fff\" stroke-width=\"1.5\"/>",
            top + 2.0,
            top + 20.0
        ));
    }
}
