//! `minehound range` as its users run it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(lang: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minehound"));
    command.args(arguments).env_remove("LANG").env("LC_ALL", lang).output().unwrap()
}

fn english(arguments: &[&str]) -> Output {
    run("en_US.UTF-8", arguments)
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn entries(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        names.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_list_has_a_scenario_a_line_and_no_header_when_piped() {
    for lang in ["en_US.UTF-8", "zh_CN.UTF-8"] {
        let text = said(&run(lang, &["range", "list"]).stdout);
        let names: Vec<_> = text.lines().map(|it| it.split_whitespace().next().unwrap()).collect();
        assert_eq!(names.first(), Some(&"smoke"));
        let (live, written): (Vec<&str>, _) = names.iter().partition(|it| it.starts_with("live-"));
        assert!(written.contains(&"campus") && written.contains(&"campus-logs"));
        assert!(written.len() >= 11 && live.len() >= 4);
    }
}

#[test]
fn help_speaks_chinese_and_english() {
    for (lang, word) in [("zh_CN.UTF-8", "随机种子"), ("en_US.UTF-8", "seed of everything")] {
        let text = said(&run(lang, &["range", "gen", "--help"]).stdout);
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn a_written_scenario_is_whole_and_the_same_twice_and_is_found_by_inspecting_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).display().to_string();
    for name in ["a", "b"] {
        let done = english(&["range", "gen", "smoke", "--seed", "3", "--out", &out(name)]);
        assert!(done.status.success(), "{}", said(&done.stderr));
    }
    let names = entries(&folder.path().join("a"));
    assert!(names.iter().any(|it| it == "capture.pcapng"), "{names:?}");
    for name in names.iter().filter(|it| !it.starts_with("zeek")) {
        let read = |run: &str| fs::read(folder.path().join(run).join(name)).unwrap();
        assert_eq!(read("a"), read("b"), "{name}");
    }
    let streamed = english(&["range", "gen", "smoke", "--seed", "3", "--out", "-"]).stdout;
    assert_eq!(streamed, fs::read(folder.path().join("a/capture.pcapng")).unwrap());

    let (capture, ours) = (out("a/capture.pcapng"), out("ours.json"));
    english(&["inspect", &capture, "--out", &ours, "--quiet"]);
    let scored = english(&["range", "score", &out("a"), "--tool", "self", &ours, "--json"]);
    let score: Value = serde_json::from_slice(&scored.stdout).unwrap();
    assert_eq!(score["mining"], 3, "{}", said(&scored.stderr));
    assert_eq!(score["by_carrier"]["tcp"], serde_json::json!([1, 1]));
    assert_eq!(score["false_alarms"], 0);
}

#[test]
fn live_and_written_scenarios_are_told_apart_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out").display().to_string();
    for (lang, command, name, words) in [
        ("en_US.UTF-8", "gen", "live-smoke", "minehound range run"),
        ("zh_CN.UTF-8", "gen", "live-smoke", "实况场景"),
        ("en_US.UTF-8", "run", "no-such", "no such scenario"),
        ("zh_CN.UTF-8", "run", "no-such", "没有这个场景"),
    ] {
        let refused = run(lang, &["range", command, name, "--out", &out]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused.stderr).contains(words), "{}", said(&refused.stderr));
    }
    let refused = english(&["range", "gen", "smoke", "--send", "192.0.2.1:1", "--format", "ipfix"]);
    assert!(said(&refused.stderr).contains("127.0.0.1"), "{}", said(&refused.stderr));
    assert!(entries(folder.path()).is_empty());
}

#[test]
fn what_is_wrong_with_a_scenario_is_told_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.toml").display().to_string();
    let out = folder.path().join("out").display().to_string();
    let small = "duration = \"1m\"\n[[network]]\nname = \"a\"\nrange = \"10.0.0.0/30\"\n\
                 [[miner]]\ndialect = \"cryptonote\"\npool = { host = \"p.example\", port = 1 }\n";
    let misspelt = "duration = \"1m\"\n[[miner]]\ndialec = \"cryptonote\"\n";
    for (command, text, words) in [
        (
            "gen",
            misspelt,
            "line 3, key `miner.dialec`: there is no such key here; did you mean `dialect`?",
        ),
        (
            "gen",
            small,
            "line 4, key `network.range`: `/30 for 1 hosts` is wrong; allowed: a network of /27 or larger",
        ),
        ("run", "duration = \n", "line 1: this is no TOML"),
        ("run", misspelt, "this scenario is not live"),
    ] {
        fs::write(&path, text).unwrap();
        let refused = english(&["range", command, &path, "--out", &out]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused.stderr).contains(words), "{}", said(&refused.stderr));
    }
    let refused = english(&["range", "run", "smoke", "--out", &out]);
    assert!(
        said(&refused.stderr).contains("this scenario is not live"),
        "{}",
        said(&refused.stderr)
    );
}

/// Whoever copies an example of the manual gets mining out of it.
#[test]
fn the_examples_of_the_manual_mine() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let mut written = 0;
    for language in ["en", "zh"] {
        let page = fs::read_to_string(root.join(format!("docs/src/{language}/range.md"))).unwrap();
        let blocks = page.split("```toml\n").skip(1).filter_map(|it| it.split("```").next());
        for (number, block) in blocks.enumerate() {
            if block.contains("kind = \"live\"") {
                minehound_range::scenario_file::Live::parse("example", block).unwrap();
                continue;
            }
            let path = folder.path().join(format!("{language}{number}.toml")).display().to_string();
            let out = folder.path().join(format!("{language}{number}")).display().to_string();
            fs::write(&path, block).unwrap();
            let made = english(&[
                "range", "gen", &path, "--hours", "0.3", "--scale", "0.05", "--out", &out,
            ]);
            assert!(made.status.success(), "{}", said(&made.stderr));
            assert!(!said(&made.stderr).contains("never run"), "{}", said(&made.stderr));
            let truth = fs::read(Path::new(&out).join("truth.json")).unwrap();
            let truth: Value = serde_json::from_slice(&truth).unwrap();
            assert!(truth["flows"].as_array().unwrap().iter().any(|it| it["mining"].is_object()));
            written += 1;
        }
    }
    assert!(written >= 2);
}

