//! Examples from worlds of the range, through the path that captures of anybody take: played to a
//! file, cut, followed and reduced to facts, and only then held against the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use minehound_collect::{Progress, gather, walk};
use minehound_detect::{Detector, Knowledge, detectors};
use minehound_model::{Coverage, Dossier, Fact, Nature, Observation, QuietFlow};
use minehound_range::score::Sheet;
use minehound_range::world::FlowAnswer;
use minehound_series::features::{Record, SESSION, of_record};

use super::split::{Chosen, Split, Use};

/// A flow is long from so many seconds on.
pub(crate) const LONG_S: f64 = 600.0;
/// What anybody can read is none of the models' business.
const READABLE: [&str; 6] =
    ["tcp", "http", "http-connect", "socks5", "websocket", "websocket-deflate"];

/// A flow as an example.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is true of a flow, and what was made of it"
)]
#[derive(Clone, Debug, Default)]
pub(crate) struct Example {
    /// Its features; empty where it was not even noted.
    pub(crate) session: Vec<f64>,
    /// What its record tells; empty as well.
    pub(crate) record: Vec<f64>,
    pub(crate) mining: bool,
    /// The carrier or tunnel of mining, or the kind of innocent life, or the file.
    pub(crate) group: String,
    /// The dialect of mining.
    pub(crate) dialect: String,
    /// What was done to escape notice.
    pub(crate) evasion: Vec<String>,
    /// Whether others share the tunnel.
    pub(crate) mixed: bool,
    /// How long it lasted.
    pub(crate) seconds: f64,
    /// How long it was looked at.
    pub(crate) quiet_s: f64,
    /// Whether the tests alone suspect it.
    pub(crate) suspected: bool,
    /// The same if the model had no word in it.
    pub(crate) passes: bool,
}

/// Examples of one or several worlds.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    pub(crate) all: Vec<Example>,
    pub(crate) flows: u64,
    pub(crate) host_days: f64,
    /// Seconds it took to make and to read them.
    pub(crate) took_s: f64,
}

impl Examples {
    fn join(&mut self, other: Self) {
        self.all.extend(other.all);
        self.flows += other.flows;
        self.host_days += other.host_days;
        self.took_s += other.took_s;
    }
}

/// Examples of all worlds that are for this.
pub(crate) fn of_worlds(split: &Split, is_for: Use) -> anyhow::Result<Examples> {
    let mut all = Examples::default();
    for chosen in split.world.iter().filter(|it| it.is_for == is_for) {
        let made = of_world(chosen)?;
        println!(
            "{} seed {}: {} flows, {} long or mining, {:.0} s",
            chosen.scenario,
            chosen.seed,
            made.flows,
            made.all.len(),
            made.took_s
        );
        all.join(made);
    }
    Ok(all)
}

/// A world played to a folder: its capture and its truth.
pub(crate) fn play(chosen: &Chosen, folder: &Path) -> anyhow::Result<(PathBuf, Sheet)> {
    let truth = Arc::new(Mutex::new(Vec::new()));
    let capture = folder.join("capture.pcapng");
    let mut open = |name: &str| -> std::io::Result<Box<dyn Write>> {
        if name == "truth.json" {
            return Ok(Box::new(Kept(Arc::clone(&truth))));
        }
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        Ok(Box::new(BufWriter::with_capacity(1 << 20, File::create(path)?)))
    };
    chosen.world()?.write(&mut open)?;
    let bytes = truth.lock().map(|it| it.clone()).unwrap_or_default();
    Ok((capture, Sheet::read(&bytes)?))
}

/// Bytes that are kept.
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().map(|mut it| it.extend_from_slice(bytes)).unwrap_or_default();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Plays one world, reads its capture and holds what was read against the truth.
fn of_world(chosen: &Chosen) -> anyhow::Result<Examples> {
    let began = Instant::now();
    let folder = tempfile::tempdir()?;
    let (capture, sheet) = play(chosen, folder.path())?;
    let (from, to) = sheet.heading.span_ns;
    let mut examples = Examples {
        flows: sheet.flows.len() as u64,
        host_days: whole(sheet.heading.hosts.len()) * seconds(to.saturating_sub(from)) / 86_400.0,
        ..Examples::default()
    };
    for it in held(&capture, &sheet)? {
        if it.seconds >= super::LEAST_S && is_unread(it.answer) {
            examples.all.push(it.example());
        }
    }
    examples.took_s = began.elapsed().as_secs_f64();
    Ok(examples)
}

/// A flow of a truth and what was noted of it.
pub(crate) struct Held<'a> {
    pub(crate) answer: &'a FlowAnswer,
    pub(crate) noted: Option<Noted>,
    /// How long it lasted.
    pub(crate) seconds: f64,
}

/// Reads a capture and holds what was noted against the truth.
pub(crate) fn held<'a>(capture: &Path, sheet: &'a Sheet) -> anyhow::Result<Vec<Held<'a>>> {
    let mut noted: BTreeMap<(SocketAddr, SocketAddr), Vec<Noted>> = BTreeMap::new();
    for it in Reader::new()?.read(&[capture.to_owned()]) {
        noted.entry(pair(it.flow.client, it.flow.server)).or_default().push(it);
    }
    let held = sheet.flows.iter().map(|answer| {
        let flow = &answer.flow;
        let of_ends = noted.get_mut(&pair(flow.client, flow.server));
        let met = of_ends.and_then(|all| {
            let place = all.iter().position(|it| it.overlaps(flow.start_ns, flow.end_ns))?;
            Some(all.remove(place))
        });
        let seconds = seconds(flow.end_ns.saturating_sub(flow.start_ns));
        Held { answer, noted: met, seconds }
    });
    Ok(held.collect())
}

