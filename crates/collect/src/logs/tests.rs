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
    assert_eq!((read.ties, read.future, read.backwards), (6, 1, 2), "{read:?}");
    assert!(kept.ties.iter().all(|it| it.span.from_ms <= it.span.to_ms));
}