#[test]
fn miners_whose_hours_lie_outside_are_no_miners_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("x.toml"), folder.path().join("out"));
    // Ten in the morning of UTC+8.
    let text = "start = 2026-01-05T02:00:00Z\nduration = \"10m\"\n[[miner]]\ncount = 2\n\
                dialect = \"cryptonote\"\nschedule = \"nights\"\npool = { host = \"p.example\", port = 1 }\n";
    fs::write(&path, text).unwrap();
    let (path, place) = (path.display().to_string(), out.display().to_string());
    let made = english(&["range", "gen", &path, "--out", &place]);
    assert!(said(&made.stderr).contains("2 miners never run"), "{}", said(&made.stderr));
    let truth: Value = serde_json::from_slice(&fs::read(out.join("truth.json")).unwrap()).unwrap();
    assert!(truth["hosts"].as_array().unwrap().iter().all(|it| it["mining"] == false), "{truth}");
}

#[test]
fn nothing_half_written_is_left_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.toml");
    fs::write(&bad, "duration = \"10m\"\n[[miner]]\ndialect = \"stratum\"\n").unwrap();
    let (bad, out) = (bad.display().to_string(), folder.path().join("out"));
    let refused = english(&["range", "gen", &bad, "--out", &out.display().to_string()]);
    let text = said(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text.contains("line 3, key `miner.dialect`: `stratum` is wrong"), "{text}");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("mine"), "precious").unwrap();
    let refused = english(&["range", "gen", "smoke", "--out", &out.display().to_string()]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(entries(&out), ["mine"]);
    assert_eq!(entries(folder.path()), ["bad.toml", "out"]);
}

#[test]
fn what_cannot_be_read_is_told_once_and_suspects_at_the_most() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sv2").display().to_string();
    let arguments = ["range", "gen", "sv2", "--seed", "3", "--hours", "0.3", "--scale", "0.1"];
    assert!(english(&[&arguments[..], &["--out", &out]].concat()).status.success());
    let capture = format!("{out}/capture.pcapng");
    let output = english(&["inspect", "--quiet", "--format", "json", &capture]);
    assert_eq!(output.status.code(), Some(10), "{}", said(&output.stderr));
    let case: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sessions = case["sessions"].as_array().unwrap();
    let ends: std::collections::BTreeSet<_> =
        sessions.iter().map(|it| (it["client"].to_string(), it["server"].to_string())).collect();
    assert!(!sessions.is_empty() && ends.len() == sessions.len(), "{sessions:?}");
    assert!(sessions.iter().all(|it| it["grade"] == "behaviour" && it["dialect"] == "stratum-v2"));
}

#[test]
fn a_tunnel_that_follows_blocks_is_a_session_and_scores_as_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let scenario = r#"
        start = 2026-01-05T00:00:00Z
        duration = "90m"
        [[miner]]
        dialect = "cryptonote"
        tunnel = { kind = "wireguard", host = "vpn1.example" }
        refresh = "never"
        [[innocent]]
        kind = "vpn-idle"
        count = 5
    "#;
    fs::write(path("tunnel.toml"), scenario).unwrap();
    let out = path("world");
    let made = english(&["range", "gen", &path("tunnel.toml"), "--seed", "3", "--out", &out]);
    assert!(made.status.success(), "{}", said(&made.stderr));
    let truth: Value =
        serde_json::from_slice(&fs::read(folder.path().join("world/truth.json")).unwrap()).unwrap();
    let blocks = truth["blocks"]["XMR"].as_array().unwrap().iter();
    let lines = blocks.map(|it| format!("{}", it.as_u64().unwrap() / 1_000_000));
    fs::write(path("blocks.csv"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    let (capture, blocks) =
        (format!("{out}/capture.pcapng"), format!("XMR={}", path("blocks.csv")));
    let ours = path("ours.json");
    english(&["inspect", &capture, "--blocks", &blocks, "--out", &ours, "--quiet"]);
    let case: Value = serde_json::from_slice(&fs::read(&ours).unwrap()).unwrap();
    let [session] = case["sessions"].as_array().unwrap().as_slice() else {
        panic!("{}", case["sessions"]);
    };
    assert_eq!(
        (&session["grade"], &session["carrier"]),
        (&"behaviour".into(), &"wireguard".into())
    );
    assert_eq!(
        (&session["because"][0], &session["coin"]),
        (&"follows_blocks".into(), &"XMR".into())
    );
    assert!(session["probability"].is_number() && session["known_at"].is_string(), "{session}");
    let scored = english(&["range", "score", &out, "--tool", "self", &ours, "--json"]);
    let score: Value = serde_json::from_slice(&scored.stdout).unwrap();
    assert_eq!((&score["found"], &score["false_alarms"]), (&1.into(), &0.into()));
    let seconds = score["median_seconds_to_detect"].as_f64().unwrap();
    assert!((900.0..5_400.0).contains(&seconds), "{seconds}");
}
