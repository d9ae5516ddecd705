//! Messages in the languages of the reader: tables of texts, the same names in each.

use std::collections::BTreeMap;

use minehound_model::{Arg, Args};
use thiserror::Error;

use crate::{Lang, quantity, visible};

/// The messages of one language, named `section.message`.
#[derive(Debug)]
pub struct Catalogue {
    lang: Lang,
    messages: BTreeMap<String, String>,
}

/// Why a catalogue was refused.
#[derive(Debug, Error)]
#[error("message catalogue is not a table of texts")]
pub struct CatalogueError(#[from] toml::de::Error);

type Sections = BTreeMap<String, BTreeMap<String, String>>;

impl Catalogue {
    /// The shipped catalogue of a language.
    ///
    /// # Errors
    ///
    /// Returns [`CatalogueError`] when it is broken, which a test rules out.
    pub fn of(lang: Lang) -> Result<Self, CatalogueError> {
        let files = match lang {
            Lang::Zh => [
                include_str!("../catalogue/zh-CN.toml"),
                include_str!("../catalogue/proof.zh-CN.toml"),
                include_str!("../catalogue/clues.zh-CN.toml"),
                include_str!("../catalogue/signs.zh-CN.toml"),
                include_str!("../catalogue/program.zh-CN.toml"),
            ],
            Lang::En => [
                include_str!("../catalogue/en.toml"),
                include_str!("../catalogue/proof.en.toml"),
                include_str!("../catalogue/clues.en.toml"),
                include_str!("../catalogue/signs.en.toml"),
                include_str!("../catalogue/program.en.toml"),
            ],
        };
        let mut messages = BTreeMap::new();
        for text in files {
            for (section, texts) in toml::from_str::<Sections>(text)? {
                let named = texts.into_iter().map(|(it, text)| (format!("{section}.{it}"), text));
                messages.extend(named);
            }
        }
        Ok(Self { lang, messages })
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The pattern of a message, for example of `verdict.clear`.
    #[must_use]
    pub fn pattern(&self, message: &str) -> Option<&str> {
        self.messages.get(message).map(String::as_str)
    }

    /// Every message with its pattern, in the order of their names.
    pub fn messages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.messages.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// What a sign says; a sign without a message is shown by its name and arguments.
    #[must_use]
    pub fn sign(&self, sign: &str, args: &Args) -> String {
        self.said(sign, args, |_, text| text)
    }

    /// The same with long wallets in accounts and logins cut in their middle.
    pub(crate) fn brief_sign(&self, sign: &str, args: &Args) -> String {
        self.said(sign, args, |name, text| if names_payee(name) { brief(&text) } else { text })
    }

    fn said(&self, sign: &str, args: &Args, shape: impl Fn(&str, String) -> String) -> String {
        let shown = |name: &str, arg| shape(name, self.shown(arg));
        if let Some(pattern) = self.pattern(&format!("sign.{sign}")) {
            return fill(pattern, |name| args.get(name).map(|it| shown(name, it)));
        }
        let args: Vec<_> =
            args.iter().map(|(name, it)| format!("{name} {}", shown(name, it))).collect();
        if args.is_empty() {
            return spelled(sign);
        }
        format!("{} ({})", spelled(sign), args.join(self.comma()))
    }

    /// The message of a section; the bare name, spelled out, where there is none.
    #[must_use]
    pub fn named(&self, section: &str, name: &str) -> String {
        let found = self.pattern(&format!("{section}.{name}"));
        let found = found.or_else(|| self.pattern(&format!("term.{name}")));
        found.map_or_else(|| spelled(name), str::to_owned)
    }

    /// What the system or a library said: a message, or its own words, which are English.
    #[must_use]
    pub fn cause(&self, said: &str) -> String {
        if let Some(message) = self.pattern(&format!("cause.{said}")) {
            return message.to_owned();
        }
        let pattern = self.pattern("cause.in-own-words").unwrap_or("{said}");
        pattern.replace("{said}", &visible(said))
    }

    /// What stands between the members of a list.
    #[must_use]
    pub fn comma(&self) -> &'static str {
        match self.lang {
            Lang::Zh => "、",
            Lang::En => ", ",
        }
    }

    /// What an argument looks like.
    fn shown(&self, arg: &Arg) -> String {
        match arg {
            Arg::Text(text) => visible(text),
            Arg::Count(count) => count.to_string(),
            Arg::Number(number) => quantity::plain(*number),
            Arg::List(texts) => {
                let texts: Vec<_> = texts.iter().map(|it| visible(it)).collect();
                texts.join(self.comma())
            }
            Arg::Term(id) => match self.pattern(id) {
                Some(text) => text.to_owned(),
                None => self.named("term", id),
            },
        }
    }
}

/// The pattern with its placeholders filled; what has no value is shown as a dash. A part in square
/// brackets with placeholders stands only where each of them has a value that is not empty.
pub(crate) fn fill(pattern: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some((before, part, after)) = optional(rest) {
        text.push_str(&placed(before, &value).0);
        let (part, whole) = placed(part, &value);
        if whole {
            text.push_str(&part);
        }
        rest = after;
    }
    text + &placed(rest, &value).0
}

/// The first part in square brackets that has placeholders, with what stands before and after it.
fn optional(pattern: &str) -> Option<(&str, &str, &str)> {
    let parts = pattern.match_indices('[').filter_map(|(at, _)| {
        let (before, part) = pattern.split_at_checked(at)?;
        let (part, after) = part.strip_prefix('[')?.split_once(']')?;
        Some((before, part, after))
    });
    parts.into_iter().find(|it| it.1.contains('{'))
}

/// The pattern with its placeholders filled, and whether each had a value.
fn placed(pattern: &str, value: &impl Fn(&str) -> Option<String>) -> (String, bool) {
    let mut text = String::with_capacity(pattern.len() + 32);
    let mut whole = true;
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        let value = value(name);
        whole &= value.as_ref().is_some_and(|it| !it.is_empty());
        text.push_str(value.as_deref().unwrap_or("—"));
        rest = after;
    }
    (text + rest, whole)
}

