//! The proof sheet: whose an address was, step by step, with the line and the digest of each step.

mod html;
mod json;
mod plain;
mod words;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

pub(crate) use words::{Words, percent};

use minehound_model::{Answer, LineRef, ListRow, Log, LogClock, LogId, Question};

use crate::{Catalogue, Lang, Options, RenderError};

/// A question about an address with its answer, and what the answer rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// The row of the list that asks, if one does.
    pub row: Option<ListRow>,
    /// What was asked.
    pub question: Question,
    /// Who it may have been.
    pub answer: Answer,
    /// The logs that the case has, with what is known of their clocks and the share of their
    /// lines that is missing.
    pub logs: Arc<BTreeMap<LogId, (Log, LogClock, f64)>>,
    /// The lines that steps rest on, as far as their files are at hand.
    pub lines: BTreeMap<LineRef, String>,
}

/// What proof sheets are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFormat {
    /// For a terminal.
    Plain,
    /// For other programs: `minehound.attribution/1`.
    Json,
    /// One printable page in both languages.
    Html,
}

/// Writes the proof sheets of some questions. The same proofs and options give the same bytes.
///
/// # Errors
///
/// Returns [`RenderError`] when `out` refuses the bytes.
pub fn prove(
    proofs: &[Proof],
    options: &Options,
    format: ProofFormat,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    match format {
        ProofFormat::Plain => {
            let catalogue = Catalogue::of(options.lang)?;
            let words = words::Words::new(&catalogue, &options.tz);
            for (place, proof) in proofs.iter().enumerate() {
                if place > 0 {
                    writeln!(out)?;
                }
                plain::write(proof, &words, out)?;
            }
        }
        ProofFormat::Json => json::write(proofs, &options.tz, out)?,
        ProofFormat::Html => {
            let catalogues = [Catalogue::of(Lang::Zh)?, Catalogue::of(Lang::En)?];
            html::write(proofs, &catalogues, options, out)?;
        }
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests;
