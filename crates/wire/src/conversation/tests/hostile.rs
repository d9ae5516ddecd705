//! Bytes that mean harm.

use proptest::prelude::*;

use super::*;

const SEED: &str = r#"
> {"id":1,"method":"mining.subscribe","params":["cgminer/4.10.0"]}
< {"id":1,"result":[[["mining.set_difficulty","b4b6"],["mining.notify","ae68"]],"08000002",4],"error":null}
> {"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"WALLET","pass":"x","agent":"XMRig/6.21.0","algo":["rx/0"]}}
< {"jsonrpc":"2.0","method":"job","params":{"blob":"1010HASHHASHHASH","job_id":"j2","target":"dc460300"}}
> {"id":3,"jsonrpc":"2.0","method":"submit","params":{"id":"s1","job_id":"j1","nonce":"01020305","result":"HASH"}}
< {"jsonrpc":"2.0","id":3,"error":{"code":-1,"message":"Block expired"}}
"#;

#[test]
fn numbers_without_end_do_no_harm() {
    for number in ["0", "-1", "1e308", "1e-308", "\"nan\"", "\"inf\"", "null", "[]"] {
        let session = hear(
            &script(&format!(
                "< {{\"method\":\"mining.set_difficulty\",\"params\":[{number}]}}
             < {{\"method\":\"mining.notify\",\"params\":[\"1\",\"2\",\"3\"]}}
             + 10
             < {{\"method\":\"mining.notify\",\"params\":[\"1\",\"2\",\"3\"]}}"
            )),
            false,
            usize::MAX,
        );
        let session = session.expect("jobs");
        assert!(session.exposure.is_finite(), "{number}");
    }
}

#[test]
fn what_is_kept_has_an_end() {
    let mut conversation = Conversation::new(stamp(0), true);
    for number in 0..3000_i64 {
        let line = format!(
            "{{\"id\":{number},\"method\":\"mining.authorize\",\"params\":[\"{number}{}\"]}}\n{{\"id\":{number},\"method\":\"mining.submit\",\"params\":[\"a\",\"b\",\"00\",\"00000000\",\"00000000\"]}}\n",
            "x".repeat(600)
        );
        conversation.push(End::Opener, stamp(number), line.as_bytes());
        let target = format!(
            "{{\"method\":\"mining.set_difficulty\",\"params\":[{}]}}\n{{\"method\":\"mining.notify\",\"params\":[1,2,3]}}\n",
            number + 1
        );
        conversation.push(End::Answerer, stamp(number), target.as_bytes());
    }
    let session = conversation.finish(stamp(3000)).unwrap();
    assert_eq!(session.accounts.len(), crate::session::MAX_ACCOUNTS);
    assert_eq!(session.accounts_beyond, 3000 - 64);
    assert!(session.accounts.iter().all(|account| account.login.len() <= crate::session::MAX_TEXT));
    assert!(session.targets.len() <= crate::session::MAX_TARGETS);
    assert_eq!(session.share_times_ns.len(), crate::session::MAX_SHARE_TIMES);
    assert_eq!(session.submitted, 3000);
}

#[test]
fn messages_without_end_are_not_kept() {
    for opening in [
        "{\"id\":1,\"method\":\"",
        "[[",
        "POST / HTTP/1.1\r\nX: ",
        "HTTP/1.1 200 OK\r\n\r\n{\"a\":[",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n{\"a\":\"",
        "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\u{1}",
        "        ",
    ] {
        for filler in ["1,", "\"x\",", "a", "[", " ", "\n"] {
            let mut conversation = Conversation::new(stamp(0), true);
            conversation.push(End::Opener, stamp(0), opening.as_bytes());
            for _ in 0..64 {
                conversation.push(End::Opener, stamp(0), filler.repeat(4096).as_bytes());
                assert!(conversation.opener.held() <= 2 * (32 << 10), "{opening} {filler}");
            }
        }
    }
    assert!(size_of::<Conversation>() <= 2048);
}

fn whole() -> Vec<u8> {
    script(SEED).into_iter().flat_map(|line| line.bytes).collect()
}

proptest! {
    #[test]
    fn no_bytes_panic(parts in proptest::collection::vec((any::<bool>(), any::<bool>(), proptest::collection::vec(any::<u8>(), 0..64)), 0..20), from_start in any::<bool>()) {
        let mut conversation = Conversation::new(stamp(0), from_start);
        for (opener, gap, bytes) in &parts {
            let from = if *opener { End::Opener } else { End::Answerer };
            conversation.push(from, stamp(0), bytes);
            if *gap {
                conversation.gap(from, stamp(0));
            }
            let _ = Conversation::sniff(bytes);
        }
        let _ = conversation.finish(stamp(1));
    }

    #[test]
    fn no_opening_with_anything_after_it_panics(opening in prop_oneof![
        Just(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec()),
        Just(b"POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec()),
        Just(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".to_vec()),
        Just(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\xc1\x10".to_vec()),
        Just(b"\x05\x01\x00\x05\x01\x00\x03".to_vec()),
        Just(vec![0, 0, 0, 40, 0, 0, 0, 2, 0, 2, 0]),
        Just(vec![0, 0x80, 0x1a, 24, 0, 0]),
        Just(vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]),
    ], rest in proptest::collection::vec(any::<u8>(), 0..300), middle in any::<bool>()) {
        let mut conversation = Conversation::new(stamp(0), !middle);
        for from in [End::Opener, End::Answerer] {
            conversation.push(from, stamp(0), &opening);
            conversation.push(from, stamp(0), &rest);
        }
        let _ = conversation.finish(stamp(1));
    }

    #[test]
    fn changed_dialogues_do_not_panic(changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..12), size in 1_usize..200) {
        let mut bytes = whole();
        for (index, byte) in &changes {
            let length = bytes.len();
            bytes[index.index(length)] = *byte;
        }
        let mut conversation = Conversation::new(stamp(0), false);
        for part in bytes.chunks(size) {
            conversation.push(End::Opener, stamp(0), part);
            conversation.push(End::Answerer, stamp(0), part);
        }
        let _ = conversation.finish(stamp(1));
    }
}
