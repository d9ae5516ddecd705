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
