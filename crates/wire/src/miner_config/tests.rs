//! Settings of miners, and of programs that look like them.

use proptest::prelude::*;

use super::{Family, Strength, command_line, json, shapes};

/// A wallet from the documentation of the monero crate.
const XMR: &str = "4ADT1BtbxqEWeMKp9GgPr2NeyJXXtNxvoDawpyA4WpzFcGcoHUvXeijE66DNfohE9r1bQYaBiQjEtKE7CtkTdLwiDznFzra";
/// An account from EIP-55.
const ETH: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

fn check(line: &str, strength: Option<Strength>) {
    assert_eq!(command_line(&words(line)).map(|found| found.strength), strength, "{line}");
}

#[test]
fn miners_are_told_whatever_they_are_called() {
    let strong = Some(Strength::StratumUrl);
    let set = Some(Strength::OptionSet);
    check("./a -o stratum+tcp://pool.example.org:3333 -u account.rig -p x", strong);
    check("/usr/sbin/httpd -o stratum+ssl://192.0.2.1:443 -u x", strong);
    check(&format!("./miner -P stratum1+tls://{ETH}.rig:secret@pool.example.org:5555"), strong);
    check("nohup ./k -o stratum2+tcp://pool.example.org:34254/key -u x", strong);
    check(&format!("./python3 -o 192.0.2.1:443 -u {XMR} -p x -k --tls"), set);
    check("./b -a rx/0 -o pool.example.org:443 -u x --tls", set);
    check("./b --url=pool.example.org:443 --donate-level=1 -k", set);
    check(&format!("lol --algo ETCHASH --pool pool.example.org:4444 --user {ETH}.rig"), set);
    check(&format!("phx -epool ssl://pool.example.org:5555 -ewal {ETH} -worker rig -epsw x"), set);
    check(&format!("gm --server pool.example.org:4444 --user {ETH}.rig"), set);
    check(&format!("mz --url={ETH}.rig@pool.example.org:4444"), set);
    check("bz -a kaspa -w x -p stratum+tcp://pool.example.org:5555", strong);
    check("./c --randomx-mode=fast --randomx-1gb-pages --cpu-max-threads-hint=75", set);
    check(&format!("docker run image --coin monero --wallet {XMR} --rig-id a"), set);
}

#[test]
fn other_programs_are_not_miners() {
    for line in [
        "gcc -o x -u main x.c",
        "curl -o file -u user https://example.org/xmrig.tar.gz",
        "curl -u user:secret -o out.example.org:80 http://example.org",
        "ssh -o StrictHostKeyChecking=no -p 22 user@example.org",
        "mysql -u root -psecret -h db.example.org",
        "grep -r xmrig /etc",
        "grep -o stratum+tcp://pool.example.org:3333 miner.log",
        "sudo grep -o stratum+tcp://pool.example.org:3333 miner.log",
        "echo stratum+tcp://pool.example.org:3333",
        "zpool status -v tank",
        "vim xmrig.json",
        "vim -o stratum+tcp://pool.example.org:3333",
        "python3 train.py --pool mean --algo ppo --user alice",
        "node server.js --url http://localhost:3000/api --user admin",
        "java -jar app.jar --server db.example.org:5432 --user app --algorithm sha256",
        "ntpd -g -u ntp:ntp",
        "openssl enc -a -in x",
        "geth --http --miner.etherbase 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "bitcoind -daemon -server",
        "bot --server rpc.example.org:8545 --wallet 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "cli --url localhost:8545 --account 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --coin eth",
        "explorer --coin kaspa --address kaspa:qp0l70zd5x85ttwd6jv7g3s3a8llzj96d8dncn4zmhv4tlzx5k2jyqh70xmfj",
        "kdf --server kdf.example.org:80 --algorithm argon2_id -u app",
        "docker run -p 127.0.0.1:8080:80 -u 1000 image",
        "systemctl status xmrig",
        "tar -a -c -f x",
        "-",
        "",
    ] {
        check(line, None);
    }
    assert_eq!(command_line(&[]), None);
    assert_eq!(command_line(&["sh", "-c", "grep -o 'stratum+tcp://x.example:1' f | head"]), None);
}

