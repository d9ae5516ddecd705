//! Cuts shell text into words and operators (POSIX.1-2017, Shell Command Language, 2.3).
//!
//! What is in quotes stays one word, unless it is given to a shell to run: then it is read like any
//! other text. Nothing is expanded.

use std::iter::Peekable;
use std::str::Chars;

use super::{PRINTERS, SHELLS, base};

/// A piece of shell text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, without its quotes.
    Word(String),
    /// `|`.
    Pipe,
    /// `;`, `&`, `&&`, `||` or the end of a line.
    Next,
    /// `(` or `{`.
    Open,
    /// `)` or `}`.
    Close,
    /// `$(`, a backquote or `<(`: its output is used.
    Substitute,
}

/// The pieces of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        chars: text.chars().peekable(),
        tokens: Vec::new(),
        word: String::new(),
        quote: None,
        outer: Vec::new(),
        redirects: false,
    };
    while let Some(char) = lexer.chars.next() {
        lexer.take(char);
    }
    lexer.end_word();
    lexer.tokens
}

struct Lexer<'a> {
    chars: Peekable<Chars<'a>>,
    tokens: Vec<Token>,
    word: String,
    quote: Option<Quote>,
    /// What opened each bracket under way, and the quote around it.
    outer: Vec<(char, Option<Quote>)>,
    /// Whether the next word names the file of a redirection.
    redirects: bool,
}

/// The quotes that the lexer is in.
#[derive(Clone, Copy)]
struct Quote {
    mark: char,
    /// Whether no shell runs what is in them.
    literal: bool,
}

impl Lexer<'_> {
    fn take(&mut self, char: char) {
        match char {
            '\'' | '"' => self.take_quote(char),
            '\\' => {
                let next = self.chars.next();
                self.word.extend(next);
            }
            '$' | '<' if self.may_substitute() && self.chars.peek() == Some(&'(') => {
                self.chars.next();
                self.open('(', Token::Substitute);
            }
            '`' if self.may_substitute() => {
                match self.outer.pop_if(|(opened_by, _)| *opened_by == '`') {
                    Some((_, around)) => {
                        self.quote = around;
                        self.push(Token::Substitute);
                    }
                    None => self.open('`', Token::Substitute),
                }
            }
            _ if self.quote.is_some_and(|it| it.literal) => self.word.push(char),
            _ => self.take_plain(char),
        }
    }

    fn take_quote(&mut self, char: char) {
        match self.quote {
            Some(quote) if quote.mark == char => self.quote = None,
            None => self.quote = Some(Quote { mark: char, literal: self.is_literal_here() }),
            Some(quote) if quote.literal => self.word.push(char),
            Some(_) => {}
        }
    }

    /// Takes a character outside of quotes, or inside of those that a shell is to run.
    fn take_plain(&mut self, char: char) {
        match char {
            '#' if self.word.is_empty() && self.quote.is_none() => {
                while self.chars.next_if(|it| *it != '\n').is_some() {}
            }
            '|' if self.chars.next_if_eq(&'|').is_some() => self.push(Token::Next),
            '|' => self.push(Token::Pipe),
            '&' if self.word.ends_with('>') => self.word.push(char),
            '&' if self.chars.peek() == Some(&'>') => self.end_word(),
            ';' | '&' | '\n' => self.push(Token::Next),
            '(' if self.word.is_empty() => self.open('(', Token::Open),
            '{' if self.word.is_empty() => self.push(Token::Open),
            ')' => {
                self.quote = self.outer.pop().and_then(|(_, around)| around);
                self.push(Token::Close);
            }
            '}' if self.word.is_empty() => self.push(Token::Close),
            _ if char.is_whitespace() => self.end_word(),
            _ => self.word.push(char),
        }
    }

    fn open(&mut self, opened_by: char, token: Token) {
        self.outer.push((opened_by, self.quote.take()));
        self.push(token);
    }

    fn push(&mut self, token: Token) {
        self.end_word();
        self.tokens.push(token);
    }

    /// Ends the word under way; a redirection and the file it names are dropped.
    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        let operand = word.trim_start_matches(|it: char| it.is_ascii_digit());
        if operand.starts_with(['<', '>']) && self.quote.is_none_or(|it| !it.literal) {
            self.redirects = operand.trim_start_matches(['<', '>', '|', '-']).is_empty();
        } else if !word.is_empty() && !std::mem::take(&mut self.redirects) {
            self.tokens.push(Token::Word(word));
        }
    }

    /// Whether output may stand here: anywhere but in single quotes.
    fn may_substitute(&self) -> bool {
        self.quote.is_none_or(|it| it.mark != '\'' || !it.literal)
    }

    /// Whether quotes that open here hold a text that no shell runs.
    fn is_literal_here(&self) -> bool {
        let words = self.tokens.iter().rev().map_while(|it| match it {
            Token::Word(word) => Some(base(word)),
            _ => None,
        });
        let words: Vec<&str> = words.take(8).collect();
        let prints = words.last().is_some_and(|it| PRINTERS.contains(it));
        prints || !words.iter().any(|it| SHELLS.contains(it) || matches!(*it, "eval" | "su"))
    }
}
