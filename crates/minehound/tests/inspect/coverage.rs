//! What was not looked at is never shown as clear.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::program::{fixture, inspect, office, run, text};

/// A pcap of so many frames of a link type.
fn pcap(link_type: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let words = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, link_type];
    let mut bytes: Vec<u8> = words.iter().flat_map(|it| it.to_le_bytes()).collect();
    for (second, frame) in (0..).zip(frames) {
        let length = u32::try_from(frame.len()).unwrap();
        bytes.extend(
            [1_700_000_000 + second, 0, length, length]
                .iter()
                .flat_map(|it: &u32| it.to_le_bytes()),
        );
        bytes.extend(frame);
    }
    bytes
}

#[track_caller]
fn row<'c>(case: &'c Value, item: &str) -> &'c Value {
    case["table"].as_array().unwrap().iter().find(|it| it["item"] == item).unwrap()
}

#[test]
fn a_capture_of_an_unknown_link_is_not_examined_and_no_innocent_one_beside_it_hides_that() {
    let folder = tempfile::tempdir().unwrap();
    let unknown = folder.path().join("usb.pcap");
    fs::write(&unknown, pcap(220, &vec![vec![7; 90]; 20])).unwrap();
    let innocent = folder.path().join("innocent.pcap");
    // ARP requests: a network with nothing on it.
    let arp = [[0xff; 6].as_slice(), &[2; 6], &[8, 6], &[0; 46]].concat();
    fs::write(&innocent, pcap(1, &vec![arp; 600])).unwrap();
    let [unknown, innocent] = [&unknown, &innocent].map(|it| it.display().to_string());
    for sources in [vec![&*unknown], vec![&*unknown, &*innocent]] {
        let (exit, case) = inspect(&sources);
        assert_eq!((exit, &row(&case, "NET-1")["verdict"]), (30, &"inconclusive".into()));
        assert_eq!(row(&case, "NET-1")["coverage"], "partly");
        let listed = case["inputs"].as_array().unwrap().iter().find(|it| it["path"] == *unknown);
        assert_eq!(listed.unwrap()["not_read"], "unknown-link");
        let limits = case["coverage"]["detection_limits"].as_array().unwrap();
        assert!(limits.iter().all(|it| it["hashrate"].is_null()), "{limits:?}");
    }
}

/// A root with files of the owner alone, and the program run by somebody else on it.
///
/// Only root can become somebody else, and root alone may read everything.
fn inspect_as_nobody(arguments: &[&str], folder: &Path) -> Option<(i32, Value)> {
    use std::os::unix::process::CommandExt;
    if fs::metadata("/proc/self").ok().map(|it| std::os::unix::fs::MetadataExt::uid(&it)) != Some(0)
    {
        return None;
    }
    // Where the build lies may be closed to others. Another process copies it: a file that this one
    // wrote may still be open in what its other threads start, and then nobody can run it.
    let program = folder.join("minehound");
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_minehound")).arg(&program).status();
    assert!(copied.unwrap().success());
    let output = Command::new(&program)
        .args(["inspect", "--format", "json", "--quiet", "--sample", "0", "--lang", "en"])
        .args(arguments)
        .current_dir("/")
        .uid(65_534)
        .gid(65_534)
        .output()
        .unwrap();
    Some((output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap()))
}

