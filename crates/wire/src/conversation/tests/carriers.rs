//! Dialects inside other protocols.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::session::Carrier;

const STRATUM: &str = r#"
> {"id":1,"method":"mining.subscribe","params":["m/1"]}
< {"id":1,"result":[[["mining.notify","a"]],"00",4],"error":null}
> {"id":2,"method":"mining.authorize","params":["acct.rig","x"]}
< {"id":2,"result":true,"error":null}
"#;

fn line(from: End, bytes: &[u8]) -> Line {
    Line { from, at_s: 0, bytes: bytes.to_vec() }
}

fn behind(opening: &[(End, &[u8])], inner: &str) -> Session {
    let mut lines: Vec<Line> = opening.iter().map(|(from, bytes)| line(*from, bytes)).collect();
    lines.extend(script(inner));
    let session = hear(&lines, true, usize::MAX).expect("mining");
    for size in [1, 3] {
        let pieces = hear(&lines, true, size).expect("mining in pieces");
        assert_eq!(pieces.accounts, session.accounts);
        assert_eq!(pieces.carriers, session.carriers);
    }
    session
}

#[test]
fn connect_tunnels_are_looked_into() {
    let session = behind(
        &[
            (End::Opener, b"CONNECT pool.example:3333 HTTP/1.1\r\nHost: pool.example:3333\r\n\r\n"),
            (End::Answerer, b"HTTP/1.1 200 Connection established\r\n\r\n"),
        ],
        STRATUM,
    );
    assert_eq!(session.carriers, [Carrier::HttpConnect]);
    assert_eq!(session.named_host.as_deref(), Some("pool.example:3333"));
    assert_eq!(logins(&session), [("acct.rig", None, Login::Accepted)]);
}

#[test]
fn socks_tunnels_are_looked_into() {
    let name = b"\x05\x01\x00\x03\x0cpool.example\x0d\x05".as_slice();
    let granted = b"\x05\x00\x00\x01\x01\x02\x03\x04\x0d\x05".as_slice();
    for (carrier, opening) in [
        (
            Carrier::Socks5,
            vec![
                (End::Opener, b"\x05\x01\x00".as_slice()),
                (End::Answerer, b"\x05\x00"),
                (End::Opener, name),
                (End::Answerer, granted),
            ],
        ),
        (
            Carrier::Socks5,
            vec![
                (End::Opener, b"\x05\x02\x00\x02"),
                (End::Answerer, b"\x05\x02"),
                (End::Opener, b"\x01\x01u\x01p"),
                (End::Answerer, b"\x01\x00"),
                (End::Opener, name),
                (End::Answerer, granted),
            ],
        ),
        (
            Carrier::Socks4,
            vec![
                (End::Opener, b"\x04\x01\x0d\x05\x00\x00\x00\x01u\0pool.example\0"),
                (End::Answerer, b"\x00\x5a\x00\x00\x00\x00\x00\x00"),
            ],
        ),
    ] {
        let session = behind(&opening, STRATUM);
        assert_eq!(session.carriers, [carrier]);
        assert_eq!(session.named_host.as_deref(), Some("pool.example:3333"));
        assert_eq!(logins(&session), [("acct.rig", None, Login::Accepted)]);
    }
}

#[test]
fn tls_in_a_tunnel_is_left_to_others() {
    let mut conversation = Conversation::new(stamp(0), true);
    conversation.push(End::Opener, stamp(0), b"CONNECT pool.example:443 HTTP/1.1\r\n\r\n");
    conversation.push(End::Answerer, stamp(0), b"HTTP/1.1 200 OK\r\n\r\n");
    assert_eq!(
        conversation.push(End::Opener, stamp(0), b"\x16\x03\x01\x02\x00"),
        Standing::NotMining
    );
    assert_eq!(conversation.tunnel_target(), Some("pool.example:443"));
    assert_eq!(conversation.finish(stamp(0)), None);
}

fn frame(content: &str, masked: bool) -> Vec<u8> {
    let content = content.as_bytes();
    let mask = if masked { [0xa1, 0xb2, 0xc3, 0xd4] } else { [0; 4] };
    let flag = if masked { 0x80 } else { 0 };
    let mut bytes = vec![0x81];
    if content.len() < 126 {
        bytes.push(flag | u8::try_from(content.len()).unwrap());
    } else {
        bytes.push(flag | 0x7e);
        bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
    }
    if masked {
        bytes.extend(mask);
    }
    bytes.extend(content.iter().enumerate().map(|(index, byte)| byte ^ mask[index % 4]));
    bytes
}

