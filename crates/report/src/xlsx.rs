//! The report as a workbook: a sheet per part, machine columns locked, human columns open.

mod about;
mod lists;
mod people;
mod sheet;
mod stamp;

use std::collections::BTreeSet;
use std::io::Write;

use minehound_assess::Case;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use self::sheet::Styles;
use crate::ledger::Ledger;
use crate::{Reader, RenderError, View};

/// What the sheets are made from.
struct Maker<'c, 'r> {
    case: &'c Case,
    ledger: Ledger<'c>,
    reader: &'r Reader<'r>,
    styles: Styles,
    hidden: &'c BTreeSet<String>,
}

/// Writes the workbook. The same case gives the same bytes: the date of making is fixed, the run
/// stands on the last sheet.
pub(crate) fn write(
    case: &Case,
    reader: &Reader<'_>,
    view: &View<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let (ledger, styles, hidden) = (Ledger::of(case), Styles::new(), &view.hidden);
    let maker = Maker { case, ledger, reader, styles, hidden };
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let title = reader.say("heading.title");
    let properties =
        DocProperties::new().set_title(&title).set_author("Minehound").set_creation_datetime(&made);
    book.set_properties(&properties);
    maker.table(book.add_worksheet())?;
    maker.entities(book.add_worksheet())?;
    if case.workbook.as_ref().is_some_and(|it| !it.absent.is_empty()) {
        maker.earlier(book.add_worksheet())?;
    }
    maker.sessions(book.add_worksheet())?;
    maker.nodes(book.add_worksheet())?;
    maker.devices_and_programs(book.add_worksheet())?;
    maker.inputs(book.add_worksheet())?;
    maker.evidence(book.add_worksheet())?;
    maker.coverage(book.add_worksheet())?;
    let digest = crate::json::result_sha256(case, reader)?;
    maker.about(book.add_worksheet(), view, &digest)?;
    maker.stamp(book.add_worksheet(), view, &digest)?;
    out.write_all(&book.save_to_buffer()?)?;
    Ok(())
}

impl Maker<'_, '_> {
    /// Evidence numbers as `E1 E2 …`.
    fn numbers(numbers: impl IntoIterator<Item = usize>) -> String {
        let mut sorted: Vec<_> = numbers.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let names: Vec<_> = sorted.iter().map(|it| format!("E{it}")).collect();
        names.join(" ")
    }
}
