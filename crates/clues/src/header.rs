//! Where the headers of a table stand, and what stands above each column.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use minehound_sheets::{Book, Cell, Merge, SheetsError};

use crate::columns::{Columns, Given};
use crate::role::Holds;
use crate::value::{ends, fits};

/// Rows in which the first row of data is looked for.
const HEAD: usize = 200;
/// Rows of data that columns are told by.
const SAMPLE: usize = 200;
/// Rows that headers may take.
const MAX_HEADERS: usize = 4;
/// Columns that are looked at.
const MAX_COLUMNS: u32 = 256;

/// A table in a sheet.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The first row of data.
    pub(crate) first: u32,
    /// What stands above the headers: a title, a date.
    pub(crate) title: Vec<String>,
    pub(crate) columns: Columns,
}

/// Finds the table of a sheet; none where no cell of its beginning holds an address.
pub(crate) fn find(
    book: &Book,
    sheet: usize,
    given: &Given,
    tz: &TimeZone,
) -> Result<Option<Head>, SheetsError> {
    let merges = book.merges(sheet)?;
    let mut rows: Vec<(u32, BTreeMap<u32, Cell>)> = Vec::new();
    let mut first = None;
    book.rows(sheet, &mut |row| {
        let cells: BTreeMap<u32, Cell> =
            row.cells().filter(|it| it.0 < MAX_COLUMNS).map(|it| (it.0, it.1.clone())).collect();
        if first.is_none() && cells.values().any(|it| !ends(&it.text).is_empty()) {
            first = Some(rows.len());
        }
        rows.push((row.number, cells));
        let enough = first.map_or(rows.len() >= HEAD, |it| rows.len() >= it + SAMPLE);
        if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let Some(place) = first else { return Ok(None) };
    let (above, data) = rows.split_at(place);
    let Some((number, _)) = data.first() else { return Ok(None) };
    let start = headers_from(above, data, &merges, tz);
    let (titles, heads) = above.split_at(start);
    let headers = paths(heads, &merges);
    let mut cells: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let widest = data.iter().filter_map(|it| it.1.keys().last()).max().copied().unwrap_or_default();
    for column in 0..=widest.max(headers.keys().last().copied().unwrap_or_default()) {
        let below = data.iter().map(|it| it.1.get(&column).cloned().unwrap_or_default());
        cells.insert(column, below.collect());
    }
    cells.retain(|column, below| {
        headers.contains_key(column) || below.iter().any(|it| !it.is_blank())
    });
    let columns = Columns::find(&headers, &cells, tz).with(given);
    let title = titles.iter().flat_map(|it| it.1.values()).map(|it| it.text.clone()).collect();
    Ok(Some(Head { first: *number, title, columns }))
}

/// Which of the rows above the data is the first of the headers: they stand right above it, and a
/// row of a single cell (or of one that is merged across) is a title.
fn headers_from(
    above: &[(u32, BTreeMap<u32, Cell>)],
    data: &[(u32, BTreeMap<u32, Cell>)],
    merges: &[Merge],
    tz: &TimeZone,
) -> usize {
    let wide = data.iter().take(5).map(|it| it.1.len()).max().unwrap_or_default();
    let mut start = above.len();
    for (place, (number, cells)) in above.iter().enumerate().rev().take(MAX_HEADERS) {
        let across = merges.iter().any(|it| {
            it.first.0 <= *number && *number <= it.last.0 && it.last.1 - it.first.1 + 1 > 6
        });
        let title = cells.len() == 1 && (wide > 1 || across);
        let told = cells
            .values()
            .any(|it| fits(it, Holds::Moment, tz) && !it.text.chars().any(char::is_alphabetic));
        if title || told {
            break;
        }
        start = place;
    }
    start
}

/// What stands above each column, from the top down. What is merged holds for all its columns; a header
/// that is blank below one further left belongs to that.
fn paths(heads: &[(u32, BTreeMap<u32, Cell>)], merges: &[Merge]) -> BTreeMap<u32, Vec<String>> {
    let mut paths: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let last = heads.iter().filter_map(|it| it.1.keys().last()).max().copied();
    for (place, (number, cells)) in heads.iter().enumerate() {
        let lowest = place + 1 == heads.len();
        let mut left: Option<&Cell> = None;
        for column in 0..=last.unwrap_or_default() {
            let joined = merges.iter().find(|it| {
                (it.first.0..=it.last.0).contains(number)
                    && (it.first.1..=it.last.1).contains(&column)
            });
            let own = cells.get(&column);
            let above =
                joined.filter(|it| it.first.0 == *number).and_then(|it| cells.get(&it.first.1));
            // Text has no merged cells: there a blank in an upper row belongs to what is left of it, if
            // something stands below.
            let beside = (merges.is_empty() && !lowest && own.is_none()).then_some(left).flatten();
            left = own.or(left);
            if let Some(cell) = own.or(above).or(beside) {
                let path = paths.entry(column).or_default();
                if path.last() != Some(&cell.text) {
                    path.push(cell.text.clone());
                }
            }
        }
    }
    paths
}
