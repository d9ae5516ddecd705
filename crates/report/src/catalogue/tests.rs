//! What holds between the languages, and for messages that are missing.

use minehound_model::{Dimension, Element, FactKind, Verdict};
use strum::IntoEnumIterator;

use super::*;

fn catalogues() -> [Catalogue; 2] {
    [Lang::Zh, Lang::En].map(|it| Catalogue::of(it).unwrap())
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<_> =
        text.split('{').skip(1).filter_map(|it| Some(it.split_once('}')?.0)).collect();
    names.sort_unstable();
    names
}

#[track_caller]
fn check(message: &str) {
    for catalogue in catalogues() {
        assert!(catalogue.pattern(message).is_some(), "{message} in {:?}", catalogue.lang());
    }
}

#[test]
fn both_languages_have_the_same_messages_and_placeholders() {
    let [zh, en] = catalogues();
    // The English help of the command line stands in its declarations, and what the libraries'
    // errors say in the errors.
    let said = |it: &(&str, &str)| !it.0.starts_with("cli.") && !it.0.starts_with("error.");
    let [zh, en] = [&zh, &en].map(|it| it.messages().filter(said).collect::<BTreeMap<_, _>>());
    let lacks = |one: &BTreeMap<&str, &str>, other: &BTreeMap<&str, &str>| {
        let lacking = one.keys().filter(|it| !other.contains_key(*it));
        lacking.map(|it| (*it).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((lacks(&zh, &en), lacks(&en, &zh)), (vec![], vec![]));
    for (name, zh) in &zh {
        let en = en[name];
        assert_eq!(placeholders(zh), placeholders(en), "{name}");
        assert!(!zh.is_empty() && !en.is_empty(), "{name}");
    }
}

#[test]
fn every_verdict_dimension_element_and_kind_of_fact_has_its_words() {
    for verdict in Verdict::iter() {
        for section in ["verdict", "meaning", "headline", "next"] {
            check(&format!("{section}.{verdict}"));
        }
    }
    Dimension::iter().for_each(|it| check(&format!("dimension.{it}")));
    Element::iter().for_each(|it| check(&format!("element.{it}")));
    for kind in FactKind::iter() {
        check(&format!("fact.{kind}"));
        check(&format!("give.{kind}"));
    }
}

#[test]
fn evidence_is_never_called_by_its_unit() {
    for catalogue in catalogues() {
        for (name, text) in catalogue.messages() {
            assert!(!text.contains("dB") && !text.contains("decib"), "{name}: {text}");
        }
    }
}

#[test]
fn a_count_that_may_be_one_is_the_subject_of_no_plural() {
    let [zh, en] = catalogues();
    for (name, text) in en.messages() {
        for count in ["n", "accepted", "rejected", "miners"] {
            for plural in ["were", "are", "say", "have", "rows say", "rows are", "miners"] {
                let said = format!("{{{count}}} {plural} ");
                assert!(!format!("{text} ").contains(&said), "{name}: {text}");
            }
        }
    }
    // What follows may begin with Latin letters, which stand apart from Chinese.
    for (name, text) in zh.messages() {
        let before = text.split_once("{kinds}").and_then(|it| it.0.chars().next_back());
        assert!(before.is_none_or(|it| "：（，".contains(it)), "{name}: {text}");
    }
}

#[test]
fn a_sign_without_a_message_is_still_readable() {
    let [_, en] = catalogues();
    let args =
        Args::from([("count", Arg::Count(3)), ("server", Arg::Text("\u{1b}[2J{pool}".to_owned()))]);
    let text = en.sign("no-such-sign", &args);
    assert_eq!(text, "no such sign (count 3, server \\u{1b}[2J{pool})");
    assert_eq!(en.sign("no-such-sign", &Args::new()), "no such sign");
}

#[test]
fn signs_without_a_message_are_listed() {
    assert_eq!(missing_signs(["no-such-sign"]).unwrap(), ["no-such-sign"]);
}

#[test]
fn a_placeholder_in_an_argument_stays_text() {
    let text = fill("to {server}, {none}", |name| (name == "server").then(|| "{none}".to_owned()));
    assert_eq!(text, "to {none}, —");
}

#[test]
fn an_optional_part_stands_only_with_its_value() {
    let said = |pattern, given: &'static str| {
        fill(pattern, move |name| (name == "top").then(|| given.to_owned()))
    };
    assert_eq!(said("busy[, most by {top}].", "svc"), "busy, most by svc.");
    assert_eq!(said("busy[, most by {top}].", ""), "busy.");
    assert_eq!(said("busy[, {none}][, {top}]", "svc"), "busy, svc");
    assert_eq!(said("[plain] {none}[", "svc"), "[plain] —[");
    assert_eq!(said("[{top}]", "[x {y}]"), "[x {y}]");
}

#[test]
fn a_long_wallet_is_cut_in_its_middle_and_its_worker_kept() {
    let wallet = "4".repeat(95);
    assert_eq!(brief(&format!("{wallet}.rig-7")), "444444…444444.rig-7");
    assert_eq!(brief(&format!("XMR:{wallet}")), "XMR:444444…444444");
    assert_eq!(brief("someone.rig-7"), "someone.rig-7");
    assert_eq!(brief("矿工，一二三"), "矿工，一二三");
}
