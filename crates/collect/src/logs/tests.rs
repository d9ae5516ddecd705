//! Files of logs, from their bytes to their ties.

use std::io::Write;

use minehound_model::Tied;

use super::*;

#[derive(Default)]
struct Kept {
    logs: Vec<(String, LogKind)>,
    ties: Vec<Tie>,
}

impl TieSink for Kept {
    fn log(&mut self, device: &str, kind: LogKind) -> LogId {
        let log = (device.to_owned(), kind);
        let place = self.logs.iter().position(|it| *it == log).unwrap_or_else(|| {
            self.logs.push(log);
            self.logs.len() - 1
        });
        LogId(u32::try_from(place).unwrap())
    }

    fn tie(&mut self, tie: Tie) -> io::Result<()> {
        self.ties.push(tie);
        Ok(())
    }
}

fn reading() -> Reading<'static> {
    Reading {
        grammars: Grammars::shipped(),
        grammar: None,
        assumed: Assumed { zone_s: 8 * 3_600, no_later_than_ms: 1_790_000_000_000, years_back: 0 },
        unsaid: Unsaid { device: "file", taken_ms: None },
    }
}

fn kept(text: &[u8]) -> (Kept, Result<LogRead, LogError>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    let mut kept = Kept::default();
    let read = read(file.path(), &reading(), &mut kept, &mut |_, _| (), &mut |_, _| ());
    (kept, read)
}

const DHCP: &str = "\
Nov  3 09:00:00 gw dhcpd[812]: DHCPACK on 10.2.0.7 to 00:16:3e:00:00:07 (lab-7) via eth1
Nov  3 10:00:00 gw dhcpd[812]: DHCPACK on 10.2.0.7 to 00:16:3e:00:00:08 via eth1
nothing that anybody understands
";

