//! The contract for other programs, `minehound.assessment/1`, and the digest of what was concluded.
//!
//! Its JSON Schema is `docs/reference/assessment.schema.json`.

mod each;
mod entity;
mod people;
mod session;
mod table;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::io::Write;

use jiff::tz::TimeZone;
use minehound_assess::Case;
use minehound_assess::case::{Assessed, Manual, SiteStamp, TableRow};
use minehound_model::{Artefact, DeviceRow, NodeRow, ProgramRow, SessionRow, Verdict};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::each::{Each, Numbered};
use self::entity::EntityRecord;
use self::people::WorkbookRecord;
use self::session::{NodeRecord, SessionRecord};
use self::table::{CoverageRecord, RowRecord};
use self::text::{Layout, Outline};
use crate::counts::counted;
use crate::ledger::Ledger;
use crate::{Counts, Reader, RenderError, View, moment};

/// The name and version of the contract.
pub(crate) const SCHEMA: &str = "minehound.assessment/1";

/// Names of members that say where something lay, how it is worded, or when the program ran.
static NOT_HASHED: [&str; 11] = [
    "manual_workbook",
    "path",
    "statement",
    "title",
    "method",
    "reason_text",
    "name_text",
    "cause",
    "run",
    "strength",
    "result_sha256",
];

/// The parts of a report besides its run and its digest; lists are made element by element.
struct Document<'m, 'c, 'r> {
    schema: &'static str,
    verdict: Verdict,
    counts: CountsRecord,
    inputs: Each<'m, 'c, 'r, Artefact, InputRecord<'c>>,
    entities: Each<'m, 'c, 'r, Assessed, EntityRecord<'c>>,
    sessions: Each<'m, 'c, 'r, Box<SessionRow>, SessionRecord<'c>>,
    nodes: Each<'m, 'c, 'r, NodeRow, NodeRecord<'c>>,
    devices: Each<'m, 'c, 'r, DeviceRow, Value>,
    programs: Each<'m, 'c, 'r, ProgramRow, Value>,
    table: Each<'m, 'c, 'r, TableRow, RowRecord<'c>>,
    coverage: CoverageRecord<'c>,
    evidence: Numbered<'m, 'c, 'r>,
    site: Option<&'c SiteStamp>,
    manual: &'c BTreeMap<String, Manual>,
    manual_workbook: Option<WorkbookRecord<'c>>,
    knowledge: KnowledgeRecord<'c>,
}

/// Every total, as the one counting function gives it.
#[derive(Serialize)]
struct CountsRecord {
    entities: BTreeMap<String, u64>,
    entities_listed: u64,
    table: BTreeMap<String, u64>,
    sessions: u64,
    by_rhythm: u64,
    shares: minehound_model::Shares,
    nodes: u64,
    devices: u64,
    programs: u64,
    inputs: u64,
    not_read: u64,
    records: u64,
    skipped: u64,
    evidence: u64,
}

impl CountsRecord {
    fn of(it: &Counts) -> Self {
        let named = |counts: &[(Verdict, u64)]| {
            counts.iter().map(|(verdict, n)| (verdict.to_string(), *n)).collect()
        };
        Self {
            entities: named(&it.entities),
            entities_listed: it.entities_listed,
            table: named(&it.rows),
            sessions: it.sessions,
            by_rhythm: it.by_rhythm,
            shares: it.shares,
            nodes: it.nodes,
            devices: it.devices,
            programs: it.programs,
            inputs: it.inputs,
            not_read: it.not_read,
            records: it.records,
            skipped: it.skipped,
            evidence: it.evidence,
        }
    }
}

