//! Live scenarios: the same miners and pools over real sockets, through real software, in two
//! network namespaces that are made for the run and are gone after it.
//!
//! Here, and nowhere else in this crate, there is a clock, a network and a process. What miner and
//! pool say is made before by [`crate::scenario::Session`], so nothing is mined here either; the
//! two ends only say it when it is due. Nothing outside the namespaces is reached, nothing in them
//! can be reached from outside, and keys are made in a folder that goes with the run.
//!
//! ```text
//! inside: miner -> software ->| outer link, captured |-> relay (delay) -> software -> pool
//! ```

mod actors;
mod browser;
mod cast;
mod chatter;
mod clock;
mod courier;
mod endpoint;
mod ledger;
mod namespace;
mod process;
mod programs;
mod relay;
mod sheet;
mod sniffer;
mod stage;
mod trouble;
mod tunnel;

pub use cast::session;
pub use courier::Courier;
pub use trouble::{Skipped, Trouble};

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tempfile::TempDir;

use clock::Clock;
use namespace::{Namespace, PREFIX};
use relay::Lag;
use stage::Stage;
use tunnel::Site;

use crate::scenario_file::{Deed, Live, LiveGroup};
use crate::world::Summary;
use crate::written::Open;

/// What a run is made in; taken down when dropped.
struct Lab {
    inside: Namespace,
    outside: Namespace,
    folder: TempDir,
    clock: Arc<Clock>,
    lag: Lag,
    logs: AtomicU32,
}

impl Lab {
    fn new(live: &Live, stop: Arc<AtomicBool>) -> Result<Self, Trouble> {
        let prefix = format!("{PREFIX}{}-", std::process::id());
        // private to this user from the first moment
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir()?;
        let (inside, outside) = Namespace::pair()?;
        let lag = Lag { delay_ms: live.delay_ms, jitter_ms: live.jitter_ms };
        let (clock, logs) = (Arc::new(Clock::new(stop)), AtomicU32::new(0));
        Ok(Self { inside, outside, folder, clock, lag, logs })
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A new file for what a program says.
    fn log(&self, name: &str) -> PathBuf {
        let number = self.logs.fetch_add(1, Ordering::Relaxed);
        self.folder().join(format!("{name}-{number}.log"))
    }

    /// Gives a group its two addresses, so that everything it sends has its own.
    fn settle(&self, site: &Site) -> Result<(), Trouble> {
        let (host, outer) = (site.host().to_string(), site.outer().ip().to_string());
        let (near, far) = (&*self.inside.link, &*self.outside.link);
        self.inside.ip(&["address", "add", &format!("{host}/32"), "dev", near])?;
        self.outside.ip(&["address", "add", &format!("{outer}/32"), "dev", far])?;
        self.inside.ip(&["route", "add", &outer, "dev", near, "src", &host])?;
        self.outside.ip(&["route", "add", &host, "dev", far, "src", &outer])
    }
}

/// Runs a scenario and writes `capture.pcapng`, `truth.json` and the times of blocks. Groups whose programs are missing
/// are left out, which `skipped` is told. When `stop` is set the run ends early and fails.
///
/// # Errors
///
/// What could not be done and what would help; everything is taken down in any case.
pub fn run(
    live: &Live,
    seed: u64,
    stop: &Arc<AtomicBool>,
    open: &mut Open<'_>,
    skipped: &mut dyn FnMut(Skipped),
) -> Result<Summary, Trouble> {
    for program in programs::ALWAYS {
        programs::find(program)?;
    }
    namespace::sweep();
    let mut groups = Vec::new();
    for (number, group) in (1..).zip(&live.groups) {
        match missing(group) {
            None => groups.push((number, group)),
            Some(it) => skipped(it),
        }
    }
    if groups.is_empty() {
        return Err(Trouble::Nothing);
    }
    let lab = Lab::new(live, stop.clone())?;
    let staged = Stage::set(&lab, live, seed, &groups, open);
    let played = staged.and_then(|it| it.play(open));
    // threads that still wait see that it is over
    lab.clock.end();
    match played {
        _ if lab.clock.stopped() => Err(Trouble::Stopped),
        other => other,
    }
}

fn missing(group: &LiveGroup) -> Option<Skipped> {
    let software = match group.deed {
        Deed::Browse => "chromium",
        Deed::Mine(_) | Deed::Traffic => group.through.software.name(),
    };
    programs::needed(group).into_iter().find_map(|program| match programs::find(program) {
        Err(Trouble::Missing { program, package }) => Some(Skipped { software, program, package }),
        _ => None,
    })
}

impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Io(error) => error,
            other => Self::other(other),
        }
    }
}