#[test]
fn what_only_root_may_read_is_no_silence_to_anybody_else() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    for (closed, examined) in [
        ("etc/systemd/system/m.service", ["SYS-4", "SYS-5"].as_slice()),
        ("var/spool/cron/crontabs/", &["SYS-4", "SYS-5"]),
        ("opt/m/config.json", &["SYS-3", "SYS-5"]),
        ("root/", &["SYS-3", "SYS-5"]),
    ] {
        let root = tempfile::tempdir_in(folder.path()).unwrap();
        fs::set_permissions(root.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let at = root.path().join(closed);
        for it in ["etc", "proc"] {
            fs::create_dir_all(root.path().join(it)).unwrap();
        }
        fs::write(root.path().join("etc/crontab"), "").unwrap();
        if closed.ends_with('/') {
            fs::create_dir_all(&at).unwrap();
            fs::set_permissions(&at, PermissionsExt::from_mode(0o700)).unwrap();
        } else {
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(&at, "{}").unwrap();
            fs::set_permissions(&at, PermissionsExt::from_mode(0o600)).unwrap();
        }
        let root = root.path().display().to_string();
        let (exit, _) = inspect(&["--root", &root]);
        assert_eq!(exit, 0, "{closed}: root reads it");
        let Some((exit, case)) = inspect_as_nobody(&["--root", &root], folder.path()) else {
            return;
        };
        assert_eq!((exit, &case["verdict"]), (30, &"inconclusive".into()), "{closed}");
        for item in examined {
            let row = row(&case, item);
            assert_eq!(
                (&row["verdict"], &row["coverage"]),
                (&"inconclusive".into(), &"partly".into())
            );
            assert!(row["reason_text"].as_str().unwrap().contains("as root"), "{row}");
        }
    }
}

#[test]
fn memory_of_others_that_cannot_be_read_is_no_silence() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let Some((exit, case)) = inspect_as_nobody(&[], folder.path()) else { return };
    assert!(exit >= 10, "{exit}");
    for item in ["SYS-1", "SYS-2", "SYS-9"] {
        let row = row(&case, item);
        assert_ne!(row["verdict"], "clear", "{item}");
        assert_ne!(row["coverage"], "examined", "{item}");
    }
}

/// The line of the row `item` in a report as text.
#[track_caller]
fn line(report: &Output, item: &str) -> String {
    let text = text(report);
    text.lines().find(|it| it.contains(item)).unwrap_or_else(|| panic!("{item}: {text}")).to_owned()
}

#[test]
fn a_row_never_says_none_found_beside_what_it_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let geo = folder.path().join("geo.csv");
    fs::write(&geo, "0,4294967295,RU\n").unwrap();
    let geo = geo.display().to_string();
    let infected = fixture("host-infected-root").display().to_string();
    let sources = [&*office(), "--root", &infected, "--geo", &geo];
    let (_, case) = inspect(&sources);
    for item in ["NET-4", "SYS-7"] {
        let row = row(&case, item);
        assert_eq!(
            (&row["reason"], &row["verdict"]),
            (&"row-listed".into(), &"clear".into()),
            "{item}"
        );
        assert!(!row["findings"].as_array().unwrap().is_empty(), "{item}");
    }
    for (lang, listed, none) in [("en", "listed", "none found"), ("zh-CN", "有记录", "未发现")]
    {
        for format in ["table", "csv"] {
            let output =
                run(&[&["inspect", "-q", "--lang", lang, "--format", format], &sources[..]]
                    .concat());
            for item in ["NET-4", "SYS-7"] {
                let line = line(&output, item);
                assert!(line.contains(listed) && !line.contains(none), "{line}");
            }
        }
    }
    let page = run(&[&["inspect", "-q", "--format", "html"], &sources[..]].concat());
    let page = text(&page);
    for item in ["row-NET-4", "row-SYS-7"] {
        let row = page.split(&format!("id=\"{item}\"")).nth(1).unwrap();
        let row = row.split("</tr>").next().unwrap();
        assert!(row.contains("有记录") && !row.contains("未发现"), "{row}");
    }
}

#[test]
fn pools_whose_country_the_table_does_not_know_may_be_abroad() {
    let folder = tempfile::tempdir().unwrap();
    let geo = folder.path().join("geo.csv");
    fs::write(&geo, "0,1,CN\n").unwrap();
    let (_, case) = inspect(&[&office(), "--geo", &geo.display().to_string()]);
    let row = row(&case, "NET-4");
    assert_eq!((&row["verdict"], &row["coverage"]), (&"inconclusive".into(), &"partly".into()));
}

#[test]
fn a_row_with_a_finding_was_examined_at_least_in_part() {
    let (_, case) = inspect(&["--root", &fixture("host-infected-root").display().to_string()]);
    for row in case["table"].as_array().unwrap() {
        let found = !row["findings"].as_array().unwrap().is_empty();
        assert!(!found || row["coverage"] != "not_examined", "{row}");
    }
}
