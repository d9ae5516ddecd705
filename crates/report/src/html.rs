//! The report as one self-contained page in both languages: the table right under the headline,
//! every number a link to its evidence.
//!
//! No text from the evidence reaches the page unescaped, no style stands in an attribute, and the
//! page's policy admits only its own script and style.

mod chart;
mod closing;
mod entities;
mod evidence;
mod front;
mod lists;
mod page;
mod people;
mod sessions;
mod table;

use std::io::Write;

use minehound_assess::Case;

use self::evidence::Citations;
use self::page::Page;
pub(crate) use self::page::escape;
use crate::ledger::Ledger;
use crate::{Catalogue, Lang, Reader, RenderError, View, counts};

/// How much of each list the page shows in detail; the rest is in the JSON report.
mod most {
    pub(super) const ENTITIES: usize = 400;
    pub(super) const SESSIONS: usize = 600;
    pub(super) const NODES: usize = 400;
    pub(super) const LISTED: usize = 400;
    pub(super) const INPUTS: usize = 2000;
    pub(super) const EVIDENCE: usize = 4000;
}

/// What the sections are made from.
struct Report<'c> {
    case: &'c Case,
    ledger: Ledger<'c>,
    counts: crate::Counts,
}

/// Writes the page.
pub(crate) fn write(case: &Case, view: &View<'_>, out: &mut dyn Write) -> Result<(), RenderError> {
    let catalogues = [Catalogue::of(Lang::Zh)?, Catalogue::of(Lang::En)?];
    let readers = catalogues.each_ref().map(|it| Reader::new(it, view.texts, &view.options.tz));
    let [zh, _] = &readers;
    let digest = crate::json::result_sha256(case, zh)?;
    let report = Report { case, ledger: Ledger::of(case), counts: counts(case) };
    let evidence = report.ledger.places().len().min(most::EVIDENCE);
    let mut page = Page::new(&readers, evidence);
    front::open(&mut page, view.options.lang, &digest);
    front::headline(&mut page, &report, view);
    table::write(&mut page, &report);
    front::summary(&mut page, &report);
    chart::coverage(&mut page, &report);
    chart::over_time(&mut page, &report);
    entities::write(&mut page, &report);
    people::write(&mut page, &report);
    sessions::write(&mut page, &report);
    lists::nodes(&mut page, &report);
    lists::devices(&mut page, &report);
    lists::programs(&mut page, &report);
    lists::coverage(&mut page, &report);
    evidence::inputs(&mut page, &report);
    evidence::write(&mut page, &report, &Citations::of(&report));
    closing::write(&mut page, &report, &digest);
    Ok(out.write_all(page.finish(&digest).as_bytes())?)
}
