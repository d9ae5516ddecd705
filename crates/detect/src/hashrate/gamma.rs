//! Quantiles of the gamma distribution.
//!
//! The regularised incomplete gamma function by its series below `a + 1` and by its continued
//! fraction above: NIST Digital Library of Mathematical Functions 8.7.1 and 8.9.2. Its inverse
//! starts from the approximation of Wilson and Hilferty (Proc. Natl. Acad. Sci. 17, 1931).

/// Beyond this shape the approximation is closer than four digits of a quantile.
const LARGE_SHAPE: f64 = 5_000.0;

/// The value below which a gamma variate of this shape and scale 1 lies with the probability that
/// belongs to the normal score `z`. Shape is positive.
pub(super) fn quantile(shape: f64, z: f64) -> f64 {
    let start = wilson_hilferty(shape, z);
    if shape >= LARGE_SHAPE {
        return start;
    }
    let wanted = normal_probability(z);
    let (mut low, mut high) = (0.0, start.max(shape) * 2.0 + 10.0);
    // Sixty halvings exhaust the digits of the interval; no iteration can run away.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if lower_probability(shape, middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

fn wilson_hilferty(shape: f64, z: f64) -> f64 {
    let ninth = 1.0 / (9.0 * shape);
    let root = 1.0 - ninth + z * ninth.sqrt();
    shape * root.max(0.0).powi(3)
}

/// The normal distribution function, by the incomplete gamma function of shape one half.
fn normal_probability(z: f64) -> f64 {
    let half = lower_probability(0.5, z * z / 2.0) / 2.0;
    if z < 0.0 { 0.5 - half } else { 0.5 + half }
}

/// The regularised lower incomplete gamma function P(a, x).
fn lower_probability(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let scale = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 { scale * series(a, x) } else { 1.0 - scale * fraction(a, x) }
}

fn series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut n = a;
    for _ in 0..2_000 {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * 1e-15 {
            break;
        }
    }
    sum
}

/// The continued fraction, evaluated forward (Lentz's method).
fn fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let apart = |it: f64| if it.abs() < TINY { TINY } else { it };
    let mut denominator = x + 1.0 - a;
    let mut above = 1.0 / TINY;
    let mut below = 1.0 / apart(denominator);
    let mut value = below;
    for term in 1..2_000 {
        let term = f64::from(term);
        let numerator = term * (a - term);
        denominator += 2.0;
        below = 1.0 / apart(numerator * below + denominator);
        above = apart(denominator + numerator / above);
        value *= above * below;
        if (above * below - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// The logarithm of the gamma function: Stirling's series (DLMF 5.11.1) after shifting the
/// argument to where five terms give twelve digits.
fn ln_gamma(x: f64) -> f64 {
    let mut shift = 0.0;
    let mut x = x;
    while x < 12.0 {
        shift += x.ln();
        x += 1.0;
    }
    let x2 = x * x;
    let series = 1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0) / x2) / x2) / x2;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series / x - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chi-square variate of `degrees` is twice a gamma variate of half that shape.
    #[track_caller]
    fn check(degrees: f64, z: f64, tabulated: f64) {
        let found = 2.0 * quantile(degrees / 2.0, z);
        assert!((found - tabulated).abs() < 2e-4 * tabulated, "{found} {tabulated}");
    }

    /// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4.
    #[test]
    fn quantiles_are_those_of_the_chi_square_tables() {
        const Z95: f64 = 1.644_853_626_951_472_7;
        check(1.0, Z95, 3.841);
        check(2.0, Z95, 5.991);
        check(10.0, Z95, 18.307);
        check(10.0, -Z95, 3.940);
        check(30.0, Z95, 43.773);
        check(100.0, Z95, 124.342);
        check(100.0, -Z95, 77.929);
        check(1.0, -Z95, 0.003_932);
    }

    #[test]
    fn the_approximation_meets_the_exact_value_where_it_takes_over() {
        let exact = quantile(LARGE_SHAPE - 1e-6, 1.644_853_6);
        let approximate = quantile(LARGE_SHAPE + 1e-6, 1.644_853_6);
        assert!((exact / approximate - 1.0).abs() < 1e-5, "{exact} {approximate}");
    }
}
