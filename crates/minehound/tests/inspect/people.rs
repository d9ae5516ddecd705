//! What people fill into a workbook comes back, about whom they wrote it, and is never lost.

use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{fixture, inspect, office, run, text};

/// What somebody writes: the row id, the heading of the column, the text.
type Entry<'e> = (&'e str, &'e str, &'e str);

const PLAIN: [Entry<'_>; 6] = [
    ("HW-4", "Conclusion", "clear: walked through halls 1 to 3"),
    ("HW-4", "Inspector 1", "Wang"),
    ("HW-4", "Inspector 2", "Li"),
    ("endpoint:192.168.1.35", "Inspector 1", "Wang"),
    ("endpoint:192.168.1.35", "Conclusion", "excluded: a class exercise"),
    ("endpoint:192.168.1.35", "Note", "first line\nsecond line"),
];

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Inspects into a file.
    fn made(&self, name: &str, arguments: &[&str]) -> String {
        let out = self.at(name);
        let output = run(&[&["inspect", "--out", &out], arguments].concat());
        assert!(Path::new(&out).exists(), "{}", text(&output));
        out
    }

    /// The workbook as another program saves it, with entries filled in and columns left out.
    fn filled(&self, from: &str, entries: &[Entry<'_>], without: &[&str]) -> String {
        let to = self.at("filled.xlsx");
        let mut book = Workbook::new();
        for (name, mut rows) in sheets(from) {
            if without.contains(&name.as_str()) {
                continue;
            }
            let head = rows[0].clone();
            for (id, column, entry) in entries {
                let column = head.iter().position(|it| it == column);
                let row = rows.iter_mut().find(|it| it[0] == *id);
                if let (Some(row), Some(column)) = (row, column) {
                    (*entry).clone_into(&mut row[column]);
                }
            }
            let sheet = book.add_worksheet().set_name(&name).unwrap();
            for (row, cells) in (0..).zip(rows) {
                let cells = cells.iter().zip(&head).filter(|it| !without.contains(&it.1.as_str()));
                for (column, (cell, _)) in (0..).zip(cells) {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
        }
        book.save(&to).unwrap();
        to
    }
}

fn sheets(path: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book: Xlsx<_> = calamine::open_workbook(path).unwrap();
    let text = |row: &[Data]| row.iter().map(Data::to_string).collect();
    let all = book.worksheets().into_iter();
    all.map(|(name, range)| (name, range.rows().map(text).collect())).collect()
}

/// The row of this id in a sheet of the workbook.
fn row(path: &str, sheet: &str, id: &str) -> Vec<String> {
    let sheets = sheets(path);
    let rows = &sheets.iter().find(|it| it.0 == sheet).unwrap().1;
    rows.iter().find(|it| it[0] == id).unwrap().clone()
}

fn verdict<'v>(case: &'v Value, list: &str, name: &str, id: &str) -> &'v str {
    let all = case[list].as_array().unwrap();
    all.iter().find(|it| it[name] == id).unwrap()["verdict"].as_str().unwrap()
}

fn root() -> String {
    fixture("host-clean-root").display().to_string()
}

#[test]
fn every_format_tells_what_people_found_and_the_next_workbook_keeps_it() {
    let desk = Desk::new();
    let filled = desk.filled(&desk.made("a.xlsx", &[&office()]), &PLAIN, &[]);
    let (exit, case) = inspect(&[&office(), "--manual", &filled]);
    assert_eq!(exit, 20);
    assert_eq!(verdict(&case, "entities", "id", "endpoint:192.168.1.35"), "excluded");
    assert_eq!(case["entities"].as_array().unwrap().last().unwrap()["machine_verdict"], "clue");
    assert_eq!(case["coverage"]["entities"]["excluded"], 1);
    assert_eq!(verdict(&case, "table", "item", "HW-4"), "clear");
    assert_eq!(case["manual"]["HW-4"]["inspector_2"], "Li");
    assert_eq!(case["manual_workbook"]["not_in_run"], Value::Array(Vec::new()));
    assert_eq!(case["manual_workbook"]["only_then"], Value::Array(Vec::new()));

    let page = std::fs::read_to_string(
        desk.made("b.html", &[&office(), "--manual", &filled, "--lang", "en"]),
    );
    let page = page.unwrap();
    assert!(page.contains("id=\"row-HW-4\" data-verdict=\"clear\""));
    assert!(page.contains("excluded: a class exercise"));
    let flat = desk.made("b.csv", &[&office(), "--manual", &filled]);
    let flat = std::fs::read_to_string(flat).unwrap();
    let line = flat.lines().find(|it| it.starts_with("HW-4")).unwrap();
    assert!(line.contains("clear: walked through halls 1 to 3") && line.contains("Wang"), "{line}");

    let next = desk.made("b.xlsx", &[&office(), "--manual", &filled]);
    let line = row(&next, "Entities", "endpoint:192.168.1.35");
    assert!(line.contains(&"excluded: a class exercise".to_owned()), "{line:?}");
    let (_, again) = inspect(&[&office(), "--manual", &next]);
    assert_eq!(again["manual"], case["manual"]);
    assert_eq!(again["result_sha256"], case["result_sha256"]);
}