/// Whether an argument of this name holds a wallet or an account.
fn names_payee(name: &str) -> bool {
    ["wallet", "account", "login", "user"].iter().any(|it| name.contains(it))
}

/// The text with every long run of letters and digits cut to its first and last six: what comes
/// before and after a wallet, such as the name of a worker, stays.
pub(crate) fn brief(text: &str) -> String {
    /// As long as the shortest wallets.
    const LONG: usize = 25;
    const KEPT: usize = 6;
    let mut shown = String::with_capacity(text.len());
    for run in text.split_inclusive(|it: char| !it.is_ascii_alphanumeric()) {
        let word = run.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
        let ends = word.get(..KEPT).zip(word.get(word.len().saturating_sub(KEPT)..));
        match ends.filter(|_| word.len() >= LONG) {
            Some((first, last)) => {
                shown.extend([first, "…", last, run.get(word.len()..).unwrap_or_default()]);
            }
            None => shown.push_str(run),
        }
    }
    shown
}

/// An id as words: what a reader sees where a message is missing.
fn spelled(id: &str) -> String {
    visible(id).replace(['-', '_'], " ")
}

/// The signs that lack a message in either language.
///
/// # Errors
///
/// Returns [`CatalogueError`] when a catalogue is broken.
pub fn missing_signs<'s>(
    signs: impl IntoIterator<Item = &'s str>,
) -> Result<Vec<&'s str>, CatalogueError> {
    let catalogues = [Catalogue::of(Lang::Zh)?, Catalogue::of(Lang::En)?];
    let lacks =
        |sign: &&str| catalogues.iter().any(|it| it.pattern(&format!("sign.{sign}")).is_none());
    Ok(signs.into_iter().filter(lacks).collect())
}

#[cfg(test)]
mod tests;
