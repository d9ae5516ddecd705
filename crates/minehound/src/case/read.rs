//! Logs into a case.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Timestamp;
use minehound_clues::moment;
use minehound_collect::logs::{self, Answers, LogError, LogFacts, LogRead, TieSink, Unsaid};
use minehound_collect::{Assumed, Collected, Sealing, walk};
use minehound_detect::Knowledge;
use minehound_logs::{Entry, Grammars};
use minehound_model::{ArtefactId, Clue, Fact, Interest, LogId, LogKind, Tie};
use minehound_store::{Case, Import, Sighting};
use serde_json::json;

use super::refused::Refused;
use crate::args::{LogReading, LogTimes};
use crate::usage::wrong;
use crate::zone;
use crate::{inspect, locale};

/// What a log says of an address within so many milliseconds is one thing.
const SLOT_MS: i64 = 600_000;

/// What became of one file.
pub(super) enum Outcome {
    /// Its ties are in the case.
    Taken { read: Box<LogRead>, refused: Option<PathBuf> },
    /// They were there before.
    Known,
    /// It was not read.
    NotRead { why: &'static str, cause: String },
}

/// How logs are read.
pub(super) struct Manner {
    grammars: Option<Grammars>,
    assumed: Assumed,
    device: Option<String>,
    taken_ms: Option<i64>,
    knowledge: Knowledge,
}

impl Manner {
    pub(super) fn of(reading: &LogReading) -> anyhow::Result<Self> {
        let assumed = assumed(&reading.times)?;
        let grammars = match &reading.map {
            None => None,
            Some(path) => {
                let text = inspect::read(path)?;
                let text = String::from_utf8_lossy(&text);
                let colon = locale::colon();
                let told =
                    |it: &dyn Display| wrong(&format!("{}{colon}{it}", path.display()), "bad-map");
                Some(Grammars::with(&text).map_err(|it| told(&it))?)
            }
        };
        let tz = zone::or_system(reading.times.log_tz.as_deref())?;
        let taken = reading.taken_at.as_deref();
        let taken = taken.map(|it| moment(it, &tz).ok_or_else(|| wrong(&it, "bad-moment")));
        let taken_ms = taken.transpose()?.map(|it| it.from_ms);
        let knowledge = Knowledge::built_in()?;
        Ok(Self { grammars, assumed, device: reading.device.clone(), taken_ms, knowledge })
    }
}

/// What is taken for granted where lines do not say their zone and their year.
pub(crate) fn assumed(times: &LogTimes) -> anyhow::Result<Assumed> {
    let tz = zone::or_system(times.log_tz.as_deref())?;
    let latest = match times.latest.as_deref() {
        None => Timestamp::now(),
        Some(day) => {
            let date: jiff::civil::Date = day.parse().map_err(|_| wrong(&day, "bad-day"))?;
            let next = date.tomorrow().map_err(|_| wrong(&day, "bad-day"))?;
            let midnight = tz.to_timestamp(next.at(0, 0, 0, 0));
            midnight.map_err(|_| wrong(&day, "bad-day"))?
        }
    };
    let zone_s = tz.to_offset(latest).seconds();
    Ok(Assumed { zone_s, no_later_than_ms: latest.as_millisecond(), years_back: 0 })
}

/// Reads everything named into a case; `tell` hears of each file as it is done.
pub(super) fn logs(
    case: &mut Case,
    folder: &Path,
    named: &[PathBuf],
    manner: &Manner,
    tell: &mut dyn FnMut(&Path, &Outcome),
) -> anyhow::Result<()> {
    let walked = walk(named);
    for it in &walked.failed {
        tell(&it.path, &Outcome::NotRead { why: it.reason, cause: it.cause.clone() });
    }
    for it in &walked.empty {
        tell(it, &Outcome::NotRead { why: "empty-folder", cause: String::new() });
    }
    let mut hearing = Hearing { interest: interest(case, manner)?, answers: Answers::new() };
    for it in &walked.files {
        let outcome = one(case, folder, &it.path, manner, &mut hearing)?;
        tell(&it.path, &outcome);
    }
    Ok(())
}

/// What is listened for besides ties, over all logs of a run.
struct Hearing {
    interest: Interest,
    answers: Answers,
}

/// The names of pools that are known, and of those that senders of clues named.
fn interest(case: &Case, manner: &Manner) -> anyhow::Result<Interest> {
    let mut names: Vec<String> = manner.knowledge.names().map(str::to_owned).collect();
    for it in case.clues(None)? {
        let clue: Option<Clue> = serde_json::from_str(&it.told).ok();
        names.extend(clue.and_then(|it| it.pool.host));
    }
    Ok(Interest::in_names(names).and_ports(manner.knowledge.pool_ports()))
}

/// Puts into the case what a log says of mining, in pieces as long as a lease is at least.
fn sightings(facts: LogFacts<'_>, manner: &Manner, import: &mut Import<'_>) -> anyhow::Result<()> {
    let mut told = Collected::default();
    facts.pour(ArtefactId(0), 0, &mut told);
    for it in told.observations {
        if let Fact::SensorAlert(alert) = &it.fact
            && manner.knowledge.sight(alert).is_none()
        {
            continue;
        }
        let (address, fact) = (it.entity.name().to_owned(), serde_json::to_string(&it.fact)?);
        import.sighting(Sighting { address, span: it.span, told: fact });
    }
    Ok(())
}

fn one(
    case: &mut Case,
    folder: &Path,
    path: &Path,
    manner: &Manner,
    hearing: &mut Hearing,
) -> anyhow::Result<Outcome> {
    let shown = path.to_string_lossy().into_owned();
    // A file of this name that was read before needs to be digested only.
    if case.has_path(&shown)? {
        match digest(path) {
            Ok(sha256) if case.has(&sha256)? => return Ok(Outcome::Known),
            Ok(_) | Err(_) => {}
        }
    }
    let mut assumed = manner.assumed;
    loop {
        let mut refused = Refused::new(folder);
        let mut taking = Taking { import: case.import(), full: None };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let reading = logs::Reading {
            grammars: manner.grammars.as_ref().unwrap_or_else(|| Grammars::shipped()),
            grammar: None,
            assumed,
            unsaid: Unsaid {
                device: manner.device.as_deref().unwrap_or(&stem),
                taken_ms: manner.taken_ms,
            },
        };
        let device = reading.unsaid.device;
        let mut facts =
            LogFacts::new(&hearing.interest, &mut hearing.answers, device).in_slots(SLOT_MS);
        let mut hear = |entry: &Entry<'_>, line| facts.hear(entry, line);
        let read = logs::read(path, &reading, &mut taking, &mut hear, &mut |number, text| {
            refused.keep(number, text);
        });
        let Taking { mut import, full } = taking;
        if let Some(last_ms) = read.as_ref().ok().and_then(|it| it.last_ms) {
            import.ended(last_ms);
        }
        if let Some(trouble) = full {
            return Err(trouble.into());
        }
        let read = match read {
            Ok(read) => read,
            Err(LogError::Again(years)) if years > assumed.years_back => {
                assumed.years_back = years;
                continue;
            }
            Err(error) => {
                let (why, said) = error.told();
                return Ok(Outcome::NotRead { why, cause: said });
            }
        };
        let sha256 = read.seal.sha256.clone();
        if import.is_known(&sha256)? {
            return Ok(Outcome::Known);
        }
        sightings(facts, manner, &mut import)?;
        let refused = refused.finish(&sha256)?;
        import.finish(&sha256, &shown, &told(&read).to_string()).with_context(|| shown.clone())?;
        return Ok(Outcome::Taken { read: Box::new(read), refused });
    }
}

fn digest(path: &Path) -> io::Result<String> {
    Ok(Sealing::new(std::fs::File::open(path)?).finish()?.sha256)
}

/// What is kept of a file that was read.
pub(super) fn told(read: &LogRead) -> serde_json::Value {
    json!({
        "sha256": read.seal.sha256,
        "bytes": read.seal.bytes,
        "formats": read.entries.iter().map(|(id, lines)| json!({"format": id, "lines": lines})).collect::<Vec<_>>(),
        "silent": read.silent,
        "refused": read.skips.total(),
        "refused_by_reason": read.skips.counts,
        "understood": read.understood(),
        "ties": read.ties,
        "from_ms": read.span.map(|it| it.from_ms),
        "to_ms": read.span.map(|it| it.to_ms),
        "without_zone": read.without_zone,
        "without_year": read.without_year,
        "without_moment": read.without_moment,
        "crowded_out": read.crowded_out,
        "after_latest": read.future,
        "clock_unset": read.unset,
        "clock_back": read.backwards,
        "cut_off": read.cut_off,
    })
}

/// Hands ties from the reader of logs to the case.
struct Taking<'c> {
    import: Import<'c>,
    full: Option<minehound_store::StoreError>,
}

impl TieSink for Taking<'_> {
    fn log(&mut self, device: &str, kind: LogKind) -> LogId {
        self.import.log(device, kind)
    }

    fn begins(&mut self, log: LogId) {
        self.import.begins(log);
    }

    fn tie(&mut self, tie: Tie) -> io::Result<()> {
        self.import.tie(tie).map_err(|cause| {
            let said = cause.to_string();
            self.full = Some(cause);
            io::Error::other(said)
        })
    }
}
