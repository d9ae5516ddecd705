//! How long a tunnel must be watched until the block clock tells that somebody mines in it.
//!
//! Sites of the range have miners and innocent tunnels of every kind; each is written to a capture
//! and read as the program reads captures. Blocks come by a file as users have it: arrivals at a
//! node of the site, whose clock is off, which missed some, and which mostly notes whole seconds.

mod clock;
mod made;
mod page;
mod together;

use minehound_range::coin::Coin;
use minehound_range::scenario::Dialect;
use minehound_range::tunnel::TunnelKind;

use super::cores;
use super::goals::Goal;
use made::{Blocks, Watched};

/// The seeds of the page are `1 + REPORTED..`; whatever is chosen is chosen on others.
const REPORTED: u64 = 20_000;
/// Sites, each with its own blocks, pools and node.
const SITES: u64 = 3;
/// Miners of a coin in a kind of tunnel with a kind of other traffic, at each site.
const MINERS: u64 = 4;
/// Innocent tunnels of each kind with each kind of other traffic, at each site.
const INNOCENT: u64 = 10;
/// Hours watched.
const HOURS: u32 = 12;
/// After so many minutes it is asked whether the test passes.
const ASKED: [u32; 18] =
    [20, 25, 30, 40, 50, 60, 75, 90, 120, 150, 180, 240, 300, 360, 420, 480, 600, 720];

/// What is mined, and in what.
const COINS: [(Coin, Dialect); 4] = [
    (Coin::Rvn, Dialect::KawPow),
    (Coin::Xmr, Dialect::CryptoNote),
    (Coin::Ltc, Dialect::StratumV1),
    (Coin::Btc, Dialect::StratumV1),
];

/// A kind of tunnel with a kind of other traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    kind: TunnelKind,
    light: bool,
}

impl Cell {
    fn all() -> impl Iterator<Item = Self> {
        TunnelKind::ALL.into_iter().flat_map(|kind| [false, true].map(|light| Self { kind, light }))
    }
}

/// What was seen at one site.
struct Site {
    blocks: Vec<Blocks>,
    watched: Vec<Watched>,
}

/// The section of the page, from sites with these seeds: those reported, or others to choose on.
pub(super) fn section(seed: Option<u64>, goals: &mut Vec<Goal>) -> anyhow::Result<String> {
    let first = seed.unwrap_or(REPORTED);
    let sites = (1..=SITES).map(|it| site(first + it)).collect::<anyhow::Result<Vec<_>>>()?;
    let found = clock::measure(&sites);
    let together = together::measure(&sites)?;
    page::goals(&found, goals);
    page::render(&found, &together)
}

/// Makes and reads everything of a site, on all cores.
fn site(seed: u64) -> anyhow::Result<Site> {
    let chains = made::chains(seed);
    let blocks = chains.iter().map(|it| made::arrivals(it, seed)).collect::<anyhow::Result<_>>()?;
    let mut jobs: Vec<(Cell, Option<usize>, u64)> = Vec::new();
    for cell in Cell::all() {
        for coin in 0..COINS.len() {
            jobs.extend((0..MINERS).map(|it| (cell, Some(coin), it)));
        }
        jobs.extend((0..INNOCENT).map(|it| (cell, None, it)));
    }
    let numbered: Vec<_> = (0..).zip(jobs).collect();
    let watched = cores::each(&numbered, |(host, (cell, coin, number)), scratch| {
        let plan = made::Plan { seed, cell: *cell, coin: *coin, number: *number, host: *host };
        made::watch(&plan, &chains, scratch)
    })?;
    Ok(Site { blocks, watched })
}
