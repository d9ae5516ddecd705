//! Files that people hand in, as whole files: into lines, frames, ties and rows, and answered.

use std::io::{self, Read, Write as _};
use std::ops::ControlFlow;

use minehound_collect::logs::{self, LogError, LogRead, TieSink, Unsaid};
use minehound_logs::dnstap::Frames;
use minehound_logs::{Assumed, Encoding, Entry, Grammars, Lines, MAX_LINE, Split};
use minehound_model::{LogId, LogKind, Tie};
use minehound_sheets::{Answer, Book, Form, Place, Seen};
use tempfile::NamedTempFile;

/// 2026-11-26T00:00:00Z.
const HANDED_IN_MS: i64 = 1_795_651_200_000;
/// Formats that are tried on one file at the most; each may end with a record of its own.
const MAX_FORMATS: u64 = 12;
/// The most rows and columns that are compared.
const MAX_CELLS: usize = 20_000;

/// Gives so many bytes at a time.
struct Trickle<'b>(&'b [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let some = self.0.len().min(self.1).min(buffer.len());
        let (now, later) = self.0.split_at(some);
        buffer.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
        self.0 = later;
        Ok(some)
    }
}

/// Lines are the same however a file is handed over, none is lost, and none is too long. The first byte
/// says how many bytes come at a time.
pub(crate) fn lines(bytes: &[u8]) {
    let Some((pace, bytes)) = bytes.split_first() else { return };
    let (whole, encoding) = split(bytes);
    assert_eq!(whole, split(Trickle(bytes, usize::from(*pace) + 1)).0);
    for (place, (number, offset, text)) in whole.iter().enumerate() {
        assert_eq!(*number, place as u64 + 1);
        let before = place.checked_sub(1).and_then(|it| whole.get(it));
        assert!(before.is_none_or(|it| it.1 < *offset), "lines stand one behind another");
        // GB18030 becomes longer when it is told in UTF-8.
        assert!(text.as_ref().is_ok_and(|it| it.len() <= 2 * MAX_LINE) || text.is_err());
    }
    if matches!(encoding, Encoding::Utf8 | Encoding::Gb18030) {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let ends = text.iter().filter(|it| **it == b'\n').count();
        let open = text.last().is_some_and(|it| *it != b'\n');
        assert_eq!(whole.len(), ends + usize::from(open));
    }
}

