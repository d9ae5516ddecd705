//! Errors in the language of whoever reads them.
//!
//! The libraries say in English what is wrong. Where Chinese is spoken each kind of error has its
//! sentence in the catalogue, errors of the system by their number; what a parser found stays beside
//! it in its own words, and is said to be that.

use std::io;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use minehound_assess::people::PlaceError;
use minehound_collect::blocks::BlockTimesError;
use minehound_collect::geo::GeoError;
use minehound_collect::host::{BundleError, HostError};
use minehound_collect::stated::StatedError;
use minehound_detect::KnowledgeError;
use minehound_range::live::Trouble;
use minehound_report::ManualError;

use crate::locale::{chinese_error as filled, is_chinese, word};

/// The error with everything that led to it.
pub(crate) fn error(error: &anyhow::Error) -> String {
    if !is_chinese() {
        return format!("{error:#}");
    }
    let (mut said, mut known, mut library) = (Vec::new(), false, None);
    for it in error.chain() {
        match chinese(it) {
            Some(sentence) => {
                known = true;
                said.push(sentence);
            }
            // What a parser says explains the sentence before it; its last word is the closest.
            None if known => library = Some(it.to_string()),
            None => said.push(it.to_string()),
        }
    }
    let library = library.map(|it| filled("in-own-words", &[("said", it.trim_end())]));
    said.join("：") + &library.unwrap_or_default()
}

/// An error of the system, by its number or kind; another's that it carries, in its own words.
fn system(error: &io::Error) -> String {
    if let Some(id) = error.raw_os_error().and_then(minehound_collect::usual_error) {
        return filled(id, &[]);
    }
    let id = match error.kind() {
        io::ErrorKind::NotFound => "os-missing",
        io::ErrorKind::PermissionDenied => "os-denied",
        io::ErrorKind::StorageFull => "os-full",
        io::ErrorKind::BrokenPipe => "os-pipe",
        io::ErrorKind::TimedOut => "os-slow",
        io::ErrorKind::UnexpectedEof => "os-short",
        io::ErrorKind::InvalidData => "os-data",
        _ => return filled("os-other", &[("said", &error.to_string())]),
    };
    filled(id, &[])
}

fn chinese(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(it) = error.downcast_ref() {
        return Some(knowledge(it));
    }
    if let Some(it) = error.downcast_ref() {
        return Some(stated(it));
    }
    if let Some(it) = error.downcast_ref() {
        return manual(it);
    }
    if let Some(it) = error.downcast_ref() {
        return Some(place(it));
    }
    if let Some(it) = error.downcast_ref() {
        return live(it);
    }
    if let Some(it) = error.downcast_ref() {
        return Some(system(it));
    }
    if let Some(it) = error.downcast_ref::<HostError>() {
        return Some(filled("host-root", &[("path", &it.path.display().to_string())]));
    }
    if let Some(it) = error.downcast_ref() {
        return Some(blocks(it));
    }
    if let Some(it) = error.downcast_ref() {
        return Some(bundle(it));
    }
    error.downcast_ref().map(geo)
}

fn live(error: &Trouble) -> Option<String> {
    Some(match error {
        Trouble::Privilege { said } => filled("live-privilege", &[("said", said)]),
        Trouble::Missing { program, package } => {
            filled("live-missing", &[("program", program), ("package", package)])
        }
        Trouble::Nothing => filled("live-nothing", &[]),
        Trouble::Ended { program, said } => {
            filled("live-ended", &[("program", program), ("said", said)])
        }
        Trouble::Late { program, seconds, said } => {
            let seconds = seconds.to_string();
            filled("live-late", &[("program", program), ("seconds", &seconds), ("said", said)])
        }
        Trouble::Broken { software, said } => {
            filled("live-broken", &[("software", software), ("said", said)])
        }
        Trouble::Stopped => filled("live-stopped", &[]),
        Trouble::Io(_) => return None,
    })
}

fn blocks(error: &BlockTimesError) -> String {
    match error {
        BlockTimesError::Empty => filled("blocks-empty", &[]),
        BlockTimesError::TooMany => filled("blocks-many", &[]),
        BlockTimesError::NotATime { line, text } => {
            filled("blocks-time", &[("line", &line.to_string()), ("text", text)])
        }
    }
}

