//! What people wrote into a workbook comes back, however they moved it about.

use std::collections::BTreeMap;

use minehound_assess::case::Manual;
use minehound_report::{Format, Lang, ManualError, read_manual};
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Workbook};

use crate::support;

/// A workbook of one sheet with these cells.
fn book(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*cells) {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[track_caller]
fn check(bytes: &[u8], expected: &BTreeMap<String, Manual>) {
    assert_eq!(&read_manual(bytes).unwrap(), expected);
}

#[test]
fn entries_survive_the_next_run_in_either_language() {
    let case = support::case();
    for lang in [Lang::Zh, Lang::En] {
        let bytes = support::rendered(&case, &support::options(lang), Format::Xlsx);
        check(&bytes, &case.manual);
        let mut next = case.clone();
        next.manual = read_manual(&bytes).unwrap();
        check(&support::rendered(&next, &support::options(lang), Format::Xlsx), &case.manual);
    }
}

#[test]
fn moved_columns_sorted_rows_and_more_sheets_are_fine() {
    let note = |note: &str| Manual { note: note.to_owned(), ..Manual::default() };
    let bytes = book(&[
        &["某单位排查表"],
        &["备注", "x", "行标识", "核查人 1"],
        &["two", "", "NET-2", ""],
        &["", "", "NET-3", ""],
        &["one", "", "NET-1", ""],
    ]);
    let expected =
        BTreeMap::from([("NET-1".to_owned(), note("one")), ("NET-2".to_owned(), note("two"))]);
    check(&bytes, &expected);
}

#[test]
fn a_typed_date_comes_back_as_a_date() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Row id").unwrap();
    sheet.write_string(0, 1, "Inspected at").unwrap();
    sheet.write_string(1, 0, "HW-1").unwrap();
    let day = ExcelDateTime::from_ymd(2026, 3, 9).unwrap();
    let style = Style::new().set_num_format("yyyy-mm-dd");
    sheet.write_datetime_with_format(1, 1, &day, &style).unwrap();
    let read = read_manual(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(read["HW-1"].inspected_at, "2026-03-09");
}

#[test]
fn what_is_no_such_workbook_is_said() {
    assert!(matches!(read_manual(b"PK no"), Err(ManualError::NotAWorkbook(_))));
    assert!(matches!(read_manual(&book(&[&["a", "b"]])), Err(ManualError::NoColumns)));
    let twice = book(&[&["Row id", "Note"], &["NET-1", "a"], &["NET-1", "b"]]);
    let error = read_manual(&twice).unwrap_err();
    assert!(matches!(&error, ManualError::Conflict { id, .. } if id == "NET-1"), "{error}");
}

#[test]
fn people_are_shown_wherever_the_row_is() {
    let case = support::case();
    let options = support::options(Lang::En);
    assert_eq!(support::json(&case, &options)["manual"]["BIZ-1"]["inspector_1"], "甲");
    assert_eq!(
        support::json(&case, &options)["entities"][4]["manual"]["conclusion"],
        "排除：已批准的研究"
    );
    for format in [Format::Html, Format::Table, Format::Csv] {
        assert!(support::text(&case, &options, format).contains("现场查看"), "{format:?}");
    }
}
