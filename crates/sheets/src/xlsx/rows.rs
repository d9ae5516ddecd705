//! The rows of a sheet.

use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use super::package::{MAX_STREAMED, Package};
use super::parts::Workbook;
use super::scanner::{Scanner, Tag, TagForm, Token};
use super::strings::Runs;
use super::styles::{Shown, number};
use super::{MAX_COLUMNS, MAX_ROWS, text};
use crate::cell::{MAX_TEXT, moment_text, time_text};
use crate::{Cell, Kind, Merge, Row, Seen, SheetsError};

/// The most merged places of a sheet that are kept.
const MAX_MERGES: usize = 1 << 20;
const DAY_MS: f64 = 86_400_000.0;
/// From 1899-12-30 and 1904-01-01 to 1970-01-01, in days.
const TO_1970: [f64; 2] = [25_569.0, 24_107.0];
/// The number of the day after 9999-12-31.
const END: f64 = 2_958_466.0;

type Each<'e> = &'e mut dyn FnMut(&Row<'_>) -> ControlFlow<()>;

/// Gives every row with something in it.
pub(crate) fn rows(
    path: &Path,
    workbook: &Workbook,
    sheet: usize,
    each: Each<'_>,
) -> Result<Seen, SheetsError> {
    let name = workbook.part(sheet)?;
    let mut package = Package::open(path)?;
    let part = package.needed(name, MAX_STREAMED)?;
    let mut reader = Reader { workbook, name, place: Position::default(), seen: Seen::default() };
    reader.read(part, each)?;
    Ok(reader.seen)
}

/// Where a sheet has got to: rows and cells may leave out where they stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Position {
    /// The row, counted from one; zero before the first.
    pub(super) row: u32,
    /// The next column, counted from zero.
    next: u32,
}

impl Position {
    /// Takes the tag of a row.
    pub(super) fn row(&mut self, tag: &Tag<'_>) -> Option<u32> {
        self.row = match tag.attribute(b"r") {
            Some(raw) => number(raw)?,
            None => self.row + 1,
        };
        self.next = 0;
        Some(self.row).filter(|it| (1..=MAX_ROWS).contains(it))
    }

    /// Takes the tag of a cell; gives its column.
    pub(super) fn cell(&mut self, tag: &Tag<'_>) -> Option<u32> {
        let column = match tag.attribute(b"r") {
            Some(raw) => reference(raw)?.1,
            None => self.next,
        };
        self.next = column + 1;
        Some(column).filter(|it| *it < MAX_COLUMNS)
    }
}

/// `B7` as its row, counted from one, and its column, counted from zero.
fn reference(raw: &[u8]) -> Option<(u32, u32)> {
    let letters = raw.iter().take_while(|it| it.is_ascii_alphabetic()).count();
    let (letters, digits) =
        raw.split_at_checked(letters).filter(|it| (1..=3).contains(&it.0.len()))?;
    let column =
        letters.iter().fold(0, |sum, it| sum * 26 + u32::from(it.to_ascii_uppercase() - b'A') + 1);
    Some((number(digits)?, column - 1))
}

struct Reader<'w> {
    workbook: &'w Workbook,
    name: &'w str,
    place: Position,
    seen: Seen,
}

