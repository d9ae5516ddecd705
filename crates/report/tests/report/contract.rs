//! The JSON report keeps its contract: the schema, the digest, times with their offset.

use minehound_report::{Format, Lang};
use serde_json::{Value, json};

use crate::support;

const SCHEMA: &str = include_str!("../../../../docs/reference/assessment.schema.json");

/// Checks what the schema uses of draft 2020-12, `pattern` apart.
fn check(schema: &Value, root: &Value, value: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/$defs/").unwrap();
        assert!(root["$defs"][name].is_object(), "no definition of {name}");
        return check(&root["$defs"][name], root, value, at);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let fit = if value.is_null() { any.last() } else { any.first() };
        return check(fit.unwrap(), root, value, at);
    }
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{at}: {value}");
    }
    if let Some(only) = schema.get("const") {
        assert_eq!(only, value, "{at}");
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.clone(),
        Value::Null => vec![],
        one => vec![one.clone()],
    };
    let is = |it: &Value| match it.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    assert!(types.is_empty() || types.iter().any(is), "{at}: {value} is no {types:?}");
    if let Some(members) = value.as_object() {
        let named = schema["properties"].as_object();
        for name in schema["required"].as_array().into_iter().flatten() {
            assert!(members.contains_key(name.as_str().unwrap()), "{at} lacks {name}");
        }
        for (name, member) in members {
            let at = format!("{at}.{name}");
            match (named.and_then(|it| it.get(name)), &schema["additionalProperties"]) {
                (Some(schema), _) => check(schema, root, member, &at),
                (None, Value::Bool(false)) => panic!("{at} is not in the schema"),
                (None, Value::Object(_)) => {
                    check(&schema["additionalProperties"], root, member, &at);
                }
                _ => {}
            }
        }
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        check(&schema["items"], root, item, &format!("{at}[{place}]"));
    }
}

#[test]
fn the_report_fits_its_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for mask in [false, true] {
        let options = minehound_report::Options { mask, ..support::options(Lang::Zh) };
        check(&schema, &schema, &support::json(&support::case(), &options), "$");
    }
    let mut empty = support::case();
    empty.entities.clear();
    empty.sessions.clear();
    empty.nodes.clear();
    empty.table.clear();
    empty.site = None;
    let report = support::json(&empty, &support::options(Lang::En));
    check(&schema, &schema, &report, "$");
    for name in ["entities", "sessions", "nodes", "table"] {
        assert_eq!(report[name], json!([]), "{name}");
    }
}

#[test]
fn a_session_says_what_the_contract_promises() {
    let report = support::json(&support::case(), &support::options(Lang::En));
    let session = &report["sessions"][1];
    assert_eq!(session["client"], "10.20.30.42:50000");
    assert_eq!(session["artefact"], report["inputs"][0]["sha256"]);
    assert_eq!(session["frames"], json!([62, 66, 82, 102]));
    assert_eq!(session["first_seen"], "2026-03-02T10:02:00.000+08:00");
    assert_eq!(session["account"], support::WALLET);
    assert_eq!(session["worker"], "rig-a1");
    assert_eq!(session["wallets"][0]["checksum"], "valid");
    assert_eq!(session["grade"], "shares_submitted");
    assert_eq!(report["nodes"][0]["server"], "[2001:db8::8]:8333");
    assert_eq!(report["entities"][0]["elements"]["pool"], "present");
    assert_eq!(report["entities"][0]["counter_reasons"][0]["sign"], "declared-use");
}

#[test]
fn the_digest_knows_results_and_nothing_else() {
    let case = support::case();
    let options = support::options(Lang::En);
    let digest = |case, options| support::json(case, options)["result_sha256"].clone();
    let expected = digest(&case, &options);
    let mut moved = case.clone();
    moved.inputs[0].path = "elsewhere/x.pcapng".to_owned();
    assert_eq!(digest(&moved, &options), expected, "a path changed it");
    let mut other = support::options(Lang::Zh);
    other.tz = jiff::tz::TimeZone::UTC;
    other.run = None;
    assert_eq!(digest(&case, &other), expected, "language, zone or run changed it");
    let mut changed = case.clone();
    changed.sessions[0].shares.accepted += 1;
    assert_ne!(digest(&changed, &options), expected, "a share did not change it");
    let html = support::text(&case, &options, Format::Html);
    assert!(html.contains(expected.as_str().unwrap()));
}

#[test]
fn sarif_has_rules_levels_and_frames() {
    let text = support::text(&support::case(), &support::options(Lang::En), Format::Sarif);
    let log: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "MH-NET-002");
    let first = &run["results"][0];
    assert_eq!((&first["level"], &first["kind"]), (&json!("error"), &json!("fail")));
    let place = &first["locations"][0];
    assert_eq!(place["properties"]["frame"], 12);
    assert_eq!(place["physicalLocation"]["region"]["startLine"], 12);
    assert_eq!(run["artifacts"][1]["location"]["uri"], "evidence/10.20.30.41%20%3Cb%3E.pcap.gz");
}
