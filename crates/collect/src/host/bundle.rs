//! A saved inspection of a machine: one JSON text per line, the header first.
//!
//! The observations stand from line 2 on, in the order they were made, and bear their line number
//! as record number, live as well as re-read: judging the bundle gives the same bytes as judging
//! the machine did. The SHA-256 of the bundle is the digest of the artefact.

use std::collections::BTreeMap;
use std::io::{self, Write};

use minehound_model::{
    ArtefactId, Clock, EntityId, EntityKind, Examined, Fact, FactKind, Observation, Provenance,
    Span,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::recorder::FIRST_RECORD;
use crate::{Collected, Reason, Sink};

/// The schema of a bundle, in its first line.
pub const SCHEMA: &str = "minehound.bundle/1";

/// The largest bundle, in bytes.
pub const MAX_BUNDLE: u64 = 128 << 20;
/// How much of a file [`is_bundle`] wants to see, at most, in bytes.
const MAX_HEADER: usize = 256;
/// The longest line, in bytes.
const MAX_LINE: usize = 1 << 20;
/// The most lines.
const MAX_LINES: u64 = 1 << 20;
/// The most skipped records that a bundle can tell of.
const MAX_SKIPS: u64 = 100_000;
/// The kinds of facts that a machine says of itself; a bundle can say no others.
const KINDS: [FactKind; 11] = [
    FactKind::Program,
    FactKind::MinerConfig,
    FactKind::Autostart,
    FactKind::HiddenProcess,
    FactKind::KernelTuning,
    FactKind::Protection,
    FactKind::FileTrace,
    FactKind::Device,
    FactKind::CpuLoad,
    FactKind::HostProfile,
    FactKind::AddressLease,
];
/// The reasons of this collector, as far as they can stand in a bundle.
const REASONS: [&str; 2] = ["not-a-file", "unreadable"];

/// Why a file is not read as a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// The header is missing or of another schema.
    #[error("the first line is not the header of a `{SCHEMA}` bundle; save the inspection again")]
    Header,
    /// There are more lines than any machine needs.
    #[error("the bundle has more than {MAX_LINES} lines; split it by machine")]
    TooLong,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    schema: String,
}

/// A line after the header.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Seen(Seen),
    Examined(Examined),
    Skips { counts: BTreeMap<String, u64>, first: Vec<(u64, String)> },
}

/// An observation without its artefact and record, which follow from where it stands.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    entity: EntityId,
    span: Span,
    clock: Clock,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    fact: Fact,
}

/// Whether a file that begins so is a bundle.
#[must_use]
pub fn is_bundle(prefix: &[u8]) -> bool {
    let head = prefix.get(..MAX_HEADER).unwrap_or(prefix);
    let head = head.trim_ascii_start();
    let line = head.split(|it| *it == b'\n').next().unwrap_or_default();
    serde_json::from_slice::<Header>(line).is_ok_and(|it| it.schema == SCHEMA)
}

/// Writes what was collected from one machine.
///
/// # Errors
/// Whatever `into` fails with.
pub fn write_bundle(collected: &Collected, mut into: impl Write) -> io::Result<()> {
    put(&mut into, &Header { schema: SCHEMA.to_owned() })?;
    for it in &collected.observations {
        put(
            &mut into,
            &Line::Seen(Seen {
                entity: it.entity.clone(),
                span: it.span,
                clock: it.clock,
                place: it.provenance.place.clone(),
                fact: it.fact.clone(),
            }),
        )?;
    }
    for it in &collected.examined {
        put(&mut into, &Line::Examined(it.clone()))?;
    }
    let skips = &collected.skips;
    let counts = skips.counts.iter().map(|(reason, count)| (reason.0.to_owned(), *count)).collect();
    let first = skips.first.iter().map(|(record, reason)| (*record, reason.0.to_owned())).collect();
    put(&mut into, &Line::Skips { counts, first })
}

/// Reads a bundle and returns the number of its lines. A line that says nothing a machine can say
/// of itself is skipped and counted.
///
/// # Errors
/// [`BundleError`] if the file is no bundle.
pub fn read_bundle(
    bytes: &[u8],
    artefact: ArtefactId,
    into: &mut dyn Sink,
) -> Result<u64, BundleError> {
    if !is_bundle(bytes) {
        return Err(BundleError::Header);
    }
    let lines = bytes.split(|it| *it == b'\n');
    let mut records = 1;
    for (number, line) in (1..).zip(lines).skip(1) {
        if number > MAX_LINES {
            return Err(BundleError::TooLong);
        }
        if line.is_empty() {
            continue;
        }
        records = number;
        if let Err(reason) = read_line(line, number, artefact, into) {
            into.skip(number, reason);
        }
    }
    Ok(records)
}

fn read_line(
    line: &[u8],
    number: u64,
    artefact: ArtefactId,
    into: &mut dyn Sink,
) -> Result<(), Reason> {
    if line.len() > MAX_LINE {
        return Err(Reason("too-long"));
    }
    match serde_json::from_slice(line).map_err(|_| Reason("malformed-line"))? {
        Line::Seen(seen) => {
            let known = KINDS.contains(&FactKind::from(&seen.fact));
            if !known || seen.entity.kind() != EntityKind::Host {
                return Err(Reason("foreign-fact"));
            }
            if seen.span.from_ms > seen.span.to_ms {
                return Err(Reason("malformed-line"));
            }
            let mut provenance = Provenance::at(artefact, number, number);
            provenance.place = seen.place;
            let Seen { entity, span, clock, fact, .. } = seen;
            into.observe(Observation { entity, span, clock, provenance, fact });
        }
        Line::Examined(examined) => {
            let known = KINDS.contains(&examined.kind);
            let entities = examined.extent.entities.as_ref();
            let hosts = entities
                .is_some_and(|it| it.iter().all(|entity| entity.kind() == EntityKind::Host));
            if !known || !hosts {
                return Err(Reason("foreign-fact"));
            }
            into.examined(examined);
        }
        Line::Skips { counts, first } => repeat_skips(&counts, &first, into)?,
    }
    Ok(())
}

/// Skips again what was skipped on the machine.
fn repeat_skips(
    counts: &BTreeMap<String, u64>,
    first: &[(u64, String)],
    into: &mut dyn Sink,
) -> Result<(), Reason> {
    let known = |reason: &str| REASONS.iter().copied().find(|it| *it == reason).map(Reason);
    let total = counts.values().try_fold(0_u64, |sum, it| sum.checked_add(*it));
    let malformed = Reason("malformed-line");
    if total.is_none_or(|it| it > MAX_SKIPS) {
        return Err(malformed);
    }
    let mut left = BTreeMap::new();
    for (reason, count) in counts {
        left.insert(known(reason).ok_or(malformed)?, *count);
    }
    for (record, reason) in first {
        let left = known(reason).and_then(|it| left.get_mut(&it)).ok_or(malformed)?;
        *left = left.checked_sub(1).ok_or(malformed)?;
        into.skip(*record, known(reason).ok_or(malformed)?);
    }
    for (reason, count) in left {
        for _ in 0..count {
            into.skip(FIRST_RECORD, reason);
        }
    }
    Ok(())
}

/// Writes one line.
fn put(mut into: impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut into, value)?;
    into.write_all(b"\n")
}

#[cfg(test)]
mod tests;
