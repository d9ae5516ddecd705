//! A group of hosts that do not mine, in a scenario file.

use super::network_of;
use super::problem::{Allowed, Problem};
use super::reader::Reader;
use crate::life::Kind;

/// Hosts of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Innocents {
    /// What they do.
    pub kind: Kind,
    /// How many hosts.
    pub count: u64,
    /// The name of their network.
    pub network: String,
    /// How much more often than usual they do it.
    pub rate: f64,
}

impl Innocents {
    pub(super) fn read(part: &Reader<'_>, networks: &[&str]) -> Result<Self, Problem> {
        let words = Kind::all().map(|kind| (kind.name(), kind)).collect::<Vec<_>>();
        let allowed = || Allowed::OneOf(words.iter().map(|it| it.0.to_owned()).collect());
        let kind = part.need("kind", part.word("kind", &words)?, allowed)?;
        Ok(Self {
            kind,
            count: part.integer("count", 1, 1_000_000)?.unwrap_or(1),
            network: network_of(part, networks)?,
            rate: part.number("rate", 0.01, 100.0)?.unwrap_or(1.0),
        })
    }
}
