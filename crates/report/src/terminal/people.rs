//! Where what people wrote comes from, and what of it is about nothing in this run.

use minehound_assess::Case;

use super::Page;
use crate::manual::filled;
use crate::visible;

/// Rows about nothing in this run that are listed.
const SHOWN: usize = 30;

pub(super) fn write(page: &mut Page<'_>, case: &Case) {
    let Some(workbook) = &case.workbook else { return };
    let reader = page.reader;
    page.heading(&reader.say("heading.people"));
    for line in reader.workbook(case) {
        page.paragraph("  - ", &line);
    }
    for (id, origin) in workbook.absent.iter().take(SHOWN) {
        page.paragraph("", &format!("{} · {}", visible(id), reader.origin(origin)));
        for (field, text) in case.manual.get(id).into_iter().flat_map(filled) {
            let field = reader.named("manual", field);
            page.brief("    ", &format!("{field}{}{}", reader.colon(), visible(text)), 2);
        }
    }
    page.rest(SHOWN, workbook.absent.len());
}