impl Reader<'_> {
    fn damaged(&self, what: impl Into<String>) -> SheetsError {
        SheetsError::damaged(self.name, what)
    }

    fn read(&mut self, part: impl Read, each: Each<'_>) -> Result<(), SheetsError> {
        let mut scanner = Scanner::new(part);
        let (mut cells, mut raw) = (Vec::new(), Raw::default());
        let mut within = None;
        while let Some(token) = scanner.next().map_err(|it| self.damaged(it.to_string()))? {
            if let Token::Tag(tag) = token {
                if tag.begins(b"row") {
                    self.place.row(&tag).ok_or_else(|| {
                        self.damaged("a row without its place, or beyond row 1,048,576")
                    })?;
                    self.seen.last = self.place.row;
                    cells.clear();
                } else if tag.ends(b"row") {
                    if self.give(&mut cells, each).is_break() {
                        return Ok(());
                    }
                } else if tag.begins(b"c") {
                    let column = self.place.cell(&tag);
                    let column = column.ok_or_else(|| self.damaged("a cell without its place"))?;
                    raw = Raw::of(&tag);
                    within = Some(column).filter(|_| tag.form == TagForm::Open);
                } else if tag.ends(b"c") {
                    if let Some(column) = within.take() {
                        let cell = self.cell(std::mem::take(&mut raw));
                        if !cell.is_blank() {
                            cells.push((column, cell));
                        }
                    }
                } else if tag.ends(b"sheetData") {
                    return Ok(());
                }
            }
            if within.is_some() {
                raw.take(&token);
            }
        }
        Err(self.damaged("ends before its rows do"))
    }

    fn give(&mut self, cells: &mut Vec<(u32, Cell)>, each: Each<'_>) -> ControlFlow<()> {
        if cells.is_empty() {
            return ControlFlow::Continue(());
        }
        if !cells.is_sorted_by(|a, b| a.0 < b.0) {
            cells.sort_by_key(|it| it.0);
            cells.dedup_by_key(|it| it.0);
        }
        self.seen.rows += 1;
        self.seen.formulas += cells.iter().filter(|it| it.1.formula.is_some()).count() as u64;
        let told = each(&Row { number: self.place.row, cells });
        cells.clear();
        told
    }

    fn cell(&self, raw: Raw) -> Cell {
        let mut cell = match raw.kind {
            RawKind::Shared => {
                let number = raw.value.trim().parse().ok();
                Cell::text(number.and_then(|it| self.workbook.strings.get(it)).unwrap_or_default())
            }
            RawKind::Inline => Cell::text(&text::without_escapes(raw.inline.text)),
            RawKind::Text => Cell::text(&text::without_escapes(raw.value)),
            RawKind::Truth => {
                Cell::text(if matches!(&*raw.value, "1" | "true") { "TRUE" } else { "FALSE" })
            }
            RawKind::Error => Cell { kind: Kind::Error, ..Cell::text(&raw.value) },
            RawKind::Number => self.number(&raw.value, raw.style),
        };
        cell.formula = raw.formula;
        cell
    }

    fn number(&self, value: &str, style: usize) -> Cell {
        let Some(value) = value.trim().parse().ok().filter(|it: &f64| it.is_finite()) else {
            return Cell::text(value);
        };
        let shown = self.workbook.styles.get(style).copied().unwrap_or_default();
        let (text, kind) = match shown {
            _ if !(0.0..END).contains(&value) => (value.to_string(), Kind::Number(value)),
            Shown::Plain => (value.to_string(), Kind::Number(value)),
            Shown::Moment if value >= 1.0 => {
                let ms = moment(value, self.workbook.from_1904);
                (moment_text(ms), Kind::Moment(ms))
            }
            Shown::Duration if value >= 366.0 => {
                // A moment of which only the time of day is shown.
                let ms = moment(value, self.workbook.from_1904);
                (moment_text(ms), Kind::Moment(ms))
            }
            Shown::Moment | Shown::Duration => {
                let ms = whole(value * DAY_MS);
                (time_text(ms), Kind::Duration(ms))
            }
        };
        Cell { text, kind, formula: None }
    }
}

/// A number of days as a moment.
fn moment(days: f64, from_1904: bool) -> i64 {
    // Programs that count from 1900 take it for a leap year: before March they are a day off.
    let shift = if !from_1904 && days < 60.0 { 1.0 } else { 0.0 };
    let to_1970 = if from_1904 { TO_1970[1] } else { TO_1970[0] };
    whole((days + shift - to_1970) * DAY_MS)
}

