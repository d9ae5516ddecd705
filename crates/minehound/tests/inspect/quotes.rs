//! What the book quotes is what the program says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::office;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page(lang: &str, name: &str) -> String {
    fs::read_to_string(repository().join(format!("docs/src/{lang}/{name}.md"))).unwrap()
}

/// The report of the sample on a wide terminal, its lines stripped.
fn report(lang: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_minehound"))
        .args(["inspect", &office(), "--tz", "+08:00", "--quiet", "--lang", lang])
        .env("COLUMNS", "160")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|it| it.trim().trim_start_matches("- ").to_owned()).collect()
}

/// The lines in blocks that quote output.
fn quoted(page: &str) -> Vec<&str> {
    let mut quoted = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```text" => inside = true,
            it if it.starts_with("```") => inside = false,
            it if inside && !it.trim().is_empty() => quoted.push(it.trim()),
            _ => {}
        }
    }
    quoted
}

#[test]
fn quoted_output_is_what_the_program_prints_of_the_sample() {
    for lang in ["zh", "en"] {
        let report = report(lang);
        for name in ["quickstart", "reading", "verdict"] {
            let page = page(lang, name);
            let lines = quoted(&page);
            assert!(!lines.is_empty(), "{lang} {name}");
            for line in lines {
                assert!(report.iter().any(|it| it == line), "{lang} {name}: {line}\n{report:#?}");
            }
        }
    }
}

#[test]
fn quoted_words_stand_in_the_catalogue() {
    let catalogue = |file: &str| {
        fs::read_to_string(repository().join("crates/report/catalogue").join(file)).unwrap()
    };
    for (lang, file, quotes) in [
        (
            "zh",
            "zh-CN.toml",
            &[
                ("quickstart", "有些内容只有 root 能读"),
                ("quickstart", "没有看什么"),
                ("reading", "部分报文在抓包时被截断"),
                ("reading", "行为相似"),
                ("limits", "有加密连接，其内容没有读"),
                ("limits", "部分报文在抓包时被截断"),
                ("limits", "行为相似"),
                ("verdict", "之后的某台主机"),
            ][..],
        ),
        (
            "en",
            "en.toml",
            &[
                ("quickstart", "some of it may be read by root only"),
                ("reading", "by behaviour"),
                ("limits", "by behaviour"),
            ],
        ),
    ] {
        let catalogue = catalogue(file);
        for (name, quote) in quotes {
            assert!(page(lang, name).contains(quote), "{lang} {name} quotes {quote}");
            assert!(catalogue.contains(quote), "{file} says {quote}");
        }
    }
}

#[test]
fn every_grade_of_the_catalogue_is_listed_in_the_book() {
    for (lang, file) in [("zh", "zh-CN.toml"), ("en", "en.toml")] {
        let path = repository().join("crates/report/catalogue").join(file);
        let text = fs::read_to_string(path).unwrap();
        let section = text.split("[grade]").nth(1).unwrap().split("\n[").next().unwrap();
        let grades: Vec<_> = section.lines().filter_map(|it| it.split('"').nth(1)).collect();
        assert_eq!(grades.len(), 5);
        for name in ["reading", "quickstart"] {
            let page = page(lang, name);
            assert!(grades.iter().all(|it| page.contains(it)), "{lang} {name}: {grades:?}");
        }
    }
}
