//! Logs of devices and sensors among what was named.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::path::Path;

use minehound_logs::{Assumed, Grammars};
use minehound_model::{
    AddressLease, ArtefactId, Clock, EntityId, EntityKind, Interest, LineRef, LogId, LogKind,
    Observation, Provenance, Span, Tie, Tied, TranslatedAddress,
};

use super::recognise::Input;
use super::{Gathered, Progress, artefact, kind_name, note_skips, through};
use crate::Collected;
use crate::logs::{self, Answers, LogError, LogFacts, LogRead, Reading, TieSink, Unsaid};
use crate::walk::{Named, cause_of, reason};

/// Most leases that are kept until it is known which of them matter.
const MAX_LEASES: usize = 1_000_000;
/// Most outer addresses of one run.
const MAX_OUTER: usize = 100_000;

/// What logs say of who holds an address, over all logs of a run.
#[derive(Default)]
struct Holders {
    leases: Vec<(IpAddr, Observation)>,
    /// Outer addresses with the first they stood for, and whether that was another one as well.
    outer: BTreeMap<IpAddr, (IpAddr, bool, Span, Provenance)>,
}

/// What all logs of a run share.
struct Shared<'i> {
    interest: &'i Interest,
    assumed: Assumed,
    answers: Answers,
    holders: Holders,
}

impl Gathered {
    /// Reads logs, those that tell names before those that tell connections.
    pub(super) fn logs(
        &mut self,
        mut found: Vec<(bool, &Named, Input)>,
        interest: &Interest,
        assumed: Assumed,
        progress: &mut dyn Progress,
    ) {
        found.sort_by(|a, b| (!a.0, &a.1.path).cmp(&(!b.0, &b.1.path)));
        let (answers, holders) = (Answers::new(), Holders::default());
        let mut shared = Shared { interest, assumed, answers, holders };
        for (_, named, input) in found {
            self.log(named, input, &mut shared, progress);
        }
        self.join(shared.holders);
    }

    fn log(
        &mut self,
        named: &Named,
        input: Input,
        shared: &mut Shared<'_>,
        progress: &mut dyn Progress,
    ) {
        let id = self.next_id();
        let again = matches!(input, Input::File);
        let mut outcome = one(id, named, input, shared.assumed, shared, progress);
        if let Ok((Err(LogError::Again(years)), _)) = &outcome
            && again
        {
            let assumed = Assumed { years_back: *years, ..shared.assumed };
            outcome = one(id, named, Input::File, assumed, shared, progress);
        }
        match outcome {
            Ok((Ok(told), seal)) => {
                let Told { read, mut own, held } = told;
                self.sealing += seal.took;
                let mut artefact = artefact(id, &named.path, seal, kind_of(&read));
                let lines: u64 = read.entries.iter().map(|it| it.1).sum();
                artefact.records = lines + read.silent + read.skips.total();
                artefact.span = read.span;
                note_skips(&mut artefact, &read.skips);
                self.artefacts.push(artefact);
                self.collected.observations.append(&mut own.observations);
                self.collected.examined.append(&mut own.examined);
                shared.holders.take(held);
            }
            Ok((Err(cause), _)) => {
                let (why, cause) = cause.told();
                self.unread(&named.path, why, &cause);
            }
            Err(cause) => self.unread(&named.path, reason(&cause), &cause_of(&cause)),
        }
    }

    /// Keeps of all leases and outer addresses those that something was seen of.
    fn join(&mut self, holders: Holders) {
        let observed = self.collected.observations.iter().map(|it| &it.entity);
        let endpoints = observed.filter(|it| it.kind() == EntityKind::Endpoint);
        let seen: BTreeSet<IpAddr> = endpoints.filter_map(|it| it.name().parse().ok()).collect();
        let leases = holders.leases.into_iter().filter(|it| seen.contains(&it.0)).map(|it| it.1);
        let shared = holders
            .outer
            .into_iter()
            .filter(|(outer, (_, many, ..))| *many && seen.contains(outer));
        let shared = shared.map(|(address, (_, _, span, provenance))| Observation {
            entity: EntityId::endpoint(address),
            span,
            clock: Clock::Sensor,
            provenance,
            fact: TranslatedAddress { address, proxy: false }.into(),
        });
        self.collected.observations.extend(leases.chain(shared));
    }
}

