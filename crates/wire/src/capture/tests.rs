//! Capture files made by hand, damaged ones, and real ones where they are at hand.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;

use super::{Cutter, Format, MAX_NEED, Malformed, Skipped, Step, recognise};

#[derive(Debug, PartialEq, Eq)]
enum Ending {
    Whole,
    Cut(u64),
    Malformed(Malformed),
}

#[derive(Debug, PartialEq, Eq)]
struct Packet {
    frame: u64,
    link_type: u32,
    interface: u32,
    time_ns: Option<i64>,
    captured: Vec<u8>,
    wire_len: u32,
}

#[derive(Debug, PartialEq, Eq)]
struct Taken {
    packets: Vec<Packet>,
    skips: BTreeMap<Skipped, u64>,
    records: u64,
    ending: Ending,
}

/// Reads a whole file through a window of `window` bytes that grows only when asked to.
fn take(file: &[u8], window: usize) -> Taken {
    let mut cutter = Cutter::new();
    let (mut at, mut reach) = (0, window);
    let (mut packets, mut skips) = (Vec::new(), BTreeMap::new());
    let ending = loop {
        let until = (at + reach).min(file.len());
        match cutter.next(&file[at..until], until == file.len()) {
            Ok(Step::Record { consumed, record }) => {
                packets.push(Packet {
                    frame: record.frame,
                    link_type: record.link_type,
                    interface: record.interface,
                    time_ns: record.time_ns,
                    captured: record.captured.to_vec(),
                    wire_len: record.wire_len,
                });
                (at, reach) = (at + consumed, window);
            }
            Ok(Step::Skip { consumed, what }) => {
                if let Some(what) = what {
                    *skips.entry(what).or_default() += 1;
                }
                (at, reach) = (at + consumed, window);
            }
            Ok(Step::Need(bytes)) => {
                assert!(
                    bytes > until - at && bytes <= MAX_NEED,
                    "asks for progress, within reason"
                );
                reach = bytes;
            }
            Ok(Step::Cut { missing }) => break Ending::Cut(missing),
            Ok(Step::End) => break Ending::Whole,
            Err(why) => {
                assert_eq!(cutter.next(&file[at..until], true), Err(why), "and says so again");
                break Ending::Malformed(why);
            }
        }
    };
    Taken { packets, skips, records: cutter.records(), ending }
}

fn check(file: &[u8], packets: &[(u64, i64, &[u8])], ending: &Ending) {
    let taken = take(file, 1);
    let seen: Vec<_> = taken
        .packets
        .iter()
        .map(|packet| (packet.frame, packet.time_ns.unwrap_or(-1), packet.captured.as_slice()))
        .collect();
    assert_eq!((seen.as_slice(), &taken.ending), (packets, ending));
    assert_eq!(take(file, file.len().max(1)), taken, "the window changes nothing");
}

fn word(big: bool, value: u32) -> [u8; 4] {
    if big { value.to_be_bytes() } else { value.to_le_bytes() }
}

fn half(big: bool, value: u16) -> [u8; 2] {
    if big { value.to_be_bytes() } else { value.to_le_bytes() }
}

fn pcap_header(big: bool, magic: u32, minor: u16, link_type: u32) -> Vec<u8> {
    let mut out = word(big, magic).to_vec();
    out.extend([half(big, 2), half(big, minor)].concat());
    for value in [0, 0, 65_535, link_type] {
        out.extend(word(big, value));
    }
    out
}

fn pcap_record(big: bool, numbers: [u32; 4], extra: usize, captured: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = numbers.iter().flat_map(|number| word(big, *number)).collect();
    out.resize(out.len() + extra, 0);
    out.extend(captured);
    out
}

fn block(big: bool, kind: u32, body: &[u8]) -> Vec<u8> {
    let length = word(big, u32::try_from(body.len().next_multiple_of(4) + 12).expect("small"));
    let mut out = [word(big, kind), length].concat();
    out.extend(body);
    out.resize(out.len().next_multiple_of(4), 0);
    out.extend(length);
    out
}