#[test]
fn whom_people_exclude_is_never_reported_as_nothing_found() {
    let desk = Desk::new();
    let made = desk.made("a.xlsx", &[&office()]);
    let all = ["23", "31", "35"].map(|it| format!("endpoint:192.168.1.{it}"));
    let signed: Vec<_> = all
        .iter()
        .flat_map(|it| [(&**it, "Inspector 2", "Li"), (it, "Conclusion", "Excluded: a drill")])
        .collect();
    let filled = desk.filled(&made, &signed, &[]);
    let (exit, case) = inspect(&[&office(), "--manual", &filled]);
    assert_eq!((exit, &case["verdict"]), (0, &Value::from("excluded")));
    let network = case["coverage"]["dimensions"].as_array().unwrap();
    let network = network.iter().find(|it| it["dimension"] == "network").unwrap();
    assert_ne!(network["verdict"], "clear");
    for (lang, words) in [("en", "Excluded by people: 3."), ("zh", "已由核查人排除：3 个对象")]
    {
        let told = text(&run(&["inspect", &office(), "--manual", &filled, "--lang", lang]));
        assert!(told.contains(words) && !told.contains("[ none found ]"), "{told}");
        let beside = ["machine's verdict: confirmed", "机器判定：证据充分(待认定)"];
        assert!(beside.iter().any(|it| told.contains(it)), "{told}");
    }
}

#[test]
fn an_exclusion_without_a_name_or_a_reason_is_a_note() {
    let desk = Desk::new();
    let made = desk.made("a.xlsx", &[&office()]);
    let (miner, look_up) = ("endpoint:192.168.1.23", "endpoint:192.168.1.35");
    let entries = [
        (miner, "Conclusion", "excluded: a class exercise"),
        (look_up, "Conclusion", "excluded"),
        (look_up, "Inspector 1", "Wang"),
        ("HW-4", "Conclusion", "excluded: no halls"),
    ];
    let filled = desk.filled(&made, &entries, &[]);
    let (exit, case) = inspect(&[&office(), "--manual", &filled]);
    assert_eq!((exit, &case["verdict"]), (20, &Value::from("confirmed")));
    assert_eq!(verdict(&case, "entities", "id", miner), "confirmed");
    assert_eq!(verdict(&case, "entities", "id", look_up), "clue");
    assert_eq!(verdict(&case, "table", "item", "HW-4"), "not_assessed");
    assert_eq!(case["manual"][miner]["conclusion"], "excluded: a class exercise", "it is kept");
    let told = run(&["inspect", &office(), "--manual", &filled, "--out", &desk.at("b.json")]);
    let told = text(&told);
    assert!(
        told.contains("without an inspector or a reason (3) are kept") && told.contains("HW-4"),
        "{told}"
    );
}

#[test]
fn an_untouched_workbook_changes_nothing() {
    let desk = Desk::new();
    let (_, bare) = inspect(&[&office()]);
    for mask in [&[][..], &["--mask"]] {
        let made = desk.made("a.xlsx", &[&[&*office()], mask].concat());
        let (exit, case) = inspect(&[&office(), "--manual", &made]);
        assert_eq!(exit, 20);
        assert_eq!(case["result_sha256"], bare["result_sha256"]);
    }
}

#[test]
fn rows_about_nothing_in_this_run_survive_and_find_their_entity_again() {
    let desk = Desk::new();
    let filled = desk.filled(&desk.made("a.xlsx", &[&office()]), &PLAIN, &[]);
    let (_, first) = inspect(&[&office()]);
    let office_sha256 = &first["inputs"][0]["sha256"];

    let elsewhere = ["--root", &root(), "--manual", &filled];
    let (_, case) = inspect(&elsewhere);
    let absent = &case["manual_workbook"]["not_in_run"];
    assert_eq!(absent.as_array().unwrap().len(), 1, "HW-4 is a row of every table: {absent}");
    assert_eq!(absent[0]["id"], "endpoint:192.168.1.35");
    assert_eq!(absent[0]["inputs"][0], *office_sha256);
    assert!(absent[0]["made"].is_string());
    assert_eq!(absent[0]["manual"]["conclusion"], "excluded: a class exercise");
    assert_eq!(case["coverage"]["entities"]["excluded"], 0, "it bears on no verdict");
    for (format, words) in
        [("table", "endpoint:192.168.1.35 · written into"), ("html", "Not in this run")]
    {
        let told = run(&[&["inspect", "--quiet", "--format", format], &elsewhere[..]].concat());
        let told = String::from_utf8(told.stdout).unwrap();
        assert!(told.contains("a class exercise") && told.contains(words), "{format}");
    }

    // Over two other runs, and back: the entries know where they come from.
    let second = desk.made("b.xlsx", &elsewhere);
    let third = desk.made("c.xlsx", &["--root", &root(), "--manual", &second]);
    let (_, kept) = inspect(&["--root", &root(), "--manual", &third]);
    assert_eq!(kept["manual_workbook"]["not_in_run"][0], absent[0], "as first written");
    let (_, back) = inspect(&[&office(), "--manual", &third]);
    assert_eq!(back["manual_workbook"]["not_in_run"], Value::Array(Vec::new()));
    assert_eq!(verdict(&back, "entities", "id", "endpoint:192.168.1.35"), "excluded");
    assert_eq!(back["manual"], case["manual"]);
}

