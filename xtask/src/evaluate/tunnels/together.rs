//! What is told without a file of block times: machines that are pushed to together.
//!
//! The miners of one coin at a site and the innocent tunnels of the same kind are handed to the
//! detector as the network's dossier, cut after each time that is asked.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use minehound_detect::{Detector, Knowledge, detectors};
use minehound_model::{Coverage, Dossier, EntityId, EntityKind, Fact, Observation};

use super::made::Watched;
use super::{COINS, Cell, Site};

/// After so many minutes it is asked.
const ASKED: [u32; 7] = [30, 60, 120, 180, 240, 480, 720];

/// What came of the miners in tunnels of one kind with one kind of other traffic.
#[derive(Default)]
pub(super) struct Together {
    /// Of every miner: minutes after which it was named first.
    pub(super) since: Vec<Option<u32>>,
    /// Innocent tunnels that were beside them, and those named at any time.
    pub(super) innocent: u64,
    pub(super) called: u64,
}

pub(super) fn measure(sites: &[Site]) -> anyhow::Result<BTreeMap<Cell, Together>> {
    let detector = detectors().find(|it| it.meta().name == "pushed-together");
    let detector = detector.context("no detector `pushed-together`")?;
    let knowledge = Knowledge::built_in()?;
    let mut all = BTreeMap::<Cell, Together>::new();
    for site in sites {
        for cell in Cell::all() {
            let own = all.entry(cell).or_default();
            for coin in 0..COINS.len() {
                one(own, site, cell, coin, detector, &knowledge);
            }
        }
    }
    Ok(all)
}

fn one(
    own: &mut Together,
    site: &Site,
    cell: Cell,
    coin: usize,
    detector: &dyn Detector,
    knowledge: &Knowledge,
) {
    let miner = |it: &&Watched| it.cell == cell && it.coin == Some(coin);
    let innocent = |it: &&Watched| it.cell.kind == cell.kind && it.coin.is_none();
    let named = |minutes: u32| -> BTreeSet<EntityId> {
        let beside = site.watched.iter().filter(|it| miner(it) || innocent(it));
        let dossier = dossier(beside.filter_map(|it| it.seen.as_ref()), minutes);
        detector.inspect(&dossier, knowledge).findings.into_iter().map(|it| it.about).collect()
    };
    let told: Vec<(u32, BTreeSet<EntityId>)> = ASKED.iter().map(|it| (*it, named(*it))).collect();
    let first = |it: &Watched| {
        let entity = &it.seen.as_ref()?.entity;
        told.iter().find(|(_, named)| named.contains(entity)).map(|it| it.0)
    };
    own.since.extend(site.watched.iter().filter(miner).map(first));
    let others = site.watched.iter().filter(innocent);
    for since in others.map(first) {
        own.innocent += 1;
        own.called += u64::from(since.is_some());
    }
}

/// The network's dossier as a capture of so many minutes would make it.
fn dossier<'a>(seen: impl Iterator<Item = &'a Observation>, minutes: u32) -> Dossier {
    let cut = |it: &Observation| {
        let mut it = it.clone();
        it.span.to_ms = it.span.to_ms.min(it.span.from_ms + i64::from(minutes) * 60_000);
        let to = it.span.to_ms;
        if let Fact::QuietFlow(flow) = &mut it.fact {
            flow.pushes_ms.retain(|at| *at <= to);
        }
        it
    };
    Dossier {
        entity: EntityId::new(EntityKind::Network, "captured"),
        coverage: Coverage::default(),
        observations: seen.map(cut).collect(),
    }
}
