//! SARIF 2.1.0 (OASIS Standard, 27 March 2020): every scored finding as a result.
//!
//! A capture has no lines, so `startLine` holds the frame number, as does the property `frame`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use minehound_assess::Case;
use minehound_assess::case::{Assessed, Weighed};
use minehound_model::{Provenance, Verdict};
use serde_json::{Value, json};

use crate::ledger::Ledger;
use crate::reader::row::{is_context, is_counter};
use crate::{Reader, RenderError};

/// Writes the report.
pub(crate) fn write(
    case: &Case,
    reader: &Reader<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let ledger = Ledger::of(case);
    let rules = rules(case, reader);
    let artifacts: Vec<_> = case.inputs.iter().map(artifact).collect();
    let results: Vec<_> = case
        .entities
        .iter()
        .flat_map(|entity| entity.findings.iter().map(move |it| (entity, it)))
        .map(|(entity, it)| result(entity, it, reader, &ledger))
        .collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Minehound",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_values().collect::<Vec<_>>(),
            }},
            "artifacts": artifacts,
            "results": results,
            "properties": {
                "verdict": case.verdict,
                "knowledge": case.knowledge.digest,
                "result_sha256": crate::json::result_sha256(case, reader)?,
            },
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")?;
    Ok(())
}

fn rules(case: &Case, reader: &Reader<'_>) -> BTreeMap<&'static str, Value> {
    let ids = case.entities.iter().flat_map(|it| &it.findings).map(|it| it.finding.detector.0);
    let rule = |id: &'static str| {
        (id, json!({"id": id, "shortDescription": {"text": reader.detector(id)}}))
    };
    ids.map(rule).collect()
}

fn artifact(input: &minehound_model::Artefact) -> Value {
    json!({
        "location": {"uri": uri(&input.path)},
        "length": input.bytes,
        "hashes": if input.sha256.is_empty() { json!({}) } else { json!({"sha-256": input.sha256}) },
    })
}

fn result(entity: &Assessed, it: &Weighed, reader: &Reader<'_>, ledger: &Ledger<'_>) -> Value {
    let locations: Vec<_> =
        it.finding.evidence.places().map(|place| location(entity, place, ledger)).collect();
    let (level, kind) = level(entity.verdict, it);
    json!({
        "ruleId": it.finding.detector.0,
        "level": level,
        "kind": kind,
        "message": {"text": format!("{}: {}", reader.entity(&entity.id), reader.statement(&it.finding))},
        "locations": locations,
        "properties": {
            "sign": it.finding.sign.0,
            "nature": it.finding.nature,
            "verdict": entity.verdict,
            "weight_deciban": it.weight_deciban.0,
            "evidence": it.evidence,
        },
    })
}

/// SARIF allows a level other than `none` only for the kind `fail` (section 3.27.10).
fn level(verdict: Verdict, it: &Weighed) -> (&'static str, &'static str) {
    if is_context(it) || is_counter(it) {
        return ("none", "informational");
    }
    match verdict {
        Verdict::Confirmed => ("error", "fail"),
        Verdict::Suspected => ("warning", "fail"),
        Verdict::Clue => ("note", "fail"),
        Verdict::Excluded => ("none", "notApplicable"),
        Verdict::Inconclusive | Verdict::NotAssessed | Verdict::Clear => ("none", "open"),
    }
}

fn location(entity: &Assessed, place: &Provenance, ledger: &Ledger<'_>) -> Value {
    let input = ledger.input(place);
    let at = input.map_or("", |it| it.path.as_str());
    let records =
        if ledger.framed(place) { ["frame", "last_frame"] } else { ["record", "last_record"] };
    let mut properties = serde_json::Map::new();
    let [first, last] = records;
    properties.insert(first.to_owned(), place.records.first.into());
    properties.insert(last.to_owned(), place.records.last.into());
    properties.insert("sha256".to_owned(), input.map_or("", |it| it.sha256.as_str()).into());
    properties.extend(place.place.as_ref().map(|it| ("place".to_owned(), it.as_str().into())));
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(at), "index": place.artefact.0},
            "region": {"startLine": place.records.first.max(1), "endLine": place.records.last.max(1)},
        },
        "logicalLocations": [{"fullyQualifiedName": entity.id.to_string()}],
        "properties": properties,
    })
}

/// The path as a URI reference (RFC 3986, section 2.1).
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                // Writing to a string does not fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
