//! Logs and lists that somebody made to harm or mislead whoever reads them. All of them written by hand.

use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{Formula, Workbook};
use serde_json::Value;

use crate::program::{run, text};

/// A name that an account may bear, and what an office program would make of it.
const NAMES: [&str; 4] = ["=HYPERLINK(1)", "+cmd|' /C calc'!A0", "@SUM(1)", "＝1+1"];

/// A session behind a router, and who was logged in there under a name of his choice.
fn case(folder: &Path, name: &str) -> String {
    let logs = folder.join("logs");
    fs::create_dir_all(&logs).unwrap();
    let session = "<189>date=2026-11-25 time=10:00:00 devname=\"FGT-1\" devid=\"FGT60F0000000000\" tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.2.3 srcport=51234 dstip=203.0.113.9 dstport=3333 sessionid=4711 proto=6 action=\"close\" policyid=1 trandisp=\"snat\" transip=198.51.100.1 transport=51234 duration=120 sentbyte=1500 rcvdbyte=90000\n";
    fs::write(logs.join("fw.log"), session).unwrap();
    let login = format!(
        "Wed Nov 25 09:00:00 2026\n\tAcct-Status-Type = Start\n\tUser-Name = \"{name}\"\n\tNAS-IP-Address = 192.0.2.30\n\tCalling-Station-Id = \"00-00-5E-00-53-07\"\n\tFramed-IP-Address = 10.1.2.3\n\tAcct-Session-Id = \"a1\"\n\tTimestamp = 1795568400\n\nWed Nov 25 12:00:00 2026\n\tAcct-Status-Type = Stop\n\tUser-Name = \"{name}\"\n\tNAS-IP-Address = 192.0.2.30\n\tCalling-Station-Id = \"00-00-5E-00-53-07\"\n\tFramed-IP-Address = 10.1.2.3\n\tAcct-Session-Id = \"a1\"\n\tTimestamp = 1795579200\n\n"
    );
    fs::write(logs.join("detail"), login).unwrap();
    let case = folder.join("case").display().to_string();
    let logs = logs.display().to_string();
    let zone = ["--log-tz", "+8", "--latest", "2026-11-26"];
    let output = run(&[&["import", "--case", &case, &logs][..], &zone].concat());
    assert!(output.status.success(), "{}", text(&output));
    case
}

/// The answer to a list.
fn answered(case: &str, list: &Path, out: &Path) {
    let (list, out) = (list.display().to_string(), out.display().to_string());
    let zone = ["--tz", "+8"];
    for command in [
        &["clue", "import", "--case", case, "--sender", "s", &list][..],
        &["clue", "feedback", "--case", case, "--out", &out],
    ] {
        let output = run(&[command, &zone].concat());
        assert!(output.status.success(), "{}", text(&output));
    }
}

const HEADERS: [&str; 6] = ["公网IP", "端口", "发现时间", "使用人", "核查结果", "备注"];

#[test]
fn a_name_that_is_a_formula_is_text_in_the_answer_and_the_senders_cells_stay_as_they_are() {
    for name in NAMES {
        let folder = tempfile::tempdir().unwrap();
        let case = case(folder.path(), name);
        let (list, out) = (folder.path().join("list.csv"), folder.path().join("answer.csv"));
        let row = "198.51.100.1,51234,2026-11-25 09:59:30,,,";
        let own = ["=HYPERLINK(\"http://203.0.113.1\")", "+cmd|' /C calc'!A0", "-1+1", "@SUM(1)"];
        let rows: String = own
            .iter()
            .map(|it| format!("{row}\"{}\"\r\n", it.replace('"', "\"\"")))
            .collect::<Vec<_>>()
            .concat();
        fs::write(&list, format!("{}\r\n{rows}", HEADERS.join(","))).unwrap();
        answered(&case, &list, &out);
        let (sent, answer) =
            (fs::read_to_string(&list).unwrap(), fs::read_to_string(&out).unwrap());
        for (sent, answer) in sent.lines().zip(answer.lines()).skip(1) {
            let ends = sent.rsplit_once(",,,").unwrap().1;
            assert!(answer.starts_with("198.51.100.1,51234,2026-11-25 09:59:30,"), "{answer}");
            assert!(answer.ends_with(ends), "not a byte of the sender's changes: {answer}");
            let ours = answer.strip_prefix("198.51.100.1,51234,2026-11-25 09:59:30,").unwrap();
            assert!(
                ours.trim_start_matches('"').starts_with(&format!("'{name}")),
                "guarded: {answer}"
            );
        }
    }
}

#[test]
fn in_a_workbook_a_name_that_is_a_formula_is_text_and_the_senders_formulas_are_still_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let case = case(folder.path(), NAMES[0]);
    let (list, out) = (folder.path().join("list.xlsx"), folder.path().join("answer.xlsx"));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write(0, column, header).unwrap();
    }
    for (column, cell) in (0..).zip(["198.51.100.1", "51234", "2026-11-25 09:59:30"]) {
        sheet.write(1, column, cell).unwrap();
    }
    sheet.write(1, 5, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write(2, 0, "=cmd|' /C calc'!A0").unwrap();
    book.save(&list).unwrap();
    answered(&case, &list, &out);
    let mut book: Xlsx<_> = open_workbook(&out).unwrap();
    let cells = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(cells.get((1, 3)), Some(&Data::String(NAMES[0].to_owned())));
    assert_eq!(cells.get((2, 0)), Some(&Data::String("=cmd|' /C calc'!A0".to_owned())));
    let formulas = book.worksheet_formula("Sheet1").unwrap();
    let formulas: Vec<_> = formulas.used_cells().map(|it| it.2.as_str()).collect();
    assert_eq!(formulas, ["1+1"], "the sender's, and no other");
}

