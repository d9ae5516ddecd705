//! Moments as logs write them: rarely whole.

/// A moment, and how much of it the log itself said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub ms: i64,
    /// How finely it was written.
    pub precision: Precision,
    /// Whether the line named its zone; otherwise the grammar's or the reader's was taken.
    pub zone_stated: bool,
    /// Whether the line named its year; otherwise it follows from the lines around it.
    pub year_stated: bool,
}

/// How finely a moment was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// To the millisecond or finer.
    Millisecond,
    /// To the second.
    Second,
    /// To the minute.
    Minute,
    /// To the day.
    Day,
}

impl Precision {
    /// How long such a moment may last, in milliseconds.
    #[must_use]
    pub fn span_ms(self) -> i64 {
        match self {
            Self::Millisecond => 1,
            Self::Second => 1_000,
            Self::Minute => 60_000,
            Self::Day => 86_400_000,
        }
    }
}
