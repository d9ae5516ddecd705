//! The few lengths that messages of one kind have.
//!
//! A program fills the same form again and again: its messages differ by the digits of a counter,
//! seldom by more. So the lengths of one kind of message lie within a few bytes of each other, and
//! what people write, or prices, do not.

/// Lengths within a few bytes of each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// The least length, in bytes.
    pub low: u32,
    /// The greatest, in bytes.
    pub high: u32,
    /// How many messages.
    pub count: usize,
}

impl Cluster {
    /// Whether a length belongs to it.
    #[must_use]
    pub fn holds(&self, bytes: u32) -> bool {
        self.count > 0 && (self.low..=self.high).contains(&bytes)
    }
}

/// The fullest clusters of lengths that differ by at most `width` bytes, at most `most` of them,
/// fullest first. Each length belongs to one cluster at the most.
#[must_use]
pub fn clusters(lengths: impl IntoIterator<Item = u32>, width: u32, most: usize) -> Vec<Cluster> {
    let mut rest: Vec<u32> = lengths.into_iter().collect();
    rest.sort_unstable();
    let mut found = Vec::new();
    while found.len() < most {
        let best = fullest(&rest, width);
        if best.count == 0 {
            break;
        }
        rest.retain(|it| !best.holds(*it));
        found.push(best);
    }
    found
}

/// The fullest window over sorted lengths; of equals the first.
fn fullest(sorted: &[u32], width: u32) -> Cluster {
    let mut best = Cluster::default();
    let mut begin = 0;
    for (end, high) in sorted.iter().enumerate() {
        while sorted.get(begin).is_some_and(|low| high - low > width) {
            begin += 1;
        }
        let count = end + 1 - begin;
        if count > best.count {
            let low = sorted.get(begin).copied().unwrap_or(*high);
            best = Cluster { low, high: *high, count };
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_fall_into_the_forms_they_were_filled_from() {
        let lengths = [406, 408, 406, 257, 257, 85, 406, 90, 4_000];
        let found = clusters(lengths, 8, 3);
        let shown: Vec<_> = found.iter().map(|it| (it.low, it.high, it.count)).collect();
        assert_eq!(shown, [(406, 408, 4), (85, 90, 2), (257, 257, 2)]);
        assert!(clusters([], 8, 3).is_empty());
    }
}
