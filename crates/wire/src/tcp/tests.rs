//! What comes out of a direction, given what went in.

use proptest::prelude::*;

use super::*;

/// Runs of bytes, parted by gaps.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    runs: Vec<Vec<u8>>,
    broken: bool,
    last: Stamp,
}

impl Receive for Heard {
    fn bytes(&mut self, at: Stamp, bytes: &[u8]) {
        assert!(!bytes.is_empty());
        assert!(at >= self.last, "time does not run backwards");
        self.last = at;
        match self.runs.last_mut() {
            Some(run) if !self.broken => run.extend_from_slice(bytes),
            _ => self.runs.push(bytes.to_vec()),
        }
        self.broken = false;
    }

    fn gap(&mut self, at: Stamp) {
        assert!(at >= self.last, "time does not run backwards");
        self.broken = true;
    }
}

fn at(milliseconds: i64) -> Stamp {
    Stamp { time_ns: milliseconds * 1_000_000, frame: 1 }
}

fn segment(sequence: u32, payload: &[u8], milliseconds: i64) -> Segment<'_> {
    let on_wire = u32::try_from(payload.len()).unwrap();
    Segment { sequence, payload, on_wire, at: at(milliseconds) }
}

/// Pushes segments of `(sequence, payload, milliseconds)`; gives the runs heard.
fn check(mut direction: Direction, segments: &[(u32, &str, i64)]) -> Vec<String> {
    let mut heard = Heard::default();
    for (sequence, payload, time) in segments {
        direction.push(segment(*sequence, payload.as_bytes(), *time), &mut heard);
    }
    direction.flush(&mut heard);
    assert_eq!(direction.waiting_bytes(), 0);
    heard.runs.into_iter().map(|run| String::from_utf8(run).unwrap()).collect()
}

#[test]
fn sequence_numbers_wrap() {
    let runs = check(
        Direction::starting_at(u32::MAX - 1),
        &[(1, "defg", 1), (u32::MAX - 1, "abc", 2), (5, "h", 3)],
    );
    assert_eq!(runs, ["abcdefgh"]);
}

#[test]
fn the_first_copy_of_a_byte_counts() {
    let runs = check(
        Direction::starting_at(10),
        &[(14, "EF", 1), (12, "cdxxg", 2), (10, "abyyyyyhi", 3), (10, "zzzzzzzzzj", 4)],
    );
    assert_eq!(runs, ["abcdEFghij"]);
}

#[test]
fn a_keepalive_probe_is_not_data() {
    let started = Direction::starting_at(10);
    assert_eq!(check(started, &[(10, "ab", 1), (11, "\0", 2), (12, "cd", 3)]), ["abcd"]);
    let midway = Direction::default();
    assert_eq!(check(midway, &[(11, "\0", 2), (12, "cd", 3)]), ["cd"]);
}

#[test]
fn a_hole_is_waited_for_and_then_passed() {
    let lost = [(10, "ab", 0), (14, "ef", 0), (16, "gh", 6_000), (12, "cd", 6_001)];
    assert_eq!(check(Direction::starting_at(10), &lost), ["ab", "efgh"]);
    let late = [(10, "ab", 0), (14, "ef", 0), (16, "gh", 4_000), (12, "cd", 4_001)];
    assert_eq!(check(Direction::starting_at(10), &late), ["abcdefgh"]);
}

#[test]
fn what_the_receiver_acknowledged_is_not_waited_for_long() {
    let (mut direction, mut heard) = (Direction::starting_at(10), Heard::default());
    direction.push(segment(12, b"cd", 0), &mut heard);
    direction.acknowledge(14);
    direction.push(segment(14, b"ef", 300), &mut heard);
    assert_eq!(heard.runs, [b"cdef"]);
}

#[test]
fn a_forged_segment_far_away_disturbs_nothing() {
    let runs = check(
        Direction::starting_at(10),
        &[(10, "ab", 0), (0x4000_0000, "xx", 1), (12, "cd", 2), (14, "ef", 9_000)],
    );
    assert_eq!(runs, ["abcdef"]);
}

#[test]
fn a_stream_that_moved_is_found_again() {
    let moved: Vec<_> = (0..6).map(|n| (0x8000_0000 + 2 * n, "xy", i64::from(n))).collect();
    let segments = [&[(10, "ab", 0)], moved.as_slice()].concat();
    assert_eq!(check(Direction::starting_at(10), &segments), ["ab", "xyxyxy"]);
}

