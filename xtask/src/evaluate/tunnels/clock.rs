//! When the block clock tells, and whom it accuses in vain.
//!
//! Each miner is tested as the only one among all innocent tunnels of its site, against every coin of
//! which blocks are known: the false discovery rate then lets through the least. The same is done with
//! each innocent tunnel in the place of the miner.

use std::collections::BTreeMap;

use minehound_model::Fact;
use minehound_series::block_clock::test;
use minehound_series::false_discovery::{ACCEPTED, passing};

use super::made::{Blocks, Watched};
use super::{ASKED, COINS, Cell, Site};

/// What came of the tunnels of one kind with one kind of other traffic.
#[derive(Default)]
pub(super) struct Found {
    pub(super) miners: Vec<Miner>,
    /// Miners found that another coin fits better at the end.
    pub(super) otherwise: u64,
    /// Innocent tunnels.
    pub(super) innocent: u64,
    /// Of those, called at any time that was asked.
    pub(super) called: u64,
}

/// What came of one miner.
pub(super) struct Miner {
    /// Its coin by place.
    pub(super) coin: usize,
    /// What its pool sends between blocks.
    pub(super) between: &'static str,
    /// Whether a capture that ends at each of `ASKED` finds it, with its coin.
    pub(super) at: Vec<bool>,
}

/// How many tests each miner has to stand out among at the most.
pub(super) fn crowd() -> usize {
    let kinds = u64::try_from(Cell::all().count()).unwrap_or(0);
    usize::try_from(super::INNOCENT * kinds + 1).unwrap_or(0) * COINS.len()
}

pub(super) fn measure(sites: &[Site]) -> BTreeMap<Cell, Found> {
    let mut all = BTreeMap::<Cell, Found>::new();
    for site in sites {
        let values: Vec<Vec<Vec<f64>>> =
            ASKED.iter().map(|minutes| at_once(site, *minutes)).collect();
        let innocent: Vec<usize> = places(site, |it| it.coin.is_none());
        for (place, watched) in site.watched.iter().enumerate() {
            let found: Vec<Option<usize>> =
                values.iter().map(|values| passes(values, &innocent, place)).collect();
            let own = all.entry(watched.cell).or_default();
            let Some(coin) = watched.coin else {
                own.innocent += 1;
                own.called += u64::from(found.iter().any(Option::is_some));
                continue;
            };
            let right: Vec<bool> = found.iter().map(|it| *it == Some(coin)).collect();
            own.miners.push(Miner { coin, between: watched.between, at: right });
            let last = found.last().copied().flatten();
            own.otherwise += u64::from(last.is_some_and(|it| it != coin));
        }
    }
    all
}

fn places(site: &Site, of: impl Fn(&Watched) -> bool) -> Vec<usize> {
    site.watched.iter().enumerate().filter(|it| of(it.1)).map(|it| it.0).collect()
}

/// The probabilities under chance of every tunnel and coin in a capture of so many minutes; one where
/// nothing was tested.
fn at_once(site: &Site, minutes: u32) -> Vec<Vec<f64>> {
    site.watched.iter().map(|it| of_tunnel(it, &site.blocks, minutes)).collect()
}

fn of_tunnel(watched: &Watched, blocks: &[Blocks], minutes: u32) -> Vec<f64> {
    let Some(seen) = &watched.seen else { return Vec::new() };
    let Fact::QuietFlow(flow) = &seen.fact else { return Vec::new() };
    let from = seen.span.from_ms;
    let to = seen.span.to_ms.min(from + i64::from(minutes) * 60_000);
    let heard = flow.pushes_ms.partition_point(|it| *it <= to);
    let heard = flow.pushes_ms.get(..heard).unwrap_or_default();
    // Fewer than eight moments are not handed to the network's dossier.
    let few = heard.len() < 8;
    let value = |blocks: &Blocks| test(heard, blocks, from, to).filter(|_| !few);
    blocks.iter().map(|it| value(it).map_or(f64::NAN, |it| it.p_value)).collect()
}

/// The coin that a tunnel is found to follow among the innocent ones.
fn passes(values: &[Vec<f64>], innocent: &[usize], place: usize) -> Option<usize> {
    let own = values.get(place)?;
    let others = innocent.iter().filter(|it| **it != place).filter_map(|it| values.get(*it));
    let mut all: Vec<f64> =
        others.flatten().chain(own).copied().filter(|it| !it.is_nan()).collect();
    all.sort_unstable_by(f64::total_cmp);
    let last = passing(&all, ACCEPTED).checked_sub(1)?;
    let limit = all.get(last)?;
    let best = own.iter().enumerate().filter(|it| !it.1.is_nan());
    let best = best.min_by(|one, other| one.1.total_cmp(other.1))?;
    (best.1 <= limit).then_some(best.0)
}
