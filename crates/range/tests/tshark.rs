//! What an independent reader says: every frame is well-formed and every checksum right. Skipped
//! with a notice where tshark is not installed.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::net::IpAddr;
use std::path::Path;
use std::process::Command;

use minehound_range::capture::{PcapStyle, pcapng};
use minehound_range::dialogue::Side;
use minehound_range::innocent::Innocent;
use minehound_range::packets::{Link, Shape, Tag};
use minehound_range::rng::hex;
use minehound_range::scenario::{Dialect, Generated, Session, merge, sample_office};

const GOOD: &str = "frame";
/// Anything that a sound capture of sound hosts does not have. Application dissectors are off:
/// they guess by port number.
const BAD: &str = "_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 \
     || udp.checksum.status == 0 || tcp.analysis.retransmission || tcp.analysis.lost_segment \
     || tcp.analysis.ack_lost_segment || tcp.analysis.out_of_order";

fn tshark(file: &Path, filter: &str) -> Option<Vec<String>> {
    let out = Command::new("tshark")
        .args(["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"])
        .args(["-o", "udp.check_checksum:TRUE", "-o", "tcp.desegment_tcp_streams:FALSE"])
        .args(["--disable-protocol", "smpp", "-r"])
        .arg(file)
        .args(["-Y", filter])
        .output()
        .ok()?;
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(String::from_utf8_lossy(&out.stdout).lines().map(str::to_owned).collect())
}

fn check(frames: usize, files: &[(&str, Vec<u8>)]) {
    for (name, bytes) in files {
        let file = std::env::temp_dir().join(format!("range-{}-{name}", std::process::id()));
        std::fs::write(&file, bytes).unwrap();
        let (all, bad) = (tshark(&file, GOOD), tshark(&file, BAD));
        let _ = std::fs::remove_file(&file);
        let (Some(all), Some(bad)) = (all, bad) else { continue };
        assert_eq!(all.len(), frames, "{name}");
        assert!(bad.is_empty(), "{name}: {:#?}", &bad[..bad.len().min(3)]);
    }
}

fn absent() -> bool {
    let absent = Command::new("tshark").arg("--version").output().is_err();
    if absent {
        eprintln!("skipped: tshark is not installed");
    }
    absent
}

#[test]
fn tshark_finds_nothing_wrong_with_any_scenario() {
    if absent() {
        return;
    }
    let mut seed = 0;
    let dialects = Dialect::ALL.map(|dialect| {
        seed += 1;
        Session { seconds: 150.0, ..Session::new(dialect, seed) }.generate()
    });
    let host = "192.168.1.40".parse().unwrap();
    let innocent = Innocent::ALL.map(|kind| kind.generate(host, 1_000_000_000, 100.0, 8));
    let mut parts: Vec<Generated> = dialects.into();
    parts.extend(innocent);
    parts.push(sample_office(1));
    let made = merge(parts);
    let style = PcapStyle { nanoseconds: true, big_endian: true };
    check(
        made.frames.len(),
        &[("all.pcapng", made.to_pcapng(9)), ("all.pcap", made.to_pcap(style))],
    );
}

#[test]
fn tshark_finds_the_miner_through_every_wrapping() {
    if absent() {
        return;
    }
    let shape = |link, tags: &[Tag]| Shape { link, tags: tags.to_vec(), ..Shape::default() };
    let shapes = [
        shape(Link::Raw, &[]),
        shape(Link::Cooked, &[]),
        shape(Link::Cooked2, &[]),
        shape(Link::Loopback, &[]),
        shape(Link::Ethernet, &[Tag::Vlan(7)]),
        shape(Link::Ethernet, &[Tag::QinQ(100, 7)]),
        shape(Link::Ethernet, &[Tag::PppOE(9)]),
        shape(Link::Ethernet, &[Tag::Mpls(16_000), Tag::Mpls(17)]),
        shape(Link::Ethernet, &[Tag::Gre]),
        shape(Link::Ethernet, &[Tag::Vlan(7), Tag::Vxlan(42)]),
        Shape { segment: 1, ..Shape::default() },
        Shape { fragment: Some(256), ..Shape::default() },
    ];
    let mut made = Vec::new();
    for shape in shapes {
        for six in [false, true] {
            let place = u16::try_from(made.len()).unwrap();
            let client = if six {
                IpAddr::from([0xfd00, 0, 0, 0, 0, 0, 0, place])
            } else {
                IpAddr::from([10, 0, 0, u8::try_from(place).unwrap()])
            };
            let mut session = Session {
                seconds: 60.0,
                shape: shape.clone(),
                client,
                ..Session::new(Dialect::CryptoNote, 3)
            };
            if six {
                session.server = "[2001:db8::7]:4444".parse().unwrap();
            }
            made.push(session.generate());
        }
    }
    let interfaces: Vec<(&Generated, u8)> = made.iter().map(|one| (one, 9)).collect();
    let file = pcapng(&interfaces, true);
    check(made.iter().map(|one| one.frames.len()).sum(), &[("shapes.pcapng", file.clone())]);
    let path = std::env::temp_dir().join(format!("range-{}-opens", std::process::id()));
    std::fs::write(&path, file).unwrap();
    let opened = tshark(&path, "tcp.dstport == 4444 && tcp.flags.syn == 1 && tcp.flags.ack == 0");
    let _ = std::fs::remove_file(&path);
    assert_eq!(opened.map_or(made.len(), |opened| opened.len()), made.len());
}

#[test]
fn tshark_puts_the_same_bytes_together_that_were_said() {
    if absent() {
        return;
    }
    let shapes = [
        Shape::default(),
        Shape { segment: 1, ..Shape::default() },
        Shape { segment: 90, coalesce: true, resend: 0.5, ..Shape::default() },
        Shape { segment: 90, fragment: Some(64), ..Shape::default() },
    ];
    for shape in shapes {
        let session = Session { shape, seconds: 200.0, ..Session::new(Dialect::EthProxy, 5) };
        let mut said = [String::new(), String::new()];
        for turn in session.dialogues().remove(0).turns {
            said[usize::from(turn.from == Side::Server)].push_str(&hex(&turn.bytes));
        }
        let file = std::env::temp_dir().join(format!("range-{}-follow", std::process::id()));
        std::fs::write(&file, session.generate().to_pcapng(9)).unwrap();
        let out = Command::new("tshark")
            .args(["-q", "-z", "follow,tcp,raw,0", "-r"])
            .arg(&file)
            .output()
            .unwrap();
        let _ = std::fs::remove_file(&file);
        let mut heard = [String::new(), String::new()];
        for line in String::from_utf8_lossy(&out.stdout).lines() {
            let side = usize::from(line.starts_with('\t'));
            let line = line.trim();
            if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                heard[side].push_str(line);
            }
        }
        assert_eq!(heard, said, "{:?}", session.shape);
    }
}
