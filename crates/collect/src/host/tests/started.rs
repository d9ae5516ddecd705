//! What others start: supervisors, hooks and containers.

use std::os::unix::fs::symlink;

use minehound_model::Autostart;

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