fn section(big: bool) -> Vec<u8> {
    let mut body = word(big, 0x1a2b_3c4d).to_vec();
    body.extend([half(big, 1), half(big, 0)].concat());
    body.extend([0xff; 8]);
    block(big, 0x0a0d_0d0a, &body)
}

fn interface(big: bool, link_type: u16, snaplen: u32, options: &[u8]) -> Vec<u8> {
    let mut body = [half(big, link_type), half(big, 0)].concat();
    body.extend(word(big, snaplen));
    body.extend(options);
    block(big, 1, &body)
}

fn resolution(big: bool, value: u8) -> Vec<u8> {
    let mut option = [half(big, 9), half(big, 1)].concat();
    option.extend([value, 0, 0, 0]);
    option
}

fn enhanced(big: bool, interface: u32, stamp: u64, captured: &[u8], claimed: u32) -> Vec<u8> {
    let (high, low) = ((stamp >> 32) as u32, (stamp & 0xffff_ffff) as u32);
    let mut body: Vec<u8> =
        [interface, high, low, claimed, claimed].iter().flat_map(|n| word(big, *n)).collect();
    body.extend(captured);
    block(big, 6, &body)
}

#[test]
fn every_flavour_of_pcap_gives_the_same_packets() {
    let flavours: [(u32, u32, usize); 3] =
        [(0xa1b2_c3d4, 500_000, 0), (0xa1b2_3c4d, 500_000_000, 0), (0xa1b2_cd34, 500_000, 8)];
    for big in [false, true] {
        for (magic, half_a_second, extra) in flavours {
            let mut file = pcap_header(big, magic, 4, 1);
            file.extend(pcap_record(big, [7, half_a_second, 3, 9], extra, b"abc"));
            file.extend(pcap_record(big, [4_294_967_295, 0, 0, 0], extra, b""));
            check(
                &file,
                &[(1, 7_500_000_000, b"abc"), (2, 4_294_967_295_000_000_000, b"")],
                &Ending::Whole,
            );
            assert_eq!(recognise(&file), Some(Format::Pcap));
        }
    }
}

#[test]
fn old_versions_have_their_lengths_the_other_way_round() {
    for minor in [2, 3] {
        let mut file = pcap_header(false, 0xa1b2_c3d4, minor, 1);
        file.extend(pcap_record(false, [1, 0, 9, 3], 0, b"abc"));
        check(&file, &[(1, 1_000_000_000, b"abc")], &Ending::Whole);
    }
}

#[test]
fn length_of_a_frame_checksum_is_no_part_of_the_link_type() {
    let mut file = pcap_header(false, 0xa1b2_c3d4, 4, 0x2400_0001 | 0x4000_0000);
    file.extend(pcap_record(false, [1, 0, 1, 1], 0, b"a"));
    assert_eq!(take(&file, 1).packets[0].link_type, 1);
}

#[test]
fn record_cut_off_at_the_end_is_reported_and_not_counted() {
    let mut file = pcap_header(false, 0xa1b2_c3d4, 4, 1);
    file.extend(pcap_record(false, [1, 0, 3, 3], 0, b"abc"));
    let one = file.len();
    file.extend(pcap_record(false, [2, 0, 5, 5], 0, b"abcde"));
    for cut in one + 1..file.len() {
        let taken = take(&file[..cut], 1);
        assert_eq!(taken.records, 1);
        assert!(matches!(taken.ending, Ending::Cut(1..)), "cut at {cut}");
    }
    check(&file[..one], &[(1, 1_000_000_000, b"abc")], &Ending::Whole);
}

#[test]
fn absurd_record_stops_the_reading_after_the_records_before_it() {
    let mut file = pcap_header(false, 0xa1b2_c3d4, 4, 1);
    file.extend(pcap_record(false, [1, 0, 3, 3], 0, b"abc"));
    file.extend(pcap_record(false, [1, 0, 0x4000_0000, 3], 0, b"abc"));
    check(&file, &[(1, 1_000_000_000, b"abc")], &Ending::Malformed(Malformed::RecordLength));
}

