//! Scenarios of logs: a campus, how large it is, how well its clocks and logs are kept.

use super::problem::{Allowed, Problem};
use super::reader::{self, Reader};

/// A checked scenario of logs.
#[derive(Clone, Debug, PartialEq)]
pub struct LogsScenario {
    /// The name.
    pub name: String,
    /// One line for people, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The first moment, milliseconds since 1970.
    pub start_ms: i64,
    /// How long it lasts, milliseconds.
    pub long_ms: i64,
    /// Machines.
    pub terminals: usize,
    /// Access points.
    pub access_points: usize,
    /// Lines of translators a second, about.
    pub lines_per_second: f64,
    /// Machines that mine.
    pub miners: usize,
    /// Rows of the superior's list.
    pub clues: usize,
    /// How far the worst clocks are off, seconds.
    pub clock_skew_s: f64,
    /// The part of the logs of which a stretch or all is missing.
    pub missing_logs: f64,
    /// The part of the lines that is lost at random.
    pub lost_lines: f64,
}

/// Whether a text says of itself that it is a scenario of logs.
#[must_use]
pub fn is_logs(text: &str) -> bool {
    reader::is_kind(text, "logs")
}

impl LogsScenario {
    /// The same with so many times as many terminals, access points, lines, miners and clues.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts of a campus"
        )]
        let scaled = |it: usize| ((it as f64 * factor).round() as usize).max(1);
        self.terminals = scaled(self.terminals).clamp(100, 500_000);
        self.access_points = scaled(self.access_points);
        self.miners = scaled(self.miners);
        self.clues = scaled(self.clues);
        self.lines_per_second = (self.lines_per_second * factor).max(1.0);
        self
    }

    /// Reads a scenario of logs; `file` is the name that problems are told with.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, with its line, key and what is allowed there.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let table = reader::parse(file, text)?;
        let top = Reader::new(file, text, String::new(), table.get_ref(), 0);
        let name = top.text("name")?.unwrap_or_else(|| "unnamed".to_owned());
        let kinds = || Allowed::OneOf(vec!["logs".to_owned()]);
        top.need("kind", top.word("kind", &[("logs", ())])?, kinds)?;
        let (zh, en) = super::title(&top)?;
        let seconds = top.duration("duration", 60.0, 86_400.0)?.unwrap_or(3_600.0);
        let start_ns = top.time("start")?.unwrap_or(1_795_568_400_000_000_000);
        let whole = |key, low, high, usual| -> Result<usize, Problem> {
            let found = top.integer(key, low, high)?;
            Ok(found.and_then(|it| usize::try_from(it).ok()).unwrap_or(usual))
        };
        #[expect(clippy::cast_possible_truncation, reason = "at most a day")]
        let long_ms = (seconds * 1_000.0) as i64;
        let terminals = whole("terminals", 100, 500_000, 3_000)?;
        let scenario = Self {
            name,
            zh,
            en,
            start_ms: i64::try_from(start_ns / 1_000_000).unwrap_or(0),
            long_ms,
            terminals,
            access_points: whole("access_points", 1, 100_000, terminals / 8)?,
            lines_per_second: top.number("lines_per_second", 1.0, 100_000.0)?.unwrap_or(200.0),
            miners: whole("miners", 1, 100_000, 30)?,
            clues: whole("clues", 1, 200_000, 200)?,
            clock_skew_s: top.number("clock_skew_seconds", 0.0, 3_600.0)?.unwrap_or(180.0),
            missing_logs: top.number("missing_logs", 0.0, 1.0)?.unwrap_or(0.0),
            lost_lines: top.number("lost_lines", 0.0, 0.9)?.unwrap_or(0.0),
        };
        top.finish()?;
        Ok(scenario)
    }
}
