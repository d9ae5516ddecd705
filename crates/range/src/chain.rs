//! A coin's chain as a clock: when its blocks come, and when each pool notices.

use std::fmt;
use std::sync::Arc;

use crate::coin::Coin;
use crate::dialogue::nanos;
use crate::rng::Rng;

/// One block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// Its height.
    pub height: u64,
}

/// The blocks of one coin, in order of time. Sessions that share a chain get their jobs at the
/// same blocks, each pool a moment after the block.
#[derive(Clone, PartialEq, Eq)]
pub struct Chain {
    blocks: Arc<[Block]>,
}

impl fmt::Debug for Chain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, count) = (self.blocks.first(), self.blocks.len());
        formatter.debug_struct("Chain").field("first", &first).field("count", &count).finish()
    }
}

/// What is wrong with a file of block times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainError {
    /// There is no block in it.
    Empty,
    /// This line (from 1) is neither a Unix time nor `time,height`.
    Line(usize),
}

impl fmt::Display for ChainError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("no block times; give one Unix time per line"),
            Self::Line(line) => write!(
                formatter,
                "line {line} is neither a Unix time nor `time,height`; lines that begin with `#` \
                 are skipped"
            ),
        }
    }
}

impl std::error::Error for ChainError {}

/// No pool of the range notices a block later than this.
const LATEST_SECONDS: f64 = 3.0;

impl Chain {
    /// Blocks as a Poisson process of the coin's interval, from some blocks before `start_ns` to
    /// `seconds` after it.
    #[must_use]
    pub fn poisson(coin: Coin, start_ns: u64, seconds: f64, seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("chain");
        let mean = coin.block_seconds();
        let end_ns = start_ns.saturating_add(nanos(seconds));
        let mut time_ns = start_ns.saturating_sub(nanos(mean * 5.0));
        let mut height = coin.usual_height() + rng.below(2_000);
        let mut blocks = Vec::new();
        while time_ns < end_ns {
            blocks.push(Block { time_ns, height });
            // nodes need a moment to take a block before the next
            time_ns = time_ns.saturating_add(nanos(rng.exponential(mean).max(mean.min(0.3))));
            height += 1;
        }
        Self { blocks: blocks.into() }
    }

    /// Blocks from a file: a Unix time per line (fractions allowed), or `time,height` and
    /// anything after a further comma. Order does not matter; without heights they count from
    /// one million.
    ///
    /// # Errors
    ///
    /// A line that is neither, or no line at all.
    pub fn parse(text: &str) -> Result<Self, ChainError> {
        let mut blocks = Vec::new();
        for (place, line) in (1..).zip(text.lines()) {
            let line = line.trim().trim_start_matches('\u{feff}');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut fields = line.split(',').map(str::trim);
            let time = fields.next().and_then(|field| field.parse::<f64>().ok());
            let height = fields.next().map(str::parse::<u64>);
            match (time, height) {
                (Some(time), None) if (0.0..1e11).contains(&time) => {
                    blocks.push(Block { time_ns: nanos(time), height: 0 });
                }
                (Some(time), Some(Ok(height))) if (0.0..1e11).contains(&time) => {
                    blocks.push(Block { time_ns: nanos(time), height });
                }
                // names of columns
                _ if place == 1 && time.is_none() => {}
                _ => return Err(ChainError::Line(place)),
            }
        }
        blocks.sort_by_key(|block| (block.time_ns, block.height));
        if blocks.iter().all(|block| block.height == 0) {
            for (block, height) in blocks.iter_mut().zip(1_000_000..) {
                block.height = height;
            }
        }
        if blocks.is_empty() {
            return Err(ChainError::Empty);
        }
        Ok(Self { blocks: blocks.into() })
    }

