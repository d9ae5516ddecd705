//! What a site lays over the shipped knowledge.

use super::own;
use crate::knowledge::KnowledgeError;
use crate::knowledge::schema::{Day, PoolKind};

const OVERLAY: &str = r#"
[[pools]]
source = "https://intranet.example/pools"
checked = 2026-11-20
entries = [{ name = "House Pool", domains = ["pool.example"], ports = [3333] }]
"#;

#[test]
fn an_overlay_adds_replaces_and_changes_version_and_digest() {
    let mut knowledge = own();
    let (version, digest) = (knowledge.version(), knowledge.digest());
    assert_eq!((version.len(), digest.len()), (10, 64));
    knowledge.overlay("house.toml", OVERLAY).unwrap();
    assert_eq!(knowledge.version(), format!("{version}+1"));
    assert_ne!(knowledge.digest(), digest);
    let found = knowledge.pool_for_host("a.pool.example").unwrap();
    assert_eq!((found.pool.kind, found.expired), (PoolKind::Pool, false));
    let moved = OVERLAY
        .replace("checked", "expired = true\nchecked")
        .replace("pool.example", "new.example");
    knowledge.overlay("house2.toml", &moved).unwrap();
    assert!(knowledge.pool_for_host("a.pool.example").is_none(), "replaced by key");
    assert!(knowledge.pool_for_host("new.example").unwrap().expired);
    assert!(knowledge.pool_for_host("supportxmr.com").is_some(), "the shipped ones stay");
}

#[track_caller]
fn refused(text: &str, line_wanted: usize, words: &str) {
    let mut knowledge = own();
    let digest = knowledge.digest();
    let error = knowledge.overlay("house.toml", text).unwrap_err();
    let KnowledgeError::Invalid { file, line, message } = &error else { panic!("{error}") };
    assert_eq!((file.as_str(), *line), ("house.toml", line_wanted), "{message}");
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(knowledge.digest(), digest, "unchanged after an error");
}

#[test]
fn an_overlay_error_names_file_line_and_key() {
    refused(&OVERLAY.replace("ports", "prots"), 5, "prots");
    refused(&OVERLAY.replace("2026-11-20", "\"soon\""), 4, "`checked`: write a day");
    refused(&OVERLAY.replace("2026-11-20", "2026-13-20"), 4, "");
    refused(&OVERLAY.replace("[3333]", "[99999]"), 5, "u16");
    refused(&OVERLAY.replace("pool.example", "duckdns.org"), 5, "duckdns.org");
    refused(&OVERLAY.replace("pool.example", "Pool.Example"), 5, "lower-case");
    refused(&OVERLAY.replace("https://intranet.example/pools", ""), 3, "source");
    refused(&OVERLAY.replace("domains = [\"pool.example\"], ", ""), 5, "House Pool");
    refused("[[pools]]\nsource = ", 2, "");
    let twice = format!("{OVERLAY}\n{OVERLAY}");
    refused(&twice, 11, "stands twice");
}

#[test]
fn an_overlay_names_coins_that_somebody_describes() {
    let with = |coins: &str| OVERLAY.replace("ports", &format!("coins = [{coins}], ports"));
    refused(&with("\"XMR\", \"NOPE\""), 5, "coin `NOPE` is not known");
    own().overlay("house.toml", &with("\"XMR\", \"ETC\"")).unwrap();
    let described = "[[coins]]\nsource = \"https://intranet.example/coins\"\nchecked = 2026-11-20\n\
                     entries = [{ symbol = \"NOPE\", en = \"Nope\", zh = \"诺普\" }]\n";
    own().overlay("house.toml", &format!("{described}{}", with("\"NOPE\""))).unwrap();
}

#[test]
fn an_overlay_was_not_checked_after_the_last_day_that_can_have_been() {
    let day = |day| Day { year: 2026, month: 11, day };
    own().overlay_until("house.toml", OVERLAY, day(20)).unwrap();
    let mut knowledge = own();
    let digest = knowledge.digest();
    let error = knowledge.overlay_until("house.toml", OVERLAY, day(19)).unwrap_err().to_string();
    assert!(error.contains("line 4") && error.contains("2026-11-20"), "{error}");
    assert_eq!(knowledge.digest(), digest, "unchanged after an error");
}
