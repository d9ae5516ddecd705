//! What goes wrong is said in the language of whoever reads it, with what to do.

use std::fs;

use crate::program::{office, run, text};

/// Inspects the sample with a file for this option; what the program says in Chinese.
fn told(option: &str, content: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.toml");
    fs::write(&file, content).unwrap();
    let file = file.display().to_string();
    let output = run(&["inspect", &office(), option, &file, "--lang", "zh", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    text(&output)
}

fn overlay(change: impl Fn(String) -> String) -> String {
    let right = run(&["example", "knowledge"]);
    told("--knowledge", &change(String::from_utf8(right.stdout).unwrap()))
}

#[test]
fn wrong_files_are_explained_in_chinese_with_a_command_that_shows_a_right_one() {
    let replaced = |from: &'static str, to: &'static str| {
        overlay(move |it| {
            assert!(it.contains(from));
            it.replace(from, to)
        })
    };
    for (said, words) in [
        (replaced("上级下发清单 2026-01-04，第 3 页", ""), "`source` 为空或过短"),
        (replaced("2026-01-04 ", "\"soon\" "), "`checked` 不是日期"),
        (replaced("2026-01-04 ", "2999-01-01 "), "2999-01-01 在将来"),
        (replaced("[\"XMR\"]", "[\"NOPE\"]"), "不认识币种 `NOPE`"),
        (replaced("xmr.pool.example", "10.0.0.1"), "是地址"),
        (replaced("xmr.pool.example", "duckdns.org"), "互不相干的人共用"),
        (replaced("ports =", "prots ="), "不认识的字段 `prots`"),
        (replaced("xmr.pool.example", "XMR.pool.example"), "不是小写的主机名"),
    ] {
        assert!(said.contains("行有误") && said.contains("minehound example knowledge"), "{said}");
        assert!(said.contains(words), "{words}: {said}");
    }
    let said = told("--site", "nat = 7\n");
    assert!(said.contains("不符合格式") && said.contains("minehound example site"), "{said}");
    assert!(said.contains("invalid type"), "the parser's own words stay: {said}");
    let said = told("--declare", "[[declaration]]\nproject=\"p\"\ndevices=[]\nexpiry=\"soon\"\n");
    assert!(said.contains("`soon` 不是日期"), "{said}");
    let said = told("--manual", "no workbook");
    assert!(said.contains("不是 `.xlsx` 工作簿"), "{said}");
    let said = told("--geo", "no table");
    assert!(said.contains("tor-geoipdb"), "{said}");
}

#[test]
fn wrong_command_lines_are_explained_in_chinese_alone() {
    for (arguments, words) in [
        (&["inspect", "--formt", "json"][..], "不认识的参数 `--formt`"),
        (&["inspect", "--format", "pdf"], "不接受 `pdf`；可用：table json html xlsx csv sarif"),
        (&["inspect", "--sample", "long"], "不接受 `long`"),
        (&["inspekt"], "没有 `inspekt` 这个命令"),
        (&["inspect", "--this-machine", "--root", "/"], "不能同时使用"),
        (&["explain"], "缺少必需的参数"),
        (&["explain", "MH-NOPE"], "没有这个检测器"),
    ] {
        let output = run(&[arguments, &["--lang", "zh"]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("错误：") && said.contains(words), "{words}: {said}");
        for english in ["error:", "Usage", "tip:", "For more"] {
            assert!(!said.contains(english), "{said}");
        }
    }
    let said = run(&["inspect", "--formt", "json", "--lang", "zh"]).stderr;
    assert!(String::from_utf8_lossy(&said).contains("是否想写 `--format`？"));
}

#[test]
fn what_the_system_says_is_said_in_chinese_and_a_parser_is_quoted_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::os::unix::fs::symlink(at("loop"), at("loop")).unwrap();
    std::fs::write(at("no.xlsx"), "text").unwrap();
    let folder = folder.path().display().to_string();
    let (circle, none, text_file) = (at("loop"), at("none"), at("no.xlsx"));
    for (arguments, words) in [
        (vec!["inspect", &circle], "符号链接过多"),
        (vec!["inspect", &none], "文件不存在"),
        (vec!["inspect", "--geo", &folder], "这是目录，不是文件"),
        (vec!["inspect", "--geo", &none], "没有这个文件或目录"),
        (vec!["inspect", "--manual", &text_file], "（程序库原话：invalid Zip archive"),
        (vec!["inspect", "--root", &none], "请给出系统盘挂载的目录"),
    ] {
        let output = run(&[&arguments[..], &["--lang", "zh"]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let said = stderr.clone() + &text(&output);
        assert!(said.contains(words), "{words}: {said}");
        for english in ["os error", "Too many levels", "entity not found", "Zip error"] {
            assert!(!said.contains(english), "{english}: {said}");
        }
        let first = stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("错误：") || first.starts_with("未读取："), "{stderr}");
    }
}

#[test]
fn the_manual_page_speaks_the_language_asked_for() {
    let chinese = text(&run(&["man", "--lang", "zh"]));
    assert!(chinese.contains(".SH 选项") && chinese.contains("排查本机"), "{chinese}");
    for english in ["Possible values", "The language", ".SH OPTIONS", "Inspects"] {
        assert!(!chinese.contains(english), "{english}");
    }
    assert!(text(&run(&["man", "--lang", "en"])).contains(".SH OPTIONS"));
}

#[test]
fn examples_are_accepted_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["knowledge", "site", "declare"] {
        let file = folder.path().join(name).display().to_string();
        fs::write(&file, run(&["example", name]).stdout).unwrap();
        let option = format!("--{name}");
        let output = run(&["inspect", &office(), "--quiet", &option, &file]);
        assert_eq!(output.status.code(), Some(20), "{}", text(&output));
    }
}

#[test]
fn a_site_that_everybody_visits_is_warned_of_when_it_is_listed_as_a_pool() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.toml").display().to_string();
    let right = String::from_utf8(run(&["example", "knowledge"]).stdout).unwrap();
    for (host, warned) in [("www.baidu.com", true), ("notbaidu.com", false)] {
        fs::write(&file, right.replace("xmr.pool.example", host)).unwrap();
        let output = run(&["inspect", &office(), "--knowledge", &file, "--lang", "zh"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.contains("人人都会访问"), warned, "{said}");
    }
}
