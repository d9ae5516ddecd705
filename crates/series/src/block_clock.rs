//! The block-clock test: does somebody speak just after blocks were found?
//!
//! A pool tells its miners of each new block within seconds, through whatever tunnel. So in a
//! tunnel that mines, messages come just after blocks more often than at other times. The test
//! counts the blocks that a message follows within two seconds, and compares with the same blocks
//! moved back in time: a tunnel that does not mine cannot tell the true moments from the moved ones. The
//! clock of the sensor may be off by seconds, so several offsets are tried, for the moved blocks
//! just as for the true ones.
//!
//! Moments must be those at which blocks *arrived*: the times in block headers are off by seconds
//! to minutes. Idea: `MineHunter` (ACSAC 2021); the moved blocks and the search over offsets are
//! ours.

/// A message counts when it comes within this time after a block.
const WINDOW_MS: i64 = 2_000;
/// The clock of the sensor may be this far off, either way.
const MAX_OFFSET_MS: i64 = 5_000;
/// The resolution of time.
const BIN_MS: i64 = 500;
/// How often the blocks are moved.
const SHIFTS: usize = 200;
/// So many tell whether the rest is worth the time, and from which score on it is.
pub(crate) const FEW_SHIFTS: usize = 20;
pub(crate) const PROMISING: f64 = 3.0;
/// Blocks are moved by at least this much, or a moved block would still be near its true moment.
const MIN_SHIFT_MS: i64 = 15_000;
/// And by no more than this, so that the traffic is as busy there as here.
const MAX_SHIFT_MS: i64 = 900_000;
/// Fewer blocks decide nothing.
const MIN_BLOCKS: usize = 8;
/// The longest stretch tested, in bins: a year.
const MAX_BINS: i64 = 366 * 86_400 * 2;
/// The score that a finding takes; see [`ClockTest::p_value`].
const WANTED_SCORE: f64 = 12.0;

/// What the test came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockTest {
    /// Blocks within the time that was watched.
    pub blocks: usize,
    /// Blocks that a message followed, at the best offset.
    pub hits: usize,
    /// How many one would expect of a tunnel that knows nothing of blocks, at its best offset.
    pub expected: f64,
    /// The best offset, in seconds: how much later than the blocks' clock the sensor's runs.
    pub offset_s: f64,
    /// Hits above expectation, in standard deviations of the moved blocks.
    pub score: f64,
    /// The probability of such a score without mining: a Gumbel law fitted to the moved blocks,
    /// whose tail is heavier than theirs.
    pub p_value: f64,
    /// How many seconds would have to be watched for a miner in such a tunnel to reach
    /// a score of 12.
    pub needed_s: f64,
}

/// Tests messages against blocks, both as milliseconds since 1970 in order of time, over the time
/// from `from_ms` to `to_ms`. `None` when there are too few blocks, or no messages.
#[must_use]
pub fn test(messages_ms: &[i64], blocks_ms: &[i64], from_ms: i64, to_ms: i64) -> Option<ClockTest> {
    let reach = MAX_SHIFT_MS + MAX_OFFSET_MS;
    let heard = Heard::of(messages_ms, from_ms, to_ms)?;
    let inside = |it: &&i64| (from_ms..=to_ms - WINDOW_MS).contains(*it);
    let blocks: Vec<i64> = blocks_ms.iter().filter(inside).copied().collect();
    if blocks.len() < MIN_BLOCKS || to_ms - from_ms < reach {
        return None;
    }
    let (hits, offset_ms) = heard.best(&blocks, 0);
    // A pool's timer that each job sets back still runs from the block long after it, but nothing before
    // a block knows of it: blocks are moved back alone.
    let moved = |shift: i64| count(heard.best(&blocks, -shift.abs()).0);
    let mut null: Vec<f64> = shifts().take(FEW_SHIFTS).map(moved).collect();
    if score_of(hits, &null).2 >= PROMISING {
        null.extend(shifts().skip(FEW_SHIFTS).map(moved));
    }
    let (mean, spread, score) = score_of(hits, &null);
    let chance = mean / count(blocks.len());
    let watched_s = seconds(to_ms - from_ms);
    Some(ClockTest {
        blocks: blocks.len(),
        hits,
        expected: mean,
        offset_s: seconds(offset_ms),
        score,
        p_value: gumbel_tail(score),
        needed_s: needed_s(chance, spread, blocks.len(), watched_s),
    })
}