#[test]
fn lines_become_ties_and_what_is_refused_is_counted() {
    let (kept, read) = kept(DHCP.as_bytes());
    let read = read.unwrap();
    assert_eq!(read.ties, 2, "{read:?}");
    assert_eq!(read.skips.total(), 1);
    assert!((read.understood() - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!(read.without_year, 2, "syslog says no year");
    assert_eq!(kept.logs, [("gw".to_owned(), LogKind::Lease)]);
    let first = &kept.ties[0];
    assert!(matches!(&first.what, Tied::Lease { host_name: Some(name), .. } if name == "lab-7"));
    assert_eq!((first.line.line, first.span.to_ms - first.span.from_ms), (1, 3_600_000 - 1));
}

#[test]
fn packed_files_are_read_and_other_files_are_refused() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(DHCP.as_bytes()).unwrap();
    let (_, read) = kept(&packed.finish().unwrap());
    assert_eq!(read.unwrap().ties, 2);
    let (_, poem) = kept("床前明月光\n疑是地上霜\n".as_bytes());
    assert!(matches!(poem, Err(LogError::Unrecognised)), "{poem:?}");
}

fn forward(day: &str, clock: &str, port: u16) -> String {
    format!(
        "<189>date={day} time={clock} devname=\"FGT-1\" devid=\"FGT60F0000000000\" tz=\"+0800\" logid=\"0000000013\" \
         type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.2.3 srcport={port} dstip=203.0.113.9 \
         dstport=3333 sessionid=4711 proto=6 action=\"close\" policyid=1 trandisp=\"snat\" transip=198.51.100.1 \
         transport={port} duration=120 sentbyte=1500 rcvdbyte=90000\n"
    )
}

#[test]
fn a_packed_file_that_was_cut_off_is_read_to_its_cut() {
    let lines: String =
        (1..4_000).map(|port| forward("2026-09-01", "10:00:00", port * 7 % 60_000)).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(lines.as_bytes()).unwrap();
    let whole = packed.finish().unwrap();
    let (ties, read) = kept(whole.get(..whole.len() / 2).unwrap());
    let read = read.unwrap();
    assert!(read.cut_off && read.seal.bytes == (whole.len() / 2) as u64, "{read:?}");
    assert!((1_000..3_000).contains(&ties.ties.len()), "{}", ties.ties.len());
    assert!(read.skips.counts.contains_key(&Reason("cut-off")), "{:?}", read.skips);
    let (_, read) = kept(&whole);
    assert!(!read.unwrap().cut_off);
}

#[test]
fn lines_of_a_day_to_come_and_clocks_that_go_back_are_told_and_tied_all_the_same() {
    let lines = [
        forward("2026-09-01", "10:00:00", 1),
        forward("2026-09-01", "10:30:00", 2),
        // An hour and a half back: set by hand, or started anew without a battery.
        forward("2026-09-01", "09:00:00", 3),
        forward("1970-01-01", "08:00:05", 4),
        forward("2026-09-01", "11:00:00", 5),
        forward("2099-09-01", "11:00:00", 6),
    ];
    let (kept, read) = kept(lines.concat().as_bytes());
    let read = read.unwrap();
    assert_eq!((read.ties, read.future, read.backwards, read.unset), (6, 1, 2, 1), "{read:?}");
    assert!(kept.ties.iter().all(|it| it.span.from_ms <= it.span.to_ms));
}

/// Reads a stream as if it were a file; tells what was kept, and the numbers of the lines that were refused.
fn streamed(mut source: impl Read) -> (Kept, LogRead, Vec<u64>) {
    let (mut kept, mut numbers) = (Kept::default(), Vec::new());
    let mut refuse = |number, _: &[u8]| numbers.push(number);
    let read = read_from(&mut source, &reading(), &mut kept, &mut |_, _| (), &mut refuse).unwrap();
    (kept, read, numbers)
}

fn understood(read: &LogRead) -> u64 {
    read.entries.iter().map(|it| it.1).sum()
}

#[test]
fn a_line_without_end_and_bytes_that_are_no_text_are_counted_and_the_rest_is_read() {
    let good = |port| forward("2026-09-01", "10:00:00", port);
    let head: String = (1..900).map(good).collect();
    assert!(head.len() > HEAD, "the opening is a log");
    let endless = io::repeat(b'x').take(100 << 20);
    let zeros = [&b"\n"[..], &[0; 3_000], b"\n\xff\xfe\xff\n"].concat();
    let tail = good(900);
    let source = head.as_bytes().chain(endless).chain(&*zeros).chain(tail.as_bytes());
    let (kept, read, numbers) = streamed(source);
    assert_eq!((understood(&read), kept.ties.len()), (900, 900), "{read:?}");
    assert_eq!(numbers, [900, 901, 902], "none is lost");
    assert_eq!((read.silent, read.skips.total()), (0, 3));
    for why in ["line-too-long", "line-shape", "line-encoding"] {
        assert!(read.skips.counts.contains_key(&Reason(why)), "{why}: {:?}", read.skips);
    }
}

#[test]
fn a_bomb_is_one_line_and_what_is_damaged_or_followed_by_something_else_is_read_to_there() {
    let head: String = (1..900).map(|port| forward("2026-09-01", "10:00:00", port)).collect();
    let packed = |more: u64| {
        let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut gzip = gzip;
        gzip.write_all(head.as_bytes()).unwrap();
        io::copy(&mut io::repeat(0).take(more), &mut gzip).unwrap();
        gzip.finish().unwrap()
    };
    let bomb = packed(256 << 20);
    assert!(bomb.len() < 4 << 20);
    let read = kept(&bomb).1.unwrap();
    assert_eq!((understood(&read), read.skips.total(), read.cut_off), (899, 1, false), "{read:?}");
    let whole = packed(0);
    let mut damaged = whole.clone();
    let checksum = damaged.len() - 8;
    damaged[checksum] ^= 0x55;
    for bytes in [damaged, [&*whole, b"something else"].concat()] {
        let read = kept(&bytes).1.unwrap();
        assert_eq!((understood(&read), read.cut_off), (899, true), "{read:?}");
        assert_eq!(read.seal.bytes, bytes.len() as u64, "the digest is that of the whole file");
    }
}

#[test]
fn of_a_file_in_many_encodings_every_line_is_counted_and_those_that_are_text_are_read() {
    let ack = |last: u8, name: &[u8]| {
        let line = format!(
            "Nov  3 09:00:{last:02} gw dhcpd[812]: DHCPACK on 10.2.0.{last} to 00:00:5e:00:53:{last:02x} ("
        );
        [line.as_bytes(), name, b") via eth1\n"].concat()
    };
    // Tongji in GBK.
    let gbk =
        [ack(10, "实验室".as_bytes()), ack(11, b"\xcd\xac\xbc\xc3"), ack(12, b"\xff\xff")].concat();
    let wide = |text: &[u8]| {
        let text = format!("\u{feff}{}", String::from_utf8_lossy(text));
        text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let plain: Vec<u8> = (13..40).flat_map(|it| ack(it, b"pc")).collect();
    let mixed = [&*gbk, &plain, &wide(&ack(50, "目".as_bytes())), b"\n", &ack(51, b"pc")].concat();
    let (ties, read) = kept(&mixed);
    let read = read.unwrap();
    let lines = mixed.split(|it| *it == b'\n').count() as u64 - 1;
    assert_eq!(understood(&read) + read.silent + read.skips.total(), lines, "{read:?}");
    assert!(read.skips.counts.contains_key(&Reason("line-encoding")), "{read:?}");
    let names: Vec<_> = ties
        .ties
        .iter()
        .filter_map(|it| match &it.what {
            Tied::Lease { host_name, .. } => host_name.as_deref(),
            _ => None,
        })
        .collect();
    assert!(names.contains(&"实验室") && names.contains(&"同济"), "{names:?}");
    assert_eq!(understood(&read), 30, "two in other encodings, 27, and the one behind UTF-16");
    // A whole file in UTF-16 is one more encoding.
    let (ties, read) = kept(&wide(&[ack(10, "实验室".as_bytes()), plain].concat()));
    assert_eq!((ties.ties.len(), read.unwrap().skips.total()), (28, 0));
}

#[test]
fn a_record_that_does_not_end_is_told() {
    let flow = "{\n\t\"t_first\" : \"2026-11-25T10:00:00.123\",\n\t\"t_last\" : \"2026-11-25T10:02:00.123\",\n\
        \t\"proto\" : 6,\n\t\"src4_addr\" : \"10.1.2.3\",\n\t\"dst4_addr\" : \"203.0.113.9\",\n\
        \t\"src_port\" : 51234,\n\t\"dst_port\" : 3333\n}\n";
    let grammar = Grammars::shipped().iter().find(|it| it.id() == "nfdump-json");
    let reading = Reading { grammar, ..reading() };
    let text = [flow, flow.strip_suffix("\n}\n").unwrap()].concat();
    let (mut kept, mut numbers) = (Kept::default(), Vec::new());
    let mut refuse = |number, _: &[u8]| numbers.push(number);
    let read = read_from(&mut text.as_bytes(), &reading, &mut kept, &mut |_, _| (), &mut refuse);
    let read = read.unwrap();
    assert_eq!((understood(&read), kept.ties.len()), (1, 1), "{read:?}");
    assert_eq!(numbers, [text.lines().count() as u64]);
    assert!(read.skips.counts.contains_key(&Reason("line-cut-off")), "{read:?}");
}

/// A syslog server writes what all devices send into one file: who speaks late is heard as well.
#[test]
fn a_product_that_speaks_behind_the_opening_is_read() {
    let early = "Nov 25 09:00:00 gw kernel: nat IN=eth1 OUT=eth0 SRC=10.1.1.5 DST=203.0.113.9 LEN=60 PROTO=TCP SPT=40000 DPT=443\n";
    let late = "<190>2026-11-25 09:58:55 FW %%01SECLOG/6/SESSION_TEARDOWN(l):IPVer=4,Protocol=tcp,SourceIP=10.1.1.6,DestinationIP=203.0.113.9,SourcePort=24394,DestinationPort=3333,SourceNatIP=198.51.100.1,SourceNatPort=24394,BeginTime=1764036000,EndTime=1764036100,SendPkts=12,SendBytes=6282,RcvPkts=20,RcvBytes=301687,SourceVpnID=0,DestinationVpnID=0,SourceZone=trust,DestinationZone=untrust,PolicyName=Permit_all,UserName=,CloseReason=tcp-fin.\n";
    let text = early.repeat(4_000) + &late.repeat(3);
    let (_, read) = kept(text.as_bytes());
    let read = read.unwrap();
    let of = |id: &str| read.entries.iter().find(|it| it.0 == id).map_or(0, |it| it.1);
    assert_eq!((of("huawei-firewall"), read.skips.total()), (3, 0), "{:?}", read.entries);
}

/// Seven products in turn: none has half of the lines.
#[test]
fn products_that_take_turns_are_read_together() {
    let lines = [
        "Nov 25 09:00:00 dhcp dhcpd[1]: DHCPACK on 10.1.1.5 to 00:00:5e:00:53:05 (pc-5) via eth0",
        "Nov 25 09:00:01 gw kernel: nat IN=eth1 OUT=eth0 SRC=10.1.1.5 DST=203.0.113.9 LEN=60 PROTO=TCP SPT=40000 DPT=443",
        "date=2026-11-25 time=09:00:02 devname=\"FGT-1\" devid=\"FG1\" eventtime=1764032402000000000 tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" srcip=10.1.1.7 srcport=5001 dstip=203.0.113.9 dstport=443 proto=6 action=\"close\" policyid=1 trandisp=\"snat\" transip=198.51.100.1 transport=5001 duration=10 sentbyte=1 rcvdbyte=1",
    ];
    let text = (lines.join("\n") + "\n").repeat(30);
    let (_, read) = kept(text.as_bytes());
    let read = read.unwrap();
    let all: u64 = read.entries.iter().map(|it| it.1).sum();
    assert_eq!((read.entries.len(), all), (3, 90), "{:?} {:?}", read.entries, read.skips);
}

#[test]
fn dnstap_is_read_like_a_log() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/dnstap/response");
    // The first byte of a seed says how many bytes come at a time.
    let stream = &std::fs::read(seed).unwrap()[1..];
    assert_eq!(recognise(stream), Some(true));
    let mut heard = 0;
    let (mut sink, mut all) = (Kept::default(), reading());
    all.assumed = Assumed::ANY;
    let mut hear = |entry: &Entry<'_>, _| heard += u32::from(entry.name.is_some());
    let mut source = stream;
    let read = read_from(&mut source, &all, &mut sink, &mut hear, &mut |_, _| {}).unwrap();
    assert_eq!((read.entries, heard), (vec![("dnstap".to_owned(), 1)], 1));
}