#[derive(Serialize)]
struct InputRecord<'c> {
    index: u32,
    path: &'c str,
    sha256: &'c str,
    bytes: u64,
    kind: &'c str,
    records: u64,
    skipped: u64,
    skipped_by_reason: &'c BTreeMap<String, u64>,
    first_skipped: Vec<SkippedRecord<'c>>,
    from: Option<String>,
    to: Option<String>,
    not_read: Option<&'c str>,
    cause: Option<&'c str>,
    counts: &'c BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct SkippedRecord<'c> {
    record: u64,
    reason: &'c str,
}

/// Something written as it is shown, without a text of its own in between.
struct Shown<'c, T>(&'c T);

impl<T: fmt::Display> Serialize for Shown<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

/// A place in an input: its digest and the records, from first to last.
#[derive(Serialize)]
struct EvidenceRecord<'c> {
    number: usize,
    artefact: &'c str,
    input: u32,
    record: u64,
    last: u64,
    place: Option<&'c str>,
}

#[derive(Serialize)]
struct KnowledgeRecord<'c> {
    version: &'c str,
    digest: &'c str,
    overlays: &'c [String],
}

#[derive(Serialize)]
struct RunRecord<'c> {
    version: Option<&'c str>,
    started: Option<String>,
    seconds: Option<f64>,
    masked: bool,
    lang: &'static str,
}

/// What the parts of a document are made from.
struct Maker<'c, 'r> {
    case: &'c Case,
    ledger: &'r Ledger<'c>,
    counts: &'r Counts,
    reader: Reader<'r>,
}

impl<'c, 'r> Maker<'c, 'r> {
    fn time(&self, time_ms: i64) -> Option<String> {
        moment::rfc3339(time_ms, self.reader.tz())
    }

    fn at(&self, number: usize, place: &'c minehound_model::Provenance) -> EvidenceRecord<'c> {
        EvidenceRecord {
            number,
            artefact: self.sealed(place),
            input: place.artefact.0,
            record: place.records.first,
            last: place.records.last,
            place: place.place.as_deref(),
        }
    }

    fn numbered(&self, place: &'c minehound_model::Provenance) -> EvidenceRecord<'c> {
        self.at(self.ledger.number(place).unwrap_or_default(), place)
    }

    /// The digest of the input that a place lies in.
    fn sealed(&self, place: &minehound_model::Provenance) -> &'c str {
        self.ledger.input(place).map_or("", |it| it.sha256.as_str())
    }

    fn input(&self, it: &'c Artefact) -> InputRecord<'c> {
        InputRecord {
            index: it.id.0,
            path: &it.path,
            sha256: &it.sha256,
            bytes: it.bytes,
            kind: &it.kind,
            records: it.records,
            skipped: it.skipped.values().fold(0, |sum, it| sum.saturating_add(*it)),
            skipped_by_reason: &it.skipped,
            first_skipped: it
                .first_skipped
                .iter()
                .map(|(record, reason)| SkippedRecord { record: *record, reason })
                .collect(),
            from: it.span.and_then(|it| self.time(it.from_ms)),
            to: it.span.and_then(|it| self.time(it.to_ms)),
            not_read: it.not_read.as_deref(),
            cause: it.cause.as_deref(),
            counts: &it.counts,
        }
    }

    fn document<'m>(&'m self) -> Document<'m, 'c, 'r> {
        let case = self.case;
        Document {
            schema: SCHEMA,
            verdict: case.verdict,
            counts: CountsRecord::of(self.counts),
            inputs: Each::of(self, &case.inputs, Maker::input),
            entities: Each::of(self, &case.entities, Maker::entity),
            sessions: Each::of(self, &case.sessions, |maker, it| maker.session(it)),
            nodes: Each::of(self, &case.nodes, Maker::node),
            devices: Each::of(self, &case.devices, Maker::device),
            programs: Each::of(self, &case.programs, Maker::program),
            table: Each::of(self, &case.table, Maker::row),
            coverage: self.coverage(),
            evidence: Numbered(self),
            site: case.site.as_ref(),
            manual: &case.manual,
            manual_workbook: WorkbookRecord::of(case),
            knowledge: KnowledgeRecord {
                version: &case.knowledge.version,
                digest: &case.knowledge.digest,
                overlays: &case.knowledge.overlays,
            },
        }
    }
}

