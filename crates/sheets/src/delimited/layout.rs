//! How a delimited text is laid out.

use super::encoding::Encoding;
use super::record::Records;

/// What stands between fields, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Records that are looked at.
const SAMPLE: usize = 500;

/// How a delimited text is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its encoding.
    pub encoding: Encoding,
    /// The length of the mark that it begins with, in bytes.
    pub mark: usize,
    /// What stands between fields.
    pub delimiter: u8,
    /// How lines end.
    pub line_end: LineEnd,
    /// Whether its first line only names the delimiter, as in `sep=;`.
    pub names_delimiter: bool,
}

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// CR LF.
    CrLf,
    /// LF.
    Lf,
    /// CR.
    Cr,
}

impl Layout {
    /// Finds the layout of a text that begins so.
    pub(crate) fn find(prefix: &[u8]) -> Self {
        let (encoding, mark) = Encoding::find(prefix);
        let mut layout =
            Self { encoding, mark, delimiter: b',', line_end: LineEnd::Lf, names_delimiter: false };
        layout.line_end = line_end(prefix, encoding);
        let first = encoding.decode(prefix.get(mark..prefix.len().min(64)).unwrap_or_default());
        let named = first.strip_prefix("sep=").and_then(|it| it.bytes().next());
        if let Some(delimiter) =
            named.filter(|it| (it.is_ascii_punctuation() && *it != b'"') || *it == b'\t')
        {
            return Self { delimiter, names_delimiter: true, ..layout };
        }
        let best = DELIMITERS.iter().max_by_key(|it| {
            // Among equals the first of the list, which `max_by_key` would take for the last.
            let place = DELIMITERS.iter().position(|other| other == *it).unwrap_or(0);
            (evenness(prefix, &Self { delimiter: **it, ..layout.clone() }), 9 - place)
        });
        Self { delimiter: best.copied().unwrap_or(b','), ..layout }
    }
}

/// How evenly a delimiter cuts: how many records have the commonest number of fields, times that
/// number of delimiters.
fn evenness(prefix: &[u8], layout: &Layout) -> usize {
    let mut records = Records::new(prefix, layout.clone());
    let mut counts = std::collections::BTreeMap::new();
    for _ in 0..SAMPLE {
        let Ok(Some(record)) = records.next() else { break };
        let fields = record.fields().count();
        if fields > 1 {
            *counts.entry(fields).or_insert(0_usize) += 1;
        }
    }
    counts.into_iter().map(|(fields, records)| (fields - 1).min(20) * records).max().unwrap_or(0)
}

fn line_end(prefix: &[u8], encoding: Encoding) -> LineEnd {
    let text = encoding.decode(prefix);
    match text.find(['\r', '\n']).and_then(|it| text.get(it..)) {
        Some(it) if it.starts_with("\r\n") => LineEnd::CrLf,
        Some(it) if it.starts_with('\r') => LineEnd::Cr,
        _ => LineEnd::Lf,
    }
}
