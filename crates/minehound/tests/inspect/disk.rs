//! A mounted disk: what lies on it is found, nobody is accused for a name, nobody's password shown.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{inspect, run, text};

const PASSWORD: &str = "Secret123";

fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A root with a name, so that nothing of this machine is in it.
fn root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "etc/hostname", "bench-9\n");
    write(root.path(), "etc/passwd", "alice:x:1000:1000::/home/alice:/bin/sh\n");
    root
}

fn row<'c>(case: &'c Value, item: &str) -> &'c Value {
    case["table"].as_array().unwrap().iter().find(|it| it["item"] == item).unwrap()
}

fn signs(case: &Value) -> Vec<&str> {
    let findings = case["entities"][0]["findings"].as_array().unwrap();
    findings.iter().map(|it| it["sign"].as_str().unwrap()).collect()
}

#[test]
fn a_miner_that_lies_on_a_disk_is_a_clue_and_a_game_of_its_name_is_not() {
    for (path, verdict, sign) in [
        ("usr/bin/xmrig", "clue", "miner-file"),
        ("home/alice/xmrig-6.21.0/xmrig", "clue", "miner-file"),
        ("opt/nbminer/nbminer", "clue", "miner-file"),
        ("root/.x/xmrig", "clue", "miner-file"),
        ("usr/local/bin/ethminer", "clue", "miner-file"),
        ("home/alice/cpuminer", "clue", "miner-file"),
        ("usr/games/t-rex", "clear", "miner-file-name"),
        ("home/alice/research/samples/xmrig", "clear", "miner-file-name"),
    ] {
        let root = root();
        write(root.path(), path, "\u{7f}ELF and more");
        let (_, case) = inspect(&["--root", &root.path().display().to_string()]);
        let found = row(&case, "SYS-3");
        assert_eq!((&found["verdict"], signs(&case)), (&verdict.into(), vec![sign]), "{path}");
        assert_eq!(found["coverage"], "examined", "{path}");
        assert_ne!(found["reason"], "row-examined-silent", "{path}: a file is never nothing");
        assert_ne!(found["reason"], "row-only-context", "{path}");
    }
}

#[test]
fn a_configuration_deep_in_a_home_is_a_clue_and_one_of_sources_is_not() {
    let config = |user: &str| {
        format!(
            r#"{{"donate-level": 1, "randomx": {{}}, "pools": [{{"url": "pool.example:3333", "user": "{user}"}}]}}"#
        )
    };
    for (path, user, verdict, sign) in [
        ("home/alice/a/b/c/d/config.json", "alice.rig1", "clue", "miner-config-at-rest"),
        ("mnt/d/x/y/config.json", "alice.rig1", "clue", "miner-config-at-rest"),
        (
            "home/alice/src/x/src/config.json",
            "YOUR_WALLET_ADDRESS",
            "clear",
            "miner-config-shipped",
        ),
    ] {
        let root = root();
        write(root.path(), path, &config(user));
        let (_, case) = inspect(&["--root", &root.path().display().to_string()]);
        assert_eq!((&row(&case, "SYS-3")["verdict"], signs(&case)), (&verdict.into(), vec![sign]));
    }
}

#[test]
fn passwords_are_never_shown_and_logins_are_masked_wherever_they_stand() {
    let root = root();
    let table = format!(
        "@reboot root /opt/x -o pool.example:3333 -a rx/0 -u zhangsan.rig1 -p {PASSWORD} --rig-id lab-7\n\
         @reboot root /opt/y -a kawpow -P stratum+tcp://alice.w1:{PASSWORD}@rvn.example:6060\n"
    );
    write(root.path(), "etc/cron.d/x", &table);
    let root = root.path().display().to_string();
    for format in ["table", "json", "html", "csv", "sarif"] {
        for masked in [false, true] {
            let mut arguments = vec!["inspect", "--root", &root, "--format", format];
            arguments.extend(masked.then_some("--mask"));
            let said = text(&run(&arguments)).replace("\n    ", " ");
            assert!(said.contains("rvn.example"), "{format}: the finding is there");
            assert!(!said.contains(PASSWORD), "{format} {masked}");
            for login in ["zhangsan", "lab-7", "alice.w1"] {
                assert_eq!(said.contains(login), !masked, "{format} {masked}: {login}");
            }
        }
    }
}

#[test]
fn a_script_that_removes_an_agent_is_told_in_the_row_of_protections() {
    let root = root();
    write(
        root.path(),
        "tmp/ldr.sh",
        "#!/bin/sh\nsystemctl stop aliyun.service; /usr/local/qcloud/stargate/admin/uninstall.sh\n",
    );
    write(root.path(), "home/alice/fw.sh", "#!/bin/sh\nsystemctl stop firewalld\n");
    let (_, case) = inspect(&["--root", &root.path().display().to_string()]);
    let findings = case["entities"][0]["findings"].as_array().unwrap();
    let told = findings.iter().map(|it| {
        let (sign, statement) = (it["sign"].as_str().unwrap(), it["statement"].as_str().unwrap());
        (sign, statement.split_once(": ").unwrap().0)
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("agent-removal-script", "/tmp/ldr.sh:2"),
            ("protection-stop-script", "/home/alice/fw.sh:2"),
        ]
    );
    assert!(!row(&case, "SYS-8")["findings"].as_array().unwrap().is_empty());
    assert_ne!(case["entities"][0]["verdict"], "clue", "alone it is none");
}
