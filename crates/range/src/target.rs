//! How much work one share stands for, in the forms that pools write it.
//!
//! Work is the expected number of hashes for one share. Every form here is rounded as a pool
//! would round it, and the work that the rounded form really stands for is given back, so that
//! the truth of a session is what was written and not what was wished.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "work is an approximate quantity; every cast is of a bounded positive number"
)]

/// 2^32: the hashes behind one unit of Bitcoin difficulty.
pub const PER_DIFFICULTY: f64 = 4_294_967_296.0;
/// Scrypt pools count difficulty in units of 2^16 hashes (their difficulty 1 is 65,536 times
/// easier than Bitcoin's; cgminer's and sgminer's scrypt multiplier).
pub const PER_SCRYPT_DIFFICULTY: f64 = 65_536.0;

/// 2^256 / work as a big-endian number, correct to 53 bits.
#[must_use]
pub fn target256(work: f64) -> [u8; 32] {
    let work = work.max(1.000_001);
    // work = fraction * 2^exponent with fraction in [1, 2)
    let exponent = work.log2().floor() as i32;
    let fraction = work / f64::from(exponent).exp2();
    // 2^256 / work = (2^53 / fraction) * 2^(256 - 53 - exponent), and 2^53 / fraction <= 2^53
    let mantissa = ((53.0_f64).exp2() / fraction) as u64;
    let shift = 203 - exponent;
    let mut out = [0_u8; 32];
    for (place, byte) in out.iter_mut().rev().enumerate() {
        let low = place as i32 * 8 - shift;
        *byte = match low {
            0..64 => (mantissa >> low) as u8,
            -7..0 => (mantissa << -low) as u8,
            _ => 0,
        };
    }
    out
}

/// The work behind a big-endian target.
#[must_use]
pub fn work256(target: &[u8; 32]) -> f64 {
    let value = target.iter().fold(0.0_f64, |sum, byte| sum * 256.0 + f64::from(*byte));
    (256.0_f64).exp2() / value.max(1.0)
}

/// 2^32 / work: the four-byte target of `CryptoNote` pools, and the work it stands for.
#[must_use]
pub fn target32(work: f64) -> (u32, f64) {
    let target = (PER_DIFFICULTY / work).clamp(1.0, 4_294_967_295.0) as u32;
    (target, PER_DIFFICULTY / f64::from(target))
}

/// 2^64 / work: the eight-byte target of `CryptoNote` pools, and the work it stands for.
#[must_use]
pub fn target64(work: f64) -> (u64, f64) {
    let target = ((64.0_f64).exp2() / work).clamp(1.0, 1.8e19) as u64;
    (target, (64.0_f64).exp2() / target as f64)
}

/// A difficulty as pools write it: whole numbers, and thousandths below 16.
#[must_use]
pub fn difficulty(work: f64, per_difficulty: f64) -> (String, f64) {
    let wished = work / per_difficulty;
    if wished >= 16.0 {
        let rounded = wished.round();
        return (format!("{rounded:.0}"), rounded * per_difficulty);
    }
    let rounded = ((wished * 1e4).round() / 1e4).max(1e-4);
    (format!("{rounded}"), rounded * per_difficulty)
}

/// Bitcoin's compact target ("bits"), the full target it stands for, and the work.
#[must_use]
pub fn compact(work: f64) -> (u32, [u8; 32], f64) {
    let full = target256(work);
    let mut first = full.iter().position(|byte| *byte != 0).unwrap_or(31);
    // the mantissa is signed: its top bit must stay clear (Bitcoin Core, arith_uint256::GetCompact)
    if full.get(first).is_some_and(|byte| *byte >= 0x80) {
        first = first.saturating_sub(1);
    }
    let mut kept = [0_u8; 32];
    let mut mantissa = 0_u32;
    for place in first..(first + 3).min(32) {
        if let (Some(to), Some(from)) = (kept.get_mut(place), full.get(place)) {
            *to = *from;
            mantissa = (mantissa << 8) | u32::from(*from);
        }
    }
    let size = 32 - first as u32;
    ((size << 24) | mantissa, kept, work256(&kept))
}

/// Beam's packed difficulty: 24 bits of fraction below an implied one, and the order above
/// (`BeamMW/beam` core/difficulty.cpp), and the solutions it stands for.
#[must_use]
pub fn beam(work: f64) -> (u32, f64) {
    let work = work.max(1.0);
    let order = work.log2().floor();
    let fraction = ((work / order.exp2() - 1.0) * f64::from(1_u32 << 24)) as u32;
    let packed = ((order as u32) << 24) | fraction.min((1 << 24) - 1);
    (packed, (1.0 + f64::from(fraction) / f64::from(1_u32 << 24)) * order.exp2())
}

/// The decimal digits of a big-endian number.
#[must_use]
pub fn decimal(number: &[u8; 32]) -> String {
    let mut left = *number;
    let mut digits = Vec::new();
    while left.iter().any(|byte| *byte != 0) {
        let mut rest = 0_u32;
        for byte in &mut left {
            let value = rest * 256 + u32::from(*byte);
            *byte = (value / 10) as u8;
            rest = value % 10;
        }
        digits.push(char::from(b'0' + rest as u8));
    }
    if digits.is_empty() {
        digits.push('0');
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(work: f64, got: f64) {
        assert!((got / work - 1.0).abs() < 2e-3, "{work} became {got}");
    }

    #[test]
    fn every_form_stands_for_nearly_the_work_that_was_asked() {
        for exponent in 4..70 {
            let work = f64::from(exponent).exp2() * 1.37;
            check(work, work256(&target256(work)));
            check(work, compact(work).2);
            check(work, beam(work).1);
            if work > 1e3 && exponent < 22 {
                check(work, target32(work).1);
            }
            if exponent < 50 {
                check(work, target64(work).1);
            }
            if exponent > 41 {
                check(work, difficulty(work, PER_DIFFICULTY).1);
            }
        }
    }

    #[test]
    fn difficulty_one_is_written_as_bitcoin_writes_it() {
        assert_eq!(compact(PER_DIFFICULTY * 65_536.0 / 65_535.0).0 >> 24, 0x1d);
        assert_eq!(difficulty(PER_DIFFICULTY, PER_DIFFICULTY).0, "1");
    }

    #[test]
    fn decimal_writes_big_numbers() {
        let mut number = [0; 32];
        number[30..].copy_from_slice(&[1, 0]);
        assert_eq!(decimal(&number), "256");
        assert_eq!(decimal(&[0; 32]), "0");
    }
}
