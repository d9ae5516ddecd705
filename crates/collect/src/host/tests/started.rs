//! What others start: supervisors, hooks and containers; options that miners keep in files.

use std::os::unix::fs::symlink;

use minehound_model::{Autostart, MinerConfig};

use super::rooted::{check, write_all};
use super::*;

#[test]
fn a_miner_is_found_wherever_a_supervisor_a_hook_or_a_container_starts_it() {
    let root = tempfile::tempdir().unwrap();
    let miner = "/srv/x -o stratum+tcp://pool.example:3333 -u a.w -a rx/0 --donate-level 1";
    let script = format!("#!/bin/sh\n{miner}\n");
    let places = [
        ("/etc/supervisor/conf.d/a.conf", format!("[program:a]\ncommand={miner}\n")),
        ("/etc/supervisord.conf", format!("[program:a]\ncommand={miner}\n")),
        ("/etc/sv/a/run", script.clone()),
        ("/etc/service/b/run", script.clone()),
        ("/etc/init/a.conf", format!("start on x\nexec {miner}\n")),
        ("/etc/logrotate.d/a", format!("/x {{\npostrotate\n{miner}\nendscript\n}}\n")),
        ("/etc/apt/apt.conf.d/99a", format!("a \"\";\nDPkg::Post-Invoke {{\"{miner}\";}};\n")),
        ("/home/alice/p/.git/hooks/post-merge", script),
        ("/root/docker-compose.yml", format!("services:\n command: {miner}\n")),
        ("/etc/kubernetes/manifests/a.yaml", format!("kind: Pod\ncommand: {miner}\n")),
    ];
    let mut files: Vec<_> = places.iter().map(|it| (it.0, it.1.as_bytes())).collect();
    files.push(("/etc/passwd", b"alice:x:1000:1000::/home/alice:/bin/sh\n"));
    write_all(root.path(), &files);
    // What a link leads to is told once.
    symlink("/etc/sv/a", root.path().join("etc/service/a")).unwrap();
    let collected = inspect_root(root.path().to_path_buf());
    let found: Vec<(&str, &Autostart)> = facts(&collected);
    for (place, _) in &places {
        let line = if place.contains("logrotate") { 3 } else { 2 };
        check(&found, &format!("{place}:{line}"), &[], true);
    }
    assert_eq!(found.len(), places.len());
}

#[test]
fn options_that_pay_a_wallet_are_a_configuration_and_others_are_not() {
    let root = tempfile::tempdir().unwrap();
    let wallet = "0x".to_owned() + &"ab".repeat(20);
    let options = format!("# mine\n-pool eth.example:4444\n-wal {wallet}:pw -pass pw\n");
    let pools = format!("POOL: eth.example:4444, WALLET: {wallet}, PSW: pw\n");
    let files = [
        ("/home/a/phoenix/config.txt", options.as_bytes()),
        ("/srv/x/y/z/epools.txt", pools.as_bytes()),
        ("/home/a/db/config.txt", b"-pool db.example:5432\n-wal archive\n"),
        ("/etc/passwd", b"a:x:1000:1000::/home/a:/bin/sh\n"),
    ];
    write_all(root.path(), &files);
    let collected = inspect_root(root.path().to_path_buf());
    let mut found: Vec<(&str, &MinerConfig)> = facts(&collected);
    found.sort_by_key(|it| it.0);
    assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), [files[0].0, files[1].0]);
    for (_, config) in found {
        let (pools, users) = (["eth.example:4444".to_owned()], [wallet.clone()]);
        assert_eq!((config.pools.as_slice(), config.users.as_slice()), (&pools[..], &users[..]));
    }
}