#[test]
fn huge_packet_of_a_link_that_has_such_is_skipped_and_numbered() {
    let huge = vec![0; 300_000];
    let mut file = pcap_header(false, 0xa1b2_c3d4, 4, 249);
    file.extend(pcap_record(false, [1, 0, 300_000, 300_000], 0, &huge));
    file.extend(pcap_record(false, [2, 0, 1, 1], 0, b"z"));
    check(&file, &[(2, 2_000_000_000, b"z")], &Ending::Whole);
    assert_eq!(take(&file, 64).skips[&Skipped::Oversized], 1);
    let short = &file[..200_000];
    assert!(matches!(take(short, 64).ending, Ending::Cut(100_000..)));
}

#[test]
fn sections_of_either_order_keep_their_own_interfaces() {
    let mut file = Vec::new();
    for big in [false, true] {
        file.extend(section(big));
        file.extend(interface(big, 1, 0, &[]));
        file.extend(interface(big, 101, 0, &resolution(big, 9)));
        file.extend(enhanced(big, 0, 1_500_000, b"ether", 5));
        file.extend(block(big, 5, &[0; 12]));
        file.extend(enhanced(big, 1, 1_500_000_000, b"raw", 3));
    }
    let stamp = 1_500_000_000;
    check(
        &file,
        &[(1, stamp, b"ether"), (2, stamp, b"raw"), (3, stamp, b"ether"), (4, stamp, b"raw")],
        &Ending::Whole,
    );
    let seen = take(&file, 7).packets;
    let interfaces: Vec<_> =
        seen.iter().map(|packet| (packet.interface, packet.link_type)).collect();
    assert_eq!(interfaces, [(0, 1), (1, 101), (2, 1), (3, 101)]);
}

#[test]
fn time_stamps_follow_the_resolution_and_offset_of_their_interface() {
    let offset = [half(false, 14).as_slice(), &half(false, 8), &(-2_i64).to_le_bytes()].concat();
    let cases: [(Vec<u8>, u64, Option<i64>); 7] = [
        (vec![], 3_000_000, Some(3_000_000_000)),
        (resolution(false, 0), 3, Some(3_000_000_000)),
        (resolution(false, 12), 3_000_000_000_999, Some(3_000_000_000)),
        (resolution(false, 0x80 | 0x0a), 3 * 1024 + 512, Some(3_500_000_000)),
        (offset.clone(), 3_000_000, Some(1_000_000_000)),
        (vec![], u64::MAX, None),
        ([resolution(false, 9), offset].concat(), 1, Some(-1_999_999_999)),
    ];
    for (options, stamp, expected) in cases {
        let mut file = section(false);
        file.extend(interface(false, 1, 0, &options));
        file.extend(enhanced(false, 0, stamp, b"x", 1));
        assert_eq!(take(&file, 1).packets[0].time_ns, expected, "{options:?}");
    }
}

#[test]
fn simple_and_obsolete_packets_are_packets() {
    let mut file = section(false);
    file.extend(interface(false, 1, 4, &[]));
    file.extend(block(false, 3, &[word(false, 9).as_slice(), b"abcd"].concat()));
    let mut old: Vec<u8> = [half(false, 0), half(false, 7)].concat();
    for value in [0, 2_000_000, 3, 8] {
        old.extend(word(false, value));
    }
    old.extend(b"xyz");
    file.extend(block(false, 2, &old));
    check(&file, &[(1, -1, b"abcd"), (2, 2_000_000_000, b"xyz")], &Ending::Whole);
    assert_eq!(take(&file, 1).packets[0].wire_len, 9);
}

#[test]
fn packets_that_fit_nothing_are_skipped_by_reason_and_numbered() {
    let mut file = section(false);
    file.extend(interface(false, 1, 0, &[]));
    file.extend(enhanced(false, 5, 0, b"", 0));
    file.extend(enhanced(false, 0, 0, b"abc", 99));
    file.extend(block(false, 0x204, &[0; 32]));
    file.extend(block(false, 0xbad, &[0; 32]));
    file.extend(block(false, 0xdead, &[0; 32]));
    file.extend(enhanced(false, 0, 1, b"abc", 3));
    check(&file, &[(5, 1_000, b"abc")], &Ending::Whole);
    let skips = take(&file, 1).skips;
    assert_eq!(skips[&Skipped::UnknownInterface], 1);
    assert_eq!(skips[&Skipped::Unfit], 1);
    assert_eq!(skips[&Skipped::NotPacket], 2);
    assert_eq!(skips[&Skipped::NotRecord], 3);
}

