//! One artefact on its way into a case.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use minehound_model::{Log, LogId, LogKind, Span, Tie};

use crate::case::Case;
use crate::run::{self, MAX_TIES};
use crate::silence::Pace;
use crate::{Sighting, StoreError, case};

/// What of an artefact has been handed over; nothing of it is in the case before [`Import::finish`].
#[derive(Debug)]
pub struct Import<'c> {
    case: &'c mut Case,
    ties: Vec<Tie>,
    logs: Vec<Open>,
    /// Their places by kind and device: a file may hold those of thousands.
    places: BTreeMap<LogKind, HashMap<String, usize>>,
    runs: Vec<(String, String)>,
    sightings: Vec<Sighting>,
}

#[derive(Debug)]
struct Open {
    device: String,
    kind: LogKind,
    span: Option<Span>,
    ties: u64,
    pace: Pace,
    /// Whether its lines tell of beginnings.
    begins: bool,
}

/// What an import brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many ties, by kind of log.
    pub ties: BTreeMap<LogKind, u64>,
}

impl<'c> Import<'c> {
    pub(crate) fn new(case: &'c mut Case) -> Self {
        Self {
            case,
            ties: Vec::new(),
            logs: Vec::new(),
            places: BTreeMap::new(),
            runs: Vec::new(),
            sightings: Vec::new(),
        }
    }

    /// The number of the log of this device and kind in this artefact.
    pub fn log(&mut self, device: &str, kind: LogKind) -> LogId {
        let places = self.places.entry(kind).or_default();
        let place = if let Some(known) = places.get(device) {
            *known
        } else {
            let place = self.logs.len();
            places.insert(device.to_owned(), place);
            let device = device.to_owned();
            self.logs.push(Open {
                device,
                kind,
                span: None,
                ties: 0,
                pace: Pace::default(),
                begins: false,
            });
            place
        };
        self.case.nth_new_log(place)
    }

    /// Says that the lines of this log tell of beginnings: what goes on still is in it.
    pub fn begins(&mut self, log: LogId) {
        let place = self.case.place_of_new_log(log);
        if let Some(log) = place.and_then(|it| self.logs.get_mut(it)) {
            log.begins = true;
        }
    }

    /// Says when the last line of the artefact was written: a lease that it tells of may last longer, but
    /// the log says nothing of what came then.
    pub fn ended(&mut self, last_ms: i64) {
        for span in self.logs.iter_mut().filter_map(|it| it.span.as_mut()) {
            span.to_ms = span.to_ms.min(last_ms).max(span.from_ms);
        }
    }

    /// Takes a tie whose log was opened with [`Import::log`].
    ///
    /// # Errors
    ///
    /// Returns what the system says where the disk refuses.
    pub fn tie(&mut self, tie: Tie) -> Result<(), StoreError> {
        let place = self.case.place_of_new_log(tie.line.log);
        if let Some(log) = place.and_then(|it| self.logs.get_mut(it)) {
            log.span = Some(log.span.map_or(tie.span, |it| it.hull(tie.span)));
            log.ties += 1;
            log.pace.note(tie.span.from_ms);
        }
        self.ties.push(tie);
        if self.ties.len() >= MAX_TIES { self.flush() } else { Ok(()) }
    }

    /// Takes something of interest that the log says of an address.
    pub fn sighting(&mut self, sighting: Sighting) {
        self.sightings.push(sighting);
    }

    /// Whether an artefact with this digest is in the case.
    ///
    /// # Errors
    ///
    /// Returns what the database says.
    pub fn is_known(&self, sha256: &str) -> Result<bool, StoreError> {
        self.case.has(sha256)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if self.ties.is_empty() {
            return Ok(());
        }
        let name = self.case.new_run_name();
        let path = self.path(&name);
        // Noted first: what is half-written must go as well.
        self.runs.push((name, String::new()));
        let sha256 = run::write(&path, &mut self.ties).map_err(StoreError::io(&path))?;
        if let Some(last) = self.runs.last_mut() {
            last.1 = sha256;
        }
        self.ties.clear();
        Ok(())
    }

    /// Makes the artefact part of the case, durably; `told` is what is to be kept of it, as JSON.
    ///
    /// # Errors
    ///
    /// Returns what the system or the database says; the case is then as it was.
    pub fn finish(mut self, sha256: &str, path: &str, told: &str) -> Result<Imported, StoreError> {
        self.flush()?;
        let mut imported = Imported::default();
        let logs: Vec<Log> = std::mem::take(&mut self.logs)
            .into_iter()
            .enumerate()
            .map(|(place, it)| {
                *imported.ties.entry(it.kind).or_default() += it.ties;
                let shows_sessions = matches!(it.kind, LogKind::Translation | LogKind::Session);
                Log {
                    id: self.case.nth_new_log(place),
                    device: it.device,
                    kind: it.kind,
                    sha256: sha256.to_owned(),
                    path: path.to_owned(),
                    span: it.span.unwrap_or(Span::at(0)),
                    silent: if shows_sessions { it.pace.silent() } else { Vec::new() },
                    only_ends: shows_sessions && !it.begins,
                    ties: it.ties,
                }
            })
            .collect();
        let sightings = std::mem::take(&mut self.sightings);
        let artefact = case::Artefact { sha256, path, told, sightings };
        self.case.take(&artefact, logs, &self.runs)?;
        self.runs.clear();
        Ok(imported)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.case.runs_folder().join(name)
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        for (name, _) in &self.runs {
            // What stays behind is removed when the case is opened next.
            let _gone_already = std::fs::remove_file(self.path(name));
        }
    }
}
