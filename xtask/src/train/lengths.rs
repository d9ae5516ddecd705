//! Examples once more with messages of other lengths, as a program would send them that nothing
//! was learned from: when they come stays, how long they are says less.
//!
//! Asks, answers and pushes are stretched apart, and of mining and innocent flows alike, so that
//! being stretched says nothing by itself (domain randomisation: Tobin and others, 2017,
//! arXiv:1703.06907).

use minehound_series::features::{Described, SESSION};

/// By which powers of two asks, answers and pushes are made longer, from and to.
const STRETCH: [(f64, f64); 3] = [(-0.5, 0.5), (-1.0, 0.5), (-1.5, 0.5)];

/// A row of [`SESSION`] with other lengths; `number` draws them, the same ones every time.
pub(super) fn other(row: &[f64], number: u64) -> Vec<f64> {
    let mut draws = number.wrapping_mul(3);
    let [asks, answers, pushes] = STRETCH.map(|(low, high)| {
        draws = draws.wrapping_add(1);
        low + (high - low) * drawn(draws)
    });
    let with = |(it, value): (&Described, &f64)| {
        let by = match it.name {
            "ask_low" | "ask_size" | "ask_high" | "ask_largest" => asks,
            "answer_size" => answers,
            "push_low" | "push_size" | "push_high" | "down_largest" => pushes,
            "ask_over_answer" => asks - answers,
            "push_over_answer" => pushes - answers,
            "push_over_ask" => pushes - asks,
            "bytes_up_over_down" => asks - f64::midpoint(answers, pushes),
            _ => 0.0,
        };
        // What is not there is 0 and stays so.
        if *value == 0.0 { 0.0 } else { value + by }
    };
    SESSION.iter().zip(row).map(with).collect()
}

/// A number from 0 to 1 (`SplitMix64`: Steele, Lea and Flood, 2014).
fn drawn(number: u64) -> f64 {
    let mut it = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let part = ((it ^ (it >> 31)) >> 11) as f64;
    part / 9_007_199_254_740_992.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_differ_and_times_stay() {
        let row: Vec<f64> = (0..SESSION.len()).map(|it| if it == 14 { 0.0 } else { 8.0 }).collect();
        let (one, two) = (other(&row, 1), other(&row, 2));
        let place = |name| SESSION.iter().position(|it| it.name == name).unwrap();
        for name in ["ask_size", "answer_size", "push_size"] {
            assert!((one[place(name)] - two[place(name)]).abs() > 1e-6, "{name}");
            assert!((one[place(name)] - 8.0).abs() <= 1.5, "{name}");
        }
        for name in ["push_gap", "ask_variation", "timer", "answer_spread"] {
            assert_eq!(one[place(name)].to_bits(), row[place(name)].to_bits(), "{name}");
        }
        assert!(one.iter().zip(&other(&row, 1)).all(|(it, again)| it.to_bits() == again.to_bits()));
    }
}
