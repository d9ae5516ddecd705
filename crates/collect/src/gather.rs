//! Gathers everything the user named: recognises each file by its content, reads it, seals it.

mod bundle;
mod copies;
pub(crate) mod doubles;
mod logged;
mod recognise;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use minehound_logs::Assumed;
use minehound_model::{Artefact, ArtefactId, EntityId, Fact, Interest, Provenance};

use crate::capture::{self, Captures, Ending, Head, Read1};
use crate::source::{Seal, Sealing, open_regular};
use crate::unpack::{PREFIX, prefix_of, unpack};
use crate::walk::{Failed, Named, Walk, cause_of, reason};
use crate::{Collected, Skips};
use recognise::{Input, Kind, begin};

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Gathered {
    /// What was handed in, numbered by digest.
    pub artefacts: Vec<Artefact>,
    /// What was seen in it.
    pub collected: Collected,
    /// The addresses that opened a flow in a capture.
    pub openers: BTreeSet<IpAddr>,
    /// The addresses that did so only where packets were cut so short that nothing could be read.
    pub blind_openers: BTreeSet<IpAddr>,
    /// How long sealing took.
    pub sealing: Duration,
}

/// Hears how far reading has come.
pub trait Progress {
    /// So many more bytes were read.
    fn advance(&mut self, bytes: u64);
}

/// Reads all files of a walk.
///
/// `watch` names addresses whose mere presence in a capture is to be told, for example those a
/// known host holds.
pub fn gather(
    walk: &Walk,
    interest: &Interest,
    watch: &BTreeSet<IpAddr>,
    progress: &mut dyn Progress,
) -> Gathered {
    gather_assuming(walk, interest, watch, Assumed::ANY, progress)
}

/// The same with what is taken for granted where lines of logs do not say their zone and year.
pub fn gather_assuming(
    walk: &Walk,
    interest: &Interest,
    watch: &BTreeSet<IpAddr>,
    assumed: Assumed,
    progress: &mut dyn Progress,
) -> Gathered {
    let mut gathered = Gathered::default();
    gathered.failed(&walk.failed);
    for folder in &walk.empty {
        gathered.unread(folder, "empty-folder", "");
    }
    let (mut captures, mut logs) = (Vec::new(), Vec::new());
    for named in &walk.files {
        match begin(named) {
            Ok((Kind::Capture(head), input)) => captures.push((head, named, input)),
            Ok((Kind::Log(names), input)) => logs.push((names, named, input)),
            Ok((Kind::Bundle, input)) => gathered.bundle(named, input, progress),
            Ok((Kind::Unread(why), input)) => gathered.seal_only(named, why, input, progress),
            Err(cause) => gathered.unread(&named.path, reason(&cause), &cause_of(&cause)),
        }
    }
    captures.sort_by_key(|(head, named, _)| (head.first_ns, head.link_type, named.path.clone()));
    let mut reader = Captures::new(interest, watch);
    for (head, named, input) in captures {
        gathered.capture(&mut reader, head, named, input, progress);
    }
    let openers = reader.finish(&mut gathered.collected);
    gathered.logs(logs, interest, assumed, progress);
    doubles::mark_repeated(&mut gathered.collected.observations);
    gathered.blind_openers = openers.blindly();
    gathered.openers.extend(openers.seen);
    gathered.drop_doubles();
    gathered.name_captures();
    gathered.renumber();
    copies::leave_out(&mut gathered.collected.observations);
    gathered
}

impl Gathered {
    fn capture(
        &mut self,
        captures: &mut Captures<'_>,
        head: Head,
        named: &Named,
        input: Input,
        progress: &mut dyn Progress,
    ) {
        let id = self.next_id();
        let collected = &mut self.collected;
        let outcome = through(named, input, progress, |unpacked, prefix, packed| {
            let read = captures.read(id, head, unpacked, collected);
            (read, kind_name(capture::recognise(prefix).unwrap_or("capture"), packed))
        });
        match outcome {
            Ok(((read, kind), seal)) => {
                let Read1 { records, span, skips, ending, not_read, counts } = read;
                let (broke_off, cause) = ended(&ending, records);
                self.sealing += seal.took;
                let mut artefact = artefact(id, &named.path, seal, kind);
                artefact.records = records;
                artefact.span = span;
                artefact.counts = counts;
                artefact.not_read = broke_off.or_else(|| not_read.map(str::to_owned));
                artefact.cause = cause;
                note_skips(&mut artefact, &skips);
                self.artefacts.push(artefact);
            }
            Err(cause) => self.unread(&named.path, reason(&cause), &cause_of(&cause)),
        }
    }

