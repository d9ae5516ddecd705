//! What the collectors shall recognise, compiled from the knowledge they never see.

use std::collections::BTreeSet;

/// Names whose mere contact is worth a fact; everything a collector may know of pools.
#[derive(Clone, Debug, Default)]
pub struct Interest {
    names: BTreeSet<String>,
}

impl Interest {
    /// An interest in these domain names, in lower case, and in everything below them.
    pub fn in_names<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect() }
    }

    /// Whether `host` is one of the names or lies below one, by whole labels.
    #[must_use]
    pub fn covers(&self, host: &str) -> bool {
        let mut rest = host.trim_end_matches('.');
        loop {
            if self.names.contains(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_covers_whole_labels_only() {
        let interest = Interest::in_names(["pool.example"]);
        for (host, expected) in [
            ("pool.example", true),
            ("eu.pool.example.", true),
            ("carpool.example", false),
            ("example", false),
        ] {
            assert_eq!(interest.covers(host), expected, "{host}");
        }
    }
}
