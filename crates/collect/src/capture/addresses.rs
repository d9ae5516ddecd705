//! Who opened a flow, and whose silence means something.

use std::collections::{BTreeSet, HashSet};
use std::net::IpAddr;

/// Most addresses counted one by one.
pub(super) const MAX_ADDRESSES: usize = 1_000_000;

/// The addresses that opened a flow, up to a bound; the order never shows.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    /// Where packets were kept whole, or nearly.
    pub(crate) seen: HashSet<IpAddr>,
    /// Where packets were cut so short that nothing said in them could be read, or the capture was
    /// too short for what is encrypted.
    cut_short: HashSet<IpAddr>,
}

impl Addresses {
    pub(super) fn absorb(&mut self, openers: HashSet<IpAddr>, unseen: &Unseen<'_>) {
        for opener in openers {
            let blind = unseen.all || unseen.these.contains(&opener);
            let into = if blind { &mut self.cut_short } else { &mut self.seen };
            if into.len() < MAX_ADDRESSES {
                into.insert(opener);
            }
        }
    }

    /// Those seen only where nothing could be read.
    pub(crate) fn blindly(&self) -> BTreeSet<IpAddr> {
        self.cut_short.difference(&self.seen).copied().collect()
    }
}

/// Whose silence means nothing.
pub(crate) struct Unseen<'a> {
    /// Whether nobody's means anything.
    pub(crate) all: bool,
    /// These anyway.
    pub(crate) these: &'a BTreeSet<IpAddr>,
}