/// In which bins a message begins the window after, as bits.
struct Heard {
    from_ms: i64,
    follows: Vec<bool>,
}

impl Heard {
    fn of(messages_ms: &[i64], from_ms: i64, to_ms: i64) -> Option<Self> {
        let bins = (to_ms.checked_sub(from_ms)?) / BIN_MS + 1;
        if messages_ms.is_empty() || !(1..=MAX_BINS).contains(&bins) {
            return None;
        }
        let mut follows = vec![false; usize::try_from(bins).ok()?];
        for at in messages_ms {
            let bin = (at - from_ms).div_euclid(BIN_MS);
            // A block up to the window's length before this message is followed by it.
            for back in 0..WINDOW_MS / BIN_MS {
                let place = usize::try_from(bin - back).ok();
                if let Some(it) = place.and_then(|it| follows.get_mut(it)) {
                    *it = true;
                }
            }
        }
        Some(Self { from_ms, follows })
    }

    /// The most blocks followed over all offsets, and the offset in milliseconds.
    fn best(&self, blocks: &[i64], shift_ms: i64) -> (usize, i64) {
        let steps = MAX_OFFSET_MS / BIN_MS;
        let offsets = (-steps..=steps).map(|it| it * BIN_MS);
        let tried = offsets.map(|offset| (self.hits(blocks, shift_ms + offset), offset));
        tried.fold((0, 0), |best, it| {
            let better = it.0 > best.0 || it.0 == best.0 && it.1.abs() < best.1.abs();
            if better { it } else { best }
        })
    }

    fn hits(&self, blocks: &[i64], moved_ms: i64) -> usize {
        let length = i64::try_from(self.follows.len()).unwrap_or(i64::MAX);
        let followed = |block: &&i64| {
            // Blocks moved past an end come in again at the other.
            let bin = (**block + moved_ms - self.from_ms).div_euclid(BIN_MS).rem_euclid(length);
            usize::try_from(bin).ok().and_then(|it| self.follows.get(it)).copied().unwrap_or(false)
        };
        blocks.iter().filter(followed).count()
    }
}

/// The ways blocks are moved: spread evenly over both directions by the golden ratio, so that no two
/// are alike and no seed is needed.
pub(crate) fn shifts() -> impl Iterator<Item = i64> {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let room = u64::try_from(MAX_SHIFT_MS - MIN_SHIFT_MS).unwrap_or(1);
    (1..=SHIFTS as u64).map(move |turn| {
        let part = ((turn.wrapping_mul(STEP) >> 32) * room) >> 32;
        let shift = MIN_SHIFT_MS + i64::try_from(part).unwrap_or(0);
        if turn % 2 == 0 { shift } else { -shift }
    })
}

/// How long a miner would have to be watched: its blocks are followed nearly always, other moments
/// as often as here.
fn needed_s(chance: f64, spread: f64, blocks: usize, watched_s: f64) -> f64 {
    /// Of its blocks, a miner is told so many in time: the rest come while the next is there.
    const TOLD: f64 = 0.9;
    let lead = TOLD - chance;
    if lead <= 0.0 {
        return f64::INFINITY;
    }
    // The spread grows with the root of the number of blocks, the lead with the number.
    let per_root = spread / count(blocks).sqrt();
    let needed = (WANTED_SCORE * per_root / lead).powi(2).max(count(MIN_BLOCKS));
    needed / count(blocks) * watched_s
}

/// The probability of so many standard deviations above the mean under a Gumbel law.
pub(crate) fn gumbel_tail(score: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    let reduced = score * std::f64::consts::PI / 6.0_f64.sqrt() + EULER;
    -(-(-reduced).exp()).exp_m1()
}

