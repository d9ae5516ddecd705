//! The two sheets that people fill: the inspection table and the entities.

use minehound_assess::case::{Assessed, Manual};
use minehound_model::Element;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Maker;
use super::sheet::{Cell, Column, Sheet};
use crate::Reader;
use crate::manual::{FIELDS, field};
use crate::reader::row::{element_state, row_coverage};

impl Maker<'_, '_> {
    pub(super) fn columns(&self, columns: &[(&str, f64)]) -> Vec<Column> {
        let column = |(name, width): &(&str, f64)| Column {
            head: self.reader.say(name),
            width: *width,
            people: false,
        };
        columns.iter().map(column).collect()
    }

    /// The columns that people fill, after those of the program.
    fn with_people(&self, mut columns: Vec<Column>) -> Vec<Column> {
        columns.extend(FIELDS.iter().map(|it| Column {
            head: self.reader.named("manual", it),
            width: if matches!(*it, "conclusion" | "note") { 26.0 } else { 13.0 },
            people: true,
        }));
        columns
    }

    fn people(manual: Option<&Manual>) -> impl Iterator<Item = Cell> {
        FIELDS
            .iter()
            .map(move |it| Cell::People(manual.map_or("", |manual| field(manual, it)).to_owned()))
    }

    pub(super) fn table(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let reader = self.reader;
        let columns = self.with_people(self.columns(&[
            ("column.row-id", 9.0),
            ("column.dimension", 12.0),
            ("column.title", 26.0),
            ("column.method", 26.0),
            ("column.verdict", 15.0),
            ("column.coverage", 12.0),
            ("column.finding", 44.0),
            ("column.remarks", 34.0),
            ("column.evidence", 14.0),
        ]));
        let name = reader.say("sheet.table");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        for row in &self.case.table {
            let mut cells = vec![
                Cell::text(&row.item),
                Cell::text(reader.say(&format!("dimension.{}", row.dimension))),
                Cell::text(reader.title(row)),
                Cell::text(reader.method(row)),
                Cell::Verdict(row.verdict, reader.verdict(row.verdict)),
                Cell::text(reader.named("coverage", row_coverage(row.coverage))),
                Cell::text(reader.row_statements(self.case, row).join("\n")),
                Cell::text(reader.reason(row)),
                Cell::text(Self::numbers(row.evidence.iter().copied())),
            ];
            cells.extend(Self::people(self.case.manual.get(&row.item)));
            sheet.row(cells)?;
        }
        sheet.finish(3)?;
        sheet.protect();
        Ok(())
    }

    pub(super) fn entities(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let columns = self.with_people(self.columns(&[
            ("column.row-id", 20.0),
            ("column.entity", 24.0),
            ("column.verdict", 15.0),
            ("column.machine-verdict", 15.0),
            ("column.probability", 9.0),
            ("column.probability-low", 11.0),
            ("column.probability-high", 11.0),
            ("element.device", 12.0),
            ("element.software", 12.0),
            ("element.pool_access", 12.0),
            ("column.reasons", 46.0),
            ("column.counter-reasons", 26.0),
            ("column.missing", 26.0),
            ("column.intent", 18.0),
            ("column.scenario", 18.0),
            ("column.evidence", 14.0),
        ]));
        let name = self.reader.say("sheet.entities");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        for it in &self.case.entities {
            let id = it.id.to_string();
            let mut cells = self.entity(it, &id);
            cells.extend(Self::people(self.case.manual.get(&id)));
            sheet.row(cells)?;
        }
        sheet.finish(2)?;
        sheet.protect();
        Ok(())
    }

    fn entity(&self, it: &Assessed, id: &str) -> Vec<Cell> {
        let reader = self.reader;
        let state = |element| {
            let state = it.elements.get(&element).map_or("not_examined", |it| element_state(*it));
            Cell::text(reader.named("element-state", state))
        };
        let [reasons, counter, context] = Reader::sorted(it);
        let lines = |findings: &[(usize, &minehound_assess::case::Weighed)]| {
            let lines: Vec<_> = findings.iter().map(|it| reader.weighed(it.1)).collect();
            lines.join("\n")
        };
        let intent = reader.intent(&it.intent);
        let scenario = it.scenarios.iter().map(|it| reader.scenario(it));
        vec![
            Cell::text(id),
            Cell::text(reader.entity(&it.id)),
            Cell::Verdict(it.verdict, reader.verdict(it.verdict)),
            Cell::Verdict(it.machine_verdict, reader.verdict(it.machine_verdict)),
            Cell::Share(it.probability.value),
            Cell::Share(it.probability.low),
            Cell::Share(it.probability.high),
            state(Element::Device),
            state(Element::Software),
            state(Element::PoolAccess),
            Cell::text(lines(&[reasons, context].concat())),
            Cell::text(lines(&counter)),
            Cell::text(reader.facts(&it.missing)),
            Cell::text(intent),
            Cell::text(reader.list(scenario)),
            Cell::text(Self::numbers(it.findings.iter().flat_map(|it| it.evidence.clone()))),
        ]
    }
}