fn bundle(error: &BundleError) -> String {
    match error {
        BundleError::Header => filled("bundle-header", &[]),
        BundleError::TooLong => filled("bundle-long", &[]),
    }
}

fn knowledge(error: &KnowledgeError) -> String {
    match error {
        KnowledgeError::Invalid { file, line, message } => {
            let args =
                [("file", &**file), ("line", &line.to_string()), ("message", &problem(message))];
            filled("knowledge-invalid", &args)
        }
        KnowledgeError::TooLarge { file } => filled("knowledge-too-large", &[("file", file)]),
        KnowledgeError::Damaged(_) => filled("knowledge-damaged", &[]),
    }
}

/// What is wrong with an entry, in the words of the catalogue; else as the parser says it.
fn problem(message: &str) -> String {
    if !is_chinese() {
        return message.to_owned();
    }
    if let Some(parts) = matched("`{table}` entry `{key}`: {problem}", message) {
        let own = parts.iter().find(|it| it.0 == "problem").map_or(message, |it| it.1);
        let own = problem(own);
        let parts: Vec<_> =
            parts.iter().map(|it| if it.0 == "problem" { (it.0, &*own) } else { *it }).collect();
        return filled("knowledge-entry", &parts);
    }
    let said = PROBLEMS
        .iter()
        .find_map(|(key, pattern)| matched(pattern, message).map(|parts| filled(key, &parts)));
    said.unwrap_or_else(|| message.to_owned())
}

/// What the checks of knowledge say, with the name of its Chinese sentence.
const PROBLEMS: [(&str, &str); 14] = [
    (
        "problem-source",
        "`source` is empty or too short; cite owner/repository@commit:path or a page",
    ),
    ("problem-day", "`{field}` is not a day; write one such as 2026-11-23"),
    ("problem-day", "`{field}`: write a day without quotes, such as 2026-11-23"),
    ("problem-empty", "`entries` is empty; drop the group"),
    ("problem-twice", "stands twice; merge the two entries"),
    ("problem-claimed", "`{host}` already belongs to `{other}`; drop one"),
    ("problem-host", "`{host}` is not a lower-case host name; write it like `pool.example`"),
    ("problem-address", "`{host}` is an address; only names can be listed"),
    ("problem-shared", "`{host}` is shared by strangers; list the full name of the server"),
    ("problem-no-host", "`{name}` has neither `domains` nor `hosts`"),
    ("problem-capitals", "`symbol` = \"{symbol}\" is written in capitals"),
    ("problem-future", "`checked` = {day} lies in the future; write the day it was last compared"),
    (
        "problem-coin",
        "coin `{coin}` is not known; write a symbol such as XMR, or describe it in `coins`",
    ),
    ("problem-field", "unknown field `{field}`, expected {expected}"),
];

/// The parts of a text that a pattern names, if it is of that form.
fn matched<'p, 't>(pattern: &'p str, text: &'t str) -> Option<Vec<(&'p str, &'t str)>> {
    let mut pieces = pattern.split('{');
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut parts = Vec::new();
    for piece in pieces {
        let (name, literal) = piece.split_once('}')?;
        let (value, after) =
            if literal.is_empty() { (rest, "") } else { rest.split_once(literal)? };
        parts.push((name, value));
        rest = after;
    }
    rest.is_empty().then_some(parts)
}

fn stated(error: &StatedError) -> String {
    match error {
        StatedError::Schema(_) => filled("stated-schema", &[]),
        StatedError::Day(day) => filled("stated-day", &[("day", day)]),
        StatedError::Backwards { from, to } => {
            filled("stated-backwards", &[("from", from), ("to", to)])
        }
        StatedError::Everything(purpose) => filled("stated-everything", &[("purpose", purpose)]),
        StatedError::Protocol(name) => filled("stated-protocol", &[("name", name)]),
    }
}

