//! # Miner process
//!
//! A running mining program. That it holds a connection to the pool that its own command line or
//! configuration names, or the very connection on which a capture saw accepted shares, is the act
//! itself. A conclusive command line alone suspects; a name alone is a circumstance, a name that
//! differs from a miner's by one letter a weak one.
//!
//! Source: command lines by the shape of their options (xmrig/xmrig@6.26.0:src/core/config/usage.h
//! and the manuals of other programs), connections of the process, names in the list of miners.
//! A pool's name is never resolved: a name is met by its port, an address by both.
//!
//! ## False positives
//!
//! Names are borrowed: a program for other work may be called like a miner. Scripts and editors that
//! show a miner's command line are no miners, and hold no connection to the pool. Volunteer
//! computing and paid content delivery load a machine alike; they are named as what they are.
//!
//! ## Response
//!
//! Record pid, start time, file and its digest before anything else; copy the file from
//! `/proc/PID/exe`. Find what started it. Do not kill by name.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, Element, FactKind, Finding, MinerConfig, Nature,
    Observation, PoolContact, Program, Sign, Socket,
};

use super::{pool_socket, program};
use crate::detector::{pool_sessions, programs, with_text};
use crate::knowledge::schema::NotMiningKind;
use crate::knowledge::{NameMatch, ProgramMatch};
use crate::{Detector, Example, Judgement, Knowledge, Meta};

mod examples;

pub(super) struct MinerProcess;

const WITH_POOL: (Sign, Nature) = (Sign("miner-with-pool"), Nature::Act);
const AT_POOL: (Sign, Nature) = (Sign("program-at-pool"), Nature::Direct);
const ON_POOL_FLOW: (Sign, Nature) = (Sign("program-on-pool-flow"), Nature::Circumstance);
const AT_POOL_PORT: (Sign, Nature) = (Sign("program-at-pool-port"), Nature::Circumstance);
const COMMAND: (Sign, Nature) = (Sign("miner-command"), Nature::Direct);
const COMMAND_LIKE: (Sign, Nature) = (Sign("miner-command-like"), Nature::Circumstance);
const NAME: (Sign, Nature) = (Sign("miner-name"), Nature::Circumstance);
const NAME_LIKE: (Sign, Nature) = (Sign("miner-name-like"), Nature::Circumstance);
const NOT_MINING: (Sign, Nature) = (Sign("not-mining-program"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-SYS-001"),
    name: "miner-process",
    dimension: Dimension::System,
    items: &["SYS-1"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::Program],
    needs_any: &[],
    signs: &[
        WITH_POOL,
        AT_POOL,
        ON_POOL_FLOW,
        AT_POOL_PORT,
        COMMAND,
        COMMAND_LIKE,
        NAME,
        NAME_LIKE,
        NOT_MINING,
    ],
    source: include_str!("miner_process.rs"),
    chinese: include_str!("miner_process.zh.md"),
};

impl Detector for MinerProcess {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let scene = Scene::of(dossier, knowledge);
        let mut judgement = Judgement::default();
        for (seen, it) in programs(dossier) {
            let found = scene.judge(seen, it);
            if let Some(first) = found.first() {
                judgement.rows.push(program::row(seen, it, first.sign.0));
            }
            judgement.findings.extend(found);
        }
        judgement
    }
}

/// The programs of a machine that mine, or have a miner's command line.
pub(super) fn miners<'a>(
    dossier: &'a Dossier,
    knowledge: &Knowledge,
) -> Vec<(&'a Observation, &'a Program)> {
    let scene = Scene::of(dossier, knowledge);
    let mines = |it: &Finding| matches!(it.nature, Nature::Act | Nature::Direct);
    programs(dossier).filter(|(seen, it)| scene.judge(seen, it).iter().any(mines)).collect()
}

/// Both ends of a connection, written one way.
type Ends = (SocketAddr, SocketAddr);

fn ends(one: SocketAddr, other: SocketAddr) -> Ends {
    let plain = |it: SocketAddr| SocketAddr::new(it.ip().to_canonical(), it.port());
    (plain(one), plain(other))
}

/// What the other facts of the machine say of its programs.
struct Scene<'a> {
    knowledge: &'a Knowledge,
    /// Both ends of the captured sessions with accepted shares.
    mined: BTreeSet<Ends>,
    /// Both ends of other captured flows to pools.
    contacted: BTreeSet<Ends>,
    /// The configurations that a process names or lies beside.
    configs: BTreeMap<u32, Vec<&'a MinerConfig>>,
}

