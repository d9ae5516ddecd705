//! Damage to a file that follows from its name, so that it can be done again.

/// The most bits flipped in one copy.
const MAX_FLIPS: u64 = 64;

/// A stream of numbers for one file.
pub(super) struct Damage {
    state: u64,
}

impl Damage {
    /// The damage done to the file of this name.
    pub(super) fn of(name: &str) -> Self {
        Self { state: number(name) }
    }

    /// Where to cut off a file of this length.
    pub(super) fn cut(&mut self, length: usize) -> usize {
        self.below(length)
    }

    /// Flips bits, half the time within the first kilobyte; how many.
    pub(super) fn flip(&mut self, bytes: &mut [u8]) -> u64 {
        let count = self.next() % MAX_FLIPS + 1;
        for _ in 0..count {
            let length = if self.next() & 1 == 0 { bytes.len() } else { bytes.len().min(1024) };
            let bit = 1 << (self.next() % 8);
            let place = self.below(length);
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= bit;
            }
        }
        count
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % limit).unwrap_or(0)
    }

    /// The next number (`SplitMix64`; Steele, Lea and Flood, OOPSLA 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// A number that follows from a name: FNV-1a, which no release of a library changes.
pub(super) fn number(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_does_the_same_damage() {
        let damaged = |name: &str| {
            let mut bytes = vec![0; 3_000];
            let cut = Damage::of(name).cut(3_000);
            Damage::of(name).flip(&mut bytes);
            (cut, bytes)
        };
        assert_eq!(damaged("a"), damaged("a"));
        assert_ne!(damaged("a"), damaged("b"));
    }
}
