//! Where what people wrote comes from, and what of it is about nothing in this run.

use super::page::Page;
use super::{Report, most, table};
use crate::visible;

pub(super) fn write(page: &mut Page<'_>, report: &Report<'_>) {
    let Some(workbook) = &report.case.workbook else { return };
    page.section("people", "heading.people");
    for lang in ["zh", "en"] {
        page.put(format_args!("<ul lang=\"{lang}\">"));
        for line in page.one(lang, |it| it.workbook(report.case)) {
            page.raw("<li>");
            page.text(&line);
            page.raw("</li>");
        }
        page.raw("</ul>");
    }
    for (id, origin) in workbook.absent.iter().take(most::LISTED) {
        page.raw("<h3>");
        page.both(|it| it.row_name(id));
        page.raw(" <small class=\"mono\">");
        page.text(&visible(id));
        page.raw("</small></h3><p class=\"soft\">");
        page.both(|it| it.sentences(&[it.say("say.not-in-run"), it.origin(origin)]));
        page.raw("</p>");
        if let Some(manual) = report.case.manual.get(id) {
            table::people(page, manual);
        }
    }
    page.rest(most::LISTED, workbook.absent.len());
    page.end_section();
}
