//! Block times that a scenario takes from files instead of chance.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::problem::{Allowed, Problem};
use super::reader::Reader;
use crate::chain::Chain;
use crate::coin::Coin;
use crate::dialogue::nanos;

/// The most bytes of such a file: millions of blocks.
const MOST: u64 = 256 << 20;

/// Reads `block_times = { XMR = "arrivals.csv" }`. Files are looked for beside the scenario. Times
/// that do not cover the scenario's start are moved there, gaps unchanged.
pub(super) fn read(
    top: &Reader<'_>,
    scenario: &str,
    start_ns: u64,
    seconds: f64,
) -> Result<BTreeMap<&'static str, Chain>, Problem> {
    let mut chains = BTreeMap::new();
    let form = || Allowed::Form(vec!["{ XMR = \"arrivals.csv\" }".to_owned()]);
    let Some(table) = top.table_as("block_times", form)? else { return Ok(chains) };
    for (ticker, name) in table.texts()? {
        let Some(coin) = Coin::ALL.into_iter().find(|it| it.ticker() == ticker) else {
            let tickers = Coin::ALL.map(|it| it.ticker().to_owned()).to_vec();
            return Err(table.wrong(ticker, ticker, Allowed::OneOf(tickers)));
        };
        let wrong = |why: &str| {
            let found = if why.is_empty() { name.to_owned() } else { format!("{name}: {why}") };
            table.wrong(ticker, &found, Allowed::BlockTimes(seconds))
        };
        let path = Path::new(scenario).parent().unwrap_or(Path::new("")).join(name);
        let text = text(&path).map_err(|error| wrong(&error.to_string()))?;
        let chain = Chain::parse(&text).map_err(|error| wrong(&error.to_string()))?;
        let chain = covering(chain, start_ns);
        let end_ns = start_ns.saturating_add(nanos(seconds));
        if chain.blocks().last().is_none_or(|block| block.time_ns < end_ns) {
            return Err(wrong("it ends too soon"));
        }
        chains.insert(coin.ticker(), chain);
    }
    Ok(chains)
}

fn text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MOST).read_to_string(&mut text)?;
    Ok(text)
}

/// The chain moved to the start of a scenario, unless it was alive then.
fn covering(chain: Chain, start_ns: u64) -> Chain {
    let (first, last) = (chain.blocks().first(), chain.blocks().last());
    let alive = first.is_some_and(|it| it.time_ns <= start_ns)
        && last.is_some_and(|it| it.time_ns > start_ns);
    if alive { chain } else { chain.moved(0, start_ns) }
}
