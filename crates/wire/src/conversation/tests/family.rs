//! The Stratum family.

use super::*;

const BITCOIN: &str = r#"
> {"id": 1, "method": "mining.subscribe", "params": ["cgminer/4.10.0"]}
< {"id":1,"result":[[["mining.set_difficulty","b4b6"],["mining.notify","ae68"]],"08000002",4],"error":null}
> {"params": ["acct.rig1", "x"], "id": 2, "method": "mining.authorize"}
< {"error":null,"id":2,"result":true}
< {"id":null,"method":"mining.set_difficulty","params":[1024]}
+ 10
< {"params":["bf","HASH","0100","072f",["HASH"],"20000000","1c2ac4af","504e86b9",true],"id":null,"method":"mining.notify"}
+ 100
> {"params":["acct.rig1","bf","00000001","504e86ed","b2957c02"],"id":4,"method":"mining.submit"}
< {"error":null,"id":4,"result":true}
+ 100
< {"id":null,"method":"mining.set_difficulty","params":[2048]}
> {"params":["acct.rig1","bf","00000002","504e86ed","b2957c03"],"id":4,"method":"mining.submit"}
> {"params":["acct.rig1","bf","00000003","504e86ed","b2957c04"],"id":4,"method":"mining.submit"}
< {"error":[21,"Job not found",null],"id":4,"result":null}
< {"error":[23,"Low difficulty share",null],"id":4,"result":null}
< {"params":["c0","HASH","0100","072f",[],"20000000","1c2ac4af","504e86b9",false],"id":null,"method":"mining.notify"}
+ 200
> {"params":["acct.rig1","c0","00000004","504e86ed","b2957c05"],"id":4,"method":"mining.submit"}
"#;

#[test]
fn stratum_v1_is_followed_through() {
    let session = check(BITCOIN);
    assert_eq!(session.dialect, Dialect::StratumV1);
    assert_eq!(session.agent.as_deref(), Some("cgminer/4.10.0"));
    assert_eq!(logins(&session), [("acct.rig1", None, Login::Accepted)]);
    assert_eq!(shares(&session), [4, 1, 2, 1]);
    assert_eq!((session.jobs, session.difficulty_unit), (2, DifficultyUnit::PoolDifficulty));
    assert_eq!(session.targets.iter().map(|t| t.difficulty).collect::<Vec<_>>(), [1024.0, 2048.0]);
    // The new difficulty counts from the job that follows it.
    close(session.exposure, 200.0 / 1024.0 + 200.0 / 2048.0);
    close(session.exposed_s, 400.0);
    assert_eq!(session.exposed_shares, 2, "one accepted, one stale");
    assert!(session.subscribed && session.from_start && !session.gaps);
}

#[test]
fn stratum_v1_is_graded_as_far_as_it_was_seen() {
    let lines = script(BITCOIN);
    let session = hear(&side(&lines, End::Opener), true, 3).unwrap();
    assert_eq!(shares(&session), [4, 0, 0, 0]);
    assert_eq!(logins(&session), [("acct.rig1", None, Login::Unanswered)]);
    assert!(session.exposure.abs() < f64::EPSILON);
    let session = hear(&side(&lines, End::Answerer), true, 3).unwrap();
    assert_eq!(session.miner, End::Opener);
    assert_eq!(shares(&session), [3, 1, 2, 1]);
    close(session.exposure, 200.0 / 1024.0);
    let session = hear(&lines[5..], false, usize::MAX).unwrap();
    assert_eq!(logins(&session), [("acct.rig1", None, Login::Accepted)]);
    assert!(session.gaps && !session.subscribed);
}

