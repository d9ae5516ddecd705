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
        &["inspect", &office(), "--home", "XX"],
        &["inspect", &office(), "--sample", "-1"],
        &["inspect", &office(), "--save", "x.jsonl"],
        &["inspect", &office(), "--share-work", "pool"],
        &["inspect", &office(), "--share-work", "pool.example:443=1@nothing"],
        &["inspect", &office(), "--blocks", "x.csv"],
        &["explain", "MH-XXX-999"],
    ] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}: {}", text(&run(wrong)));
    }
    let later = run(&["inspect", &office(), "--out", "/no/such/folder/x.html"]);
    assert_eq!(later.status.code(), Some(1), "{}", text(&later));
    assert_eq!(run(&["explain", "mh-net-001"]).status.code(), Some(0));
    let listed = text(&run(&["detectors"]));
    assert!(listed.contains("MH-SYS-001") && listed.lines().is_sorted(), "{listed}");
    let chinese = ["inspect", &office(), "--share-work", "pool", "--lang", "zh-CN"];
    assert!(text(&run(&chinese)).contains("`pool`："), "{}", text(&run(&chinese)));
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
    }
}
