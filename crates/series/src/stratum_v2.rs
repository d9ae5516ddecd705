//! The opening of encrypted Stratum V2, by lengths alone.
//!
//! The handshake is `Noise_NX_Secp256k1+EllSwift_ChaChaPoly_SHA256`: 64 bytes from the miner, 234
//! from the pool (64 of key, 64 + 16 of static key, 74 + 16 of certificate). Each message then takes
//! 22 bytes of header and 16 of tag besides its payload (Stratum V2 specification, sections 3.2 and
//! 4.5). The miner sets the connection up; the pool's answer has 6 bytes of payload, 44 in all.
//!
//! Bitcoin's encrypted node protocol (BIP 324) opens with 64 bytes from either end and up to 4,095
//! bytes of garbage, so it meets 64 and 234 once in sixteen million openings, and the rest never.

use crate::Message;

const FIRST: u32 = 64;
const SECOND: u32 = 234;
const FRAME: u32 = 22 + 16;
/// `SetupConnection`: 10 bytes of numbers, an end of at most 255 bytes, and four texts of as many.
const SETUP: std::ops::RangeInclusive<u32> = FRAME + 16..=FRAME + 16 + 5 * 255;
/// `SetupConnection.Success`: a version and flags.
const SETUP_ANSWER: u32 = FRAME + 6;

/// Whether messages from the beginning of a connection open as encrypted Stratum V2 does.
#[must_use]
pub fn opens(messages: &[Message]) -> bool {
    let [first, second, setup, answer, ..] = messages else { return false };
    (first.up, first.bytes) == (true, FIRST)
        && (second.up, second.bytes) == (false, SECOND)
        && setup.up
        && SETUP.contains(&setup.bytes)
        && (answer.up, answer.bytes) == (false, SETUP_ANSWER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(lengths: &[(bool, u32)]) -> Vec<Message> {
        lengths.iter().map(|(up, bytes)| Message { at_ms: 0, up: *up, bytes: *bytes }).collect()
    }

    #[test]
    fn the_lengths_of_the_handshake_and_the_set_up_are_wanted() {
        let opening = [(true, 64), (false, 234), (true, 120), (false, 44), (true, 62)];
        assert!(opens(&messages(&opening)));
        for (place, wrong) in [(0, 65), (1, 170), (2, 40), (3, 58)] {
            let mut other = opening;
            other[place].1 = wrong;
            assert!(!opens(&messages(&other)), "{place}");
        }
        assert!(!opens(&messages(&opening[..3])));
    }
}
