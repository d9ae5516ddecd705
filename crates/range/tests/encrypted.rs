//! Encrypted carriers: what a third party can read of them, and how long their records are.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

use minehound_range::carrier::{
    Alpn, Carrier, Padding, Proxy, Sni, Socket, Suite, Tls, TlsVersion,
};
use minehound_range::dialogue::{Dialogue, Side, Turn};
use minehound_range::scenario::{Dialect, Session};

fn session(carrier: Carrier, seed: u64) -> Session {
    Session {
        carrier,
        host: "xmr.pool.example".to_owned(),
        ..Session::new(Dialect::CryptoNote, seed)
    }
}

/// The messages that a carrier was given: the same session in the clear.
fn clear(session: &Session) -> Vec<Turn> {
    let plain = Session { carrier: Carrier::Tcp, ..session.clone() };
    plain.dialogues().remove(0).turns
}

/// The writes after a handshake of so many flights, ordered within each side.
fn after(dialogue: &Dialogue, flights: usize, from: Side) -> Vec<usize> {
    let turns = dialogue.turns.iter().skip(flights);
    turns.filter(|turn| turn.from == from).map(|turn| turn.bytes.len()).collect()
}

#[test]
fn a_record_is_as_long_as_its_message_and_the_overhead_of_its_cipher() {
    for version in [TlsVersion::V12, TlsVersion::V13] {
        for suite in [Suite::AesGcm, Suite::ChaCha] {
            let carrier = Carrier::Tls(Tls { version, suite, tickets: 0, ..Tls::default() });
            let session = session(carrier, 3);
            let flights = if version == TlsVersion::V13 { 3 } else { 4 };
            let sealed = session.dialogues().remove(0);
            let plain = clear(&session);
            let overhead = suite.overhead(version);
            for from in [Side::Client, Side::Server] {
                let said = plain.iter().filter(|turn| turn.from == from);
                let said: Vec<usize> = said.map(|turn| turn.bytes.len() + overhead).collect();
                let mut heard = after(&sealed, flights, from);
                if (from, version) == (Side::Client, TlsVersion::V13) {
                    // the login goes out with the client's last flight, which has 64 bytes
                    heard.insert(0, sealed.turns[2].bytes.len() - 64);
                }
                // some that were said at the very end fall behind it after a handshake
                assert!(said.len() > 30 && said.len() - heard.len() < 3);
                assert_eq!(heard[..], said[..heard.len()]);
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_every_carrier() {
    for carrier in Carrier::usual() {
        let dialect =
            if carrier == Carrier::Noise { Dialect::StratumV2 } else { Dialect::CryptoNote };
        let make = |seed| {
            let made =
                Session { carrier, seconds: 120.0, ..Session::new(dialect, seed) }.generate();
            (made.to_pcapng(9), made.truth_json())
        };
        assert_eq!(make(1), make(1), "{}", carrier.name());
        assert_ne!(make(1).0, make(2).0, "{}", carrier.name());
        let once = Session { carrier, ..Session::new(dialect, 1) }.dialogues().remove(0);
        assert!(once.turns.is_sorted_by_key(|turn| turn.time_ns), "{}", carrier.name());
        assert_eq!(once.mining.unwrap().carrier, carrier.name());
    }
}

#[test]
fn nothing_of_the_dialect_can_be_read_in_an_encrypted_carrier() {
    for carrier in [Carrier::tls(), Carrier::wss(), Carrier::Noise] {
        let dialect =
            if carrier == Carrier::Noise { Dialect::StratumV2 } else { Dialect::CryptoNote };
        let made = Session { carrier, ..Session::new(dialect, 5) }.dialogues().remove(0);
        let login = &made.mining.as_ref().unwrap().logins[0].account;
        for turn in &made.turns {
            let seen = turn.bytes.windows(login.len()).any(|at| at == login.as_bytes());
            assert!(!seen, "{}", carrier.name());
        }
    }
}

#[test]
fn stratum_v2_opens_with_64_and_234_bytes_and_shares_have_62() {
    let session = Session { carrier: Carrier::Noise, ..Session::new(Dialect::StratumV2, 7) };
    let made = session.dialogues().remove(0);
    assert_eq!((made.turns[0].from, made.turns[0].bytes.len()), (Side::Client, 64));
    assert_eq!((made.turns[1].from, made.turns[1].bytes.len()), (Side::Server, 234));
    let shares = made.turns.iter().skip(6).filter(|turn| turn.from == Side::Client);
    let sizes: Vec<usize> = shares.map(|turn| turn.bytes.len()).collect();
    assert_eq!(sizes.len() as u64, made.mining.unwrap().shares.submitted);
    assert!(sizes.iter().all(|size| *size == 62), "{sizes:?}");
}

fn tshark(made: &Session, fields: &[&str], filter: &str) -> Option<Vec<Vec<String>>> {
    let name = format!("range-{}-{}", std::process::id(), made.seed);
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, made.generate().to_pcapng(9)).unwrap();
    let port = made.server.port();
    let out = Command::new("tshark")
        .args(["-d", &format!("tcp.port=={port},tls"), "-T", "fields", "-Y", filter])
        .args(fields.iter().flat_map(|field| ["-e", field]))
        .arg("-r")
        .arg(&file)
        .output();
    let _ = std::fs::remove_file(&file);
    let Ok(out) = out else {
        eprintln!("skipped: tshark is not installed");
        return None;
    };
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    Some(text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

#[test]
fn tshark_sees_the_handshake_its_version_its_name_and_its_certificates() {
    let cases = [
        (TlsVersion::V13, Sni::Host, Alpn::None, "xmr.pool.example", ""),
        (TlsVersion::V12, Sni::Host, Alpn::Http1, "xmr.pool.example", "http/1.1"),
        (TlsVersion::V13, Sni::None, Alpn::Http2, "", "h2,http/1.1"),
    ];
    for (seed, (version, sni, alpn, name, offered)) in (60..).zip(cases) {
        let session = session(Carrier::Tls(Tls { version, sni, alpn, ..Tls::default() }), seed);
        let hello = ["tls.handshake.extensions_server_name", "tls.handshake.extensions_alpn_str"];
        let Some(hellos) = tshark(&session, &hello, "tls.handshake.type == 1") else { return };
        assert_eq!(hellos, [[name, offered]]);
        let field = match version {
            TlsVersion::V12 => "tls.handshake.version",
            TlsVersion::V13 => "tls.handshake.extensions.supported_version",
        };
        let chosen = tshark(&session, &[field], "tls.handshake.type == 2").unwrap();
        assert_eq!(chosen, [[if version == TlsVersion::V12 { "0x0303" } else { "0x0304" }]]);
        if version == TlsVersion::V12 {
            let field = ["x509ce.dNSName", "x509sat.uTF8String"];
            let found = tshark(&session, &field, "tls.handshake.type == 11").unwrap();
            assert!(found[0][0].contains("xmr.pool.example"), "{found:?}");
            assert!(found[0][1].contains("Example Authority"), "{found:?}");
        }
        let bad =
            tshark(&session, &["frame.number"], "_ws.malformed || tls.alert_message").unwrap();
        assert!(bad.is_empty(), "{bad:?}");
    }
}

#[test]
fn tshark_finds_tls_behind_a_proxy_and_with_a_websocket_inside() {
    for (seed, proxy) in (70..).zip([None, Some(Proxy::HttpConnect), Some(Proxy::Socks5)]) {
        let tls = Tls { proxy, socket: Some(Socket::Plain), ..Tls::default() };
        let mut session = session(Carrier::Tls(tls), seed);
        if proxy.is_some() {
            // its own dissectors for proxies hand on to TLS
            session.server.set_port(if proxy == Some(Proxy::Socks5) { 1080 } else { 8080 });
            session.port = 443;
        }
        let made = session.dialogues().remove(0);
        let hello = made.turns.iter().find(|turn| turn.bytes.starts_with(&[22, 3, 1]));
        let place = made.turns.iter().position(|turn| Some(turn) == hello).unwrap();
        assert_eq!(
            place,
            match proxy {
                None => 0,
                Some(Proxy::HttpConnect) => 2,
                Some(Proxy::Socks5) => 4,
            }
        );
        if proxy.is_none() {
            let filter = "tls.handshake.type == 1";
            let Some(seen) = tshark(&session, &["frame.number"], filter) else { return };
            assert_eq!(seen.len(), 1);
        }
    }
}

#[test]
fn a_dialogue_of_any_kind_can_go_over_tls() {
    let plain = Session { carrier: Carrier::Tcp, ..Session::new(Dialect::Kaspa, 4) };
    let plain = plain.dialogues().remove(0);
    let tls = Tls { padding: Padding::Block(64), ..Tls::default() };
    let sealed = plain.clone().over_tls(tls, "app.example", 9);
    // four flights, one of which the first message joins
    assert_eq!(sealed.turns.len(), plain.turns.len() + 3);
    assert!(sealed.turns.is_sorted_by_key(|turn| turn.time_ns));
    let sizes = after(&sealed, 4, Side::Client);
    assert!(sizes.iter().all(|size| (size - 22) % 64 == 0), "{sizes:?}");
}