fn web_socket(inner: &str) -> Vec<Line> {
    let mut lines = vec![
        line(End::Opener, b"GET /proxy HTTP/1.1\r\nHost: ws.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"),
        line(End::Answerer, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    ];
    lines.extend(script(inner).into_iter().map(|line| {
        let text = String::from_utf8(line.bytes).unwrap();
        Line { bytes: frame(text.trim(), line.from == End::Opener), ..line }
    }));
    lines
}

const COINHIVE: &str = r#"
> {"type":"auth","params":{"site_key":"k3y","type":"user","user":"visitor","goal":0}}
< {"type":"authed","params":{"token":"","hashes":0}}
< {"type":"job","params":{"job_id":"1","blob":"0606HASHHASHHASH","target":"ffffff00"}}
+ 256
> {"type":"submit","params":{"job_id":"1","nonce":"01020304","result":"HASH"}}
< {"type":"hash_accepted","params":{"hashes":256}}
"#;

#[test]
fn mining_in_a_page_is_followed_through() {
    let lines = web_socket(COINHIVE);
    let session = check_lines(&lines);
    assert_eq!(
        (session.dialect, session.carriers.as_slice()),
        (Dialect::Coinhive, [Carrier::Websocket].as_slice())
    );
    assert_eq!(logins(&session), [("k3y", Some("visitor"), Login::Accepted)]);
    assert_eq!(session.named_host.as_deref(), Some("ws.example"));
    assert_eq!((shares(&session), session.exposed_shares), ([1, 1, 0, 0], 1));
    close(session.exposure, 1.0);
    let middle = hear(&lines[4..], false, usize::MAX).unwrap();
    assert_eq!((middle.dialect, middle.jobs), (Dialect::Coinhive, 1));
}

#[test]
fn pages_that_name_their_pool_are_known() {
    let session = check_lines(&web_socket(
        r#"
        > {"identifier":"handshake","pool":"moneroocean.stream","login":"WALLET","password":"x","userid":"u","version":7}
        < {"identifier":"job","job_id":"1","blob":"0606HASHHASHHASH","target":"ffffff00","algo":"cn/r"}
        > {"identifier":"solved","job_id":"1","nonce":"01020304","result":"HASH"}
        < {"identifier":"hashsolved"}
    "#,
    ));
    assert_eq!((session.dialect, shares(&session)), (Dialect::Coinhive, [1, 1, 0, 0]));
    assert_eq!(session.accounts[0].state, Login::Accepted);
}

#[test]
fn nimiq_says_nothing_of_good_shares() {
    let block = "A".repeat(200);
    let session = check_lines(&web_socket(&r#"
        > {"message":"register","mode":"nano","address":"NQ07 0000 0000","deviceId":7,"deviceName":"rig","genesisHash":"Jkq="}
        < {"message":"registered"}
        < {"message":"settings","address":"NQ07 0000 0000","extraData":"J8=","target":1.7668470647783843e+72,"nonce":1}
        < {"message":"new-block","bodyHash":"rC=","accountsHash":"9G=","previousBlock":"BLOCK"}
        + 10
        > {"message":"share","block":"BLOCK"}
        > {"message":"share","block":"BLOCK"}
        < {"message":"error","reason":"Invalid PoW"}
    "#.replace("BLOCK", &block)));
    assert_eq!((session.dialect, shares(&session)), (Dialect::Nimiq, [2, 0, 1, 0]));
    assert_eq!(logins(&session), [("NQ07 0000 0000", Some("rig"), Login::Accepted)]);
    close(session.targets[0].difficulty, 65_536.0);
    assert_eq!(session.exposed_shares, 1);
}

#[test]
fn any_dialect_rides_on_web_socket() {
    let session = check_lines(&web_socket(STRATUM));
    assert_eq!(
        (session.dialect, session.carriers.as_slice()),
        (Dialect::StratumV1, [Carrier::Websocket].as_slice())
    );
}

#[test]
fn compression_on_request_is_undone() {
    let mut lines = script(
        r#"
        > {"id":0,"method":"mining.hello","params":["alph/1","AlephiumStratum/1.0.0"]}
        < {"id":0,"result":["AlephiumStratum/1.0.0",false,"b4","5","node"]}
        > {"id":1,"method":"connection.set_gzip"}
        < {"id":1,"result":true}
    "#,
    );
    let zip = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    lines.push(line(
        End::Opener,
        &zip("{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"1alph.rig\",\"x\"]}\n"),
    ));
    lines.push(line(End::Answerer, &zip("{\"id\":3,\"result\":\"w\"}\n")));
    lines.push(line(
        End::Answerer,
        &zip("{\"method\":\"mining.notify\",\"params\":[\"1\",\"0\",\"00ff00ff\"]}\n"),
    ));
    let session = check_lines(&lines);
    assert_eq!((session.dialect, session.jobs), (Dialect::Alephium, 1));
    assert_eq!(session.carriers, [Carrier::Gzip]);
    assert_eq!(logins(&session), [("1alph.rig", None, Login::Accepted)]);
}

#[test]
fn lost_bytes_cost_only_their_messages() {
    let mut conversation = Conversation::new(stamp(0), true);
    conversation.push(
        End::Opener,
        stamp(0),
        b"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"a\"",
    );
    conversation.gap(End::Opener, stamp(1));
    conversation.push(
        End::Opener,
        stamp(1),
        b"gone\"]}\n{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"a.b\"]}\n",
    );
    let session = conversation.finish(stamp(2)).unwrap();
    assert!(session.gaps);
    assert_eq!((session.subscribed, session.accounts.len()), (true, 1));
}

#[test]
fn messages_cut_by_a_short_snaplen_are_graded() {
    let mut conversation = Conversation::new(stamp(0), true);
    for (from, bytes) in [
        (End::Opener, b"{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"a.b\",".as_slice()),
        (End::Answerer, b"{\"id\":null,\"method\":\"mining.notify\",\"params"),
        (
            End::Opener,
            b"{\"params\":[\"a.b\",\"1\",\"00\"],\"id\":4,\"method\":\"mining.submit\",\"x",
        ),
    ] {
        conversation.push(from, stamp(0), bytes);
        conversation.gap(from, stamp(0));
    }
    conversation.push(End::Answerer, stamp(1), b"{\"id\":4,\"result\":true,\"error\":null}\n");
    let session = conversation.finish(stamp(2)).unwrap();
    assert_eq!((session.dialect, shares(&session)), (Dialect::StratumV1, [1, 1, 0, 0]));
    assert_eq!((session.accounts[0].login.as_str(), session.jobs), ("a.b", 1));
}

#[test]
fn cryptonote_cut_by_a_short_snaplen_is_graded() {
    let (wallet, blob) = ("4".repeat(95), "10".repeat(52));
    let login = format!(
        "{{\"id\":1,\"method\":\"login\",\"params\":{{\"login\":\"{wallet}\",\"pass\":\"x\",\"agent\":\"XMRig/6.2"
    );
    let job = format!("{{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":{{\"blob\":\"{blob}");
    let share = format!(
        "{{\"id\":4,\"jsonrpc\":\"2.0\",\"method\":\"submit\",\"params\":{{\"id\":\"a\",\"job_id\":\"b\",\"nonce\":\"0011aabb\",\"result\":\"{}",
        "ab".repeat(20)
    );
    let mut conversation = Conversation::new(stamp(0), true);
    for (from, bytes) in [
        (End::Opener, login.as_str()),
        (End::Answerer, job.as_str()),
        (End::Opener, share.as_str()),
    ] {
        conversation.push(from, stamp(0), bytes.as_bytes());
        conversation.gap(from, stamp(0));
    }
    let accepted =
        b"{\"id\":4,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"status\":\"OK\"}}\n";
    conversation.push(End::Answerer, stamp(1), accepted);
    let session = conversation.finish(stamp(2)).unwrap();
    assert_eq!((session.dialect, shares(&session)), (Dialect::Cryptonote, [1, 1, 0, 0]));
    assert_eq!((session.accounts[0].login.as_str(), session.jobs), (wallet.as_str(), 1));
}