#[test]
fn reader_by_name_with_a_whole_miners_set_is_a_miner() {
    check(&format!("./vim -o pool.example.org:3333 -u {XMR} -a rx/0"), Some(Strength::OptionSet));
}

#[test]
fn pool_and_login_are_told_and_no_password_is() {
    let line = format!("./m -P stratum+tls://{ETH}.rig:secret@pool.example.org:5555/x?pw=secret");
    let found = command_line(&words(&line)).expect("a miner");
    assert_eq!(found.pool_url.as_deref(), Some("stratum+tls://pool.example.org:5555/x"));
    assert_eq!(found.user.as_deref(), Some(format!("{ETH}.rig").as_str()));
    let line =
        format!("./m -o stratum+tcp://pool.example.org:3333 -O {XMR}:secret -a rx/0 -p secret");
    let found = command_line(&words(&line)).expect("a miner");
    assert_eq!(found.user.as_deref(), Some(XMR));
    assert_eq!(found.algorithm.as_deref(), Some("rx/0"));
    assert!(!format!("{found:?}").contains("secret"));
}

#[test]
fn what_a_shell_only_reads_or_shows_is_no_command() {
    let miner =
        format!("./xmrig -o stratum+tcp://pool.example.org:3333 -u {XMR} -a rx/0 --donate-level=1");
    let told = |script: &str| command_line(&["bash", "-c", &script.replace("MINER", &miner)]);
    for script in [
        "sleep 20; echo done; # MINER",
        "sleep 20\n# MINER\nsleep 1",
        "echo MINER",
        "sleep 1 && printf '%s' MINER > /dev/null",
        "ps aux | grep MINER",
        "echo 'MINER'",
    ] {
        assert_eq!(told(script), None, "{script}");
    }
    for script in [
        "echo hello # there\nMINER",
        "sleep 1; MINER # quietly",
        "echo a#b; MINER",
        "/opt/cat MINER",
    ] {
        assert!(told(script).is_some(), "{script}");
    }
}

#[test]
fn commands_told_to_a_shell_are_taken_apart() {
    let script = "cd /tmp && nohup './my miner' -o stratum+tcp://192.0.2.1:80 -u \"x y\" &";
    let found = command_line(&["/bin/bash", "-c", script]).expect("a miner");
    assert_eq!(found.user.as_deref(), Some("x y"));
}

#[test]
fn configurations_are_told_by_their_structure() {
    let stak = r#"
        // a comment
        "pool_list" : [
            {"pool_address" : "pool.example.org:3333", "wallet_address" : "x",
             "rig_id" : "", "pool_password" : "secret", "use_nicehash" : false, "use_tls" : true,
             "tls_fingerprint" : "", "pool_weight" : 1 },
        ],
        "currency" : "monero7","#;
    let lol = r#"{"DEFAULTS": {"APIPORT": 8020}, "A": {"ALGO": "ETCHASH", "POOLS": [
        {"POOL": "stratum+tcp://pool.example.org:4444", "USER": "account.rig", "PASS": "secret"}]}}"#;
    for (text, family, strength) in [
        (
            r#"{"autosave": true, "cpu": {"huge-pages": true}, "donate-level": 0, "randomx": {},
                "pools": [{"url": "192.0.2.1:80", "user": "x", "pass": "secret", "rig-id": null}]}"#,
            Family::Xmrig,
            Strength::OptionSet,
        ),
        (
            r#"{"bind": [{"host": "0.0.0.0", "port": 3333}], "mode": "nicehash", "donate-level": 0,
                "pools": [{"url": "pool.example.org:80", "user": "x", "pass": "secret"}]}"#,
            Family::XmrigProxy,
            Strength::OptionSet,
        ),
        (stak, Family::XmrStak, Strength::OptionSet),
        (lol, Family::LolMiner, Strength::StratumUrl),
        (
            r#"{"pools": [{"url": "stratum+tcp://pool.example.org:3333", "user": "a.1", "pass": "secret"}],
                "api-listen": true, "bitmain-fan-ctrl": false}"#,
            Family::PoolList,
            Strength::StratumUrl,
        ),
        (
            r#"{"algo": "kawpow", "url": "pool.example.org:4444", "user": "account", "pass": "secret"}"#,
            Family::Flat,
            Strength::OptionSet,
        ),
        (
            r#"{"pool_configs": [{"algorithm": "kaspa", "wallet": ["x"], "url": ["ethstratum+tcp://a.example.org:5555"]}]}"#,
            Family::BzMiner,
            Strength::StratumUrl,
        ),
    ] {
        let found = json(text.as_bytes()).unwrap_or_else(|| panic!("a miner's: {text}"));
        assert_eq!((found.family, found.strength), (family, strength), "{text}");
        assert_eq!(found.pools.len(), 1);
        assert!(!format!("{found:?}").contains("secret"), "no password is kept");
    }
}

