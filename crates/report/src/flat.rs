//! The inspection table as CSV (RFC 4180), with a byte order mark so that office programs read it
//! as UTF-8. One line per row of the table and nothing else: every line has the same columns.
//!
//! A place of the evidence reads `E7 5f5f5f5f5f5f:12-52`: its number, the first twelve digits of
//! the input's SHA-256, its records. The last column holds, in the first row alone, the number
//! and the whole SHA-256 of every input.

use std::io::Write;

use minehound_assess::Case;
use minehound_assess::case::TableRow;

use crate::ledger::Ledger;
use crate::manual::{FIELDS, field};
use crate::reader::row::row_coverage;
use crate::visible::{cell, whole};
use crate::{Reader, RenderError};

const MARK: &[u8] = b"\xef\xbb\xbf";

const COLUMNS: [&str; 9] = [
    "row-id",
    "dimension",
    "title",
    "method",
    "verdict",
    "coverage",
    "finding",
    "remarks",
    "evidence",
];

/// Places listed for one row: a cell of an office program holds 32,767 characters.
const PLACES: usize = 500;

/// Writes the table.
pub(crate) fn write(
    case: &Case,
    reader: &Reader<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    out.write_all(MARK)?;
    let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let head = COLUMNS.iter().map(|it| reader.say(&format!("column.{it}")));
    let people = FIELDS.iter().map(|it| reader.named("manual", it));
    lines.write_record(head.chain(people).chain([reader.say("column.inputs-sha256")]))?;
    let ledger = Ledger::of(case);
    for (place, row) in case.table.iter().enumerate() {
        let cells = [
            row.item.clone(),
            reader.say(&format!("dimension.{}", row.dimension)),
            reader.title(row),
            reader.method(row),
            reader.row_verdict(row),
            reader.named("coverage", row_coverage(row.coverage)),
            reader.clauses(&reader.row_statements(case, row)),
            reader.reason(row),
            places(row, &ledger),
        ];
        let manual = case.manual.get(&row.item);
        let people = FIELDS.iter().map(|it| manual.map_or("", |manual| field(manual, it)));
        let inputs = if place == 0 { digests(case) } else { String::new() };
        let cells = cells.into_iter().chain(people.map(whole)).chain([inputs]);
        lines.write_record(cells.map(|it| cell(&it)))?;
    }
    lines.flush()?;
    Ok(())
}

/// The evidence of a row.
fn places(row: &TableRow, ledger: &Ledger<'_>) -> String {
    let place = |number: &usize| {
        let at = ledger.place(*number)?;
        let digest = ledger.input(at).map_or("", |it| it.sha256.as_str());
        let (digest, records) = (digest.get(..12).unwrap_or(digest), &at.records);
        Some(format!("E{number} {digest}:{}-{}", records.first, records.last))
    };
    let mut places: Vec<_> = row.evidence.iter().take(PLACES).filter_map(place).collect();
    let more = row.evidence.len().saturating_sub(PLACES);
    if more > 0 {
        places.push(format!("+{more}"));
    }
    places.join("; ")
}

/// The digest of every input that was read.
fn digests(case: &Case) -> String {
    let inputs = case.inputs.iter().filter(|it| !it.sha256.is_empty());
    let inputs = inputs.map(|it| format!("#{} {}", u64::from(it.id.0) + 1, it.sha256));
    inputs.collect::<Vec<_>>().join("; ")
}
