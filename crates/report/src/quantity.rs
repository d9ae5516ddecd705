//! Quantities as people read them: three significant digits and a prefix.

use minehound_model::Estimate;

const PREFIXES: [&str; 7] = ["", "k", "M", "G", "T", "P", "E"];

/// A number with up to four significant digits and no trailing zeros.
pub(crate) fn plain(number: f64) -> String {
    if !number.is_finite() {
        return "—".to_owned();
    }
    let text = match number.abs() {
        size if size >= 1000.0 => format!("{number:.0}"),
        size if size >= 100.0 => format!("{number:.1}"),
        size if size >= 10.0 => format!("{number:.2}"),
        size if size >= 0.001 || size == 0.0 => format!("{number:.3}"),
        _ => format!("{number:.3e}"),
    };
    if text.contains('.') && !text.contains('e') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// A quantity with the prefix that leaves one to three digits before the point.
pub(crate) fn prefixed(value: f64, unit: &str) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let mut scaled = value;
    let mut prefixes = PREFIXES.iter();
    let mut prefix = prefixes.next().copied().unwrap_or_default();
    // 999.5 rounds to four digits, so it already takes the next prefix.
    while scaled.abs() >= 999.5 {
        let Some(next) = prefixes.next() else { break };
        scaled /= 1000.0;
        prefix = next;
    }
    let digits = match scaled.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        0.0 => 0,
        _ => 2,
    };
    format!("{scaled:.digits$} {prefix}{unit}")
}

/// The middle and both ends of an estimate, each with its unit.
pub(crate) fn estimate(it: &Estimate) -> [String; 3] {
    [it.value, it.low, it.high].map(|value| prefixed(value, it.unit))
}

/// A count with a comma between thousands.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: f64, shown: &str) {
        assert_eq!(prefixed(value, "H/s"), shown);
    }

    #[test]
    fn a_quantity_has_three_digits_and_a_prefix() {
        check(0.0, "0 H/s");
        check(1.0, "1.00 H/s");
        check(999.7, "1.00 kH/s");
        check(13.44e12, "13.4 TH/s");
        check(2.0e24, "2000000 EH/s");
        check(f64::NAN, "—");
    }

    #[test]
    fn a_plain_number_drops_trailing_zeros() {
        assert_eq!(
            [0.0, 0.5, 12.0, 123.456, 65536.0].map(plain),
            ["0", "0.5", "12", "123.5", "65536"]
        );
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
