//! Miners of one coin are found together; what is broadcast otherwise has another law.

use super::*;

const HOUR_MS: i64 = 3_600_000;

/// Numbers by chance: `splitmix64` of Steele, Lea and Flood.
struct Chance(u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let part = ((it ^ (it >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        part.max(1e-12)
    }

    fn ms(&mut self, mean_ms: f64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "hours in milliseconds")]
        let gap = (-self.unit().ln() * mean_ms) as i64;
        gap.max(1)
    }

    fn moments(&mut self, mean_ms: f64, until_ms: i64) -> Vec<i64> {
        let mut now = 0;
        std::iter::from_fn(|| {
            now += self.ms(mean_ms);
            (now < until_ms).then_some(now)
        })
        .collect()
    }

    /// The same moments as somebody hears of them, among others of their own.
    fn heard(&mut self, blocks: &[i64], other_ms: f64, until_ms: i64) -> Vec<i64> {
        let mut all: Vec<i64> = blocks.iter().map(|it| it + self.ms(150.0).min(700)).collect();
        all.extend(self.moments(other_ms, until_ms));
        all.sort_unstable();
        all
    }
}

fn found(flows: &[Vec<i64>], until_ms: i64) -> Vec<Group> {
    let pushed = |(host, times_ms)| Pushed { host, times_ms, from_ms: 0, to_ms: until_ms };
    let flows: Vec<_> = flows.iter().map(Vec::as_slice).enumerate().map(pushed).collect();
    groups(&flows, 0.001)
}

#[test]
fn three_miners_among_twenty_tunnels_are_one_group_at_the_pace_of_blocks() {
    let mut chance = Chance(5);
    let blocks = chance.moments(120_000.0, 3 * HOUR_MS);
    let mut flows: Vec<_> = (0..3).map(|_| chance.heard(&blocks, 60_000.0, 3 * HOUR_MS)).collect();
    flows.extend((0..17).map(|_| chance.moments(30_000.0, 3 * HOUR_MS)));
    let found = found(&flows, 3 * HOUR_MS);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].members.as_slice(), found[0].hosts), (&[0, 1, 2][..], 3));
    let law = law(&found[0].bursts_ms).unwrap();
    assert!((90.0..150.0).contains(&law.mean_s) && law.timer_s == 0.0, "{law:?}");
}

#[test]
fn flows_that_have_nothing_in_common_make_no_group() {
    for seed in 0..10 {
        let mut chance = Chance(1_000 + seed);
        let flows: Vec<_> = (0..30).map(|_| chance.moments(40_000.0, 2 * HOUR_MS)).collect();
        assert_eq!(found(&flows, 2 * HOUR_MS), [], "{seed}");
    }
}

#[test]
fn clocks_and_talk_do_not_follow_the_law_of_blocks_and_a_timer_cut_short_does() {
    let mut chance = Chance(9);
    let clock: Vec<i64> = (0..60).map(|it| it * 60_000).collect();
    assert_eq!(law(&clock), None);
    // Talk: bouts of many lines, long silence between.
    let bouts = chance.moments(600_000.0, 10 * HOUR_MS);
    let mut talk: Vec<i64> =
        bouts.iter().flat_map(|it| (0..8).map(move |line| it + line * 5_000)).collect();
    talk.sort_unstable();
    assert_eq!(law(&talk), None);
    let blocks = chance.moments(120_000.0, 3 * HOUR_MS);
    let (mut now, mut jobs, mut next) = (0, vec![0], blocks.iter().peekable());
    while now < 3 * HOUR_MS {
        now = match next.next_if(|it| **it <= now + 55_000) {
            Some(block) => *block,
            None => now + 55_000,
        };
        jobs.push(now);
    }
    let law = law(&jobs).unwrap();
    assert!((54.0..56.0).contains(&law.timer_s), "{law:?}");
    assert!((90.0..150.0).contains(&law.mean_s), "{law:?}");
}

#[test]
fn moments_in_any_order_and_far_apart_are_survived() {
    let wild = [i64::MIN, i64::MAX, 0, -5, i64::MAX];
    let flow = Pushed { host: 0, times_ms: &wild, from_ms: i64::MIN / 2, to_ms: i64::MAX / 2 };
    assert_eq!(groups(&[flow; 3], 0.001), []);
    assert_eq!(law(&[]), None);
}
