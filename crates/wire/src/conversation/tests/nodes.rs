//! Work asked of nodes over HTTP.

use super::*;

fn post(target: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {target} HTTP/1.1\r\nHost: node.example:8332\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn chunked(body: &str) -> Vec<u8> {
    let (first, second) = body.split_at(body.len() / 2);
    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x};x=y\r\n{second}\r\n0\r\n\r\n", first.len(), second.len()).into_bytes()
}

fn dialogue(target: &str, headers: &str, turns: &[(i64, &str, &str)]) -> Vec<Line> {
    turns
        .iter()
        .flat_map(|(at_s, question, reply)| {
            let expand = |text: &str| text.replace("HASH", &"0f".repeat(32));
            [
                Line {
                    from: End::Opener,
                    at_s: *at_s,
                    bytes: post(target, headers, &expand(question)),
                },
                Line { from: End::Answerer, at_s: *at_s, bytes: chunked(&expand(reply)) },
            ]
        })
        .collect()
}

#[test]
fn getwork_of_a_miner_is_followed_through() {
    let header = "00".repeat(128);
    let work = format!(
        r#"{{"id":1,"error":null,"result":{{"data":"{header}","target":"{}ffff00000000"}}}}"#,
        "0".repeat(52)
    );
    let share = format!(r#"{{"id":1,"method":"getwork","params":["{header}"]}}"#);
    let lines = dialogue(
        "/",
        "Authorization: Basic YWNjdC5yaWc6c2VjcmV0\r\nUser-Agent: cgminer 3.7.2\r\nX-Mining-Extensions: longpoll noncerange\r\n",
        &[
            (0, r#"{"id":1,"method":"getwork","params":[]}"#, &work),
            (60, &share, r#"{"id":1,"error":null,"result":true}"#),
        ],
    );
    let session = check_lines(&lines);
    assert_eq!(session.dialect, Dialect::Getwork);
    assert_eq!(session.carriers, [crate::session::Carrier::Http]);
    assert_eq!(logins(&session), [("acct.rig", None, Login::Accepted)], "and never the password");
    assert_eq!(session.agent.as_deref(), Some("cgminer 3.7.2"));
    assert_eq!(session.named_host.as_deref(), Some("node.example:8332"));
    assert_eq!((session.work_requests, session.work_answers, session.jobs), (1, 1, 1));
    assert_eq!(shares(&session), [1, 1, 0, 0]);
    close(session.exposure * session.targets[0].difficulty, 60.0);
}

#[test]
fn a_probe_for_templates_is_a_session_without_work() {
    let lines = dialogue(
        "/",
        "User-Agent: cgminer 3.7.2\r\n",
        &[(
            0,
            r#"{"id":0,"method":"getblocktemplate","params":[{"capabilities":["coinbasetxn","workid"]}]}"#,
            "not here",
        )],
    );
    let session = check_lines(&lines);
    assert_eq!(
        (session.dialect, session.work_requests, session.work_answers),
        (Dialect::Getblocktemplate, 1, 0)
    );
    let alone = hear(&lines[..1], true, 1).unwrap();
    assert_eq!(alone.work_requests, 1);
}

#[test]
fn templates_asked_for_again_and_again_are_mining() {
    let reply = r#"{"id":1,"result":{"previousblockhash":"HASH","transactions":[],"bits":"1d00ffff","coinbasevalue":5}}"#;
    let ask = r#"{"id":1,"method":"getblocktemplate","params":[{"rules":["segwit"]}]}"#;
    let block = format!(r#"{{"id":2,"method":"submitblock","params":["{}"]}}"#, "00".repeat(300));
    let session = check_lines(&dialogue(
        "/",
        "",
        &[
            (0, ask, reply),
            (5, ask, reply),
            (10, ask, reply),
            (15, &block, r#"{"id":2,"result":null,"error":null}"#),
        ],
    ));
    assert_eq!(
        (session.dialect, session.jobs, session.work_answers),
        (Dialect::Getblocktemplate, 1, 3)
    );
    assert_eq!(shares(&session), [1, 1, 0, 0], "no reason given is none");
    close(session.targets[0].difficulty, 4_295_032_833.0);
    let ceiling = dialogue("/", "", &[0, 5, 10, 15, 600].map(|at_s| (at_s, ask, reply)));
    let session = hear(&ceiling, true, usize::MAX).unwrap();
    // No share in that time: what bounds the hashrate from above.
    assert_eq!((session.submitted, session.exposed_shares), (0, 0));
    close(session.exposure, 600.0 / 4_295_032_833.0);
}

#[test]
fn a_template_asked_for_once_a_minute_is_a_monitor() {
    let reply = r#"{"id":1,"result":{"previousblockhash":"HASH","transactions":[],"bits":"1d00ffff","coinbasevalue":5}}"#;
    let ask = r#"{"id":1,"method":"getblocktemplate","params":[{"rules":["segwit"]}]}"#;
    for (pause_s, mines) in [(5, true), (12, true), (15, false), (60, false)] {
        let looks: Vec<_> = (0..30).map(|it| (it * pause_s, ask, reply)).collect();
        let heard = hear(&dialogue("/", "", &looks), true, usize::MAX);
        assert_eq!(heard.is_some(), mines, "every {pause_s} s");
    }
}

#[test]
fn only_who_builds_blocks_polls_as_a_miner_does() {
    let reply = r#"{"id":1,"result":{"previousblockhash":"HASH","transactions":[],"bits":"1d00ffff","coinbasevalue":5}}"#;
    let block = format!(r#"{{"id":1,"method":"submitblock","params":["{}"]}}"#, "00".repeat(300));
    let told = |headers: &str, params: &str, last: &str| {
        let ask = format!(r#"{{"id":1,"method":"getblocktemplate","params":[{params}]}}"#);
        let mut turns: Vec<_> = (0..20).map(|it| (it * 10, ask.as_str(), reply)).collect();
        if !last.is_empty() {
            turns.push((200, last, r#"{"id":1,"result":null,"error":null}"#));
        }
        hear(&dialogue("/", headers, &turns), true, usize::MAX).unwrap().words_alone
    };
    let (plain, script) = (r#"{"rules":["segwit"]}"#, "User-Agent: fees/1.0\r\n");
    assert!(told(script, plain, ""), "a monitor of fees asks the same");
    assert!(!told("User-Agent: cpuminer/2.5\r\n", plain, ""));
    assert!(!told(script, r#"{"capabilities":["coinbasetxn"],"rules":["segwit"]}"#, ""));
    assert!(!told(script, r#"{"rules":["segwit"],"longpollid":"HASH17"}"#, ""));
    assert!(!told(script, plain, &block));
}

#[test]
fn a_template_of_megabytes_is_known_by_its_beginning() {
    let transactions = r#"{"data":"00112233445566778899aabbccddeeff","fee":1},"#.repeat(30_000);
    let reply = format!(
        r#"{{"result":{{"previousblockhash":"HASH","transactions":[{transactions}{{}}],"bits":"1d00ffff"}},"id":1}}"#
    );
    let lines = dialogue(
        "/",
        "User-Agent: bfgminer/5.5\r\n",
        &[(0, r#"{"id":1,"method":"getblocktemplate","params":[{}]}"#, &reply)],
    );
    let session = hear(&lines, true, 1460).unwrap();
    assert_eq!(
        (session.jobs, session.work_answers),
        (1, 1),
        "the only question open is the one answered"
    );
}

#[test]
fn eth_getwork_names_wallet_and_rig_in_its_target() {
    let wallet = "0x00112233445566778899aabbccddeeff00112233";
    for (target, worker) in
        [(format!("/{wallet}/Rig"), "Rig"), (format!("/?miner=30@{wallet}@Rig"), "Rig")]
    {
        let session = check_lines(&dialogue(
            &target,
            "",
            &[
                (
                    0,
                    r#"{"id":1,"method":"eth_getWork","params":[]}"#,
                    r#"{"id":1,"result":["0xHASH","0xHASH","0x00000000ffff0000000000000000000000000000000000000000000000000000"]}"#,
                ),
                (
                    8,
                    r#"{"id":1,"method":"eth_submitWork","params":["0x0102030405060708","0xHASH","0xHASH"]}"#,
                    r#"{"id":1,"result":true}"#,
                ),
            ],
        ));
        assert_eq!(session.dialect, Dialect::EthGetwork);
        assert_eq!(logins(&session), [(wallet, Some(worker), Login::Accepted)]);
        assert_eq!(shares(&session), [1, 1, 0, 0]);
        assert_eq!(session.exposed_shares, 1);
    }
}

#[test]
fn solo_mining_of_monero_names_its_wallet() {
    let reply = r#"{"id":1,"result":{"blockhashing_blob":"1010HASHHASH","blocktemplate_blob":"00","difficulty":300000000000,"height":9,"seed_hash":"HASH","status":"OK"}}"#;
    let session = check_lines(&dialogue(
        "/json_rpc",
        "User-Agent: XMRig/6.21\r\n",
        &[(
            0,
            r#"{"id":1,"method":"getblocktemplate","params":{"wallet_address":"4Awallet","extra_nonce":"00"}}"#,
            reply,
        )],
    ));
    assert_eq!((session.dialect, session.work_answers), (Dialect::Getblocktemplate, 1));
    assert_eq!(session.accounts[0].login, "4Awallet");
    assert_eq!(session.algorithm.as_deref(), Some("randomx"), "by its key");
}

#[test]
fn answers_over_http_need_no_identifier() {
    let work = r#"{"id":99,"result":["0xHASH","0xHASH","0x00000000ffff0000000000000000000000000000000000000000000000000000"]}"#;
    let session = check_lines(&dialogue(
        "/",
        "",
        &[
            (
                0,
                r#"{"id":1,"method":"eth_submitHashrate","params":["0x10","0xHASH"]}"#,
                r#"{"id":73,"result":true}"#,
            ),
            (1, r#"{"id":1,"method":"eth_getWork"}"#, work),
        ],
    ));
    assert_eq!((session.work_requests, session.work_answers, session.jobs), (1, 1, 1));
}
