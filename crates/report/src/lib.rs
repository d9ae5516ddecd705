//! Rendering: one case as a terminal table, HTML, XLSX, CSV, SARIF and canonical JSON.
//!
//! Invariant: concludes nothing. Every number shown comes from the case, and every total from
//! [`counts`], whatever the format.

mod catalogue;
mod clues;
mod counts;
mod flat;
mod html;
mod json;
mod ledger;
mod manual;
mod mask;
mod moment;
mod page;
mod proof;
mod quantity;
mod reader;
mod sarif;
mod terminal;
mod texts;
mod visible;
mod xlsx;

use std::collections::BTreeSet;
use std::io::Write;

use jiff::tz::TimeZone;
use minehound_assess::Case;
use minehound_model::Verdict;
use thiserror::Error;

pub use catalogue::{Catalogue, CatalogueError, missing_signs};
pub use clues::{ClueWords, JudgedClue, Reply};
pub use counts::{Counts, counts};
pub use manual::{MAX_WORKBOOK_BYTES, ManualError, read_manual};
pub use mask::mask;
pub use moment::shown as moment;
pub use page::{Page, Part};
pub use proof::{Proof, ProofFormat, prove};
pub use reader::Reader;
pub use texts::{Bilingual, ItemText, ScenarioText, Texts};
pub use visible::visible;

/// A language a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A summary and tables for a terminal.
    Table,
    /// The contract for other programs: `minehound.assessment/1`.
    Json,
    /// One self-contained page in both languages.
    Html,
    /// A workbook, one sheet per part; people fill its yellow columns.
    Xlsx,
    /// The inspection table alone, with a byte order mark so that office programs read it as UTF-8.
    Csv,
    /// SARIF 2.1.0.
    Sarif,
}

/// When and by what the report was made; kept out of the result digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The version of the program.
    pub version: String,
    /// When the inspection began, in milliseconds since 1970.
    pub started_ms: i64,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// How a report is to be written.
#[derive(Clone, Debug)]
pub struct Options {
    /// The language; HTML carries both and opens in this one.
    pub lang: Lang,
    /// The zone that times are shown in, each with its offset.
    pub tz: TimeZone,
    /// The columns of the terminal.
    pub width: usize,
    /// Whether the terminal shows colours; they never stand alone.
    pub colour: bool,
    /// Whether wallets, accounts and inner addresses are hidden.
    pub mask: bool,
    /// When and by what the report is made; `None` leaves it out.
    pub run: Option<Run>,
}

/// Why a report could not be written.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The messages are broken, which a test rules out.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The report could not be put into JSON.
    #[error("the report could not be put into JSON")]
    Json(#[from] serde_json::Error),
    /// The workbook could not be put together.
    #[error("the workbook could not be put together")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The table could not be put into CSV.
    #[error("the table could not be put into CSV")]
    Csv(#[from] csv::Error),
    /// The report could not be written out.
    #[error(
        "the report could not be written; check the free space and the permissions of its folder"
    )]
    Write(#[from] std::io::Error),
}

/// The verdicts, from the one that asks most of the reader to the one that asks least.
pub const VERDICTS: [Verdict; 7] = [
    Verdict::Confirmed,
    Verdict::Suspected,
    Verdict::Clue,
    Verdict::Inconclusive,
    Verdict::NotAssessed,
    Verdict::Clear,
    Verdict::Excluded,
];

/// Writes the report of a case.
///
/// The same case and options give the same bytes.
///
/// # Errors
///
/// Returns [`RenderError`] when `out` refuses the bytes, or a format cannot hold the report.
pub fn render(
    case: &Case,
    texts: &Texts,
    options: &Options,
    format: Format,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    if options.mask {
        let plain = Options { mask: false, ..options.clone() };
        let masked = mask::masked(case);
        let view = View { texts, options: &plain, masked: true, hidden: masked.hidden };
        return written(&masked.case, &view, format, out);
    }
    let view = View { texts, options, masked: false, hidden: BTreeSet::new() };
    written(case, &view, format, out)
}

/// What every format needs besides the case.
struct View<'a> {
    texts: &'a Texts,
    options: &'a Options,
    masked: bool,
    /// Row ids that are stand-ins.
    hidden: BTreeSet<String>,
}

fn written(
    case: &Case,
    view: &View<'_>,
    format: Format,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let catalogue = Catalogue::of(view.options.lang)?;
    let reader = Reader::new(&catalogue, view.texts, &view.options.tz);
    match format {
        Format::Table => terminal::write(case, &reader, view, out)?,
        Format::Json => json::write(case, &reader, view, out)?,
        Format::Html => html::write(case, view, out)?,
        Format::Xlsx => xlsx::write(case, &reader, view, out)?,
        Format::Csv => flat::write(case, &reader, out)?,
        Format::Sarif => sarif::write(case, &reader, out)?,
    }
    Ok(out.flush()?)
}
