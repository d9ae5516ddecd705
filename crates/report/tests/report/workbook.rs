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

/// What people wrote, by the row ids as they stand.
fn entries(bytes: &[u8]) -> BTreeMap<String, Manual> {
    let rows = read_manual(bytes).unwrap().rows;
    rows.into_iter().map(|it| (it.id, it.manual)).collect()
}

#[track_caller]
fn check(bytes: &[u8], expected: &BTreeMap<String, Manual>) {
    assert_eq!(&entries(bytes), expected);
}

#[test]
fn entries_survive_the_next_run_in_either_language() {
    let case = support::case();
    for lang in [Lang::Zh, Lang::En] {
        let bytes = support::rendered(&case, &support::options(lang), Format::Xlsx);
        check(&bytes, &case.manual);
        let mut next = case.clone();
        next.manual = entries(&bytes);
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
    let read = entries(&book.save_to_buffer().unwrap());
    assert_eq!(read["HW-1"].inspected_at, "2026-03-09");
}

#[test]
fn what_is_no_such_workbook_is_said() {
    assert!(matches!(read_manual(b"PK no"), Err(ManualError::NotAWorkbook(_))));
    assert!(matches!(read_manual(&book(&[&["a", "b"]])), Err(ManualError::NoColumns)));
    for (kind, bytes) in [
        ("old", &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..]),
        ("csv", b"\xef\xbb\xbfrow,note"),
        ("page", b"<!doctype html>"),
    ] {
        assert!(matches!(read_manual(bytes), Err(ManualError::OtherKind(_))), "{kind}");
    }
    assert!(matches!(read_manual(b""), Err(ManualError::NotAWorkbook(_))));
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

#[test]
fn a_cell_merged_over_rows_speaks_for_all_of_them_and_no_blank_takes_anything_away() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip([
        ["行标识", "核查人1", "备注", "人工备注"],
        ["NET-1", "", "one", ""],
        ["NET-2", "", "", "two"],
        ["ＮＥＴ－３", "", "left", "right"],
        ["", "", "a row of their own", ""],
    ]) {
        for (column, text) in (0..).zip(cells) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    sheet.merge_range(1, 1, 2, 1, "甲", &Style::new()).unwrap();
    let read = read_manual(&book.save_to_buffer().unwrap()).unwrap().rows;
    let told = |place: usize| {
        let it = &read[place];
        (it.id.as_str(), it.manual.inspector_1.as_str(), it.manual.note.as_str())
    };
    assert_eq!(told(0), ("NET-1", "甲", "one"));
    assert_eq!(told(1), ("NET-2", "甲", "two"));
    assert_eq!(told(2), ("ＮＥＴ－３", "", "left\nright"));
    assert!(told(3).0.starts_with("no-id-") && told(3).2 == "a row of their own");
    assert_eq!(read[3].at, ("Sheet1".to_owned(), 5));
}

#[test]
fn a_long_entry_comes_back_whole() {
    let mut case = support::case();
    let note = "字".repeat(32_000);
    case.manual.insert("HW-1".to_owned(), Manual { note, ..Manual::default() });
    check(&support::rendered(&case, &support::options(Lang::Zh), Format::Xlsx), &case.manual);
}

/// A package with one file that unpacks to this.
fn package(name: &str, bytes: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    bytes.for_each(|it| std::io::Write::write_all(&mut package, &it).unwrap());
    package.finish().unwrap().into_inner()
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
    let name = "xl/sharedStrings.xml";
    let run = package(name, std::iter::repeat_n(vec![b' '; 1 << 20], 2));
    assert!(matches!(read_manual(&run), Err(ManualError::Unpacks)));
    for announced in ["<sst uniqueCount=\"99999999999\">", "<sst uniqueCount = '4000001'>"] {
        let bytes = package(name, std::iter::once(announced.as_bytes().to_vec()));
        assert!(matches!(read_manual(&bytes), Err(ManualError::Unpacks)), "{announced}");
    }
    let wide = "<\0s\0s\0t\0".as_bytes().to_vec();
    let wide = package(name, std::iter::once(wide));
    assert!(matches!(read_manual(&wide), Err(ManualError::Unpacks)));
    assert!(matches!(read_manual(&vec![0; (64 << 20) + 1]), Err(ManualError::TooLarge)));
}

#[test]
fn a_damaged_workbook_is_never_read_in_part_and_never_a_panic() {
    let case = support::case();
    let whole = support::rendered(&case, &support::options(Lang::Zh), Format::Xlsx);
    for cut in (1..whole.len()).step_by(997) {
        assert!(read_manual(&whole[..cut]).is_err(), "cut at {cut}");
    }
    for at in (0..whole.len()).step_by(131) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        if let Ok(read) = read_manual(&bytes) {
            let read: BTreeMap<_, _> = read.rows.into_iter().map(|it| (it.id, it.manual)).collect();
            assert_eq!(read, case.manual, "at {at}");
        }
    }
}

#[test]
fn what_the_program_wrote_is_locked_on_every_sheet_and_only_the_columns_for_people_are_open() {
    use std::io::Read;
    let whole = support::rendered(&support::case(), &support::options(Lang::En), Format::Xlsx);
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
    let names: Vec<_> = package.file_names().map(|it| it.unwrap().into_owned()).collect();
    let sheets: Vec<_> = names.iter().filter(|it| it.starts_with("xl/worksheets/sheet")).collect();
    assert_eq!(sheets.len(), 11);
    let mut text = |name: &str| {
        let mut text = String::new();
        package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    for it in sheets {
        let sheet = text(it);
        assert!(sheet.contains("<sheetProtection sheet=\"1\""), "{it}");
        assert!(!sheet.contains("password="), "{it}");
    }
    let styles = text("xl/styles.xml");
    let open = styles.split("<xf ").filter(|it| it.contains("locked=\"0\""));
    assert_eq!(open.count(), 1, "one style is open: that of people");
}

#[test]
fn a_row_about_nothing_in_this_run_keeps_where_it_comes_from_masked_or_not() {
    let case = support::case();
    for mask in [false, true] {
        let options = minehound_report::Options { mask, ..support::options(Lang::En) };
        let read = read_manual(&support::rendered(&case, &options, Format::Xlsx)).unwrap();
        assert_eq!((read.workbook.stamped, read.workbook.masked), (true, mask));
        let row = read.rows.iter().find(|it| it.manual.note == "switched off").unwrap();
        let origin = support::workbook().absent.into_values().next().unwrap();
        assert_eq!(row.anchors, origin.anchors);
        let expected = minehound_assess::case::Origin { anchors: Vec::new(), ..origin };
        assert_eq!(row.origin, Some(expected));
        assert_eq!(row.masked.is_some(), mask, "{}", row.id);
        for format in [Format::Html, Format::Table, Format::Json] {
            let told = support::text(&case, &options, format);
            assert!(told.contains("switched off"), "{format:?}");
            assert!(told.contains("2026-02-01 09:00:00+08:00"), "{format:?}");
            assert_eq!(told.contains("10.20.30.9"), !mask, "{format:?}");
        }
    }
}
