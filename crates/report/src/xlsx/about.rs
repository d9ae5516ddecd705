//! Coverage, and the sheet that says what the workbook is.

use minehound_assess::case::DetectionLimit;
use minehound_model::Verdict;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Maker;
use super::sheet::{Cell, Sheet};
use crate::{RenderError, View, counts};

impl Maker<'_, '_> {
    pub(super) fn coverage(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let columns = self.columns(&[
            ("column.kind", 20.0),
            ("column.fact", 30.0),
            ("column.items", 10.0),
            ("column.examined", 12.0),
            ("column.partly", 12.0),
            ("column.verdict", 16.0),
            ("column.span", 52.0),
            ("column.gaps", 50.0),
        ]);
        let (reader, case) = (self.reader, self.case);
        let name = reader.say("sheet.coverage");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        for (dimension, [items, examined, partly, _]) in counts(case).dimensions {
            let of = case.coverage.dimensions.iter().find(|it| it.dimension == dimension);
            let verdict = of.map_or(Verdict::NotAssessed, |it| it.verdict);
            sheet.row(vec![
                Cell::text(reader.say("column.dimension")),
                Cell::text(reader.say(&format!("dimension.{dimension}"))),
                Cell::Count(items),
                Cell::Count(examined),
                Cell::Count(partly),
                Cell::Verdict(verdict, reader.verdict(verdict)),
            ])?;
        }
        for it in &case.coverage.examined.0 {
            let (from, to) = (reader.moment(it.span.from_ms), reader.moment(it.span.to_ms));
            sheet.row(vec![
                Cell::text(reader.say("heading.examined")),
                Cell::text(reader.fact(it.kind)),
                Cell::Count(it.extent.records),
                Cell::text(""),
                Cell::text(""),
                Cell::text(""),
                Cell::text(reader.fill("say.range", &[("low", &from), ("high", &to)])),
                Cell::text(reader.gaps(it)),
            ])?;
        }
        for it in &case.coverage.detection_limits {
            sheet.row(self.limit(it))?;
        }
        sheet.finish(0)
    }

    fn limit(&self, it: &DetectionLimit) -> Vec<Cell> {
        vec![
            Cell::text(self.reader.say("heading.detection-limit")),
            Cell::text(self.reader.detection_limit(it)),
        ]
    }

    pub(super) fn about(
        &self,
        sheet: &mut Worksheet,
        view: &View<'_>,
        digest: &str,
    ) -> Result<(), RenderError> {
        let (reader, case) = (self.reader, self.case);
        let columns = self.columns(&[("heading.explanation", 26.0), ("column.value", 110.0)]);
        let name = reader.say("sheet.about");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        let counts = counts(case);
        let summary = reader.summary(case, &counts);
        let mut row = |name: &str, text: String| {
            sheet.row(vec![Cell::text(reader.say(name)), Cell::Text(text)])
        };
        for line in crate::terminal::identity(case, reader, view) {
            row("heading.title", line)?;
        }
        row("column.verdict", reader.verdict(case.verdict))?;
        row("heading.summary", summary.headline)?;
        row("heading.summary", summary.meaning)?;
        for line in summary.found {
            row("heading.found", line)?;
        }
        for line in summary.next {
            row("heading.next", line)?;
        }
        for line in summary.not_looked {
            row("heading.not-looked-at", line)?;
        }
        row("heading.inputs", reader.input_counts(&counts))?;
        for line in reader.workbook(case) {
            row("heading.people", line)?;
        }
        for it in ["columns", "return", "exclude", "masked", "protection"] {
            row("heading.explanation", reader.say(&format!("about.{it}")))?;
        }
        for it in crate::reader::LIMITS {
            row("heading.limits", reader.say(&format!("limit.{it}")))?;
        }
        let stamp = &case.knowledge;
        let args = [("version", &*stamp.version), ("digest", &*stamp.digest)];
        row("heading.knowledge", reader.fill("say.knowledge", &args))?;
        row("heading.verification", reader.fill("say.result", &[("digest", digest)]))?;
        Ok(sheet.finish(0)?)
    }
}
