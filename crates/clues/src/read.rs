//! A list, from its tables to its clues.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use minehound_model::{Clue, ListRow, PoolNamed, Span};
use minehound_sheets::{Book, Cell, Merge, Row, Seen, SheetsError};
use serde::{Deserialize, Serialize};

use crate::columns::{Columns, Given, bare};
use crate::header::{self, Head};
use crate::role::Role;
use crate::value::{behaviour, clock_of, count, ends, host, moment_of, ports, proto};

/// Most clues of one list; further ones are counted.
pub const MAX_CLUES: usize = 200_000;
/// Letters that are kept of a text.
const MAX_TEXT: usize = 200;
const DAY_MS: i64 = 86_400_000;

/// How a list is read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What somebody said that columns mean.
    pub given: Given,
    /// The zone of times that name none.
    pub tz: TimeZone,
}

/// A list that was read.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Its tables, one a sheet that has one.
    pub tables: Vec<Table>,
    /// The clues in the order of the list.
    pub clues: Vec<Clue>,
    /// What was noticed.
    pub found: Found,
}

/// A table of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Table {
    /// The sheet, counted from zero.
    pub sheet: usize,
    /// Its name.
    pub name: String,
    /// What stands above the headers.
    pub title: Vec<String>,
    /// What its columns mean.
    pub columns: Columns,
    /// The first row of data.
    pub first: u32,
}

/// What was noticed while a list was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Found {
    /// Rows below the headers with something in them.
    pub rows: u64,
    /// Rows without an address that can be read, and which the first of them are.
    pub without_address: u64,
    /// The first of those rows.
    pub first_without: Vec<ListRow>,
    /// Clues without a moment that can be read: they cannot be attributed.
    pub without_moment: u64,
    /// Clues without a port: behind a shared address those fit many.
    pub without_port: u64,
    /// Rows that repeat the headers.
    pub repeated_headers: u64,
    /// Cells whose value a formula computed: the saved value was taken.
    pub formulas: u64,
    /// Records in another encoding than the rest.
    pub other_encoding: u64,
    /// Characters that could not be read.
    pub unreadable: u64,
    /// Clues beyond [`MAX_CLUES`].
    pub beyond: u64,
    /// The row of the first of those: the list can be split there.
    #[serde(default)]
    pub first_beyond: Option<ListRow>,
}

/// Reads a list.
///
/// # Errors
///
/// Returns [`SheetsError`] where the file cannot be read to its end. A list without a table has no
/// tables.
pub fn read(book: &Book, reading: &Reading) -> Result<List, SheetsError> {
    let mut list = List::default();
    for (sheet, named) in book.sheets().iter().enumerate() {
        let Some(head) = header::find(book, sheet, &reading.given, &reading.tz)? else { continue };
        if head.columns.of(Role::Address).is_none() {
            continue;
        }
        let merges = book.merges(sheet)?;
        let mut rows = Rows { sheet, head: &head, merges: &merges, reading, held: BTreeMap::new() };
        let seen = book.rows(sheet, &mut |row| {
            rows.take(row, &mut list);
            ControlFlow::Continue(())
        })?;
        list.found.note(&seen);
        let Head { first, title, columns } = head;
        list.tables.push(Table { sheet, name: named.name.clone(), title, columns, first });
    }
    Ok(list)
}

impl Found {
    fn note(&mut self, seen: &Seen) {
        self.formulas += seen.formulas;
        self.other_encoding += seen.other_encoding;
        self.unreadable += seen.unreadable;
    }
}

struct Rows<'a> {
    sheet: usize,
    head: &'a Head,
    merges: &'a [Merge],
    reading: &'a Reading,
    /// What merged cells hold for the rows below, by column, with the last of those.
    held: BTreeMap<u32, (u32, Cell)>,
}

