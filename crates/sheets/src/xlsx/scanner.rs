//! XML cut into tags and what stands between them, byte for byte.
//!
//! Enough of XML for the parts of a workbook, which are UTF-8 without a DTD.

use std::io::{self, Read};

use memchr::{memchr, memchr3, memmem};

/// The longest tag or text: a cell holds 32,767 characters.
const MAX_TOKEN: usize = 1 << 20;
/// Bytes read together.
const PIECE: usize = 1 << 17;

/// What stands in a part.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Token<'t> {
    /// A tag.
    Tag(Tag<'t>),
    /// Text between tags, with its entities; or the inside of a CDATA section, as it is.
    Text {
        /// All bytes of it, with the marks of CDATA.
        raw: &'t [u8],
        /// The text in them.
        inside: &'t [u8],
        /// Whether entities are to be read.
        entities: bool,
    },
    /// Comments and instructions.
    Other(&'t [u8]),
}

/// A tag, with its brackets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'t> {
    pub(crate) raw: &'t [u8],
    pub(crate) name: &'t [u8],
    pub(crate) form: TagForm,
}

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagForm {
    /// It opens an element.
    Open,
    /// It closes an element.
    Close,
    /// It is a whole element.
    Whole,
}

impl<'t> Tag<'t> {
    fn of(raw: &'t [u8]) -> Self {
        let inside = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        let (inside, form) = match (inside.first(), inside.last()) {
            (Some(b'/'), _) => (inside.get(1..).unwrap_or_default(), TagForm::Close),
            (_, Some(b'/')) => (inside, TagForm::Whole),
            _ => (inside, TagForm::Open),
        };
        let end = inside.iter().position(|it| it.is_ascii_whitespace() || *it == b'/');
        Self { raw, name: inside.get(..end.unwrap_or(inside.len())).unwrap_or_default(), form }
    }

    /// Its name without the prefix.
    pub(crate) fn local(&self) -> &'t [u8] {
        memchr(b':', self.name).and_then(|it| self.name.get(it + 1..)).unwrap_or(self.name)
    }

    /// The prefix of its name, with the colon.
    pub(crate) fn prefix(&self) -> &'t [u8] {
        memchr(b':', self.name).and_then(|it| self.name.get(..=it)).unwrap_or_default()
    }

    /// Whether it opens or is an element of this name.
    pub(crate) fn begins(&self, name: &[u8]) -> bool {
        self.form != TagForm::Close && self.local() == name
    }

    /// Whether it closes an element of this name.
    pub(crate) fn ends(&self, name: &[u8]) -> bool {
        self.form == TagForm::Close && self.local() == name
    }

    /// The value of an attribute, as it is written; its name with or without a prefix.
    pub(crate) fn attribute(&self, wanted: &[u8]) -> Option<&'t [u8]> {
        let mut rest = self.raw.get(1 + self.name.len()..)?;
        loop {
            let equals = memchr(b'=', rest)?;
            let name = rest.get(..equals)?.trim_ascii();
            let after = rest.get(equals + 1..)?.trim_ascii_start();
            let quote = *after.first().filter(|it| matches!(it, b'"' | b'\''))?;
            let after = after.get(1..)?;
            let end = memchr(quote, after)?;
            if name == wanted {
                return after.get(..end);
            }
            rest = after.get(end + 1..)?;
        }
    }
}

/// Reads a part token by token.
pub(crate) struct Scanner<R> {
    input: R,
    held: Vec<u8>,
    at: usize,
    ended: bool,
}

enum Cut {
    Tag(usize),
    Text(usize),
    Cdata(usize),
    Other(usize),
}