#[test]
fn what_the_capture_cut_is_a_gap() {
    let (mut direction, mut heard) = (Direction::starting_at(10), Heard::default());
    direction.push(Segment { on_wire: 100, ..segment(10, b"ab", 0) }, &mut heard);
    direction.push(segment(110, b"cd", 1), &mut heard);
    direction.push(Segment { on_wire: 50, ..segment(120, b"ef", 2) }, &mut heard);
    direction.push(segment(112, b"12345678", 3), &mut heard);
    direction.push(segment(170, b"gh", 4), &mut heard);
    assert_eq!(heard.runs, [b"ab".as_slice(), b"cd12345678ef", b"gh"]);
}

/// Bytes among which a run of a few is found at one place only.
fn stream(length: u32) -> Vec<u8> {
    (0..length).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect()
}

proptest! {
    #[test]
    fn segments_in_any_order_with_copies_give_the_stream(
        isn in any::<u32>(),
        cuts in proptest::collection::btree_set(1_usize..2_000, 0..60),
        copies in proptest::collection::vec((0_usize..1_999, 1_usize..300), 0..40),
        order in proptest::collection::vec(any::<u16>(), 0..200),
    ) {
        let stream = stream(500);
        let mut ends: Vec<_> = cuts.into_iter().collect();
        ends.push(2_000);
        let mut begin = 0;
        let mut ranges: Vec<_> =
            ends.into_iter().map(|end| std::mem::replace(&mut begin, end)..end).collect();
        ranges.extend(copies.into_iter().map(|(start, length)| start..(start + length).min(2_000)));
        for (index, key) in order.iter().enumerate() {
            let count = ranges.len();
            ranges.swap(index % count, usize::from(*key) % count);
        }
        let (mut direction, mut heard) = (Direction::starting_at(isn), Heard::default());
        for range in ranges {
            let sequence = isn.wrapping_add(u32::try_from(range.start).unwrap());
            direction.push(segment(sequence, &stream[range], 0), &mut heard);
        }
        prop_assert!(!heard.broken);
        prop_assert_eq!(heard.runs, vec![stream]);
    }

    #[test]
    fn lost_segments_leave_runs_of_the_stream_in_order(
        isn in any::<u32>(),
        kept in proptest::collection::vec(any::<bool>(), 100),
        swaps in proptest::collection::vec((0_usize..99, 0_i64..4_000), 0..50),
    ) {
        let stream = stream(500);
        let mut sent: Vec<usize> = (0..100).filter(|index| kept[*index]).collect();
        for (place, _) in &swaps {
            if place + 1 < sent.len() {
                sent.swap(*place, place + 1);
            }
        }
        let (mut direction, mut heard) = (Direction::starting_at(isn), Heard::default());
        let mut time = 0;
        for (index, part) in sent.into_iter().enumerate() {
            time += swaps.get(index).map_or(1, |(_, wait)| *wait);
            let sequence = isn.wrapping_add(u32::try_from(part * 20).unwrap());
            direction.push(segment(sequence, &stream[part * 20..part * 20 + 20], time), &mut heard);
        }
        direction.flush(&mut heard);
        let mut rest = stream.as_slice();
        for run in heard.runs {
            let found = memchr::memmem::find(rest, &run);
            prop_assert!(found.is_some(), "a run is not of the stream, or comes twice");
            rest = &rest[found.unwrap() + run.len()..];
        }
    }

    #[test]
    fn no_more_waits_than_the_bound(
        segments in proptest::collection::vec(
            (any::<u32>(), 0_usize..5_000, 0_u32..100_000, any::<u16>(), any::<bool>()),
            0..400,
        ),
    ) {
        let bytes = vec![7; 5_000];
        let (mut direction, mut heard) = (Direction::starting_at(0), Heard::default());
        for (sequence, length, beyond, time, near) in segments {
            let sequence = if near { sequence % 2_000_000 } else { sequence };
            let on_wire = u32::try_from(length).unwrap() + beyond;
            let payload = &bytes[..length];
            direction.push(Segment { sequence, payload, on_wire, at: at(time.into()) }, &mut Heard {
                last: Stamp { time_ns: i64::MIN, frame: 0 },
                ..Heard::default()
            });
            direction.acknowledge(sequence);
            prop_assert!(direction.waiting_bytes() <= MAX_WAITING_BYTES);
            prop_assert!(direction.waiting.len() <= MAX_PIECES);
            let sum: usize = direction.waiting.iter().map(|piece| piece.bytes.len()).sum();
            prop_assert_eq!(sum, direction.waiting_bytes());
            let apart = direction.waiting.iter().zip(direction.waiting.iter().skip(1));
            for (before, after) in apart {
                prop_assert!(before.end <= after.start);
            }
        }
        direction.flush(&mut heard);
        prop_assert_eq!(direction.waiting_bytes(), 0);
    }
}