#[test]
fn one_word_of_the_miner_is_a_session() {
    for (line, subscribed) in [
        (r#"> {"id":1,"method":"mining.subscribe","params":[]}"#, true),
        (r#"> {"id":1,"method":"mining.authorize","params":["a.b","x"]}"#, false),
        (
            r#"> {"id":1,"method":"mining.configure","params":[["version-rolling"],{"version-rolling.mask":"ffffffff"}]}"#,
            false,
        ),
        (
            r#"> {"id":1,"method":"mining.submit","params":["w","1","00","504e86ed","b2957c02"]}"#,
            false,
        ),
    ] {
        let session = check(line);
        assert_eq!((session.dialect, session.subscribed), (Dialect::StratumV1, subscribed));
    }
}

#[test]
fn a_refused_login_is_no_login() {
    let session = check(
        r#"> {"id":2,"method":"mining.authorize","params":["a.b","x"]}
           < {"id":2,"result":false,"error":[24,"unauthorized",null]}"#,
    );
    assert_eq!(logins(&session), [("a.b", None, Login::Refused)]);
}

#[test]
fn equihash_counts_hashes() {
    let solution = "ab".repeat(1347);
    let session = check(&r#"
        > {"id":1,"method":"mining.subscribe","params":["EWBF/0.3","null","pool.example","3333"]}
        < {"id":1,"result":[null,"11bc"],"error":null}
        > {"id":2,"method":"mining.authorize","params":["t1abc.rig","x"]}
        < {"id":2,"result":true,"error":null}
        < {"id":null,"method":"mining.set_target","params":["0004189374bc6a7ef9db22d0e5604189374bc6a7ef9db22d0e5604189374bc6a"]}
        < {"id":null,"method":"mining.notify","params":["1","04000000","HASH","HASH","HASH","5a5a5a5a","1d00ffff",true]}
        + 160
        > {"id":4,"method":"mining.submit","params":["t1abc.rig","1","5a5a5a5a","00112233","SOLUTION"]}
        < {"id":4,"result":true,"error":null}
    "#.replace("SOLUTION", &solution));
    assert_eq!(
        (session.dialect, session.difficulty_unit),
        (Dialect::Equihash, DifficultyUnit::Hashes)
    );
    assert_eq!(session.named_host.as_deref(), Some("pool.example:3333"));
    close(session.targets[0].difficulty, 16_000.0);
    close(session.exposure, 0.01);
    assert_eq!(shares(&session), [1, 1, 0, 0]);
}

#[test]
fn kawpow_takes_the_target_of_the_job() {
    let session = check(
        r#"
        > {"id":1,"method":"mining.subscribe","params":["kawpowminer/1.2.4","EthereumStratum/1.0.0"]}
        < {"id":1,"result":[null,"00"],"error":null}
        > {"id":3,"method":"mining.authorize","params":["RXx.rig","x"]}
        < {"id":3,"result":true,"error":null}
        < {"id":null,"method":"mining.set_target","params":["00000000ffff0000000000000000000000000000000000000000000000000000"]}
        < {"id":null,"method":"mining.notify","params":["5","HASH","HASH","00000000ffff0000000000000000000000000000000000000000000000000000",true,1200000,"1b00b5d2"]}
        + 10
        > {"id":4,"method":"mining.submit","params":["RXx.rig","5","0x00000000abcdef01","0xHASH","0xHASH"]}
        < {"id":4,"result":true,"error":null}
    "#,
    );
    assert_eq!(
        (session.dialect, session.difficulty_unit),
        (Dialect::Kawpow, DifficultyUnit::Hashes)
    );
    close(session.targets[0].difficulty, 65_536.0 * 65_537.0);
    close(session.exposure * session.targets[0].difficulty, 10.0);
}

#[test]
fn ethereum_stratum_1_counts_the_pools_difficulty() {
    let session = check(
        r#"
        > {"id":1,"method":"mining.subscribe","params":["ethminer/0.18","EthereumStratum/1.0.0"]}
        < {"id":1,"result":[["mining.notify","ae6812eb4cd7735a302a8a9dd95cf71f","EthereumStratum/1.0.0"],"080c"],"error":null}
        > {"id":2,"method":"mining.authorize","params":["acct.w","x"]}
        < {"id":2,"result":true,"error":null}
        < {"id":null,"method":"mining.set_difficulty","params":[0.5]}
        < {"id":null,"method":"mining.notify","params":["bf0488aa","HASH","HASH",true]}
        + 5
        > {"id":4,"method":"mining.submit","params":["acct.w","bf0488aa","6a909d9bbc0f"]}
        < {"id":4,"result":true,"error":null}
    "#,
    );
    assert_eq!(session.dialect, Dialect::EthereumStratum1);
    assert_eq!(session.algorithm.as_deref(), Some("EthereumStratum/1.0.0"));
    close(session.exposure, 10.0);
}

#[test]
fn ethereum_stratum_2_says_hello() {
    let session = check(
        r#"
        > {"id":0,"method":"mining.hello","params":{"agent":"ethminer-0.17","host":"pool.example","port":"4d2","proto":"EthereumStratum/2.0.0"}}
        < {"id":0,"result":{"proto":"EthereumStratum/2.0.0","encoding":"plain","resume":"0","timeout":"b4","maxerrors":"5","node":"Geth"}}
        > {"id":1,"method":"mining.subscribe"}
        < {"id":1,"result":"s-12345"}
        > {"id":2,"method":"mining.authorize","params":["acct.rig","x"]}
        < {"id":2,"result":"w-123"}
        < {"method":"mining.set","params":{"epoch":"dc","target":"0112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba","algo":"ethash","extranonce":"af4c"}}
        < {"method":"mining.notify","params":["bf0488aa","6526d5","HASH","0"]}
        > {"id":4,"method":"mining.hashrate","params":["500000","w-123"]}
        < {"id":4,"result":true}
        + 7
        > {"id":5,"method":"mining.submit","params":["bf0488aa","68765fccd712","w-123"]}
        < {"id":5,"error":{"code":406,"message":"Bad nonce"}}
    "#,
    );
    assert_eq!(session.dialect, Dialect::EthereumStratum2);
    assert_eq!(session.reported_hashrate, Some(5_242_880.0));
    assert_eq!(shares(&session), [1, 0, 1, 0]);
    assert_eq!(session.targets.len(), 1);
    assert_eq!(logins(&session), [("acct.rig", None, Login::Accepted)]);
}

#[test]
fn kaspa_shows_in_its_jobs() {
    for job in [
        r#"["7",[1153374233,8873243,112233445566778899,18446744073709551615],1672531200]"#
            .to_owned(),
        format!(r#"["7","{}"]"#, "ab".repeat(80)),
    ] {
        let session = check(
            &r#"
            > {"id":1,"method":"mining.subscribe","params":["bzminer","EthereumStratum/1.0.0"]}
            < {"id":1,"result":[true,"EthereumStratum/1.0.0"],"error":null}
            > {"id":2,"method":"mining.authorize","params":["kaspa:qz.rig","x"]}
            < {"id":2,"result":true,"error":null}
            < {"id":null,"method":"mining.set_difficulty","params":[4]}
            < {"id":null,"method":"mining.notify","params":JOB}
            + 8
            > {"id":3,"method":"mining.submit","params":["kaspa:qz.rig","7","0f0f0f0f0f0f0f0f"]}
            < {"id":3,"result":true,"error":null}
        "#
            .replace("JOB", &job),
        );
        assert_eq!(session.dialect, Dialect::Kaspa);
        close(session.exposure, 2.0);
    }
}

#[test]
fn ergo_conflux_and_alephium_show_in_their_jobs() {
    for (job, share, dialect) in [
        (
            r#"["1",1200000,"HASH","","","02","115792089237316195423570985008687907853269984665640564039457","",true]"#,
            r#"["w","1","00","00","0011223344556677"]"#,
            Dialect::Ergo,
        ),
        (
            r#"["1","12345","0xHASH","0x0000000000000000ffff00000000000000000000000000000000000000000000"]"#,
            r#"["w","1","0xabcdef","0xHASH"]"#,
            Dialect::Conflux,
        ),
        (
            r#"[{"fromGroup":0,"toGroup":1,"jobId":"1","headerBlob":"00ff","txsBlob":"","targetBlob":"000000000000ffff"}]"#,
            r#"{"jobId":"1","fromGroup":0,"toGroup":1,"nonce":"00ff","worker":"w"}"#,
            Dialect::Alephium,
        ),
    ] {
        let session = check(
            &r#"
            > {"id":2,"method":"mining.authorize","params":["w","x"]}
            < {"id":2,"result":true,"error":null}
            < {"id":null,"method":"mining.notify","params":JOB}
            + 8
            > {"id":3,"method":"mining.submit","params":SHARE}
            < {"id":3,"result":true,"error":null}
        "#
            .replace("JOB", job)
            .replace("SHARE", share),
        );
        assert_eq!(session.dialect, dialect);
        assert_eq!((session.difficulty_unit, session.targets.len()), (DifficultyUnit::Hashes, 1));
        assert_eq!(session.exposed_shares, 1);
    }
}

#[test]
fn shares_of_conflux_and_ergo_show_their_dialect_alone() {
    for (share, dialect) in [
        (r#"["w","0xHASH","0xHASH","0xHASH"]"#, Dialect::Conflux),
        (r#"["w","17","a1b2c3d4e5f6","5f5e1000","0a3fa1b2c3d4e5f6"]"#, Dialect::Ergo),
        (r#"["w","17","a1b2c3d4e5f6","5f5e1000","0a3f000000000000"]"#, Dialect::StratumV1),
        (r#"["w","17","a1b2c3d4e5f6"]"#, Dialect::StratumV1),
    ] {
        let text = r#"> {"id":3,"method":"mining.submit","params":SHARE}"#.replace("SHARE", share);
        let session = hear(&script(&text), false, usize::MAX).unwrap();
        assert_eq!(session.dialect, dialect, "{share}");
    }
}

#[test]
fn unknown_members_of_the_family_are_named_as_such() {
    for job in [
        r#"["1","true","HASH","HASH"]"#,
        r#"["1","HASH",1200000,"HASH",true]"#,
        r#"{"job_id":"1","header":"00"}"#,
    ] {
        let session =
            check(&r#"< {"id":null,"method":"mining.notify","params":JOB}"#.replace("JOB", job));
        assert_eq!((session.dialect, session.miner), (Dialect::StratumOther, End::Opener));
    }
    let session = check(
        r#"> {"id":0,"method":"mining.subscribe","body":{"version":3,"name":"rig","publicAddress":"00ff"}}"#,
    );
    assert_eq!(session.dialect, Dialect::StratumOther);
    assert_eq!(logins(&session), [("00ff", Some("rig"), Login::Unanswered)]);
}

#[test]
fn iron_fish_writes_its_answers_as_requests() {
    let session = check(
        r#"
        > {"id":0,"method":"mining.subscribe","body":{"version":2,"name":"rig","publicAddress":"HASH"}}
        < {"id":1,"method":"mining.subscribed","body":{"clientId":7,"xn":"0a0b"}}
        < {"id":2,"method":"mining.set_target","body":{"target":"00000000ffff0000000000000000000000000000000000000000000000000000"}}
        < {"id":3,"method":"mining.notify","body":{"miningRequestId":41,"header":"HASHHASHHASH"}}
        + 60
        > {"id":1,"method":"mining.submit","body":{"miningRequestId":41,"randomness":"0a0b000000000001","graffiti":"HASH"}}
        < {"id":4,"method":"mining.submitted","body":{"id":1,"result":true}}
        > {"id":2,"method":"mining.submit","body":{"miningRequestId":41,"randomness":"0a0b000000000002","graffiti":"HASH"}}
        < {"id":5,"method":"mining.submitted","body":{"id":2,"result":false,"message":"invalid work"}}
        > {"id":3,"method":"mining.submit","body":{"miningRequestId":41,"randomness":"0a0b000000000003"}}
        < {"id":3,"result":true}
    "#,
    );
    assert_eq!((session.dialect, session.jobs), (Dialect::StratumOther, 1));
    assert_eq!(shares(&session), [3, 2, 1, 0]);
    assert_eq!(logins(&session), [("0f".repeat(32).as_str(), Some("rig"), Login::Accepted)]);
    assert!(!session.words_alone);
    close(session.targets[0].difficulty, 4_295_032_833.0);
}

#[test]
fn a_pool_may_call_the_miner() {
    let lines: Vec<Line> =
        script(BITCOIN).into_iter().map(|line| Line { from: line.from.other(), ..line }).collect();
    assert_eq!(check_lines(&lines).miner, End::Answerer);
}

#[test]
fn a_transcript_sent_by_one_end_is_no_session() {
    for (from, to) in [("\n< ", "\n> "), ("\n> ", "\n< ")] {
        assert!(hear(&script(&BITCOIN.replace(from, to)), true, usize::MAX).is_none(), "{to}");
    }
}

#[test]
fn answers_that_were_only_overheard_are_marked_so() {
    let lines = script(BITCOIN);
    let pool = side(&lines, lines[1].from);
    assert!(hear(&pool, true, usize::MAX).is_some_and(|it| it.overheard));
    assert!(hear(&lines, true, usize::MAX).is_some_and(|it| !it.overheard));
}

#[test]
fn an_address_at_subscribe_is_a_login_and_no_agent() {
    let session = check(
        r#"
        > {"id":1,"method":"mining.subscribe","params":["0x1111111111111111111111111111111111111111.rig1",""]}
        < {"id":1,"result":true,"error":null}
        < {"id":null,"method":"mining.notify","params":["1","12345","0xHASH","0x0000000000000000ffff00000000000000000000000000000000000000000000"]}
    "#,
    );
    assert_eq!((session.dialect, session.agent.as_deref()), (Dialect::Conflux, None));
    assert_eq!(session.accounts.len(), 1);
    assert_eq!(session.accounts[0].state, Login::Accepted);
}

#[test]
fn a_name_that_every_program_gives_is_no_worker() {
    let session = check(
        r#"
        > {"id":1,"method":"eth_submitLogin","params":["0x1111111111111111111111111111111111111111.rig1"],"worker":"eth1.0"}
        < {"id":1,"jsonrpc":"2.0","result":true}
    "#,
    );
    assert_eq!(session.accounts[0].worker, None);
}
