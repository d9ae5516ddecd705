//! What the collectors shall recognise, compiled from the knowledge they never see.

use std::collections::BTreeSet;

/// Names and ports whose mere contact is worth a fact; everything a collector may know of pools.
#[derive(Clone, Debug, Default)]
pub struct Interest {
    names: BTreeSet<String>,
    ports: BTreeSet<u16>,
}

impl Interest {
    /// An interest in these domain names, in lower case, and in everything below them.
    pub fn in_names<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), ports: BTreeSet::new() }
    }

    /// The same with an interest in lasting connections to these TCP ports.
    #[must_use]
    pub fn and_ports(mut self, ports: impl IntoIterator<Item = u16>) -> Self {
        self.ports.extend(ports);
        self
    }

    /// Whether a TCP port is one of them.
    #[must_use]
    pub fn covers_port(&self, port: u16) -> bool {
        self.ports.contains(&port)
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
    fn a_port_is_covered_by_its_number() {
        let interest = Interest::in_names(["pool.example"]).and_ports([3333]);
        assert!(interest.covers_port(3333) && !interest.covers_port(333));
    }

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