    fn seal_only(&mut self, named: &Named, why: &str, input: Input, progress: &mut dyn Progress) {
        let id = self.next_id();
        match through(named, input, progress, |_, _, _| ()) {
            Ok(((), seal)) => {
                let mut artefact = artefact(id, &named.path, seal, "unknown".to_owned());
                artefact.not_read = Some(why.to_owned());
                self.artefacts.push(artefact);
            }
            Err(cause) => self.unread(&named.path, reason(&cause), &cause_of(&cause)),
        }
    }

    /// Adds an artefact that was made here, such as the snapshot of a live machine.
    pub fn add(&mut self, artefact: Artefact, mut collected: Collected) {
        let id = artefact.id;
        self.artefacts.push(artefact);
        for it in &mut collected.observations {
            it.provenance.artefact = id;
        }
        self.collected.observations.append(&mut collected.observations);
        self.collected.examined.append(&mut collected.examined);
        self.renumber();
    }

    /// The number for the next artefact.
    #[must_use]
    pub fn next_id(&self) -> ArtefactId {
        ArtefactId(u32::try_from(self.artefacts.len()).unwrap_or(u32::MAX))
    }

    fn failed(&mut self, failed: &[Failed]) {
        for it in failed {
            self.unread(&it.path, it.reason, &it.cause);
        }
    }

    fn unread(&mut self, path: &Path, why: &str, cause: &str) {
        let id = self.next_id();
        let mut artefact = artefact(id, path, Seal::default(), "unknown".to_owned());
        artefact.not_read = Some(why.to_owned());
        artefact.cause = Some(cause.to_owned()).filter(|it| !it.is_empty());
        self.artefacts.push(artefact);
    }

    /// A file with the bytes of another says nothing new: it is listed and does not count again.
    fn drop_doubles(&mut self) {
        let mut first: BTreeMap<(String, String), ArtefactId> = BTreeMap::new();
        for it in self.artefacts.iter().filter(|it| !it.sha256.is_empty()) {
            first.entry((it.sha256.clone(), it.path.clone())).or_insert(it.id);
        }
        let mut kept = BTreeSet::new();
        let mut doubles = BTreeSet::new();
        for ((sha256, _), id) in first {
            if !kept.insert(sha256) {
                doubles.insert(id);
            }
        }
        for it in self.artefacts.iter_mut().filter(|it| doubles.contains(&it.id)) {
            it.not_read = Some("same-content".to_owned());
        }
        self.collected.observations.retain(|it| !doubles.contains(&it.provenance.artefact));
    }

    /// Names what belongs to one capture by the digest of its file.
    fn name_captures(&mut self) {
        let digests = self.artefacts.iter().map(|it| (it.id, it.sha256.clone())).collect();
        for it in &mut self.collected.observations {
            if let Some(named) = capture::sealed(&it.entity, &digests) {
                it.entity = named;
            }
        }
        for entities in
            self.collected.examined.iter_mut().filter_map(|it| it.extent.entities.as_mut())
        {
            let named = |it: &EntityId| capture::sealed(it, &digests).unwrap_or_else(|| it.clone());
            if entities.iter().any(|it| it.name().contains('@')) {
                *entities = entities.iter().map(named).collect();
            }
        }
    }