type Told = (u64, u64, Result<String, &'static str>);

fn split(source: impl Read) -> (Vec<Told>, Encoding) {
    let (mut lines, mut told) = (Lines::new(source), Vec::new());
    while let Ok(Some(line)) = lines.next_line() {
        let what = match line.what {
            Split::Refused(why) => Err(why.id()),
            Split::Text(text) => {
                assert!(std::str::from_utf8(text).is_ok(), "a line is text");
                Ok(String::from_utf8_lossy(text).into_owned())
            }
        };
        told.push((line.number, line.offset, what));
    }
    (told, lines.encoding())
}

/// Frames are the same however a stream is handed over, and are counted on. The first byte says how many
/// bytes come at a time.
pub(crate) fn dnstap(bytes: &[u8]) {
    let Some((pace, bytes)) = bytes.split_first() else { return };
    let whole = frames(bytes);
    assert_eq!(whole, frames(Trickle(bytes, usize::from(*pace) + 1)));
    assert!(whole.len() <= bytes.len() / 4, "a frame says its length");
}

fn frames(source: impl Read) -> Vec<String> {
    let (mut frames, mut told) = (Frames::new(source), Vec::new());
    while let Ok(Some(line)) = frames.next_frame() {
        told.push(format!("{line:?}"));
        assert_eq!(frames.number(), told.len() as u64);
    }
    told
}

/// Keeps ties, and that none of them ends before it begins.
#[derive(Default)]
struct Kept {
    logs: Vec<(String, LogKind)>,
    ties: Vec<String>,
    refused: u64,
    heard: u64,
}

impl TieSink for Kept {
    fn log(&mut self, device: &str, kind: LogKind) -> LogId {
        let log = (device.to_owned(), kind);
        let place = self.logs.iter().position(|it| *it == log).unwrap_or_else(|| {
            self.logs.push(log);
            self.logs.len() - 1
        });
        LogId(u32::try_from(place).unwrap_or(u32::MAX))
    }

    fn tie(&mut self, tie: Tie) -> io::Result<()> {
        assert!(tie.span.from_ms <= tie.span.to_ms, "{tie:?}");
        self.ties.push(format!("{tie:?}"));
        Ok(())
    }
}

/// Every line of a file is an entry, says nothing or is refused; no tie ends before it begins; the same
/// twice. The first byte picks the grammar, or none: then the opening does.
pub(crate) fn log_file(bytes: &[u8]) {
    let Some((pick, bytes)) = bytes.split_first() else { return };
    let Ok(mut file) = NamedTempFile::new() else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let grammars = Grammars::shipped();
    let assumed = Assumed { zone_s: 28_800, no_later_than_ms: HANDED_IN_MS, years_back: 0 };
    let unsaid = Unsaid { device: "file", taken_ms: None };
    let grammar = grammars.iter().nth(usize::from(*pick));
    let once = |years_back| {
        let assumed = Assumed { years_back, ..assumed };
        let reading = logs::Reading { grammars, grammar, assumed, unsaid };
        let (mut kept, mut refused, mut heard) = (Kept::default(), 0, 0);
        let mut hear = |_: &Entry<'_>, _| heard += 1;
        let mut refuse = |_, _: &[u8]| refused += 1;
        let read = logs::read(file.path(), &reading, &mut kept, &mut hear, &mut refuse);
        (kept.refused, kept.heard) = (refused, heard);
        (read, kept)
    };
    let (mut back, mut passes) = (0, 0);
    while let Err(LogError::Again(years)) = once(back).0 {
        assert!(years > back, "a pass that says nothing new");
        (back, passes) = (years, passes + 1);
        assert!(passes <= 8, "read again and again: {back} years");
    }
    let (first, again) = (once(back), once(back));
    assert_eq!(first.1.ties, again.1.ties);
    let (Ok(read), kept) = first else { return };
    adds_up(&read, &kept, bytes);
}

fn adds_up(read: &LogRead, kept: &Kept, bytes: &[u8]) {
    let entries: u64 = read.entries.iter().map(|it| it.1).sum();
    assert_eq!(entries, kept.heard);
    assert_eq!(read.ties, kept.ties.len() as u64);
    assert_eq!(read.seal.bytes, bytes.len() as u64);
    assert!((0.0..=1.0).contains(&read.understood()));
    let packed = [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd"].iter().any(|it| bytes.starts_with(it));
    if packed {
        return;
    }
    assert!(!read.cut_off);
    let lines = split(bytes).0.len() as u64;
    let sum = entries + read.silent + read.skips.total();
    // What is open behind the last line is an entry or a refusal more.
    assert!((lines..=lines + MAX_FORMATS).contains(&sum), "{sum} of {lines} lines: {read:?}");
}

type Cells = Vec<(u32, u32, String)>;

/// Rows and cells come in their order, the same twice; an answer stands where it was asked for as the text
/// that it is, and nothing else of the table changes. The first byte says what kind of file.
pub(crate) fn sheet(bytes: &[u8]) {
    let Some((_, bytes)) = bytes.split_first() else { return };
    let Ok(folder) = tempfile::tempdir() else { return };
    let (path, out) = (folder.path().join("list"), folder.path().join("answer"));
    if std::fs::write(&path, bytes).is_err() {
        return;
    }
    let Ok(book) = Book::open(&path) else { return };
    let Ok((before, seen)) = cells(&book) else { return };
    assert_eq!(Ok(&before), cells(&book).as_ref().map(|it| &it.0));
    let answer = |row, column, text: &str| Answer {
        place: Place { sheet: 0, row, column },
        text: text.to_owned(),
        over: None,
    };
    let asked = [
        answer(1, 30, "=HYPERLINK(1;2)"),
        answer(2, 2, "@SUM(A1)"),
        answer(2, 3, "-1+1|x"),
        answer(3, 0, "+1"),
    ];
    let Ok(done) = minehound_sheets::write(&book, &asked, &out) else { return };
    assert_eq!(done.written + (done.kept.len() + done.missing.len()) as u64, 4);
    let Ok(answered) = Book::open(&out) else { return };
    // An answer may make another delimiter the likelier one: then nothing can be compared.
    if answered.form() != book.form() {
        return;
    }
    let Ok((mut after, _)) = cells(&answered) else { panic!("a copy that cannot be read") };
    let outside = |it: &Place| done.kept.contains(it) || done.missing.contains(it);
    let mut expected = before;
    for it in asked.iter().filter(|it| !outside(&it.place)) {
        expected.push((it.place.row, it.place.column, it.text.clone()));
    }
    expected.sort_unstable();
    // Where the sender left a quotation mark open, an answer is written without any.
    if seen.unclosed > 0 {
        let answered = |it: &(u32, u32, String)| {
            asked.iter().any(|a| (a.place.row, a.place.column) == (it.0, it.1))
        };
        expected.retain(|it| !answered(it));
        after.retain(|it| !answered(it));
    }
    if expected.len() < MAX_CELLS {
        assert_eq!(expected, after);
    }
    if done.written == 0 && matches!(book.form(), Form::Delimited(_)) {
        assert_eq!(std::fs::read(&out).ok().as_deref(), Some(bytes));
    }
}

/// The cells of the first sheet that show something; formulas as they stand.
fn cells(book: &Book) -> Result<(Cells, Seen), String> {
    let mut cells = Cells::new();
    let mut last = 0;
    let seen = book.rows(0, &mut |row| {
        assert!(row.number > last, "rows stand one below another");
        last = row.number;
        let mut column = None;
        for (at, cell) in row.cells() {
            assert!(column.is_none_or(|it| it < at), "cells stand side by side");
            column = Some(at);
            let formula = cell.formula.as_deref().unwrap_or_default();
            assert!(cell.text.len() <= 4 * minehound_sheets::MAX_TEXT);
            cells.push((row.number, at, format!("{}{formula}", cell.text)));
        }
        if cells.len() < MAX_CELLS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    Ok((cells, seen.map_err(|it| it.to_string())?))
}
