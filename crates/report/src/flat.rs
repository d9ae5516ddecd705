//! The inspection table as CSV (RFC 4180), with a byte order mark so that office programs read it
//! as UTF-8. One line per row of the table, then one per input with its digest.

use std::io::Write;

use minehound_assess::Case;

use crate::manual::{FIELDS, field};
use crate::reader::row::row_coverage;
use crate::visible::cell;
use crate::{Reader, RenderError, visible};

const MARK: &[u8] = b"\xef\xbb\xbf";

const COLUMNS: [&str; 10] = [
    "row-id",
    "dimension",
    "title",
    "method",
    "verdict",
    "coverage",
    "finding",
    "remarks",
    "evidence",
    "sha256",
];

/// Writes the table.
pub(crate) fn write(
    case: &Case,
    reader: &Reader<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    out.write_all(MARK)?;
    let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let head = COLUMNS.iter().map(|it| reader.say(&format!("column.{it}")));
    lines.write_record(head.chain(FIELDS.iter().map(|it| reader.named("manual", it))))?;
    for row in &case.table {
        let numbers: Vec<_> = row.evidence.iter().map(|it| format!("E{it}")).collect();
        let cells = [
            row.item.clone(),
            reader.say(&format!("dimension.{}", row.dimension)),
            reader.title(row),
            reader.method(row),
            reader.verdict(row.verdict),
            reader.named("coverage", row_coverage(row.coverage)),
            reader.row_statements(case, row).join("; "),
            reader.reason(row),
            numbers.join(" "),
            String::new(),
        ];
        let manual = case.manual.get(&row.item);
        let people = FIELDS.iter().map(|it| manual.map_or("", |manual| field(manual, it)));
        let people = people.map(visible);
        lines.write_record(cells.into_iter().chain(people).map(|it| cell(&it)))?;
    }
    for input in &case.inputs {
        let mut remarks = vec![visible(&input.path)];
        remarks.extend(reader.remarks(input));
        let cells = [
            format!("#{}", u64::from(input.id.0) + 1),
            reader.say("column.input"),
            reader.input_kind(input),
            String::new(),
            String::new(),
            String::new(),
            input.records.to_string(),
            remarks.join("; "),
            String::new(),
            input.sha256.clone(),
        ];
        let people = FIELDS.iter().map(|_| String::new());
        lines.write_record(cells.into_iter().chain(people).map(|it| cell(&it)))?;
    }
    lines.flush()?;
    Ok(())
}
