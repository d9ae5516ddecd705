//! `key=value` pairs: separators, quotes, keys with a number behind them.

use memchr::{memchr, memchr2, memmem};

use super::Found;
use crate::Refusal;
use crate::fill::{Filling, Raw};
use crate::grammar::{Form, Keys};
use crate::unescape::Escape;

/// How pairs stand in a line.
#[derive(Debug)]
pub(crate) struct Pairs {
    pub(crate) separator: u8,
    pub(crate) assign: Vec<u8>,
    /// A number in parentheses behind a key is dropped.
    pub(crate) numbered: bool,
    /// The text after which they begin.
    pub(crate) after: Option<memmem::Finder<'static>>,
    pub(crate) keys: Keys,
    /// The field of what stands before the first pair, by the key of no letters.
    pub(crate) head: Option<u16>,
}

impl Pairs {
    pub(crate) fn read<'l>(&self, line: &'l [u8], form: &Form, filling: &mut Filling<'l>) -> Found {
        let mut rest = line;
        if let Some(after) = &self.after {
            let at = after.find(line).ok_or(Refusal::Shape)?;
            rest = line.get(at + after.needle().len()..).unwrap_or_default();
        }
        let mut found = 0;
        loop {
            rest = self.next(rest);
            if rest.is_empty() {
                break;
            }
            let (token_end, assign) = self.token(rest);
            let Some(assign) = assign else {
                let (token, after) = rest.split_at_checked(token_end).unwrap_or((rest, b""));
                if let Some(head) = self.head.filter(|_| found == 0) {
                    filling.take(form, head, Raw::plain(token));
                }
                rest = after;
                continue;
            };
            found += 1;
            let key = self.key(rest.get(..assign).unwrap_or_default());
            let behind = rest.get(assign + self.assign.len()..).unwrap_or_default();
            let (value, after) = self.value(behind)?;
            if let Some(number) = self.keys.get(key) {
                filling.take(form, number, value);
            }
            rest = after;
        }
        if found == 0 { Err(Refusal::Shape) } else { Ok(()) }
    }

    fn next<'l>(&self, rest: &'l [u8]) -> &'l [u8] {
        let skip =
            rest.iter().take_while(|it| **it == self.separator || it.is_ascii_whitespace()).count();
        rest.get(skip..).unwrap_or_default()
    }

    /// Where the token ends if it is no pair, and where its key ends if it is one.
    fn token(&self, rest: &[u8]) -> (usize, Option<usize>) {
        match self.assign.as_slice() {
            [assign] => match memchr2(*assign, self.separator, rest) {
                Some(at) if rest.get(at) == Some(assign) => (at, Some(at)),
                Some(at) => (at, None),
                None => (rest.len(), None),
            },
            longer => {
                let end = memchr(self.separator, rest).unwrap_or(rest.len());
                (end, rest.get(..end).and_then(|it| memmem::find(it, longer)))
            }
        }
    }

    fn key<'l>(&self, written: &'l [u8]) -> &'l [u8] {
        let mut key = written;
        if self.numbered
            && key.last() == Some(&b')')
            && let Some(open) = key.iter().rposition(|it| *it == b'(')
        {
            key = key.get(..open).unwrap_or(key);
        }
        key.trim_ascii_end()
    }

    fn value<'l>(&self, behind: &'l [u8]) -> Result<(Raw<'l>, &'l [u8]), Refusal> {
        let behind = if self.separator == b' ' { behind } else { behind.trim_ascii_start() };
        let Some(inner) = behind.strip_prefix(b"\"") else {
            let end = memchr(self.separator, behind).unwrap_or(behind.len());
            let (value, after) = behind.split_at_checked(end).unwrap_or((behind, b""));
            return Ok((Raw::plain(value), after));
        };
        let mut at = 0;
        let mut escape = Escape::None;
        loop {
            let tail = inner.get(at..).unwrap_or_default();
            let Some(found) = memchr2(b'"', b'\\', tail) else { return Err(Refusal::CutOff) };
            if tail.get(found) == Some(&b'"') {
                let (bytes, after) = inner.split_at_checked(at + found).unwrap_or((inner, b""));
                return Ok((Raw { bytes, escape }, after.get(1..).unwrap_or_default()));
            }
            escape = Escape::Backslash;
            at += found + 2;
        }
    }
}
