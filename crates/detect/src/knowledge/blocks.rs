//! When blocks of a coin arrived, as somebody heard of them.

use sha2::{Digest as _, Sha256};

use super::Knowledge;

impl Knowledge {
    /// Adds moments at which blocks of a coin arrived, in milliseconds since 1970. Like an overlay it
    /// shows in the version and in the digest.
    pub fn learn_blocks(&mut self, coin: &str, times_ms: &[i64]) {
        let mut sha256 = Sha256::new();
        sha256.update(coin.as_bytes());
        for it in times_ms {
            sha256.update(it.to_le_bytes());
        }
        self.overlays.push(sha256.finalize().into());
        let known = self.blocks.entry(coin.to_uppercase()).or_default();
        known.extend_from_slice(times_ms);
        known.sort_unstable();
        known.dedup();
    }

    /// The coins whose blocks are known, with their moments in order, in milliseconds since 1970.
    pub fn blocks(&self) -> impl Iterator<Item = (&str, &[i64])> {
        self.blocks.iter().map(|(coin, times)| (coin.as_str(), times.as_slice()))
    }
}