    /// The same chain begun `blocks` blocks later, moved in time so that it covers a scenario that
    /// starts at `start_ns`: its third block lies before that.
    #[must_use]
    pub fn moved(&self, blocks: usize, start_ns: u64) -> Self {
        let kept: Vec<Block> = self.blocks.iter().skip(blocks).copied().collect();
        let Some(third) = kept.get(2).or(kept.last()).map(|block| block.time_ns) else {
            return self.clone();
        };
        let moved = kept.into_iter().map(|block| Block {
            time_ns: (start_ns + block.time_ns).saturating_sub(third),
            height: block.height,
        });
        Self { blocks: moved.collect() }
    }

    /// The blocks, in order of time.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The height of the last block before a time; the one before the first if there is none.
    #[must_use]
    pub fn height_at(&self, time_ns: u64) -> u64 {
        let before = self.blocks.partition_point(|block| block.time_ns <= time_ns);
        match before.checked_sub(1).and_then(|place| self.blocks.get(place)) {
            Some(block) => block.height,
            None => self.blocks.first().map_or(0, |block| block.height.saturating_sub(1)),
        }
    }

    /// When a pool noticed each block: a gamma-distributed delay of at most three seconds, whose
    /// mean belongs to the pool and which is the same for all who mine there.
    #[must_use]
    pub fn noticed_by(&self, pool: &str) -> Vec<Block> {
        let salt = salt(pool);
        let mean = Rng::new(salt).between(0.15, 1.2);
        let mut seen: Vec<Block> = self
            .blocks
            .iter()
            .map(|block| {
                let mut rng = Rng::new(salt ^ block.time_ns);
                // the sum of two exponentials is a gamma of shape 2
                let delay = rng.exponential(mean / 2.0) + rng.exponential(mean / 2.0);
                let time_ns = block.time_ns + nanos(delay.min(LATEST_SECONDS));
                Block { time_ns, height: block.height }
            })
            .collect();
        seen.sort_by_key(|block| (block.time_ns, block.height));
        seen
    }
}

/// A number that belongs to a pool.
pub(crate) fn salt(pool: &str) -> u64 {
    Rng::new(0x706f_6f6c).fork(pool).next_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_times_are_read_with_and_without_heights() {
        let plain = Chain::parse("# arrivals\n1603311580\n1603311633.5\n").unwrap();
        assert_eq!(plain.blocks()[1].time_ns, 1_603_311_633_500_000_000);
        assert_eq!(plain.blocks()[1].height, 1_000_001);
        let full = Chain::parse("time,height\n20,8,later\n10,7,first\n").unwrap();
        let heights: Vec<u64> = full.blocks().iter().map(|block| block.height).collect();
        assert_eq!(heights, [7, 8]);
        assert_eq!(Chain::parse("\n#\n"), Err(ChainError::Empty));
        assert_eq!(Chain::parse("1\nyesterday\n"), Err(ChainError::Line(2)));
        assert_eq!(Chain::parse("1\n2,high\n"), Err(ChainError::Line(2)));
    }

    #[test]
    fn a_moved_chain_keeps_its_gaps() {
        let chain = Chain::parse("100\n160\n300\n310\n").unwrap();
        let moved = chain.moved(1, 5_000_000_000_000);
        let times: Vec<u64> =
            moved.blocks().iter().map(|block| block.time_ns / 1_000_000_000).collect();
        assert_eq!(times, [4_850, 4_990, 5_000]);
        assert_eq!(moved.height_at(4_995_000_000_000), 1_000_002);
    }

    #[test]
    fn pools_notice_blocks_soon_and_each_in_its_own_way() {
        let chain = Chain::poisson(Coin::Xmr, 1_000_000_000_000_000, 86_400.0, 3);
        let [one, two] = ["a.example:3333", "b.example:3333"].map(|pool| chain.noticed_by(pool));
        assert_eq!(one, chain.noticed_by("a.example:3333"));
        assert_ne!(one, two);
        for seen in [&one, &two] {
            for block in seen {
                let at = chain.blocks().iter().find(|at| at.height == block.height).unwrap();
                assert!((0..=3_000_000_000).contains(&(block.time_ns - at.time_ns)));
            }
        }
        let count = chain.blocks().len();
        assert!((640..800).contains(&count), "{count}");
    }
}
