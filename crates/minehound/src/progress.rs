//! The progress bar on standard error; none when nobody watches.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use minehound_collect::Progress;

use crate::locale;

/// Below this, reading is over before a bar would help.
const WORTH_SHOWING: u64 = 16 << 20;

/// How far reading has come.
pub(crate) struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar over so many bytes, if standard error is a terminal.
    pub(crate) fn over(bytes: u64, quiet: bool) -> Self {
        if quiet || bytes < WORTH_SHOWING || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let template = "{msg} [{bar:32}] {bytes}/{total_bytes} {bytes_per_sec} ETA {eta}";
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        let bar = ProgressBar::new(bytes).with_style(style).with_message(locale::word("reading"));
        Self(Some(bar))
    }

    /// Takes the bar away.
    pub(crate) fn done(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar {
    fn advance(&mut self, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(bytes);
        }
    }
}
