//! Tunnels: the sizes and times that a sensor sees of them, and what is true inside.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

use minehound_range::dialogue::{Dialogue, Side};
use minehound_range::packets::Shape;
use minehound_range::scenario::{Dialect, Generated, Session};
use minehound_range::tunnel::{Tunnel, TunnelKind};

fn through(kind: TunnelKind, other_per_second: f64) -> Dialogue {
    let tunnel = Tunnel { other_per_second, ..Tunnel::new(kind) };
    let session =
        Session { tunnel: Some(tunnel), seconds: 1_800.0, ..Session::new(Dialect::CryptoNote, 5) };
    session.dialogues().remove(0)
}

fn idle(kind: TunnelKind) -> Option<Dialogue> {
    let client = "192.168.1.9".parse().unwrap();
    let start = 1_767_600_000_000_000_000;
    Tunnel::new(kind).around(&[], client, start, start + 1_800_000_000_000, 3).pop()
}

fn sizes(flow: &Dialogue, from: Side) -> Vec<usize> {
    let turns = flow.turns.iter().filter(|turn| turn.from == from);
    turns.map(|turn| turn.bytes.len()).collect()
}

#[test]
fn the_truth_of_what_is_inside_stands_with_the_outer_flow() {
    for kind in TunnelKind::ALL {
        let flow = through(kind, 0.0);
        assert_eq!(TunnelKind::from_name(kind.name()), Some(kind));
        assert_eq!(flow.server, Tunnel::new(kind).endpoint);
        assert!(flow.turns.is_sorted_by_key(|turn| turn.time_ns), "{}", kind.name());
        let mining = flow.mining.unwrap();
        assert_eq!(mining.tunnel.as_deref(), Some(kind.name()));
        assert_eq!(mining.evasion, ["tunnel"]);
        assert!(mining.shares.accepted > 50);
        assert_eq!((mining.hashrate, mining.carrier.as_str()), (9_000.0, "tcp"));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for kind in TunnelKind::ALL {
        assert_eq!(through(kind, 1.0).turns, through(kind, 1.0).turns);
    }
}

#[test]
fn nothing_inside_shows() {
    for kind in TunnelKind::ALL {
        let flow = through(kind, 0.0);
        let shows = |bytes: &[u8]| bytes.windows(7).any(|at| at == b"jsonrpc");
        assert!(!flow.turns.iter().any(|turn| shows(&turn.bytes)), "{}", kind.name());
    }
}

#[test]
fn wireguard_makes_new_keys_every_two_minutes_and_fills_up_to_sixteen() {
    let flow = through(TunnelKind::WireGuard, 0.2);
    assert_eq!((sizes(&flow, Side::Client)[0], sizes(&flow, Side::Server)[0]), (148, 92));
    let begun: Vec<u64> = flow
        .turns
        .iter()
        .filter(|turn| turn.bytes.len() == 148 && turn.bytes[0] == 1)
        .map(|turn| turn.time_ns / 1_000_000_000)
        .collect();
    assert!((12..=16).contains(&begun.len()), "{}", begun.len());
    assert!(begun.windows(2).all(|pair| (120..=150).contains(&(pair[1] - pair[0]))));
    for turn in &flow.turns {
        match turn.bytes[0] {
            1 => assert_eq!(turn.bytes.len(), 148),
            2 => assert_eq!(turn.bytes.len(), 92),
            _ => assert_eq!(turn.bytes.len() % 16, 0),
        }
    }
    assert!(flow.turns.iter().any(|turn| turn.bytes.len() == 32));
}

#[test]
fn an_idle_wireguard_says_nothing_but_keepalives_and_keys() {
    let flow = idle(TunnelKind::WireGuard).unwrap();
    assert_eq!(flow.kind, "tunnel");
    assert!(flow.turns.iter().all(|turn| [32, 148, 92].contains(&turn.bytes.len())));
    let keepalives = sizes(&flow, Side::Client).iter().filter(|size| **size == 32).count();
    assert!((70..=74).contains(&keepalives), "{keepalives}");
}

#[test]
fn messages_have_their_lengths_and_the_overhead_of_the_tunnel() {
    let plain = Session { seconds: 1_800.0, ..Session::new(Dialect::CryptoNote, 5) };
    let plain = plain.dialogues().remove(0);
    let lengths = |from| sizes(&plain, from).into_iter().skip(1);
    let ssh = sizes(&through(TunnelKind::Ssh, 0.0), Side::Client);
    for length in lengths(Side::Client) {
        let padded = (1 + 9 + length + 4).next_multiple_of(8) + 20;
        assert!(ssh.contains(&padded), "{length}");
    }
    let shadow = sizes(&through(TunnelKind::Shadowsocks, 0.0), Side::Server);
    for length in lengths(Side::Server) {
        assert!(shadow.contains(&(length + 34)), "{length}");
    }
    let vpn = sizes(&through(TunnelKind::OpenVpnUdp, 0.0), Side::Client);
    for length in lengths(Side::Client) {
        assert!(vpn.contains(&(length + 52 + 24)), "{length}");
    }
    // pings: sixteen bytes of magic
    assert!(vpn.contains(&40));
}

#[test]
fn other_traffic_comes_at_the_rate_that_was_asked() {
    for kind in [TunnelKind::WireGuard, TunnelKind::Ssh, TunnelKind::OpenVpnTcp] {
        let (quiet, busy) = (through(kind, 0.0), through(kind, 2.0));
        let more = busy.turns.len() - quiet.turns.len();
        // 1,800 seconds at two a second, less the keepalives that are no longer needed
        assert!((2_900..4_300).contains(&more), "{}: {more}", kind.name());
    }
    let tunnel = Tunnel { other_per_second: 1.0, ..Tunnel::new(TunnelKind::Shadowsocks) };
    let session = Session { tunnel: Some(tunnel), ..Session::new(Dialect::CryptoNote, 5) };
    let flows = session.dialogues();
    assert_eq!(flows.iter().filter(|flow| flow.mining.is_some()).count(), 1);
    assert_eq!(flows.len(), 2);
}

#[test]
fn tshark_knows_wireguard_openvpn_and_ssh() {
    let cases = [
        (TunnelKind::WireGuard, "wg.type == 1", "_ws.malformed"),
        (TunnelKind::WireGuard, "wg.keepalive", "_ws.malformed"),
        // without the key it cannot know that the control channel is encrypted
        (TunnelKind::OpenVpnUdp, "openvpn.opcode == 9", "_ws.malformed && openvpn.opcode == 9"),
        (TunnelKind::Ssh, "ssh.protocol", "_ws.malformed"),
    ];
    for (place, (kind, filter, wrong)) in cases.into_iter().enumerate() {
        let made = Generated::from_dialogues(&[through(kind, 0.5)], &Shape::default(), 1);
        let name = format!("range-{}-tunnel-{place}", std::process::id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, made.to_pcapng(9)).unwrap();
        let run =
            |filter: &str| Command::new("tshark").args(["-Y", filter, "-r"]).arg(&file).output();
        let (seen, bad) = (run(filter), run(wrong));
        let _ = std::fs::remove_file(&file);
        let (Ok(seen), Ok(bad)) = (seen, bad) else {
            eprintln!("skipped: tshark is not installed");
            return;
        };
        assert!(!seen.stdout.is_empty(), "{filter}");
        assert_eq!(String::from_utf8_lossy(&bad.stdout), "", "{filter}");
    }
}