impl Holders {
    fn take(&mut self, other: Self) {
        let room = MAX_LEASES.saturating_sub(self.leases.len());
        self.leases.extend(other.leases.into_iter().take(room));
        for (outer, (inner, many, span, provenance)) in other.outer {
            self.outer
                .entry(outer)
                .and_modify(|it| {
                    it.1 |= many || it.0 != inner;
                    it.2 = it.2.hull(span);
                })
                .or_insert((inner, many, span, provenance));
        }
    }
}

struct Told {
    read: LogRead,
    own: Collected,
    held: Holders,
}

fn one(
    id: ArtefactId,
    named: &Named,
    input: Input,
    assumed: Assumed,
    shared: &mut Shared<'_>,
    progress: &mut dyn Progress,
) -> io::Result<(Result<Told, LogError>, crate::Seal)> {
    let device = stem(&named.path);
    through(named, input, progress, |unpacked, _, packed| {
        let mut facts = LogFacts::new(shared.interest, &mut shared.answers, &device);
        let mut held = Held { artefact: id, holders: Holders::default() };
        let unsaid = Unsaid { device: &device, taken_ms: None };
        let reading = Reading { grammars: Grammars::shipped(), grammar: None, assumed, unsaid };
        let mut hear = |entry: &minehound_logs::Entry<'_>, line| facts.hear(entry, line);
        let mut read = logs::read_from(unpacked, &reading, &mut held, &mut hear, &mut |_, _| {})?;
        let lines: u64 = read.entries.iter().map(|it| it.1).sum();
        let mut own = Collected::default();
        facts.pour(id, lines, &mut own);
        if let (Some(packed), Some(first)) = (packed, read.entries.first_mut()) {
            first.0 = kind_name(&first.0, Some(packed));
        }
        Ok(Told { read, own, held: held.holders })
    })
}

fn kind_of(read: &LogRead) -> String {
    let most = read.entries.iter().max_by_key(|it| it.1);
    most.map_or_else(|| "log".to_owned(), |it| format!("log:{}", it.0))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Takes of the ties what tells who held an address.
struct Held {
    artefact: ArtefactId,
    holders: Holders,
}

impl TieSink for Held {
    fn log(&mut self, _: &str, _: LogKind) -> LogId {
        LogId(0)
    }

    fn tie(&mut self, tie: Tie) -> io::Result<()> {
        let Tie { span, line: LineRef { line, .. }, what, .. } = tie;
        let provenance = Provenance::at(self.artefact, line, line);
        match what {
            Tied::Lease { address, mac, .. } if self.holders.leases.len() < MAX_LEASES => {
                let lease = Observation {
                    entity: EntityId::new(EntityKind::Host, mac.to_string()),
                    span,
                    clock: Clock::Sensor,
                    provenance,
                    fact: AddressLease { address }.into(),
                };
                self.holders.leases.push((address, lease));
            }
            Tied::Translation { outer, inner, .. } => {
                self.outer(outer.ip(), inner.ip(), span, provenance);
            }
            Tied::PortBlock { outer, inner, .. } => self.outer(outer, inner, span, provenance),
            _ => {}
        }
        Ok(())
    }
}

impl Held {
    fn outer(&mut self, outer: IpAddr, inner: IpAddr, span: Span, provenance: Provenance) {
        let known = &mut self.holders.outer;
        if let Some(it) = known.get_mut(&outer) {
            it.1 |= it.0 != inner;
            it.2 = it.2.hull(span);
        } else if known.len() < MAX_OUTER {
            known.insert(outer, (inner, false, span, provenance));
        }
    }
}
