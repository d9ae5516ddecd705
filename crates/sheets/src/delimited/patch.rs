//! Fields replaced within a delimited text; every other byte of it stays.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use super::layout::Layout;
use super::record::{Record, Records};
use crate::SheetsError;
use crate::cell::{MAX_TEXT, like_formula};

/// Texts by row, counted from one, and column, counted from zero.
type Cells = BTreeMap<u32, BTreeMap<u32, String>>;

/// Copies a text with fields replaced.
pub(crate) fn write(
    path: &Path,
    layout: &Layout,
    cells: &Cells,
    out: &mut dyn Write,
) -> Result<(), SheetsError> {
    let file = File::open(path).map_err(SheetsError::io(path))?;
    let mut records = Records::new(BufReader::with_capacity(1 << 17, file), layout.clone());
    let mark = records.mark().map_err(SheetsError::io(path))?;
    out.write_all(&mark).map_err(SheetsError::io(path))?;
    let (mut number, mut bare) = (0_u32, false);
    while let Some(record) = records.next().map_err(|it| it.with(path))? {
        number = number.saturating_add(1);
        // A quotation mark that nothing closes would be closed by the next one, even rows below.
        bare |= record.unclosed;
        let done = match cells.get(&number) {
            Some(cells) => out.write_all(&patched(&record, layout, cells, bare)),
            None => out.write_all(record.raw),
        };
        done.map_err(SheetsError::io(path))?;
    }
    Ok(())
}

fn patched(
    record: &Record<'_>,
    layout: &Layout,
    cells: &BTreeMap<u32, String>,
    bare: bool,
) -> Vec<u8> {
    let field = |text: &str, always| {
        if bare { unquoted(text, layout.delimiter) } else { quoted(text, layout.delimiter, always) }
    };
    let encoding = record.encoding();
    let delimiter = encoding.encode(&char::from(layout.delimiter).to_string());
    let (mut written, mut copied, mut count) = (Vec::new(), 0, 0_u32);
    let mut quoted_all = true;
    for it in record.fields() {
        quoted_all &= it.quoted;
        if let Some(text) = cells.get(&count) {
            written.extend_from_slice(record.raw.get(copied..it.from).unwrap_or_default());
            written.extend(encoding.encode(&field(text, it.quoted)));
            copied = it.from + it.raw.len();
        }
        count += 1;
    }
    written.extend_from_slice(record.raw.get(copied..record.end).unwrap_or_default());
    // Half a letter at the end would take the delimiter for its other half: a blank stands between.
    let mark = char::from(layout.delimiter);
    let goes_on = cells.range(count..).next().is_some();
    if goes_on && !encoding.decode(&[&*written, &*delimiter].concat()).ends_with(mark) {
        written.extend(encoding.encode(" "));
    }
    for (column, text) in cells.range(count..) {
        for _ in count..=*column {
            written.extend_from_slice(&delimiter);
        }
        count = column + 1;
        written.extend(encoding.encode(&field(text, quoted_all)));
    }
    written.extend_from_slice(record.raw.get(record.end..).unwrap_or_default());
    written
}

/// The text as one that no office program takes for a formula.
fn guarded(text: &str) -> String {
    let mut text: String = text.chars().filter(|it| *it != '\0').take(MAX_TEXT - 1).collect();
    if like_formula(&text) {
        text.insert(0, '\'');
    }
    text
}

/// The text as a field without quotation marks: what needs them is left out.
fn unquoted(text: &str, delimiter: u8) -> String {
    let plain = |it: char| match it {
        '"' => '\'',
        '\r' | '\n' => ' ',
        it if it == char::from(delimiter) => ' ',
        it => it,
    };
    guarded(&text.chars().map(plain).collect::<String>())
}

/// The text as a field.
fn quoted(text: &str, delimiter: u8, always: bool) -> String {
    let mut text = guarded(text);
    // A program that is set to another delimiter would cut there, and what follows may be a formula.
    let special = |it: char| {
        matches!(it, '"' | '\r' | '\n' | ',' | ';' | '\t' | '|') || it == char::from(delimiter)
    };
    let blanks = text.starts_with(' ') || text.ends_with(' ');
    if always || blanks || text.contains(special) {
        text = format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}