impl Rows<'_> {
    fn take(&mut self, row: &Row<'_>, list: &mut List) {
        if row.number < self.head.first || row.cells().next().is_none() {
            return;
        }
        list.found.rows += 1;
        if self.repeats_headers(row) {
            list.found.repeated_headers += 1;
            return;
        }
        self.hold(row);
        let at = ListRow { sheet: self.sheet, row: row.number };
        let told = Told { rows: self, row };
        let ends = told.text(Role::Address).map(|it| ends(&it)).unwrap_or_default();
        if ends.is_empty() {
            list.found.without_address += 1;
            if list.found.first_without.len() < 20 {
                list.found.first_without.push(at);
            }
            return;
        }
        let ports = told.text(Role::Port).map(|it| ports(&it)).unwrap_or_default();
        let single = ends.len() == 1;
        for (address, own) in ends {
            let ports: Vec<Option<u16>> = match own {
                Some(port) => vec![Some(port)],
                None if ports.is_empty() => vec![None],
                // Several addresses with one port each, or one with several: told apart by count alone.
                None if single || ports.len() == 1 => ports.iter().copied().map(Some).collect(),
                None => vec![None],
            };
            for port in ports {
                if list.clues.len() >= MAX_CLUES {
                    list.found.beyond += 1;
                    list.found.first_beyond.get_or_insert(at);
                    continue;
                }
                let clue = told.clue(at, address, port);
                list.found.without_moment += u64::from(clue.seen.is_none());
                list.found.without_port += u64::from(clue.port.is_none());
                list.clues.push(clue);
            }
        }
    }

    /// Printed lists repeat their headers on each page.
    fn repeats_headers(&self, row: &Row<'_>) -> bool {
        let columns = self.head.columns.0.iter().filter(|it| !it.header.is_empty());
        let same = columns
            .filter_map(|it| Some((row.cell(it.column)?, it)))
            .filter(|(cell, it)| !cell.is_blank() && bare(&it.header).ends_with(&bare(&cell.text)))
            .count();
        same >= 2 && same == row.cells().count()
    }

    /// Notes what merged cells hold for the rows below.
    fn hold(&mut self, row: &Row<'_>) {
        self.held.retain(|_, it| it.0 >= row.number);
        let from = self.merges.partition_point(|it| it.first.0 < row.number);
        let here = self.merges.get(from..).unwrap_or_default().iter();
        for it in here.take_while(|it| it.first.0 == row.number).filter(|it| it.last.0 > it.first.0)
        {
            if let Some(cell) = row.cell(it.first.1) {
                for column in it.first.1..=it.last.1.min(it.first.1 + 8) {
                    self.held.insert(column, (it.last.0, cell.clone()));
                }
            }
        }
    }
}

/// A row, by the meaning of its columns.
struct Told<'a> {
    rows: &'a Rows<'a>,
    row: &'a Row<'a>,
}

impl Told<'_> {
    fn cell(&self, role: Role) -> Option<&Cell> {
        let column = self.rows.head.columns.of(role)?;
        let own = self.row.cell(column).filter(|it| !it.is_blank());
        own.or_else(|| self.rows.held.get(&column).map(|it| &it.1))
    }

    fn text(&self, role: Role) -> Option<String> {
        let text: String = self.cell(role)?.text.chars().take(MAX_TEXT).collect();
        (!matches!(
            text.as_str(),
            "" | "-" | "--" | "/" | "无" | "未知" | "N/A" | "n/a" | "null" | "NULL"
        ))
        .then_some(text)
    }

    fn clue(&self, at: ListRow, address: std::net::IpAddr, port: Option<u16>) -> Clue {
        let claimed = self.text(Role::Behaviour).and_then(|it| behaviour(&it));
        Clue {
            at,
            number: self.text(Role::Number),
            unit: self.text(Role::Unit),
            address,
            port,
            proto: self.text(Role::Proto).and_then(|it| proto(&it)),
            seen: self.seen(),
            pool: self.pool(),
            coin: self.text(Role::Coin),
            wallet: self.text(Role::Wallet),
            worker: self.text(Role::Worker),
            count: self.text(Role::Count).and_then(|it| count(&it)),
            claimed,
            due_ms: self.moment(Role::Due).map(|it| it.to_ms),
        }
    }

    fn moment(&self, role: Role) -> Option<Span> {
        moment_of(self.cell(role)?, &self.rows.reading.tz)
    }

    /// The moment, of however many columns it takes.
    fn seen(&self) -> Option<Span> {
        let clock = self.cell(Role::Clock).and_then(clock_of);
        if let Some(seen) = self.moment(Role::Seen) {
            return Some(match clock {
                Some((after_ms, wide_ms)) if seen.to_ms - seen.from_ms + 1 == DAY_MS => {
                    let from_ms = seen.from_ms + after_ms;
                    Span { from_ms, to_ms: from_ms + wide_ms - 1 }
                }
                _ => seen,
            });
        }
        match (self.moment(Role::First), self.moment(Role::Last)) {
            (Some(first), Some(last)) if first.from_ms <= last.to_ms => {
                Some(Span { from_ms: first.from_ms, to_ms: last.to_ms })
            }
            // Ends the wrong way round: nobody can say which of them is meant.
            (Some(_), Some(_)) => None,
            (one, other) => one.or(other),
        }
    }

    fn pool(&self) -> PoolNamed {
        let mut pool = PoolNamed { name: self.text(Role::PoolName), ..PoolNamed::default() };
        let named = self.text(Role::PoolHost).or_else(|| {
            // Some write the host where the name belongs.
            pool.name.clone().filter(|it| host(it).is_some())
        });
        if let Some((host, port)) = named.and_then(|it| host(&it)) {
            pool.port = port;
            match host.parse() {
                Ok(ip) => pool.address = Some(ip),
                Err(_) => pool.host = Some(host),
            }
        }
        if let Some((ip, port)) =
            self.text(Role::PoolAddress).and_then(|it| ends(&it).first().copied())
        {
            pool.address = Some(ip);
            pool.port = port.or(pool.port);
        }
        let own = self.text(Role::PoolPort).and_then(|it| ports(&it).first().copied());
        pool.port = own.or(pool.port);
        pool
    }
}
