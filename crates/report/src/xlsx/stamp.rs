//! The hidden sheet that says what the workbook was made from, for the run it comes back to.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Maker;
use crate::manual::stamp::{FORMAT, INPUT, MADE, MASKED, RESULT};
use crate::visible::cell;
use crate::{View, visible};

impl Maker<'_, '_> {
    pub(super) fn stamp(
        &self,
        sheet: &mut Worksheet,
        view: &View<'_>,
        digest: &str,
    ) -> Result<(), XlsxError> {
        sheet.set_name("minehound")?.set_hidden(true).protect();
        let made = view.options.run.as_ref();
        let made = made.map(|it| self.reader.moment(it.started_ms));
        let masked = if view.masked { "yes" } else { "no" };
        for (place, head) in (0..).zip([FORMAT, "value", "path"]) {
            sheet.write_string(0, place, head)?;
        }
        let facts = [(MADE, &*made.unwrap_or_default()), (MASKED, masked), (RESULT, digest)];
        for (row, (name, value)) in (1..).zip(facts) {
            sheet.write_string(row, 0, name)?.write_string(row, 1, value)?;
        }
        let inputs = self.case.inputs.iter().filter(|it| !it.sha256.is_empty());
        for (row, it) in (4..).zip(inputs) {
            sheet.write_string(row, 0, INPUT)?.write_string(row, 1, &it.sha256)?;
            sheet.write_string(row, 2, cell(&visible(&it.path)))?;
        }
        Ok(())
    }
}
