//! Artefacts: what was handed in, sealed by its digest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ArtefactId, Span};

/// One imported file, stream or snapshot of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// Its number in the case.
    pub id: ArtefactId,
    /// Where it was read from, as the user named it.
    pub path: String,
    /// The SHA-256 of its bytes, in lower-case hexadecimal; empty if it could not be read.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// What it was recognised as, for example `pcap`, `pcapng+gzip`, `host-linux`, `unknown`.
    pub kind: String,
    /// How many records were read.
    pub records: u64,
    /// From the first to the last record, by the clock of the source.
    pub span: Option<Span>,
    /// Records that could not be used, per reason: a message id of the catalogue.
    pub skipped: BTreeMap<String, u64>,
    /// The first skipped records, each with its reason.
    pub first_skipped: Vec<(u64, String)>,
    /// Why it was not read, or not to its end: a message id of the catalogue.
    pub not_read: Option<String>,
    /// What the system or decoder said about that: a message id, or its own words.
    pub cause: Option<String>,
    /// Counts worth showing, by message id, for example `flows-tcp`, `endpoints`.
    pub counts: BTreeMap<String, u64>,
}
