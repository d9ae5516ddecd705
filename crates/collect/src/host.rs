//! This machine, or the mounted root of another: what runs, what starts by itself, what is tuned,
//! changed or hidden.
//!
//! Read-only: nothing is written, resolved, signalled or probed, and nothing but regular files and
//! directories is opened. What could not be seen is said in the gaps of each
//! [`Examined`](minehound_model::Examined): `unprivileged` (a right was missing), `processes-closed` (not even root may look into them), `no-sample` (none
//! was asked for), `budget` (a bound of [`HostLimits`] was met), `cut` (a file or line was longer
//! than is read), `unreadable` (the disk gave up, or a path leads in a circle), `not-searched:PLACE` (the
//! search of the disk left it out).
//!
//! Threads of the kernel are counted but not observed one by one: they run no program.

mod autostart;
mod bundle;
mod command;
mod configs;
mod devices;
mod hidden;
mod kernel;
mod process;
mod profile;
mod protection;
mod recorder;
mod root;
mod search;
mod secrets;
mod shapes;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use minehound_model::{ArtefactId, EntityId, EntityKind, Interest};
use thiserror::Error;

pub use self::bundle::{BundleError, MAX_BUNDLE, SCHEMA, is_bundle, read_bundle, write_bundle};
use self::process::Processes;
use self::recorder::Recorder;
use self::root::Root;
use crate::Sink;

/// What to read of a machine, and how much.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// A mounted root to read in place of this machine; then nothing live is read.
    pub root: Option<PathBuf>,
    /// How long to watch how busy the processors are; zero for not at all.
    pub sample: Duration,
    /// What of the knowledge the collector may know.
    pub interest: HostInterest,
    /// Bounds on time and memory.
    pub limits: HostLimits,
}

impl Default for HostOptions {
    fn default() -> Self {
        Self {
            root: None,
            sample: Duration::from_secs(1),
            interest: HostInterest::default(),
            limits: HostLimits::default(),
        }
    }
}

/// What the collector may know of the world; the caller fills it from the knowledge.
#[derive(Clone, Debug, Default)]
pub struct HostInterest {
    /// Security agents whose removal is worth a fact.
    pub agents: Vec<AgentTrace>,
    /// Where known families leave files; `~/` stands for every home.
    pub family_paths: Vec<String>,
    /// Names of the files of mining programs, lower case, without `.exe`.
    pub program_names: BTreeSet<String>,
    /// Names of kernel modules of known rootkits.
    pub rootkit_modules: Vec<String>,
    /// Names of pools: a redirection to another machine is worth a fact, a block is not.
    pub pool_names: Interest,
    /// Names of security vendors: any redirection is worth a fact.
    pub vendor_names: Interest,
}

/// How a security agent is recognised, present or gone.
#[derive(Clone, Debug, Default)]
pub struct AgentTrace {
    /// Its name.
    pub name: String,
    /// Its programs: it is installed where one of these exists.
    pub programs: Vec<String>,
    /// What stays behind when it is removed: folders, logs.
    pub leftovers: Vec<String>,
    /// Its units, for example `aegis.service`.
    pub units: Vec<String>,
    /// The names (`comm`) of its processes.
    pub processes: Vec<String>,
    /// Pieces of commands that remove it.
    pub removal: Vec<String>,
}

/// Bounds of an inspection; what they cut off is said as a gap.
#[derive(Clone, Copy, Debug)]
pub struct HostLimits {
    /// The most processes to read.
    pub processes: usize,
    /// The most autostart entries to keep.
    pub autostart: usize,
    /// The most configuration files to read.
    pub configs: usize,
    /// The most names to read in the search of the disk.
    pub search_names: usize,
    /// The most files to open in it.
    pub search_files: usize,
    /// The most bytes to read in it.
    pub search_bytes: u64,
    /// The longest time for it: only a disk that hardly answers takes as long.
    pub search_time: Duration,
    /// The longest time to look for hidden processes.
    pub hidden_time: Duration,
}