impl<R: Read> Scanner<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, held: Vec::new(), at: 0, ended: false }
    }

    /// The next token; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Token<'_>>> {
        let cut = loop {
            let rest = self.held.get(self.at..).unwrap_or_default();
            match cut(rest, self.ended)? {
                Some(cut) => break cut,
                None if self.ended => return Ok(None),
                None => self.fill()?,
            }
        };
        let (Cut::Tag(len) | Cut::Text(len) | Cut::Cdata(len) | Cut::Other(len)) = cut;
        let raw = self.held.get(self.at..self.at + len).unwrap_or_default();
        self.at += len;
        Ok(Some(match cut {
            Cut::Tag(_) => Token::Tag(Tag::of(raw)),
            Cut::Text(_) => Token::Text { raw, inside: raw, entities: true },
            Cut::Cdata(_) => {
                let inside = raw.get(9..raw.len().saturating_sub(3)).unwrap_or_default();
                Token::Text { raw, inside, entities: false }
            }
            Cut::Other(_) => Token::Other(raw),
        }))
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.held.len() - self.at > MAX_TOKEN {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "longer than a cell can be"));
        }
        self.held.drain(..self.at);
        self.at = 0;
        let first = self.held.is_empty();
        let read = (&mut self.input).take(PIECE as u64).read_to_end(&mut self.held)?;
        self.ended = read < PIECE;
        if first && self.held.iter().take(4).any(|it| *it == 0) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not written in UTF-8"));
        }
        Ok(())
    }
}

/// Where the first token of `rest` ends; `None` where more must be read.
fn cut(rest: &[u8], ended: bool) -> io::Result<Option<Cut>> {
    let Some(first) = rest.first() else { return Ok(None) };
    if *first != b'<' {
        return Ok(match memchr(b'<', rest) {
            Some(end) => Some(Cut::Text(end)),
            None if ended => Some(Cut::Text(rest.len())),
            None => None,
        });
    }
    let until = |end: &[u8]| memmem::find(rest, end).map(|it| it + end.len());
    let found = match rest.get(1) {
        None => None,
        Some(b'?') => until(b"?>").map(Cut::Other),
        Some(b'!') if rest.len() < 9 && !ended => None,
        Some(b'!') if rest.starts_with(b"<!--") => until(b"-->").map(Cut::Other),
        Some(b'!') if rest.starts_with(b"<![CDATA[") => until(b"]]>").map(Cut::Cdata),
        Some(b'!') => return Err(io::Error::new(io::ErrorKind::InvalidData, "has a DTD")),
        Some(_) => end_of_tag(rest).map(Cut::Tag),
    };
    if found.is_none() && ended {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "ends within a tag"));
    }
    Ok(found)
}

/// Where a tag ends, given that `>` may stand in quotation marks.
fn end_of_tag(rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr3(b'>', b'"', b'\'', rest.get(at..)?)?;
        match *rest.get(at)? {
            b'>' => return Some(at + 1),
            quote => at += 2 + memchr(quote, rest.get(at + 1..)?)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(xml: &[u8]) -> io::Result<Vec<Vec<u8>>> {
        let mut scanner = Scanner::new(xml);
        let mut tokens = Vec::new();
        while let Some(token) = scanner.next()? {
            tokens.push(match token {
                Token::Tag(it) => it.raw.to_vec(),
                Token::Text { raw, .. } | Token::Other(raw) => raw.to_vec(),
            });
        }
        Ok(tokens)
    }

    #[test]
    fn tags_have_names_and_attributes() {
        let mut scanner = Scanner::new(&b"<x:c r='A1' s = \"3>\" t=\"s\"/>"[..]);
        let Some(Token::Tag(tag)) = scanner.next().unwrap() else { panic!() };
        assert_eq!((tag.local(), tag.prefix(), tag.form), (&b"c"[..], &b"x:"[..], TagForm::Whole));
        let told = [&b"r"[..], b"s", b"t", b"u"].map(|it| tag.attribute(it));
        assert_eq!(told, [Some(&b"A1"[..]), Some(b"3>"), Some(b"s"), None]);
        assert!(scanner.next().unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        for xml in [&b"<a"[..], b"<!DOCTYPE x>", b"<\0a>", b"<!-- x", b"<a b='>"] {
            assert!(raw(xml).is_err(), "{xml:?}");
        }
        let long = [b"<a>".as_slice(), &vec![b'x'; 3 << 20]].concat();
        assert!(raw(&long).is_err());
    }

    proptest! {
        #[test]
        fn tokens_together_are_the_part(parts in prop::collection::vec(prop_oneof![
            Just("<a b=\"1>2\">"), Just("</a >"), Just("text &amp; more"), Just("<!-- > -->"),
            Just("<![CDATA[<x>]]>"), Just("<?pi ?>"), Just("<c/>"),
        ], 0..40)) {
            let xml = parts.concat();
            prop_assert_eq!(raw(xml.as_bytes()).unwrap().concat(), xml.as_bytes());
        }
    }
}