impl Held<'_> {
    /// It as an example.
    pub(crate) fn example(&self) -> Example {
        example(self.answer, self.seconds, self.noted.as_ref())
    }
}

/// Whether words cannot be read in it.
pub(crate) fn is_unread(answer: &FlowAnswer) -> bool {
    answer
        .flow
        .mining
        .as_ref()
        .is_none_or(|it| it.tunnel.is_some() || !READABLE.contains(&it.carrier.as_str()))
}

fn example(answer: &FlowAnswer, seconds: f64, met: Option<&Noted>) -> Example {
    let mining = answer.flow.mining.as_ref();
    let group = mining.map_or(&answer.flow.kind, |it| it.tunnel.as_ref().unwrap_or(&it.carrier));
    let mut example = met.map(Noted::example).unwrap_or_default();
    example.mining = mining.is_some();
    example.group.clone_from(group);
    example.evasion = mining.map(|it| it.evasion.clone()).unwrap_or_default();
    example.dialect = mining.map(|it| it.dialect.clone()).unwrap_or_default();
    example.mixed = answer.mixed;
    example.seconds = seconds;
    example
}

/// A quiet flow as it was noted.
pub(crate) struct Noted {
    pub(crate) flow: QuietFlow,
    from_ms: i64,
    to_ms: i64,
    suspected: bool,
    passes: bool,
}

impl Noted {
    fn overlaps(&self, from_ns: u64, to_ns: u64) -> bool {
        let ms = |ns: u64| i64::try_from(ns / 1_000_000).unwrap_or(i64::MAX);
        self.from_ms <= ms(to_ns) + 1_000 && self.to_ms >= ms(from_ns) - 1_000
    }

    /// It as an example of which nothing is known yet.
    pub(crate) fn example(&self) -> Example {
        let flow = &self.flow;
        let lasted = u32::try_from((self.to_ms - self.from_ms) / 1_000).unwrap_or(u32::MAX);
        let record = Record {
            seconds: f64::from(lasted),
            packets_up: long(flow.frames_up),
            packets_down: long(flow.frames.saturating_sub(flow.frames_up)),
            bytes_up: long(flow.bytes_up),
            bytes_down: long(flow.bytes_down),
        };
        let described = flow.features.len() == SESSION.len();
        Example {
            session: flow.features.iter().copied().map(f64::from).filter(|_| described).collect(),
            record: of_record(&record).to_vec(),
            seconds: f64::from(lasted),
            quiet_s: flow.quiet_s,
            suspected: self.suspected,
            passes: self.passes,
            ..Example::default()
        }
    }
}

/// Reads captures as the program does.
pub(crate) struct Reader {
    knowledge: Knowledge,
    rhythm: &'static dyn Detector,
}

/// Nobody is told how far reading is.
pub(crate) struct Silent;

impl Progress for Silent {
    fn advance(&mut self, _: u64) {}
}

impl Reader {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let rhythm = detectors().find(|it| it.meta().name == "mining-rhythm");
        let rhythm = rhythm.ok_or_else(|| anyhow::anyhow!("no detector `mining-rhythm`"))?;
        Ok(Self { knowledge: Knowledge::built_in()?, rhythm })
    }

    /// The quiet flows of captures.
    pub(crate) fn read(&self, captures: &[PathBuf]) -> Vec<Noted> {
        let interest = minehound_model::Interest::default();
        let read = gather(&walk(captures), &interest, &BTreeSet::new(), &mut Silent);
        let noted = read.collected.observations.into_iter().filter_map(|it| self.noted(it));
        noted.collect()
    }

    fn noted(&self, seen: Observation) -> Option<Noted> {
        let Fact::QuietFlow(flow) = &seen.fact else { return None };
        let (flow, span) = (flow.as_ref().clone(), seen.span);
        let suspects = |seen: Observation| {
            let dossier = Dossier {
                entity: seen.entity.clone(),
                coverage: Coverage::default(),
                observations: vec![seen],
            };
            let judged = self.rhythm.inspect(&dossier, &self.knowledge);
            judged.findings.iter().any(|it| it.nature == Nature::Direct)
        };
        // Of what is not described a model has no opinion.
        let bare = Box::new(QuietFlow { features: Vec::new(), ..flow.clone() });
        let passes = suspects(Observation { fact: bare.into(), ..seen.clone() });
        let suspected = suspects(seen);
        Some(Noted { flow, from_ms: span.from_ms, to_ms: span.to_ms, suspected, passes })
    }
}

fn pair(one: SocketAddr, other: SocketAddr) -> (SocketAddr, SocketAddr) {
    if one <= other { (one, other) } else { (other, one) }
}

#[expect(clippy::cast_precision_loss, reason = "times of a world")]
fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}

#[expect(clippy::cast_precision_loss, reason = "counts of bytes and packets")]
fn long(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of hosts")]
fn whole(count: usize) -> f64 {
    count as f64
}
