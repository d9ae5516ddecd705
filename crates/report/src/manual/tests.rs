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