impl Default for HostLimits {
    fn default() -> Self {
        Self {
            processes: 16_384,
            autostart: 4_096,
            configs: 2_048,
            search_names: 200_000,
            search_files: 12_288,
            search_bytes: 192 << 20,
            search_time: Duration::from_secs(5),
            hidden_time: Duration::from_millis(250),
        }
    }
}

impl HostLimits {
    /// Bounds for a mounted root, where no user waits for the machine and counts, not time,
    /// decide what is read.
    #[must_use]
    pub fn offline() -> Self {
        Self {
            search_names: 4_000_000,
            search_files: 262_144,
            search_bytes: 4 << 30,
            search_time: Duration::from_mins(3),
            ..Self::default()
        }
    }
}

/// Why a machine could not be read at all.
#[derive(Debug, Error)]
#[error("cannot read the machine at `{path}`: {source}; give the folder its root is mounted on")]
pub struct HostError {
    /// The root that was asked for.
    pub path: PathBuf,
    /// What went wrong.
    #[source]
    pub source: io::Error,
}

/// What every part of the collector works with.
struct Scene<'a> {
    root: Root,
    options: &'a HostOptions,
    /// Whether the machine is this one and running.
    live: bool,
    /// Homes of the accounts that have one.
    homes: Vec<PathBuf>,
}

/// Reads a machine and pours what it says into `into`.
///
/// # Errors
/// [`HostError`] if the root cannot be opened; anything less is a gap.
pub fn collect(
    options: &HostOptions,
    artefact: ArtefactId,
    into: &mut dyn Sink,
) -> Result<(), HostError> {
    let path = options.root.as_deref().unwrap_or(Path::new("/"));
    let at = |source| HostError { path: path.to_path_buf(), source };
    let root = Root::at(path).map_err(at)?;
    let live = options.root.is_none();
    if live && !Path::new("/proc/self/stat").exists() {
        return Err(HostError { path: "/proc".into(), source: io::ErrorKind::NotFound.into() });
    }
    let homes = profile::homes(&root);
    let scene = Scene { root, options, live, homes };
    let entity = EntityId::new(EntityKind::Host, profile::hostname(&scene));
    let now_ms = if live { clock_ms() } else { profile::last_alive_ms(&scene.root) };
    let mut recorder = Recorder::new(entity, artefact, now_ms, into);
    inspect(&scene, &mut recorder);
    recorder.finish();
    Ok(())
}

fn inspect(scene: &Scene<'_>, recorder: &mut Recorder<'_>) {
    let mut processes = if scene.live { Processes::list(scene) } else { Processes::default() };
    let hidden = scene.live.then(|| hidden::Candidates::look(scene, &processes));
    let modules = scene.live.then(kernel::HiddenModules::look);
    if scene.live {
        processes.read(scene, recorder);
        devices::collect(recorder);
        kernel::tuning(recorder);
    }
    let named = autostart::collect(scene, recorder);
    let mut configs = configs::collect(scene, &processes, &named, recorder);
    protection::collect(scene, &processes, recorder);
    search::collect(scene, &processes, &mut configs, recorder);
    if let Some(hidden) = hidden {
        hidden.confirm(recorder);
    }
    kernel::modules(scene, modules, recorder);
    if scene.live {
        processes.sample(scene, recorder);
    }
    profile::collect(scene, &processes, recorder);
    processes.observe(recorder);
}

/// Now, by the clock of this machine, in milliseconds since 1970.
fn clock_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Reads at most `cap` bytes of a file of `/proc` or `/sys` of this machine.
fn read_live(path: impl AsRef<Path>, cap: u64) -> io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(cap).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The trimmed text of a short file of `/proc` or `/sys`.
fn line_live(path: impl AsRef<Path>) -> Option<String> {
    let bytes = read_live(path, 4096).ok()?;
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
