//! Many tests at once: which of them count.

/// The part of false ones among all that count which tests over many flows accept.
pub const ACCEPTED: f64 = 0.001;

/// How many of the smallest probabilities under chance count, so that at most this part of those that do is
/// false (Benjamini and Hochberg, 1995). The probabilities are in order, smallest first.
#[must_use]
pub fn passing(sorted_p_values: &[f64], rate: f64) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "counts of tests")]
    let line = |place: usize| rate * (place + 1) as f64 / sorted_p_values.len() as f64;
    let last = sorted_p_values.iter().enumerate().rposition(|(place, it)| *it <= line(place));
    last.map_or(0, |it| it + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_counts_with_all_that_are_less_likely_than_the_last_below_its_line() {
        // Lines of 0.05 over five tests: 0.01, 0.02, 0.03, 0.04, 0.05.
        assert_eq!(passing(&[0.001, 0.025, 0.028, 0.06, 0.9], 0.05), 3);
        assert_eq!(passing(&[0.02, 0.3, 0.4, 0.5, 0.6], 0.05), 0);
        assert_eq!(passing(&[], 0.05), 0);
    }
}
