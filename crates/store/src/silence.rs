//! Stretches in which a log should have had lines and has none.

use std::collections::BTreeMap;

use minehound_model::Span;

const MINUTE_MS: i64 = 60_000;
/// So many lines must have been due in a stretch for its silence to mean something: by chance it
/// stays empty once in 5e8.
const DUE: f64 = 20.0;
/// More minutes than a year has are not counted one by one.
const MAX_MINUTES: usize = 600_000;

/// Counts lines by the minute.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    minutes: BTreeMap<i64, u32>,
}

impl Pace {
    pub(crate) fn note(&mut self, at_ms: i64) {
        let minute = at_ms.div_euclid(MINUTE_MS);
        if self.minutes.len() < MAX_MINUTES || self.minutes.contains_key(&minute) {
            *self.minutes.entry(minute).or_default() += 1;
        }
    }

    /// The silent stretches, held against the median pace of the minutes that have lines: a burst
    /// makes no other hour silent.
    pub(crate) fn silent(&self) -> Vec<Span> {
        let mut counts: Vec<u32> = self.minutes.values().copied().collect();
        counts.sort_unstable();
        let per_minute = f64::from(counts.get(counts.len() / 2).copied().unwrap_or_default());
        let mut silent = Vec::new();
        for (before, after) in self.minutes.keys().zip(self.minutes.keys().skip(1)) {
            let empty = after - before - 1;
            #[expect(clippy::cast_precision_loss, reason = "minutes of years")]
            let due = per_minute * empty as f64;
            if due >= DUE {
                let from_ms = (before + 1).saturating_mul(MINUTE_MS);
                let to_ms = after.saturating_mul(MINUTE_MS).saturating_sub(1);
                silent.push(Span { from_ms, to_ms });
            }
        }
        silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_without_lines_is_silent_and_a_quiet_log_is_not() {
        let mut busy = Pace::default();
        let mut quiet = Pace::default();
        for minute in (0..60).chain(120..180) {
            (0..30).for_each(|it| busy.note(minute * MINUTE_MS + it));
            if minute % 50 == 0 {
                quiet.note(minute * MINUTE_MS);
            }
        }
        assert_eq!(busy.silent(), [Span { from_ms: 60 * MINUTE_MS, to_ms: 120 * MINUTE_MS - 1 }]);
        assert_eq!(Pace::default().silent(), []);
        // One line in fifty minutes: an hour without says little, two say it.
        assert!(quiet.silent().iter().all(|it| it.seconds() > 1_200.0));
    }
}
