//! What is hidden is hidden everywhere, and alike.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use minehound_report::{Format, Lang, Options, mask};

use crate::support;

const SECRETS: [&str; 7] =
    [support::WALLET, support::GHOST, "rig-a0", "rig-a7", "10.20.30.", "fd00:7::15", "4EXAMPLE"];

#[track_caller]
fn check(text: &str, format: Format) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {format:?}");
    }
}

#[test]
fn no_original_appears_in_any_format() {
    let options = Options { mask: true, ..support::options(Lang::En) };
    for format in [Format::Table, Format::Json, Format::Html, Format::Csv, Format::Sarif] {
        check(&support::text(&support::case(), &options, format), format);
    }
    let bytes = support::rendered(&support::case(), &options, Format::Xlsx);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    for (_, range) in book.worksheets() {
        range.cells().for_each(|it| check(&it.2.to_string(), Format::Xlsx));
    }
}

#[test]
fn the_same_thing_has_the_same_name_everywhere() {
    let masked = mask(&support::case());
    let [first, second] = [&masked.sessions[0], &masked.sessions[1]];
    assert_eq!(first.wallets, second.wallets);
    assert_eq!(first.wallets[0].checksum, minehound_model::Checksum::Valid);
    assert_eq!(first.wallets[0].address, first.logins[0].account);
    assert_ne!(first.client.ip(), second.client.ip());
    assert_eq!(masked.entities[0].id, first.about);
    assert_eq!(first.about.name(), first.client.ip().to_string());
    assert_eq!(first.server, support::case().sessions[0].server, "a public pool stays");
    let people = masked.manual.keys().find(|it| it.starts_with("endpoint:")).unwrap();
    assert_eq!(*people, masked.entities[4].id.to_string());
}

#[test]
fn a_masked_report_says_so() {
    let options = Options { mask: true, ..support::options(Lang::En) };
    let report = support::json(&support::case(), &options);
    assert_eq!(report["run"]["masked"], true);
    assert!(support::text(&support::case(), &options, Format::Html).contains("240.0.0.0/4"));
}
