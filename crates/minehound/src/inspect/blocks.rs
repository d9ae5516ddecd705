//! What is imported beside the sources: block times (`--blocks`), the work of a share (`--share-work`).

use std::path::PathBuf;

use anyhow::Context;
use minehound_collect::blocks::block_times;
use minehound_detect::Knowledge;

use crate::args::Inspect;
use crate::locale;
use crate::usage::Usage;

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
            return Err(wrong(said, "bad-blocks"));
        };
        let Some(symbol) = knowledge.coin(coin).map(|it| it.entry.symbol.clone()) else {
            return Err(wrong(coin, "unknown-coin"));
        };
        let path = PathBuf::from(path);
        let bytes = super::read(&path)?;
        let times = block_times(&String::from_utf8_lossy(&bytes))
            .with_context(|| path.display().to_string())?;
        knowledge.learn_blocks(&symbol, &times);
        files.push(BlockFile { path, bytes, blocks: times.len() as u64 });
    }
    learn_share_works(args, knowledge)?;
    Ok(files)
}

/// What was said wrong on the command line, and what to say instead.
fn wrong(said: &str, word: &str) -> anyhow::Error {
    Usage::error(format!("`{said}`{}{}", locale::colon(), locale::word(word)))
}

fn learn_share_works(args: &Inspect, knowledge: &mut Knowledge) -> anyhow::Result<()> {
    for said in &args.share_work {
        let parts = said.rsplit_once('@').and_then(|(rest, algorithm)| {
            let (server, difficulty) = rest.rsplit_once('=')?;
            let difficulty: f64 = difficulty.parse().ok().filter(|it| *it > 0.0)?;
            server.contains(':').then_some((server, difficulty, algorithm))
        });
        let Some((server, difficulty, algorithm)) = parts else {
            return Err(wrong(said, "bad-share-work"));
        };
        if knowledge.learn_share_work(server, difficulty, algorithm).is_none() {
            return Err(wrong(algorithm, "unknown-algorithm"));
        }
    }
    Ok(())
}
