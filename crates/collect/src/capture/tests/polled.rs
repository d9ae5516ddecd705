//! Work that is polled, over one connection per request.

use super::*;

/// A request and its answer over HTTP on a connection of its own.
fn exchange(second: u32, port: u16, ask: &str, answer: &str) -> Vec<(u32, Vec<u8>)> {
    let ask = format!(
        "POST / HTTP/1.1\r\nHost: node.example\r\nUser-Agent: script/1\r\nContent-Length: {}\r\n\r\n{ask}",
        ask.len()
    );
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
    let mut frames = vec![segment(true, 1, &ask), segment(false, 1, &answer)];
    for (frame, place) in frames.iter_mut().zip([20, 22]) {
        frame[place..place + 2].copy_from_slice(&port.to_be_bytes());
    }
    frames.into_iter().map(|frame| (second, frame)).collect()
}

const TEMPLATE: &str = r#"{"id":1,"method":"getblocktemplate","params":[{"rules":["segwit"]}]}"#;
const ETHEREUM_WORK: &str = r#"{"id":1,"method":"eth_getWork","params":[]}"#;

fn template() -> String {
    let hash = "0".repeat(64);
    format!(
        r#"{{"id":1,"result":{{"previousblockhash":"{hash}","transactions":[],"bits":"1702905c"}}}}"#
    )
}

/// So many requests, so many seconds apart.
fn polls(ask: &str, answer: &str, count: u16, pause_s: u32) -> Vec<(u32, Vec<u8>)> {
    let at = |it: u16| exchange(1000 + u32::from(it) * pause_s, 41000 + it, ask, answer);
    (0..count).flat_map(at).collect()
}

#[test]
fn work_polled_over_one_connection_per_request_is_one_act() {
    let header = format!(r#"{{"id":1,"result":["0x{0}","0x{0}","0x{0}"]}}"#, "0f".repeat(32));
    for (ask, answer, dialect) in
        [(TEMPLATE, &template(), "getblocktemplate"), (ETHEREUM_WORK, &header, "eth-getwork")]
    {
        let (collected, _) = collect(&[pcap(&polls(ask, answer, 8, 5))]);
        let found = sessions(&collected);
        assert_eq!(found.len(), 8, "a session per flow");
        for (_, session) in found {
            assert!(session.because.contains(&Because::Polled));
            assert!(session.because.contains(&Because::WorkServed));
            assert_eq!((session.dialect.as_str(), session.carrier.as_str()), (dialect, "http"));
            assert_eq!((session.agent.as_deref(), session.jobs), (Some("script/1"), 1));
        }
    }
}

#[test]
fn a_wallet_a_monitor_and_a_node_that_gives_nothing_are_not_polled() {
    let refusal = r#"{"id":1,"result":null,"error":{"code":-9,"message":"not connected"}}"#;
    for (answer, count, pause_s, who) in [
        (template(), 1, 1, "a wallet asks once"),
        (template(), 5, 1, "somebody tries the call by hand"),
        (template(), 120, 60, "a monitor looks once a minute"),
        (template(), 120, 15, "a monitor looks four times a minute"),
        (refusal.to_owned(), 120, 5, "a node that gives no work"),
    ] {
        let (collected, _) = collect(&[pcap(&polls(TEMPLATE, &answer, count, pause_s))]);
        assert_eq!(sessions(&collected).len(), 0, "{who}");
    }
    let work = format!(r#"{{"id":1,"result":["0x{0}","0x{0}","0x{0}"]}}"#, "00".repeat(32));
    let (collected, _) = collect(&[pcap(&polls(ETHEREUM_WORK, &work, 60, 60))]);
    assert_eq!(sessions(&collected).len(), 0, "a monitor of an Ethereum node");
}

#[test]
fn a_block_handed_in_on_its_own_connection_belongs_to_the_requests_before() {
    let submit = format!(r#"{{"id":1,"method":"submitblock","params":["{}"]}}"#, "00".repeat(200));
    let mut frames = polls(TEMPLATE, &template(), 4, 30);
    frames.extend(exchange(1095, 42000, &submit, r#"{"id":1,"result":null,"error":null}"#));
    let (collected, _) = collect(&[pcap(&frames)]);
    let found = sessions(&collected);
    assert_eq!(found.iter().filter(|it| it.1.because.contains(&Because::Polled)).count(), 5);
    assert_eq!(found.iter().map(|it| it.1.shares.accepted).sum::<u64>(), 1);
    let alone = pcap(&exchange(1095, 42000, &submit, r#"{"id":1,"result":null,"error":null}"#));
    let (collected, _) = collect(&[alone]);
    assert!(!sessions(&collected)[0].1.because.contains(&Because::Polled));
}
