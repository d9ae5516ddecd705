//! The program as its users run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

pub(crate) fn office() -> String {
    fixture("office/office.pcapng").display().to_string()
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minehound"))
        .args(arguments)
        .env_remove("LANG")
        .env("LC_ALL", "en_US.UTF-8")
        .output()
        .unwrap()
}

pub(crate) fn inspect(arguments: &[&str]) -> (i32, Value) {
    let output = run(&[&["inspect", "--format", "json", "--quiet"], arguments].concat());
    let code = output.status.code().unwrap();
    (code, serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
}

pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[track_caller]
fn check_unread(path: &Path, reason: &str, code: i32) {
    let (exit, case) = inspect(&[&path.display().to_string()]);
    assert_eq!(exit, code, "{}", path.display());
    assert_eq!(case["inputs"][0]["not_read"], reason, "{}", path.display());
    for list in ["sessions", "nodes", "table", "entities"] {
        assert!(case[list].is_array(), "{list} is always there");
    }
}

#[test]
fn the_office_has_a_miner_a_login_and_a_look_up() {
    let (exit, case) = inspect(&[&office()]);
    assert_eq!(exit, 20);
    let verdicts: Vec<_> = case["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["id"].as_str().unwrap(), it["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(
        verdicts,
        [
            ("endpoint:192.168.1.23", "confirmed"),
            ("endpoint:192.168.1.31", "suspected"),
            ("endpoint:192.168.1.35", "clue"),
        ]
    );
    let truth = fs::read_to_string(fixture("office/truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&truth).unwrap();
    let mining: Vec<&Value> =
        truth["flows"].as_array().unwrap().iter().filter(|it| !it["mining"].is_null()).collect();
    let sessions = case["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), mining.len());
    for session in sessions {
        let flow = mining.iter().find(|it| it["client"] == session["client"]).unwrap();
        let (said, seen) = (&flow["mining"], &session["shares"]);
        assert_eq!(session["server"], flow["server"]);
        assert_eq!(session["dialect"], said["dialect"]);
        assert_eq!(seen["submitted"], said["shares"]["submitted"]);
        assert_eq!(seen["accepted"], said["shares"]["accepted"]);
        assert_eq!(session["worker"], said["logins"][0]["worker"]);
    }
}

#[test]
fn the_same_files_in_any_order_give_the_same_result() {
    let infected = fixture("host-infected-root").display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.bin");
    fs::copy(fixture("office/office.pcapng"), &copy).unwrap();
    let copy = copy.display().to_string();
    let (_, one) = inspect(&["--root", &infected, &office(), &copy]);
    let (_, other) = inspect(&["--root", &infected, &copy, &office()]);
    assert_eq!(one["result_sha256"], other["result_sha256"]);
    let unread: Vec<_> = one["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["not_read"] == "same-content")
        .collect();
    assert_eq!(unread.len(), 1, "a copy counts once");
}

#[test]
fn an_infected_root_is_found_and_a_clean_one_is_not() {
    let (exit, case) = inspect(&["--root", &fixture("host-infected-root").display().to_string()]);
    assert!(exit == 10 || exit == 20, "{exit}: {}", case["entities"]);
    let (exit, case) = inspect(&["--root", &fixture("host-clean-root").display().to_string()]);
    assert_eq!((exit, &case["verdict"]), (0, &Value::from("clear")), "{}", case["entities"]);
}

#[test]
fn this_machine_is_inspected_and_its_snapshot_gives_the_same_result() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("snapshot");
    let saved = saved.display().to_string();
    let (_, live) = inspect(&["--sample", "0", "--save", &saved]);
    let (_, again) = inspect(&[&saved]);
    assert_eq!(live["entities"][0]["kind"], "host");
    assert_eq!(live["result_sha256"], again["result_sha256"]);
}

#[test]
fn what_cannot_be_read_is_said_with_the_right_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("empty"), "").unwrap();
    fs::write(at("unknown"), "shopping list").unwrap();
    fs::write(at("broken.gz"), b"\x1f\x8b\x08\x00nonsense").unwrap();
    fs::create_dir(at("folder")).unwrap();
    check_unread(&at("empty"), "empty-file", 30);
    check_unread(&at("unknown"), "unknown-format", 30);
    check_unread(&at("broken.gz"), "damaged", 30);
    check_unread(&at("folder"), "empty-folder", 30);
    check_unread(&at("missing"), "missing", 30);
    let output = run(&["inspect", &at("missing").display().to_string()]);
    assert!(text(&output).contains("missing"), "{}", text(&output));
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no/such/report.html").display().to_string();
    for out in [nowhere.as_str(), "/dev/full"] {
        let output = run(&["inspect", &office(), "--format", "html", "--out", out]);
        assert_eq!(output.status.code(), Some(1), "{out}: {}", text(&output));
        assert!(text(&output).contains("could not be written"), "{}", text(&output));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn masked_output_names_nobody() {
    let (_, plain) = inspect(&[&office()]);
    let output = run(&["inspect", &office(), "--format", "html", "--mask", "--quiet"]);
    let page = String::from_utf8(output.stdout).unwrap();
    for session in plain["sessions"].as_array().unwrap() {
        for name in ["account", "worker"] {
            let secret = session[name].as_str().unwrap_or("-");
            assert!(secret.len() < 4 || !page.contains(secret), "{name} {secret}");
        }
    }
    assert!(!page.contains("192.168.1.23"));
}

#[test]
fn wrong_command_lines_are_told_apart_from_errors() {
    for wrong in [
        &["inspect", "--format", "pdf"][..],
        &["inspect", &office(), "--out", "x.pdf"],
        &["inspect", &office(), "--tz", "Mars"],
        &["inspect", &office(), "--tz", "+99"],
        &["inspect", &office(), "--home", "China"],
        &["inspect", &office(), "--sample", "-1"],
        &["inspect", &office(), "--save", "x.jsonl"],
        &["explain", "MH-XXX-999"],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}: {}", text(&run(wrong)));
    }
    let later = run(&["inspect", &office(), "--out", "/no/such/folder/x.html"]);
    assert_eq!(later.status.code(), Some(1), "{}", text(&later));
    assert_eq!(run(&["explain", "mh-net-001"]).status.code(), Some(0));
    assert!(text(&run(&["detectors"])).contains("MH-SYS-001"));
    assert!(text(&run(&["completions", "bash"])).contains("minehound"));
    assert!(text(&run(&["man"])).contains(".TH"));
}

#[test]
fn help_speaks_the_language_asked_for() {
    let chinese = text(&run(&["inspect", "--help", "--lang", "zh-CN"]));
    assert!(chinese.contains("排查本机"), "{chinese}");
    assert!(!chinese.contains("Usage"), "{chinese}");
    let english = text(&run(&["inspect", "--help"]));
    assert!(english.contains("Usage"), "{english}");
}

#[test]
fn a_capture_is_read_from_standard_input_and_packed() {
    use std::io::Write;
    let bytes = fs::read(fixture("office/office.pcapng")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_minehound"))
        .args(["inspect", "--quiet", "--format", "json", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    let case: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(case["sessions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_pipe_that_was_named_is_read_like_standard_input_and_one_in_a_folder_is_not_waited_on() {
    let (program, office) = (env!("CARGO_BIN_EXE_minehound"), office());
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe").display().to_string();
    let script = format!(
        "\"{program}\" inspect --quiet --format json <(cat \"{office}\") || exit_code=$?; \
         mkfifo \"{pipe}\" && exit ${{exit_code:-0}}"
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(20), "{}", text(&output));
    let case: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (_, plain) = inspect(&[&office]);
    assert_eq!(case["result_sha256"], plain["result_sha256"]);
    let (exit, case) = inspect(&[&folder.path().display().to_string()]);
    assert_eq!((exit, &case["inputs"][0]["not_read"]), (30, &Value::from("not-a-file")));
}

#[test]
fn no_line_is_wider_than_a_narrow_terminal() {
    for lang in ["zh", "en"] {
        let output = Command::new(env!("CARGO_BIN_EXE_minehound"))
            .args(["inspect", "--quiet", "--lang", lang, &office()])
            .env("COLUMNS", "60")
            .output()
            .unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        // An ideograph takes two places.
        let width = |it: &str| it.chars().map(|it| 1 + usize::from(it > '\u{2e7f}')).sum::<usize>();
        let widest = told.lines().max_by_key(|it| width(it)).unwrap();
        assert!(width(widest) <= 60, "{widest}");
        let heading = if lang == "zh" { "证据等级" } else { "Grade" };
        assert!(told.contains(heading), "{told}");
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
    // Where the build lies may be closed to others.
    let program = folder.join("minehound");
    fs::copy(env!("CARGO_BIN_EXE_minehound"), &program).unwrap();
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
