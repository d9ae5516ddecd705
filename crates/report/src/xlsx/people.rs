//! The sheets that people fill: the inspection table, the entities, and what they filled earlier
//! about what is not in this run.

use minehound_assess::case::{Assessed, Manual, Origin};
use minehound_assess::people::{Anchor, MASKED, anchors};
use minehound_model::Element;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Maker;
use super::sheet::{Cell, Column, Sheet, Use};
use crate::manual::{FIELDS, KEY, PLAIN, STANDS_IN, field};
use crate::reader::row::{element_state, row_coverage};
use crate::{Reader, visible};

/// Digests of inputs listed in one cell, which holds 32,767 characters.
const DIGESTS: usize = 400;

impl Maker<'_, '_> {
    pub(super) fn columns(&self, columns: &[(&str, f64)]) -> Vec<Column> {
        let column = |(name, width): &(&str, f64)| Column {
            head: self.reader.say(name),
            width: *width,
            of: Use::Machine,
        };
        columns.iter().map(column).collect()
    }

    /// The columns that people fill, after those of the program.
    fn with_people(&self, mut columns: Vec<Column>) -> Vec<Column> {
        columns.extend(FIELDS.iter().map(|it| Column {
            head: self.reader.named("manual", it),
            width: match *it {
                "conclusion" => 24.0,
                "note" => 17.0,
                "inspected_at" | "deadline" => 11.0,
                "method" => 10.0,
                _ => 7.0,
            },
            of: Use::People,
        }));
        columns
    }

    /// The same, then what tells whom a row is about where its name is hidden.
    fn with_key(&self, columns: Vec<Column>) -> Vec<Column> {
        let mut columns = self.with_people(columns);
        columns.push(Column { head: KEY.to_owned(), width: 20.0, of: Use::Hidden });
        columns
    }

    /// What only the program reads of a row: whether its id is a stand-in, and its anchors.
    fn key(&self, id: &str, anchors: &[Anchor]) -> Cell {
        let stands_in = self.hidden.contains(id) || id.starts_with(MASKED);
        let kind = if stands_in { STANDS_IN } else { PLAIN }.to_owned();
        let parts = [kind].into_iter().chain(anchors.iter().map(ToString::to_string));
        Cell::Key(parts.collect::<Vec<_>>().join("; "))
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
                Cell::Verdict(row.verdict, reader.row_verdict(row)),
                Cell::text(reader.named("coverage", row_coverage(row.coverage))),
                Cell::text(reader.row_statements(self.case, row).join("\n")),
                Cell::text(reader.reason(row)),
                Cell::text(Self::numbers(row.evidence.iter().copied())),
            ];
            cells.extend(Self::people(self.case.manual.get(&row.item)));
            sheet.row(cells)?;
        }
        sheet.finish(3)
    }

    pub(super) fn entities(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let columns = self.with_key(self.columns(&[
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
        for (it, anchors) in self.case.entities.iter().zip(anchors(self.case)) {
            let id = it.id.to_string();
            let mut cells = self.entity(it, &id);
            cells.extend(Self::people(self.case.manual.get(&id)));
            cells.push(self.key(&id, &anchors));
            sheet.row(cells)?;
        }
        sheet.finish(2)
    }

    /// Rows that people filled about nothing in this run; they come back from here as well.
    pub(super) fn earlier(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let columns = self.with_key(self.columns(&[
            ("column.row-id", 22.0),
            ("column.entity", 22.0),
            ("column.remarks", 26.0),
            ("column.entries-made", 20.0),
            ("column.entries-at", 12.0),
            ("column.inputs-sha256", 36.0),
        ]));
        let reader = self.reader;
        let name = reader.say("sheet.earlier");
        let mut sheet = Sheet::new(sheet, &self.styles, &name, &columns)?;
        for (id, origin) in self.case.workbook.iter().flat_map(|it| &it.absent) {
            let mut cells = vec![
                Cell::text(id),
                Cell::text(reader.row_name(id)),
                Cell::text(reader.say("say.not-in-run")),
                Cell::text(&origin.made),
                Cell::text(visible(&origin.at)),
                Cell::Key(digests(origin)),
            ];
            cells.extend(Self::people(self.case.manual.get(id)));
            cells.push(self.key(id, &origin.anchors));
            sheet.row(cells)?;
        }
        sheet.finish(2)
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

/// The digests of what an earlier report was made from; `+2` where two more are not listed.
fn digests(origin: &Origin) -> String {
    let mut digests: Vec<_> = origin.inputs.iter().take(DIGESTS).cloned().collect();
    let more = origin.inputs.len().saturating_sub(DIGESTS) as u64 + origin.beyond;
    if more > 0 {
        digests.push(format!("+{more}"));
    }
    digests.join("\n")
}
