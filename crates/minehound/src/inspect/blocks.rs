//! Block times that are imported: `--blocks COIN=FILE`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use minehound_collect::blocks::block_times;
use minehound_detect::Knowledge;

use crate::args::Inspect;
use crate::locale;

/// A file of block times, as it was read.
pub(crate) struct BlockFile {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Its bytes, to be sealed.
    pub(crate) bytes: Vec<u8>,
    /// How many moments it has.
    pub(crate) blocks: u64,
}

/// Reads the files named on the command line and lets the knowledge learn them.
pub(crate) fn learn(args: &Inspect, knowledge: &mut Knowledge) -> anyhow::Result<Vec<BlockFile>> {
    let mut files = Vec::new();
    for said in &args.blocks {
        let Some((coin, path)) = said.split_once('=') else {
            bail!("`{said}`{}{}", locale::colon(), locale::word("bad-blocks"));
        };
        let Some(symbol) = knowledge.coin(coin).map(|it| it.entry.symbol.clone()) else {
            bail!("`{coin}`{}{}", locale::colon(), locale::word("unknown-coin"));
        };
        let path = PathBuf::from(path);
        let bytes = super::read(&path)?;
        let times = block_times(&String::from_utf8_lossy(&bytes))
            .with_context(|| path.display().to_string())?;
        knowledge.learn_blocks(&symbol, &times);
        files.push(BlockFile { path, bytes, blocks: times.len() as u64 });
    }
    Ok(files)
}