/// What is said of a log, and what is known of it.
fn imported(name: &str, log: &str, latest: &str) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join(name);
    fs::write(&path, log).unwrap();
    let shown = path.display().to_string();
    let said = |case: &str, more: &[&str]| {
        let case = folder.path().join(case).display().to_string();
        let zone = ["--log-tz", "+8", "--latest", latest, "--lang", "en"];
        run(&[&["import", "--case", &case, &shown][..], &zone, more].concat())
    };
    let json = said("a", &["--json"]);
    let told: Value = serde_json::from_slice(&json.stdout).unwrap();
    (text(&said("b", &[])), told["files"][0].clone())
}

fn ack(at: &str, last: usize) -> String {
    format!(
        "{at} dhcp1 dhcpd[811]: DHCPACK on 10.1.2.{last} to 00:00:5e:00:53:{last:02x} (pc) via 10.1.2.1\n"
    )
}

#[test]
fn a_log_without_years_across_new_year_is_of_two_years_and_says_where_they_came_from() {
    let days = ["Dec 30 10:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01", "Jan  2 10:00:00"];
    let log: String = days.iter().zip(1..).map(|(at, last)| ack(at, last)).collect();
    let (said, told) = imported("dhcpd.log", &log, "2027-01-03");
    assert!(said.contains("from 2026-12-30 10:00:00"), "{said}");
    assert!(said.contains("4 lines name no year; it follows from the order of lines"), "{said}");
    assert_eq!((&told["read"]["ties"], &told["read"]["refused"]), (&4.into(), &0.into()));
    let (said, _) = imported("dhcpd.log", &log, "2026-12-30");
    assert!(said.contains("from 2025-12-30 10:00:00"), "never after it was handed in: {said}");
}

#[test]
fn a_log_without_years_of_more_than_one_begins_in_the_december_that_it_began_in() {
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan"];
    let rest =
        months.iter().zip(2..).map(|(month, last)| ack(&format!("{month}  5 10:00:00"), last));
    let log = ack("Dec 20 10:00:00", 1) + &rest.collect::<String>();
    let (said, told) = imported("dhcpd.log", &log, "2026-01-15");
    assert!(said.contains("from 2024-12-20 10:00:00"), "{said}");
    assert!(!said.contains("goes back"), "{said}");
    assert_eq!(told["read"]["ties"], 14);
}

#[test]
fn a_log_that_lies_about_its_year_is_taken_in_and_told_of() {
    let log = |year: &str| {
        format!("<189>date={year}-09-01 time=10:00:00 devname=\"FGT-1\" devid=\"FGT60F0000000000\" tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.2.3 srcport=51234 dstip=203.0.113.9 dstport=3333 sessionid=4711 proto=6 action=\"close\" policyid=1 trandisp=\"snat\" transip=198.51.100.1 transport=51234 duration=120 sentbyte=1500 rcvdbyte=90000\n").repeat(3)
    };
    for (year, says, field) in [
        ("2099", "3 lines are of a day after --latest", "after_latest"),
        ("1970", "3 lines are more than ten years older than --latest", "clock_unset"),
        ("2000", "3 lines are more than ten years older than --latest", "clock_unset"),
    ] {
        let (said, told) = imported("fw.log", &log(year), "2026-11-26");
        assert!(said.contains(says) && said.contains(&format!("from {year}-09-01")), "{said}");
        assert_eq!((&told["read"][field], &told["read"]["ties"]), (&3.into(), &3.into()));
    }
    let (said, told) = imported("fw.log", &log("2026"), "2026-11-26");
    assert!(!said.contains("--latest"), "{said}");
    assert_eq!(told["read"]["clock_unset"], 0);
}

#[test]
fn a_log_without_years_whose_lines_are_in_no_order_is_not_put_into_another_century() {
    let months = ["Jan", "Nov", "Feb", "Dec", "Jan", "Mar", "Dec", "Jun", "Dec", "Jan"];
    let lines = (0..400_usize).map(|it| {
        let at = format!("{} {:2} 10:00:00", months[it * 7 % 10], it * 13 % 28 + 1);
        ack(&at, it % 200 + 1)
    });
    let (said, told) = imported("dhcpd.log", &lines.collect::<String>(), "2026-11-26");
    let read = &told["read"];
    let from_ms = read["from_ms"].as_i64();
    let old = from_ms.is_some_and(|it| it < 1_400_000_000_000);
    assert!(!old || read["clock_unset"].as_u64() > Some(0), "told or not so: {said}");
    assert!(from_ms.is_some() || told["outcome"] == "not_read", "{told}");
    assert!(said.contains("goes back") || said.contains("not read"), "{said}");
}
