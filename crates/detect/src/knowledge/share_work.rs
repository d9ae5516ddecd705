//! How much work a share at a server stands for, as somebody said who can read it at the pool.

use std::net::SocketAddr;

use minehound_model::ServerName;
use sha2::{Digest as _, Sha256};

use super::Knowledge;
use super::schema::Algorithm;

/// What a share at one server costs.
#[derive(Clone, Debug)]
pub(super) struct ShareWork {
    algorithm: String,
    /// In the unit of the algorithm's rate.
    work: f64,
}

impl Knowledge {
    /// Adds the difficulty that a server asks of each share; `server` is `host:port`, as an address
    /// or a name, `difficulty` on the scale that pools have for the algorithm. `None` when the
    /// algorithm is not known or the difficulty is no positive number. Like an overlay it shows in
    /// the digest.
    pub fn learn_share_work(
        &mut self,
        server: &str,
        difficulty: f64,
        algorithm: &str,
    ) -> Option<()> {
        let known = self.algorithm(algorithm)?.entry;
        let work = difficulty * known.hashes_per_difficulty.unwrap_or(1.0);
        let algorithm = known.name.clone();
        if !(work.is_finite() && work > 0.0) {
            return None;
        }
        let said = format!("share-work {server} {work} {algorithm}");
        self.overlays.push(Sha256::digest(said.as_bytes()).into());
        self.share_works.insert(server.to_lowercase(), ShareWork { algorithm, work });
        Some(())
    }

    /// What a share at a server costs, in the unit of the rate of the algorithm, where that was
    /// said.
    #[must_use]
    pub fn share_work(
        &self,
        server: SocketAddr,
        names: &[ServerName],
    ) -> Option<(&Algorithm, f64)> {
        let by_name = names.iter().map(|it| format!("{}:{}", it.name, server.port()));
        let mut keys = std::iter::once(server.to_string()).chain(by_name);
        let known = keys.find_map(|it| self.share_works.get(&it))?;
        Some((self.algorithm(&known.algorithm)?.entry, known.work))
    }
}
