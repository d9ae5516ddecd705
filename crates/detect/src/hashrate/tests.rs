//! Quantiles, anchors and coverage of the interval of a hashrate.

use super::*;

/// Steele, Lea and Flood's `splitmix64`: small, seeded, and the same everywhere.
struct Random(u64);

impl Random {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept")]
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn waiting_time(&mut self, rate: f64) -> f64 {
        -self.unit().ln() / rate
    }
}

/// Mines for a while against a pool that aims at ten shares a minute by changing the difficulty
/// every thirty seconds; gives shares and exposure.
fn mine(random: &mut Random, hashrate: f64, first_difficulty: f64, seconds: f64) -> (u64, f64) {
    let (mut now, mut difficulty, mut exposure, mut shares) = (0.0, first_difficulty, 0.0, 0);
    while now < seconds {
        let until = f64::min(now + 30.0, seconds);
        exposure += (until - now) / difficulty;
        let mut found = 0_u32;
        let mut at = now + random.waiting_time(hashrate / difficulty);
        while at < until {
            found += 1;
            at += random.waiting_time(hashrate / difficulty);
        }
        shares += u64::from(found);
        difficulty *= (f64::from(found) / 5.0).clamp(0.5, 2.0);
        now = until;
    }
    (shares, exposure)
}

#[test]
fn intervals_hold_the_truth_nine_times_in_ten() {
    const SESSIONS: u32 = 4_000;
    let mut random = Random(2026);
    let (mut held, mut most, mut none) = (0, 0, 0);
    for _ in 0..SESSIONS {
        let hashrate = 500.0 * 20_f64.powf(random.unit());
        let first_difficulty = hashrate * 6.0 * 8_f64.powf(random.unit() * 2.0 - 1.0);
        let seconds = 10.0 * 240_f64.powf(random.unit());
        let (shares, exposure) = mine(&mut random, hashrate, first_difficulty, seconds);
        let (_, low, high) = rate(shares, exposure).unwrap();
        held += u32::from((low..=high).contains(&hashrate));
        most = most.max(shares);
        none += u32::from(shares == 0);
    }
    let part = f64::from(held) / f64::from(SESSIONS);
    assert!((0.87..=0.93).contains(&part), "{part}");
    assert!(most >= 350 && none >= 20, "{most} {none}");
}

#[test]
fn nothing_seen_bounds_the_hashrate_from_above_alone() {
    let (value, low, high) = rate(0, 2.0).unwrap();
    assert!(value.abs() < 1e-12 && low.abs() < 1e-12);
    assert!((high - 1.9207 / 2.0).abs() < 1e-3, "{high}");
    for exposure in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-320] {
        assert_eq!(rate(3, exposure), None, "{exposure}");
    }
}

#[test]
fn the_interval_narrows_with_the_root_of_the_shares() {
    for (shares, relative) in [(30, 0.30), (100, 0.165), (400, 0.083), (1_000_000, 0.001_65)] {
        let (value, low, high) = rate(shares, 1.0).unwrap();
        assert!(low < value && value < high);
        let half = (high - low) / 2.0 / value;
        assert!((half / relative - 1.0).abs() < 0.05, "{shares}: {half}");
    }
}

/// Three real sessions: shares, difficulty in hashes, seconds, and what they came to.
#[track_caller]
fn check(shares: u64, difficulty: f64, seconds: f64, expected: f64) {
    let (value, low, high) = rate(shares, seconds / difficulty).unwrap();
    assert!((value / expected - 1.0).abs() < 0.01, "{value} {expected}");
    assert!(low < expected && expected < high, "{low} {high}");
}

#[test]
fn real_sessions_come_to_what_their_devices_do() {
    check(31, 20_000.0, 1154.0, 537.0);
    check(46, 16_000.0, 1091.0, 674.0);
}

#[test]
fn one_share_does_not_contradict_a_report() {
    let of_one_share = |value: f64| {
        let (value, low, high) = rate(1, 1.0 / value).unwrap();
        Estimate { value, low, high, unit: "H/s" }
    };
    // One share stood for 17 MH/s; the miner reported 30.4 MH/s.
    assert!(!contradicts(30.4e6, &of_one_share(17e6)));
    assert!(contradicts(3e9, &of_one_share(17e6)));
    assert!(contradicts(0.5e6, &of_one_share(17e6)));
}

#[test]
fn a_difficulty_counts_what_its_dialect_and_algorithm_say() {
    let knowledge = Knowledge::built_in().unwrap();
    for (dialect, algorithm, expected) in [
        ("stratum-v1", Some("sha256d"), Some(4_294_967_296.0)),
        ("stratum-v1", Some("scrypt"), Some(65_536.0)),
        ("stratum-v1", None, Some(4_294_967_296.0)),
        ("ethereum-stratum-1", Some("etchash"), Some(4_294_967_296.0)),
        ("kaspa", Some("kheavyhash"), Some(4_294_967_296.0)),
        ("grin", Some("cuckatoo32"), Some(42.0)),
        ("stratum-other", None, None),
    ] {
        let algorithm = algorithm.map(|it| knowledge.algorithm(it).unwrap().entry);
        assert_eq!(hashes_per_difficulty(dialect, algorithm), expected, "{dialect}");
    }
}

#[test]
fn power_is_given_for_classes_that_could_do_the_work() {
    let knowledge = Knowledge::built_in().unwrap();
    let machine = power(&estimate(1e14), "sha256d", false, &knowledge).unwrap();
    assert!(machine.low > 500.0 && machine.high < 20_000.0, "{machine:?}");
    assert!(machine.by_class.iter().all(|it| it.0.starts_with("asic")), "{machine:?}");
    let desktop = power(&estimate(9_000.0), "randomx", false, &knowledge).unwrap();
    assert!(desktop.low > 10.0 && desktop.low < 200.0, "{desktop:?}");
    assert_eq!(power(&estimate(0.0), "randomx", false, &knowledge), None);
    assert_eq!(power(&estimate(1.0), "unheard-of", false, &knowledge), None);
}

#[test]
fn a_browser_does_the_work_of_a_page_and_of_nothing_else() {
    let knowledge = Knowledge::built_in().unwrap();
    let classes = |in_page| {
        let power = power(&estimate(100.0), "randomx", in_page, &knowledge).unwrap();
        power.by_class.into_iter().map(|it| it.0).collect::<Vec<_>>()
    };
    assert!(classes(true).contains(&"browser".to_owned()));
    assert!(!classes(false).contains(&"browser".to_owned()));
}

fn estimate(value: f64) -> Estimate {
    Estimate { value, low: value * 0.9, high: value * 1.1, unit: "H/s" }
}