#[test]
fn verified_wallet_beside_a_pool_is_enough() {
    let text = format!(r#"{{"pools": [{{"url": "pool.example.org:3333", "user": "{XMR}.rig"}}]}}"#);
    let found = json(text.as_bytes()).expect("a miner's");
    assert_eq!(found.strength, Strength::OptionSet);
    assert_eq!(found.pools[0].user.as_deref(), Some(format!("{XMR}.rig").as_str()));
}

#[test]
fn other_files_are_not_configurations_of_miners() {
    for text in [
        r#"{"url": "https://example.org:443", "user": "admin", "pass": "secret"}"#,
        r#"{"pools": [{"url": "db.example.org:5432", "user": "app", "max": 10}]}"#,
        r#"{"pools": [{"name": "tank", "size": 3}], "url": "x"}"#,
        r#"{"host": "mail.example.org", "port": 25, "user": "a", "algorithm": "sha256"}"#,
        r#"{"name": "xmrig", "version": "6.0.0", "dependencies": {"cpu": "1"}}"#,
        r#"{"cpu": {"huge-pages": true}, "memory": 4}"#,
        r#"{"method": "login", "params": {"login": "x", "pass": "y", "agent": "z"}}"#,
        r#"{"host": "rpc.example.org", "port": 8545, "wallet": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}"#,
        r#"{"pools": [{"address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "url": "dex.example.org:443"}]}"#,
        r#"{"pools": [{"url": "stratum+tcp://pool.example.org:3333", "country": "XX"}]}"#,
        r#"{"note": "stratum+tcp://pool.example.org:3333"}"#,
        "[1, 2]",
        "\"",
        "",
    ] {
        assert_eq!(json(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn addresses_of_pools_have_a_host_and_a_port() {
    let url = |text: &str| shapes::address(text).map(|address| (address.url, address.stratum));
    assert_eq!(url("pool.example.org:3333"), Some(("pool.example.org:3333".into(), false)));
    assert_eq!(url("stratum+tcp://pool"), Some(("stratum+tcp://pool".into(), true)));
    assert_eq!(url("stratum+tcp://[2001:db8::1]:1").map(|found| found.1), Some(true));
    assert_eq!(url("daemon+http://127.0.0.1:18081").map(|found| found.1), Some(true));
    for text in [
        "file",
        "a:1",
        "10:30",
        "x.c",
        "pool.example.org:0",
        "pool.example.org:99999",
        "stratum+tcp://[^ ]*",
        "https://example.org:443/path",
        "mailto://a.b:1",
        "a b.c:1",
    ] {
        assert_eq!(url(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn any_arguments_are_read_without_panic(args in proptest::collection::vec(".{0,40}", 0..12)) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let _ = command_line(&args);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = json(&bytes);
    }

    #[test]
    fn every_beginning_of_a_configuration_is_read_without_panic(cut in 0..160_usize) {
        let text = r#"{"donate-level": 0, /* a */ "pools": [{"url": "192.0.2.1:80", "user": "x\"", }, ], # b
            "randomx": {}}"#;
        let _ = json(&text.as_bytes()[..cut.min(text.len())]);
    }
}
