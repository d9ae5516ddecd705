//! The names of columns.

use super::*;

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
