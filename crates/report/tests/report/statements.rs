//! What readers are told, in both languages.

use minehound_model::*;
use minehound_report::{Catalogue, Format, Lang, Reader, Texts};

use crate::support;

#[track_caller]
fn check(lang: Lang, finding: &Finding, expected: &str) {
    let catalogue = Catalogue::of(lang).unwrap();
    let (texts, tz) = (Texts::default(), jiff::tz::TimeZone::UTC);
    let statement = Reader::new(&catalogue, &texts, &tz).statement(finding);
    assert!(statement.contains(expected), "{statement}");
}

#[test]
fn a_finding_speaks_both_languages() {
    let about = support::endpoint("192.0.2.7");
    let finding = support::finding(&about, "shares-accepted", Nature::Act, 1);
    check(Lang::Zh, &finding, "128");
    check(Lang::Zh, &finding, "份额");
    check(Lang::En, &finding, "accepted");
    let unknown = support::finding(&about, "no-such-sign", Nature::Context, 1);
    check(Lang::En, &unknown, "no such sign (accepted 128");
}

#[test]
fn silence_is_never_called_clear() {
    let text = support::text(&support::case(), &support::options(Lang::Zh), Format::Table);
    let row = text.lines().find(|it| it.contains("HW-1")).unwrap();
    assert!(row.contains("未核查") && !row.contains("未发现"), "{row}");
    let report = support::json(&support::case(), &support::options(Lang::Zh));
    let reason = "没有相应的材料。如需核查，请提供该主机的一次运行。";
    assert_eq!(report["table"][0]["reason_text"], reason);
}

#[test]
fn the_summary_says_what_where_what_next_and_what_not() {
    let text = support::text(&support::case(), &support::options(Lang::En), Format::Table);
    for part in [
        "[ confirmed ]",
        "Mining was seen: 1 confirmed, 1 suspected, 1 with clues only.",
        "What was found",
        "network address 10.20.30.41: confirmed.",
        "What to do next",
        "What was not looked at",
        "not assessed, 5 of 13 rows",
        "a host behind 203.0.113.9",
        "+08:00",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn every_number_of_the_page_leads_to_evidence_that_exists() {
    let html = support::text(&support::case(), &support::options(Lang::En), Format::Html);
    let mut links = 0;
    for link in html.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(html.contains(&format!("id=\"{target}\"")), "{target}");
        links += 1;
    }
    assert!(links > 50, "{links}");
}

#[test]
fn the_weight_of_evidence_is_told_in_words() {
    for format in [Format::Table, Format::Html, Format::Csv] {
        let text = support::text(&support::case(), &support::options(Lang::En), format);
        assert!(!text.contains("deciban") && !text.contains(" dB"), "{format:?}");
    }
}

#[test]
fn a_row_examined_in_part_names_every_place_once_in_one_sentence() {
    let mut case = support::case();
    let row = case.table.iter_mut().find(|it| it.verdict == Verdict::Clear).unwrap();
    let gaps = ["budget", "not-searched:/data", "not-searched:/work"];
    row.limited_by = gaps.map(str::to_owned).to_vec();
    let item = row.item.clone();
    let report = support::json(&case, &support::options(Lang::En));
    let rows = report["table"].as_array().unwrap();
    let said = rows.iter().find(|it| it["item"] == *item).unwrap()["reason_text"].as_str().unwrap();
    assert!(said.ends_with("; not searched: /data, /work."), "{said}");
    assert_eq!(said.matches("ot all was seen").count(), 1, "{said}");
}

#[test]
fn a_loopback_address_is_named_as_the_machine_that_captured() {
    let named = |lang, address: &str| {
        let catalogue = Catalogue::of(lang).unwrap();
        let (texts, tz) = (Texts::default(), jiff::tz::TimeZone::UTC);
        Reader::new(&catalogue, &texts, &tz).entity(&support::endpoint(address))
    };
    for address in ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1", "::1@0a1b2c3d"] {
        assert!(named(Lang::Zh, address).starts_with("抓包所在的机器"), "{address}");
        assert!(named(Lang::En, address).starts_with("the machine the capture was made on"));
    }
    for address in ["10.0.0.1", "128.0.0.1", "fe80::1"] {
        assert!(named(Lang::Zh, address).starts_with("网络地址"), "{address}");
    }
}
