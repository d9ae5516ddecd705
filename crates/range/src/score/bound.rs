//! How rare something may be called that was seen so often in so many tries.

#![expect(clippy::cast_precision_loss, reason = "counts become logarithms")]

/// The exact upper bound, one-sided at 95 %, of the probability of something that was seen `seen`
/// times in `tries`: the largest at which so few would come up once in twenty (Clopper and Pearson,
/// Biometrika 26, 1934). `None` without tries.
#[must_use]
pub fn upper_95(seen: u64, tries: u64) -> Option<f64> {
    if tries == 0 {
        return None;
    }
    if seen >= tries {
        return Some(1.0);
    }
    let (mut low, mut high) = (seen as f64 / tries as f64, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(seen, tries, middle) > 0.05 { low = middle } else { high = middle }
    }
    Some(high)
}

/// The probability of at most `seen` of `tries` (binomial), summed in logarithms.
fn at_most(seen: u64, tries: u64, probability: f64) -> f64 {
    let odds = probability.ln() - (1.0 - probability).ln();
    let mut term = tries as f64 * (1.0 - probability).ln();
    let mut sum = term;
    for count in 0..seen {
        term += ((tries - count) as f64).ln() - ((count + 1) as f64).ln() + odds;
        let (most, least) = if sum > term { (sum, term) } else { (term, sum) };
        sum = most + (least - most).exp().ln_1p();
    }
    sum.exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_exact_coefficients() {
        // none of n: 1 - 0.05^(1/n); the others by bisection with exact binomial coefficients
        for (seen, tries, bound) in
            [(0, 100, 0.029_513), (0, 10_000, 0.000_299_5), (1, 20, 0.216_11), (5, 50, 0.198_833)]
        {
            let found = upper_95(seen, tries).unwrap();
            assert!((found / bound - 1.0).abs() < 1e-3, "{seen} of {tries}: {found}");
        }
        assert_eq!((upper_95(3, 3), upper_95(0, 0)), (Some(1.0), None));
    }
}
