//! The texts that cells share.

use std::io::Read;

use super::scanner::{Scanner, TagForm, Token};
use super::text;
use crate::SheetsError;

/// Where the shared texts of a workbook are named in its messages.
const PART: &str = "sharedStrings.xml";

const TOO_MANY: SheetsError = SheetsError::TooLarge("16,777,216 texts");
/// The most of them: sixteen for each row of a full sheet.
const MAX_STRINGS: usize = 1 << 24;

/// Texts that cells share, held one after the other.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    /// Where each ends; what a part that is held unpacks to can be counted so.
    ends: Vec<u32>,
}

impl Strings {
    pub(super) fn read(input: impl Read) -> Result<Self, SheetsError> {
        Self::read_at_most(MAX_STRINGS, input)
    }

    fn read_at_most(most: usize, input: impl Read) -> Result<Self, SheetsError> {
        let damaged = |it: std::io::Error| SheetsError::damaged(PART, it.to_string());
        let mut scanner = Scanner::new(input);
        let mut strings = Self::default();
        let mut one = Runs::default();
        while let Some(token) = scanner.next().map_err(damaged)? {
            if let Token::Tag(tag) = token
                && tag.local() == b"si"
                && tag.form != TagForm::Open
            {
                strings.text.push_str(&text::without_escapes(std::mem::take(&mut one.text)));
                let end = u32::try_from(strings.text.len()).map_err(|_| TOO_MANY)?;
                if strings.ends.len() >= most {
                    return Err(TOO_MANY);
                }
                strings.ends.push(end);
                one = Runs::default();
            } else {
                one.take(&token);
            }
        }
        strings.text.shrink_to_fit();
        Ok(strings)
    }

    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let from = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let at = |it: u32| usize::try_from(it).ok();
        self.text.get(at(from)?..at(*self.ends.get(number)?)?)
    }
}

/// Collects the text of a shared or inline text: its runs, without how it is pronounced.
#[derive(Debug, Default)]
pub(super) struct Runs {
    pub(super) text: String,
    within: bool,
    pronounced: bool,
}

impl Runs {
    pub(super) fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Tag(tag) if tag.local() == b"t" => self.within = tag.form == TagForm::Open,
            Token::Tag(tag) if tag.local() == b"rPh" => {
                self.pronounced = tag.form == TagForm::Open;
            }
            Token::Text { inside, entities, .. } if self.within && !self.pronounced => {
                text::read(inside, *entities, &mut self.text);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_texts_than_a_list_has_are_refused() {
        let many = "<si/>".repeat(100);
        assert_eq!(Strings::read_at_most(100, many.as_bytes()).unwrap().ends.len(), 100);
        let error = Strings::read_at_most(99, many.as_bytes()).unwrap_err();
        assert!(matches!(error, SheetsError::TooLarge(_)), "{error}");
    }

    #[test]
    fn runs_are_joined_and_empty_texts_keep_their_number() {
        let xml = b"<sst><si><t>a</t></si><si/><si><r><t>b</t></r><r><t> c</t></r>\
            <rPh><t>x</t></rPh></si><si><t></t></si></sst>";
        let strings = Strings::read(&xml[..]).unwrap();
        let all: Vec<_> = (0..5).map(|it| strings.get(it)).collect();
        assert_eq!(all, [Some("a"), Some(""), Some("b c"), Some(""), None]);
    }
}
