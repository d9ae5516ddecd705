//! The grammars' files with their samples, as they stand in the repository.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is wrong with a file of the repository ends the test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use minehound_logs::{Assumed, Grammar, Line, Lines, Reader, Split};
use toml::{Table, Value};

/// When the samples' files were handed in: 2026-11-26T00:00:00Z.
pub(crate) const HANDED_IN_MS: i64 = 1_795_651_200_000;

/// Lines and what they say.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) grammar: String,
    pub(crate) source: String,
    pub(crate) text: String,
    pub(crate) says: Vec<BTreeMap<String, String>>,
    pub(crate) refused: usize,
}

/// The grammars' files.
pub(crate) fn texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge/logs");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths.retain(|it| it.extension().is_some_and(|it| it == "toml"));
    paths.iter().map(|it| fs::read_to_string(it).unwrap()).collect()
}

/// All samples of all grammars.
pub(crate) fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for text in texts() {
        let table: Table = text.parse().unwrap();
        let grammar = table["id"].as_str().unwrap().to_owned();
        for sample in table["sample"].as_array().unwrap() {
            let text = |key: &str| sample[key].as_str().unwrap().to_owned();
            let says = sample["says"].as_array().unwrap().iter().map(fields).collect();
            let refused = sample.get("refused").map_or(0, |it| it.as_integer().unwrap());
            samples.push(Sample {
                grammar: grammar.clone(),
                source: text("source"),
                text: text("text"),
                says,
                refused: refused.try_into().unwrap(),
            });
        }
    }
    samples
}

fn fields(value: &Value) -> BTreeMap<String, String> {
    let table = value.as_table().unwrap();
    table.iter().map(|(name, it)| (name.clone(), it.as_str().unwrap().to_owned())).collect()
}

/// What lines of China, handed in on the day after, were read as.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) entries: Vec<BTreeMap<String, String>>,
    pub(crate) refused: Vec<String>,
}

pub(crate) fn read(grammar: &Grammar, bytes: &[u8]) -> Read {
    let assumed = Assumed { zone_s: 28_800, no_later_than_ms: HANDED_IN_MS, years_back: 0 };
    let mut reader = Reader::new(grammar, assumed);
    let mut lines = Lines::new(bytes);
    let mut read = Read::default();
    while let Some(line) = lines.next_line().unwrap() {
        match line.what {
            Split::Text(text) => read.add(&reader.line(text), text),
            Split::Refused(refusal) => read.refused.push(format!("{refusal:?}")),
        }
    }
    read.add(&reader.finish(), b"the end");
    read
}

impl Read {
    fn add(&mut self, line: &Line<'_>, text: &[u8]) {
        match line {
            Line::Entry(entry) => {
                let told = entry.told().into_iter().map(|(name, it)| (name.to_owned(), it));
                self.entries.push(told.collect());
            }
            Line::Nothing => {}
            Line::Refused(refusal) => {
                self.refused.push(format!("{refusal:?}: {}", String::from_utf8_lossy(text)));
            }
        }
    }
}
