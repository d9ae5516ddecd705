//! What jobs build on: a block that another stands on was found, and this is when it was heard of.

use crate::Stamp;
use crate::session::MAX_BLOCK_TIMES;

use super::Ledger;

impl Ledger {
    /// A job builds on the block that is named so: by its hash or its height. The first says
    /// nothing of when that block came.
    pub(crate) fn builds_on(&mut self, block: &[u8], at: Stamp) {
        let known = self.tip.replace(digest(block));
        let times = &mut self.session.block_times_ns;
        if known.is_some_and(|it| Some(it) != self.tip) && times.len() < MAX_BLOCK_TIMES {
            times.push(at.time_ns);
        }
    }
}

/// FNV-1a, Fowler, Noll and Vo: names are compared, never looked up.
fn digest(bytes: &[u8]) -> u64 {
    let step = |held: u64, it: &u8| (held ^ u64::from(*it)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_news_when_it_differs_from_the_one_before_and_the_first_is_not() {
        let at = |time_ns| Stamp { time_ns, frame: 1 };
        let mut ledger = Ledger::new(at(0), true);
        for (time_ns, block) in [(1, "a"), (2, "a"), (3, "b"), (4, "b"), (5, "c")] {
            ledger.builds_on(block.as_bytes(), at(time_ns));
        }
        assert_eq!(ledger.session.block_times_ns, [3, 5]);
        for time_ns in 0..2 * i64::try_from(MAX_BLOCK_TIMES).unwrap() {
            ledger.builds_on(&time_ns.to_le_bytes(), at(10 + time_ns));
        }
        assert_eq!(ledger.session.block_times_ns.len(), MAX_BLOCK_TIMES);
    }
}
