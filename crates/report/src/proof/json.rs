//! The proof sheet for other programs: `minehound.attribution/1`.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use minehound_model::{Candidate, LogClock, Span, Step, Who};
use serde_json::{Value, json};

use super::Proof;
use crate::moment::rfc3339;

pub(super) fn write(proofs: &[Proof], tz: &TimeZone, out: &mut dyn Write) -> io::Result<()> {
    // One after another: a list may ask ten thousand questions.
    write!(out, "{{\n  \"attributions\": [")?;
    for (place, proof) in proofs.iter().enumerate() {
        out.write_all(if place > 0 { b",\n" } else { b"\n" })?;
        serde_json::to_writer_pretty(&mut *out, &one(proof, tz))?;
    }
    writeln!(out, "\n  ],\n  \"schema\": \"minehound.attribution/1\"\n}}")
}

fn one(proof: &Proof, tz: &TimeZone) -> Value {
    let question = &proof.question;
    let used: std::collections::BTreeSet<_> = proof
        .answer
        .candidates
        .iter()
        .flat_map(|it| &it.steps)
        .filter_map(|it| it.line.map(|it| it.log))
        .collect();
    let logs = proof.logs.iter().filter(|it| used.contains(it.0));
    let logs: Vec<Value> = logs
        .map(|(id, (log, clock, loss))| {
            json!({
                "log": id.0,
                "device": log.device,
                "kind": log.kind,
                "path": log.path,
                "sha256": log.sha256,
                "span": span(log.span, tz),
                "clock": clocked(clock),
                "missing_share": loss,
            })
        })
        .collect();
    let candidates = &proof.answer.candidates;
    let missing = proof.answer.missing.iter().map(|it| {
        json!({
            "kind": it.kind,
            "of": it.of,
            "device": it.device,
            "span": span(it.span, tz),
            "probability": it.probability,
        })
    });
    json!({
        "row": proof.row,
        "standing": proof.answer.standing(),
        "question": {
            "address": question.address,
            "port": question.port,
            "proto": question.proto,
            "far_address": question.far.map(|it| it.0),
            "far_port": question.far.and_then(|it| it.1),
            "moment": span(question.moment, tz),
            "clock": clocked(&question.clock),
        },
        "candidates": candidates.iter().map(|it| candidate(it, proof, tz)).collect::<Vec<_>>(),
        "missing": missing.collect::<Vec<_>>(),
        "logs": logs,
    })
}

/// Whoever has less is named without the way to them.
const SHOWN: f64 = 0.02;

fn candidate(it: &Candidate, proof: &Proof, tz: &TimeZone) -> Value {
    let (who, name) = match it.who {
        Who::Machine(mac) => ("machine", mac.to_string()),
        Who::Holder(ip) => ("holder", ip.to_string()),
        Who::Behind(ip) => ("behind", ip.to_string()),
    };
    // One among many is named; its way is like that of the others.
    if it.probability < SHOWN {
        return json!({ "who": who, "name": name, "probability": it.probability });
    }
    let places = it.places.iter().map(|(place, share)| {
        json!({ "device": place.device, "port": place.port, "probability": share })
    });
    let accounts = it
        .accounts
        .iter()
        .map(|(account, share)| json!({ "account": account, "probability": share }));
    json!({
        "who": who,
        "name": name,
        "probability": it.probability,
        "host_name": it.host_name,
        "places": places.collect::<Vec<_>>(),
        "accounts": accounts.collect::<Vec<_>>(),
        "steps": it.steps.iter().map(|it| step(it, proof, tz)).collect::<Vec<_>>(),
    })
}

fn step(it: &Step, proof: &Proof, tz: &TimeZone) -> Value {
    json!({
        "log": it.line.map(|it| it.log.0),
        "line": it.line.map(|it| it.line),
        "text": it.line.and_then(|it| proof.lines.get(&it)),
        "tie": it.tied,
        "span": span(it.span, tz),
        "probability": it.probability,
    })
}

fn span(it: Span, tz: &TimeZone) -> Value {
    json!({ "from": rfc3339(it.from_ms, tz), "to": rfc3339(it.to_ms, tz) })
}

fn clocked(it: &LogClock) -> Value {
    json!({
        "offset_ms": it.offset_ms,
        "drift_ppm": it.drift_ppm,
        "sd_ms": it.sd_ms,
        "sessions": it.pairs,
    })
}
