//! Dialects with words of their own.

use super::*;

const MONERO: &str = r#"
> {"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"WALLET","pass":"x","agent":"XMRig/6.21.0","rigid":"r7","algo":["rx/0","cn/r"]}}
< {"jsonrpc":"2.0","id":1,"error":null,"result":{"id":"s1","job":{"blob":"1010HASHHASHHASH","job_id":"j1","target":"b88d0600","height":3000000,"seed_hash":"HASH","algo":"rx/0"},"extensions":["keepalive"],"status":"OK"}}
+ 100
> {"id":2,"jsonrpc":"2.0","method":"submit","params":{"id":"s1","job_id":"j1","nonce":"01020304","result":"HASH"}}
< {"jsonrpc":"2.0","id":2,"error":null,"result":{"status":"OK"}}
< {"jsonrpc":"2.0","method":"job","params":{"blob":"1010HASHHASHHASH","job_id":"j2","target":"dc460300","algo":"rx/0","height":3000001}}
+ 200
> {"id":3,"jsonrpc":"2.0","method":"submit","params":{"id":"s1","job_id":"j1","nonce":"01020305","result":"HASH"}}
< {"jsonrpc":"2.0","id":3,"error":{"code":-1,"message":"Block expired"}}
> {"id":4,"jsonrpc":"2.0","method":"submit","params":{"id":"s1","job_id":"j2","nonce":"01020306","result":"HASH"}}
< {"jsonrpc":"2.0","id":4,"error":{"code":-1,"message":"Low difficulty share"}}
> {"id":5,"jsonrpc":"2.0","method":"keepalived","params":{"id":"s1"}}
< {"jsonrpc":"2.0","id":5,"error":null,"result":{"status":"KEEPALIVED"}}
"#;

#[test]
fn cryptonote_is_followed_through() {
    let session = check(MONERO);
    assert_eq!(
        (session.dialect, session.difficulty_unit),
        (Dialect::Cryptonote, DifficultyUnit::Hashes)
    );
    assert_eq!(session.algorithm.as_deref(), Some("rx/0"));
    assert_eq!(session.accounts[0].worker.as_deref(), Some("r7"));
    assert_eq!(session.accounts[0].state, Login::Accepted);
    assert_eq!(shares(&session), [3, 1, 2, 1]);
    close(session.exposure, 100.0 / 10_000.0 + 200.0 / 20_000.0);
    assert_eq!((session.jobs, session.exposed_shares), (2, 2));
}

#[test]
fn cryptonote_is_graded_as_far_as_it_was_seen() {
    let lines = script(MONERO);
    let session = hear(&side(&lines, End::Opener), true, 5).unwrap();
    assert_eq!((session.dialect, shares(&session)), (Dialect::Cryptonote, [3, 0, 0, 0]));
    let session = hear(&side(&lines, End::Answerer), true, 5).unwrap();
    assert_eq!((session.dialect, session.miner), (Dialect::Cryptonote, End::Opener));
    assert_eq!((session.accepted, session.accounts.len()), (1, 0));
    close(session.exposure, 0.02);
    let login = hear(&lines[..1], true, usize::MAX).unwrap();
    assert_eq!(login.accounts[0].state, Login::Unanswered);
    let share = hear(&lines[2..3], false, usize::MAX).unwrap();
    assert_eq!(shares(&share), [1, 0, 0, 0]);
}

#[test]
fn hashes_handed_in_are_shares_where_they_are_as_small_as_a_target_makes_them() {
    let told = |tails: &[&str]| {
        let lines = tails.iter().enumerate().map(|(at, tail)| {
            let head = format!("{at:02x}{}", "5a".repeat(31));
            let hash = format!("{}{tail}", &head[..64 - tail.len()]);
            format!(r#"> {{"id":{at},"jsonrpc":"2.0","method":"submit","params":{{"id":"s1","job_id":"j1","nonce":"0102030{}","result":"{hash}"}}}}"#, at % 10)
        });
        let session = hear(&script(&lines.collect::<Vec<_>>().join("\n")), false, usize::MAX);
        session.unwrap().shares_alone
    };
    assert!(told(&["5a5a5a5a"; 53]), "results of a queue are of any size");
    assert!(told(&["5a5a0000", "5a5a5a5a", "5a5a0000", "5a5a0000"]));
    assert!(told(&["5a5a0000"]), "one may be chance");
    assert!(!told(&["5a5a0000"; 2]));
    let padded = format!("{}{}", "5a".repeat(4), "00".repeat(24));
    assert!(told(&[&padded; 4].map(|it| &it[..])), "nothing is as small as that");
    assert!(!told(&["5a5aff03"; 6]));
    assert!(told(&["5a5a5aff"; 53]) && told(&["00000000"; 1]));
}

#[test]
fn a_refused_wallet_is_no_login() {
    let session = check(
        r#"
        > {"id":1,"method":"login","params":{"login":"WALLET","pass":"x","agent":"xmr/1.0"}}
        < {"id":1,"jsonrpc":"2.0","error":{"code":-1,"message":"Invalid payment address provided"}}
    "#,
    );
    assert_eq!(session.accounts[0].state, Login::Refused);
}

#[test]
fn ethproxy_fetches_work() {
    let session = check(
        r#"
        > {"worker":"rig1","jsonrpc":"2.0","params":["0x00112233445566778899aabbccddeeff00112233.a","mail@example.org"],"id":2,"method":"eth_submitLogin"}
        < {"id":2,"jsonrpc":"2.0","result":true}
        > {"worker":"","jsonrpc":"2.0","params":[],"id":3,"method":"eth_getWork"}
        < {"id":3,"jsonrpc":"2.0","result":["0xHASH","0xHASH","0x00000000ffff0000000000000000000000000000000000000000000000000000"]}
        > {"worker":"","jsonrpc":"2.0","params":["0x1d08a61","0xHASH"],"id":6,"method":"eth_submitHashrate"}
        < {"id":6,"jsonrpc":"2.0","result":true}
        + 10
        < {"id":0,"jsonrpc":"2.0","result":["0xaaHASH","0xHASH","0x00000000ffff0000000000000000000000000000000000000000000000000000"]}
        < {"id":0,"jsonrpc":"2.0","result":["0xaabbccddeeff00112233445566778899aabbccddeeff00112233445566778899","0xHASH","0x00000000ffff0000000000000000000000000000000000000000000000000000"]}
        > {"id":4,"worker":"rig1","method":"eth_submitWork","params":["0x0102030405060708","0xHASH","0xHASH"]}
        < {"id":4,"jsonrpc":"2.0","result":true}
        > {"id":4,"worker":"rig1","method":"eth_submitWork","params":["0x0102030405060708","0xHASH","0xHASH"]}
        < {"id":4,"jsonrpc":"2.0","result":false}
    "#,
    );
    assert_eq!(session.dialect, Dialect::Ethproxy);
    assert_eq!(
        logins(&session),
        [("0x00112233445566778899aabbccddeeff00112233.a", Some("rig1"), Login::Accepted)]
    );
    assert_eq!((session.jobs, session.work_requests, session.work_answers), (2, 1, 1));
    assert_eq!(session.reported_hashrate, Some(30_444_129.0));
    assert_eq!(shares(&session), [2, 1, 1, 0]);
    close(session.exposure * session.targets[0].difficulty, 10.0);
}

#[test]
fn nervos_names_its_fields() {
    let session = check(
        r#"
        > {"id":1,"method":"ckb_submitLogin","params":{"login":"ckt1qy","agent":"NBMiner/v1","worker":"w"}}
        < {"id":1,"result":true}
        > {"id":2,"method":"ckb_getWork","params":null}
        < {"id":2,"result":{"pow_hash":"0xHASH","target":"0x00000000ffff0000000000000000000000000000000000000000000000000000"}}
        > {"id":3,"method":"ckb_submitWork","params":{"pow_hash":"0xHASH","nonce":"0x9a93e9597317c7a"}}
        < {"id":3,"result":true}
    "#,
    );
    assert_eq!((session.dialect, shares(&session)), (Dialect::StratumOther, [1, 1, 0, 0]));
}

#[test]
fn grin_answers_with_the_method() {
    let pow = (0..42).map(|edge| edge.to_string()).collect::<Vec<_>>().join(",");
    let session = check(&r#"
        > {"id":"0","jsonrpc":"2.0","method":"login","params":{"login":"grinuser","pass":"x","agent":"grin-miner"}}
        < {"id":"0","jsonrpc":"2.0","method":"login","result":"ok","error":null}
        > {"id":"0","jsonrpc":"2.0","method":"getjobtemplate","params":null}
        < {"id":"0","jsonrpc":"2.0","method":"getjobtemplate","result":{"difficulty":4,"height":9,"job_id":0,"pre_pow":"HASHHASHHASH"},"error":null}
        + 40
        > {"id":"0","jsonrpc":"2.0","method":"submit","params":{"edge_bits":32,"height":9,"job_id":0,"nonce":77,"pow":[POW]}}
        < {"id":"0","jsonrpc":"2.0","method":"submit","result":"ok","error":null}
        < {"id":"Stratum","jsonrpc":"2.0","method":"job","params":{"difficulty":4,"height":10,"job_id":1,"pre_pow":"HASHHASHHASH"}}
        > {"id":"0","jsonrpc":"2.0","method":"submit","params":{"edge_bits":32,"height":9,"job_id":0,"nonce":78,"pow":[POW]}}
        < {"id":"0","jsonrpc":"2.0","method":"submit","error":{"code":-32503,"message":"Solution submitted too late"}}
    "#.replace("POW", &pow));
    assert_eq!(
        (session.dialect, session.difficulty_unit),
        (Dialect::Grin, DifficultyUnit::PoolDifficulty)
    );
    assert_eq!(logins(&session), [("grinuser", None, Login::Accepted)]);
    assert_eq!(shares(&session), [2, 1, 1, 1]);
    close(session.exposure, 10.0);
}

#[test]
fn beam_answers_with_codes() {
    let session = check(&r#"
        > {"method":"login","api_key":"key.rig","id":"login","jsonrpc":"2.0"}
        < {"method":"result","id":"login","code":0,"description":"Success","jsonrpc":"2.0","nonceprefix":"ab"}
        < {"method":"job","id":"212","input":"HASH","difficulty":50331648,"height":9,"jsonrpc":"2.0"}
        + 16
        > {"method":"solution","id":"212","nonce":"0bb11009afc29dbe","output":"OUT","jsonrpc":"2.0"}
        < {"method":"result","id":"212","code":1,"description":"accepted","jsonrpc":"2.0"}
        > {"method":"solution","id":"212","nonce":"0bb11009afc29dbe","output":"OUT","jsonrpc":"2.0"}
        < {"method":"result","id":"212","code":-5,"description":"job expired","jsonrpc":"2.0"}
    "#.replace("OUT", &"ab".repeat(104)));
    assert_eq!(session.dialect, Dialect::Beam);
    assert_eq!(logins(&session), [("key.rig", None, Login::Accepted)]);
    assert_eq!(shares(&session), [2, 1, 1, 1]);
    close(session.exposure, 2.0);
}

fn message(channel: bool, kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    let mut bytes = vec![0, if channel { 0x80 } else { 0 }, kind];
    bytes.extend(&length[..3]);
    bytes.extend(payload);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(text.len()).unwrap()];
    bytes.extend(text.as_bytes());
    bytes
}

fn target(zeros: usize) -> Vec<u8> {
    let mut target = vec![0xff; 32 - zeros];
    target.resize(32, 0);
    target
}

fn stratum_v2() -> Vec<Line> {
    let number = |number: u32| number.to_le_bytes().to_vec();
    let share = [number(7), number(1), number(1), number(2), number(3), number(4)].concat();
    let setup = [
        vec![0, 2, 0, 2, 0],
        number(0),
        text("pool.example"),
        vec![0x08, 0x0d],
        text("Vendor"),
        text("S21"),
        text("fw"),
        text(""),
    ]
    .concat();
    let open = [number(1), text("acct.rig"), 2e14f32.to_le_bytes().to_vec(), target(4)].concat();
    let success = [number(1), number(7), target(5), vec![4, 1, 2, 3, 4], number(0)].concat();
    let job = [number(7), number(1), vec![0], number(0x2000_0000), vec![0x11; 32]].concat();
    let previous = [number(7), number(1), vec![0x22; 32], number(9), number(9)].concat();
    let accepted = [number(7), number(1), number(2), vec![0; 8]].concat();
    let stale = [number(7), number(1), text("stale-share")].concat();
    [
        (End::Opener, 0, message(false, 0x00, &setup)),
        (End::Answerer, 0, message(false, 0x01, &[2, 0, 0, 0, 0, 0])),
        (End::Opener, 0, message(false, 0x10, &open)),
        (End::Answerer, 0, message(false, 0x11, &success)),
        (End::Answerer, 0, message(true, 0x15, &job)),
        (End::Answerer, 0, message(true, 0x20, &previous)),
        (End::Opener, 100, message(true, 0x1a, &share)),
        (End::Opener, 100, message(true, 0x1a, &share)),
        (End::Answerer, 101, message(true, 0x1c, &accepted)),
        (End::Answerer, 101, message(true, 0x21, &[number(7), target(6)].concat())),
        (End::Opener, 201, message(true, 0x1a, &share)),
        (End::Answerer, 201, message(true, 0x1d, &stale)),
    ]
    .map(|(from, at_s, bytes)| Line { from, at_s, bytes })
    .to_vec()
}

#[test]
fn stratum_v2_in_plain_framing_is_followed_through() {
    let lines = stratum_v2();
    let session = check_lines(&lines);
    assert_eq!(
        (session.dialect, session.difficulty_unit),
        (Dialect::StratumV2, DifficultyUnit::Hashes)
    );
    assert_eq!(session.agent.as_deref(), Some("Vendor S21 fw"));
    assert_eq!(session.named_host.as_deref(), Some("pool.example:3336"));
    assert_eq!(logins(&session), [("acct.rig", None, Login::Accepted)]);
    assert_eq!(shares(&session), [3, 2, 1, 1]);
    close(session.reported_hashrate.unwrap(), 2e14);
    close(session.exposure, 101.0 / 2f64.powi(40) + 100.0 / 2f64.powi(48));
    let middle = hear(&lines[6..], false, usize::MAX).unwrap();
    assert_eq!((middle.dialect, middle.submitted), (Dialect::StratumV2, 3));
    let pool = hear(&side(&lines, End::Answerer), true, 1).unwrap();
    assert_eq!((pool.miner, pool.accepted), (End::Opener, 2));
}