/// The SHA-256 of the canonical form of the result: times in UTC, without itself, paths, rendered
/// text and run time.
pub(crate) fn result_sha256(case: &Case, reader: &Reader<'_>) -> Result<String, RenderError> {
    let ledger = Ledger::of(case);
    let counts = counted(case, &ledger);
    let utc = TimeZone::UTC;
    digest(&Maker { case, ledger: &ledger, counts: &counts, reader: reader.at(&utc) })
}

/// The SHA-256 of these bytes, in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(digest: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * digest.len());
    for byte in digest {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// See [`result_sha256`]; the maker's times are in UTC.
fn digest(maker: &Maker<'_, '_>) -> Result<String, RenderError> {
    // Every member by its name, so that none is forgotten.
    let Document {
        schema,
        verdict,
        counts,
        inputs,
        entities,
        sessions,
        nodes,
        devices,
        programs,
        table,
        coverage,
        evidence,
        site,
        manual,
        manual_workbook: _,
        knowledge,
    } = maker.document();
    let mut hash = Sha256::new();
    let mut object = Outline::new(Layout::Canonical(&NOT_HASHED), |text| {
        hash.update(text);
        Ok(())
    });
    object.member("counts", &counts)?;
    object.member("coverage", &coverage)?;
    object.list("devices", devices.iter())?;
    object.list("entities", entities.iter())?;
    object.list("evidence", evidence.iter())?;
    object.list("inputs", inputs.iter())?;
    object.member("knowledge", &knowledge)?;
    object.member("manual", manual)?;
    object.list("nodes", nodes.iter())?;
    object.list("programs", programs.iter())?;
    object.member("schema", schema)?;
    object.list("sessions", sessions.iter())?;
    object.member("site", &site)?;
    object.list("table", table.iter())?;
    object.member("verdict", &verdict)?;
    object.close()?;
    Ok(hex(&hash.finalize()))
}

/// Writes the report.
pub(crate) fn write(
    case: &Case,
    reader: &Reader<'_>,
    view: &View<'_>,
    out: &mut dyn Write,
) -> Result<(), RenderError> {
    let (ledger, utc) = (Ledger::of(case), TimeZone::UTC);
    let counts = counted(case, &ledger);
    let maker = |reader| Maker { case, ledger: &ledger, counts: &counts, reader };
    let digest = digest(&maker(reader.at(&utc)))?;
    let maker = maker(*reader);
    let run = view.options.run.as_ref();
    let run = RunRecord {
        version: run.map(|it| it.version.as_str()),
        started: run.and_then(|it| maker.time(it.started_ms)),
        seconds: run.map(|it| it.seconds),
        masked: view.masked,
        lang: if reader.lang() == crate::Lang::Zh { "zh-CN" } else { "en" },
    };
    let it = maker.document();
    let mut object = Outline::new(Layout::Indented(0), |text| out.write_all(text));
    object.member("schema", it.schema)?;
    object.member("verdict", &it.verdict)?;
    object.member("counts", &it.counts)?;
    object.list("inputs", it.inputs.iter())?;
    object.list("entities", it.entities.iter())?;
    object.list("sessions", it.sessions.iter())?;
    object.list("nodes", it.nodes.iter())?;
    object.list("devices", it.devices.iter())?;
    object.list("programs", it.programs.iter())?;
    object.list("table", it.table.iter())?;
    object.member("coverage", &it.coverage)?;
    object.list("evidence", it.evidence.iter())?;
    object.member("site", &it.site)?;
    object.member("manual", it.manual)?;
    object.member("manual_workbook", &it.manual_workbook)?;
    object.member("knowledge", &it.knowledge)?;
    object.member("run", &run)?;
    object.member("result_sha256", &digest)?;
    object.close()?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
