//! Lines of logs, grammars that people write, lists that superiors send.

use std::collections::BTreeSet;
use std::io::Write as _;

use minehound_clues::{Given, MAX_CLUES, Reading, read};
use minehound_logs::{Assumed, Grammar, Grammars, Line, Lines, Reader, Split};
use minehound_sheets::Book;

/// 2026-11-26T00:00:00Z.
const HANDED_IN_MS: i64 = 1_795_651_200_000;

/// Every line is an entry, or says nothing, or is refused; the same twice. The first byte picks the
/// grammar.
pub(crate) fn log(bytes: &[u8]) {
    let Some((pick, text)) = bytes.split_first() else { return };
    let count = Grammars::shipped().iter().count();
    let grammar = Grammars::shipped().iter().nth(usize::from(*pick) % count);
    if let Some(grammar) = grammar {
        assert_eq!(heard(grammar, text), heard(grammar, text));
    }
    let fitting = Grammars::shipped().fitting(text);
    assert!(fitting.iter().all(|it| it.1.permille() <= 1_000));
}

/// A grammar that compiles reads its own text, and anything.
pub(crate) fn log_map(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(grammars) = Grammars::with(&text) else { return };
    for grammar in grammars.iter() {
        heard(grammar, text.as_bytes());
    }
}

fn heard(grammar: &Grammar, text: &[u8]) -> Vec<String> {
    let assumed = Assumed { zone_s: 28_800, no_later_than_ms: HANDED_IN_MS, years_back: 0 };
    let (mut reader, mut lines) = (Reader::new(grammar, assumed), Lines::new(text));
    let (mut told, mut number) = (Vec::new(), 0);
    while let Ok(Some(line)) = lines.next_line() {
        assert!(line.number > number, "lines are counted on");
        number = line.number;
        match line.what {
            Split::Refused(why) => told.push(why.id().to_owned()),
            Split::Text(text) => {
                let said = reader.line(text);
                if let Line::Entry(entry) = &said {
                    let moments = [entry.at, entry.until].into_iter().flatten();
                    moments.for_each(|it| assert!(it.ms.abs() < 1 << 52, "{entry:?}"));
                }
                told.push(format!("{said:?}"));
            }
        }
    }
    told.push(format!("{:?}", reader.finish()));
    told
}

/// A list is read within bounds, the same twice; its clues stand in rows that it has.
pub(crate) fn list(bytes: &[u8]) {
    let Some((sort, bytes)) = bytes.split_first() else { return };
    let suffix = if sort % 2 == 0 { ".csv" } else { ".xlsx" };
    let Ok(mut file) = tempfile::Builder::new().suffix(suffix).tempfile() else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let reading = Reading { given: Given::default(), tz: jiff::tz::TimeZone::UTC };
    let read = || match Book::open(file.path()) {
        Ok(book) => read(&book, &reading).map_err(|it| it.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let first = read();
    assert_eq!(format!("{first:?}"), format!("{:?}", read()));
    if let Ok(list) = first {
        assert!(list.clues.len() <= MAX_CLUES);
        // A row may name several addresses and ports.
        let rows: BTreeSet<_> = list.clues.iter().map(|it| (it.at.sheet, it.at.row)).collect();
        let told = list.found.without_address + list.found.repeated_headers;
        assert!(rows.len() as u64 + told <= list.found.rows, "{:?}", list.found);
        for clue in &list.clues {
            assert!(clue.seen.is_none_or(|it| it.from_ms <= it.to_ms), "{clue:?}");
            let table = list.tables.iter().find(|it| it.sheet == clue.at.sheet);
            assert!(table.is_some_and(|it| it.first <= clue.at.row), "{clue:?}");
        }
    }
}