/// Mean and spread of the hits of moved blocks, and how far above them the true ones are.
pub(crate) fn score_of(hits: usize, null: &[f64]) -> (f64, f64, f64) {
    let (mean, spread) = mean_and_spread(null);
    let spread = spread.max(0.5);
    (mean, spread, (count(hits) - mean) / spread)
}

fn mean_and_spread(values: &[f64]) -> (f64, f64) {
    let whole = count(values.len()).max(1.0);
    let mean = values.iter().sum::<f64>() / whole;
    let squares = values.iter().map(|it| (it - mean).powi(2)).sum::<f64>();
    (mean, (squares / whole).sqrt())
}

#[expect(clippy::cast_precision_loss, reason = "counts of blocks")]
fn count(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a capture, far below 2^52")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few lines of chance: multiplicative congruence, the upper bits.
    struct Chance(u64);

    impl Chance {
        fn exponential(&mut self, mean_ms: f64) -> i64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040);
            #[expect(clippy::cast_precision_loss, reason = "upper 53 bits")]
            let unit = ((self.0 >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
            #[expect(clippy::cast_possible_truncation, reason = "far below 2^63")]
            let gap = (-unit.ln() * mean_ms) as i64;
            gap.max(1)
        }

        fn moments(&mut self, mean_ms: f64, until_ms: i64) -> Vec<i64> {
            let mut now = 0;
            std::iter::from_fn(|| {
                now += self.exponential(mean_ms);
                (now < until_ms).then_some(now)
            })
            .collect()
        }
    }

    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn an_idle_tunnel_that_mines_is_found_within_the_hour_and_its_offset_too() {
        let mut chance = Chance(7);
        let blocks = chance.moments(120_000.0, HOUR_MS);
        let mut messages: Vec<i64> =
            blocks.iter().map(|it| it + 3_000 + chance.exponential(500.0).min(1_500)).collect();
        messages.extend(chance.moments(50_000.0, HOUR_MS));
        messages.sort_unstable();
        let found = test(&messages, &blocks, 0, HOUR_MS).unwrap();
        assert!(found.score > WANTED_SCORE && found.p_value < 1e-6, "{found:?}");
        assert!((2.0..=4.0).contains(&found.offset_s), "{found:?}");
        assert!(found.needed_s < 3_600.0, "{found:?}");
    }

    #[test]
    fn a_timer_that_every_block_sets_back_hides_no_miner() {
        let mut chance = Chance(11);
        let until = 4 * HOUR_MS;
        let blocks = chance.moments(120_000.0, until);
        let mut messages = Vec::new();
        for (at, next) in blocks.iter().zip(blocks.iter().skip(1)) {
            messages.extend((*at + 700..*next).step_by(30_000));
        }
        // Others use the tunnel as well.
        messages.extend(chance.moments(6_000.0, until));
        messages.sort_unstable();
        let found = test(&messages, &blocks, 0, until).unwrap();
        assert!(found.score > WANTED_SCORE, "{found:?}");
    }

    #[test]
    fn tunnels_that_know_nothing_of_blocks_score_as_chance_does() {
        let mut worst = 0.0_f64;
        for seed in 0..60 {
            let mut chance = Chance(seed);
            let blocks = chance.moments(120_000.0, 4 * HOUR_MS);
            let messages = chance.moments(5_000.0, 4 * HOUR_MS);
            let found = test(&messages, &blocks, 0, 4 * HOUR_MS).unwrap();
            worst = worst.max(found.score);
            assert!(found.needed_s.is_finite());
        }
        assert!(worst < 6.0, "{worst}");
    }

    #[test]
    fn too_few_blocks_decide_nothing() {
        assert_eq!(test(&[1_000], &[500; 3], 0, HOUR_MS), None);
        assert_eq!(test(&[], &[500; 30], 0, HOUR_MS), None);
        assert_eq!(test(&[1_000], &[500; 30], 10, 0), None);
    }
}