#[test]
fn broken_blocks_stop_the_reading_with_their_reason() {
    let good = [section(false), interface(false, 1, 0, &[])].concat();
    let mut trailing = good.clone();
    trailing.extend(enhanced(false, 0, 0, b"abc", 3));
    *trailing.last_mut().expect("not empty") ^= 1;
    let mut tiny = good.clone();
    tiny.extend([word(false, 6), word(false, 4), word(false, 4)].concat());
    let mut vast = good;
    vast.extend([word(false, 6), word(false, 0xffff_fff0), word(false, 4)].concat());
    for (file, why) in [
        (trailing, Malformed::TrailingLength),
        (tiny, Malformed::BlockLength),
        (vast, Malformed::BlockLength),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(), Malformed::NotCapture),
        (Vec::new(), Malformed::NotCapture),
    ] {
        check(&file, &[], &Ending::Malformed(why));
    }
}

#[test]
fn other_formats_are_told_by_their_magic() {
    for (prefix, format) in [
        (&b"\x1f\x8b\x08\x00"[..], Some(Format::Gzip)),
        (b"\x28\xb5\x2f\xfd", Some(Format::Zstd)),
        (b"\xfd7zXZ\x00", Some(Format::Xz)),
        (b"BZh91AY", Some(Format::Bzip2)),
        (b"snoop\0\0\0\0\0\0\x02", Some(Format::Snoop)),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a", Some(Format::Pcapng)),
        (b"\x0a\x0d\x0d\x0a\x1c\0\0\0\0\0\0\0", None),
        (b"{\"a\":1}", None),
        (b"", None),
    ] {
        assert_eq!(recognise(prefix), format);
    }
}

proptest! {
    #[test]
    fn damage_never_panics_and_never_depends_on_the_window(
        packets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..6),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        big in any::<bool>(),
        next_generation in any::<bool>(),
        cut in any::<prop::sample::Index>(),
        window in 1..64_usize,
    ) {
        let mut file = if next_generation {
            [section(big), interface(big, 1, 0, &resolution(big, 6))].concat()
        } else {
            pcap_header(big, 0xa1b2_c3d4, 4, 1)
        };
        for packet in &packets {
            let length = u32::try_from(packet.len()).expect("small");
            file.extend(if next_generation {
                enhanced(big, 0, 5, packet, length)
            } else {
                pcap_record(big, [0, 5, length, length], 0, packet)
            });
        }
        for (place, value) in damage {
            let place = place.index(file.len());
            file[place] = value;
        }
        file.truncate(cut.index(file.len() + 1));
        let whole = take(&file, file.len().max(1));
        prop_assert_eq!(take(&file, window), whole);
    }
}

/// Real captures of every origin; the listing counts the packets that other readers found.
#[test]
fn real_captures_give_the_packets_that_their_listing_counts() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/network"));
    let Ok(listing) = std::fs::read_to_string(root.join("MANIFEST.csv")) else {
        eprintln!("skipped: no real captures here");
        return;
    };
    let (mut compared, mut differing) = (0, Vec::new());
    for line in listing.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (Some(name), Some(Ok(packets))) =
            (fields.first(), fields.get(4).map(|count| count.parse::<u64>()))
        else {
            continue;
        };
        let Ok(file) = std::fs::read(root.join(name)) else { continue };
        if !matches!(recognise(&file), Some(Format::Pcap | Format::Pcapng)) {
            continue;
        }
        compared += 1;
        let taken = take(&file, file.len());
        if taken.records != packets {
            differing.push(format!("{name}: {} for {packets}, {:?}", taken.records, taken.ending));
        }
    }
    eprintln!("{compared} compared, {} differ: {differing:#?}", differing.len());
    assert!(differing.len() * 200 <= compared, "{compared} compared: {differing:#?}");
}