fn manual(error: &ManualError) -> Option<String> {
    Some(match error {
        ManualError::TooLarge => filled("manual-too-large", &[]),
        ManualError::Unpacks => filled("manual-unpacks", &[]),
        ManualError::TooManyCells(n) => filled("manual-cells", &[("n", &n.to_string())]),
        ManualError::Encrypted => filled("manual-encrypted", &[]),
        ManualError::OtherKind(kind) => filled("manual-other-kind", &[("kind", kind)]),
        ManualError::NotAWorkbook(_) => filled("manual-no-workbook", &[]),
        ManualError::Damaged(sheet, _) => filled("manual-damaged", &[("sheet", sheet)]),
        ManualError::Formula { sheet, row, formula } => {
            let args = [("sheet", &**sheet), ("row", &row.to_string()), ("formula", formula)];
            filled("manual-formula", &args)
        }
        ManualError::NoColumns => filled("manual-no-columns", &[]),
        ManualError::Catalogue(_) => return None,
    })
}

fn place(error: &PlaceError) -> String {
    match error {
        PlaceError::Nameless { id, sheet, row } => {
            let args = [("id", &**id), ("sheet", sheet), ("row", &row.to_string())];
            filled("place-nameless", &args)
        }
        PlaceError::Conflict { id, sheet, row, other_sheet, other_row } => {
            let args = [
                ("id", &**id),
                ("sheet", sheet),
                ("row", &row.to_string()),
                ("other_sheet", other_sheet),
                ("other_row", &other_row.to_string()),
            ];
            filled("place-conflict", &args)
        }
    }
}

fn geo(error: &GeoError) -> String {
    match error {
        GeoError::Line(line) => filled("geo-line", &[("line", &line.to_string())]),
        GeoError::TooLong => filled("geo-too-long", &[]),
        GeoError::Mmdb(_) => filled("geo-mmdb", &[]),
    }
}

/// What is wrong with the command line, in Chinese where Chinese is spoken.
pub(crate) fn usage(error: &clap::Error) -> Option<String> {
    if !is_chinese() || !error.use_stderr() {
        return None;
    }
    let told = |kind| match error.get(kind) {
        Some(ContextValue::String(it)) => it.clone(),
        Some(ContextValue::Strings(all)) => all.join(" "),
        _ => String::new(),
    };
    let [argument, value, other, valid] = [
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
        ContextKind::PriorArg,
        ContextKind::ValidValue,
    ]
    .map(told);
    let key = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::UnknownArgument => "usage-unknown",
        ErrorKind::InvalidSubcommand => "usage-command",
        ErrorKind::InvalidValue if value.is_empty() => "usage-no-value",
        ErrorKind::InvalidValue if valid.is_empty() => "usage-bad-value",
        ErrorKind::InvalidValue => "usage-value",
        ErrorKind::ValueValidation => "usage-bad-value",
        ErrorKind::ArgumentConflict => "usage-conflict",
        ErrorKind::MissingRequiredArgument => "usage-missing",
        ErrorKind::MissingSubcommand => "usage-no-command",
        _ => "usage-other",
    };
    let argument =
        if key == "usage-command" { told(ContextKind::InvalidSubcommand) } else { argument };
    let args =
        [("argument", &*argument), ("value", &*value), ("other", &*other), ("valid", &*valid)];
    let near =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let near = near.map(told).into_iter().find(|it| !it.is_empty());
    let near = near.map(|it| filled("usage-near", &[("near", &it)])).unwrap_or_default();
    Some(format!("{}：{}{near}", word("error"), filled(key, &args)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart_as_its_pattern_says() {
        let parts = matched("`{host}` is `{what}`.", "`a` is `b c`.").unwrap();
        assert_eq!(parts, [("host", "a"), ("what", "b c")]);
        assert_eq!(matched("`{host}` is", "`a` is not"), None);
        assert_eq!(matched("same", "same"), Some(Vec::new()));
    }
    #[test]
    fn every_problem_has_its_sentence() {
        for (key, pattern) in PROBLEMS {
            let said = filled(key, &[]);
            assert_ne!(said, key, "{pattern}");
            let names = pattern.split('{').skip(1).filter_map(|it| Some(it.split_once('}')?.0));
            for name in names {
                assert!(said.contains(&format!("{{{name}}}")), "{key} does not tell {name}");
            }
        }
    }
}