    /// Numbers the artefacts by digest, so that the order in which they were named does not show.
    fn renumber(&mut self) {
        let key = |it: &Artefact| (it.sha256.is_empty(), it.sha256.clone(), it.path.clone());
        self.artefacts.sort_by_cached_key(key);
        let numbers = (0..).map(ArtefactId);
        let of: BTreeMap<_, _> = self.artefacts.iter().map(|it| it.id).zip(numbers).collect();
        let renumber = |it: &mut Provenance| {
            it.artefact = of.get(&it.artefact).copied().unwrap_or(it.artefact);
        };
        for it in &mut self.collected.observations {
            renumber(&mut it.provenance);
            if let Fact::PoolSession(session) = &mut it.fact {
                session.continued.iter_mut().for_each(renumber);
            }
        }
        for it in &mut self.artefacts {
            it.id = of.get(&it.id).copied().unwrap_or(it.id);
        }
    }
}

fn artefact(id: ArtefactId, path: &Path, seal: Seal, kind: String) -> Artefact {
    Artefact {
        id,
        path: path.display().to_string(),
        sha256: seal.sha256,
        bytes: seal.bytes,
        kind,
        records: 0,
        span: None,
        skipped: BTreeMap::new(),
        first_skipped: Vec::new(),
        not_read: None,
        cause: None,
        counts: BTreeMap::new(),
    }
}

/// A snapshot is what it is a snapshot of, read now or before.
#[must_use]
pub fn host_kind(collected: &Collected) -> Option<String> {
    collected.observations.iter().find_map(|it| match &it.fact {
        Fact::HostProfile(it) if it.offline => Some("host-root".to_owned()),
        Fact::HostProfile(_) => Some("host-linux".to_owned()),
        _ => None,
    })
}

fn kind_name(kind: &str, packed: Option<&str>) -> String {
    packed.map_or_else(|| kind.to_owned(), |it| format!("{kind}+{it}"))
}

/// Why a capture counts as not read. One that ends within its last record is as one looks while it
/// is being written: what it holds is read to the end. Without one whole record nothing is.
fn ended(ending: &Ending, records: u64) -> (Option<String>, Option<String>) {
    match ending {
        Ending::CutOff if records == 0 => (Some("broke-off".to_owned()), None),
        Ending::Whole | Ending::CutOff => (None, None),
        Ending::Malformed(cause) | Ending::Failed(cause) => {
            (Some("broke-off".to_owned()), Some(cause.clone()))
        }
    }
}

fn note_skips(artefact: &mut Artefact, skips: &Skips) {
    let counts = skips.counts.iter().map(|(reason, count)| (reason.0.to_owned(), *count));
    artefact.skipped = counts.collect();
    artefact.first_skipped =
        skips.first.iter().map(|(record, reason)| (*record, reason.0.to_owned())).collect();
}

/// Reads an input through its seal: opens it, unpacks it, hands it on, and seals what is left.
fn through<T>(
    named: &Named,
    input: Input,
    progress: &mut dyn Progress,
    read: impl FnOnce(&mut dyn Read, &[u8], Option<&'static str>) -> T,
) -> io::Result<(T, Seal)> {
    let raw: Box<dyn Read> = match input {
        Input::File => Box::new(open_regular(&named.path)?),
        Input::Stream(taken, rest) => Box::new(io::Cursor::new(taken).chain(rest)),
    };
    let sealing = Sealing::new(Watched { inner: raw, progress });
    let position = sealing.position();
    let (mut unpacked, packed) = unpack(sealing, position)?;
    let prefix = prefix_of(&mut unpacked, PREFIX).unwrap_or_default();
    let outcome = {
        let mut whole = io::Cursor::new(prefix.clone()).chain(&mut unpacked);
        read(&mut whole, &prefix, packed)
    };
    Ok((outcome, unpacked.into_inner().finish()?))
}

struct Watched<'p, R> {
    inner: R,
    progress: &'p mut dyn Progress,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

/// The bytes all files of a walk have together, as far as the system tells.
#[must_use]
pub fn total_bytes(walk: &Walk) -> u64 {
    let size = |it: &PathBuf| std::fs::metadata(it).map_or(0, |it| it.len());
    walk.files.iter().map(|it| size(&it.path)).sum()
}
