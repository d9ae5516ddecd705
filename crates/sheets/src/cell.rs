//! What a cell shows.

/// The most characters that a cell holds, in any office program.
pub const MAX_TEXT: usize = 32_767;

/// A cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What it shows: numbers plainly, moments as `2026-11-03 15:05:00`; without blanks at either
    /// end.
    pub text: String,
    /// What it holds.
    pub kind: Kind,
    /// The formula that its value was computed by, without `=`; the value is the one that was saved.
    pub formula: Option<String>,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Kind {
    /// Nothing, or blanks alone.
    #[default]
    Blank,
    /// Text.
    Text,
    /// A number.
    Number(f64),
    /// A moment that nothing ties to a time zone: milliseconds since 1970-01-01 00:00 there.
    Moment(i64),
    /// A time of day or a duration, in milliseconds.
    Duration(i64),
    /// An error such as `#REF!`.
    Error,
}

impl Cell {
    /// A cell of text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let text = text.trim();
        let kind = if text.is_empty() { Kind::Blank } else { Kind::Text };
        Self { text: text.chars().take(MAX_TEXT).collect(), kind, formula: None }
    }

    /// Whether nobody wrote anything there.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.formula.is_none()
    }
}

/// Whether an office program may take a text for a formula: blanks before the sign do not always keep it
/// from that, and in East Asia wide signs are taken for narrow ones.
pub(crate) fn like_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// The name of a column, which is counted from zero: `A`, `Z`, `AA`.
#[must_use]
pub fn column_name(column: u32) -> String {
    let mut left = u64::from(column) + 1;
    let mut name = Vec::new();
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        name.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    name.iter().rev().collect()
}

/// A moment as text, seconds only where there are some, the time only where there is one.
pub(crate) fn moment_text(ms: i64) -> String {
    let (days, of_day) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let (year, month, day) = date(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    if of_day == 0 { date } else { format!("{date} {}", time_text(of_day)) }
}

/// A time of day as text.
pub(crate) fn time_text(ms: i64) -> String {
    let seconds = ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match ms % 1000 {
        0 => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        rest => format!("{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"),
    }
}

/// Year, month and day of a day counted from 1970-01-01: Howard Hinnant's `civil_from_days`.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_office_programs_name_them() {
        let names = [0, 25, 26, 701, 702, 16_383].map(column_name);
        assert_eq!(names, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn moments_are_shown_as_far_as_they_go() {
        assert_eq!(moment_text(0), "1970-01-01");
        assert_eq!(moment_text(951_782_400_000), "2000-02-29");
        assert_eq!(moment_text(1_793_718_300_000), "2026-11-03 15:05:00");
        assert_eq!(moment_text(-1), "1969-12-31 23:59:59.999");
    }
}
