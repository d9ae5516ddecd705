//! What people wrote into an earlier workbook.

use std::io::Read;
use std::path::Path;

use anyhow::Context;
use minehound_assess::Case;
use minehound_assess::people::Filled;
use minehound_report::{self as report, Options, Texts};

use crate::locale;

/// Reads the workbook, never more than the largest that is looked at.
pub(super) fn read(path: &Path) -> anyhow::Result<Filled> {
    let most = report::MAX_WORKBOOK_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    file.and_then(|it| it.take(most).read_to_end(&mut bytes)).with_context(|| {
        format!("`{}`{}{}", path.display(), locale::colon(), locale::word("cannot-read-file"))
    })?;
    report::read_manual(&bytes).with_context(|| path.display().to_string())
}

/// Tells whoever waits how the workbook's inputs differ from those of this run.
pub(super) fn tell(case: &Case, options: &Options, texts: &Texts) {
    let Ok(words) = report::Catalogue::of(options.lang) else { return };
    let reader = report::Reader::new(&words, texts, &options.tz);
    for line in reader.workbook_warnings(case) {
        eprintln!("{}{}{line}", locale::word("manual-warning"), locale::colon());
    }
}
