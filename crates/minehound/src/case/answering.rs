//! What questions about addresses are answered with: a case, its clocks, the site.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Context;
use minehound_collect::Collected;
use minehound_collect::stated::{self, Net};
use minehound_link::attribute::{Network, Translator, attribute};
use minehound_link::clocks::Clocks;
use minehound_model::{Answer, ArtefactId, Log, LogClock, LogId, Question, Ties};
use minehound_store::Case;

use crate::inspect;
use crate::usage::wrong;

/// The most seconds that somebody's clock may be said to be off.
const MAX_CLOCK_ERROR: f64 = 86_400.0;
/// So many threads at the most: each keeps what it unpacked, some 200 MB.
const MOST_THREADS: usize = 8;
/// From so many questions on there is more than one.
const MANY: usize = 64;
/// From so many questions on the logs may tell how the asker's clock goes.
const ENOUGH: usize = 8;

pub(super) struct Answering<'c> {
    case: &'c Case,
    network: Network,
    clocks: Clocks,
    /// The logs with their clocks and the share of lines that is missing.
    pub(super) logs: Arc<BTreeMap<LogId, (Log, LogClock, f64)>>,
}

impl<'c> Answering<'c> {
    pub(super) fn new(case: &'c Case, site: Option<&Path>) -> anyhow::Result<Self> {
        let network = site.map(network).transpose()?.unwrap_or_default();
        let clocks = clocks(case)?;
        let known = case
            .logs()
            .iter()
            .map(|it| (it.id, (it.clone(), clocks.of(it.id), clocks.loss(it.id))));
        let logs = Arc::new(known.collect());
        Ok(Self { case, network, clocks, logs })
    }

    /// Sets the clock of who asks many questions to what the logs tell of it, if they do. It is one clock,
    /// but exits that share no session are told by references of their own, and how these stand to each
    /// other only such a list shows.
    pub(super) fn settle(&self, questions: &mut [Question]) {
        let of_all = self.asked_by(questions);
        let mut groups = BTreeMap::<Option<LogId>, Vec<&mut Question>>::new();
        for it in questions {
            let mut shown_by = self.case.translators(it.address).into_iter();
            let group = shown_by.find_map(|it| self.clocks.group(it));
            groups.entry(group).or_default().push(it);
        }
        for group in groups.into_values() {
            let own: Vec<Question> = group.iter().map(|it| (**it).clone()).collect();
            if let Some(clock) = self.asked_by(&own).or(of_all) {
                for it in group {
                    it.clock = clock;
                }
            }
        }
    }

    /// The clock of who asked all of these, if there are enough of them.
    fn asked_by(&self, questions: &[Question]) -> Option<LogClock> {
        let enough = questions.len() >= ENOUGH;
        enough.then(|| self.clocks.of_asker(questions, self.case)).flatten()
    }

    /// The answer to each question, by as many threads as there are processors where there are many.
    pub(super) fn answers(&self, questions: &[Question]) -> anyhow::Result<Vec<Answer>> {
        let (clocks, network) = (&self.clocks, &self.network);
        let answer = |case: &Case, it| attribute(it, case, clocks, network);
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        if threads == 1 || questions.len() < MANY {
            return Ok(questions.iter().map(|it| answer(self.case, it)).collect());
        }
        let folder = self.case.folder();
        // A question of thousands of branches comes now and then: everybody takes the next one.
        let next = AtomicUsize::new(0);
        let work = || -> anyhow::Result<Vec<(usize, Answer)>> {
            let case = Case::open_read_only(folder)?;
            let mut done = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(it) = questions.get(place) else { break };
                done.push((place, answer(&case, it)));
            }
            sound(&case)?;
            Ok(done)
        };
        let done = thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
        });
        let mut answers = BTreeMap::new();
        for it in done {
            answers.extend(it.map_err(|_| anyhow::anyhow!("a thread ended early"))??);
        }
        Ok(answers.into_values().collect())
    }

    /// Says what went wrong while ties were looked up, if anything did.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        sound(self.case)
    }
}

fn sound(case: &Case) -> anyhow::Result<()> {
    match case.trouble() {
        Some(trouble) => anyhow::bail!(trouble),
        None => Ok(()),
    }
}

/// The clocks of a case: as they were read off when its logs were imported, or read off now.
pub(crate) fn clocks(case: &Case) -> anyhow::Result<Clocks> {
    Ok(case.kept(Clocks::KEPT_AS)?.unwrap_or_else(|| Clocks::estimate(case)))
}

/// The clock of an asker of which this is said.
pub(super) fn asker(clock_error_s: f64) -> anyhow::Result<LogClock> {
    if !(0.0..=MAX_CLOCK_ERROR).contains(&clock_error_s) {
        return Err(wrong(&clock_error_s, "bad-clock-error"));
    }
    Ok(LogClock::assumed(clock_error_s * 1_000.0))
}

/// A case that exists, to read it.
pub(crate) fn open(folder: &Path) -> anyhow::Result<Case> {
    must_exist(folder)?;
    Ok(Case::open_read_only(folder)?)
}

/// A case that exists, to add to it.
pub(super) fn open_to_add(folder: &Path) -> anyhow::Result<Case> {
    must_exist(folder)?;
    Ok(Case::open(folder)?)
}

fn must_exist(folder: &Path) -> anyhow::Result<()> {
    if folder.join("case.sqlite").exists() {
        return Ok(());
    }
    Err(wrong(&folder.display(), "no-case"))
}

/// The translators that a site file describes.
fn network(path: &Path) -> anyhow::Result<Network> {
    let text = String::from_utf8_lossy(&inspect::read(path)?).into_owned();
    let mut unused = Collected::default();
    let site = stated::site(&text, ArtefactId(0), &mut unused)
        .with_context(|| path.display().to_string())?;
    let prefixes = |nets: &[Net]| nets.iter().map(Net::prefix).collect();
    let translators = site.translator.iter().map(|it| Translator {
        device: it.device.clone(),
        outer: prefixes(&it.outer),
        inner: prefixes(&it.inner),
    });
    Ok(Network { translators: translators.collect() })
}
