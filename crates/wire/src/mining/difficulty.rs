//! From the target on the wire to the work that a share is expected to cost.
//!
//! A hash wins when it is at most the target, so one share costs 2^n / target hashes, n being the
//! width compared. `CryptoNote` sends the upper 32 or 64 bits, least significant byte first
//! (xmrig/xmrig@master:src/base/net/stratum/Job.cpp, `setTarget`); the others send 256 bits, most
//! significant byte first.

use serde_json::Value;

/// 2^256.
const TWO_256: f64 = 1.157_920_892_373_162e77;

/// Whether this is hexadecimal text of the given length, after an optional `0x`.
pub(crate) fn is_hex(value: &Value, digits: usize) -> bool {
    hex_digits(value).is_some_and(|text| text.len() == digits)
}

/// The digits of hexadecimal text without `0x`; `None` for anything else, the empty text included.
pub(crate) fn hex_digits(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then_some(digits)
}

/// The value of a hexadecimal digit.
pub(crate) fn nibble(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => byte.to_ascii_lowercase().saturating_sub(b'a').saturating_add(10),
    }
}

/// The number that hexadecimal text writes, most significant digit first.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let digits = hex_digits(value)?;
    (digits.len() <= 64)
        .then(|| digits.bytes().fold(0.0, |sum, byte| sum * 16.0 + f64::from(nibble(byte))))
}

/// Hashes per share for a 256-bit target, most significant digit first.
pub(crate) fn from_target(value: &Value) -> Option<f64> {
    work(TWO_256, number(value)?)
}

/// Hashes per share for a 256-bit target as a number.
pub(crate) fn from_number(target: f64) -> Option<f64> {
    work(TWO_256, target)
}

/// Hashes per share for a 256-bit target written least significant byte first, as `getwork` does.
pub(crate) fn from_reversed(value: &Value) -> Option<f64> {
    is_hex(value, 64).then(|| from_upper(value)).flatten()
}

/// Hashes per share for a 256-bit target in decimal, as Ergo's `b`.
pub(crate) fn from_decimal(value: &Value) -> Option<f64> {
    let target = match value {
        Value::String(text) if text.len() <= 80 && text.bytes().all(|b| b.is_ascii_digit()) => {
            text.parse().ok()?
        }
        Value::Number(number) => number.as_f64()?,
        _ => return None,
    };
    work(TWO_256, target)
}

/// Hashes per share for a 256-bit target, least significant byte first, as in Stratum V2.
pub(crate) fn from_bytes(target: &[u8; 32]) -> Option<f64> {
    work(TWO_256, target.iter().rev().fold(0.0, |sum, &byte| sum * 256.0 + f64::from(byte)))
}

/// Hashes per share for the upper bits of a target, least significant byte first.
pub(crate) fn from_upper(value: &Value) -> Option<f64> {
    let digits = hex_digits(value)?.as_bytes();
    if !matches!(digits.len(), 8 | 16 | 64) {
        return None;
    }
    let (pairs, _) = digits.as_chunks::<2>();
    let mut all = 1.0;
    let target = pairs.iter().rev().fold(0.0, |sum, &[high, low]| {
        all *= 256.0;
        sum * 256.0 + f64::from(nibble(high) << 4 | nibble(low))
    });
    work(all, target)
}

/// Hashes per share for Bitcoin's compact form of a target.
pub(crate) fn from_compact(bits: u32) -> Option<f64> {
    let [exponent, mantissa @ ..] = bits.to_be_bytes();
    let mantissa = mantissa.iter().fold(0.0, |sum, &byte| sum * 256.0 + f64::from(byte));
    work(TWO_256, mantissa * 256f64.powi(i32::from(exponent) - 3))
}

/// Pools of memory-hard algorithms go down to millionths; below that nobody would ever be asked.
const LOWEST: f64 = 1e-12;

/// A difficulty that can be divided by.
pub(crate) fn plausible(difficulty: f64) -> Option<f64> {
    (LOWEST..TWO_256).contains(&difficulty).then_some(difficulty)
}

fn work(all: f64, target: f64) -> Option<f64> {
    if target < 1.0 {
        return None;
    }
    plausible((all / target).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: Option<f64>, expect: f64) {
        let found = found.expect("a difficulty");
        assert!((found / expect - 1.0).abs() < 1e-3, "{found} is not {expect}");
    }

    #[test]
    fn a_short_target_counts_from_its_last_byte() {
        check(from_upper(&Value::from("b88d0600")), 10_000.0);
        check(from_upper(&Value::from("285c8fc2f5280000")), 409_600.0);
    }

    #[test]
    fn a_long_target_counts_from_its_first_digit() {
        let target = format!("0000ffff{}", "0".repeat(56));
        check(from_target(&Value::from(target.clone())), 65_537.0);
        check(from_target(&Value::from(format!("0x{target}"))), 65_537.0);
        let mut bytes = [0; 32];
        bytes[29] = 0xff;
        bytes[28] = 0xff;
        check(from_bytes(&bytes), 65_537.0);
    }

    #[test]
    fn a_compact_target_of_difficulty_one_costs_two_to_the_32() {
        check(from_compact(0x1d00_ffff), 4_295_032_833.0);
    }

    #[test]
    fn a_target_of_nothing_has_no_difficulty() {
        for text in ["00000000", "", "zz", "0x", "123"] {
            assert_eq!(from_upper(&Value::from(text)), None);
        }
        assert_eq!(from_target(&Value::from("0".repeat(64))), None);
        assert_eq!(from_decimal(&Value::from("0")), None);
        check(
            from_decimal(&Value::from(
                "115792089237316195423570985008687907853269984665640564039457",
            )),
            1e18,
        );
    }
}
