//! The workbook that people filled.

use minehound_assess::Case;
use minehound_assess::case::{Manual, Origin, SealedInput};
use serde::Serialize;

/// Where what people wrote comes from; not hashed, for it concludes nothing.
#[derive(Serialize)]
pub(super) struct WorkbookRecord<'c> {
    sha256: &'c str,
    /// Whether the workbook says what it was made from.
    stamped: bool,
    made: Option<&'c str>,
    masked: bool,
    result_sha256: Option<&'c str>,
    inputs: &'c [SealedInput],
    /// Digests of its inputs that are not in this run.
    only_then: Vec<&'c str>,
    /// Digests of inputs of this run that it was not made from.
    only_now: Vec<&'c str>,
    not_in_run: Vec<AbsentRecord<'c>>,
}

/// A row about nothing in this run.
#[derive(Serialize)]
struct AbsentRecord<'c> {
    id: &'c str,
    made: Option<&'c str>,
    at: Option<&'c str>,
    inputs: &'c [String],
    inputs_beyond: u64,
    manual: Option<&'c Manual>,
}

impl<'c> WorkbookRecord<'c> {
    pub(super) fn of(case: &'c Case) -> Option<Self> {
        let it = case.workbook.as_ref()?;
        let absent = |(id, origin): (&'c String, &'c Origin)| AbsentRecord {
            id,
            made: said(&origin.made),
            at: said(&origin.at),
            inputs: &origin.inputs,
            inputs_beyond: origin.beyond,
            manual: case.manual.get(id),
        };
        Some(Self {
            sha256: &it.sha256,
            stamped: it.stamped,
            made: said(&it.made),
            masked: it.masked,
            result_sha256: said(&it.result_sha256),
            inputs: &it.inputs,
            only_then: it.only_then(&case.inputs).map(|it| it.sha256.as_str()).collect(),
            only_now: it.only_now(&case.inputs).map(|it| it.sha256.as_str()).collect(),
            not_in_run: it.absent.iter().map(absent).collect(),
        })
    }
}

fn said(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