#[test]
fn other_inputs_are_told_in_the_report_and_on_standard_error() {
    let desk = Desk::new();
    let made = desk.made("a.xlsx", &[&office()]);
    let same = run(&["inspect", &office(), "--manual", &made, "--out", &desk.at("b.json")]);
    assert!(!text(&same).contains("brought back"), "{}", text(&same));
    let more = ["--root", &root(), "--manual", &made, "--out", &desk.at("b.json")];
    let told = text(&run(&[&["inspect", &office()], &more[..]].concat()));
    assert!(
        told.contains("1 inputs that the workbook") && !told.contains("share no input"),
        "{told}"
    );
    let told = text(&run(&[&["inspect"], &more[..]].concat()));
    assert!(told.contains("not in this run") && told.contains("office.pcapng"), "{told}");
    assert!(told.contains("share no input"), "{told}");
    let page = run(&[&["inspect", "--quiet"], &more[..4], &["--format", "html"]].concat());
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("share no input") && page.contains("两次没有一份相同的输入"));
    let bare = desk.filled(&made, &PLAIN, &["minehound"]);
    let told = text(&run(&["inspect", &office(), "--manual", &bare, "--out", &desk.at("b.json")]));
    assert!(told.contains("does not say what it was made from"), "{told}");
}

/// The stand-in that the masked workbook has for the entity of this verdict.
fn stand_in(path: &str, verdict: &str) -> String {
    let sheets = sheets(path);
    let rows = &sheets.iter().find(|it| it.0 == "Entities").unwrap().1;
    rows.iter().find(|it| it[2] == verdict).unwrap()[0].clone()
}

#[test]
fn a_masked_row_comes_back_to_its_entity_and_to_no_other() {
    let desk = Desk::new();
    let made = desk.made("a.xlsx", &[&office(), "--mask"]);
    let everything = format!("{:?}", sheets(&made));
    assert!(!everything.contains("192.168.1."), "the key must not say it");
    let name = stand_in(&made, "clue");
    assert!(name.starts_with("endpoint:240.0.0."), "{name}");
    let entry =
        [(&*name, "Inspector 1", "Li"), (&*name, "Conclusion", "excluded: a class exercise")];
    let filled = desk.filled(&made, &entry, &[]);

    for more in [&[][..], &["--root", &root()]] {
        let (_, case) = inspect(&[&[&*office(), "--manual", &filled], more].concat());
        assert_eq!(verdict(&case, "entities", "id", "endpoint:192.168.1.35"), "excluded");
        assert_eq!(verdict(&case, "entities", "id", "endpoint:192.168.1.23"), "confirmed");
        let names: Vec<_> = case["manual"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["endpoint:192.168.1.35"]);
    }
    let (_, masked) = inspect(&[&office(), "--mask", "--manual", &filled]);
    assert_eq!(verdict(&masked, "entities", "machine_verdict", "clue"), "excluded");
    assert!(!masked.to_string().contains("192.168.1."));

    // Without its input nobody can tell whom it is about: it waits under a name of its own.
    let waiting = desk.made("b.xlsx", &["--root", &root(), "--manual", &filled]);
    let (_, case) = inspect(&["--root", &root(), "--manual", &waiting]);
    let id = case["manual_workbook"]["not_in_run"][0]["id"].as_str().unwrap();
    assert!(id.starts_with("masked-endpoint:") && !id.contains("240.0"), "{id}");
    let (_, case) = inspect(&[&office(), "--manual", &waiting]);
    assert_eq!(verdict(&case, "entities", "id", "endpoint:192.168.1.35"), "excluded");
    assert_eq!(case["manual_workbook"]["not_in_run"], Value::Array(Vec::new()));
}

#[test]
fn a_masked_row_that_lost_its_key_is_refused_with_what_to_do() {
    let desk = Desk::new();
    let made = desk.made("a.xlsx", &[&office(), "--mask"]);
    let name = stand_in(&made, "clue");
    for gone in [&["minehound-key"][..], &["minehound-key", "minehound"]] {
        let filled = desk.filled(&made, &[(&name, "Note", "seen on site")], gone);
        let output = run(&["inspect", &office(), "--manual", &filled, "--format", "json"]);
        let told = text(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("minehound-key") && told.contains("--mask"), "{told}");
    }
}

#[test]
fn a_wrong_workbook_is_refused_before_anything_is_read() {
    let desk = Desk::new();
    let page = desk.made("a.html", &[&office()]);
    for (path, words) in [
        (page, "not an `.xlsx` workbook"),
        (office(), "no `.xlsx` workbook"),
        (desk.at("missing.xlsx"), "could not be read"),
        (desk.at("."), "could not be read"),
    ] {
        let output = run(&["inspect", "no-such-capture", "--manual", &path, "--format", "json"]);
        let told = text(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(words) && output.stdout.is_empty(), "{told}");
    }
}
