//! What a session of each pattern looks like, and what does not.

use super::*;

/// Moments without memory, mean `mean_ms`, by `splitmix64` of Steele, Lea and Flood.
fn moments(seed: u64, mean_ms: f64, until_ms: i64) -> Vec<i64> {
    let mut state = seed;
    let mut unit = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = state;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let part = ((it ^ (it >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        part.max(1e-12)
    };
    let mut now = 6_000.0;
    std::iter::from_fn(|| {
        now -= unit().ln() * mean_ms;
        #[expect(clippy::cast_possible_truncation, reason = "hours in milliseconds")]
        let at = now as i64;
        (at < until_ms).then_some(at)
    })
    .collect()
}

/// A session from lists of moments and lengths, up and down.
fn session(parts: &[(&[i64], bool, u32)]) -> Vec<Message> {
    let mut all: Vec<Message> = parts
        .iter()
        .flat_map(|(times, up, bytes)| {
            times.iter().map(|it| Message { at_ms: *it, up: *up, bytes: *bytes })
        })
        .collect();
    all.sort_by_key(|it| it.at_ms);
    all
}

fn later(times: &[i64], ms: i64) -> Vec<i64> {
    times.iter().map(|it| it + ms).collect()
}

const HOUR: i64 = 3_600_000;

/// Jobs of a pool that waits `timer_ms` after each and breaks off at blocks.
fn jobs(timer_ms: i64, blocks: &[i64]) -> Vec<i64> {
    let (mut now, mut blocks, mut all) = (6_000, blocks.iter().peekable(), Vec::new());
    while now < HOUR {
        now = match blocks.peek() {
            Some(block) if **block <= now + timer_ms => *blocks.next().unwrap_or(&now),
            _ => now + timer_ms,
        };
        all.push(now);
    }
    all
}

fn pattern(messages: &[Message]) -> Option<Pattern> {
    Cadence::of(messages, false).pattern()
}

#[test]
fn shares_answers_and_jobs_are_mining_with_keepalives_or_without() {
    let shares = moments(1, 15_000.0, HOUR);
    let jobs = jobs(30_000, &moments(2, 120_000.0, HOUR));
    let clock: Vec<i64> = (1..60).map(|it| it * 60_000 + 17).collect();
    let answers = later(&shares, 40);
    let parts: [(&[i64], bool, u32); 3] =
        [(&shares, true, 255), (&answers, false, 85), (&jobs, false, 398)];
    assert_eq!(pattern(&session(&parts)), Some(Pattern::SharesAndJobs));
    let alive = later(&clock, 40);
    let with: Vec<_> =
        parts.iter().copied().chain([(&clock[..], true, 132), (&alive[..], false, 86)]).collect();
    assert_eq!(pattern(&session(&with)), Some(Pattern::SharesAndJobs));
}

/// The messages, each longer by up to `most` bytes.
fn padded_by(most: u32, messages: Vec<Message>) -> Vec<Message> {
    let lengths = moments(9, 1_000.0, 3 * HOUR);
    let longer = |(it, chance): (Message, i64)| Message {
        bytes: it.bytes + u32::try_from(chance % i64::from(most)).unwrap(),
        ..it
    };
    messages.into_iter().zip(lengths).map(longer).collect()
}

#[test]
fn random_padding_shows_by_its_evenness() {
    let shares = moments(1, 15_000.0, HOUR);
    let blocks = moments(2, 60_000.0, HOUR);
    let answers = later(&shares, 40);
    let plain = session(&[(&shares, true, 255), (&answers, false, 85), (&blocks, false, 398)]);
    let padded = Cadence::of(&padded_by(256, plain), false);
    assert_eq!(padded.pattern(), Some(Pattern::Padded));
    assert!(padded.padded.is_some_and(|it| (230..=280).contains(&it)), "{:?}", padded.padded);
    // Queries whose answers are of any length are no padding, however long.
    let mut queries = session(&[(&shares, true, 120), (&blocks, false, 300)]);
    queries.extend(answers.iter().enumerate().map(|(place, it)| Message {
        at_ms: *it,
        up: false,
        bytes: 100 + u32::try_from(place * place * 7 % 3_000).unwrap(),
    }));
    queries.sort_by_key(|it| it.at_ms);
    assert_eq!(pattern(&queries), None);
}

#[test]
fn shares_held_back_for_seconds_are_still_answered_in_turn() {
    let shares = moments(1, 15_000.0, HOUR);
    let jobs = jobs(20_000, &moments(2, 120_000.0, HOUR));
    let late: Vec<i64> = shares.iter().map(|it| it + 200 + it * 31 % 7_800).collect();
    let parts: [(&[i64], bool, u32); 3] =
        [(&shares, true, 255), (&late, false, 85), (&jobs, false, 398)];
    assert_eq!(pattern(&session(&parts)), Some(Pattern::SharesAndJobs));
}

#[test]
fn a_slow_miner_shows_by_its_jobs() {
    let blocks = moments(3, 120_000.0, HOUR);
    let timed = jobs(22_000, &blocks);
    assert_eq!(pattern(&session(&[(&timed, false, 406)])), Some(Pattern::JobsAlone));
    assert_eq!(pattern(&session(&[(&blocks, false, 398)])), Some(Pattern::BlocksAlone));
}

#[test]
fn clocks_prices_queries_and_telemetry_are_no_mining() {
    let clock: Vec<i64> = (1..120).map(|it| it * 30_000).collect();
    let answers = later(&clock, 40);
    let chance = moments(4, 20_000.0, HOUR);
    let acknowledged = later(&chance, 40);
    let keepalive = session(&[(&clock, true, 90), (&answers, false, 60)]);
    let heartbeat = session(&[(&clock, false, 406)]);
    let telemetry = session(&[(&chance, true, 255), (&acknowledged, false, 85)]);
    let queries =
        session(&[(&chance, true, 120), (&acknowledged, false, 900), (&clock, false, 300)]);
    let mut prices = session(&[(&chance, false, 300)]);
    for (place, it) in prices.iter_mut().enumerate() {
        it.bytes += u32::try_from(place * 37 % 90).unwrap();
    }
    for (name, messages) in [
        ("keepalive", keepalive),
        ("heartbeat", heartbeat),
        ("telemetry", telemetry),
        ("queries", queries),
        ("prices", prices),
    ] {
        assert_eq!(pattern(&messages), None, "{name}");
    }
}

#[test]
fn in_a_tunnel_a_push_stays_one_though_its_packet_is_acknowledged() {
    // shares, answers and pushes of 200, 128 and 288 bytes; 96 bytes acknowledge what came down
    let shares = moments(5, 20_000.0, HOUR);
    let pushes = moments(6, 13_000.0, HOUR);
    let answers = later(&shares, 60);
    let acknowledged: Vec<i64> = later(&answers, 1).into_iter().chain(later(&pushes, 1)).collect();
    let cadence = Cadence::of(
        &session(&[
            (&shares, true, 208),
            (&answers, false, 128),
            (&pushes, false, 288),
            (&acknowledged, true, 96),
        ]),
        false,
    );
    let told = cadence.jobs.times_ms.iter().filter(|it| pushes.contains(it)).count();
    assert!(told * 10 >= pushes.len() * 8, "{told} of {}", pushes.len());
}

#[test]
fn signs_of_life_and_acknowledgements_of_a_tunnel_are_no_telling_pushes() {
    // A job a minute, a sign of life every 25 s, and the acknowledgement of the tunnel between.
    let down = |every_ms: i64, shift_ms: i64, bytes: u32| {
        (0..40_i64).map(move |it| Message { at_ms: it * every_ms + shift_ms, up: false, bytes })
    };
    let mut messages: Vec<Message> = down(60_000, 0, 512)
        .chain(down(25_000, 7_000, 32))
        .chain(down(45_000, 3_000, 96))
        .collect();
    messages.sort_by_key(|it| it.at_ms);
    let jobs = Cadence::of(&messages, false).jobs;
    assert_eq!(jobs.count, 120);
    assert!(jobs.telling_ms.iter().all(|it| it % 60_000 == 0), "{:?}", jobs.telling_ms);
    assert_eq!(jobs.telling_ms.len(), 40);
}
