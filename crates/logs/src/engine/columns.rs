//! Columns in a fixed order or named by a header: CSV, TSV.

use memchr::{memchr, memmem};

use super::Found;
use crate::Refusal;
use crate::fill::{Fate, Filling, Raw};
use crate::grammar::{Form, Keys};
use crate::unescape::Escape;

/// More columns than any log has.
const MAX_COLUMNS: usize = 512;

/// How columns stand in a line.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) separator: u8,
    /// The fields of columns in a fixed order.
    pub(crate) fixed: Option<Order>,
    /// How a header begins; `None`: it is the first line that names what is needed.
    pub(crate) header: Option<Vec<u8>>,
    pub(crate) least: usize,
    /// Whether key and value alternate behind the fixed columns.
    pub(crate) tail: bool,
    pub(crate) after: Option<memmem::Finder<'static>>,
    /// Fields by their names, as [`plain_name`] writes them.
    pub(crate) keys: Keys,
    /// The names of which each set must hold one, for a line to be the header.
    pub(crate) needed: Vec<Vec<u16>>,
}

/// The field of each column, where it has one.
pub(crate) type Order = Vec<Option<u16>>;

impl Columns {
    /// The order that a header gives, if the line is one.
    pub(crate) fn order(&self, line: &[u8]) -> Option<Order> {
        let line = match &self.header {
            Some(begin) => line.strip_prefix(begin.as_slice())?,
            None => line,
        };
        let mut order = Order::new();
        let mut rest = Some(line.trim_ascii_start());
        while let Some(cells) = rest {
            let (cell, after) = self.cell(cells).ok()?;
            let number = self.keys.get(&plain_name(cell.bytes));
            // The first of two columns of the same name counts.
            order.push(number.filter(|it| !order.contains(&Some(*it))));
            rest = after;
            if order.len() > MAX_COLUMNS {
                return None;
            }
        }
        let last = order.iter().rposition(Option::is_some)?;
        order.truncate(last + 1);
        let names = |set: &Vec<u16>| set.iter().any(|it| order.contains(&Some(*it)));
        self.needed.iter().all(names).then_some(order)
    }

    pub(crate) fn read<'l>(
        &self,
        order: &[Option<u16>],
        line: &'l [u8],
        form: &Form,
        filling: &mut Filling<'l>,
    ) -> Found {
        let mut rest = Some(line);
        if let Some(after) = &self.after {
            let at = after.find(line).ok_or(Refusal::Shape)?;
            rest = line.get(at + after.needle().len()..);
        }
        let mut count = 0;
        for field in order {
            let Some(cells) = rest else { break };
            let (cell, after) = self.cell(cells)?;
            if let Some(number) = field {
                filling.take(form, *number, cell);
                if filling.fate == Fate::Unfit {
                    return Err(Refusal::Shape);
                }
            }
            rest = after;
            count += 1;
        }
        if self.tail {
            while let Some(cells) = rest {
                let (key, after) = self.cell(cells)?;
                let (value, after) = self.cell(after.ok_or(Refusal::CutOff)?)?;
                if let Some(number) = self.keys.get(key.bytes.trim_ascii()) {
                    filling.take(form, number, value);
                }
                rest = after;
            }
        }
        match count {
            ..=1 => Err(Refusal::Shape),
            _ if count < self.least => Err(Refusal::CutOff),
            // Up to the last column that means something, a row is as long as its header.
            _ if self.fixed.is_none() && count < order.len() => Err(Refusal::CutOff),
            _ => Ok(()),
        }
    }

    /// Parts the first cell; what is left is `None` behind the last.
    #[inline]
    fn cell<'l>(&self, cells: &'l [u8]) -> Result<(Raw<'l>, Option<&'l [u8]>), Refusal> {
        if cells.first() == Some(&b'"') {
            return self.quoted(cells.get(1..).unwrap_or_default());
        }
        let Some(end) = memchr(self.separator, cells) else { return Ok((Raw::plain(cells), None)) };
        let (cell, after) = cells.split_at_checked(end).unwrap_or((cells, b""));
        Ok((Raw::plain(cell), after.get(1..)))
    }

    fn quoted<'l>(&self, inner: &'l [u8]) -> Result<(Raw<'l>, Option<&'l [u8]>), Refusal> {
        let mut escape = Escape::None;
        let mut at = 0;
        loop {
            let tail = inner.get(at..).unwrap_or_default();
            at += memchr(b'"', tail).ok_or(Refusal::CutOff)?;
            if inner.get(at + 1) != Some(&b'"') {
                break;
            }
            escape = Escape::Doubled;
            at += 2;
        }
        let (bytes, after) = inner.split_at_checked(at).unwrap_or((inner, b""));
        let after = after.get(1..).unwrap_or_default();
        let raw = Raw { bytes, escape };
        match memchr(self.separator, after) {
            Some(end) => Ok((raw, after.get(end + 1..))),
            None => Ok((raw, None)),
        }
    }
}

/// A column's name without what writers vary: case, blanks, underscores, units in parentheses.
pub(crate) fn plain_name(name: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(name);
    let text = text.trim_start_matches('\u{feff}');
    let head = text.split(['(', '（', '[']).next().unwrap_or(text);
    let head = if head.trim().is_empty() { text } else { head };
    let kept = head.chars().filter(|it| !it.is_whitespace() && !matches!(it, '_' | '-' | '"'));
    kept.flat_map(char::to_lowercase).collect::<String>().into_bytes()
}