impl<'a> Scene<'a> {
    fn of(dossier: &'a Dossier, knowledge: &'a Knowledge) -> Self {
        let sessions = pool_sessions(dossier).map(|it| it.1);
        let (accepted, logins): (Vec<_>, Vec<_>) =
            sessions.partition(|it| it.shares.accepted > 0 && it.shares.submitted > 0);
        let contacts = dossier.facts::<PoolContact>().map(|it| it.1);
        let to_miners = contacts
            .filter(|it| knowledge.pool_for_host(&it.name.name).is_some_and(|it| it.stratum_host));
        let mut configs = BTreeMap::<u32, Vec<&MinerConfig>>::new();
        for (_, it) in dossier.facts::<MinerConfig>() {
            if let Some(pid) = it.pid {
                configs.entry(pid).or_default().push(it);
            }
        }
        let mined = accepted.iter().map(|it| ends(it.client, it.server)).collect();
        let contacted = logins.iter().map(|it| ends(it.client, it.server));
        let contacted = contacted.chain(to_miners.map(|it| ends(it.client, it.server))).collect();
        Self { knowledge, mined, contacted, configs }
    }

    fn judge(&self, seen: &Observation, it: &Program) -> Vec<Finding> {
        let conclusive = it.command.as_ref().is_some_and(|it| it.conclusive);
        if let Some(pool) = self.pool_in_use(it) {
            let pool = Arg::Text(pool.to_string());
            return vec![
                Self::finding(WITH_POOL, seen, it)
                    .showing(Element::Software)
                    .with("remote", pool.clone()),
                Self::finding(AT_POOL, seen, it).showing(Element::PoolAccess).with("remote", pool),
            ];
        }
        if conclusive {
            return vec![Self::finding(COMMAND, seen, it).showing(Element::Software)];
        }
        let command_like = it.command.as_ref().is_some_and(|it| it.shapes.len() > 1);
        let command_like = command_like.then(|| Self::finding(COMMAND_LIKE, seen, it));
        let name = self.miner_named(it).map(|named| {
            let kind = if named.by == NameMatch::NearMiss { NAME_LIKE } else { NAME };
            Self::finding(kind, seen, it).with("miner", Arg::Text(named.miner.name.clone()))
        });
        let connected = self.connection(it).map(|(kind, remote)| {
            Self::finding(kind, seen, it).with("remote", Arg::Text(remote.to_string()))
        });
        let mut found: Vec<_> = command_like.into_iter().chain(connected).chain(name).collect();
        if found.is_empty() {
            found.extend(self.innocent(seen, it));
        }
        found
    }

    /// The pool that the program is connected to, if what names the pool is the program itself.
    fn pool_in_use(&self, it: &Program) -> Option<SocketAddr> {
        let captured = it.sockets.iter().find(|it| self.mined.contains(&ends(it.local, it.remote)));
        if let Some(socket) = captured {
            return Some(socket.remote);
        }
        let command = it.command.as_ref().filter(|it| it.conclusive);
        let named = command.and_then(|command| command.pool.as_deref());
        if let Some(remote) = named.and_then(|pool| pool_socket::to_pool(it, pool, true)) {
            return Some(remote);
        }
        // A configuration that lies beside a program may be another's: the program must look like
        // a miner itself, or compute.
        let looks = command.is_some() || program::at_work(it) || self.miner_named(it).is_some();
        let configs = self.configs.get(&it.pid).filter(|_| looks)?;
        let mut pools = configs.iter().flat_map(|it| &it.pools);
        pools.find_map(|pool| pool_socket::to_pool(it, pool, false))
    }

    /// A connection that a capture knows to go to a pool; or, of a program that computes, one to a
    /// port that little but pools uses.
    fn connection(&self, it: &Program) -> Option<((Sign, Nature), SocketAddr)> {
        let known = |it: &&Socket| self.contacted.contains(&ends(it.local, it.remote));
        if let Some(socket) = it.sockets.iter().find(known) {
            return Some((ON_POOL_FLOW, socket.remote));
        }
        let port = |it: &&Socket| self.knowledge.pool_port(it.remote.port());
        let socket = it.sockets.iter().find(port).filter(|_| program::at_work(it))?;
        Some((AT_POOL_PORT, socket.remote))
    }

    /// The miner it is named for; names that many programs bear are not counted.
    fn miner_named(&self, it: &Program) -> Option<ProgramMatch<'a>> {
        let named = program::names(it);
        let matches = named.iter().filter_map(|it| self.knowledge.miner_named(it));
        matches.filter(|it| it.by != NameMatch::Generic).min_by_key(|it| it.by)
    }

    /// Volunteer computing and content delivery, named as such.
    fn innocent(&self, seen: &Observation, it: &Program) -> Option<Finding> {
        let names = program::names(it);
        let known = names.iter().find_map(|it| self.knowledge.not_mining_program(it))?.entry;
        let listed = matches!(known.kind, NotMiningKind::VolunteerComputing | NotMiningKind::Pcdn);
        listed.then(|| {
            Self::finding(NOT_MINING, seen, it).with("known", Arg::Text(known.name.clone()))
        })
    }

    fn finding(kind: (Sign, Nature), seen: &Observation, it: &Program) -> Finding {
        let command = it.command.as_ref();
        let finding = program::named(META.finding(kind, seen), it);
        let finding = with_text(finding, "pool", command.and_then(|it| it.pool.as_ref()));
        let finding = with_text(finding, "user", command.and_then(|it| it.user.as_ref()));
        with_text(finding, "algorithm", command.and_then(|it| it.algorithm.as_ref()))
    }
}
