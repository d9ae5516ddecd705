//! The names of columns.

use std::collections::BTreeMap;

use calamine::DataRef;

use super::cell::text;
use super::columns::plain;
use super::*;
use crate::{Catalogue, Lang};

#[test]
fn no_name_stands_for_two_columns() {
    let mut names = BTreeMap::new();
    for lang in [Lang::Zh, Lang::En] {
        let words = Catalogue::of(lang).unwrap();
        for name in FIELDS {
            for alias in words.named("manual-alias", name).split(',') {
                assert_eq!(*names.entry(plain(alias)).or_insert(name), name, "{alias}");
            }
            let own = plain(&words.named("manual", name));
            assert_eq!(*names.entry(own).or_insert(name), name);
        }
    }
}

#[test]
fn a_guard_is_taken_off_and_other_quotes_stay() {
    let check = |cell: &str, expected: &str| {
        assert_eq!(text(&DataRef::String(cell.to_owned())), expected);
    };
    check("'=1+1", "=1+1");
    check("'quoted'", "'quoted'");
    check("  x ", "x");
}

#[test]
fn a_date_keeps_what_was_written_of_it() {
    let check = |cell: &str, expected: &str| {
        assert_eq!(text(&DataRef::DateTimeIso(cell.to_owned())), expected);
    };
    check("2026-03-09T00:00:00", "2026-03-09");
    check("2026-03-09T08:30:00", "2026-03-09 08:30");
    check("2026-03-09", "2026-03-09");
}

#[test]
fn full_width_headings_are_the_same_headings() {
    assert_eq!(plain("ＲＯＷ　ｉｄ"), plain("Row id"));
    assert_eq!(plain("核查人（１）"), plain("核查人(1)"));
}

#[test]
fn no_more_is_unpacked_than_the_limit_whatever_the_package_says() {
    let file = std::io::Cursor::new(Vec::new());
    let mut package = zip::ZipWriter::new(file);
    for name in ["a.xml", "b.xml"] {
        package.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut package, &b"<si></si>".repeat(1 << 16)).unwrap();
    }
    let bytes = package.finish().unwrap().into_inner();
    let whole = 2 * (9 << 16);
    assert!(bytes.len() < whole / 100, "{}", bytes.len());
    assert!(bounds::check_up_to(&bytes, whole as u64).is_ok());
    let refused = bounds::check_up_to(&bytes, whole as u64 - 1);
    assert!(matches!(refused, Err(ManualError::Unpacks)));
}

/// A workbook whose note is a formula, with a text in place of what the office program saved; what
/// never had a result says nothing of its type either.
fn with_formula(saved: &str, kept: &str, kind: &str) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["Row id", "Note", "Conclusion", "Inspector 1"]).unwrap();
    sheet.write_row(1, 0, ["HW-4", "", "", "Wang"]).unwrap();
    let formula = rust_xlsxwriter::Formula::new("=\"seen \"&D2").set_result("seen Wang");
    sheet.write_formula(1, 1, formula).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut replaced = 0;
    for at in 0..from.len() {
        let mut file = from.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        replaced += text.matches(saved).count();
        let name = file.name().unwrap().into_owned();
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(text.replace(saved, kept).replace(" t=\"str\"", kind).as_bytes()).unwrap();
    }
    assert_eq!(replaced, 1);
    to.finish().unwrap().into_inner()
}

#[test]
fn of_a_formula_its_saved_result_counts_and_without_one_it_is_refused_with_what_to_do() {
    let (saved, text) = ("<v>seen Wang</v>", " t=\"str\"");
    let read = read_manual(&with_formula(saved, saved, text)).unwrap();
    assert_eq!(read.rows[0].manual.note, "seen Wang");
    let empty = read_manual(&with_formula(saved, "<v></v>", text)).unwrap();
    assert_eq!(empty.rows[0].manual.note, "", "an empty text is a result");
    for kept in ["", "<v/>"] {
        let refused = read_manual(&with_formula(saved, kept, "")).unwrap_err();
        let told = refused.to_string();
        assert!(told.contains("row 2") && told.contains("=\"seen \"&D2"), "{told}");
    }
}