/// Milliseconds; what is a whole second but for rounding is one.
#[expect(clippy::cast_possible_truncation, reason = "days are below 10,000 years")]
fn whole(ms: f64) -> i64 {
    let (ms, second) = (ms.round(), (ms / 1000.0).round() * 1000.0);
    (if (ms - second).abs() <= 2.0 { second } else { ms }) as i64
}

/// A cell as it is written.
#[derive(Default)]
struct Raw {
    kind: RawKind,
    style: usize,
    value: String,
    formula: Option<String>,
    inline: Runs,
    at: Within,
}

#[derive(Clone, Copy, Default)]
enum RawKind {
    #[default]
    Number,
    Shared,
    Inline,
    Text,
    Truth,
    Error,
}

#[derive(Clone, Copy, Default)]
enum Within {
    #[default]
    Nothing,
    Value,
    Formula,
    Inline,
}

impl Raw {
    fn of(tag: &Tag<'_>) -> Self {
        let kind = match tag.attribute(b"t") {
            Some(b"s") => RawKind::Shared,
            Some(b"inlineStr") => RawKind::Inline,
            Some(b"str" | b"d") => RawKind::Text,
            Some(b"b") => RawKind::Truth,
            Some(b"e") => RawKind::Error,
            _ => RawKind::Number,
        };
        let style = tag.attribute(b"s").and_then(number).map_or(0, |it| it as usize);
        Self { kind, style, ..Self::default() }
    }

    fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Tag(tag) => match (tag.local(), tag.form) {
                (b"v", TagForm::Open) => self.at = Within::Value,
                (b"f", TagForm::Open) => {
                    self.at = Within::Formula;
                    self.formula = Some(String::new());
                }
                // A cell that shares the formula of another.
                (b"f", TagForm::Whole) => self.formula = Some(String::new()),
                (b"is", TagForm::Open) => self.at = Within::Inline,
                (b"v" | b"f" | b"is", TagForm::Close) => self.at = Within::Nothing,
                _ => {
                    if matches!(self.at, Within::Inline) {
                        self.inline.take(token);
                    }
                }
            },
            Token::Text { inside, entities, .. } => match self.at {
                Within::Value => text::read(inside, *entities, &mut self.value),
                Within::Formula => {
                    let into = self.formula.get_or_insert_default();
                    if into.len() < MAX_TEXT {
                        text::read(inside, *entities, into);
                    }
                }
                Within::Inline => self.inline.take(token),
                Within::Nothing => {}
            },
            Token::Other(_) => {}
        }
    }
}

/// The merged cells of a sheet.
pub(crate) fn merges(
    path: &Path,
    workbook: &Workbook,
    sheet: usize,
) -> Result<Vec<Merge>, SheetsError> {
    let name = workbook.part(sheet)?;
    let mut package = Package::open(path)?;
    let mut scanner = Scanner::new(package.needed(name, MAX_STREAMED)?);
    let mut merges = Vec::new();
    let damaged = |it: std::io::Error| SheetsError::damaged(name, it.to_string());
    while let Some(token) = scanner.next().map_err(damaged)? {
        let Token::Tag(tag) = token else { continue };
        let range = tag.attribute(b"ref").filter(|_| tag.begins(b"mergeCell"));
        if let Some(merge) = range.and_then(range_of) {
            if merges.len() == MAX_MERGES {
                return Err(SheetsError::TooLarge("1,048,576 merged places"));
            }
            merges.push(merge);
        }
    }
    merges.sort_unstable();
    Ok(merges)
}

/// `A1:C2`.
fn range_of(raw: &[u8]) -> Option<Merge> {
    let colon = memchr::memchr(b':', raw)?;
    let (first, last) = (reference(raw.get(..colon)?)?, reference(raw.get(colon + 1..)?)?);
    let fits = first.0 <= last.0 && first.1 <= last.1 && first != last;
    fits.then_some(Merge { first, last })
}
