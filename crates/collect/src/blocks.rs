//! When blocks of a coin arrived: a file with a moment a line.
//!
//! A line begins with the moment, or has it as its only number: seconds since 1970 (with decimals
//! or without) or milliseconds; what follows after a comma, a semicolon, a tab or a space is left
//! alone. A first line without a number is a heading. The moments must be those at which blocks
//! were *heard of*, as a node's log or a pool's jobs tell; the times in block headers are off by
//! seconds to minutes.

use thiserror::Error;

/// Most blocks of one file: more than any coin has found.
const MAX_BLOCKS: usize = 20_000_000;
/// 2009-01-01, before which there was no block; a greater number is milliseconds.
const FIRST_S: f64 = 1_230_768_000.0;
const LAST_S: f64 = 7_258_118_400.0;

/// Why a file of block times was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum BlockTimesError {
    /// No line has a moment.
    #[error("has no block times; write one a line, in seconds since 1970")]
    Empty,
    /// There are more than any coin has.
    #[error("has more than {MAX_BLOCKS} lines; give the time of the capture alone")]
    TooMany,
    /// Most lines could not be read.
    #[error(
        "line {line}: `{text}` does not begin with a time between 2009 and 2200, in seconds or milliseconds since 1970"
    )]
    NotATime {
        /// The first such line, from 1.
        line: usize,
        /// How it begins.
        text: String,
    },
}

/// The moments in a file, in milliseconds since 1970, in order and each once.
///
/// # Errors
///
/// Returns [`BlockTimesError`] when a line after the heading has no moment, or when there is none.
pub fn block_times(text: &str) -> Result<Vec<i64>, BlockTimesError> {
    let mut times = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match moment(line) {
            Some(_) if times.len() == MAX_BLOCKS => return Err(BlockTimesError::TooMany),
            Some(ms) => times.push(ms),
            None if place == 0 => {}
            None => {
                let text = line.chars().take(40).collect();
                return Err(BlockTimesError::NotATime { line: place + 1, text });
            }
        }
    }
    times.sort_unstable();
    times.dedup();
    if times.is_empty() { Err(BlockTimesError::Empty) } else { Ok(times) }
}

#[expect(clippy::cast_possible_truncation, reason = "bounded to the year 2200")]
fn moment(line: &str) -> Option<i64> {
    let first = line.split([',', ';', '\t', ' ']).next()?.trim_matches('"');
    let number: f64 = first.parse().ok()?;
    if (FIRST_S..LAST_S).contains(&number) {
        return Some((number * 1e3).round() as i64);
    }
    (FIRST_S * 1e3..LAST_S * 1e3).contains(&number).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_milliseconds_are_read_in_any_order_with_what_follows() {
        let text = "time,height\n1603311633,2213492,2020-10-21 20:20:33\n1603311580.25,2213491\n\
                    1603311875000\n1603311633\n";
        let expected = vec![1_603_311_580_250, 1_603_311_633_000, 1_603_311_875_000];
        assert_eq!(block_times(text), Ok(expected));
    }

    #[test]
    fn what_is_no_time_is_refused_with_its_line() {
        let error = block_times("time\n1603311633\nblock 7\n").unwrap_err();
        let BlockTimesError::NotATime { line, text } = error else { panic!("{error}") };
        assert_eq!((line, text.as_str()), (3, "block 7"));
        assert_eq!(block_times("time\n\n"), Err(BlockTimesError::Empty));
        assert!(block_times("12\n13\n").is_err());
    }
}
